"""When the plant of a log works: the shifts seen in its reports, and times counted within them alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import InputError
from twin.line.work_calendar import DAY, DAYS, HOUR, PATTERN_SHIFT, WEEK, Shifts, windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SLOT = 900
"""Shifts are looked for in quarters of an hour [s]."""

OPEN_SHARE = 0.25
"""A quarter of an hour of the week belongs to a shift if at least this share of the mean number at work is at work."""

SHORTEST_SHIFT = HOUR
"""A shorter closed time is a break in a shift, a shorter open time no shift [s]."""


def shifts_of(starts: Floats, ends: Floats) -> Shifts:
    """Find the weekly shifts in reports of work.

    Parameters
    ----------
    starts, ends
        Beginning and end of each report [s since a Monday 00:00]; those whose times say nothing of work left out.

    Returns
    -------
    Shifts
        On the log's own clock, to a quarter of an hour: where on average at least a quarter of the mean number at work
        is at work. Interruptions under an hour are taken for breaks.

    Raises
    ------
    InputError
        If the reports span no time.
    """
    worked = _at_work_by_slot(starts, ends)
    if not worked.sum() > 0:
        raise InputError("the reports span no time: each ends when it begins; look at the columns start and end")
    is_open = worked >= OPEN_SHARE * worked[worked > 0].mean()
    is_open = ~_without_short(~is_open)
    return _as_shifts(_without_short(is_open))


def _at_work_by_slot(starts: Floats, ends: Floats) -> Floats:
    """Return the time at work in each quarter of an hour of the week, summed over weeks and reports [s]."""
    edges = np.arange(0, WEEK + SLOT, SLOT, dtype=np.float64)
    worked = np.zeros(len(edges) - 1)
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        for week in range(int(first // WEEK), int(last // WEEK) + 1):
            begin, end = max(first - week * WEEK, 0.0), min(last - week * WEEK, float(WEEK))
            low, high = int(begin // SLOT), min(int(-(-end // SLOT)), len(worked))
            inside = np.minimum(edges[low + 1 : high + 1], end) - np.maximum(edges[low:high], begin)
            worked[low:high] += np.maximum(inside, 0.0)
    return worked


def _without_short(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Unmark the stretches shorter than a shift can be; the week is a ring."""
    if marked.all() or not marked.any():
        return marked
    turn = int(np.flatnonzero(~marked)[0])
    rolled = np.roll(marked, -turn)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rolled.astype(np.int8), [0]))))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if (last - first) * SLOT < SHORTEST_SHIFT:
            rolled[first:last] = False
    return np.roll(rolled, turn)


def _as_shifts(is_open: NDArray[np.bool_]) -> Shifts:
    """Write open quarters of an hour as the shifts of each day, cut at midnight."""
    if is_open.all():
        return Shifts()
    per_day = DAY // SLOT
    times: dict[str, list[str]] = {}
    for day, slots in zip(DAYS, is_open.reshape(len(DAYS), per_day), strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], slots.astype(np.int8), [0])))) * SLOT
        if len(edges):
            open_times = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
            times[day] = [_written(*shift) for open_time in open_times for shift in _turns(*open_time)]
    return Shifts.model_validate({"times": times})


def _turns(start: int, end: int) -> list[tuple[int, int]]:
    """Return the shifts of an open time: as many as make them nearest to eight hours, alike to a quarter of an hour."""
    count = max(1, round((end - start) / PATTERN_SHIFT))
    cuts = [start + (end - start) * turn // (count * SLOT) * SLOT for turn in range(count)]
    return list(pairwise([*cuts, end]))


def _written(start: int, end: int) -> str:
    return "-".join(f"{second // HOUR:02d}:{second % HOUR // 60:02d}" for second in (start, end))


class WorkingTime:
    """Counts time within the shifts alone: the clock that stands still while the plant is closed."""

    def __init__(self, shifts: Shifts) -> None:
        week = windows(shifts)
        self._edges = np.array([edge for window in week for edge in window])
        spans = np.array([[0.0] + [end - start for start, end in week]]).cumsum()
        self._worked = np.repeat(spans, 2)[1:-1]
        self._week = float(spans[-1])

    def at(self, clock: Floats) -> Floats:
        """Return the working time until moments of the clock [s since a Monday 00:00], elementwise [s]."""
        weeks, rest = np.divmod(np.asarray(clock, dtype=np.float64), WEEK)
        worked: Floats = weeks * self._week + np.interp(rest, self._edges, self._worked)
        return worked

    def clock(self, worked: Floats) -> Floats:
        """Return the moments of the clock at which so much working time has passed: the last of them where several."""
        weeks, rest = np.divmod(np.asarray(worked, dtype=np.float64), self._week)
        found = np.interp(rest, self._worked, self._edges)
        found = np.where(rest < self._week, self._opens(rest, found), found)
        moments: Floats = weeks * WEEK + found
        return moments

    def lasting(self, starts: Floats, lengths: Floats) -> Floats:
        """Return how long stretches of working time last on the clock [s].

        One that ends as the plant closes may have ended at any moment until it opens: midway is meant.
        """
        return self._midway(starts + lengths) - self._midway(starts)

    def _midway(self, worked: Floats) -> Floats:
        moments: Floats = (self.clock(worked) + self.clock(np.nextafter(worked, -np.inf))) / 2
        return moments

    def _opens(self, rest: Floats, found: Floats) -> Floats:
        """Put moments at the end of one shift to the beginning of the next."""
        later = np.searchsorted(self._worked[::2], rest, side="right") - 1
        moments: Floats = np.maximum(found, self._edges[::2][later])
        return moments


def union(intervals: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return intervals sorted by beginning, those that overlap or touch made one.

    Examples
    --------
    >>> union([(5.0, 7.0), (0.0, 2.0), (1.0, 3.0)])
    [(0.0, 3.0), (5.0, 7.0)]
    """
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
