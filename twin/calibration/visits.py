"""From reports to visits: what each order had done at each station, as one stretch of work."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from twin.calibration.working_time import union

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.calibration.log import Roles
    from twin.calibration.working_time import WorkingTime

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Visits:
    """The visits of a log, one an element of each array, sorted by order and then in the order in which they were made.

    Reports of one order at one station are one visit: pieces of a lot go ahead and are made up for, and a line moves
    the lot whole. Its work lies around the moment when half of it was done. Reports flagged as rework are visits of
    their own.

    Attributes
    ----------
    orders, stations
        Names by code, in the order in which they first appear.
    order, station
        Codes.
    begin, finish
        Half the work before and after that moment [s of working time].
    first, last
        First and last moment reported [s of working time].
    work, setup, broken
        Time of the machine in production, in setup and broken down; where reports overlap, once [s].
    reported
        Time reported, overlaps as often as reported [s].
    done, rejected
        Pieces.
    rework
        Whether it is rework.
    """

    orders: tuple[str, ...]
    stations: tuple[str, ...]
    order: Ints
    station: Ints
    begin: Floats
    finish: Floats
    first: Floats
    last: Floats
    work: Floats
    setup: Floats
    broken: Floats
    reported: Floats
    done: Ints
    rejected: Ints
    rework: Bools

    @property
    def follows(self) -> Bools:
        """Whether the element before is of the same order: its visit came before."""
        same: Bools = np.concatenate(([False], self.order[1:] == self.order[:-1]))
        return same

    @property
    def accounted(self) -> Ints:
        """Pieces done in each visit, and those of its order that it and the visits before it rejected."""
        rejected: Ints = np.cumsum(self.rejected)
        begins = np.flatnonzero(~self.follows)
        earlier = (rejected - self.rejected)[begins]
        return self.done + rejected - np.repeat(earlier, np.diff(np.append(begins, len(rejected))))

    def of(self, station: int) -> Bools:
        """Which visits were to a station, rework left out."""
        here: Bools = (self.station == station) & ~self.rework
        return here


def visits_of(reports: pd.DataFrame, roles: Roles, time: WorkingTime) -> Visits:
    """Gather a log's reports into visits.

    Parameters
    ----------
    reports
        As in a `Log`, all or those up to a date.
    roles
        A visit to a station of `roles.finish` comes last whatever its times say.
    time
        The plant's working time.
    """
    order_of, orders = pd.factorize(reports["order"])
    station_of, stations = pd.factorize(reports["station"])
    again = reports["rework"].to_numpy(dtype=bool)
    kinds, spans = reports["kind"].to_numpy(), reports[["start", "end"]].to_numpy(dtype=np.float64)
    worked, lengths = time.at(spans), spans[:, 1] - spans[:, 0]
    pieces = reports[["done", "rejected"]].to_numpy(dtype=np.int64)
    rows = []
    for of_visit in _groups((order_of * len(stations) + station_of) * 2 + again):
        one, here, kind = int(of_visit[0]), spans[of_visit], kinds[of_visit]
        times = [_machine_time(here[kind == each]) for each in ("production", "setup", "breakdown")]
        rows.append((
            int(order_of[one]), stations[station_of[one]] in roles.finish, _middle(worked[of_visit], lengths[of_visit]),
            int(station_of[one]), sum(times), float(worked[of_visit, 0].min()), float(worked[of_visit, 1].max()),
            *times, float(lengths[of_visit].sum()), *pieces[of_visit].sum(axis=0).tolist(), bool(again[one]),
        ))  # fmt: skip
    rows.sort(key=lambda row: row[:3])
    order, _, middle, station, together, first, last, work, setup, broken, reported, done, rejected, rework = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return Visits(
        tuple(orders), tuple(stations), order, station, middle - together / 2, middle + together / 2, first, last,
        work, setup, broken, reported, done, rejected, rework,
    )  # fmt: skip


def by_progress(visits: Visits, ended: Bools) -> tuple[Visits, Bools]:
    """Return visits, and whether they are over, in the order in which the visits to come will have been made.

    One that is not over stands where its work began: the moment when half of it is done is still to come, and what went
    ahead to the next stations does not make these come before.
    """
    middle = np.where(ended, (visits.begin + visits.finish) / 2, visits.first)
    # Those that finish an order were put last, and stay so.
    last = np.concatenate((visits.order[1:] != visits.order[:-1], [True])) & ended
    order = np.lexsort((middle, last, visits.order))
    arrays = {f.name: getattr(visits, f.name)[order] for f in fields(Visits) if f.name not in ("orders", "stations")}
    return replace(visits, **arrays), ended[order]


def pauses(reports: pd.DataFrame, time: WorkingTime) -> Floats:
    """Return how long the pauses were between reports of one visit [s of working time]."""
    visit = np.asarray(reports.groupby(["order", "station", "rework"], sort=False).ngroup(), dtype=np.int64)
    starts, ends = time.at(reports["start"].to_numpy()), time.at(reports["end"].to_numpy())
    found = [starts[of_visit[1:]] - np.maximum.accumulate(ends[of_visit])[:-1] for of_visit in _groups(visit)]
    gaps = np.concatenate(found)
    return gaps[gaps > 0]


def _groups(key: Ints) -> list[Ints]:
    """Return the elements of each value of a key, those first that appear first."""
    by_key = np.argsort(key, kind="stable")
    groups = np.split(by_key, np.flatnonzero(np.diff(key[by_key])) + 1)
    return sorted(groups, key=lambda group: int(group[0]))


def _machine_time(spans: Floats) -> float:
    """Return the time that intervals cover [s]."""
    return sum(end - start for start, end in union([(start, end) for start, end in spans.tolist()]))


def _middle(worked: Floats, lengths: Floats) -> float:
    """Return the moment at which half of the reported time had been worked [s of working time]."""
    half, before = float(lengths.sum()) / 2, 0.0
    for (start, end), length in zip(worked.tolist(), lengths.tolist(), strict=True):
        if length > 0 and before + length >= half:
            return float(start + (end - start) * ((half - before) / length))
        before += length
    return float(worked[-1].mean())
