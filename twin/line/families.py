# ruff: noqa: D102 -- the base says what each method does; a family's docstring gives its formulas
"""The continuous families of distributions, each with its exact mean, variance, cdf and quantile.

The formulas are the textbook's: A. M. Law, Simulation Modeling and Analysis, 5th ed. (2015), sections 6.2 and 8.3; for
the truncated normal N. L. Johnson, S. Kotz and N. Balakrishnan, Continuous Univariate Distributions, vol. 1 (1994).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from twin.line.variates import Distribution, check, check_mean, check_range

if TYPE_CHECKING:
    from twin.line.variates import Floats

CV = (0.001, 100.0)
"""The coefficients of variation that may be written: below, a time is constant; above, no sample shows its mean."""

WEIBULL_SHAPE = (0.1, 2000.0)
"""The shapes of a Weibull that may be written; they reach over `CV`."""


@dataclass(frozen=True)
class Uniform(Distribution):
    """Any value from `low` to `high` alike; of mean and cv, `mean * (1 -+ sqrt(3) cv)`."""

    low: float
    high: float
    name: ClassVar[str] = "uniform"

    def __post_init__(self) -> None:
        check(
            f"low {self.low:g} and high {self.high:g} span no range; write 0 <= low < high",
            holds=0 <= self.low < self.high < math.inf,
        )

    @classmethod
    def of_mean(cls, mean: float, cv: float) -> Uniform:
        """Return the uniform distribution of a mean and a cv; from 1/sqrt(3) on it would reach below 0."""
        check_mean(mean)
        check_range("cv", cv, (CV[0], 0.577))
        half = math.sqrt(3) * cv * mean
        return cls(mean - half, mean + half)

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def variance(self) -> float:
        return (self.high - self.low) ** 2 / 12

    def scaled(self, standard_draws: Floats) -> Floats:
        return self.low + (self.high - self.low) * standard_draws

    def standardised(self, x: Floats) -> Floats:
        return (x - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Triangular(Distribution):
    """From `low` to `high`, most likely `mode`: what is known when a person estimates.

    Mean `(l + m + h) / 3`, variance `((h - l)^2 - (m - l) (h - m)) / 18`.
    """

    low: float
    mode: float
    high: float
    name: ClassVar[str] = "triangular"

    def __post_init__(self) -> None:
        check(
            f"{self.low:g}, {self.mode:g} and {self.high:g} are not in order; write low <= mode <= high and low < high",
            holds=0 <= self.low <= self.mode <= self.high < math.inf and self.low < self.high,
        )

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    @property
    def variance(self) -> float:
        return ((self.high - self.low) ** 2 - (self.mode - self.low) * (self.high - self.mode)) / 18

    def scaled(self, standard_draws: Floats) -> Floats:
        width, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        return np.where(
            standard_draws * width < rise,
            self.low + np.sqrt(standard_draws * (width * rise)),
            self.high - np.sqrt((1.0 - standard_draws) * (width * fall)),
        )

    def standardised(self, x: Floats) -> Floats:
        within = np.clip(x, self.low, self.high)
        width, rise, fall = self.high - self.low, self.mode - self.low or 1.0, self.high - self.mode or 1.0
        return np.where(
            within < self.mode,
            (within - self.low) ** 2 / (width * rise),
            1.0 - (self.high - within) ** 2 / (width * fall),
        )


@dataclass(frozen=True)
class Exponential(Distribution):
    """Without memory: what happens next does not depend on how long it has not. Variance `mean^2`."""

    mean: float
    name: ClassVar[str] = "exponential"
    family: ClassVar[str] = "exponential"

    def __post_init__(self) -> None:
        check_mean(self.mean)

    @property
    def variance(self) -> float:
        return self.mean**2

    def scaled(self, standard_draws: Floats) -> Floats:
        return self.mean * standard_draws

    def standardised(self, x: Floats) -> Floats:
        return x / self.mean


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma with `shape` 1/cv^2 and scale `mean / shape`; variance `mean^2 / shape`."""

    mean: float
    shape: float
    name: ClassVar[str] = "gamma"

    def __post_init__(self) -> None:
        check_mean(self.mean)
        check_range("shape", self.shape, (CV[1] ** -2, CV[0] ** -2))

    @classmethod
    def of_cv(cls, mean: float, cv: float) -> Gamma:
        """Return the gamma distribution of a mean and a coefficient of variation."""
        check_range("cv", cv, CV)
        return cls(mean, cv**-2)

    @classmethod
    def of_scale(cls, shape: float, scale: float) -> Gamma:
        """Return the gamma distribution of a shape and a scale."""
        return cls(shape * scale, shape)

    @property
    def variance(self) -> float:
        return self.mean**2 / self.shape

    @property
    def standard(self) -> tuple[str, float]:
        return "gamma", float(self.shape)

    def scaled(self, standard_draws: Floats) -> Floats:
        return self.mean / self.shape * standard_draws

    def standardised(self, x: Floats) -> Floats:
        return x / (self.mean / self.shape)


@dataclass(frozen=True)
class Erlang(Distribution):
    """The sum of `k` exponential times of equal mean: a gamma of whole shape. Variance `mean^2 / k`."""

    mean: float
    k: int
    name: ClassVar[str] = "erlang"

    def __post_init__(self) -> None:
        check_mean(self.mean)
        check_range("k", self.k, (1, CV[0] ** -2))

    @property
    def variance(self) -> float:
        return self.mean**2 / self.k

    @property
    def standard(self) -> tuple[str, float]:
        return "gamma", float(self.k)

    def scaled(self, standard_draws: Floats) -> Floats:
        return self.mean / self.k * standard_draws

    def standardised(self, x: Floats) -> Floats:
        return x / (self.mean / self.k)


