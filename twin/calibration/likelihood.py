"""The likeliest member of each family, for many samples at once.

Each `fit` takes values of shape (samples, n) above 0 and, of the same shape, which of them are observed and not
censored from the right. It returns parameters of shape (samples, 1), kept within what a line file may say; the first
has the unit of the values, the others have none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize, special, stats

from twin.line.distributions import Exponential, Gamma, Lognormal, Normal, Weibull
from twin.line.families import CV, WEIBULL_SHAPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.line.distributions import Distribution
    from twin.line.variates import Floats

_SIGMA = 0.001, 3.0
_SHAPE = CV[1] ** -2, CV[0] ** -2
_RATIO = 1.001 / CV[1], 0.999 / CV[0]
"""What a line file may say; the last a little narrower, for its ends are reckoned anew from their inverse."""

_MOST_STEPS, _SMALL = 100, 1e-12


@dataclass(frozen=True, slots=True)
class Family:
    """A family of distributions.

    Parameters
    ----------
    parameters
        How many are estimated.
    fit
        The likeliest parameters of samples.
    law
        SciPy's distribution of given parameters.
    made
        The line file's distribution of the same.
    censored
        Whether `fit` knows censored values.
    least
        The last parameter below which the distribution is one of the family in name only.
    """

    parameters: int
    fit: Callable[[Floats, NDArray[np.bool_]], tuple[Floats, ...]]
    law: Callable[..., Any]
    made: Callable[..., Distribution]
    censored: bool = False
    least: float = 0.0


def _sum(values: Floats, where: NDArray[np.bool_] | None = None) -> Floats:
    return np.asarray(np.sum(values, axis=-1, keepdims=True, where=True if where is None else where))


def _mean(values: Floats) -> Floats:
    return np.asarray(np.mean(values, axis=-1, keepdims=True))


def fit_exponential(values: Floats, observed: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Return the mean: all the time watched over the number of events."""
    return (_sum(values) / observed.sum(axis=-1, keepdims=True),)


