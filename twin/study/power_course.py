"""The course of a run's power: the mean of every 10 minutes and the peak inside it, of the line and by station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.rules.metering import WINDOW
from twin.engine.rules.record import LOG_STANDBY, LOG_STATE
from twin.events import STATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.accounts import Floats
    from twin.engine.plan import Plan
    from twin.engine.results import Trace

MILLI = 1000.0
WAITING = (STATES.index("starved"), STATES.index("blocked"))
OFF_SHIFT = STATES.index("off_shift")


@dataclass(frozen=True, eq=False)
class PowerCourse:
    """Power in windows of 10 minutes by the clock; the first and the last may be cut short by the measured time.

    Attributes
    ----------
    start_s, end_s
        Where each window begins and ends [s].
    stations
        The stations that name a power.
    mean_w, peak_w
        Mean and highest power in each window, shape (1 + stations, windows), the whole line first [W].
    """

    start_s: Floats
    end_s: Floats
    stations: tuple[str, ...]
    mean_w: Floats
    peak_w: Floats

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which windows are whole."""
        return np.isclose(self.end_s - self.start_s, WINDOW)


def power_course(trace: Trace, start_s: float, end_s: float) -> PowerCourse:
    """Return the course of the power of a traced run.

    Parameters
    ----------
    trace
        The events of a run that began at time 0.
    start_s, end_s
        The measured time [s].
    """
    plan, rows = trace.plan, trace.raw[np.isin(trace.raw["kind"], (LOG_STATE, LOG_STANDBY))]
    more, energy = _changes(plan, rows)
    own_station = np.array(plan.machine_station)
    uses = (plan.power_w.any(axis=1) | (plan.standby_w > 0) | (plan.warm_up_j > 0)).astype(np.int64)
    shown = np.flatnonzero(np.bincount(own_station, uses, minlength=len(plan.stations))).tolist()
    inner = np.arange(np.floor(start_s / WINDOW) + 1, np.ceil(end_s / WINDOW)) * WINDOW
    edges = np.concatenate(([start_s], inner, [end_s]))
    station = own_station[rows["owner"]]
    picked = [np.ones(len(rows), dtype=np.bool_), *(station == s for s in shown)]
    windows = [_windows(rows["time"][own], more[own], energy[own], edges) for own in picked]
    means, peaks = (np.array(each) for each in zip(*windows, strict=True))
    return PowerCourse(edges[:-1], edges[1:], tuple(plan.stations[s] for s in shown), means, peaks)


def _changes(plan: Plan, rows: NDArray[Any]) -> tuple[NDArray[np.int64], Floats]:
    """Return by how much each event changes its machine's power [mW], and what it starts with [J].

    Milliwatts are whole, as those of the engine's own meter: their sums do not round.
    """
    owner, state, goes = rows["owner"], rows["a"], rows["kind"] == LOG_STANDBY
    stands_by = goes | (rows["x"] == 1.0)
    power = np.where(stands_by, plan.standby_w[owner], plan.power_w[owner, state])
    power = np.rint(MILLI * power).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    same = np.concatenate(([False], owner[order][1:] == owner[order][:-1]))
    before = np.full(len(rows), -1)
    before[order[same]] = order[np.flatnonzero(same) - 1]
    first = before < 0
    more = power - np.where(first, 0, power[before])
    left_standby = stands_by[before] & ~stands_by & (state != OFF_SHIFT)
    came_on = (state[before] == OFF_SHIFT) & ~goes[before] & (state != OFF_SHIFT) & ~goes
    starts = ~first & (left_standby | came_on)
    return more, np.where(starts, plan.warm_up_j[owner], 0.0)


def _windows(times: Floats, more: NDArray[np.int64], energy: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """Return mean and peak power [W] between each edge and the next; what lasts no time is no peak."""
    moments, last = np.unique(times[::-1], return_index=True)
    level = np.cumsum(more)[len(times) - 1 - last] / MILLI
    cuts = np.union1d(moments[(moments > edges[0]) & (moments < edges[-1])], edges)
    there = np.searchsorted(moments, cuts[:-1], side="right") - 1
    power = np.where(there < 0, 0.0, level[there])
    begins = np.searchsorted(cuts, edges[:-1])
    joules = np.add.reduceat(power * np.diff(cuts), begins)
    measured = (times >= edges[0]) & (times < edges[-1])
    window = np.searchsorted(edges, times[measured], side="right") - 1
    joules += np.bincount(window, energy[measured], minlength=len(edges) - 1)
    return joules / np.diff(edges), np.maximum.reduceat(power, begins)
