"""The rows of a machine log in order of time, read a part at a time, and what is found wrong on the way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from connectors.log_cells import instants, note, pieces
from connectors.log_file import check_columns, chunks
from connectors.machine_mapping import COUNTS, label, places
from twin.calibration.log import RowProblem
from twin.live.clock import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from connectors.log_cells import Problems
    from connectors.machine_mapping import MachineMapping

WINDOW = 50_000
"""Rows read at a time. A row may stand this far from where its time belongs; memory holds twice as many."""

LONGEST_S = 31 * 86_400.0
"""A longer span is in another unit than the mapping says."""

MOST_KW = 1e6
LONGEST_LABEL = 80
"""Letters of a label; what is longer is no name."""

MOST_LABELS = 1_000
"""Unknown labels told apart; a column of ever new ones is the wrong column."""


_QUOTED = re.compile(r'".*"')


class Row(NamedTuple):
    """What a machine did in a span of time.

    `machine`, `state`, `product` and `reason` are the log's own labels, the first two known to the mapping; `lasts_ns`
    is -1 and `power_kw` NaN where the log does not say. `made` counts all pieces, or the good ones, as the mapping has
    it; counts are of the span, or of a counter that runs on.
    """

    begin_ns: int
    lasts_ns: int
    row: int
    machine: str
    state: str
    made: int
    scrap: int
    rework: int
    power_kw: float
    product: str
    reason: str


@dataclass(slots=True)
class Labels:
    """Labels that are not known: of each the rows, and the time [ns UTC] of the first."""

    rows: Counter[str] = field(default_factory=Counter)
    first_ns: dict[str, int] = field(default_factory=dict)

    def add(self, text: str, time_ns: int, rows: int = 1) -> None:
        """Count rows of a label."""
        if text not in self.rows and len(self.rows) >= MOST_LABELS:
            text = "others"
        self.rows[text] += rows
        self.first_ns.setdefault(text, time_ns)

    def came(self, counted: tuple[str, int]) -> int:
        """Return when a label with its count first came, as a key to sort by [ns UTC]."""
        return self.first_ns[counted[0]]


@dataclass(slots=True)
class Read:
    """What was read of a log so far.

    Attributes
    ----------
    rows, used, duplicates
        Rows of the file; those that became events; those that repeat another in all that is read of it.
    problems
        Rows not used, by what is wrong with them whatever their cell.
    first
        Of each such problem the first row, and the sentence about it.
    machines, states
        Labels that the mapping does not know; their rows are not used.
    """

    rows: int = 0
    used: int = 0
    duplicates: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    first: dict[str, RowProblem] = field(default_factory=dict)
    machines: Labels = field(default_factory=Labels)
    states: Labels = field(default_factory=Labels)

    def problem(self, row: int, text: str) -> None:
        """Note what is wrong with a row that is not used."""
        kind = _QUOTED.sub("", text)
        self.problems[kind] += 1
        self.first.setdefault(kind, RowProblem(row, text))


def rows_in_order(path: Path, mapping: MachineMapping, read: Read) -> Iterator[Row]:
    """Yield the rows of a machine log that can be read, in order of the time at which their spans begin.

    Parameters
    ----------
    path
        A file `.csv` or `.parquet` of any length; memory holds twice `WINDOW` rows of it.
    mapping
        Which column says what.
    read
        Where rows are counted, and what is wrong with those that are not used.

    Raises
    ------
    InputError
        If the file cannot be read or lacks a column that the mapping names.
    """
    held = pd.DataFrame(columns=Row._fields)
    given = np.iinfo(np.int64).min
    for part in _parts(path, mapping, read):
        late = part["begin_ns"] < given
        for row in part["row"][late]:
            read.problem(row, f"lies before {WINDOW:,} rows that stand above it; sort the file by time")
        held = _sorted([held, part[~late]], read)
        ready, held = held[:-WINDOW], held[-WINDOW:]
        if not ready.empty:
            given = int(ready["begin_ns"].iloc[-1])
        yield from _tuples(ready)
    yield from _tuples(held)


def _tuples(frame: pd.DataFrame) -> Iterator[Row]:
    return map(Row._make, zip(*(frame[name].tolist() for name in Row._fields), strict=True))


def _sorted(parts: Iterable[pd.DataFrame], read: Read) -> pd.DataFrame:
    """Return rows in order; of those that are alike in all but their number the first."""
    rows = pd.concat([part for part in parts if not part.empty] or [*parts], ignore_index=True)
    again = rows.duplicated([name for name in Row._fields if name != "row"])
    read.duplicates += int(again.sum())
    return rows[~again].sort_values(["begin_ns", "lasts_ns", "row"], kind="stable")


def _parts(path: Path, mapping: MachineMapping, read: Read) -> Iterator[pd.DataFrame]:
    columns = {f"columns.{key}": name for key, name in mapping.columns}
    for part in chunks(path, mapping.delimiter, WINDOW):
        check_columns(path, list(part.cells.columns), columns)
        read.rows += part.rows
        for row, text in part.problems:
            read.problem(row, text)
        yield _understood(part.cells, mapping, read)


def _understood(cells: pd.DataFrame, mapping: MachineMapping, read: Read) -> pd.DataFrame:
    """Return the rows of a part that can be read, as `Row` has them."""
    problems: Problems = {}
    empty = pd.Series("", index=cells.index)
    told = {key: empty if name is None else cells[name].astype(str) for key, name in mapping.columns if key != "time"}
    frame = pd.DataFrame({"row": cells.index}, index=cells.index)
    only = next(iter(places(mapping)), "")
    frame["machine"] = told["machine"].map(label) if mapping.columns.machine is not None else only
    for key in ("state", "product", "reason"):
        frame[key] = told[key].map(label).str[:LONGEST_LABEL]
    frame["begin_ns"] = instants(
        cells[mapping.columns.time],
        mapping.time,
        "time",
        problems,
        zone=mapping.time.zone if mapping.time.clock == "local" else "UTC",
        machines=frame["machine"],
    )
    frame["lasts_ns"] = _durations(told["duration"], mapping, problems)
    frame["power_kw"] = _powers(told["power"], mapping, problems)
    frame = frame.assign(**_counts({key: told[key] for key in COUNTS}, mapping, problems))
    if mapping.time.stamp == "end":
        frame["begin_ns"] -= frame["lasts_ns"]
    for row, text in problems.items():
        read.problem(row, text)
    whole = frame[~frame.index.isin(problems)]
    known = _known(whole, "machine", [*places(mapping)], read.machines)
    return _known(known, "state", [label(text) for text in mapping.states], read.states)[[*Row._fields]]


def _known(frame: pd.DataFrame, key: str, labels: list[str], unknown: Labels) -> pd.DataFrame:
    """Return the rows whose label is known, and count the others."""
    known = frame[key].isin(labels)
    for text, rows in frame[~known].groupby(key, sort=False):
        unknown.add(str(text), int(rows["begin_ns"].min()), len(rows))
    return frame[known]


def _numbers(cells: pd.Series[str], mapping: MachineMapping, name: str, problems: Problems) -> pd.Series[float]:
    """Return numbers, NaN where a cell is empty or none."""
    texts = _plain(cells, mapping)
    read = pd.to_numeric(texts.where(texts != ""), errors="coerce").astype(float)
    note(problems, (cells != "") & ~np.isfinite(read), f"{name} {{}} is no number", cells)
    return read


def _durations(cells: pd.Series[str], mapping: MachineMapping, problems: Problems) -> pd.Series[int]:
    if mapping.columns.duration is None:
        return pd.Series(-1, index=cells.index)
    seconds = _numbers(cells, mapping, "duration", problems) * mapping.second
    note(problems, cells == "", "has no duration")
    note(problems, seconds < 0, "duration {} is below 0", cells)
    note(problems, seconds > LONGEST_S, "duration {} is over 31 days; its unit may be another", cells)
    return (seconds.where(seconds.between(0, LONGEST_S), 0) * SECOND).round().astype("int64")


def _powers(cells: pd.Series[str], mapping: MachineMapping, problems: Problems) -> pd.Series[float]:
    power = _numbers(cells, mapping, "power", problems) * mapping.kilowatt
    note(problems, power.abs() > MOST_KW, "power {} is more than a plant draws; its unit may be another", cells)
    return power


def _counts(cells: dict[str, pd.Series[str]], mapping: MachineMapping, problems: Problems) -> dict[str, pd.Series[int]]:
    told = {key: pieces(_plain(column, mapping), key, problems) for key, column in cells.items()}
    made = told["good" if mapping.columns.pieces is None else "pieces"]
    if mapping.columns.pieces is not None and mapping.counts == "span":
        note(problems, told["scrap"] + told["rework"] > made, "has more scrap and rework than pieces")
    return {"made": made, "scrap": told["scrap"], "rework": told["rework"]}


def _plain(cells: pd.Series[str], mapping: MachineMapping) -> pd.Series[str]:
    return cells if mapping.decimal == "." else cells.str.replace(",", ".", regex=False)
