"""How a live twin begins and ends: what is wrong is said in a sentence; a stop is quick and leaves nothing undone."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from connectors.store import Store
from connectors.store_reading import StoreReader
from support.live import Program, Scene, assert_told_once, becomes, settled, undisturbed, written
from support.mosquitto import PASSWORD, Broker, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from support.influx import Influx

LINE = "three_stations"
STOPS_S = 5.0
"""How long a twin may take to end [s]."""


def scene_of(folder: Path, mosquitto: Broker, influx: str | None = None) -> Scene:
    """A plant of an hour and a half that takes some eight seconds."""
    return Scene(folder, LINE, mosquitto.url, influx, 1.5, 5.98, "720")


def refused(folder: Path, *options: object, **environment: str) -> str:
    """Start a twin that must refuse, and return its one sentence; before it, it may have said that it tries again."""
    with Program(folder, "live", LINE, *options, environment=environment) as program:
        ended = program.end(30.0)
    assert (ended.code, ended.out) == (2, ""), ended.err
    *before, said = ended.err.splitlines()
    assert all(sentence.endswith("; trying again") for sentence in before), ended.err
    return str(said)


# The end


@pytest.mark.parametrize("hangs", [False, True])
def test_a_twin_that_is_asked_to_stop_ends_at_once_and_goes_on_later(
    tmp_path: Path, mosquitto: Broker, influx: Influx, *, hangs: bool
) -> None:
    scene = scene_of(tmp_path, mosquitto, influx.url)
    with scene.twin("--replications", "2000") as twin:
        twin.says("connected")
        with scene.plant() as plant:
            until(scene, 3_000)
            if hangs:
                influx.freeze()
                time.sleep(1.0)
            ended = twin.ask_to_stop()
            assert (ended.code, ended.took_s < STOPS_S, "Traceback" in ended.err) == (0, True, False), ended
            whole(scene.store)
            if hangs:
                influx.thaw()
            with scene.twin() as again:
                assert plant.end().code == 0
                told = scene.published()
                settled(scene.store, len(told))
                apart = {"twin", "forecast", "forecast_path", "score"}
                becomes(lambda: written(influx, apart=apart), undisturbed(scene, told))
                assert again.ask_to_stop().code == 0
    with closing(StoreReader(scene.store)) as kept:
        assert_told_once(kept.events(), told)


def until(scene: Scene, events: int) -> None:
    """Wait until a store holds so many events."""
    limit = time.monotonic() + 60.0
    while time.monotonic() < limit:
        if scene.store.exists():
            with closing(sqlite3.connect(scene.store)) as db:
                if db.execute("SELECT count(*) FROM event").fetchone()[0] >= events:
                    return
        time.sleep(0.05)
    pytest.fail(f"no {events} events within a minute")


def whole(store: Path) -> None:
    """Assert that a store is whole, and free for the next."""
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(Store(store, "three-stations")):
        pass


def test_a_twin_that_waits_for_its_broker_ends_at_once_too(tmp_path: Path) -> None:
    address = f"mqtt://127.0.0.1:{free_port()}"
    with Program(tmp_path, "live", LINE, "--mqtt", address, "--replications", "0") as twin:
        twin.says(f"{address}: cannot be reached (Connection refused); trying again")
        ended = twin.ask_to_stop()
    assert (ended.code, ended.took_s < STOPS_S) == (0, True), ended


# The beginning


def test_a_broker_that_comes_later_is_found(tmp_path: Path, mosquitto: Broker) -> None:
    mosquitto.stop()
    with scene_of(tmp_path, mosquitto).twin() as twin:
        twin.says("trying again")
        mosquitto.start()
        twin.says(f"{mosquitto.url}: connected")
        assert twin.ask_to_stop().code == 0


def test_a_wrong_password_is_refused(tmp_path: Path, mosquitto: Broker) -> None:
    said = refused(tmp_path, "--mqtt", mosquitto.guarded_url, TWIN_MQTT_PASSWORD=PASSWORD[::-1])
    assert said == (
        f'{mosquitto.guarded_url}: the broker refuses the user "plant" or the password (not authorized); '
        "write mqtt://USER@HOST and set TWIN_MQTT_PASSWORD"
    )
    assert "without a user" in refused(tmp_path / "nobody", "--mqtt", f"mqtt://127.0.0.1:{mosquitto.guarded}")


def test_wrong_tls_is_refused(tmp_path: Path, mosquitto: Broker) -> None:
    assert "certificate cannot be trusted" in refused(tmp_path / "a", "--mqtt", mosquitto.tls_url)
    plain = f"mqtts://127.0.0.1:{mosquitto.open}"
    said = refused(tmp_path / "b", "--mqtt", plain, TWIN_MQTT_CA=str(mosquitto.ca))
    assert said.startswith(f"{plain}: shuts every connection without an answer; is it a broker")
    assert "mqtts://" in refused(tmp_path / "c", "--mqtt", f"mqtt://127.0.0.1:{mosquitto.tls}")


@pytest.mark.parametrize("wrong", ["away", "token"])
def test_a_database_that_takes_no_points_is_told_and_waited_for(
    tmp_path: Path, mosquitto: Broker, influx: Influx, wrong: str
) -> None:
    scene = scene_of(tmp_path, mosquitto, influx.url)._replace(speed="max", hours=0.5)
    if wrong == "away":
        influx.stop()
    token = {"TWIN_INFLUX_TOKEN": "wrong"} if wrong == "token" else {}
    with scene.twin(**token) as twin:
        sentence = "InfluxDB answers 502" if wrong == "away" else "the token is refused; set TWIN_INFLUX_TOKEN"
        with scene.plant() as plant:
            assert plant.end().code == 0
        told = scene.published()
        until(scene, len(told))
        twin.says(sentence)
        ended = twin.ask_to_stop()
        assert (ended.code, ended.took_s < STOPS_S) == (0, True), ended
    if wrong == "away":
        influx.start()
    with scene.twin() as again:
        settled(scene.store, len(told))
        becomes(lambda: written(influx), undisturbed(scene, told))
        assert again.ask_to_stop().code == 0


def test_a_store_that_is_not_its_own_is_refused(tmp_path: Path, mosquitto: Broker) -> None:
    where = ("--mqtt", mosquitto.url, "--replications", "0", "--store")
    newer, other, foreign = (tmp_path / name for name in ("newer.sqlite", "other.sqlite", "text.sqlite"))
    with closing(Store(newer, "three-stations")):
        pass
    with closing(sqlite3.connect(newer)) as db:
        db.execute("PRAGMA user_version = 99")
    with closing(Store(other, "machine-shop")):
        pass
    foreign.write_text("no database\n" * 1000, encoding="utf-8")
    assert f"{newer}: the store is of a newer version (99; this" in refused(tmp_path / "a", *where, newer)
    assert f"{other}: the store holds the line machine-shop, not" in refused(tmp_path / "b", *where, other)
    assert f"{foreign}: this is no store" in refused(tmp_path / "c", *where, foreign)
    nowhere = tmp_path / "no folder" / "store.sqlite"
    assert f"{nowhere}: " in refused(tmp_path / "d", *where, nowhere)


def test_a_second_twin_on_the_store_is_refused_and_the_first_goes_on(tmp_path: Path, mosquitto: Broker) -> None:
    scene = scene_of(tmp_path, mosquitto)
    with scene.twin() as twin:
        twin.says("connected")
        said = refused(tmp_path / "second", "--mqtt", mosquitto.url, "--store", scene.store)
        assert said == f"{scene.store}: another live twin writes this store; stop it, or name another file"
        assert twin.running
        assert twin.ask_to_stop().code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--policy", "strict"), "strict"),
        (("--every", "soon"), "--every"),
        (("--until-idle", "0 s"), "--until-idle"),
        (("--site", "atlantis"), "atlantis"),
        (("--topic", "plant/#"), "--topic"),
        (("--mqtt", "http://127.0.0.1"), "http://127.0.0.1"),
        (("--mqtt", "mqtt://plant:secret@127.0.0.1"), "put it into the environment"),
        (("--mqtt", "mqtt://nowhere.invalid"), "nowhere.invalid"),
        (("--influx", "mqtt://127.0.0.1"), "mqtt://127.0.0.1"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, options: tuple[str, str], says: str) -> None:
    given = options if "--mqtt" in options else ("--mqtt", f"mqtt://127.0.0.1:{free_port()}", *options)
    said = refused(tmp_path, *given)
    assert says in said
    assert "secret" not in said
