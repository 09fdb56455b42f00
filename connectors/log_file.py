"""The rows of a production log as text, from CSV, Parquet or XES."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd

from connectors.xes import events
from twin.calibration.log import RowProblem
from twin.errors import InputError
from twin.line.names import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

MOST_BYTES = 500_000_000
MOST_ROWS = 1_000_000
"""A log beyond these is not read: years of a plant's reports are far below them."""

_MOST_NAMED = 8

_Numbered = tuple[int, tuple[str, ...]]
"""The number of a row, and its cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file.

    Parameters
    ----------
    cells
        A column for each of the file's, of texts stripped of blanks ("" where there is none) or of times; its index is
        the number of the row in the file.
    problems
        The rows that have not as many cells as there are columns.
    rows
        Rows of the file.
    duplicates
        Rows that repeat an earlier one in every cell; they are in neither of the above.
    """

    cells: pd.DataFrame
    problems: tuple[RowProblem, ...]
    rows: int
    duplicates: int


def read_table(path: Path, delimiter: str = ",") -> Table:
    """Return the rows of a file; its suffix says what it is.

    Rows are numbered from 1; the first of a CSV file is its header, so that numbers are those of a spreadsheet.

    Parameters
    ----------
    path
        A file `.csv`, `.parquet` or `.xes`.
    delimiter
        What separates the cells of a CSV file.

    Raises
    ------
    InputError
        If the file cannot be read, is of another kind, is empty or too large.
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise InputError(f"{path}: a log is not read from {suffix or 'a file without suffix'}; name {_KNOWN}")
    try:
        size = path.stat().st_size
        if size == 0:
            raise InputError(f"{path}: is empty; name a log that holds rows")
        if size > MOST_BYTES:
            raise InputError(f"{path}: has {size:,} bytes; a log has at most {MOST_BYTES:,}; cut it to fewer months")
        table = READERS[suffix](path, delimiter)
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or 'cannot be read').lower()}; name {_KNOWN}") from None
    if not table.rows:
        raise InputError(f"{path}: holds no row; name a log that does")
    return table


def chunks(path: Path, delimiter: str, most: int) -> Iterator[Table]:
    """Yield the rows of a file, so many at a time, without holding them; only the last may have fewer.

    Parameters
    ----------
    path
        A file `.csv` or `.parquet`, of any length.
    delimiter
        What separates the cells of a CSV file.
    most
        Rows at a time.

    Raises
    ------
    InputError
        As `read_table`.
    """
    suffix = path.suffix.lower()
    if suffix not in STREAMS:
        raise InputError(
            f"{path}: a machine log is not read from {suffix or 'a file without suffix'}; name a file {listed(STREAMS)}"
        )
    empty = True
    try:
        for table in STREAMS[suffix](path, delimiter, most):
            empty = False
            yield table
    except OSError as error:
        raise InputError(
            f"{path}: {(error.strerror or 'cannot be read').lower()}; name a file {listed(STREAMS)}"
        ) from None
    if empty:
        raise InputError(f"{path}: holds no row; name a log that does")


def check_columns(path: Path, there: Sequence[str], named: Mapping[str, str | None]) -> None:
    """See that a file has the columns that its mapping names, each given under the key that names it.

    Raises
    ------
    InputError
        With one sentence on all that are missing.
    """
    missing = [f"{_shown(name)} ({key})" for key, name in named.items() if name is not None and name not in there]
    if missing:
        shown = ", ".join(_shown(name) for name in there[:_MOST_NAMED])
        raise InputError(f"{path}: has no column {', '.join(missing)}; it has {shown}; mend the mapping")


def _read_csv(path: Path, delimiter: str) -> Table:
    header, rows = _csv_rows(path, delimiter)
    numbered = []
    for row in rows:
        numbered.append(row)
        _check_rows(path, len(numbered))
    first = {cells: number for number, cells in reversed(numbered)}
    table = _framed(header, sorted((number, cells) for cells, number in first.items()))
    return Table(table.cells, table.problems, len(numbered), len(numbered) - len(first))


def _csv_chunks(path: Path, delimiter: str, most: int) -> Iterator[Table]:
    header, rows = _csv_rows(path, delimiter)
    while numbered := list(islice(rows, most)):
        yield _framed(header, numbered)


def _csv_rows(path: Path, delimiter: str) -> tuple[list[str], Iterator[_Numbered]]:
    """Return the header of a CSV file, and an iterator over its rows with their numbers."""
    rows = _csv_lines(path, delimiter)
    _, header = next(rows, (1, ()))
    if twice := [name for name in dict.fromkeys(header) if header.count(name) > 1]:
        raise InputError(f"{path}: has two columns {listed(map(_shown, twice))}; give each a name of its own")
    return [*header], rows


def _csv_lines(path: Path, delimiter: str) -> Iterator[_Numbered]:
    """Yield the rows of a CSV file, its header first, each with its number; empty ones are none."""
    try:
        # A byte order mark is no part of the first name.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            for number, cells in enumerate(rows, 1):
                if cells or number == 1:
                    yield number, tuple(cell.strip() for cell in cells)
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{path}: row {rows.line_num} is not CSV ({error}); mend its quotes") from None


def _framed(header: Sequence[str], numbered: Sequence[_Numbered]) -> Table:
    """Return a table of rows; those that have not as many cells as there are columns are its problems."""
    whole = [(number, cells) for number, cells in numbered if len(cells) == len(header)]
    problems = tuple(
        RowProblem(number, f"has {len(cells)} cells where the header has {len(header)}")
        for number, cells in numbered
        if len(cells) != len(header)
    )
    index = [number for number, _ in whole]
    frame = pd.DataFrame([cells for _, cells in whole], columns=[*header], index=index, dtype=object)
    return Table(frame, problems, len(numbered), 0)


def _parquet_chunks(path: Path, _delimiter: str, most: int) -> Iterator[Table]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    row = 1
    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(most):
                cells = batch.to_pandas(ignore_metadata=True).apply(_as_text)
                yield Table(cells.set_axis(pd.RangeIndex(row, row + len(cells))), (), len(cells), 0)
                row += len(cells)
    except (ArrowException, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: is not Parquet ({reason}); name a file {listed(STREAMS)}") from None


def _read_parquet(path: Path, _delimiter: str) -> Table:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            parts = [file.metadata.row_group(group) for group in range(file.num_row_groups)]
            _check_rows(path, file.metadata.num_rows)
            if sum(part.total_byte_size for part in parts) > MOST_BYTES:
                raise InputError(f"{path}: unpacks to more than {MOST_BYTES:,} bytes; cut it to fewer months")
            frame = file.read().to_pandas(ignore_metadata=True)
    except (ArrowException, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: is not Parquet ({reason}); name {_KNOWN}") from None
    return _unique(frame.apply(_as_text))


def _as_text(column: pd.Series) -> pd.Series:
    """Return the cells of a column as text; times stay times."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    return column.astype(object).where(column.notna(), "").map(lambda cell: str(cell).strip())


def _read_xes(path: Path, _delimiter: str) -> Table:
    held = []
    for event in events(path):
        held.append({key: value.strip() for key, value in event.items()})
        _check_rows(path, len(held))
    return _unique(pd.DataFrame(held, dtype=object).fillna(""))


def _unique(frame: pd.DataFrame) -> Table:
    """Return a table of rows numbered from 1, without those that repeat an earlier one."""
    frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1))
    again = frame.duplicated()
    return Table(frame[~again], (), len(frame), int(again.sum()))


def _check_rows(path: Path, rows: int) -> None:
    if rows > MOST_ROWS:
        raise InputError(f"{path}: holds more than {MOST_ROWS:,} rows; cut it to fewer months")


def _shown(name: str) -> str:
    return f'"{name}"'


STREAMS: dict[str, Callable[[Path, str, int], Iterator[Table]]] = {".csv": _csv_chunks, ".parquet": _parquet_chunks}
"""What reads each kind of file a part at a time, by suffix."""

READERS: dict[str, Callable[[Path, str], Table]] = {".csv": _read_csv, ".parquet": _read_parquet, ".xes": _read_xes}
"""What reads each kind of file, by suffix."""

_KNOWN = f"a file {listed(READERS)}"
