"""What a set of replications says: how well a mean is known, how far outcomes spread, whether two differ.

Two kinds of range are kept apart. The *interval* of a mean says how well the simulation knows its own mean and
shrinks with more replications. The *spread* says what single outcomes do and does not shrink. One replication has
neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
FEWEST_FOR_A_TENTH = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications and the interval in which the true mean is held to lie.

    Attributes
    ----------
    mean
        The point estimate, in the unit of the values.
    interval
        Low and high end; None where none can be stated: one replication, or a ratio whose denominator cannot be
        told from zero.
    confidence
        Probability that an interval made this way covers the true value [share].
    replications
        The values themselves, by replication; empty for a ratio, which is one of means and not a mean of ratios.
    simulation
        Where the interval holds the uncertainty of fitted inputs too: the interval of the simulation's noise alone.
    data_share
        Then the share that the data owe of the variance behind the interval; None where it holds noise alone.
    sampled
        Then the values under samples of the inputs, by replication; empty for a ratio.
    """

    mean: float
    interval: tuple[float, float] | None
    confidence: float = CONFIDENCE
    replications: tuple[float, ...] = ()
    simulation: tuple[float, float] | None = None
    data_share: float | None = None
    sampled: tuple[float, ...] = ()

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval, in the unit of the mean."""
        return None if self.interval is None else (self.interval[1] - self.interval[0]) / 2

    def excludes(self, value: float) -> bool:
        """Say whether the interval lies wholly to one side of `value`; without an interval nothing is excluded."""
        return self.interval is not None and not self.interval[0] <= value <= self.interval[1]


@dataclass(frozen=True, slots=True)
class Spread:
    """What single outcomes do: one in ten falls below `p10`, one in ten above `p90`."""

    p10: float
    p50: float
    p90: float


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Estimate a mean with its two-sided Student-t interval.

    Parameters
    ----------
    values
        One independent value a replication, any unit.
    confidence
        Coverage of the interval [share, above 0 and below 1].

    Raises
    ------
    ValueError
        If there are no values, one is not finite, or the confidence is no probability.

    Notes
    -----
    ``mean ± t(1 - (1 - confidence) / 2; n - 1) * s / sqrt(n)``, with s the standard deviation of divisor n - 1.

    References
    ----------
    A. M. Law, *Simulation Modeling and Analysis*, 5th ed., 2015, section 4.5.

    Examples
    --------
    >>> estimate = mean_interval([9.0, 10.0, 11.0])
    >>> [round(end, 3) for end in estimate.interval]
    [7.516, 12.484]
    """
    numbers = _finite(values)
    mean = _mean(numbers)
    if len(numbers) == 1:
        return Estimate(mean, None, confidence, numbers)
    half = _student(confidence, len(numbers)) * math.sqrt(covariance(numbers, numbers) / len(numbers))
    return Estimate(mean, (mean - half, mean + half), confidence, numbers)


