"""A plant and its live twin as programs of their own, and what they leave behind, beside what they should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import lines
from connectors.store_reading import StoreReader
from support.influx import TOKEN
from support.transcripts import ROOT, START
from twin.cli.compare_question import HOME
from twin.cli.live import watched_line
from twin.cli.resolve import site_of
from twin.errors import InputError
from twin.line.load import load_line
from twin.live.clock import SECOND
from twin.live.mirror import Mirror
from twin.live.plant import Plant
from twin.live.points import note_point, origin, tick_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from support.influx import Influx
    from twin.cli.live_loop import Watched
    from twin.events import Event
    from twin.ports import Point

MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 -- on the clock at the site
"""When the plants of the tests start, their lines empty."""
BATCH = 1000
MOST_S = 300.0
"""How long anything may take that a test waits for [s]."""
RUNS_APART = {"twin"}
"""Measurements that tell how the twin itself fared, and so differ from run to run."""


class Ended(NamedTuple):
    """How a program ended: its code, what it printed and what it said, and how long it took to end [s]."""

    code: int
    out: str
    err: str
    took_s: float


class Program:
    """A `twin` command that runs beside the test; its output goes to files. A context manager kills it at the end.

    Parameters
    ----------
    folder
        Where it runs, and writes what it says.
    arguments
        As on the command line.
    environment
        Variables beside those of the test.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: object,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self._out, self._err = folder / f"{arguments[0]}.out", folder / f"{arguments[0]}.err"
        with self._out.open("ab") as out, self._err.open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, *map(str, arguments)],
                cwd=folder, stdout=out, stderr=err,
                env=os.environ | {"PYTHONPATH": path, "TWIN_INFLUX_TOKEN": TOKEN} | dict(environment or {}),
            )  # fmt: skip

    @property
    def out(self) -> str:
        """What it has printed, with those before it in the same folder."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """What it has said, with those before it in the same folder."""
        return self._err.read_text(encoding="utf-8")

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def says(self, text: str, within_s: float = 30.0) -> None:
        """Wait until it has said something; fail if it does not in time, or ends."""
        until = time.monotonic() + within_s
        while text not in self.err:
            if not self.running or time.monotonic() > until:
                time.sleep(0.1)
                assert text in self.err
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def ask_to_stop(self) -> Ended:
        """Ask it to end, as a service is stopped, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        return self.end(30.0)

    def end(self, within_s: float = MOST_S) -> Ended:
        """Wait until it ends."""
        begun = time.monotonic()
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"did not end within {within_s:g} s: {self.err[-2000:]}")
        return Ended(code, self.out, self.err, time.monotonic() - begun)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self.running:
            self.kill()


class Scene(NamedTuple):
    """A line with its broker and database: where a plant and its twin meet.

    The plant runs for `hours`, from `start_h` hours after Monday 00:00 on, at a speed and with the luck of a seed;
    `options` are those of the twin beside the usual ones.
    """

    folder: Path
    line: str
    mqtt: str
    influx: str | None
    hours: float
    start_h: float = 0.0
    speed: str = "max"
    seed: int = 1
    options: tuple[str, ...] = ()

    @property
    def store(self) -> Path:
        """The file that the twin writes."""
        return self.folder / "twin.sqlite"

    def twin(self, *options: object, **environment: str) -> Program:
        """Start the live twin."""
        where = ("--mqtt", self.mqtt, *(() if self.influx is None else ("--influx", self.influx)))
        given = ("--store", self.store, "--replications", "0", *self.options, *options)
        return Program(self.folder, "live", self.line, *where, *given, environment=environment)

    def plant(self, *options: object, **environment: str) -> Program:
        """Start the plant."""
        start = (MONDAY + timedelta(hours=self.start_h)).isoformat()
        when = ("--speed", self.speed, "--start", start, "--for", f"{self.hours:g} h", "--seed", self.seed)
        return Program(self.folder, "plant", self.line, "--mqtt", self.mqtt, *when, *options, environment=environment)

    @property
    def watched(self) -> Watched:
        """What the twin watches."""
        given = dict(zip(self.options[::2], self.options[1::2], strict=True))
        line, every, policy = load_line(lines.path(self.line)), given.get("--every", "1 min"), given.get("--policy")
        return watched_line(
            line, site_of(HOME), root="", every=every, policy=policy or "standard", replications=0, forwards=True
        )

    def published(self) -> list[Event]:
        """Return what the plant tells, but for the number of its start."""
        with closing(StoreReader(self.store)) as kept:
            epoch_ns = kept.epoch_ns
        assert epoch_ns == round(MONDAY.replace(tzinfo=self.watched.calendar.zone).timestamp()) * SECOND
        plant = Plant(self.watched.scenario, self.watched.calendar, epoch_ns=epoch_ns, seed=self.seed)
        return list(plant.events(3600.0 * self.start_h, 3600.0 * (self.start_h + self.hours)))


