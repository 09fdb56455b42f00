"""The source: where the parts of a line come from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from twin.errors import InputError
from twin.line.described import Described, wrong_inside
from twin.line.distributions import TimeDistribution
from twin.line.failure import SHORTEST
from twin.line.orders import Orders
from twin.line.route import LARGEST_BUFFER
from twin.units import Share, quoted, refused, share

Fed = tuple[str, ...] | dict[str, float]


def read_fed(written: Any) -> Fed:  # noqa: ANN401 -- whatever was written
    """Read the stations fed: a list, or a mapping of their shares."""
    meant = "expected the stations fed; write into: [press]"
    if isinstance(written, dict):
        shares: dict[str, float] = {}
        problems = []
        for name, part in written.items():
            try:
                shares[str(name)] = share(part)
            except InputError as error:
                problems.append(((str(name),), str(error)))
        if problems:
            raise wrong_inside(problems, written)
        return shares
    if not isinstance(written, list | tuple):
        raise refused(f"{quoted(written)} is not a list; {meant}")
    odd = [((position,), name) for position, name in enumerate(written) if not isinstance(name, str)]
    if odd:
        raise wrong_inside([(place, f"{quoted(name)} is not a text; {meant}") for place, name in odd], written)
    return tuple(written)


class Source(Described):
    """Where parts come from: a stock that never runs out, arrivals, or orders.

    `arrivals` is the time between two [s], for each fed station a stream of its own. With `capacity` an arrival that
    finds that many waiting is turned away. Of `orders` each brings all its pieces at once.
    """

    kind: Literal["saturated", "arrivals", "orders"] = Field(
        default="saturated", description="whether parts are always there, arrive, or are ordered", examples=["orders"]
    )
    arrivals: TimeDistribution | None = Field(
        default=None, description="time between arrivals", examples=["{exponential: {mean: 30 s}}"]
    )
    orders: Orders | None = Field(
        default=None,
        description="orders drawn, or of a file",
        examples=["{every: {exponential: {mean: 5 h}}, pieces: {empirical: [10, 50, 200]}}", "orders.csv"],
    )
    product: dict[str, Share] = Field(
        default_factory=dict,
        description="product of a part, by share (of orders: in `orders`)",
        examples=["{a: 0.6, b: 0.4}"],
    )
    capacity: Annotated[int, Field(ge=0, le=LARGEST_BUFFER)] | None = Field(
        default=None, description="arrivals that may wait (without limit unless given)", examples=["20"]
    )
    into: Annotated[Fed, PlainValidator(read_fed), PlainSerializer(lambda fed: fed, return_type=object)] | None = Field(
        default=None,
        description="the stations fed; for orders that go by probabilities the share of each",
        examples=["[press]", "{press: 0.7, saw: 0.3}"],
    )

    @model_validator(mode="before")
    @classmethod
    def _what_comes_says_the_kind(cls, value: object) -> object:
        for kind in ("arrivals", "orders"):
            if isinstance(value, dict) and value.get(kind) is not None:
                return {"kind": kind, **value}
        return value

    @model_validator(mode="after")
    def _kind_and_arrivals_agree(self) -> Source:
        if self.kind == "arrivals" and self.arrivals is None:
            raise refused("`arrivals` is missing; write arrivals: {exponential: {mean: 30 s}}")
        if self.kind == "saturated" and self.arrivals is not None:
            raise refused("a saturated source has no `arrivals`; leave out `kind` or `arrivals`")
        if self.arrivals is not None and self.arrivals.mean < SHORTEST:
            raise refused("arrivals after no time never end; write a time above 0 s")
        if self.arrivals is None and self.orders is None and self.capacity is not None:
            raise refused("a saturated source has no queue; leave `capacity` out or give `arrivals`")
        return self

    @model_validator(mode="after")
    def _kind_and_orders_agree(self) -> Source:
        if self.kind == "orders" and self.orders is None:
            raise refused("`orders` is missing; write orders: {every: {exponential: {mean: 5 h}}, pieces: 50}")
        if self.orders is None:
            if isinstance(self.into, dict):
                raise refused("`into` gives shares, and only orders are shared out; write into: [press]")
            return self
        if self.arrivals is not None:
            raise refused("parts come one way, and both `arrivals` and `orders` are given; leave one out")
        if self.kind != "orders":
            raise refused(f"a source of kind {self.kind} has no `orders`; leave out `kind` or `orders`")
        if self.capacity is not None:
            raise refused("orders are never turned away; leave `capacity` out")
        if self.product:
            raise refused("orders say their product themselves; write orders: {product: {a: 0.6, b: 0.4}}")
        return self
