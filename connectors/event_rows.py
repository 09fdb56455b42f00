"""An event as one row of a table: the same columns whatever its kind, in every file that holds events."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from twin.errors import InputError
from twin.events import KINDS, from_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from twin.events import Event, Value

HEADER = ("source", "boot", "sequence", "run", "time", "line", "station", "machine", "kind")
FIELDS = tuple(dict.fromkeys(name for model in KINDS.values() for name in model.model_fields))
COLUMNS = HEADER + FIELDS
"""What each column holds: the event's header, then every field that some kind has; empty where a kind has it not."""
LATER = tuple(name for model in KINDS.values() for name, field in model.model_fields.items() if not field.is_required())
"""Columns that a log may lack as a whole."""


def are_columns(names: Sequence[str]) -> bool:
    """Whether a file with these columns, in this order, is a log of events."""
    return tuple(names) == tuple(name for name in COLUMNS if name in names or name not in LATER)


def row_of(event: Event) -> list[Value]:
    """Return the values of an event by column, None where its kind has no such field."""
    return [*(getattr(event, name) for name in HEADER), *(event.fields.get(name) for name in FIELDS)]


def event_of(row: Mapping[str, Any], place: str) -> Event:
    """Return the event of a row, whose values may all be text; None and an empty text are no value.

    Raises
    ------
    InputError
        If it is no event; `place` begins the sentence.
    """
    kind = row["kind"]
    names = tuple(KINDS[kind].model_fields) if kind in KINDS else ()
    strange = [name for name, value in row.items() if value not in (None, "") and name not in HEADER + names]
    if kind in KINDS and strange:
        raise InputError(f"{place}: an event of kind {kind} has no {', '.join(strange)}; leave it empty")
    values = {name: None if row[name] == "" else row[name] for name in HEADER}
    fields = {name: row.get(name) if row.get(name) != "" else None for name in names}
    try:
        return from_text({**values, "fields": fields})
    except InputError as error:
        raise InputError(*(f"{place}: {problem}" for problem in error.problems)) from error


@contextmanager
def complete(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open a file that takes its name once it is closed; a link, a pipe or a terminal is written to as it is.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    beside = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        # A link such as /dev/stdout leads to a plain file when output is redirected; it must never be replaced itself.
        target = path if path.is_symlink() or (path.exists() and not path.is_file()) else beside
        with target.open("wb") if binary else target.open("w", encoding="utf-8", newline="") as file:
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
