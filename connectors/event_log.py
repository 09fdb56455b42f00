"""Event logs: events as CSV, one row an event, the same columns whatever its kind."""

from __future__ import annotations

import csv
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from twin.errors import InputError
from twin.events import KINDS, from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from twin.events import Event, Value

HEADER = ("source", "boot", "sequence", "run", "time", "line", "station", "machine", "kind")
FIELDS = tuple(dict.fromkeys(name for model in KINDS.values() for name in model.model_fields))
COLUMNS = HEADER + FIELDS
"""What each column holds: the event's header, then every field that some kind has; empty where a kind has it not."""


def write_events(events: Iterable[Event], path: Path) -> int:
    """Write events to a CSV file as they come, without holding them.

    The file appears under its name when it is complete; if the events end in an error, nothing is left behind.

    Parameters
    ----------
    events
        The events, in the order in which they are to be written.
    path
        The file; one that exists is replaced.

    Returns
    -------
    int
        Number of events written.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    count = 0
    with _complete(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for event in events:
            writer.writerow(_row(event))
            count += 1
    return count


def read_events(path: Path) -> Iterator[Event]:
    """Read a CSV file of events, one at a time.

    Raises
    ------
    InputError
        If the file cannot be read, its columns are others, or a row is no event; the line is named.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, restkey="further cells", strict=True)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise InputError(f"{path}:1: these are not the columns of an event log; write {','.join(COLUMNS)}")
            for row in rows:
                yield _event(row, f"{path}:{rows.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as an event log ({error})") from error


@contextmanager
def _complete(path: Path) -> Iterator[TextIO]:
    """Open a file that takes its name once it is closed; a link, a pipe or a terminal is written to as it is."""
    beside = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        # A link such as /dev/stdout leads to a plain file when output is redirected; it must never be replaced itself.
        target = path if path.is_symlink() or (path.exists() and not path.is_file()) else beside
        with target.open("w", encoding="utf-8", newline="") as file:
            yield file
        if target is beside:
            beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _row(event: Event) -> list[Value]:
    values = [*(getattr(event, name) for name in HEADER), *(event.fields.get(name) for name in FIELDS)]
    # True and false as in JSON; the csv module writes None as an empty cell and a float so that it reads back exactly.
    return [str(value).lower() if isinstance(value, bool) else value for value in values]


def _event(row: dict[str, str], place: str) -> Event:
    kind = row["kind"]
    names = tuple(KINDS[kind].model_fields) if kind in KINDS else ()
    strange = [name for name, text in row.items() if text and name not in HEADER + names]
    if kind in KINDS and strange:
        raise InputError(f"{place}: an event of kind {kind} has no {', '.join(strange)}; leave it empty")
    values = {name: row[name] or None for name in HEADER}
    fields = {name: row[name] or None for name in names}
    try:
        return from_text({**values, "fields": fields})
    except InputError as error:
        raise InputError(*(f"{place}: {problem}" for problem in error.problems)) from error
