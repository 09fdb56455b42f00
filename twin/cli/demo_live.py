"""The first chapter of `twin demo`: a shift of a plant, sent over MQTT on this machine alone, mirrored and foretold."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any, NamedTuple

from twin.cli.show import show, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.queues import Queue

    from rich.console import RenderableType

    from twin.cli.live_loop import LiveTwin
    from twin.line.line import Line

LINE, SITE, ROOT = "three_stations", "france", "twin/france/plant"
EVERY = "10 min"
SHIFT, PLAN = "06:00-08:00", 590.0
"""A short shift, for the broker inside the program is slow; and a plan that it may or may not reach [parts]."""
VERSION = "3"
"""The broker inside the program speaks MQTT 3.1.1 alone."""
START_S, LISTEN_S, LAST_S = 60.0, 30.0, 30.0
"""How long the plant may take to start, to wait for its twin, and to be acknowledged at its end [s]."""


class Counted(NamedTuple):
    """What the plant counted itself in its shift: when that ended [s], good parts, and the OEE of each station."""

    end_s: float
    good: int
    oee: dict[str, float | None]


def live_shift() -> None:
    """Run a plant through a short shift as fast as the broker takes its events, and hold the mirror up to it."""
    from connectors.mqtt import Subscription
    from connectors.settings import mqtt_settings
    from connectors.store import Store
    from twin.cli.live import watch, watched_line
    from twin.cli.live_display import displayed
    from twin.cli.live_loop import LiveTwin
    from twin.cli.resolve import site_of

    line = _line()
    watched = watched_line(line, site_of(SITE), root=ROOT, every=EVERY, plan=PLAN)
    context = multiprocessing.get_context("spawn")
    said: Queue[Any] = context.Queue()
    plant = context.Process(target=_plant, args=(said,), daemon=True)
    plant.start()
    try:
        subscription = Subscription(mqtt_settings(said.get(timeout=START_S), root=ROOT, version=VERSION), line)
        subscription.connect()
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(Store(Path(folder) / "demo.sqlite", line.line)) as store,
            closing(LiveTwin(watched, store)) as twin,
        ):
            with displayed() as display:
                counted = _Counted(said, twin)
                watch(twin, subscription, display, stopping=counted.is_over)
            subscription.stop()
            show(*_side_by_side(twin, counted.plant))
    finally:
        plant.kill()
        plant.join()


def _line() -> Line:
    """Return the line with its short shift."""
    from twin.cli.resolve import line_of
    from twin.line.work_calendar import Shifts

    return line_of(LINE).model_copy(update={"shifts": Shifts.model_validate({"times": {"mon": [SHIFT]}})})


class _Counted:
    """Waits for what the plant counted, and for the twin to have seen as much."""

    def __init__(self, said: Queue[Any], twin: LiveTwin) -> None:
        self._said, self._twin = said, twin
        self.plant: Counted | None = None

    def is_over(self) -> bool:
        """Whether the plant has ended, and the twin has mirrored its shift."""
        if self.plant is None:
            with suppress(Empty):
                self.plant = self._said.get_nowait()
        mirror = self._twin.mirror
        return self.plant is not None and mirror is not None and mirror.now_s >= self.plant.end_s


def _side_by_side(twin: LiveTwin, plant: Counted | None) -> Iterator[RenderableType]:
    """Yield what the plant counted beside what its twin saw, and how many events that took."""
    from dashboards.numbers import percent

    if plant is None or twin.mirror is None:
        return
    final = {row.station: row for row in twin.store.kpis("shift") if row.end_s == plant.end_s}
    rows = [(station, percent(oee, 4), percent(final[station].values["oee"], 4)) for station, oee in plant.oee.items()]
    good = f"{final[None].extras['good']:,.0f}"
    yield table(
        ["at the shift's end", "the plant itself", "its twin"],
        [("good parts", f"{plant.good:,}", good), *((f"OEE of {station}", own, seen) for station, own, seen in rows)],
    )
    books = twin.books()
    yield (
        f"{books['events']:,} events over MQTT, each in the twin's store once; "
        f"refused {books['quarantine']:,}, contradictory {books['contradictions']:,}."
    )


def _plant(said: Queue[Any]) -> None:
    """Run the broker and the plant, in a process of their own."""
    from connectors.embedded_broker import embedded_broker
    from connectors.mqtt import Publisher
    from connectors.settings import mqtt_settings
    from twin.cli.resolve import site_of
    from twin.kpi.definitions import oee
    from twin.kpi.elements import machines_of, work_unit
    from twin.line.scenario import scenario
    from twin.live.clock import SECOND, monday_before
    from twin.live.plant import Plant, Stretch
    from twin.live.shift_calendar import ShiftCalendar

    line = _line()
    calendar = ShiftCalendar(line.shifts, site_of(SITE).zone)
    epoch_ns = monday_before(time.time_ns(), calendar.zone)
    end_s = (calendar.next(epoch_ns).end_ns - epoch_ns) / SECOND
    stretches: list[Stretch] = []
    with embedded_broker() as broker:
        publisher = Publisher(mqtt_settings(broker.url, root=ROOT, version=VERSION), line)
        publisher.connect()
        said.put(broker.url)
        publisher.wait_for_twin(LISTEN_S)
        plant = Plant(scenario(line), calendar, epoch_ns=epoch_ns)
        for event in plant.events(0.0, end_s, counted=stretches.append):
            publisher.publish(event)
        publisher.flush(LAST_S)
        last = stretches[-1].accounts
        ratios = {name: oee(work_unit(last, machines_of(last, name))) for name in line.stations}
        said.put(Counted(end_s, last.departed, ratios))
        publisher.idle(LAST_S)  # until the twin has seen all, and ends this
