"""How good a forecast was: the continuous ranked probability score, and whether its intervals held what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def crps(ensemble: ArrayLike, actual: float) -> float:
    """Return the continuous ranked probability score of an ensemble, in the unit of its members; 0 is perfect.

    Of a forecast that is one number it is the absolute error. `E|X - y| - E|X - X'| / 2` over the members, each pair of
    different ones once, so that the number of members makes no difference to its mean.

    References
    ----------
    T. Gneiting and A. E. Raftery, Strictly proper scoring rules, prediction, and estimation, J. Amer. Statist. Assoc.
    102 (2007) 359-378, equation 21.

    Examples
    --------
    >>> crps([3.0, 3.0], 5.0), crps([4.0, 6.0], 5.0)
    (2.0, 0.0)
    """
    members = np.sort(np.asarray(ensemble, dtype=np.float64))
    count = len(members)
    apart = float(members @ (2 * np.arange(count) - count + 1)) / max(count * (count - 1), 1)
    return float(np.abs(members - actual).mean()) - apart


def crps_until(ensemble: ArrayLike, actual: float, end: float) -> float:
    """Return the score of a forecast of a time that is watched until `end` alone; later times count as not yet.

    The integral from 0 to `end` of `(F(t) - 1{actual <= t})^2` with the ensemble's `F`: the Brier score of every
    moment, integrated, which asks nothing of what happened afterwards.

    References
    ----------
    E. Graf, C. Schmoor, W. Sauerbrei and M. Schumacher, Assessment and comparison of prognostic classification schemes
    for survival data, Statistics in Medicine 18 (1999) 2529-2545.

    Examples
    --------
    >>> crps_until([2.0, 9.0], 4.0, 6.0)
    1.0
    """
    members = np.minimum(np.asarray(ensemble, dtype=np.float64), end)
    came = min(actual, end)
    edges = np.unique(np.concatenate(([0.0, end, came], members)))
    share = (members[None, :] <= edges[:-1, None]).mean(axis=1)
    # What was not there at the end has not come, neither here nor in the log.
    share = np.where(edges[:-1] < end, share, 0.0)
    return float((share - (came <= edges[:-1])) ** 2 @ np.diff(edges))


def holds(ensemble: ArrayLike, actual: float, share: float = 0.8) -> bool:
    """Return whether the central interval of an ensemble that has this probability holds what came."""
    low, high = np.quantile(np.asarray(ensemble, dtype=np.float64), [(1 - share) / 2, (1 + share) / 2])
    return bool(low <= actual <= high)
