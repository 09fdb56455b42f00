"""What is left of a time of which some has been spent: the same question for a cycle, a repair, the next arrival."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.line.distributions import Exponential

if TYPE_CHECKING:
    from twin.line.distributions import Distribution

Floats = np.ndarray[Any, Any]

LEAST_TAIL = 1e-9
"""Below this chance of lasting so long the distribution says nothing about what is left."""

JUST_OVER = 1.01
"""What has lasted up to so many times the longest possible is about to end: rounding alone exceeds that a little."""

LIKELY = 4096
"""So many equally likely times stand for a distribution."""


def remainders(distribution: Distribution, spent_s: float, u: Floats) -> Floats:
    """Return what is left of a time that has lasted `spent_s`, one value for each variate of u in [0, 1) [s].

    Of a time X that has lasted a, X - a is drawn given X > a. What has lasted just longer than it can is over now; what
    has lasted far longer is something the distribution does not know, and is drawn afresh.

    Examples
    --------
    >>> from twin.line.distributions import Constant, Uniform
    >>> remainders(Uniform(0.0, 10.0), 8.0, np.array([0.0, 0.5])).round(9).tolist()
    [0.0, 1.0]
    >>> [remainders(Constant(10.0), spent, np.array([0.5])).tolist() for spent in (4.0, 10.0, 25.0)]
    [[6.0], [0.0], [10.0]]
    """
    if spent_s <= 0.0 or isinstance(distribution, Exponential):
        return _finite(distribution, distribution.quantile(u))
    reached = float(distribution.cdf(spent_s))
    if 1.0 - reached < LEAST_TAIL:
        longest = float(distribution.quantile(1.0))
        return (
            np.zeros_like(u)
            if spent_s <= longest * JUST_OVER < np.inf
            else _finite(distribution, distribution.quantile(u))
        )
    left = distribution.quantile(reached + u * (1.0 - reached)) - spent_s
    return _finite(distribution, np.maximum(left, 0.0))


def at_any_moment(distribution: Distribution, rng: np.random.Generator, count: int) -> Floats:
    """Return what is left of times met at a moment that has nothing to do with them [s].

    Such a moment falls into a time with a chance that grows with its length, and anywhere within it alike.
    """
    if isinstance(distribution, Exponential):
        return np.asarray(distribution.quantile(rng.random(count)))
    times, reached = _by_length(distribution)
    return np.asarray(times[np.searchsorted(reached, rng.random(count), side="right")] * rng.random(count))


@lru_cache(maxsize=1024)
def _by_length(distribution: Distribution) -> tuple[Floats, Floats]:
    """Return equally likely times, rising [s], and the share of all time that lies in those up to each."""
    times = _finite(distribution, distribution.quantile((np.arange(LIKELY) + 0.5) / LIKELY))
    reached = np.cumsum(times)
    if reached[-1] <= 0.0:
        return times, np.ones(LIKELY) * 2.0
    return times, np.append((reached / reached[-1])[:-1], 2.0)


def as_long_again(spent_s: float, u: Floats) -> Floats:
    """Return what is left of a stop of which nothing is known but how long it has lasted [s].

    The longer it has lasted, the longer it will: half of such stops last more than as long again (Pareto of shape 1).
    """
    return np.asarray(max(spent_s, 1.0) * u / (1.0 - u))


def _finite(distribution: Distribution, values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, distribution.mean)
