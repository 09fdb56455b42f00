"""The rows of a production log as text, from CSV, Parquet or XES."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from connectors.xes import events
from twin.calibration.log import RowProblem
from twin.errors import InputError
from twin.line.names import listed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_BYTES = 500_000_000
MOST_ROWS = 1_000_000
"""A log beyond these is not read: years of a plant's reports are far below them."""


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


def _read_csv(path: Path, delimiter: str) -> Table:
    try:
        # A byte order mark is no part of the first name.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            header = [name.strip() for name in next(rows, [])]
            numbered = []
            for number, cells in enumerate(rows, 2):
                if cells:
                    numbered.append((number, tuple(cell.strip() for cell in cells)))
                    _check_rows(path, len(numbered))
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{path}: row {rows.line_num} is not CSV ({error}); mend its quotes") from None
    if twice := [name for name in dict.fromkeys(header) if header.count(name) > 1]:
        raise InputError(f"{path}: has two columns {listed(map(_shown, twice))}; give each a name of its own")
    first = {cells: number for number, cells in reversed(numbered)}
    whole = sorted((number, cells) for cells, number in first.items() if len(cells) == len(header))
    problems = tuple(
        RowProblem(number, f"has {len(cells)} cells where the header has {len(header)}")
        for cells, number in first.items()
        if len(cells) != len(header)
    )
    index = [number for number, _ in whole]
    frame = pd.DataFrame([cells for _, cells in whole], columns=header, index=index, dtype=object)
    return Table(frame, problems, len(numbered), len(numbered) - len(first))


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


READERS: dict[str, Callable[[Path, str], Table]] = {".csv": _read_csv, ".parquet": _read_parquet, ".xes": _read_xes}
"""What reads each kind of file, by suffix."""

_KNOWN = f"a file {listed(READERS)}"
