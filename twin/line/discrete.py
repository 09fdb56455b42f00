# ruff: noqa: D102 -- the base says what each method does
"""The distributions on single values: always the same, or one of those seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from twin.line.variates import Distribution, check, check_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from twin.line.variates import Floats


@dataclass(frozen=True)
class Constant(Distribution):
    """Always the same value; the only distribution that may be 0."""

    value: float
    name: ClassVar[str] = "constant"
    family: ClassVar[str] = "constant"

    def __post_init__(self) -> None:
        check(f"{self.value:g} is not a finite number of at least 0", holds=0 <= self.value < math.inf)

    @property
    def mean(self) -> float:
        return self.value

    @property
    def variance(self) -> float:
        return 0.0

    def scaled(self, standard_draws: Floats) -> Floats:
        return np.full_like(standard_draws, self.value)

    def standardised(self, x: Floats) -> Floats:
        return np.where(x >= self.value, 1.0, 0.0)

    def cdf(self, x: ArrayLike) -> Floats:
        return self.standardised(np.asarray(x, dtype=np.float64))


@dataclass(frozen=True)
class Empirical(Distribution):
    """One of the `values` seen, each with its weight (all alike where there are none); held in rising order.

    Variance is that of drawing from the values: the mean square distance from their mean.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...] | None = None
    name: ClassVar[str] = "empirical"

    def __post_init__(self) -> None:
        values, weights = self.values, self.weights
        check("no value is given; write empirical: [9 s, 11 s, 14 s]", holds=len(values) > 0)
        check("values are not finite numbers of at least 0", holds=all(0 <= value < math.inf for value in values))
        if weights is None:
            object.__setattr__(self, "values", tuple(sorted(values)))
        else:
            check(f"{len(weights)} weights for {len(values)} values; write one each", holds=len(weights) == len(values))
            fit = all(0 <= weight < math.inf for weight in weights)
            check("weights are not finite numbers of at least 0", holds=fit)
            check("all weights are 0; write one above", holds=sum(weights) > 0)
            ordered = sorted(zip(values, weights, strict=True))
            object.__setattr__(self, "values", tuple(value for value, _ in ordered))
            object.__setattr__(self, "weights", tuple(weight for _, weight in ordered))
        check_mean(self.mean)

    @cached_property
    def _table(self) -> tuple[Floats, Floats, Floats]:
        """The values, the share of each, and the cdf at each."""
        values = np.array(self.values)
        weights = np.ones_like(values) if self.weights is None else np.array(self.weights)
        cumulative = np.cumsum(weights)
        return values, weights / cumulative[-1], cumulative / cumulative[-1]

    @property
    def mean(self) -> float:
        values, shares, _ = self._table
        return math.fsum(values * shares)

    @property
    def variance(self) -> float:
        values, shares, _ = self._table
        return math.fsum(shares * (values - self.mean) ** 2)

    def scaled(self, standard_draws: Floats) -> Floats:
        values, _, cumulative = self._table
        return values[np.searchsorted(cumulative[:-1], standard_draws, side="right")]

    def standardised(self, x: Floats) -> Floats:
        values, _, cumulative = self._table
        return np.concatenate(([0.0], cumulative))[np.searchsorted(values, x, side="right")]

    def cdf(self, x: ArrayLike) -> Floats:
        return self.standardised(np.asarray(x, dtype=np.float64))

    def quantile(self, p: ArrayLike) -> Floats:
        values, _, cumulative = self._table
        return values[np.searchsorted(cumulative[:-1], p, side="left")]