@dataclass(frozen=True)
class Lognormal(Distribution):
    """The exponential of a normal variate of mean `ln(mean) - sigma^2 / 2` and `sigma^2 = ln(1 + cv^2)`."""

    mean: float
    cv: float
    name: ClassVar[str] = "lognormal"
    family: ClassVar[str] = "normal"

    def __post_init__(self) -> None:
        check_mean(self.mean)
        check_range("cv", self.cv, CV)

    @classmethod
    def of_median(cls, median: float, sigma: float) -> Lognormal:
        """Return the lognormal of a median and the standard deviation `sigma` of the logarithm."""
        check_mean(median)
        check_range("sigma", sigma, (0.001, 3.0))
        return cls(median * math.exp(sigma**2 / 2), math.sqrt(math.expm1(sigma**2)))

    @property
    def variance(self) -> float:
        return (self.mean * self.cv) ** 2

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.sqrt(math.log1p(self.cv**2))

    def scaled(self, standard_draws: Floats) -> Floats:
        return np.exp(math.log(self.mean) - self.sigma**2 / 2 + self.sigma * standard_draws)

    def standardised(self, x: Floats) -> Floats:
        return (np.log(x) - math.log(self.mean) + self.sigma**2 / 2) / self.sigma


@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull of a `shape` k: failures of early life for k < 1, of wear for k > 1.

    Scale `mean / gamma(1 + 1/k)`, variance `scale^2 (gamma(1 + 2/k) - gamma(1 + 1/k)^2)`.
    """

    mean: float
    shape: float
    name: ClassVar[str] = "weibull"
    family: ClassVar[str] = "exponential"

    def __post_init__(self) -> None:
        check_mean(self.mean)
        check_range("shape", self.shape, WEIBULL_SHAPE)

    @classmethod
    def of_scale(cls, scale: float, shape: float) -> Weibull:
        """Return the Weibull distribution of a scale and a shape."""
        check_range("shape", shape, WEIBULL_SHAPE)
        return cls(scale * math.gamma(1 + 1 / shape), shape)

    @classmethod
    def of_cv(cls, mean: float, cv: float) -> Weibull:
        """Return the Weibull distribution of a mean and a coefficient of variation."""
        from scipy.optimize import brentq

        check_range("cv", cv, CV)
        least, most = WEIBULL_SHAPE
        return cls(mean, float(brentq(lambda shape: _weibull_squared_cv(shape) / cv**2 - 1, least, most, xtol=1e-14)))

    @property
    def variance(self) -> float:
        return self.mean**2 * _weibull_squared_cv(self.shape)

    @property
    def scale(self) -> float:
        """The value that a share 1 - 1/e of all stays under."""
        return self.mean / math.gamma(1 + 1 / self.shape)

    def scaled(self, standard_draws: Floats) -> Floats:
        return self.scale * standard_draws ** (1 / self.shape)

    def standardised(self, x: Floats) -> Floats:
        with np.errstate(over="ignore"):  # far above the scale the standard variate is infinite and its cdf 1
            return (x / self.scale) ** self.shape


def _weibull_squared_cv(shape: float) -> float:
    """Return `gamma(1 + 2/k) / gamma(1 + 1/k)^2 - 1`, by logarithms: the difference is small where k is large."""
    return math.expm1(math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape))


@dataclass(frozen=True)
class Normal(Distribution):
    """A normal distribution cut off below 0; `location` and `spread` are mean and standard deviation before the cut.

    With `a = location / spread` and `h = phi(a) / Phi(a)`: mean `location + spread h`, variance
    `spread^2 (1 - a h - h^2)`. Variates are made from the upper tail, so that none is infinite.
    """

    location: float
    spread: float
    name: ClassVar[str] = "normal"

    def __post_init__(self) -> None:
        check_mean(self.location)
        check_range("cv (sd over mean)", self.spread / self.location, CV)

    @classmethod
    def of_cv(cls, mean: float, cv: float) -> Normal:
        """Return the distribution of a mean and a coefficient of variation before the cut."""
        return cls(mean, mean * cv)

    @property
    def mean(self) -> float:
        return self.location + self.spread * self._hazard

    @property
    def variance(self) -> float:
        hazard = self._hazard
        return self.spread**2 * (1 - self.location / self.spread * hazard - hazard**2)

    @property
    def _hazard(self) -> float:
        a = self.location / self.spread
        return math.exp(-(a**2) / 2) / math.sqrt(2 * math.pi) / self._kept

    @property
    def _kept(self) -> float:
        """Share of the normal distribution above 0."""
        return math.erfc(-self.location / self.spread / math.sqrt(2)) / 2

    def scaled(self, standard_draws: Floats) -> Floats:
        from scipy.special import ndtri

        return np.maximum(self.location - self.spread * np.asarray(ndtri((1.0 - standard_draws) * self._kept)), 0.0)

    def standardised(self, x: Floats) -> Floats:
        from scipy.special import ndtr

        return np.asarray(1.0 - ndtr((self.location - x) / self.spread) / self._kept)
