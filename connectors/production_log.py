"""Production logs: a plant's own reports of work, read through a mapping file; who worked leaves as a pseudonym."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from connectors.log_cells import PIECES, Problems, flags, joined, kinds, note, pieces, times
from connectors.log_file import check_columns, read_table
from twin.calibration.cleaning import in_order, pseudonyms, station_name
from twin.calibration.log import COLUMNS, Log, Roles, RowProblem
from twin.errors import InputError
from twin.line.names import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.log_mapping import LogMapping

LONGEST = timedelta(days=31)
"""A longer report of work is a mistyped time: one of years would open every shift and fill every crew."""

_PARTS = 1024
"""Times are held in parts of a second that a binary number can hold, so that differences are exact."""


def read_log(path: Path, mapping: LogMapping) -> Log:
    """Read a production log.

    A row that cannot be read is kept among the log's `problems`; one that repeats another in every cell is dropped and
    counted. The order of reports depends on neither the file's nor on names (`cleaning.in_order`). Workers become
    "w01", "w02", ... as they first appear in that order.

    Parameters
    ----------
    path
        A file `.csv`, `.parquet` or `.xes`.
    mapping
        Which column says what.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column that the mapping names, or no row of it can be read; if the mapping
        gives a role to a station that is neither under its `stations` nor in the log; if a time names a time zone and
        the mapping has none.
    """
    table = read_table(path, mapping.delimiter)
    rows = _mapped(table.cells, mapping, path)
    names = _stations(rows["label"], mapping, path)
    rows["station"] = rows["label"].map(names)
    stays = _stays(rows, mapping)
    try:
        reports, problems = _read(rows[stays], mapping)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    unreadable = sorted([*table.problems, *(RowProblem(row, text) for row, text in problems.items())])
    if reports.empty:
        why = f"row {unreadable[0].row} {unreadable[0].sentence}" if unreadable else "the mapping leaves out all"
        raise InputError(f"{path}: none of its {table.rows} rows is a report ({why}); mend the mapping")
    first = reports["start"].min().normalize()
    epoch = first - pd.Timedelta(days=first.dayofweek)
    finished = _finished(reports, epoch)
    present = set(reports["label"])
    labels = {name: label for label, name in reversed(names.items()) if label in present}
    return Log(
        reports=finished,
        problems=tuple(unreadable),
        source=str(path),
        rows=table.rows,
        duplicates=table.duplicates,
        left_out=int((~stays).sum()),
        epoch=epoch.to_pydatetime(),
        labels={name: labels[name] for name in finished["station"].unique()},
        roles=Roles(
            checks=frozenset(mapping.checks),
            nominal=frozenset(mapping.nominal),
            finish=frozenset(mapping.finish),
            inspection=frozenset(mapping.inspection),
            rework=frozenset(mapping.rework.stations),
        ),
        ahead=mapping.clock.ahead,
    )


def _mapped(cells: pd.DataFrame, mapping: LogMapping, path: Path) -> pd.DataFrame:
    """Return the columns that the mapping names, under the twin's names; empty where it names none."""
    columns = {key: (f"columns.{key}", name) for key, name in mapping.columns}
    columns["label"] = columns.pop("station")
    columns["rework"] = ("rework.column", mapping.rework.column)
    if mapping.kind is not None:
        columns["kind"] = ("kind.column", mapping.kind.column)
    if mapping.lifecycle is not None:
        columns["transition"] = ("lifecycle.column", mapping.lifecycle.column)
        columns["instance"] = ("lifecycle.instance", mapping.lifecycle.instance)
    check_columns(path, list(cells.columns), dict(columns.values()))
    rows = pd.DataFrame(index=cells.index)
    for key in (*columns, *({"kind"} - columns.keys())):
        name = columns[key][1] if key in columns else None
        column = pd.Series("", index=cells.index) if name is None else cells[name]
        rows[key] = column if key in {"start", "end"} else column.astype(str)
    return rows


def _stations(labels: pd.Series[str], mapping: LogMapping, path: Path) -> dict[str, str]:
    """Return the station that each operation of the log is; one without a name has none.

    Raises
    ------
    InputError
        If the mapping speaks of a station that is neither its own nor the log's: a role would be lost without a word.
    """
    names = {label.strip(): name for name, held in mapping.stations.items() for label in held}
    for label in sorted({*labels} - {"", *names}):  # sorted: the order of rows must not decide who is called _2
        names[label] = station_name(label, {*mapping.stations, *names.values()})
    known = list(dict.fromkeys([*mapping.stations, *names.values()]))
    for key, named in mapping.named.items():
        if unknown := [name for name in named if name not in known]:
            raise InputError(f"{path}: {key} of the mapping names a station {nearest(unknown[0], known)}")
    return {**names, "": ""}


def _stays(rows: pd.DataFrame, mapping: LogMapping) -> pd.Series[bool]:
    """Return which rows are to be read; where the start has a column, of an interval's two rows its end alone."""
    stays = ~rows["station"].isin(mapping.leave_out)
    if (cycle := mapping.lifecycle) is not None:
        beginnings = () if mapping.columns.start is not None else cycle.start
        stays &= rows["transition"].isin([*beginnings, *cycle.complete])
    return stays


def _read(rows: pd.DataFrame, mapping: LogMapping) -> tuple[pd.DataFrame, Problems]:
    """Return the reports that can be read, with cells of their kind, and what is wrong with the other rows."""
    problems: Problems = {}
    if rows.empty:
        return rows, problems
    note(problems, rows["order"] == "", "has no order")
    note(problems, rows["label"] == "", "has no operation")
    intervals = mapping.columns.start is not None
    read = rows.assign(
        **{key: times(rows[key], mapping.time, key, problems) for key in (("start", "end") if intervals else ("end",))},
        **{key: pieces(rows[key], key, problems) for key in PIECES},
        rework=flags(rows["rework"], mapping.rework),
    )
    if not intervals and mapping.lifecycle is not None:
        read = joined(read[~read.index.isin(problems)], mapping.lifecycle, problems)
    read["kind"] = kinds(read["kind"], mapping.kind, problems)
    note(problems, read["end"] < read["start"], "ends before it starts")
    note(problems, read["end"] - read["start"] > LONGEST, f"lasts longer than {LONGEST.days} days: a time is mistyped")
    return read[~read.index.isin(problems)], problems


def _finished(reports: pd.DataFrame, epoch: pd.Timestamp) -> pd.DataFrame:
    """Return reports as a log holds them."""
    since = {key: _seconds(reports[key] - epoch) for key in ("start", "end")}
    ordered = in_order(reports.assign(**since, row=reports.index)[[*COLUMNS]])
    return ordered.assign(worker=pseudonyms(ordered["worker"]))


def _seconds(spans: pd.Series[pd.Timedelta]) -> pd.Series[float]:
    micros = spans.astype("timedelta64[us]").astype("int64")
    return micros // 1_000_000 + (micros % 1_000_000 * _PARTS / 1_000_000).round() / _PARTS
