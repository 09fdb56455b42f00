"""Nothing is lost: twin killed, broker restarted, database away, disk full; every event once, every point right."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from connectors.store_reading import StoreReader
from support.live import Scene, assert_told_once, becomes, settled, undisturbed, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.influx import Influx
    from support.live import Program
    from support.mosquitto import Broker


class Trouble(NamedTuple):
    """How much goes wrong while a plant runs for some hours at a speed.

    The twin is killed so often, each time after up to `life_s`; the broker is restarted so often, and away for up to
    `away_s`; the database is away once, for `outage_s`.
    """

    hours: float
    speed: str
    kills: int
    restarts: int
    outage_s: float
    life_s: float = 2.5
    away_s: float = 1.0


QUICK = Trouble(hours=3.0, speed="480", kills=10, restarts=3, outage_s=10.0)
LONG = Trouble(hours=16.0, speed="80", kills=50, restarts=10, outage_s=600.0, life_s=20.0, away_s=10.0)
FULL = 3_000_000
"""Files may grow to this size where the disk is to be full [bytes]."""


def scene_of(folder: Path, trouble: Trouble, mosquitto: Broker, influx: Influx) -> Scene:
    """Three stations from the beginning of the first shift on."""
    where = (mosquitto.url, influx.url)
    return Scene(folder, "three_stations", *where, trouble.hours, start_h=5.98, speed=trouble.speed)


def kill(scene: Scene, trouble: Trouble) -> Program:
    """Kill the twin again and again, at random moments; return the one that may live."""
    luck = Random(1)  # noqa: S311 -- luck, not a secret
    for _ in range(trouble.kills):
        with scene.twin() as twin:
            time.sleep(luck.uniform(0.1, trouble.life_s))
            assert twin.running, twin.err
            twin.kill()
    return scene.twin()


def restart(mosquitto: Broker, trouble: Trouble) -> None:
    luck = Random(2)  # noqa: S311 -- as above
    between_s = 0.8 * trouble.kills * trouble.life_s / 2 / trouble.restarts
    for _ in range(trouble.restarts):
        time.sleep(luck.uniform(0.5, 1.5) * between_s)
        mosquitto.restart(luck.uniform(0.0, trouble.away_s))


def take_away(influx: Influx, trouble: Trouble) -> None:
    time.sleep(2.0)
    influx.stop()
    time.sleep(trouble.outage_s)
    influx.start()


def fill_disk(twin: Program, full: int, long_s: float) -> None:
    """Let no file grow over a size until the twin says so, and for a while after; then make room."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.prlimit(twin.process.pid, resource.RLIMIT_FSIZE, (full, most))
    twin.says("the disk is full", 120.0)
    time.sleep(long_s)
    resource.prlimit(twin.process.pid, resource.RLIMIT_FSIZE, (most, most))


def assert_nothing_lost(scene: Scene, influx: Influx) -> None:
    """Assert that the store holds every event once, and the database the points of an undisturbed run."""
    told = scene.published()
    settled(scene.store, len(told))
    with closing(StoreReader(scene.store)) as kept:
        assert_told_once(kept.events(), told)
        counts = kept.counts()
    assert (counts.quarantine, counts.dead_letters, counts.outbox) == (0, 0, 0)
    becomes(lambda: written(influx), undisturbed(scene, told))


def go_through(
    scene: Scene, trouble: Trouble, servers: tuple[Broker, Influx], *more: Callable[[Program], None]
) -> None:
    """Let a plant run while everything goes wrong, and see what has become of it."""
    mosquitto, influx = servers
    with scene.twin() as first:
        first.says("connected")
        with scene.plant() as plant, ThreadPoolExecutor(2) as hands:
            first.kill()
            wrong = [hands.submit(restart, mosquitto, trouble), hands.submit(take_away, influx, trouble)]
            with kill(scene, trouble) as last:
                for do in more:
                    do(last)
                for each in wrong:
                    each.result()
                published = plant.end(3600.0)
                assert published.code == 0, published.err
                assert_nothing_lost(scene, influx)
                ended = last.ask_to_stop()
    assert (ended.code, "Traceback" in ended.err) == (0, False), ended.err


def test_a_twin_killed_ten_times_between_a_restarting_broker_and_a_database_that_is_away_loses_nothing(
    tmp_path: Path, mosquitto: Broker, influx: Influx
) -> None:
    go_through(scene_of(tmp_path, QUICK, mosquitto, influx), QUICK, (mosquitto, influx))


def test_a_full_disk_loses_nothing(tmp_path: Path, mosquitto: Broker, influx: Influx) -> None:
    trouble = QUICK._replace(hours=1.5)
    scene = scene_of(tmp_path, trouble, mosquitto, influx)
    with scene.twin() as twin:
        twin.says("connected")
        with scene.plant() as plant:
            fill_disk(twin, FULL, 3.0)
            assert plant.end().code == 0
        assert_nothing_lost(scene, influx)
        ended = twin.ask_to_stop()
    assert ended.code == 0, ended.err
    assert ended.err.count("the disk is full") < 5


@pytest.mark.soak
def test_fifty_kills_ten_restarts_ten_minutes_without_a_database_and_a_full_disk_lose_nothing(
    tmp_path: Path, mosquitto: Broker, influx: Influx
) -> None:
    scene = scene_of(tmp_path, LONG, mosquitto, influx)
    go_through(scene, LONG, (mosquitto, influx), lambda twin: fill_disk(twin, scene.store.stat().st_size, 30.0))
