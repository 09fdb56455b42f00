"""The store: one SQLite file that holds what a live twin must not lose.

An event is acknowledged to the broker only after it is safe here; a point is in the outbox until its server has it.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any
from zlib import compress

from pydantic_core import to_json

from connectors.store_reading import Counts, Quarantined, StoreReader
from connectors.store_schema import open_to_write, sentences, transaction
from twin.errors import Defect, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from twin.events import Event
    from twin.ports import Point

LATEST = 5
"""How many of the newest checkpoints are kept; of earlier ones the last of each shift."""

SHOWN = 1024
"""How much is kept of a message that was refused [bytes]."""

_INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_THIN = """DELETE FROM checkpoint
    WHERE time_s NOT IN (SELECT time_s FROM checkpoint ORDER BY time_s DESC LIMIT ?)
    AND time_s NOT IN (SELECT max(time_s) FROM checkpoint GROUP BY shift)"""


class Store(StoreReader):
    """The one writer of a store. Belongs to the thread that opens it; a second writer is refused.

    Parameters
    ----------
    path
        The file, made if it is not there.
    line
        Name of the line whose events it holds.

    Raises
    ------
    InputError
        If the file is no store of this line that can be written, or another live twin writes it.
    """

    def __init__(self, path: Path, line: str) -> None:
        self._held = _hold(path)
        try:
            super().__init__(path)
            self._writing = RLock()
            self._belong_to(line)
            self._counts = list(super().counts())
        except BaseException:
            self._held.close()
            raise

    def _open(self) -> sqlite3.Connection:
        return open_to_write(self.path)

    def close(self) -> None:
        """Close the store, for another to write."""
        super().close()
        self._held.close()

    def set_epoch(self, epoch_ns: int) -> None:
        """Say when the times of the store are 0 [ns UTC since 1970]; once and for all."""
        if self.epoch_ns not in {None, epoch_ns}:
            raise Defect(f"{self.path}: the epoch of a store never changes")
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO about VALUES ('epoch_ns', ?)", (epoch_ns,))

    def commit(self, events: Sequence[Event], quarantined: Sequence[Quarantined] = ()) -> list[Event]:
        """Make events safe on disk, and what was refused.

        A new note takes with it the checkpoints after the start of what it is about: they were counted without it.

        Parameters
        ----------
        events
            The events, their times in seconds since the store's epoch; any may have come before.
        quarantined
            The messages that could not be read.

        Returns
        -------
        list of Event
            The events that are new, in the order given.

        Raises
        ------
        Unwritable
            If the disk refuses: then nothing of it is kept, and nothing is to be acknowledged.
        """
        with self._transaction() as db:
            insert = db.execute
            new = [
                event
                for event in events
                if insert(
                    _INSERT,
                    (
                        event.source,
                        event.boot,
                        event.sequence,
                        event.time,
                        event.run,
                        event.station,
                        event.machine,
                        event.kind,
                        to_json(event.fields).decode(),
                    ),
                ).rowcount
            ]
            db.executemany(
                "INSERT INTO quarantine (received_ns, topic, payload, size, reason) VALUES (?, ?, ?, ?, ?)",
                [each._replace(payload=each.payload[:SHOWN]) for each in quarantined],
            )
            starts = [event.fields["start_s"] for event in new if event.kind == "note"]
            db.executemany("DELETE FROM checkpoint WHERE time_s > ?", [(start,) for start in starts])
        self._counts[0] += len(new)
        self._counts[1] += len(quarantined)
        return new

    def save(
        self, *, points: Sequence[Point] = (), checkpoint: tuple[float, dict[str, Any]] | None = None, shift: str = ""
    ) -> None:
        """Make safe what the mirror made of the events.

        Parameters
        ----------
        points
            For the outbox; a point that is still there with the same name, tags and time is replaced.
        checkpoint
            The mirror's state: its time [s] and its data.
        shift
            The shift of the checkpoint, a text of its own for each.

        Raises
        ------
        Unwritable
            If the disk refuses: then nothing of it is kept.
        """
        del points
        with self._transaction() as db:
            if checkpoint is not None:
                time_s, data = checkpoint
                packed = compress(to_json(data))
                db.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)", (time_s, shift, packed))
                db.execute(_THIN, (LATEST,))

    def counts(self) -> Counts:
        """Count what the store holds, at no cost."""
        return Counts(*self._counts)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, transaction(self._db, self.path):
            yield self._db

    def _belong_to(self, line: str) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO about VALUES ('line', ?)", (line,))
        if self.line != line:
            raise InputError(f"{self.path}: the store holds the line {self.line}, not {line}; name another file")


def _hold(path: Path) -> sqlite3.Connection:
    """Hold a lock beside the store that the operating system frees when the process ends, however it ends."""
    beside = path.with_name(f"{path.name}.lock")
    with sentences(path):
        lock = sqlite3.connect(beside, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise InputError(f"{path}: another live twin writes this store; stop it, or name another file") from error
    return lock
