"""The outbox: points that wait in the store until their server has them."""

from __future__ import annotations

from threading import Event as Signal
from typing import TYPE_CHECKING, NamedTuple

from connectors.line_protocol import Unfit, line_of
from connectors.store_schema import open_to_write, sentences, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path
    from threading import Lock

    from twin.ports import Point

DEAD_KEPT = 100_000
"""How many rejected points are kept, the newest."""

_WAITING = """SELECT outbox.id, series.name || ' ' || outbox.fields || ' ' || outbox.time_ns
    FROM outbox JOIN series ON series.id = outbox.series ORDER BY outbox.id LIMIT ?"""
_KEEP_DEAD = "DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?"


class Batch(NamedTuple):
    """Points taken together: the numbers of the first and the last, and the lines."""

    first: int
    last: int
    lines: list[str]


class Outbox:
    """The points of one store: its writer puts them in, one other thread takes them out.

    Parameters
    ----------
    path
        The store's file.
    writing
        Held by whoever writes to the file.
    waiting, dead
        How many points wait, and how many were rejected [1].

    Attributes
    ----------
    filled
        Set when points have come.
    """

    def __init__(self, path: Path, writing: Lock, waiting: int, dead: int) -> None:
        self.filled = Signal()
        self.waiting = waiting
        self.dead = dead
        self._path = path
        self._writing = writing
        self._series: dict[str, int] = {}
        self._mine: sqlite3.Connection | None = None

    def put(self, db: sqlite3.Connection, points: Sequence[Point]) -> tuple[int, int]:
        """Add points within a transaction of the store's writer.

        Returns
        -------
        int, int
            How many more points wait and how many more are dead, once the transaction is done.
        """
        more, rejected = 0, []
        for point in points:
            try:
                series, fields = line_of(point)
            except Unfit as error:
                rejected.append((f"{point}", str(error)))
                continue
            number = self._series.get(series) or self._number(db, series)
            # A point that waits is replaced by a new one with a new number: its older form may be under way just now.
            replaced = db.execute(
                "DELETE FROM outbox WHERE series = ? AND time_ns = ?", (number, point.time_ns)
            ).rowcount
            db.execute("INSERT INTO outbox (series, time_ns, fields) VALUES (?, ?, ?)", (number, point.time_ns, fields))
            more += 1 - replaced
        _bury(db, rejected)
        return more, len(rejected)

    def forget_series(self) -> None:
        """Forget the numbers of series, as after some were deleted or a transaction failed."""
        self._series.clear()

    def take(self, most: int) -> Batch | None:
        """Return the points that wait longest; None if none does. They stay until `taken` is called."""
        with sentences(self._path):
            rows = self._own().execute(_WAITING, (most,)).fetchall()
        return Batch(rows[0][0], rows[-1][0], [line for _, line in rows]) if rows else None

    def taken(self, batch: Batch, rejected: Sequence[tuple[str, str]]) -> None:
        """Remove points that are safe elsewhere; those rejected are kept apart, each line with its reason."""
        db = self._own()
        with self._writing:
            with transaction(db, self._path):
                gone = db.execute("DELETE FROM outbox WHERE id BETWEEN ? AND ?", (batch.first, batch.last)).rowcount
                _bury(db, rejected)
            self.waiting -= gone
            self.dead += len(rejected)

    def close(self) -> None:
        """Close the connection of the thread that takes points, from that thread."""
        if self._mine is not None:
            self._mine.close()
            self._mine = None

    def _own(self) -> sqlite3.Connection:
        if self._mine is None:
            self._mine = open_to_write(self._path)
            # A removal that a power cut undoes only sends the points once more, which changes nothing.
            self._mine.execute("PRAGMA synchronous = NORMAL")
        return self._mine

    def _number(self, db: sqlite3.Connection, series: str) -> int:
        db.execute("INSERT OR IGNORE INTO series (name) VALUES (?)", (series,))
        (number,) = db.execute("SELECT id FROM series WHERE name = ?", (series,)).fetchone()
        self._series[series] = number
        return int(number)


def _bury(db: sqlite3.Connection, rejected: Sequence[tuple[str, str]]) -> None:
    if rejected:
        db.executemany("INSERT INTO dead_letter (line, reason) VALUES (?, ?)", rejected)
        db.execute(_KEEP_DEAD, (DEAD_KEPT,))
