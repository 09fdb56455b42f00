"""The order book: orders of a file, one row for each lot, with their release and what they ask."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InputError
from twin.line.described import wrong_inside
from twin.line.lots import lot_size
from twin.line.names import nearest
from twin.units import TIME, parse, quoted, refused, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import ValidationInfo

MOST_BYTES = 20_000_000
"""A book of a hundred thousand orders is below this."""

NEEDED = ("order", "release", "pieces")
NEXT = ">"
"""What joins the stations of a route."""


@dataclass(frozen=True, slots=True)
class DatedOrder:
    """A lot of an order, with the date of its release: one row of the book.

    Attributes
    ----------
    order : str
        The order; rows that share it are lots of it.
    release : float
        When it is released [s since the run's start]; negative where it is there already.
    pieces : int
        At least 1.
    product : str or None
    route : tuple of str or None
        All stations that it still passes, in order; then it leaves.
    at : str or None
        The station where it starts: its product's route goes on from there, or the probabilities.
    due : float or None
        When it is due [s since the run's start].
    left : float or None
        Time of the machine left at the station where it starts [s]: its first cycle there takes just this, without a
        setup.
    ready : float or None
        When it can first be taken there [s since the run's start]: until then it waits for itself. From its release
        unless given.
    row : str
        Where it was read, for messages.
    """

    order: str
    release: float
    pieces: int
    product: str | None = None
    route: tuple[str, ...] | None = None
    at: str | None = None
    due: float | None = None
    left: float | None = None
    ready: float | None = None
    row: str = field(default="", compare=False, repr=False)


def _moment(written: object) -> float:
    """Read a time since the run's start [s]; before it, it is negative."""
    text = written.strip() if isinstance(written, str) else written
    if isinstance(text, str) and text[:1] in "-−" and text[:1]:
        return -parse(text[1:].strip(), TIME)
    return parse(text, TIME)


def _text(written: object) -> str:
    text = written.strip() if isinstance(written, str) else ""
    if not text:
        raise InputError("nothing is written; write a name")
    return text


def _route(written: object) -> tuple[str, ...]:
    names = written.split(NEXT) if isinstance(written, str) else written
    if not isinstance(names, list | tuple):
        raise InputError(f"{quoted(written)} is not a route; write press {NEXT} weld")
    return tuple(_text(name) for name in names)


def _work(written: object) -> float:
    """Read a time of work [s], above 0."""
    if (time := parse(written, TIME)) <= 0:
        raise InputError(f"{quoted(written)} is no work left; write a time above 0 s, such as 3.5 h")
    return time


_READERS: dict[str, Callable[[object], object]] = {
    "order": _text,
    "release": _moment,
    "pieces": lot_size,
    "product": _text,
    "route": _route,
    "at": _text,
    "due": _moment,
    "left": _work,
    "ready": _moment,
}


def read_book(written: Any, info: ValidationInfo) -> tuple[DatedOrder, ...]:  # noqa: ANN401 -- whatever was written
    """Read the field `book`: the name of a CSV file, beside the line file unless it says otherwise, or its rows.

    The folder of the line file comes as the validation's context, {"folder": Path}.
    """
    if isinstance(written, tuple) or written == []:
        return tuple(written)
    name = "the book"
    if isinstance(written, list):
        rows, problems = _lots((f"row {number + 1}", row) for number, row in enumerate(written))
    elif isinstance(written, str) and written.strip():
        name = written.strip()
        try:
            rows, problems = _lots(_rows(name, (info.context or {}).get("folder", Path()) / name))
        except InputError as error:
            raise wrong_inside([((), problem) for problem in error.problems], written) from None
    else:
        raise refused(f"{quoted(written)} is not a file of orders; write book: orders.csv")
    if not rows and not problems:
        problems = [f"{name}: holds no order; each row below the columns is one; write one, or leave `book` out"]
    problems += _at_odds(rows)
    if problems:
        raise wrong_inside([((), problem) for problem in problems], written)
    return tuple(rows)


def write_book(book: tuple[DatedOrder, ...]) -> list[dict[str, object]]:
    """Return the rows as they are written in a line file that holds its orders itself."""
    return [{key: _written(getattr(lot, key)) for key in _READERS if getattr(lot, key) is not None} for lot in book]


def _written(value: object) -> object:
    if isinstance(value, float):
        return f"-{write(-value, TIME)}" if value < 0 else write(value, TIME)
    return list(value) if isinstance(value, tuple) else value


def _rows(name: str, path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the rows of a CSV file that hold anything, each with where it stands."""
    text = _file_text(name, path)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head and "," not in head else ",")
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        _check_columns(name, columns)
        for cells in reader:
            row = f"{name} row {reader.line_num}"
            if len(cells) > len(columns):
                raise InputError(f"{row}: has {len(cells)} cells for {len(columns)} columns; quote a cell with a comma")
            if any(cell.strip() for cell in cells):
                yield row, {column: cell for column, cell in zip(columns, cells, strict=False) if cell.strip()}
    except csv.Error as error:
        raise InputError(f"{name} row {reader.line_num}: not CSV: {error}; save it as CSV text") from None


def _file_text(name: str, path: Path) -> str:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise InputError(f"{name}: is a device or a pipe; name a CSV file, beside the line file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{name}: is larger than {MOST_BYTES:,} bytes; a book holds orders; leave out old ones")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8 text; save the book as CSV in UTF-8") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "cannot be read").lower()
        raise InputError(f"{name}: {reason}; name a CSV file, beside the line file") from None


def _check_columns(name: str, columns: list[str]) -> None:
    """Refuse a head that lacks a column, has one twice, or one that nobody reads."""
    if any(columns) and not set(columns) & set(_READERS):
        # What stands there may be anything, and none of our business.
        raise InputError(f"{name}: is no book; the first row names the columns: {', '.join(_READERS)}")
    problems = [
        f"{name}: the column {needed} is missing; the first row names the columns: {', '.join(_READERS)}"
        for needed in NEEDED
        if needed not in columns
    ]
    problems += [
        f"{name}: no column is called {nearest(column, _READERS)}" for column in columns if column not in _READERS
    ]
    problems += [
        f"{name}: the column {column} is there twice; leave one out" for column in _READERS if columns.count(column) > 1
    ]
    if problems:
        raise InputError(*problems)


def _lots(rows: Iterator[tuple[str, Mapping[str, object]]]) -> tuple[list[DatedOrder], list[str]]:
    """Return the lots that rows describe, and what is wrong in them, each sentence with its row and column."""
    lots, problems = [], []
    for row, cells in rows:
        if not isinstance(cells, dict):
            problems.append(f"{row}: {quoted(cells)} is not a mapping; write {{order: A1, release: 0 h, pieces: 10}}")
            continue
        read: dict[str, Any] = {"row": row}
        wrong = [f"{row}: no column is called {nearest(str(key), _READERS)}" for key in cells if key not in _READERS]
        for column, reader in _READERS.items():
            if column not in cells and column not in NEEDED:
                continue
            try:
                read[column] = reader(cells.get(column))
            except InputError as error:
                wrong.append(f"{row}, column {column}: {error}")
        problems += wrong
        if not wrong:
            lots.append(DatedOrder(**read))
    return lots, problems


def _at_odds(lots: list[DatedOrder]) -> list[str]:
    """Return what rows of one order say of it differently: when it is released, and when it is due."""
    first: dict[str, DatedOrder] = {}
    return [
        f"{lot.row}, column {key}: {other.row} gives order {lot.order} another; rows of one order are its lots and "
        f"share it; write the same, or name another order"
        for lot in lots
        for other in [first.setdefault(lot.order, lot)]
        for key in ("release", "due")
        if getattr(lot, key) != getattr(other, key)
    ]
