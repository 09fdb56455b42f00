"""What is read from a store: events, key figures, forecasts, what was refused."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import decompress

from pydantic_core import from_json

from connectors.store_schema import open_to_read, sentences
from twin.events import Event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from twin.live.picture import Forecast, Row

PAGE = 5000
"""Events held at a time."""

EVENT = "source, boot, sequence, run, time, station, machine, kind, fields"


class Quarantined(NamedTuple):
    """A message that could not be read: when it came [ns UTC], where, its beginning, its size [bytes], and why."""

    received_ns: int
    topic: str
    payload: bytes
    size: int
    reason: str


class Counts(NamedTuple):
    """What a store holds. `quarantine` counts every message ever refused; only the newest are kept."""

    events: int
    quarantine: int
    outbox: int
    dead_letters: int


class StoreReader:
    """A store that is read, also while a live twin writes it. Belongs to the thread that opens it.

    Parameters
    ----------
    path
        The store's file.

    Raises
    ------
    InputError
        If there is no store of this version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        return open_to_read(self.path)

    def close(self) -> None:
        """Close the store."""
        self._db.close()

    @property
    def line(self) -> str:
        """The line whose events it holds."""
        return str(self._about("line"))

    @property
    def epoch_ns(self) -> int | None:
        """When the times of the store are 0 [ns UTC since 1970]; None before the first event."""
        value = self._about("epoch_ns")
        return None if value is None else int(value)

    def events(self, start_s: float = -inf, end_s: float = inf) -> Iterator[Event]:
        """Yield the events of a span, by (time, source, boot, sequence), without holding them all.

        Parameters
        ----------
        start_s, end_s
            The span, from its start to before its end [s].
        """
        return self._events(start_s, end_s, "")

    @property
    def last_s(self) -> float | None:
        """Time of the latest event, notes apart [s]; None before the first."""
        found = self._one("SELECT time FROM event WHERE kind != 'note' ORDER BY time DESC LIMIT 1")
        return None if found is None else found[0]

    def notes(self) -> list[Event]:
        """Every note, by time."""
        return list(self._events(-inf, inf, "AND kind = 'note'"))

    def checkpoint_before(self, time_s: float = inf) -> tuple[float, dict[str, Any]] | None:
        """Read the last checkpoint at or before a time [s]: its own time, and its data."""
        found = self._one("SELECT time_s, data FROM checkpoint WHERE time_s <= ? ORDER BY time_s DESC LIMIT 1", time_s)
        return None if found is None else (found[0], from_json(decompress(found[1])))

    def kpis(self, window: str, start_s: float = -inf, end_s: float = inf) -> list[Row]:
        """Read the KPIs of the windows of one kind that begin in a span, by (start, station, policy).

        Parameters
        ----------
        window
            "shift", "hour" or "day".
        start_s, end_s
            The span, from its start to before its end [s].
        """
        from twin.live.picture import Row

        sql = "SELECT row FROM kpi WHERE window = ? AND start_s >= ? AND start_s < ? ORDER BY start_s, station, policy"
        return [Row(**from_json(row)) for (row,) in self._all(sql, window, start_s, end_s)]

    def forecasts(self, start_s: float = -inf, end_s: float = inf) -> list[Forecast]:
        """Read the forecasts made in a span, by time.

        Parameters
        ----------
        start_s, end_s
            The span, from its start to before its end [s].
        """
        sql = "SELECT forecast FROM forecast WHERE made_s >= ? AND made_s < ? ORDER BY made_s"
        return [_forecast(from_json(text)) for (text,) in self._all(sql, start_s, end_s)]

    def scores(self) -> list[tuple[float, dict[str, Any]]]:
        """Read what the forecasts of each finished shift were worth, with the shift's end [s], by time."""
        found = self._all("SELECT shift_end_s, score FROM score ORDER BY shift_end_s")
        return [(end_s, from_json(score)) for end_s, score in found]

    def counts(self) -> Counts:
        """Count what the store holds."""
        return Counts(
            self._count("SELECT count(*) FROM event"),
            self._count("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'quarantine'"),
            self._count("SELECT count(*) FROM outbox"),
            self._count("SELECT count(*) FROM dead_letter"),
        )

    def quarantined(self, most: int = 20) -> list[Quarantined]:
        """Read what was refused last, newest first."""
        found = self._all(
            "SELECT received_ns, topic, payload, size, reason FROM quarantine ORDER BY id DESC LIMIT ?", most
        )
        return [Quarantined(*row) for row in found]

    def quarantine_reasons(self) -> dict[str, int]:
        """Count the refused messages that are kept by reason, the commonest first."""
        return dict(self._all("SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY count(*) DESC, reason"))

    def dead_letters(self, most: int = 20) -> list[tuple[str, str]]:
        """Read the points that no server would take, newest first: the line and the reason."""
        return self._all("SELECT line, reason FROM dead_letter ORDER BY id DESC LIMIT ?", most)

    def _events(self, start_s: float, end_s: float, which: str) -> Iterator[Event]:
        line, epoch_ns = self.line, self.epoch_ns
        sql = (
            f"SELECT {EVENT} FROM event WHERE (time, source, boot, sequence) > (?, ?, ?, ?) "  # noqa: S608 -- constants
            f"AND time < ? {which} ORDER BY time, source, boot, sequence LIMIT {PAGE}"
        )
        # No event has an empty source: the first page begins at the start.
        last: tuple[float, str, int, int] = (start_s, "", 0, 0)
        while rows := self._all(sql, *last, end_s):
            for source, boot, sequence, run, time, station, machine, kind, fields in rows:
                yield Event(
                    source, boot, sequence, run, time, line, station, machine, kind, from_json(fields), epoch_ns
                )
            source, boot, sequence, _, time = rows[-1][:5]
            last = (time, source, boot, sequence)

    def _about(self, key: str) -> Any:  # noqa: ANN401 -- text or a whole number
        found = self._one("SELECT value FROM about WHERE key = ?", key)
        return None if found is None else found[0]

    def _count(self, sql: str) -> int:
        return int(self._all(sql)[0][0])

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        found = self._all(sql, *values)
        return found[0] if found else None

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with sentences(self.path):
            return self._db.execute(sql, values).fetchall()


def _forecast(data: dict[str, Any]) -> Forecast:
    from twin.live.picture import Forecast
    from twin.live.shift_calendar import Shift

    return Forecast(**data | {"shift": Shift(**data["shift"]), "path": tuple(map(tuple, data["path"]))})
