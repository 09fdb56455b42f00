"""What a production log is, whatever file it came from: reports of work on orders, each with time and pieces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

COLUMNS = ("order", "station", "worker", "start", "end", "done", "rejected", "review", "kind", "rework", "row")
"""The columns of `Log.reports`, in order."""

KINDS = ("setup", "production", "breakdown")
"""What a report can be of."""


class RowProblem(NamedTuple):
    """A row that cannot be read: its number in the file, and what is wrong with it."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Roles:
    """What the stations of a log are to whoever reads it; each a set of their names.

    Parameters
    ----------
    checks
        Where the pieces reported are counted: the largest sum over one of them is an order's quantity.
    nominal
        Whose times are entered as a matter of form and say nothing of work.
    finish
        Where pieces leave the plant.
    inspection
        Which inspect.
    rework
        Which are rework by their name.
    """

    checks: frozenset[str] = frozenset()
    nominal: frozenset[str] = frozenset()
    finish: frozenset[str] = frozenset()
    inspection: frozenset[str] = frozenset()
    rework: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """A production log.

    Parameters
    ----------
    reports
        One row a report, with the columns `COLUMNS`: `order` (text), `station` (a name that may stand in a line file),
        `worker` (a pseudonym "w01" or NA), `start` and `end` (float64 [s] since `epoch`, in multiples of 1/1024 s, so
        that differences are exact), `done`, `rejected` and `review` (whole pieces completed, rejected, sent to material
        review), `kind` (one of `KINDS`), `rework` (bool), `row` (its number in the file, from 1). The order of rows is
        `twin.calibration.cleaning.in_order`'s: by time, and no matter how the file was sorted or things were named.
    problems
        The rows that could not be read.
    source
        The file, for messages.
    rows
        Rows of the file: reports, problems, duplicates and those left out. Where beginning and end of an interval are
        rows of their own, a report is two.
    duplicates
        Rows that repeat an earlier one in every cell; dropped.
    left_out
        Rows that the mapping leaves out.
    epoch
        Monday 00:00 of the first report's week, on the log's own clock.
    labels
        What each station is called in the log, by name; all the stations, as they first appear.
    roles
        What the stations are.
    ahead
        How far the log's clock is ahead of the plant's [s]; None where nobody knows.
    """

    reports: pd.DataFrame
    problems: tuple[RowProblem, ...]
    source: str
    rows: int
    duplicates: int
    left_out: int
    epoch: datetime
    labels: dict[str, str]
    roles: Roles = field(default_factory=Roles)
    ahead: float | None = None
