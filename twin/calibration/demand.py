"""The orders that come: how often, how large, and where they start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from twin.calibration.families import Fit, fit_families, refit
from twin.line.distributions import Exponential, Gamma
from twin.line.work_calendar import WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.calibration.order_table import OrderTable
    from twin.calibration.visits import Visits
    from twin.calibration.waits import Moves
    from twin.line.distributions import Distribution

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CERTAIN = 0.05
"""Orders come as a Poisson process unless their numbers a week are as unlike one's as one in so many is."""

EVEN = 0.01
"""Orders never come more evenly than with this dispersion."""

NEW_AFTER = 0.95
"""An order first seen when this share of all waits would have ended since the log began was not in the plant before."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Which orders came while the log watched, and what fits them.

    Attributes
    ----------
    came
        Codes of the orders, by time.
    watched
        For how long it was watched [s on the clock].
    gaps
        The time between two [s on the clock]; one fewer than orders.
    every, pieces
        What fits the time between orders [s], and their sizes.
    dispersion
        Variance over mean of the number of orders in a long time: 1 of a Poisson process, more where they come in
        waves.
    start
        Code of the station where each begins.
    """

    came: Ints
    watched: float
    gaps: Floats
    every: Fit
    pieces: Fit
    dispersion: float
    start: Ints


def watch_from(moves: Moves, begin: float) -> float:
    """Return from when an order first seen is a new one, since a log begins with a plant at work [s of working time].

    Orders that were in the plant are seen when their wait is over: after the time that `NEW_AFTER` of all waits take,
    counted from the log's beginning.
    """
    ended = moves.wait[moves.over & (moves.wait > 0)]
    return begin + (float(np.quantile(ended, NEW_AFTER, method="inverted_cdf")) if len(ended) else 0.0)


def demand_of(
    visits: Visits, orders: OrderTable, clock: Floats, window: tuple[float, float], samples: int = 200
) -> Demand:
    """Return the orders that came within a window of time, and what fits them.

    Parameters
    ----------
    visits, orders
        The log's.
    clock
        When each order was first seen [s on the clock].
    window
        Beginning and end of the time watched [s on the clock].
    samples
        Of the bootstrap behind the p-values.
    """
    inside = np.flatnonzero((clock >= window[0]) & (clock <= window[1]))
    came = inside[np.argsort(clock[inside], kind="stable")]
    gaps = np.maximum(np.diff(clock[came]), 1.0)
    firsts = np.flatnonzero(~visits.follows & ~visits.rework)
    start = {int(visits.order[v]): int(visits.station[v]) for v in firsts}
    watched = window[1] - window[0]
    every, dispersion = _arrivals(window[1] - clock[came], watched)
    return Demand(
        came=came,
        watched=watched,
        gaps=gaps,
        every=every,
        pieces=fit_families(sizes_known(orders, came), samples=samples),
        dispersion=dispersion,
        start=np.array([start.get(order, -1) for order in came.tolist()], dtype=np.int64),
    )


def _arrivals(ago: Floats, watched: float) -> tuple[Fit, float]:
    """Return the law of the time between orders, and their dispersion, from how long ago each was first seen.

    An order is first seen when its first work begins: when the plant opens, after others. That shapes the gaps, but
    hardly the numbers a week, in which orders come exponentially far apart if variance and mean are the same (test of
    the dispersion: R. A. Fisher, Statistical Methods for Research Workers, 1925, section 17). Else it is a gamma: the
    numbers of a renewal process have in the long run the dispersion `cv^2` of its gaps.
    """
    mean = watched / max(len(ago), 1)
    weeks = int(watched // WEEK)
    poisson = Fit(Exponential(mean), "exponential", len(ago), 0)
    if weeks < 2 or not len(ago):  # noqa: PLR2004 -- as many as have a variance
        return poisson, 1.0
    numbers = np.bincount((ago // WEEK).astype(np.int64), minlength=weeks)[:weeks]
    dispersion = max(float(numbers.var(ddof=1) / max(numbers.mean(), 1.0)), EVEN)
    below = float(stats.chi2.cdf((weeks - 1) * dispersion, weeks - 1))
    p_value = 2 * min(below, 1 - below)
    if p_value >= CERTAIN:
        return replace(poisson, p_value=p_value), 1.0
    return Fit(Gamma(mean, 1 / dispersion), "gamma", len(ago), 0), dispersion


def every_of(demand: Demand, came: int) -> Distribution:
    """Return the time between orders, had so many come in the time watched: in the family and shape that was chosen."""
    law, mean = demand.every.distribution, demand.watched / max(came, 1)
    return Gamma(mean, law.shape) if isinstance(law, Gamma) else Exponential(mean)


def sizes_known(orders: OrderTable, came: Ints) -> Floats:
    """Return the sizes of those of the orders that are known, or of all where none is.

    What was seen of another is no bound that ends by chance: it grows with the order.
    """
    known = came[orders.known[came]]
    return orders.pieces[known if len(known) else came].astype(np.float64)


def refit_pieces(demand: Demand, orders: OrderTable, came: Ints) -> Distribution:
    """Return the distribution of the sizes of other orders in the family that was chosen."""
    return refit(demand.pieces.family, sizes_known(orders, came))