def settled(store: Path, events: int, *, every_s: float = 60.0, idle_s: float = 1.0, within_s: float = MOST_S) -> None:
    """Wait until a store holds so many events and all that comes of them, and every point has left it."""
    until, last = time.monotonic() + within_s, (0, 0, 0.0, 0.0)
    with closing(_opened(store, until)) as kept:
        quiet, version = time.monotonic(), None
        while time.monotonic() < until:
            time.sleep(0.1)
            (found,) = kept._all("PRAGMA data_version")
            if found != version:
                version, quiet = found, time.monotonic()
            elif time.monotonic() - quiet >= idle_s:
                last = _stand(kept)
                count, waiting, told_s, last_s = last
                if count == events and not waiting and told_s > last_s - every_s:
                    return
                assert count <= events
                quiet = time.monotonic()
    pytest.fail(f"after {within_s:g} s: {events} events expected; events, outbox, last tick, last event: {last}")


def becomes(find: Callable[[], Any], expected: object, within_s: float = 60.0) -> None:
    """Wait until what is found is what is expected; fail with the difference if it is not in time."""
    until = time.monotonic() + within_s
    while (found := find()) != expected and time.monotonic() < until:
        time.sleep(0.5)
    assert found == expected


def _opened(store: Path, until: float) -> StoreReader:
    while True:
        try:
            return StoreReader(store)
        except InputError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _stand(kept: StoreReader) -> tuple[int, int, float, float]:
    (told_s,) = kept._all("SELECT coalesce(max(end_s), -1e9) FROM kpi")[0]
    counts = kept.counts()
    return counts.events, counts.outbox, told_s, kept.last_s or 0.0


def assert_told_once(kept: Iterable[Event], told: Sequence[Event]) -> None:
    """Assert that a store holds what the plant told, each event once and as it was told."""
    held = sorted((event for event in kept if event.source == told[0].source), key=lambda event: event.sequence)
    assert [event.sequence for event in held] == [event.sequence for event in told]
    assert len({event.boot for event in held}) == 1
    for event, own in zip(held, told, strict=True):
        assert replace(event, boot=own.boot) == own


Key = tuple[str, frozenset[tuple[str, str]], int]
"""What makes a point the same point: its measurement, its tags and its time [ns UTC]."""

Points = dict[Key, dict[str, Any]]
"""Points with their fields."""


def undisturbed(scene: Scene, told: Sequence[Event], notes: Sequence[Event] = ()) -> Points:
    """Return all points of a twin that hears a plant's events in order and without a stop, but of its own books.

    Notes are known from the beginning.
    """
    watched, epoch_ns = scene.watched, told[0].epoch_ns or 0
    source = origin(watched.scenario, watched.site, watched.calendar, epoch_ns, watched.plan)
    mirror = Mirror(
        watched.scenario, watched.calendar, watched.policy, epoch_ns=epoch_ns, every_s=watched.every_s, notes=notes
    )
    points: Points = {}
    for note in notes:
        _add(points, note_point(note, source))
    for first in range(0, len(told), BATCH):
        mirror.take(told[first : first + BATCH])
        for tick in mirror.ticks():
            for point in tick_points(tick, source):
                _add(points, point)
    return points


def _add(points: Points, point: Point) -> None:
    points[point.name, frozenset(point.tags.items()), point.time_ns] = dict(point.fields)


def written(influx: Influx, *, apart: Iterable[str] = RUNS_APART) -> Points:
    """Return all points that a database holds, but of some measurements."""
    points: Points = {}
    for name in {row["name"] for row in influx.query("SHOW MEASUREMENTS")} - set(apart):
        tags = {row["tagKey"] for row in influx.query(f'SHOW TAG KEYS FROM "{name}"')}
        for row in influx.query(f'SELECT * FROM "{name}"'):  # noqa: S608 -- names of the twin
            key = name, frozenset((tag, row[tag]) for tag in tags if row[tag]), row.pop("time")
            points[key] = {field: value for field, value in row.items() if field not in tags and value is not None}
    return points
