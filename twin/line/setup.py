"""Setups: what a machine needs before it works on another product, or another order, than the one before."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from twin.line.described import Described
from twin.line.distributions import Constant, Distribution, NumberDistribution, TimeDistribution
from twin.line.lots import check_spread
from twin.units import Duration, Share, refused


class Setup(Described):
    """What a machine needs where its own last product (or order) differs from the next; its first part needs none.

    `changeover` names the mean time [s] by the product before and the product after; what it does not name takes none.
    """

    time: TimeDistribution | None = Field(default=None, description="time of a setup", examples=["20 min"])
    changeover: dict[str, dict[str, Duration]] = Field(
        default_factory=dict,
        description="mean time by the product before, then the product after (none where not named)",
        examples=["{a: {b: 20 min}, b: {a: 5 min}}"],
    )
    spread: NumberDistribution | None = Field(
        default=None,
        description="how the times of `changeover` vary: factors of mean 1",
        examples=["{lognormal: {mean: 1, cv: 0.3}}"],
    )
    crew: dict[str, PositiveInt] = Field(
        default_factory=dict, description="people held during the setup", examples=["{setter: 1}"]
    )
    between: Literal["products", "orders"] = Field(
        default="products", description="what differs where a setup is needed", examples=["products"]
    )
    share: Annotated[Share, Field(gt=0)] = Field(
        default=1.0, description="share of these changes that need it", examples=["0.7"]
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Setup:
        if (self.time is None) == (not self.changeover):
            raise refused(
                "a setup has one of `time` and `changeover`; write time: 20 min, or changeover: {a: {b: 20 min}}"
            )
        if self.spread is not None and self.time is not None:
            raise refused("`spread` varies the times of `changeover`; leave it out: `time` varies by itself")
        if self.changeover and self.between == "orders":
            raise refused("`changeover` tells products apart, not orders; write time: 20 min, or between: products")
        check_spread(self.spread)
        return self

    @property
    def drawn(self) -> Distribution:
        """What is drawn once a setup: its time [s], or a factor of mean 1 of the time in `changeover`."""
        if self.time is not None:
            return self.time
        return Constant(1.0) if self.spread is None else self.spread

    def mean_between(self, before: str | None, after: str | None) -> float:
        """Return the mean time of a setup from one product (or order) to another [s]; 0 where they are the same.

        Examples
        --------
        >>> press = Setup.model_validate({"changeover": {"a": {"b": "20 min"}}})
        >>> press.mean_between("a", "b"), press.mean_between("b", "a")
        (1200.0, 0.0)
        """
        if before == after:
            return 0.0
        if self.time is not None:
            return self.time.mean
        return self.changeover.get(before or "", {}).get(after or "", 0.0)
