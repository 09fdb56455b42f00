"""What a store holds, made up; and, as a program, a writer that tells what is safe."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from connectors.forward import Forwarder
from connectors.influxdb import InfluxDb
from connectors.settings import InfluxSettings
from connectors.store import Store
from connectors.store_schema import Unwritable
from support.influx import BUCKET, ORG, TOKEN
from twin.events import Event, Value
from twin.live.picture import Forecast, Row
from twin.live.shift_calendar import Shift
from twin.ports import Point

LINE = "press_shop"
EPOCH_NS = 1_763_938_800_000_000_000
BATCH = 50
SOME: dict[str, Value] = {"state": "processing", "reason": None}


def event(
    sequence: int,
    *,
    time: float = 0.0,
    source: str = "plant",
    boot: int = 1,
    fields: dict[str, Value] | None = None,
    epoch: int | None = EPOCH_NS,
) -> Event:
    """A machine's event."""
    return Event(source, boot, sequence, 0, time, LINE, "press", 1, "state", fields or SOME, epoch)


def note(sequence: int, *, time: float, start_s: float) -> Event:
    """A note about the minute from a time."""
    fields: dict[str, Value] = {
        "author": "shift leader", "text": "jam", "start_s": start_s, "end_s": start_s + 60, "reason": "jam",
    }  # fmt: skip
    return Event("desk", 1, sequence, 0, time, LINE, None, None, "note", fields, EPOCH_NS)


def row(window: str, start_s: float, end_s: float, station: str | None) -> Row:
    """KPIs of a window."""
    values = {"oee": 1 / 3, "fpy": None}
    return Row(
        window,
        start_s,
        end_s,
        "06:00-14:00",
        "2025-11-24",
        window == "day",
        station,
        values,
        {"good": 7.0},
        "standard 1",
    )


def forecast(made_s: float) -> Forecast:
    """A forecast."""
    shift = Shift("2025-11-24", "06:00-14:00", EPOCH_NS, EPOCH_NS + 1)
    return Forecast(
        made_s, shift, 1.0, 2.0, 3.0, 2.1, None, 0.5, 0.25, 0.75, ((60.0, 0.1, 0.2, 0.3), (70.0, 1, 2, 3)), "d"
    )


def point(time_ns: int, value: float, *, name: str = "kpi", station: str = "press") -> Point:
    """A point of a station."""
    return Point(name, {"station": station}, {"oee": value}, time_ns)


def _batch(first: int) -> list[Event]:
    return [event(first + k, time=float(first + k)) for k in range(BATCH)]


def _write(store: Store, first: int) -> None:
    """Commit batches for ever; after each, say the number that the next begins with."""
    while True:
        store.commit(_batch(first))
        first += BATCH
        print(first, flush=True)


def _fill(store: Store) -> None:
    """Commit until files may not grow, say what the store says, then make room and go on where it stopped."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
    first = 0
    try:
        while True:
            store.commit(_batch(first))
            first += BATCH
    except Unwritable as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    store.commit(_batch(first))
    print(first + BATCH)


def _forward(store: Store, url: str) -> None:
    """Forward, saying when it begins, until nothing waits."""
    forwarder = Forwarder(store.outbox, InfluxDb(InfluxSettings(url, ORG, BUCKET, TOKEN)))
    print("begins", flush=True)
    forwarder.start()
    forwarder.drain(60.0)


if __name__ == "__main__":
    opened = Store(Path(sys.argv[1]), LINE)
    match sys.argv[2]:
        case "fill":
            _fill(opened)
        case "write":
            _write(opened, int(sys.argv[3]))
        case "forward":
            _forward(opened, sys.argv[3])
