"""How many machines and people a log shows: how many orders were worked on at once, how many while others waited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.calibration.working_time import union
from twin.line.work_calendar import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from twin.calibration.visits import Visits
    from twin.calibration.working_time import WorkingTime

    Floats = NDArray[np.float64]

    Spans = list[tuple[float, float]]

SELDOM = 0.02
"""More orders at once than ever for this share of the station's busy time come from hasty stamps at a handover."""

GOOD_DAY = 0.9
"""What a station can do is what it does on a good day: nine of ten days of working time do not exceed it."""

ENOUGH_WAITING = 0.02
"""Where work waits for less than this share of the time, the log does not show what a station can do at most."""


@dataclass(frozen=True, eq=False)
class AtWork:
    """How many orders were worked on at a station, as a step function of working time.

    Attributes
    ----------
    edges
        When the number changes [s of working time], rising.
    count
        The number from each edge to the next; 0 from the last on.
    """

    edges: Floats
    count: NDArray[np.int64]

    def time_at_least(self, count: int, within: Spans) -> float:
        """Return for how long at least so many were worked on, within intervals that do not overlap [s]."""
        spans = np.array(within, dtype=np.float64).reshape(-1, 2)
        return float(self.times_at_least(count, spans[:, 0], spans[:, 1]).sum())

    def times_at_least(self, count: int, starts: Floats, ends: Floats) -> Floats:
        """Return for how long at least so many were worked on, from each start to its end, elementwise [s]."""
        return self._over(self.count[:-1] >= count, starts, ends)

    def mean(self, within: Spans) -> float:
        """Return how many were worked on, on average over intervals that do not overlap."""
        spans = np.array(within, dtype=np.float64)
        return float(self._over(self.count[:-1], spans[:, 0], spans[:, 1]).sum() / (spans[:, 1] - spans[:, 0]).sum())

    def _over(self, height: NDArray[Any], starts: Floats, ends: Floats) -> Floats:
        """Integrate a step function from each start to its end."""
        integral = np.concatenate(([0.0], np.cumsum(np.diff(self.edges) * height)))
        found: Floats = np.interp(ends, self.edges, integral) - np.interp(starts, self.edges, integral)
        return found


def worked_spans(reports: pd.DataFrame, time: WorkingTime) -> dict[str, dict[str, Spans]]:
    """Return when each order was worked on, by station and order: intervals apart, in order [s of working time]."""
    found: dict[str, dict[str, Spans]] = {}
    starts, ends = time.at(reports["start"].to_numpy()), time.at(reports["end"].to_numpy())
    names = zip(reports["station"], reports["order"], strict=True)
    for (station, order), start, end in zip(names, starts.tolist(), ends.tolist(), strict=True):
        if end > start:
            found.setdefault(station, {}).setdefault(order, []).append((start, end))
    return {station: {order: union(spans) for order, spans in each.items()} for station, each in found.items()}


def at_work(spans: Iterable[Spans]) -> AtWork:
    """Count how many intervals hold each moment.

    Examples
    --------
    >>> found = at_work([[(0.0, 2.0)], [(1.0, 3.0)]])
    >>> found.edges.tolist(), found.count.tolist()
    ([0.0, 1.0, 2.0, 3.0], [1, 2, 1, 0])
    """
    steps: dict[float, int] = {}
    for start, end in (span for each in spans for span in each):
        steps[start] = steps.get(start, 0) + 1
        steps[end] = steps.get(end, 0) - 1
    edges = sorted(steps)
    return AtWork(np.array(edges), np.cumsum([steps[edge] for edge in edges], dtype=np.int64))


def machines_of(busy: AtWork) -> int:
    """Return how many machines a station has: the most orders worked on at once, but for `SELDOM` of its busy time."""
    whole = [(float(busy.edges[0]), float(busy.edges[-1]))]
    total = busy.time_at_least(1, whole)
    most = int(busy.count.max())
    return next(
        count for count in range(most, 0, -1) if count == 1 or busy.time_at_least(count, whole) > SELDOM * total
    )