def fit_gamma(values: Floats, observed: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Return mean and shape `k`; of complete values from `ln k - digamma(k) = ln(mean x) - mean(ln x)`.

    By Minka's iteration, which needs four or five steps; with censored values by a search from there, sample by sample.

    References
    ----------
    T. P. Minka, Estimating a Gamma distribution (2002), equation 9.
    """
    mean = _mean(values)
    apart = np.maximum(-_mean(np.log(values / mean)), _SMALL)
    shape = np.clip((3 - apart + np.sqrt((apart - 3) ** 2 + 24 * apart)) / (12 * apart), *_SHAPE)
    for _ in range(_MOST_STEPS):
        before = shape
        slope = shape - shape**2 * special.polygamma(1, shape)
        shape = np.clip(1 / (1 / shape + (np.log(shape) - special.digamma(shape) - apart) / slope), *_SHAPE)
        if np.all(np.abs(shape - before) <= _SMALL * shape):
            break
    if observed.all():
        return mean, shape
    rows = zip(values, observed, mean[:, 0], shape[:, 0], strict=True)
    found = np.array([_censored_gamma(row, seen, float(centre), float(k)) for row, seen, centre, k in rows])
    return found[:, :1], found[:, 1:]


def _censored_gamma(values: Floats, observed: NDArray[np.bool_], mean: float, shape: float) -> tuple[float, float]:
    """Return the likeliest mean and shape of one sample, some of whose values are known only to lie above."""
    seen, above = values[observed], values[~observed]
    logs, total, count = float(np.log(seen).sum()), float(seen.sum()), len(seen)

    def unlikely(logarithms: Floats) -> float:
        centre, k = np.exp(logarithms)
        rate = k / centre
        density = count * (k * math.log(rate) - special.gammaln(k)) + (k - 1) * logs - rate * total
        tail = np.log(np.maximum(special.gammaincc(k, rate * above), np.finfo(float).tiny)).sum()
        return -float(density + tail)

    start = np.log([mean, min(max(shape, _SHAPE[0]), _SHAPE[1])])
    found = optimize.minimize(unlikely, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-8})
    centre, k = np.exp(found.x)
    return float(centre), float(np.clip(k, *_SHAPE))


def fit_weibull(values: Floats, observed: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Return scale and shape `k`, from `sum x^k ln x / sum x^k - 1/k = mean of the observed ln x`.

    Newton in `k`, halved or doubled at most at a step; the left side rises with `k`.

    References
    ----------
    A. C. Cohen, Maximum likelihood estimation in the Weibull distribution based on complete and on censored samples,
    Technometrics 7 (1965) 579-588.
    """
    largest = values.max(axis=-1, keepdims=True)
    logs = np.log(values / largest)
    events = observed.sum(axis=-1, keepdims=True)
    wanted = _sum(logs, observed) / events
    spread = np.sqrt(_mean((logs - _mean(logs)) ** 2))
    shape = np.clip(math.pi / math.sqrt(6) / np.maximum(spread, _SMALL), *WEIBULL_SHAPE)
    for _ in range(_MOST_STEPS):
        before = shape
        powers = np.exp(shape * logs)
        total = _sum(powers)
        centre = _sum(powers * logs) / total
        slope = _sum(powers * logs**2) / total - centre**2 + shape**-2
        step = shape - (centre - 1 / shape - wanted) / slope
        shape = np.clip(np.clip(step, shape / 2, shape * 2), *WEIBULL_SHAPE)
        if np.all(np.abs(shape - before) <= _SMALL * shape):
            break
    return largest * (_sum(np.exp(shape * logs)) / events) ** (1 / shape), shape


def fit_lognormal(values: Floats, observed: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Return median and sigma: mean and standard deviation (over n) of the logarithms.

    With censored values by Newton's method in `1/sigma` and `mu/sigma`, in which the likelihood is concave.

    References
    ----------
    R. J. Olsen, Note on the uniqueness of the maximum likelihood estimator for the Tobit model, Econometrica 46 (1978)
    1211-1215.
    """
    logs = np.log(values)
    centre = _mean(logs)
    sigma = np.sqrt(_mean((logs - centre) ** 2))
    if not observed.all():
        centre, sigma = _tobit(logs, observed, centre, np.maximum(sigma, _SIGMA[0]))
    return np.exp(centre), np.clip(sigma, *_SIGMA)


def _tobit(logs: Floats, observed: NDArray[np.bool_], middle: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of normal values, some known only to lie above."""
    scaled = (logs - middle) / scale
    events = observed.sum(axis=-1, keepdims=True)
    theta, delta = np.ones_like(middle), np.zeros_like(middle)
    for _ in range(_MOST_STEPS):
        residual = theta * scaled - delta
        # phi / (1 - Phi) by logarithms: far above the mean both are 0.
        hazard = np.exp(-(residual**2) / 2 - math.log(2 * math.pi) / 2 - special.log_ndtr(-residual))
        pull = np.where(observed, residual, hazard)
        weight = np.where(observed, 1.0, hazard * (hazard - residual))
        slope_theta, slope_delta = events / theta - _sum(pull * scaled), _sum(pull)
        tt, td, dd = events / theta**2 + _sum(weight * scaled**2), _sum(weight * scaled), _sum(weight)
        determinant = tt * dd - td**2
        up_theta = (dd * slope_theta + td * slope_delta) / determinant
        up_delta = (td * slope_theta + tt * slope_delta) / determinant
        shorter = np.minimum(1.0, theta / 2 / np.maximum(np.abs(up_theta), _SMALL))
        theta = np.minimum(theta + shorter * up_theta, scale / _SIGMA[0])
        delta = delta + shorter * up_delta
        if np.all(np.abs(up_theta) <= _SMALL * theta) and np.all(np.abs(up_delta) <= _SMALL * (1 + np.abs(delta))):
            break
    return middle + scale * delta / theta, scale / theta


def fit_normal(values: Floats, _observed: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Return location and location over spread `a` of a normal cut off below 0, of complete values.

    An exponential family in `x` and `x^2`: mean and variance of the likeliest are the sample's, so that the squared
    coefficient of variation `(1 - a h - h^2) / (a + h)^2`, which falls with `a`, gives `a` (by bisection); then the
    second moment gives the spread. A line file wants a location above 0: samples more scattered than half a normal
    distribution get the likeliest that may be written.
    """
    mean, square = _mean(values), _mean(values**2)
    wanted = np.maximum(square / mean**2 - 1, 0.0)
    low, high = np.full_like(mean, _RATIO[0]), np.full_like(mean, _RATIO[1])
    for _ in range(60):
        middle = np.sqrt(low * high)
        hazard = np.exp(-(middle**2) / 2 - math.log(2 * math.pi) / 2 - special.log_ndtr(middle))
        more = (1 - middle * hazard - hazard**2) / (middle + hazard) ** 2 > wanted
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    ratio = np.sqrt(low * high)
    spread = (np.sqrt((ratio * mean) ** 2 + 4 * square) - ratio * mean) / 2
    return ratio * spread, ratio


FAMILIES: dict[str, Family] = {
    "exponential": Family(1, fit_exponential, lambda mean: stats.expon(scale=mean), Exponential, censored=True),
    "gamma": Family(2, fit_gamma, lambda mean, shape: stats.gamma(shape, scale=mean / shape), Gamma, censored=True),
    "lognormal": Family(
        2, fit_lognormal, lambda median, sigma: stats.lognorm(sigma, scale=median), Lognormal.of_median, censored=True
    ),
    "weibull": Family(
        2, fit_weibull, lambda scale, shape: stats.weibull_min(shape, scale=scale), Weibull.of_scale, censored=True
    ),
    "normal": Family(
        2,
        fit_normal,
        lambda location, ratio: stats.truncnorm(-ratio, np.inf, loc=location, scale=location / ratio),
        lambda location, ratio: Normal(location, location / ratio),
        least=1.0,  # of a normal at most a sixth is cut off below 0
    ),
}
"""The families that are fitted, by name."""
