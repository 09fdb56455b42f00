"""What one would forecast without a twin: the rate of the past, and lead times as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.line.work_calendar import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.calibration.structure import Structure

    Floats = NDArray[np.float64]


def rate_forecast(
    plant: Structure, moments: Floats, amounts: Floats, ahead: float, *, members: int, seed: int
) -> Floats:
    """Forecast a sum by its mean a working day so far.

    Parameters
    ----------
    plant
        The plant until now.
    moments, amounts
        When something was reported [s on the clock], and how much.
    ahead
        Working time ahead [s].
    members, seed
        Size of the ensemble, and the seed of its draws.

    Returns
    -------
    ndarray
        Shape (members,): sums of as many past working days, drawn with replacement, as lie ahead. A working day is 24
        hours of working time, counted back from now.
    """
    now = float(plant.time.at(np.array(plant.end)))
    first = float(plant.visits.first.min())
    days = max(int((now - first) // DAY), 1)
    ago = np.floor((now - plant.time.at(moments)) / DAY).astype(np.int64)
    inside = (ago >= 0) & (ago < days)
    by_day = np.bincount(ago[inside], weights=amounts[inside], minlength=days).astype(np.float64)
    whole, part = divmod(ahead / DAY, 1.0)
    rng = np.random.default_rng(seed)
    drawn = by_day[rng.integers(0, days, (members, int(whole) + 1))]
    drawn[:, -1] *= part
    sums: Floats = drawn.sum(axis=1)
    return sums


def lead_time_curve(plant: Structure) -> Any:  # noqa: ANN401 -- lifelines names no types
    """Return the Kaplan-Meier estimate of orders' lead times [s of working time]; open orders are censored.

    References
    ----------
    E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, J. Amer. Statist. Assoc. 53 (1958)
    457-481, by lifelines.
    """
    from lifelines import KaplanMeierFitter

    now = float(plant.time.at(np.array(plant.end)))
    ends = np.where(plant.orders.finished, plant.orders.idle_since, now)
    lasted = np.maximum(ends - plant.orders.release, 1.0)
    return KaplanMeierFitter().fit(lasted, event_observed=plant.orders.finished)


def completion_forecast(curve: Any, age: float, members: int) -> Floats:  # noqa: ANN401 -- as above
    """Forecast how long an order that has lasted `age` still takes [s of working time], as past orders did.

    Returns
    -------
    ndarray
        Shape (members,): quantiles of the lead time above the age; infinite beyond what the past shows.
    """
    times = curve.survival_function_.index.to_numpy(dtype=np.float64)
    alive = curve.survival_function_.iloc[:, 0].to_numpy(dtype=np.float64)
    now = float(alive[max(np.searchsorted(times, age, side="right") - 1, 0)])
    if now <= 0:
        return np.full(members, np.inf)
    left = 1.0 - alive / now
    wanted = (np.arange(members) + 0.5) / members
    place = np.searchsorted(np.maximum.accumulate(np.where(times > age, left, 0.0)), wanted, side="left")
    later = np.append(times, np.inf)[place]
    return np.maximum(later - age, 0.0)
