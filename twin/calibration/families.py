"""Which distribution times follow: families fitted by maximum likelihood, ranked by AIC, judged by Anderson-Darling.

A value is an observed time, or a time after which observation ended (right-censored). Estimates of many samples at once
are formulas or a few Newton steps over arrays, so that hundreds of bootstrap samples cost no more than a few fits.

The families are those of a line file whose density is above 0 on all positive values. An Erlang is a gamma with one
choice less and never the likelier; a uniform or triangular is likeliest where its ends cling to the data.

References
----------
A. M. Law, Simulation Modeling and Analysis, 5th ed. (2015), sections 6.5 and 6.6.
H. Akaike, A new look at the statistical model identification, IEEE Trans. Automatic Control 19 (1974) 716-723.
W. Stute, W. Gonzales Manteiga, M. Presedo Quindimil, Bootstrap based goodness-of-fit-tests, Metrika 40 (1993) 243-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.calibration.likelihood import FAMILIES, Family
from twin.line.distributions import Constant, Empirical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from twin.line.distributions import Distribution
    from twin.line.variates import Floats

SEED = 12_024
SAMPLES = 200

HEAPED = 0.5
"""Where more than this share of the values is one and the same, they are kept as they are."""

ENOUGH_FOR_A_TAIL = 10
"""Fewer observed values beside censored ones show no more than a mean."""

_BLOCK = 1_000_000
"""Most values simulated at once."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A family fitted to values.

    Parameters
    ----------
    family
        Its name in `twin.line.distributions.DISTRIBUTIONS`.
    distribution
        Its likeliest member.
    aic
        Akaike's criterion, `2 parameters - 2 ln likelihood`.
    ad
        Anderson-Darling statistic; None with censored values, for which it is not defined.
    p_value
        Share of samples of the fitted distribution, each fitted anew, whose statistic is at least as large; None
        likewise.
    """

    family: str
    distribution: Distribution
    aic: float
    ad: float | None
    p_value: float | None


@dataclass(frozen=True, slots=True)
class Fit:
    """The distribution that values are held to follow, and the others that were tried.

    `distribution`, `family`, `aic`, `ad` and `p_value` are those of the first of `candidates`, which are sorted by AIC.
    A constant, and values kept as they are ("empirical"), have no candidates, and None for the last three.
    """

    distribution: Distribution
    family: str
    n: int
    censored: int
    aic: float | None = None
    ad: float | None = None
    p_value: float | None = None
    candidates: tuple[Candidate, ...] = ()


def fit_families(
    values: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    scale_free: bool = False,
    families: Sequence[str] = tuple(FAMILIES),
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Fit:
    """Return the family that fits values best.

    Values that are all equal give a constant; where more than half are one and the same, they are kept as "empirical".
    Neither is asked of censored values.

    Parameters
    ----------
    values
        Shape (n,), above 0 [s], or ratios where `scale_free`.
    censored
        Shape (n,), true where observation ended before the value was reached; then only the families that allow it are
        tried: exponential, gamma, lognormal, Weibull.
    scale_free
        Whether the distribution returned is scaled to a mean of 1, its shape as fitted.
    families
        The families to try, by name. One in name only (`Family.least`) is no candidate, unless alone.
    samples
        Samples of the parametric bootstrap behind the p-values; 0 leaves these out.
    seed
        Of the bootstrap; the same values give the same p-values.

    Raises
    ------
    ValueError
        If no value is observed, one is not above 0, or none of the families takes censored values.

    Examples
    --------
    >>> fit_families([12.0, 12.0, 12.0]).distribution
    Constant(value=12.0)
    >>> fit_families([60, 120, 30, 90], censored=[0, 0, 0, 1], families=["exponential"]).distribution
    Exponential(mean=100.0)
    """
    times, observed = _checked(values, censored)
    count, all_observed = len(times), bool(observed.all())
    plain = _plain(times, scale_free=scale_free) if all_observed else None
    if plain is not None:
        return Fit(plain, plain.name, count, 0)
    tried = [FAMILIES[name] for name in families if all_observed or FAMILIES[name].censored]
    if not tried:
        raise ValueError("none of the families takes censored values")
    fitted = [(family, family.fit(times[None, :], observed[None, :])) for family in tried]
    candidates = [
        _candidate(family, parameters, times, observed, scale_free=scale_free, samples=samples, seed=seed)
        for family, parameters in [(one, found) for one, found in fitted if found[-1].item() >= one.least] or fitted
    ]
    best, *_ = ranked = sorted(candidates, key=lambda each: each.aic)
    hidden = count - int(observed.sum())
    return Fit(best.distribution, best.family, count, hidden, best.aic, best.ad, best.p_value, tuple(ranked))


def fit_law(values: ArrayLike, *, censored: ArrayLike | None = None, samples: int = SAMPLES) -> Fit:
    """Return the family that fits values best, as `fit_families`, but where its tail would be guesswork.

    Heaped values get a gamma, so that a line file names no value of a log. Where some are censored and fewer than
    `ENOUGH_FOR_A_TAIL` observed, only the exponential is tried: of a second parameter such values show nothing, and a
    heavy tail may be years long.
    """
    times = np.asarray(values, dtype=np.float64)
    unseen = np.zeros(times.shape, bool) if censored is None else np.asarray(censored, dtype=bool)
    if unseen.any() and (~unseen).sum() < ENOUGH_FOR_A_TAIL:
        return fit_families(times, censored=unseen, families=("exponential",), samples=samples)
    fit = fit_families(times, censored=unseen, samples=samples)
    if fit.family != "empirical":
        return fit
    return fit_families(times * (1 + 1e-9 * np.arange(len(times))), families=("gamma",), samples=samples)


def refit(
    family: str, values: ArrayLike, *, censored: ArrayLike | None = None, scale_free: bool = False
) -> Distribution:
    """Return the likeliest member of a family, quickly: what a bootstrap does with each of its samples.

    Parameters
    ----------
    family
        A family of `FAMILIES`, or "constant" (the mean) or "empirical" (the values as they are).
    values, censored, scale_free
        As in `fit_families`.

    Raises
    ------
    ValueError
        As in `fit_families`.
    """
    times, observed = _checked(values, censored)
    if family == "constant":
        return Constant(1.0 if scale_free else float(times.mean()))
    if family == "empirical":
        return _empirical(times, scale_free=scale_free)
    chosen = FAMILIES[family]
    return _made(chosen, chosen.fit(times[None, :], observed[None, :]), scale_free=scale_free)


def anderson_darling(cdf: Floats) -> Floats:
    """Return the Anderson-Darling statistic of samples, each on the last axis.

    `A^2 = -n - 1/n sum (2 i - 1) (ln F(x_i) + ln(1 - F(x_(n+1-i))))` over the sorted sample.

    Parameters
    ----------
    cdf
        Shape (..., n), the fitted cdf at each value.

    References
    ----------
    T. W. Anderson and D. A. Darling, A test of goodness of fit, J. Amer. Statist. Assoc. 49 (1954) 765-769.
    """
    count = cdf.shape[-1]
    ordered = np.clip(np.sort(cdf, axis=-1), np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    weights = (2 * np.arange(1, count + 1) - 1) / count
    statistic: Floats = -count - (np.log(ordered) + np.log1p(-ordered[..., ::-1])) @ weights
    return statistic


def _checked(values: ArrayLike, censored: ArrayLike | None) -> tuple[Floats, NDArray[np.bool_]]:
    times = np.asarray(values, dtype=np.float64)
    observed = np.ones(times.shape, bool) if censored is None else ~np.asarray(censored, dtype=bool)
    if not observed.any():
        raise ValueError("no value is observed: nothing can be fitted")
    if not (np.isfinite(times).all() and times.min() > 0):
        raise ValueError("a value is not above 0")
    return times, observed


def _plain(times: Floats, *, scale_free: bool) -> Distribution | None:
    """Return the constant or the values themselves where no family would do, else None."""
    _, counts = np.unique(times, return_counts=True)
    if len(counts) == 1:
        return Constant(1.0 if scale_free else float(times[0]))
    return _empirical(times, scale_free=scale_free) if counts.max() > HEAPED * len(times) else None


def _empirical(times: Floats, *, scale_free: bool) -> Empirical:
    values, counts = np.unique(times / times.mean() if scale_free else times, return_counts=True)
    return Empirical(tuple(values.tolist()), tuple(map(float, counts)))


def _candidate(
    family: Family,
    parameters: Sequence[Floats],
    times: Floats,
    observed: NDArray[np.bool_],
    *,
    scale_free: bool,
    samples: int,
    seed: int,
) -> Candidate:
    law = family.law(*parameters)
    likelihood = float(np.where(observed, law.logpdf(times), law.logsf(times)).sum())
    statistic = p_value = None
    if observed.all():
        statistic = float(anderson_darling(law.cdf(times[None, :]))[0])
        if samples:
            p_value = (1 + _exceeding(family, parameters, statistic, (samples, len(times)), seed)) / (samples + 1)
    distribution = _made(family, parameters, scale_free=scale_free)
    return Candidate(distribution.name, distribution, 2 * family.parameters - 2 * likelihood, statistic, p_value)


def _exceeding(
    family: Family, parameters: Sequence[Floats], statistic: float, samples: tuple[int, int], seed: int
) -> int:
    """Return how many samples, of the shape given and each fitted anew, lie as far from their fit as `statistic`."""
    rng = np.random.default_rng(seed)  # anew for each family: its p-value is no matter of which others are tried
    most, count = samples
    rows = max(1, _BLOCK // count)
    exceeding = 0
    for first in range(0, most, rows):
        shape = (min(rows, most - first), count)
        drawn = np.maximum(family.law(*parameters).ppf(rng.random(shape)), np.finfo(float).tiny)
        again = family.law(*family.fit(drawn, np.ones(shape, bool)))
        exceeding += int((anderson_darling(again.cdf(drawn)) >= statistic).sum())
    return exceeding


def _made(family: Family, parameters: Sequence[Floats], *, scale_free: bool) -> Distribution:
    first, *others = (float(parameter.item()) for parameter in parameters)
    distribution = family.made(first, *others)
    return family.made(first / distribution.mean, *others) if scale_free else distribution
