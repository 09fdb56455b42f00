"""The cells of a production log: times, pieces and kinds out of text, and intervals out of their two ends."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from connectors.log_mapping import ISO, UNIX
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
_KNOWN_YEARS = pd.Timestamp(1970, 1, 2), pd.Timestamp(2100, 1, 1)
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
    bare, zoned = _read(cells, time, name, problems)
    return bare.fillna(_local(zoned, time, name, cells)).astype("datetime64[us]")


def instants(
    cells: pd.Series, time: Time, name: str, problems: Problems, *, zone: str, machines: pd.Series[str]
) -> pd.Series[int]:
    """Return the times of a column [ns UTC since 1970], 0 where a cell is none.

    An hour that the clocks of a zone pass twice is the first until the times of a machine step back.

    Parameters
    ----------
    cells, time, name, problems
        As of `times`.
    zone
        The zone on whose clock a time is that names none.
    machines
        Whose each time is.
    """
    bare, zoned = _read(cells, time, name, problems)
    back = bare.groupby(machines).diff() < pd.Timedelta(0)
    again = back.groupby([machines, bare.dt.date]).cummax()
    known = bare.dt.tz_localize(zone, ambiguous=~again.to_numpy(dtype=bool), nonexistent="NaT")
    texts = cells.astype(str)
    note(problems, bare.notna() & known.isna(), f"{name} {{}} is skipped by the clocks of {zone}", texts)
    utc = known.dt.tz_convert("UTC").fillna(zoned).dt.tz_localize(None)
    note(problems, ~utc.between(*_KNOWN_YEARS) & utc.notna(), f"{name} {{}} is not of this or the last century", texts)
    nanos: pd.Series[int] = utc.where(utc.between(*_KNOWN_YEARS), _KNOWN_YEARS[0]).astype("int64") * 1000
    return nanos


def _read(cells: pd.Series, time: Time, name: str, problems: Problems) -> tuple[pd.Series, pd.Series]:
    """Return the times that name no zone, on their own clock, and those that do, in UTC; NaT where it is the other."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        note(problems, cells.isna(), f"has no {name}")
        aware = getattr(cells.dt, "tz", None) is not None
        return (_none(cells, "us"), _held(cells, "us, UTC")) if aware else (_held(cells, "us"), _none(cells, "us, UTC"))
    note(problems, cells == "", f"has no {name}")
    bare, zoned = _iso(cells) if time.format == ISO else _formatted(cells, time)
    note(problems, bare.isna() & zoned.isna(), f"{name} {{}} is no time of the form {time.format}", cells)
    return _held(bare, "us"), _held(zoned, "us, UTC")


def _iso(cells: pd.Series[str]) -> tuple[pd.Series, pd.Series]:
    dated = cells.where(cells.map(lambda cell: _DATE.fullmatch(cell) is not None), "")
    zoned = dated.map(lambda cell: _ZONED.fullmatch(cell) is not None).astype(bool)
    bare = pd.to_datetime(dated.mask(zoned, ""), format="ISO8601", errors="coerce")
    return bare, pd.to_datetime(dated.where(zoned, ""), format="ISO8601", errors="coerce", utc=True)


def _formatted(cells: pd.Series[str], time: Time) -> tuple[pd.Series, pd.Series]:
    if time.format in UNIX:
        unit: Any = UNIX[time.format]
        numbers = pd.to_numeric(cells, errors="coerce")
        return _none(cells, "us"), pd.to_datetime(numbers, unit=unit, errors="coerce", utc=True)
    try:
        read = pd.to_datetime(cells, format=time.format, errors="coerce", utc="%z" in time.format)
    except ValueError as error:
        raise InputError(f"time.format {quoted(time.format)} of the mapping: {error}; write %d.%m.%Y %H:%M") from None
    return (_none(cells, "us"), read) if "%z" in time.format else (read, _none(cells, "us, UTC"))


def _held(times: pd.Series, kind: Literal["us", "us, UTC"]) -> pd.Series[pd.Timestamp]:
    """Return times in microseconds, in UTC where they name a zone."""
    return times.astype("datetime64[us]" if kind == "us" else "datetime64[us, UTC]")


def _none(cells: pd.Series, kind: Literal["us", "us, UTC"]) -> pd.Series[pd.Timestamp]:
    """Return no time for each cell."""
    return pd.Series(pd.NaT, index=cells.index, dtype=f"datetime64[{kind}]")


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
