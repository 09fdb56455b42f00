"""The loop closes: what the live twin tells of a plant, in its store and in InfluxDB, the plant counted itself."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from paho.mqtt import subscribe as paho_subscribe

import lines
from connectors.store_reading import StoreReader
from support.live import Scene, assert_told_once, settled, written
from twin.engine.simulation import simulate
from twin.kpi.definitions import values
from twin.kpi.elements import machines_of, whole_line, work_unit
from twin.live.measurements import NO_VALUE, NONE, WHOLE_LINE
from twin.units import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.influx import Influx
    from support.live import Points
    from support.mosquitto import Broker
    from twin.line.scenario import Scenario
    from twin.live.picture import Row


HOUR = 3600.0


class Stretch(NamedTuple):
    """How long a line runs from Monday 00:00 [h], how often the twin tells of it, and how many shifts end meanwhile."""

    hours: float
    every: str
    shifts: int


OF = {
    "ceiling_tiles": Stretch(0.75, "15 min", 0),
    "three_stations": Stretch(14.5, "10 min", 1),
    "bracket_shop": Stretch(31, "15 min", 2),
    "machine_shop": Stretch(26.5, "1 h", 3),
}
FAULTS = ("--late", "2 %", "--doubled", "2 %", "--disordered", "2 %", "--dropped", "8")
OF_A_PARTS_WAY = {"lead_time", "first_pass_ratio", "rework_ratio"}
WHOLE_SHIFTS = {"ceiling_tiles": Stretch(14.5, "1 min", 2), "three_stations": Stretch(120, "1 min", 14)}


def close_the_loop(name: str, stretch: Stretch, folder: Path, servers: tuple[Broker, Influx], *faults: str) -> Scene:
    """Run plant and twin, and hold what came of it against the engine's own count."""
    mosquitto, influx = servers
    every = ("--every", stretch.every)
    scene = Scene(folder, name, mosquitto.url, influx.url, stretch.hours, options=every)
    with scene.twin() as twin, scene.plant(*faults) as plant:
        published = plant.end()
        assert published.code == 0, published.err
        told = scene.published()
        assert f"Published {len(told) + doubled(published.err):,} events" in published.err
        settled(scene.store, len(told), every_s=parse(stretch.every))
        ended = twin.ask_to_stop()
    assert ended.code == 0, ended.err
    with closing(StoreReader(scene.store)) as kept:
        assert_told_once(kept.events(), told)
        rows = [row for window in ("shift", "hour", "day") for row in kept.kpis(window)]
        counts, epoch_ns = kept.counts(), kept.epoch_ns or 0
    assert (counts.quarantine, counts.dead_letters, counts.outbox) == (0, 0, 0)
    assert_the_engines_own(scene, [row for row in rows if row.window == "shift"], stretch.shifts)
    points = {key: fields for key, fields in written(influx).items() if key[0] == "kpi"}
    assert_in_influx(scene, rows, epoch_ns, points)
    assert_course_is_the_engines_own(scene, epoch_ns, points)
    return scene


def doubled(counted: str) -> int:
    """Return how many events a plant says it published twice."""
    words = counted.split(" of them twice", maxsplit=1)[0].split()
    return int(words[-1].replace(",", "")) if " of them twice" in counted else 0


def assert_the_engines_own(scene: Scene, rows: list[Row], shifts: int) -> None:
    """Assert that the KPIs of every shift, whole and so far, are those of the engine to 1e-9."""
    described = scene.watched.scenario
    spans = {(row.start_s, row.end_s): row.final for row in rows}
    assert sum(spans.values()) >= shifts
    for start_s, end_s in spans:
        of_span = {row.station: row.values for row in rows if (row.start_s, row.end_s) == (start_s, end_s)}
        assert set(of_span) == {*described.line.stations, None}
        for station, expected in own_values(described, start_s, end_s).items():
            assert_close(of_span[station], expected, station)


def own_values(described: Scenario, start_s: float, end_s: float) -> dict[str | None, dict[str, float | None]]:
    """Return the KPIs of each station and of the line (None) as the engine counts them in a span [s]."""
    own, line = simulate(described, warmup=start_s, horizon=end_s - start_s)[0].accounts, described.line
    found: dict[str | None, dict[str, float | None]] = {
        name: values(work_unit(own, machines_of(own, name))) for name in line.stations
    }
    return found | {None: values(whole_line(own, per_part=line.product.per_part))}


def assert_close(told: Mapping[str, float | None], expected: Mapping[str, float | None], station: str | None) -> None:
    """Assert that the KPIs of a station, or of the line, are as expected, to 1e-9."""
    for kpi, value in expected.items():
        found = told[kpi]
        if value is None or found is None:
            assert (value, found) == (None, None), (station, kpi)
        else:
            np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12, err_msg=f"{station} {kpi}")


