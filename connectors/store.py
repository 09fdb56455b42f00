"""The store: one SQLite file that holds what a live twin must not lose.

An event is acknowledged to the broker only after it is safe here; a point is in the outbox until its server has it.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from math import inf
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING, Any
from zlib import compress

from pydantic_core import to_json

from connectors.outbox import Outbox
from connectors.store_reading import Counts, Quarantined, StoreReader
from connectors.store_schema import open_to_write, sentences, transaction
from twin.errors import Defect, InputError
from twin.events import to_json as event_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from twin.events import Event
    from twin.live.picture import Forecast, Row
    from twin.ports import Point

LATEST = 5
"""How many of the newest checkpoints are kept; of earlier ones the last of each shift."""

SHOWN = 1024
"""How much is kept of a message that was refused [bytes]."""

REFUSED_KEPT = 100_000
"""How many of the messages that were refused are kept, the newest."""

SLICE = 20_000
"""How many old events are forgotten at a time."""

_INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_SAME = """SELECT 1 FROM event WHERE source = ? AND boot = ? AND sequence = ?
    AND time = ? AND station IS ? AND machine IS ? AND kind = ?"""
_KEEP_REFUSED = "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?"
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
            counts = super().counts()
            self._kept, self._refused = counts.events, counts.quarantine
            self._writing = Lock()
            self.outbox = Outbox(path, self._writing, counts.outbox, counts.dead_letters)
            self._pruned_before_s = float(self._about("pruned_before_s") or -inf)
            self._belong_to(line)
        except BaseException:
            self._held.close()
            raise

    def _open(self) -> sqlite3.Connection:
        return open_to_write(self.path)

    def close(self) -> None:
        """Close the store, for another to write."""
        super().close()
        self._held.close()

    @property
    def session(self) -> str:
        """What tells this store from others of the line: the broker keeps a session for each, by this name."""
        with self._writing, self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO about VALUES ('session', ?)", (token_hex(6),))
        return str(self._about("session"))

    @property
    def kept_from_s(self) -> float:
        """The time before which events have been forgotten, and are no longer taken [s]."""
        return self._pruned_before_s

    def set_epoch(self, epoch_ns: int) -> None:
        """Say when the times of the store are 0 [ns UTC since 1970]; once and for all."""
        if self.epoch_ns not in {None, epoch_ns}:
            raise Defect(f"{self.path}: the epoch of a store never changes")
        with self._writing, self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO about VALUES ('epoch_ns', ?)", (epoch_ns,))

    def commit(self, events: Sequence[Event], quarantined: Sequence[Quarantined] = ()) -> list[Event]:
        """Make events safe on disk, and what was refused.

        A new note takes with it the checkpoints after the start of what it is about: they were counted without it. An
        event that goes by the name of another is refused: its plant has started anew and has no new boot.

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
        oldest = self._pruned_before_s
        with self._writing, self._transaction() as db:
            insert = db.execute
            new = []
            for event in events:
                if event.time < oldest:
                    continue
                if insert(_INSERT, _row(event)).rowcount:
                    new.append(event)
                elif insert(_SAME, _name_and_place(event)).fetchone() is None:
                    quarantined = [*quarantined, _clash(event)]
            db.executemany(
                "INSERT INTO quarantine (received_ns, topic, payload, size, reason) VALUES (?, ?, ?, ?, ?)",
                [_refused(each) for each in quarantined],
            )
            if quarantined:
                db.execute(_KEEP_REFUSED, (REFUSED_KEPT,))
            starts = [event.fields["start_s"] for event in new if event.kind == "note"]
            db.executemany("DELETE FROM checkpoint WHERE time_s > ?", [(start,) for start in starts])
        self._kept += len(new)
        self._refused += len(quarantined)
        return new

    def save(
        self,
        *,
        rows: Sequence[Row] = (),
        points: Sequence[Point] = (),
        forecasts: Sequence[Forecast] = (),
        scores: Sequence[tuple[float, Mapping[str, Any]]] = (),
        checkpoint: tuple[float, Mapping[str, Any]] | None = None,
        shift: str = "",
    ) -> None:
        """Make safe what the mirror made of the events, all of it or nothing.

        Parameters
        ----------
        rows
            KPIs; a row of a window that began at the same time is replaced.
        points
            For the outbox, where they wait until a `Forwarder` takes them: give none if there is none. A point that
            is still there with the same name, tags and time is replaced; one that cannot be written is a dead letter.
        forecasts
            Forecasts; one made at the same time is replaced.
        scores
            What the forecasts of a finished shift were worth, each with the shift's end [s].
        checkpoint
            The mirror's state: its time [s] and its data. The newest are kept, and the last of each shift.
        shift
            The shift of the checkpoint, a text of its own for each.

        Raises
        ------
        Unwritable
            If the disk refuses: then nothing of it is kept.
        """
        with self._writing:
            with self._transaction() as db:
                db.executemany("INSERT OR REPLACE INTO kpi VALUES (?, ?, ?, ?, ?, ?)", map(_kpi, rows))
                db.executemany("INSERT OR REPLACE INTO forecast VALUES (?, ?)", map(_forecast, forecasts))
                db.executemany(
                    "INSERT OR REPLACE INTO score VALUES (?, ?)", [(end_s, _json(score)) for end_s, score in scores]
                )
                more, dead = self.outbox.put(db, points)
                if checkpoint is not None:
                    time_s, data = checkpoint
                    packed = compress(to_json(data), 1)
                    db.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)", (time_s, shift, packed))
                    db.execute(_THIN, (LATEST,))
            self.outbox.waiting += more
            self.outbox.dead += dead
        if points:
            self.outbox.filled.set()

    def forget_checkpoints(self, after_s: float) -> None:
        """Forget the checkpoints after a time [s], as they lack an event that is now to be counted."""
        if self._one("SELECT 1 FROM checkpoint WHERE time_s > ?", after_s):
            with self._writing, self._transaction() as db:
                db.execute("DELETE FROM checkpoint WHERE time_s > ?", (after_s,))

    def prune(self, before_s: float) -> None:
        """Forget what is older than a time [s]: events, KPIs, forecasts, and checkpoints but the last before it.

        An event from before it that comes once more is then no longer taken for new.
        """
        with self._writing, self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO about VALUES ('pruned_before_s', ?)", (before_s,))
        self._pruned_before_s = before_s
        while not self._prune_some_events(before_s):
            pass
        with self._writing, self._transaction() as db:
            for table, column in (("kpi", "start_s"), ("forecast", "made_s"), ("score", "shift_end_s")):
                db.execute(f"DELETE FROM {table} WHERE {column} < ?", (before_s,))  # noqa: S608 -- constants
            db.execute(
                "DELETE FROM checkpoint WHERE time_s < (SELECT max(time_s) FROM checkpoint WHERE time_s <= ?)",
                (before_s,),
            )
            db.execute("DELETE FROM series WHERE id NOT IN (SELECT series FROM outbox)")
            self.outbox.forget_series()

    def counts(self) -> Counts:
        """Count what the store holds, at no cost."""
        return Counts(self._kept, self._refused, self.outbox.waiting, self.outbox.dead)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self._db, self.path):
                yield self._db
        except BaseException:
            self.outbox.forget_series()
            raise

    def _prune_some_events(self, before_s: float) -> bool:
        """Forget some old events, so that nobody waits long meanwhile; True if there are no more."""
        with self._writing, self._transaction() as db:
            found = db.execute("SELECT time FROM event ORDER BY time LIMIT 1 OFFSET ?", (SLICE,)).fetchone()
            some = found is not None and found[0] < before_s
            gone = (
                db.execute("DELETE FROM event WHERE time <= ?", found).rowcount
                if some
                else db.execute("DELETE FROM event WHERE time < ?", (before_s,)).rowcount
            )
        self._kept -= gone
        return not some

    def _belong_to(self, line: str) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO about VALUES ('line', ?)", (line,))
        if self.line != line:
            raise InputError(f"{self.path}: the store holds the line {self.line}, not {line}; name another file")


