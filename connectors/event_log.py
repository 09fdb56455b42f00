"""Event logs: events as CSV or Parquet, one row an event; a file of Parquet says besides of which run it is."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.event_rows import COLUMNS, are_columns, complete, event_of, row_of
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from twin.events import Event

FIRST_ROW = {".csv": 2, ".parquet": 1}
"""The number of the first event's row, by suffix: that of a CSV file stands under the names of the columns."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Of which run a log is.

    Attributes
    ----------
    line
        The line's name.
    description
        The line that ran, its options chosen, as a line file in JSON.
    seed, replication
        Whose random streams it used.
    versions
        All that the bits of an answer depend on, by name.
    """

    line: str
    description: str
    seed: int
    replication: int
    versions: dict[str, str]

    def texts(self) -> dict[str, str]:
        """Return it as the texts that a file keeps."""
        return {
            "line": self.line,
            "description": self.description,
            "seed": str(self.seed),
            "replication": str(self.replication),
            "versions": json.dumps(self.versions),
        }


def write_events(events: Iterable[Event], path: Path, origin: Origin | None = None) -> int:
    """Write events to a file as they come, without holding them.

    The file appears under its name when it is complete; if the events end in an error, nothing is left behind.

    Parameters
    ----------
    events
        The events, in the order in which they are to be written.
    path
        The file: Parquet if its name ends in .parquet, else CSV. One that exists is replaced.
    origin
        Of which run they are; a CSV file has no place for it.

    Returns
    -------
    int
        Number of events written.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    if path.suffix.lower() == ".parquet":
        from connectors.event_parquet import write_parquet

        return write_parquet(events, path, {} if origin is None else origin.texts())
    return _write_csv(events, path)


def read_events(path: Path) -> Iterator[Event]:
    """Read a file of events, one at a time.

    Raises
    ------
    InputError
        If the file cannot be read, its columns are others, or a row is no event; the row is named.
    """
    if path.suffix.lower() == ".parquet":
        from connectors.event_parquet import read_parquet

        return read_parquet(path)
    return _read_csv(path)


def description_of(path: Path) -> str | None:
    """Return the line that a log is of, as a line file in JSON; None where the log does not say.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    if path.suffix.lower() != ".parquet":
        return None
    from connectors.event_parquet import kept_texts

    return kept_texts(path).get("description")


def _write_csv(events: Iterable[Event], path: Path) -> int:
    count = 0
    with complete(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for event in events:
            # True and false as in JSON; the csv module writes None as an empty cell, a float so that it reads back
            # exactly.
            writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in row_of(event)])
            count += 1
    return count


def _read_csv(path: Path) -> Iterator[Event]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, restkey="further cells", strict=True)
            if not are_columns(rows.fieldnames or ()):
                raise InputError(f"{path}:1: these are not the columns of an event log; write {','.join(COLUMNS)}")
            for row in rows:
                yield event_of(row, f"{path}:{rows.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as an event log ({error})") from error
