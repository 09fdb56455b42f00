"""Intervals that hold what the data leave open of fitted numbers, as well as the noise of the simulation.

A line's numbers are estimates. Every study therefore runs twice: as fitted, and once more with each replication on the
same luck under a sample of the numbers (see `twin.line.samples`). Two replications at a time share a sample, so that
what a sample changes can be told from what luck makes of it: within a pair the luck differs and the sample does not.

Let ``Y_i`` be a number of replication i as fitted, ``Z_i`` the same number under its sample and ``D_i = Z_i - Y_i``.
Common random numbers take most of the noise out of the D. Of their pairs, one-way analysis of variance with random
effects gives ``V_data = (MSB - MSW) / m``, where MSB and MSW are the mean squares between and within samples, and m the
replications a sample. The interval is

    mean(Y) ± t * sqrt(V_data + V_simulation / n),    V_simulation = var(Y)

at the fitted numbers. The plain difference ``var(Z) - var(Y)`` has the noise of whole replications in it: where data
and simulation weigh alike in the mean of 20, its standard error is twice what it estimates even if the pairing took all
the noise out of the D; that of the pairs is then half of it.

References
----------
R. C. H. Cheng and W. Holland, "Sensitivity of computer simulation experiments to errors in input data", *J. Stat.
Comput. Simul.* 57, 1997, 219-241: the two variances of a simulation's answer.
B. E. Ankenman and B. L. Nelson, "A quick assessment of input uncertainty", *Proc. Winter Simulation Conf.* 2012: the
random-effects model over bootstrap samples.
R. R. Barton, B. L. Nelson and W. Xie, "Quantifying input uncertainty via simulation confidence intervals", *INFORMS J.
Comput.* 26(1), 2014, 74-87: what coverage such intervals have, with and without the data's part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, stdtrit

from twin.study.intervals import (
    CONFIDENCE,
    Estimate,
    bonferroni,
    covariance,
    fieller,
    mean_interval,
    ratio_interval,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 4
"""Replications of which two pairs can be made; of fewer the data's part cannot be told."""

SHARED = 2
"""Replications that share a sample, as long as there are samples enough."""

MOST_SAMPLES = 100
"""More would tell the data's variance hardly better: it is then known to a seventh of itself."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A number of each replication: `fitted` at the numbers as fitted, `sampled` under its sample; empty without."""

    fitted: tuple[float, ...]
    sampled: tuple[float, ...] = ()

    @classmethod
    def split(cls, values: Sequence[float], replications: int) -> Outcomes:
        """Return the outcomes of a sequence that holds all as fitted, then all under samples, if there are any."""
        return cls(tuple(values[:replications]), tuple(values[replications:]))

    @property
    def mean(self) -> float:
        """The mean as fitted."""
        return math.fsum(self.fitted) / len(self.fitted)

    def minus(self, other: Outcomes) -> Outcomes:
        """Return the differences, paired by replication, and by sample."""
        return Outcomes(
            tuple(one - two for one, two in zip(self.fitted, other.fitted, strict=True)),
            tuple(one - two for one, two in zip(self.sampled, other.sampled, strict=True)),
        )

    def times(self, factor: float) -> Outcomes:
        """Return all of them, that many times."""
        return Outcomes(tuple(factor * one for one in self.fitted), tuple(factor * one for one in self.sampled))

    @property
    def changes(self) -> tuple[float, ...]:
        """What its sample changes in each replication."""
        return tuple(one - two for one, two in zip(self.sampled, self.fitted, strict=True))