def _row(event: Event) -> tuple[object, ...]:
    return (
        event.source,
        event.boot,
        event.sequence,
        event.time,
        event.run,
        event.station,
        event.machine,
        event.kind,
        to_json(event.fields).decode(),
    )


def _name_and_place(event: Event) -> tuple[object, ...]:
    return (event.source, event.boot, event.sequence, event.time, event.station, event.machine, event.kind)


def _clash(event: Event) -> Quarantined:
    payload = event_json(event).encode()
    topic = f"{event.line}/{event.station or '_'}/{event.kind}"
    reason = "another event came by the same source, boot and sequence; a plant that starts anew must take another boot"
    return Quarantined(time.time_ns(), topic, payload, len(payload), reason)


def _refused(message: Quarantined) -> Quarantined:
    # What came from outside may hold halves of characters, which no file takes.
    topic, reason = (text.encode("utf-8", "replace").decode() for text in (message.topic, message.reason))
    return message._replace(topic=topic, reason=reason, payload=message.payload[:SHOWN])


def _json(data: Mapping[str, Any]) -> str:
    return to_json(dict(data)).decode()


def _kpi(row: Row) -> tuple[object, ...]:
    data = row._asdict() | {"values": dict(row.values), "extras": dict(row.extras)}
    return (row.window, row.start_s, row.station or "", row.policy, row.end_s, _json(data))


def _forecast(forecast: Forecast) -> tuple[object, ...]:
    return (forecast.made_s, _json(forecast._asdict() | {"shift": forecast.shift._asdict()}))


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
