"""Orders: when they come, how many pieces of what they ask, and when they are due."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from twin.line.described import Described
from twin.line.distributions import Constant, NumberDistribution, TimeDistribution
from twin.line.failure import SHORTEST
from twin.line.lots import MOST_PIECES
from twin.line.order_book import DatedOrder, read_book, write_book
from twin.units import Share, refused


class Orders(Described):
    """The orders a line gets: drawn one after the other, from a file, or both.

    Drawn orders come `every` so often [s]; each has `pieces` (rounded half up, at least 1), a product drawn by its
    share, and is due the time `due` [s] after its release. `book` holds the orders of a file.
    """

    every: TimeDistribution | None = Field(
        default=None, description="time between drawn orders", examples=["{exponential: {mean: 5 h}}"]
    )
    pieces: NumberDistribution = Field(
        default=Constant(1.0), description="pieces of a drawn order", examples=["{empirical: [10, 50, 200]}"]
    )
    product: dict[str, Share] = Field(
        default_factory=dict, description="product of a drawn order, by share", examples=["{a: 0.6, b: 0.4}"]
    )
    due: TimeDistribution | None = Field(
        default=None, description="time that a drawn order is given from its release", examples=["10 d"]
    )
    book: Annotated[tuple[DatedOrder, ...], PlainValidator(read_book), PlainSerializer(write_book)] = Field(
        default=(), description="CSV file of orders, beside the line file", examples=["orders.csv"]
    )

    @model_validator(mode="before")
    @classmethod
    def _a_text_is_a_book(cls, value: Any) -> Any:  # noqa: ANN401 -- whatever was written
        return {"book": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _drawn_orders_are_said_whole(self) -> Orders:
        if self.every is None:
            if not self.book:
                raise refused("no order ever comes; write every: {exponential: {mean: 5 h}}, or book: orders.csv")
            said = {"pieces": self.pieces != Constant(1.0), "product": self.product, "due": self.due}
            for key in (key for key, given in said.items() if given):
                raise refused(f"`{key}` speaks of drawn orders, and none is drawn; leave it out, or give `every`")
        elif self.every.mean < SHORTEST:
            raise refused("orders after no time never end; write a time above 0 s")
        if self.pieces.mean > MOST_PIECES:
            raise refused(f"orders of {self.pieces.mean:,.0f} pieces are beyond reason; {MOST_PIECES:,} are the most")
        return self