def most_at_once(reports: pd.DataFrame) -> int:
    """Return the most orders reported at one moment of the clock, at least 1: what a station can do at the least."""
    by_order = reports.groupby("order", sort=False)
    found = at_work(union(list(zip(of["start"], of["end"], strict=True))) for _, of in by_order)
    return max(1, int(found.count.max(initial=1)))


def waiting_spans(visits: Visits, station: int, worked: dict[str, Spans]) -> Spans:
    """Return when any order waited for a station or lay there unworked: intervals apart from each other [s].

    An order waits from the end of its visit before, or the first report of it, to the last report at the station.
    """
    waits: Spans = []
    before = np.where(visits.follows, np.roll(visits.finish, 1), np.inf)
    for v in np.flatnonzero(visits.of(station)).tolist():
        start, end = min(before[v], visits.first[v]), visits.last[v]
        for busy_from, busy_to in worked.get(visits.orders[visits.order[v]], []):
            if busy_from > start:
                waits.append((start, min(busy_from, end)))
            start = max(start, busy_to)
        if end > start:
            waits.append((start, end))
    return union([(start, end) for start, end in waits if end > start])


def capacity_of(busy: AtWork, waits: Spans, machines: int) -> float | None:
    """Return how many orders a station works on at a time, on a good day, while others wait.

    The `GOOD_DAY` quantile over days of the mean number worked on while any order waited, each day weighted by how long
    one did. Fewer than the machines means that people, or what is not in the log, allow no more. None where hardly ever
    an order waited.
    """
    span = float(busy.edges[-1] - busy.edges[0])
    waited = sum(end - start for start, end in waits)
    if waited <= ENOUGH_WAITING * span:
        return None
    days = [(within, busy.mean(within)) for within in _by_day(waits, float(busy.edges[0]))]
    days.sort(key=lambda day: day[1])
    weights = np.cumsum([sum(end - start for start, end in within) for within, _ in days])
    good = int(np.searchsorted(weights, GOOD_DAY * weights[-1]))
    return min(days[good][1], float(machines))


def _by_day(spans: Spans, origin: float) -> list[Spans]:
    """Cut intervals at the ends of days of working time, counted from a moment, and gather them by day."""
    days: dict[int, Spans] = {}
    for start, end in spans:
        for day in range(int((start - origin) // DAY), int(-(-(end - origin) // DAY))):
            first = origin + day * DAY
            days.setdefault(day, []).append((max(start, first), min(end, first + DAY)))
    return [days[day] for day in sorted(days)]


def crews(reports: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return which stations the same people work at, each station once, in the order of the log.

    A worker's home is the station where they report the most time. Where more than half the time at a station is
    that of people at home elsewhere, it joins the station at which most of those are at home.
    """
    lengths = (reports["end"] - reports["start"]).rename("time")
    stations = list(reports["station"].unique())
    known = reports["worker"].notna()
    times = lengths[known].groupby([reports.loc[known, "worker"], reports.loc[known, "station"]], sort=False).sum()
    if not len(times):
        return [(station,) for station in stations]
    table = times.unstack(fill_value=0)  # noqa: PD010 -- of a series there is no pivot table
    home = table.idxmax(axis=1)
    joined = {station: station for station in stations}
    for station in table.columns:
        by_home = table[station].groupby(home, sort=False).sum()
        if by_home.drop(station, errors="ignore").sum() > by_home.sum() / 2:
            joined[station] = str(by_home.drop(station, errors="ignore").idxmax())
    groups: dict[str, list[str]] = {}
    for station in stations:
        groups.setdefault(_end_of(station, joined), []).append(station)
    return [tuple(group) for group in groups.values()]


def _end_of(station: str, joined: dict[str, str]) -> str:
    """Follow who joined whom to the one that joined nobody, or into a ring, of which the first in the log stands."""
    seen: list[str] = []
    while station not in seen:
        seen.append(station)
        station = joined[station]
    ring = seen[seen.index(station) :]
    order = list(joined)
    return min(ring, key=order.index)
