"""What a distribution is: its moments, its cdf and quantile, and how its variates are made of standard ones.

A variate is made in two steps. A *standard* variate is drawn from one of five families that know no mean ("constant",
"uniform", "exponential", "gamma", "normal"); `scaled` then makes of it, element by element, a variate of the
distribution. So a distribution whose mean changes keeps its draws, and scenarios are compared on the same luck.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.errors import InputError
from twin.units import TIME, Quantity, format_time

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution(ABC):
    """A distribution of numbers of at least 0, frozen, in the unit in which its quantity is held."""

    name: ClassVar[str]
    family: ClassVar[str] = "uniform"

    if TYPE_CHECKING:  # some families keep their mean as a parameter, which a property here would hide

        @property
        def mean(self) -> float:
            """Exact mean."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """Exact variance."""

    @property
    def standard(self) -> tuple[str, float]:
        """Family of the standard variate, and its shape (0 where it has none)."""
        return self.family, 0.0

    @abstractmethod
    def scaled(self, standard_draws: Floats) -> Floats:
        """Return the variates made of standard variates, each of its own."""

    @abstractmethod
    def standardised(self, x: Floats) -> Floats:
        """Return the standard variates of which values of at least 0 are made: the inverse of `scaled`."""

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability of a value of at most x, elementwise."""
        values = np.maximum(np.asarray(x, dtype=np.float64), 0.0)
        with np.errstate(divide="ignore"):  # the lognormal's log(0) is -inf, and right
            return _standard_cdf(*self.standard, self.standardised(values))

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the least value whose cdf is at least p, elementwise, for p from 0 to 1."""
        with np.errstate(divide="ignore"):  # the quantile of 1 may be infinite
            return self.scaled(_standard_quantile(*self.standard, np.asarray(p, dtype=np.float64)))

    def describe(self, quantity: Quantity = TIME) -> str:
        """Return the distribution in a few words.

        Examples
        --------
        >>> from twin.line.distributions import Constant, Lognormal
        >>> Lognormal(mean=12, cv=0.2).describe(), Constant(90).describe()
        ('lognormal, mean 12 s, cv 0.2', 'constant, 1.5 min')
        """
        mean = format_time(self.mean) if quantity is TIME else f"{self.mean:.4g} {quantity.unit}"
        if not self.variance:
            return f"{self.name}, {mean}"
        return f"{self.name}, mean {mean}, cv {math.sqrt(self.variance) / self.mean:.3g}"


def _standard_cdf(family: str, shape: float, x: Floats) -> Floats:
    from scipy import special

    if family == "exponential":
        return np.asarray(-np.expm1(-x))
    if family == "gamma":
        return np.asarray(special.gammainc(shape, x))
    return np.asarray(special.ndtr(x)) if family == "normal" else np.clip(x, 0.0, 1.0)


def _standard_quantile(family: str, shape: float, p: Floats) -> Floats:
    from scipy import special

    if family == "exponential":
        return np.asarray(-np.log1p(-p))
    if family == "gamma":
        return np.asarray(special.gammaincinv(shape, p))
    return np.asarray(special.ndtri(p)) if family == "normal" else p


def check(problem: str, *, holds: bool) -> None:
    """Raise `InputError` with the problem unless the condition holds."""
    if not holds:
        raise InputError(problem)


def check_mean(mean: float) -> None:
    """Raise `InputError` unless a mean is finite and above 0."""
    check(f"a mean of {mean:g} makes no such distribution; write one above 0, or a constant", holds=0 < mean < math.inf)


def check_range(name: str, value: float, bounds: tuple[float, float]) -> None:
    """Raise `InputError` unless a parameter lies within its bounds."""
    least, most = bounds
    check(f"{name} {value:g} is out of range; write a number from {least:g} to {most:g}", holds=least <= value <= most)
