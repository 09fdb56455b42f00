"""The dashboard "Live line": as Grafana reads it, where its panels stand, and what InfluxDB answers them."""

from __future__ import annotations

import dataclasses
import json
import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from connectors.influxdb import InfluxDb
from connectors.line_protocol import line_of
from dashboards.live_line import CAUSES, TWIN, live_line
from dashboards.provision import documents
from support.influx import Influx
from support.panels import default_values, filled, panel_queries
from twin.events import STATES
from twin.kpi.definitions import KPIS
from twin.kpi.elements import WorkUnit
from twin.kpi.losses import losses_s
from twin.live.measurements import COMMON_TAGS, MEASUREMENTS
from twin.ports import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TICK = 1_795_507_200_000_000_000  # 2026-11-24 08:00 UTC
MINUTE, HOUR = 60 * 10**9, 3600 * 10**9
LINE = {"site": "france", "line": "ceiling-tiles"}
SHIFT = {"shift": "06:00-14:00", "day": "2026-11-24"}
WORK_UNIT = WorkUnit(**dict.fromkeys((field.name for field in dataclasses.fields(WorkUnit)), 1))
POLICY = {"policy": "standard 1"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return documents()["live-line"]


def kpi_points(end_ns: int, shift: dict[str, str], salt: float) -> Iterator[Point]:
    """Yield the KPIs of the line and two stations, every value another one."""
    for window in ("shift", "hour", "day"):
        for place, station in enumerate(("_line", "infeed", "split")):
            tags = {**LINE, **shift, **POLICY, "station": station, "window": window}
            if window == "day":
                tags["shift"] = "none"
            fields: dict[str, float | int | str] = {
                kpi.id: salt + place + number / 100 for number, kpi in enumerate(KPIS)
            }
            fields |= {"labour_cost_per_unit": salt + 0.31, "energy_cost_per_unit": salt + 0.08, "final": 0}
            yield Point("kpi", tags, fields, end_ns)


def points() -> Iterator[Point]:
    """Yield a point of every measurement at the latest tick, and older ones that must not be shown for it."""
    earlier = {"shift": "22:00-06:00", "day": "2026-11-23"}
    yield from kpi_points(TICK - HOUR, SHIFT, 500.0)
    yield from kpi_points(TICK - 3 * HOUR, earlier, 900.0)
    yield from kpi_points(TICK, SHIFT, 0.0)
    for place, cause in enumerate(CAUSES):
        yield Point("loss", {**LINE, **SHIFT, **POLICY, "cause": cause}, {"points": place / 100, "minutes": 1.0}, TICK)
    stop = {**LINE, **SHIFT, "station": "split", "state": "down", "reason": "blade"}
    yield Point("stop", stop, {"minutes": 11.5, "count": 3}, TICK)
    yield Point("stop", {**stop, **earlier, "reason": "belt"}, {"minutes": 77.0, "count": 1}, TICK - 3 * HOUR)
    yield Point("stop", {**stop, "state": "starved", "reason": "none"}, {"minutes": 99.0, "count": 9}, TICK)
    for machine in ("1", "2"):
        tags = {**LINE, "station": "infeed", "machine": machine}
        yield Point("state", tags, {"state": "starved", "code": STATES.index("starved"), "reason": ""}, TICK - MINUTE)
        yield Point("state", tags, {"state": "down", "code": STATES.index("down"), "reason": "skew"}, TICK)
    tags = {**LINE, "station": "split", "machine": "1"}
    yield Point("state", tags, {"state": "processing", "code": STATES.index("processing"), "reason": ""}, TICK)
    buffer = {**LINE, "buffer": "infeed->split"}
    yield Point(
        "buffer", buffer, {"level": 4, "capacity": 5, "share_full": 0.8, "mean_level": 3.5, "time_full": 0.1}, TICK
    )
    endless = {**LINE, "buffer": "source->infeed"}
    yield Point(
        "buffer", endless, {"level": 4, "capacity": -1, "share_full": -1.0, "mean_level": 3.5, "time_full": -1.0}, TICK
    )
    output = {"good_units": 10_240.0, "plan_units": 19_000.0, "plan_so_far": 10_450.0, "difference": -210.0}
    yield Point("output", {**LINE, **SHIFT}, output, TICK)
    foretold = {"p10": 17_900.0, "p50": 18_560.0, "p90": 18_980.0, "mean": 18_500.0, "plan": 19_000.0}
    chance = {"chance": 0.09, "chance_low": 0.06, "chance_high": 0.14}
    yield Point("forecast", {**LINE, **SHIFT}, {**foretold, **chance}, TICK)
    path = {"p10": 1.0, "p50": 2.0, "p90": 3.0, "plan_so_far": 19_000.0, "d10": -1100.0, "d50": -440.0, "d90": -20.0}
    yield Point("forecast_path", {**LINE, **SHIFT}, path, TICK + 6 * HOUR)
    score = {
        "forecasts": 100,
        "coverage": 0.78,
        "pinball": 41.0,
        "brier": 0.1,
        "actual": 18_200.0,
        "p50_first": 18_400.0,
    }
    yield Point("score", {**LINE, **earlier}, score, TICK - 2 * HOUR)
    stopped = {"text": "Stopped: blade", "reason": "blade", "seconds": 240.0}
    yield Point("event", {**LINE, "station": "split", "machine": "1", "kind": "down"}, stopped, TICK - HOUR)
    note = {"text": "No power", "reason": "mains", "seconds": 60.0}
    yield Point("event", {**LINE, "station": "_line", "machine": "_all", "kind": "note"}, note, TICK - 2 * HOUR)
    yield Point("twin", LINE, {name: number for number, name in enumerate(TWIN)}, TICK)


def known(name: str) -> float:
    """Return the value that the latest point has of a KPI of the line."""
    return [kpi.id for kpi in KPIS].index(name) / 100


EXPECTED: dict[str, list[object]] = {
    "OEE index, target 75%": [known("oee")],
    "Availability": [known("availability")],
    "Effectiveness": [known("effectiveness")],
    "Quality ratio": [known("quality")],
    "Output so far": [10_240.0, 10_450.0],
    "End of shift": [18_560.0, 17_900.0, 18_980.0],
    "Chance of the plan": [0.09, 0.06, 0.14],
    "Machine states": ["starved", "down", "processing", "starved", "down"],  # InfluxDB sorts by machine, then station
    "Output minus plan, P10 to P90": [-210.0, -1100.0, -440.0, -20.0],
    "OEE losses": [list(CAUSES).index(cause) / 100 for cause in sorted(CAUSES)],
    "Stops of the shift, min": [11.5],
    "Buffers, share full": [0.8],
    "Scrap ratio": [900 + known("scrap_ratio"), 500 + known("scrap_ratio"), known("scrap_ratio")],
    "Effectiveness by station": [
        salt + place + known("effectiveness") for place in (1, 2) for salt in (900.0, 500.0, 0.0)
    ],
    "Labour cost, EUR/unit": [900.31, 500.31, 0.31],
    "Energy per unit, kWh/unit": [salt + known("energy_per_unit") for salt in (900.0, 500.0, 0.0)],
    "Forecast and what came": [18_200.0, 18_400.0],
    "P10 to P90 held": [0.78],
    "Events": ["Stopped: blade", "No power"],
    "The twin itself": [0, 1, 2, 3, 4, 5],
}
"""What each panel must show, by its title, in the order of its questions and series."""


def write(server: Influx, made: Iterable[Point]) -> None:
    """Write points; each must be taken."""
    database = InfluxDb(server.settings())
    assert database.write([f"{' '.join(line_of(point))} {point.time_ns}" for point in made]) == []
    database.close()


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """Start an InfluxDB that holds the points."""
    with Influx(tmp_path_factory.mktemp("influx")) as server:
        write(server, points())
        yield server


def test_every_panel_shows_the_value_that_was_written(influx: Influx, document: dict[str, Any]) -> None:
    values = default_values(document, influx.query)
    shown: dict[str, list[object]] = {}
    for title, query in panel_queries(document, values, TICK - 8 * HOUR, TICK + 8 * HOUR):
        rows = influx.query(query)
        assert rows, f"{title} is empty: {query}"
        shown.setdefault(title, []).extend(row["text"] if "text" in row else list(row.values())[-1] for row in rows)

    assert shown.keys() == EXPECTED.keys()
    for title, expected in EXPECTED.items():
        assert shown[title] == pytest.approx(expected), title


def test_the_latest_shift_of_the_latest_day_is_chosen(influx: Influx, document: dict[str, Any]) -> None:
    values = default_values(document, influx.query)

    assert values == {**LINE, **SHIFT, **POLICY, "station": ["infeed", "split"]}


def test_an_earlier_shift_may_be_chosen_whatever_the_range_of_time(influx: Influx, document: dict[str, Any]) -> None:
    values = {**default_values(document, influx.query), "shift": "22:00-06:00", "day": "2026-11-23"}
    asked = dict(panel_queries(document, values, TICK, TICK + HOUR))

    [oee] = influx.query(asked["OEE index, target 75%"])
    [stop] = influx.query(asked["Stops of the shift, min"])
    assert oee["oee"] == pytest.approx(900 + known("oee"))
    assert (stop["reason"], stop["minutes"]) == ("belt", 77.0)


def test_notes_are_marked_on_every_course(influx: Influx, document: dict[str, Any]) -> None:
    [notes] = document["annotations"]["list"]
    query = filled(notes["target"]["query"], default_values(document, influx.query), TICK - 8 * HOUR, TICK)

    [note] = influx.query(query)
    assert (note["text"], note["tags"]) == ("No power", "_line")
    assert notes["target"]["resultFormat"] == "table"


def test_the_points_of_these_tests_are_those_that_a_twin_writes() -> None:
    for point in points():
        found = [each for each in MEASUREMENTS if each.name == point.name]
        assert set(point.tags) == {*COMMON_TAGS, *found[0].tags}, point.name
        fields = {field.name for each in found for field in each.fields}
        assert point.name == "kpi" or set(point.fields) == fields, point.name
    assert set(CAUSES) == set(losses_s(WORK_UNIT, {}))


def panel(document: dict[str, Any], title: str) -> dict[str, Any]:
    [found] = [each for each in document["panels"] if each["title"] == title]
    return dict(found)


def test_grafana_reads_it_as_it_was_built(document: dict[str, Any]) -> None:
    register_default_plugins()
    read = Dashboard.from_json(document)

    again = json.loads(JSONEncoder().encode(read))
    assert again["annotations"]["list"][0].pop("placement")  # the kit's, which Grafana does not take
    assert again == document
    assert len(read.panels or []) == len(list(live_line().build().panels or []))
    assert all(isinstance(each, Panel) for each in read.panels or [])


def test_it_is_built_to_the_same_bytes_each_time(document: dict[str, Any]) -> None:
    again = documents()["live-line"]

    assert json.dumps(again, sort_keys=True) == json.dumps(document, sort_keys=True)


def test_no_two_panels_overlap_and_none_leaves_the_page(document: dict[str, Any]) -> None:
    boxes = [(each["title"], each["gridPos"]) for each in document["panels"]]
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"] or a["y"] + a["h"] <= b["y"]
        assert apart or b["y"] + b["h"] <= a["y"], f"{one} and {other} overlap"
    assert max(box["x"] + box["w"] for _, box in boxes) == 24
    area = sum(box["w"] * box["h"] for _, box in boxes)
    height = max(box["y"] + box["h"] for _, box in boxes)
    assert area == 24 * height  # no gaps


def test_every_panel_says_what_it_means_and_in_which_unit(document: dict[str, Any]) -> None:
    without_unit = {"Machine states", "Events", "Alerts"}
    for each in document["panels"]:
        assert each["description"].endswith((".", "tell.")), each["title"]
        if each["title"] not in without_unit:
            assert each["fieldConfig"]["defaults"]["unit"], each["title"]


def test_numbers_of_each_panel_have_ids_of_their_own(document: dict[str, Any]) -> None:
    ids = [each["id"] for each in document["panels"]]

    assert sorted(ids) == list(range(1, len(ids) + 1))


def test_every_state_has_its_code_and_colour_and_running_is_muted(document: dict[str, Any]) -> None:
    [mapping] = panel(document, "Machine states")["fieldConfig"]["defaults"]["mappings"]
    looks = mapping["options"]

    assert set(looks) == set(STATES)
    assert looks["processing"] == {"text": "RUN", "color": "#3E6E91", "index": 0}
    assert len({look["color"] for look in looks.values()}) == len(STATES)


def test_no_value_is_a_dash_and_not_minus_one(document: dict[str, Any]) -> None:
    for title in ("OEE index, target 75%", "End of shift", "Chance of the plan"):
        [mapping] = panel(document, title)["fieldConfig"]["defaults"]["mappings"]
        assert mapping["options"]["-1"]["text"] == "–"


def test_another_target_and_another_data_source() -> None:
    found = documents(0.6, "my-influx")["live-line"]
    oee = found["panels"][0]

    assert oee["title"] == "OEE index, target 60%"
    assert oee["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == pytest.approx(0.6)
    text = json.dumps(found)
    assert "my-influx" in text
    assert '"uid": "line-twin"' not in text


def test_a_missing_value_leaves_a_course_and_is_not_drawn_below_zero(influx: Influx, document: dict[str, Any]) -> None:
    tags = {**LINE, **SHIFT, **POLICY, "station": "_line", "window": "hour"}
    unknown = Point("kpi", tags, {kpi.id: -1.0 for kpi in KPIS} | {"final": 0}, TICK - 30 * MINUTE)
    write(influx, [unknown])
    values = default_values(document, influx.query)
    asked = dict(panel_queries(document, values, TICK - 8 * HOUR, TICK + 8 * HOUR))

    rows = influx.query(asked["Scrap ratio"])
    assert len(rows) == 3
    assert min(row["scrap_ratio"] for row in rows) >= 0
    assert not math.isnan(rows[0]["scrap_ratio"])
