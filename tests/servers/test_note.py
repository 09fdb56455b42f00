"""What people say of a stop, with `twin note`: the KPIs and points of that time are made again, as if always known."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from connectors.store_reading import StoreReader
from support.live import MONDAY, Program, Scene, becomes, settled, undisturbed, written

if TYPE_CHECKING:
    from pathlib import Path

    from support.influx import Influx
    from support.mosquitto import Broker
    from twin.events import Event
    from twin.live.picture import Row

POLICY = "name: cleaned\nversion: 1\nreasons: {cleaning: maintenance}\n"


def row_of(store: Path, window: str, station: str) -> Row:
    """Return the last KPIs of a station in the shift from 06:00."""
    with closing(StoreReader(store)) as kept:
        return [row for row in kept.kpis(window) if (row.station, row.shift) == (station, "06:00-14:00")][-1]


def say(scene: Scene, *options: object) -> str:
    """Let somebody say what a stop was, and return what is answered."""
    with Program(
        scene.folder / "note", "note", scene.line, "--mqtt", scene.mqtt, "--store", scene.store, *options
    ) as note:
        ended = note.end(30.0)
    assert (ended.code, ended.err) == (0, ""), ended.err
    return ended.out


def first_stop(told: list[Event]) -> tuple[float, float]:
    """Return when the press first stood still in the shift [s]."""
    states = [event for event in told if event.kind == "state" and event.station == "press"]
    start = next(event for event in states if event.fields["state"] in ("down", "waiting_repair"))
    of_machine = [event for event in states if event.machine == start.machine and event.time > start.time]
    return start.time, next(
        event.time for event in of_machine if event.fields["state"] not in ("down", "waiting_repair")
    )


def at(time_s: float) -> datetime:
    return MONDAY + timedelta(seconds=time_s)


def test_a_note_changes_the_kpis_and_points_of_its_time(tmp_path: Path, mosquitto: Broker, influx: Influx) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    options = ("--policy", str(tmp_path / "policy.yaml"))
    scene = Scene(
        tmp_path, "three_stations", mosquitto.url, influx.url, hours=1.5, start_h=5.98, seed=8, options=options
    )
    with scene.twin() as twin:
        with scene.plant() as plant:
            assert plant.end().code == 0
        told = scene.published()
        settled(scene.store, len(told))
        before, points = row_of(scene.store, "shift", "press"), written(influx)
        assert points == undisturbed(scene, told)
        start_s, end_s = first_stop(told)
        middle_s = (start_s + end_s) / 2
        where = ("--station", "press", "--at", at(middle_s).isoformat())
        answer = say(scene, *where, "--reason", "cleaning", "--text", "nozzles")
        assert "cleaning, from" in answer
        settled(scene.store, len(told) + 1)
        becomes(lambda: written(influx), undisturbed(scene, told, notes_of(scene.store)))
        after = row_of(scene.store, "shift", "press")
        assert after.extras["down"] == pytest.approx(before.extras["down"] - (end_s - start_s), abs=1e-6)
        assert after.extras["maintenance"] == pytest.approx(end_s - start_s, abs=1e-6)
        assert after.extras["planned_busy_s"] < before.extras["planned_busy_s"]
        assert after.values["availability"] != before.values["availability"]
        # Said again, of its second half only: the stop is split.
        say(scene, *where, "--reason", "jam", "--from", at(middle_s).isoformat(timespec="seconds"))
        settled(scene.store, len(told) + 2)
        becomes(lambda: written(influx), undisturbed(scene, told, notes_of(scene.store)))
        split = row_of(scene.store, "shift", "press")
        assert before.extras["down"] > split.extras["down"] > after.extras["down"]
        assert twin.ask_to_stop().code == 0


def notes_of(store: Path) -> list[Event]:
    with closing(StoreReader(store)) as kept:
        return kept.notes()


def test_a_note_while_the_twin_is_away_waits_for_it(tmp_path: Path, mosquitto: Broker, influx: Influx) -> None:
    scene = Scene(tmp_path, "three_stations", mosquitto.url, influx.url, hours=1.5, start_h=5.98, seed=8)
    with scene.twin() as twin:
        with scene.plant() as plant:
            assert plant.end().code == 0
        told = scene.published()
        settled(scene.store, len(told))
        twin.kill()
    start_s, end_s = first_stop(told)
    say(scene, "--station", "press", "--at", at((start_s + end_s) / 2).isoformat(), "--reason", "cutter_jam")
    with scene.twin() as twin:
        settled(scene.store, len(told) + 1)
        notes = notes_of(scene.store)
        assert [note.fields["reason"] for note in notes] == ["cutter_jam"]
        becomes(lambda: written(influx), undisturbed(scene, told, notes))
        assert twin.ask_to_stop().code == 0