def wilson(successes: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the Wilson score interval of a probability.

    It holds also where all or none succeed (E. B. Wilson, Journal of the American Statistical Association 22, 1927).

    Examples
    --------
    >>> [round(end, 3) for end in wilson(200, 200)]
    [0.981, 1.0]
    """
    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = successes / trials
    middle = share + z2 / (2 * trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2)))
    low, high = ((middle + sign * half) / (1 + z2 / trials) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def bonferroni(comparisons: int, confidence: float = CONFIDENCE) -> float:
    """Give the confidence that each of several intervals needs so that all hold together with `confidence`.

    Raises
    ------
    ValueError
        If `comparisons` is less than one.

    Examples
    --------
    >>> round(bonferroni(5), 3)
    0.99
    """
    if comparisons < 1:
        raise ValueError(f"the number of comparisons must be at least 1, not {comparisons}")
    return 1 - (1 - confidence) / comparisons


def paired_difference(
    first: Sequence[float], second: Sequence[float], *, comparisons: int = 1, confidence: float = CONFIDENCE
) -> Estimate:
    """Estimate the mean of `first` minus `second`, paired by replication (common random numbers).

    Parameters
    ----------
    first, second
        One value a replication, in the same order and unit.
    comparisons
        How many intervals are to hold together (Bonferroni).
    confidence
        Coverage of all of them together [share].

    Raises
    ------
    ValueError
        If the two differ in length, or as in `mean_interval`.

    References
    ----------
    A. M. Law, *Simulation Modeling and Analysis*, 5th ed., 2015, sections 10.2.1 and 10.3.
    """
    return mean_interval(
        [one - other for one, other in zip(first, second, strict=True)], bonferroni(comparisons, confidence)
    )


def ratio_interval(
    numerators: Sequence[float], denominators: Sequence[float], confidence: float = CONFIDENCE
) -> Estimate:
    """Estimate a ratio of two means, paired by replication, with Fieller's interval.

    Raises
    ------
    ValueError
        If the two differ in length, or as in `mean_interval`.
    ZeroDivisionError
        If the mean of the denominators is zero.

    Notes
    -----
    The interval holds every ratio r for which ``mean(numerators - r * denominators)`` cannot be told from zero. It
    is bounded only where the mean of the denominators itself can be told from zero; elsewhere there is none.

    References
    ----------
    E. C. Fieller, "Some problems in interval estimation", *J. R. Stat. Soc. B* 16(2), 1954, 175-185.
    """
    above, below = _finite(numerators), _finite(denominators)
    if len(above) != len(below):
        raise ValueError(f"a ratio needs as many numerators as denominators, not {len(above)} and {len(below)}")
    top, bottom, count = _mean(above), _mean(below), len(above)
    ratio = top / bottom
    if count == 1:
        return Estimate(ratio, None, confidence)
    scale = _student(confidence, count) ** 2 / count
    rests = [one - ratio * other for one, other in zip(above, below, strict=True)]
    spreads = (covariance(one, other) for one, other in ((rests, rests), (rests, below), (below, below)))
    return Estimate(ratio, fieller(ratio, bottom, *(scale * spread for spread in spreads)), confidence)


def fieller(ratio: float, bottom: float, rests: float, joint: float, below: float) -> tuple[float, float] | None:
    """Give the ends of Fieller's interval; None where it has no end.

    Parameters
    ----------
    ratio, bottom
        The ratio of the means, and the mean of its denominators.
    rests, joint, below
        The squares of Student's t times the standard error of the mean: of numerators less ratio times denominators,
        and of the denominators; and in between their covariance.

    Notes
    -----
    ``(top - r * bottom)^2 = t^2 * var(mean(numerators - r * denominators))``, solved about the point estimate, where
    the coefficients lose no digits: with r = ratio + x, ``square * x^2 + 2 * joint * x - rests = 0``.
    """
    square = bottom**2 - below
    if square <= 0:
        return None
    root = math.sqrt(joint**2 + square * rests)
    return ratio + (-joint - root) / square, ratio + (-joint + root) / square


def spread(values: Sequence[float]) -> Spread | None:
    """Give the 10th, 50th and 90th percentile of single outcomes; None under ten values, where no tenth exists.

    Raises
    ------
    ValueError
        If there are no values or one is not finite.

    References
    ----------
    R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", *Am. Stat.* 50(4), 1996: definition 8.
    """
    numbers = _finite(values)
    if len(numbers) < FEWEST_FOR_A_TENTH:
        return None
    p10, p50, p90 = np.quantile(numbers, (0.1, 0.5, 0.9), method="median_unbiased")
    return Spread(float(p10), float(p50), float(p90))


def variance_cut(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Say how many times fewer replications the pairing needs than independent runs would; None where unknown.

    Notes
    -----
    ``(var(first) + var(second)) / var(first - second)``; above 1 the common random numbers help.

    Raises
    ------
    ValueError
        If the two differ in length or hold a number that is not finite.
    """
    one, other = _finite(first), _finite(second)
    differences = _finite([left - right for left, right in zip(one, other, strict=True)])
    if len(differences) == 1:
        return None
    paired = covariance(differences, differences)
    return (covariance(one, one) + covariance(other, other)) / paired if paired > 0 else None


def replications_for(estimate: Estimate, half_width: float) -> int | None:
    """Say about how many replications would narrow a mean's interval to `half_width`; None if no number would.

    Raises
    ------
    ValueError
        If `half_width` is not above zero.

    Notes
    -----
    ``n * (present half-width / half_width)^2``: the standard error falls with the root of n; the small change of
    Student's quantile is left out.
    """
    if not half_width > 0:
        raise ValueError(f"the half-width aimed at must be above 0, not {half_width}")
    if estimate.half_width is None or not estimate.replications:
        return None
    alone = estimate.half_width
    if estimate.simulation is not None:
        alone = (estimate.simulation[1] - estimate.simulation[0]) / 2
        half_width = math.sqrt(max(0.0, half_width**2 - estimate.half_width**2 + alone**2))
    return max(2, math.ceil(len(estimate.replications) * (alone / half_width) ** 2)) if half_width else None


def covariance(first: Sequence[float], second: Sequence[float]) -> float:
    """Give the covariance of as many values with divisor n - 1; of a sequence with itself, its variance."""
    middle, other = _mean(first), _mean(second)
    products = ((one - middle) * (two - other) for one, two in zip(first, second, strict=True))
    return math.fsum(products) / (len(first) - 1)


def _finite(values: Sequence[float]) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if not numbers:
        raise ValueError("there are no values to estimate from")
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("a value to estimate from is not finite")
    return numbers


def _student(confidence: float, count: int) -> float:
    """Give Student's two-sided quantile for `count` values."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    return float(stdtrit(count - 1, 1 - (1 - confidence) / 2))


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)
