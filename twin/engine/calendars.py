"""Who works when, in numbers: the line's calendar, and those of stations and pools that keep other times."""

from __future__ import annotations

from math import exp, lgamma, log
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.line.work_calendar import WEEK, Shifts, timetable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.engine.builder import Builder, Row
    from twin.engine.varied import Varied
    from twin.line.station import Station

NEVER_CLOSED = Shifts()


class Calendars:
    """Collects calendars, each once, the line's own first."""

    def __init__(self, shifts: Shifts) -> None:
        self.rows: list[Row] = []
        self._windows: list[tuple[float, ...]] = []
        self._known: dict[object, int] = {}
        self.row_of(shifts)

    def row_of(self, shifts: Shifts, *, each: bool = False) -> int:
        """Return the index of a calendar; with `each`, shifts that touch are told apart."""
        first, weeks, weekly = timetable(shifts, each=each)
        key = (first, weeks, weekly)
        if key in self._known:
            return self._known[key]
        begin = len(self._windows)
        later = weeks * WEEK
        self._windows += [(start, end, float(rests), float(fresh)) for start, end, rests, fresh in first]
        self._windows += [
            (later + start, later + end, float(rests), float(fresh)) for start, end, rests, fresh in weekly
        ]
        on = int(self._windows[begin][0] == 0.0)
        in_a_shift = not on and timetable(shifts.model_copy(update={"breaks": ()})).opens_at_once
        row: Row = {
            "on": on, "window": begin, "first": begin, "last": len(self._windows), "again": begin + len(first),
            "end_timer": -1, "start_timer": -1, "resting": int(in_a_shift),
        }  # fmt: skip
        self._known[key] = len(self.rows)
        self.rows.append(row)
        return self._known[key]

    def of_station(self, shifts: Shifts, station: Station) -> Row:
        """Return a station's calendar, and whether it works at time 0; one that is not attended never stops."""
        own = station.attended and station.kind != "storage"
        c = self.row_of((station.shifts or shifts) if own else NEVER_CLOSED)
        return {"calendar": c, "on": self.rows[c]["on"]}

    @property
    def closing(self) -> list[int]:
        """The calendars whose windows end."""
        whole = [(0.0, float(WEEK))]
        spans = [[window[:2] for window in self._windows[row["first"] : row["last"]]] for row in self.rows]
        return [c for c, own in enumerate(spans) if own != whole]

    def windows(self) -> np.ndarray[Any, Any]:
        """Return the windows of all calendars, one after the other."""
        return np.array(self._windows).ravel()


def plan_pools(b: Builder, calendars: Calendars, v: Varied) -> tuple[list[Row], tuple[Shifts, ...]]:
    """Return the pools, and the shifts of each."""
    rows: list[Row] = []
    kept = []
    for skill, people in b.line.operators.items():
        pool = b.line.pools.get(skill)
        shifts = b.line.shifts if pool is None or pool.shifts is None else pool.shifts
        absence = 0.0 if pool is None else pool.absence
        c = calendars.row_of(shifts, each=absence > 0)
        count = people * b.people_unit
        row: Row = {
            "people": count, "free": count, "posted": count, "first": -1, "last": -1,
            "calendar": c, "on": calendars.rows[c]["on"], "absence_stream": -1,
        }  # fmt: skip
        if absence > 0:
            row["absence_stream"] = b.stream(skill, 0, "absence", None)
            row["absence_odds"] = len(v.numbers)
            v.numbers += present_odds(people, absence)
        rows.append(row)
        kept.append(shifts)
    return rows, tuple(kept)


def present_odds(people: int, absence: float) -> Sequence[float]:
    """Return how likely it is that at most 0, 1, ... of so many people come, each absent with the same chance.

    Examples
    --------
    >>> [round(share, 6) for share in present_odds(2, 0.1)]
    [0.01, 0.19, 1.0]
    """
    come, stay = log(1.0 - absence), log(absence)
    shares = [
        exp(lgamma(people + 1) - lgamma(k + 1) - lgamma(people - k + 1) + k * come + (people - k) * stay)
        for k in range(people + 1)
    ]
    cumulative = np.minimum(np.cumsum(shares), 1.0)
    cumulative[-1] = 1.0  # a variate below 1 always falls into one of them
    found: list[float] = cumulative.tolist()
    return found