def sample_numbers(replications: int) -> tuple[int, ...]:
    """Return the sample (from 0) under which each replication runs; none where there are too few replications.

    Examples
    --------
    >>> sample_numbers(5), sample_numbers(3)
    ((0, 0, 1, 1, 2), ())
    """
    if replications < FEWEST:
        return ()
    count = min(MOST_SAMPLES, math.ceil(replications / SHARED))
    return tuple(place * count // replications for place in range(replications))


def mean_of(outcomes: Outcomes, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate a mean; with outcomes under samples its interval holds the data's uncertainty too.

    Raises
    ------
    ValueError
        As `twin.study.intervals.mean_interval`.

    Notes
    -----
    Student's t takes the degrees of freedom of the sum of the two variances (Satterthwaite, *Biometrics Bull.* 2(6),
    1946), at most n - 1: the interval is never narrower than that of the simulation alone.
    """
    alone = mean_interval(outcomes.fitted, confidence)
    if not outcomes.sampled or alone.interval is None:
        return alone
    data = data_variance(outcomes.changes)
    noise = _noise(outcomes, outcomes)
    found = replace(alone, simulation=alone.interval, data_share=_share(data, noise), sampled=outcomes.sampled)
    if data == 0:
        return found
    half = _quantile(confidence, data, noise, len(outcomes.fitted)) * math.sqrt(data + noise)
    return replace(found, interval=(alone.mean - half, alone.mean + half))


def difference_of(
    first: Outcomes, second: Outcomes, *, comparisons: int = 1, confidence: float = CONFIDENCE
) -> Estimate:
    """Estimate the mean of `first` minus `second`, paired by luck and by sample.

    Parameters
    ----------
    first, second
        Outcomes of as many replications, in the same unit.
    comparisons
        How many intervals are to hold together (Bonferroni).
    confidence
        Coverage of all of them together [share].

    Raises
    ------
    ValueError
        If the two differ in length, or as `twin.study.intervals.mean_interval`.
    """
    return mean_of(first.minus(second), bonferroni(comparisons, confidence))


def ratio_of(numerators: Outcomes, denominators: Outcomes, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate a ratio of two means, paired by luck and by sample, with Fieller's interval.

    Raises
    ------
    ValueError, ZeroDivisionError
        As `twin.study.intervals.ratio_interval`.
    """
    alone = ratio_interval(numerators.fitted, denominators.fitted, confidence)
    count = len(numerators.fitted)
    if not numerators.sampled or count == 1:
        return alone
    rests = numerators.minus(denominators.times(alone.mean))
    data, below = data_variance(rests.changes), data_variance(denominators.changes)
    bound = math.sqrt(data * below)
    joint = min(bound, max(-bound, _between(rests.changes, denominators.changes)[0]))
    noise = _noise(rests, rests)
    ends = alone.interval
    if data or below:
        scale = _quantile(confidence, data, noise, count) ** 2
        spreads = data + noise, joint + _noise(rests, denominators), below + _noise(denominators, denominators)
        ends = fieller(alone.mean, denominators.mean, *(scale * spread for spread in spreads))
    return replace(alone, interval=ends, simulation=alone.interval, data_share=_share(data, noise))


def _noise(first: Outcomes, second: Outcomes) -> float:
    """Give the covariance that noise leaves to the means of two as fitted; of one with itself, its variance."""
    return covariance(first.fitted, second.fitted) / len(first.fitted)


def _share(data: float, noise: float) -> float:
    return data / (data + noise) if data > 0 else 0.0


def data_variance(changes: Sequence[float]) -> float:
    """Estimate the variance that the uncertainty of the data gives to a mean, at least 0.

    Parameters
    ----------
    changes
        What its sample changes in each replication, the samples as `sample_numbers` gives them.

    Notes
    -----
    ``(MSB - MSW) / m`` has no bias and may fall below 0 where luck hides the samples' part. Cut off at 0 it would then
    claim that the data leave nothing open, and its intervals would cover too seldom. Taken instead is the mean of what
    the variance may be, given the estimate e, its standard error s and that no variance is below 0: that of a normal
    distribution cut off at 0, ``e + s * phi(e / s) / Phi(e / s)`` (Johnson, Kotz and Balakrishnan, *Continuous
    Univariate Distributions* 1, 2nd ed. 1994, chapter 13). Where e is many s it is e; where luck hides it, it is wide.
    ``s^2 = 2 * (MSB^2 / (k - 1) + MSW^2 / (n - k)) / m^2`` for k samples (Searle, Casella and McCulloch, *Variance
    Components*, 1992, chapter 3).
    """
    estimate, error = _between(changes, changes)
    if error == 0:
        return max(0.0, estimate)
    at = estimate / error
    density = -at * at / 2 - math.log(2 * math.pi) / 2
    return max(0.0, estimate + error * math.exp(density - float(log_ndtr(at))))


def _between(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Estimate the covariance between samples, without bias, and its standard error where the two are the same."""
    one, two = np.asarray(first), np.asarray(second)
    sample = np.asarray(sample_numbers(len(one)))
    sizes = np.bincount(sample)
    count, samples = len(one), len(sizes)
    means = [np.bincount(sample, values) / sizes for values in (one, two)]
    apart = [middle - values.mean() for middle, values in zip(means, (one, two), strict=True)]
    inside = [values - middle[sample] for middle, values in zip(means, (one, two), strict=True)]
    between = float((sizes * apart[0] * apart[1]).sum()) / (samples - 1)
    within = float((inside[0] * inside[1]).sum()) / (count - samples)
    each = (count - float((sizes**2).sum()) / count) / (samples - 1)
    error = math.sqrt(2 * (between**2 / (samples - 1) + within**2 / (count - samples))) / each
    return (between - within) / each, error


def _quantile(confidence: float, data: float, noise: float, count: int) -> float:
    """Give Student's two-sided quantile for the sum of the variances that data and simulation give to a mean."""
    freedom = float(count - 1)
    if data > 0:
        samples = sample_numbers(count)[-1] + 1
        freedom = min(freedom, (data + noise) ** 2 / (data**2 / (samples - 1) + noise**2 / freedom))
    return float(stdtrit(freedom, 1 - (1 - confidence) / 2))
