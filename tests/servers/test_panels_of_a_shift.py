"""Every panel of the dashboard shows what came of a simulated shift that reached the database through the live twin."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from connectors.store_reading import StoreReader
from dashboards.provision import documents
from support.influx import Influx
from support.live import Scene, settled, undisturbed
from support.mosquitto import Broker
from support.panels import default_values, panel_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.live import Points
    from twin.live.picture import Forecast, Row

HOUR_NS = 3_600_000_000_000
LOOKED_BACK, AHEAD = 8 * HOUR_NS, 8 * HOUR_NS
"""The range of time that the dashboard opens with."""
BY_THE_HOUR = {
    "Scrap ratio": "scrap_ratio",
    "Labour cost, EUR/unit": "labour_cost_per_unit",
    "Energy per unit, kWh/unit": "energy_per_unit",
}
FACTORS = {
    "OEE index, target 75%": "oee",
    "Availability": "availability",
    "Effectiveness": "effectiveness",
    "Quality ratio": "quality",
}
BOOKS = ("events", "quarantine", "contradictions", "too_late", "outbox", "dead")


class Shown(NamedTuple):
    """What the panels were answered by title and field, and what the twin has kept."""

    panels: dict[tuple[str, str], list[dict[str, Any]]]
    points: Points
    rows: dict[str, list[Row]]
    forecasts: list[Forecast]
    scores: list[dict[str, Any]]
    events: int
    end_ns: int

    def one(self, title: str, field: str) -> float:
        """Return the one number that a panel shows."""
        (row,) = self.panels[title, field]
        return float(row[field])

    def last(self, title: str, field: str) -> float:
        """Return the last number of a panel's course."""
        return float(self.panels[title, field][-1][field])

    def row(self, window: str, station: str | None) -> Row:
        """Return the last KPIs of a window."""
        return max((row for row in self.rows[window] if row.station == station), key=lambda row: row.end_s)

    def latest(self, name: str, field: str, *by: str, **tags: str) -> dict[tuple[str, ...], Any]:
        """Return a field of the points that an undisturbed twin makes at the last tick, by tags."""
        return {
            tuple(dict(held)[tag] for tag in by): fields[field]
            for (measurement, held, time_ns), fields in self.points.items()
            if measurement == name and time_ns == self.end_ns and set(tags.items()) <= held
        }

    def grouped(self, title: str, field: str, *by: str) -> dict[tuple[str, ...], Any]:
        """Return the last value that a panel shows of each group."""
        return {tuple(row[tag] for tag in by): row[field] for row in self.panels[title, field]}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Run a shift and an hour of the next, with forecasts, and ask what the panels ask."""
    folder = tmp_path_factory.mktemp("panels")
    with Broker(folder / "mosquitto") as broker, Influx(folder / "influx") as influx:
        scene = Scene(
            folder, "three_stations", broker.url, influx.url, hours=8.55, start_h=5.99, speed="2400", seed=8,
            options=("--replications", "20"),
        )  # fmt: skip
        with scene.twin() as twin:
            twin.says("connected")
            with scene.plant() as plant:
                published = plant.end()
            assert published.code == 0, published.err
            told = scene.published()
            settled(scene.store, len(told), idle_s=2.0)
            ended = twin.ask_to_stop()
        assert ended.code == 0, ended.err
        yield look(scene, influx, undisturbed(scene, told), len(told))


def look(scene: Scene, influx: Influx, points: Points, events: int) -> Shown:
    """Ask the database all that the dashboard asks."""
    document = documents()["live-line"]
    end_ns = max(time_ns for (name, _, time_ns) in points if name == "kpi")
    values = default_values(document, influx.query)
    panels: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for title, query in panel_queries(document, values, end_ns - LOOKED_BACK, end_ns + AHEAD):
        rows = influx.query(query)
        assert rows, f"{title} shows nothing: {query}"
        selected = query.split(" FROM ", maxsplit=1)[0]
        panels |= {(title, name): rows for name in rows[0] if f'"{name}"' in selected}
    with closing(StoreReader(scene.store)) as kept:
        rows_of = {window: kept.kpis(window) for window in ("shift", "hour", "day")}
        scores = [score for _, score in kept.scores()]
        return Shown(panels, points, rows_of, kept.forecasts(), scores, events, end_ns)


def test_the_indices_are_those_of_the_station_that_oee_is_measured_at(shown: Shown) -> None:
    line = shown.row("shift", None)
    rows = [row.values for row in shown.rows["shift"] if row.end_s == line.end_s]
    factors = [{name: row.get(name) for name in FACTORS.values()} for row in rows]
    assert {name: shown.one(title, name) for title, name in FACTORS.items()} in factors
    assert 0 < shown.one("OEE index, target 75%", "oee") < 1


def test_output_is_that_of_the_shift_so_far_beside_its_share_of_the_plan(shown: Shown) -> None:
    row = shown.row("shift", None)
    good, so_far = (shown.one("Output so far", name) for name in ("good_units", "plan_so_far"))
    assert good == row.extras["good_units"] > 0
    assert so_far == shown.latest("output", "plan_so_far")[()] > 0
    assert shown.last("Output minus plan, P10 to P90", "difference") == pytest.approx(good - so_far)


def test_the_end_of_the_shift_is_as_the_last_forecast_has_it(shown: Shown) -> None:
    last = shown.forecasts[-1]
    assert [shown.one("End of shift", name) for name in ("p10", "p50", "p90")] == [last.p10, last.p50, last.p90]
    chance = [shown.one("Chance of the plan", name) for name in ("chance", "chance_low", "chance_high")]
    assert chance == [last.chance, last.chance_low, last.chance_high]
    for name, value in zip(("d10", "d50", "d90"), last.path[-1][1:], strict=True):
        assert shown.last("Output minus plan, P10 to P90", name) == pytest.approx(value - (last.plan or 0.0))


def test_losses_and_stops_are_those_of_the_shift(shown: Shown) -> None:
    lost = shown.grouped("OEE losses", "points", "cause")
    assert lost == shown.latest("loss", "points", "cause")
    assert sum(lost.values()) == pytest.approx(1 - shown.one("OEE index, target 75%", "oee"), rel=1e-9)
    stops = shown.grouped("Stops of the shift, min", "minutes", "station", "state", "reason")
    told = shown.latest("stop", "minutes", "station", "state", "reason")
    assert stops == {key: told[key] for key in stops}
    assert any(stops.values())


def test_states_and_buffers_are_as_they_stand(shown: Shown) -> None:
    states = shown.grouped("Machine states", "state", "station", "machine")
    assert states == shown.latest("state", "state", "station", "machine")
    full = shown.grouped("Buffers, share full", "share_full", "buffer")
    assert full == {key: share for key, share in shown.latest("buffer", "share_full", "buffer").items() if share >= 0}


def test_courses_end_with_the_last_hour(shown: Shown) -> None:
    of_line = {"window": "hour", "station": "_line"}
    for title, name in BY_THE_HOUR.items():
        assert shown.last(title, name) == shown.latest("kpi", name, **of_line)[()] > 0
    stations = shown.grouped("Effectiveness by station", "effectiveness", "station")
    assert stations == {
        key: value
        for key, value in shown.latest("kpi", "effectiveness", "station", window="hour").items()
        if key != ("_line",)
    }


def test_the_shift_that_ended_stands_beside_what_was_foretold(shown: Shown) -> None:
    (score,) = shown.scores
    ended = next(row for row in shown.rows["shift"] if row.final and row.station is None and row.shift == "06:00-14:00")
    assert shown.one("Forecast and what came", "actual") == score["actual"] == ended.extras["good_units"]
    assert shown.one("Forecast and what came", "p50_first") == score["p50_first"]
    assert shown.one("P10 to P90 held", "coverage") == pytest.approx(score["coverage"])


def test_events_are_the_last_stops(shown: Shown) -> None:
    rows = shown.panels["Events", "text"]
    told = sorted(
        (
            (time_ns, fields["text"])
            for (name, _, time_ns), fields in shown.points.items()
            if name == "event" and time_ns >= shown.end_ns - LOOKED_BACK
        ),
        reverse=True,
    )
    assert sorted(((row["time"], row["text"]) for row in rows), reverse=True) == told[: len(rows)]
    assert rows


def test_the_twins_books_are_in_order(shown: Shown) -> None:
    books = {name: shown.one("The twin itself", name) for name in BOOKS}
    assert books.pop("events") == pytest.approx(shown.events, rel=0.01)
    assert books.pop("outbox") < 5_000
    assert not any(books.values())


def test_no_panel_is_left_out(shown: Shown) -> None:
    looked_at = {*FACTORS, *BY_THE_HOUR} | {
        "Output so far", "Output minus plan, P10 to P90", "End of shift", "Chance of the plan", "OEE losses",
        "Stops of the shift, min", "Machine states", "Buffers, share full", "Effectiveness by station",
        "Forecast and what came", "P10 to P90 held", "Events", "The twin itself",
    }  # fmt: skip
    assert {title for title, _ in shown.panels} == looked_at
