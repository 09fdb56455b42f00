"""The cells of a production log: times, pieces and kinds out of text, and intervals out of their two ends."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING

import pandas as pd

from connectors.log_mapping import ISO
from twin.calibration.log import KINDS
from twin.errors import InputError
from twin.units import quoted

if TYPE_CHECKING:
    from connectors.log_mapping import Kind, Lifecycle, Rework, Time

PIECES = ("done", "rejected", "review")

Problems = dict[int, str]
"""What is wrong with a row, by its number: the first thing found."""

_DATE = re.compile(r"\d{4}-?\d\d-?\d\d([T ].+)?")
_ZONED = re.compile(r".+[T ].+([zZ]|[+-]\d\d(:?\d\d)?)")
_WHOLE = re.compile(r"\+?\d{1,9}(\.0*)?")


def note(problems: Problems, rows: pd.Series[bool], text: str, cells: pd.Series[str] | None = None) -> None:
    """Note a sentence for each row for which something is true; `{}` in it stands for the row's cell."""
    for row in rows.index[rows]:
        problems.setdefault(int(row), text if cells is None else text.format(quoted(cells[row])))


def times(cells: pd.Series, time: Time, name: str, problems: Problems) -> pd.Series[pd.Timestamp]:
    """Return the times of a column on the plant's own clock, NaT where a cell is none.

    Parameters
    ----------
    cells
        Texts, or times.
    time
        How they are written, and the zone to which a time that names its own is converted.
    name
        What the column holds, for messages.
    problems
        Where a cell that is no time is noted.

    Raises
    ------
    InputError
        If a time names a zone and `time.zone` is not given, or `time.format` is no way to write times.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        read = _local(cells, time, name, cells.astype(str)) if getattr(cells.dt, "tz", None) else cells
        note(problems, read.isna(), f"has no {name}")
        return read.astype("datetime64[us]")
    note(problems, cells == "", f"has no {name}")
    read = _iso(cells, time, name) if time.format == ISO else _formatted(cells, time, name)
    note(problems, read.isna(), f"{name} {{}} is no time of the form {time.format}", cells)
    return read.astype("datetime64[us]")


def _iso(cells: pd.Series[str], time: Time, name: str) -> pd.Series[pd.Timestamp]:
    dated = cells.where(cells.map(lambda cell: _DATE.fullmatch(cell) is not None), "")
    zoned = dated.map(lambda cell: _ZONED.fullmatch(cell) is not None)
    read = pd.to_datetime(dated.mask(zoned, ""), format="ISO8601", errors="coerce")
    if not zoned.any():
        return read
    aware = pd.to_datetime(dated[zoned], format="ISO8601", errors="coerce", utc=True)
    return read.where(~zoned, _local(aware, time, name, cells).reindex(read.index))


def _formatted(cells: pd.Series[str], time: Time, name: str) -> pd.Series[pd.Timestamp]:
    try:
        read = pd.to_datetime(cells, format=time.format, errors="coerce", utc="%z" in time.format)
    except ValueError as error:
        raise InputError(f"time.format {quoted(time.format)} of the mapping: {error}; write %d.%m.%Y %H:%M") from None
    return _local(read, time, name, cells) if "%z" in time.format else read


def _local(aware: pd.Series, time: Time, name: str, cells: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Return times with a zone on the clock of the mapping's zone."""
    known = aware.dropna()
    if time.zone is None and not known.empty:
        row = known.index[0]
        raise InputError(
            f"row {row}: {name} {quoted(cells[row])} names a time zone; write the plant's own in the mapping, "
            "time: {zone: Europe/Paris}"
        )
    local: pd.Series[pd.Timestamp] = aware.dt.tz_convert(time.zone).dt.tz_localize(None)
    return local


def pieces(cells: pd.Series[str], name: str, problems: Problems) -> pd.Series[int]:
    """Return whole pieces; an empty cell is 0, and so is one that is noted as no such number."""
    whole = cells.map(lambda cell: not cell or _WHOLE.fullmatch(cell) is not None)
    note(problems, ~whole, f"{name} {{}} is not a whole number of at least 0", cells)
    return cells.where(whole & (cells != ""), "0").map(float).astype("int64")


def kinds(cells: pd.Series[str], kind: Kind | None, problems: Problems) -> pd.Series[str]:
    """Return what each report is of; all are of production where the mapping does not say."""
    if kind is None:
        return pd.Series("production", index=cells.index)
    names = {value: name for name in KINDS for value in getattr(kind, name)}
    note(problems, ~cells.isin(list(names)), "kind {} is none that the mapping knows", cells)
    return cells.map(names)


def flags(cells: pd.Series[str], rework: Rework) -> pd.Series[bool]:
    """Return which rows are flagged as rework."""
    return cells.isin(rework.values)


def joined(rows: pd.DataFrame, cycle: Lifecycle, problems: Problems) -> pd.DataFrame:
    """Return intervals out of rows that are their beginnings and ends; what has no other half is noted.

    An end is joined with the earliest beginning still open of the same order, station and instance (or worker); the
    interval keeps all else, its row too, from its end.
    """
    told_apart = "worker" if cycle.instance is None else "instance"
    ends = rows["transition"].isin(cycle.complete)
    open_rows: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
    start, at = {}, rows["end"].to_dict()
    by_time = rows.assign(ends=ends).sort_values(["end", "ends", "done", "rejected", "review"])
    for row, *key, end in by_time[["order", "station", told_apart, "ends"]].itertuples(name=None):
        waiting = open_rows[*key]
        if not end:
            waiting.append(row)
        elif waiting:
            start[row] = at[waiting.popleft()]
        else:
            problems.setdefault(row, "ends what no row begins")
    problems.update((row, "begins what no row ends") for waiting in open_rows.values() for row in waiting)
    whole = rows.loc[list(start)]
    return whole.assign(start=pd.Series(start, dtype="datetime64[us]"))