def assert_in_influx(scene: Scene, rows: list[Row], epoch_ns: int, points: Points) -> None:
    """Assert that each row stands in the database as a point with just these values."""
    watched = scene.watched
    for row in rows:
        tags = {
            "site": watched.site.name, "line": watched.scenario.line.line, "station": row.station or WHOLE_LINE,
            "window": row.window, "shift": row.shift or NONE, "day": row.day or NONE, "policy": row.policy,
        }  # fmt: skip
        fields = points["kpi", frozenset(tags.items()), epoch_ns + round(row.end_s * 1e9)]
        expected = {**row.values, **row.extras, "final": int(row.final)}
        assert set(row.values) <= set(fields)
        told = {name: NO_VALUE if value is None else value for name, value in expected.items() if name in fields}
        assert {name: fields[name] for name in told} == told


def assert_course_is_the_engines_own(scene: Scene, epoch_ns: int, points: Points) -> None:
    """Assert that what the database holds of a moment amid a shift is what the engine counts up to it."""
    described, calendar = scene.watched.scenario, scene.watched.calendar
    moments = sorted({
        time_ns for _, tags, time_ns in points
        if ("window", "shift") in tags and ("shift", NONE) not in tags and calendar.shift_at(time_ns) is not None
    })  # fmt: skip
    at_ns = moments[len(moments) // 3]
    shift = calendar.shift_at(at_ns - 1)
    assert shift is not None
    start_s = max(0.0, (shift.start_ns - epoch_ns) / 1e9)
    for station, expected in own_values(described, start_s, (at_ns - epoch_ns) / 1e9).items():
        (fields,) = [
            fields for (_, tags, time_ns), fields in points.items()
            if time_ns == at_ns and {("window", "shift"), ("station", station or WHOLE_LINE)} <= tags
        ]  # fmt: skip
        told = {kpi: None if fields[kpi] == NO_VALUE else fields[kpi] for kpi in expected}
        assert_close(told, expected, station)


@pytest.mark.parametrize("name", lines.names())
def test_what_the_twin_tells_is_what_the_plant_counted(
    name: str, tmp_path: Path, mosquitto: Broker, influx: Influx
) -> None:
    close_the_loop(name, OF[name], tmp_path, (mosquitto, influx))


def test_events_late_doubled_out_of_order_and_over_a_bad_connection_change_nothing(
    tmp_path: Path, mosquitto: Broker, influx: Influx
) -> None:
    scene = close_the_loop("three_stations", Stretch(7.2, "1 min", 0), tmp_path, (mosquitto, influx), *FAULTS)
    said = (tmp_path / "plant.err").read_text()
    assert all(word in said for word in ("twice", "late", "out of order", "the connection lost")), said
    with closing(StoreReader(scene.store)) as kept:
        found = kept.checkpoint_before()
    assert found is not None
    assert found[1]["too_late"] == 0


def test_a_twin_that_joins_in_mid_shift_takes_what_the_broker_retains(tmp_path: Path, mosquitto: Broker) -> None:
    scene = Scene(tmp_path, "three_stations", mosquitto.url, None, hours=3, start_h=5.98, speed="600")
    with scene.plant("--no-wait") as plant:
        # The first part that is made.
        paho_subscribe.simple("+/+/+/+/+/part", hostname="127.0.0.1", port=mosquitto.open, retained=False)
        with scene.twin("--until-idle", "3 s") as twin:
            twin.says("connected")
            assert plant.end().code == 0
            assert twin.end().code == 0
    told = scene.published()
    with closing(StoreReader(scene.store)) as kept:
        held = list(kept.events())
        rows = [row for row in kept.kpis("shift") if row.shift == "06:00-14:00"]
        found = kept.checkpoint_before()
    assert found is not None
    live = [event.sequence for event in held if event.time > found[1]["begun_s"]]
    assert sorted(live) == list(range(min(live), len(told))), "from the first that came, all came"
    assert {event.kind for event in held if event.time < found[1]["begun_s"]} == {"state", "level", "crew"}
    (span,) = {(row.start_s, row.end_s) for row in rows}
    assert span[0] == found[1]["begun_s"] > 6 * HOUR
    down = sum(event.fields.get("state") == "down" for event in held if event.time < span[0])
    for station, own in own_values(scene.watched.scenario, *span).items():
        expected = own
        (told_of,) = (dict(row.values) for row in rows if row.station == station)
        if station is None:
            # Of a part from before nobody knows when it came, what befell it, nor that a machine that is down has it.
            missing = (own.pop("wip") or 0.0) - (told_of.pop("wip") or 0.0)
            assert missing == pytest.approx(round(missing), abs=1e-6)
            assert 0 <= round(missing) <= down
            expected = {kpi: value for kpi, value in own.items() if kpi not in OF_A_PARTS_WAY}
        assert_close(told_of, expected, station)


@pytest.mark.soak
@pytest.mark.parametrize("name", WHOLE_SHIFTS)
def test_whole_shifts_of_the_busy_lines(name: str, tmp_path: Path, mosquitto: Broker, influx: Influx) -> None:
    close_the_loop(name, WHOLE_SHIFTS[name], tmp_path, (mosquitto, influx))
