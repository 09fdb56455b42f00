"""From reports to visits: what each order had done at each station, as one stretch of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.calibration.working_time import union

if TYPE_CHECKING:
    import pandas as pd
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
        return np.concatenate(([False], self.order[1:] == self.order[:-1]))

    def of(self, station: int) -> Bools:
        """Which visits were to a station, rework left out."""
        return (self.station == station) & ~self.rework


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
    orders, stations = tuple(reports["order"].unique()), tuple(reports["station"].unique())
    rows = []
    for (order, station, rework), of_visit in reports.groupby(["order", "station", "rework"], sort=False):
        kinds = of_visit["kind"].to_numpy()
        spans = of_visit[["start", "end"]].to_numpy(dtype=np.float64)
        times = {kind: _machine_time(spans[kinds == kind]) for kind in ("production", "setup", "breakdown")}
        together = times["production"] + times["setup"] + times["breakdown"]
        middle = _middle(time.at(spans), spans[:, 1] - spans[:, 0])
        rows.append((
            orders.index(order), station in roles.finish, middle, stations.index(station), together,
            float(time.at(spans[:, 0].min())), float(time.at(spans[:, 1].max())), times["production"], times["setup"],
            times["breakdown"], float((spans[:, 1] - spans[:, 0]).sum()), int(of_visit["done"].sum()),
            int(of_visit["rejected"].sum()), bool(rework),
        ))  # fmt: skip
    rows.sort(key=lambda row: row[:3])
    order, _, middle, station, together, first, last, work, setup, broken, reported, done, rejected, rework = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return Visits(
        orders, stations, order, station, middle - together / 2, middle + together / 2, first, last,
        work, setup, broken, reported, done, rejected, rework,
    )  # fmt: skip


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
