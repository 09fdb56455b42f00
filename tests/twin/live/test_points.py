"""Points: all that the scheme names, of the types it names, with the mirror's own values, and the same when remade."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from math import isclose
from typing import TYPE_CHECKING, Any

import pytest

import lines
from support.mirrored import EPOCH_NS, HOUR, UNTIL_H, feed, line_of, mirror_of, run_of
from support.priced import site
from twin.economics.unit_cost import prices_of, unit_cost, year_of
from twin.errors import InputError
from twin.events import STATES, Event
from twin.line.site import load_site
from twin.live.measurements import COMMON_TAGS, MEASUREMENTS, NO_VALUE, TAGS
from twin.live.picture import Forecast, Score, Stop, Tick
from twin.live.points import (
    SECOND,
    Origin,
    forecast_points,
    line_row,
    note_point,
    origin,
    score_points,
    tick_points,
    twin_point,
)
from twin.live.shift_calendar import Shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.events import Value
    from twin.live.mirror import Mirror
    from twin.ports import Point

PLAN = 19_000.0


def source_of(name: str, plan: float | None = PLAN) -> Origin:
    mirror = mirror_of(line_of(name))
    return origin(line_of(name), load_site(lines.site_path("france")), mirror.calendar, EPOCH_NS, lambda _: plan)


@cache
def mirrored(name: str) -> tuple[Mirror, list[Tick]]:
    mirror = mirror_of(line_of(name))
    return mirror, feed(mirror, run_of(name, UNTIL_H[name] * HOUR)[1])


def shift(start_s: float = 0.0) -> Shift:
    start_ns = EPOCH_NS + round(start_s * SECOND)
    return Shift("2023-11-13", "06:00-14:00", start_ns, start_ns + 8 * 3600 * SECOND)


def forecast(plan: float | None = PLAN) -> Forecast:
    path = ((4 * HOUR, 9_000.0, 9_400.0, 9_700.0), (8 * HOUR, 17_900.0, 18_560.0, 18_980.0))
    made = Forecast(3 * HOUR, shift(), 17_900.0, 18_560.0, 18_980.0, 18_500.0, plan, 0.09, 0.06, 0.14, path, "digest")
    return made if plan is not None else made._replace(chance=None, chance_low=None, chance_high=None)


def score(brier: float | None = 0.02) -> Score:
    return Score(shift(), 100, 0.78, 41.0, brier, 18_400.0, 18_560.0)


def of(points: Iterable[Point], name: str, **tags: str) -> list[Point]:
    wanted = tags.items()
    return [point for point in points if point.name == name if wanted <= point.tags.items()]


def fields_of(points: Iterable[Point], name: str, **tags: str) -> dict[str, Any]:
    [point] = of(points, name, **tags)
    return dict(point.fields)


def note() -> Event:
    fields: dict[str, Value] = {
        "author": "shift lead",
        "text": "cutter jam",
        "start_s": 60.0,
        "end_s": 180.0,
        "reason": "cutter",
    }
    return Event("notes", 0, 1, 0, 200.0, "three-stations", "weld", None, "note", fields, EPOCH_NS)


@pytest.mark.parametrize("name", lines.names())
def test_every_point_has_all_tags_and_fields_of_its_measurement_and_of_their_types(name: str) -> None:
    _, ticks = mirrored(name)
    source = source_of(name)
    points = [point for tick in ticks[:: len(ticks) // 20] for point in tick_points(tick, source)]
    points += [*forecast_points(forecast(), source), *score_points(score(), source), note_point(note(), source)]
    points.append(twin_point(60.0, {"events": 7}, source))
    known = [(m.name, {*COMMON_TAGS, *m.tags}, {f.name: f.type for f in m.fields}) for m in MEASUREMENTS]

    for point in points:
        found = {field: type(value) for field, value in point.fields.items()}
        assert (point.name, set(point.tags), found) in known
        assert {type(value) for value in point.tags.values()} == {str}
        assert "" not in point.tags.values()
        assert type(point.time_ns) is int
    assert {point.name for point in points} >= {m.name for m in MEASUREMENTS} - {"event", "crew"}


@pytest.mark.parametrize("name", lines.names())
def test_no_two_points_of_a_tick_replace_each_other(name: str) -> None:
    source = source_of(name)
    for tick in mirrored(name)[1][::10]:
        keys = Counter(
            (point.name, tuple(sorted(point.tags.items())), point.time_ns)
            for point in tick_points(tick, source)
            if point.name != "state"  # a change at a full minute is told twice, alike
        )
        assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", lines.names())
def test_kpi_points_hold_the_values_of_the_rows(name: str) -> None:
    _, ticks = mirrored(name)
    source = source_of(name)
    for tick in ticks[:: max(1, len(ticks) // 10)]:
        points = tick_points(tick, source)
        for row in tick.rows:
            tags = {"station": row.station or "_line", "window": row.window, "policy": "standard 1"}
            fields = fields_of(points, "kpi", **tags, shift=row.shift or "none", day=row.day or "none")
            expected = {kpi: NO_VALUE if value is None else value for kpi, value in row.values.items()}
            assert expected.items() <= fields.items()
            assert fields["final"] == row.final
            assert fields["good_units"] == row.extras["good_units"]


def test_the_line_has_the_oee_of_its_oee_station_in_each_window() -> None:
    tick = mirrored("ceiling_tiles")[1][-1]
    points = tick_points(tick, source_of("ceiling_tiles"))
    for window in ("shift", "hour", "day"):
        line = fields_of(points, "kpi", station="_line", window=window)
        station = fields_of(points, "kpi", station=tick.oee_station, window=window)
        assert line["oee_station"] == tick.oee_station
        assert [line[name] for name in ("oee", "availability")] == [station[name] for name in ("oee", "availability")]
        assert line["oee"] == pytest.approx(line["availability"] * line["effectiveness"] * line["quality"])


def test_losses_sum_to_what_oee_lacks() -> None:
    tick = mirrored("ceiling_tiles")[1][-1]
    points = tick_points(tick, source_of("ceiling_tiles"))
    lost = sum(float(point.fields["points"]) for point in of(points, "loss"))
    assert isclose(lost, 1 - fields_of(points, "kpi", station="_line", window="shift")["oee"], abs_tol=1e-9)


def test_labour_costs_the_same_as_over_a_year_that_runs_alike() -> None:
    # A whole shift, counted by the engine: the year scales it up and divides by its units again.
    name, place = "ceiling_tiles", load_site(lines.site_path("france"))
    described, [run] = line_of(name), [run_of(name, 8 * HOUR)[0]]
    year = unit_cost(year_of(run.accounts, described), described, prices_of(place, described))
    costs = source_of(name).costs
    units = run.accounts.departed * described.line.product.per_part
    assert costs.labour_per_unit(run.accounts.scheduled_s, units) == pytest.approx(year.parts["labour"], rel=1e-12)


def test_cost_of_a_tick_is_that_of_its_time_within_the_shifts() -> None:
    tick = mirrored("ceiling_tiles")[1][-1]
    row, source = line_row(tick), source_of("ceiling_tiles")
    assert row is not None
    fields = fields_of(tick_points(tick, source), "kpi", station="_line", window="shift")
    hours = (row.end_s - row.start_s) / HOUR
    assert fields["labour_cost_per_unit"] == pytest.approx(source.costs.hour * hours / fields["good_units"])
    assert fields["energy_cost_per_unit"] == pytest.approx(0.172 * fields["energy_per_unit"])


def test_without_good_units_there_is_no_cost() -> None:
    costs = source_of("three_stations").costs
    assert costs.labour_per_unit(HOUR, 0.0) is None
    assert costs.energy_per_unit(None) is None


def test_a_site_that_knows_no_wage_is_refused_before_anything_is_written() -> None:
    described = line_of("ceiling_tiles")
    with pytest.raises(InputError, match="shift_premium has no pattern"):
        origin(described, site(), mirror_of(described).calendar, EPOCH_NS, lambda _: None)


def test_output_stands_against_the_plan_in_proportion_to_time() -> None:
    tick = mirrored("ceiling_tiles")[1][-1]
    row = line_row(tick)
    assert row is not None
    fields = fields_of(tick_points(tick, source_of("ceiling_tiles")), "output")
    so_far = PLAN * (row.end_s - row.start_s) / (8 * HOUR)
    assert fields == {
        "good_units": row.extras["good_units"],
        "plan_units": PLAN,
        "plan_so_far": pytest.approx(so_far),
        "difference": pytest.approx(row.extras["good_units"] - so_far),
    }


def test_without_a_plan_the_difference_is_nought_and_the_plan_unknown() -> None:
    source = source_of("ceiling_tiles", plan=None)
    fields = fields_of(tick_points(mirrored("ceiling_tiles")[1][-1], source), "output")
    assert (fields["plan_units"], fields["plan_so_far"], fields["difference"]) == (-1.0, -1.0, 0.0)
    points = forecast_points(forecast(plan=None), source)
    assert fields_of(points, "forecast")["chance"] == -1.0
    assert {point.fields["d50"] for point in of(points, "forecast_path")} == {0.0}


@pytest.mark.parametrize(("hours", "part"), [(-1, 0.0), (0, 0.0), (2, 0.25), (8, 1.0), (9, 1.0)])
def test_the_plan_so_far_stays_within_the_shift(hours: float, part: float) -> None:
    source = source_of("ceiling_tiles")
    assert source.planned_until(shift(), EPOCH_NS + round(hours * HOUR * SECOND)) == part * PLAN


def test_a_twin_that_joined_in_the_shift_holds_the_plant_to_what_it_has_heard() -> None:
    joined = source_of("ceiling_tiles")._replace(since_ns=EPOCH_NS + round(6 * HOUR * SECOND))
    assert joined.planned(shift()) == PLAN / 4
    assert joined.planned_until(shift(), EPOCH_NS + round(7 * HOUR * SECOND)) == PLAN / 8
    assert joined.planned_until(shift(), EPOCH_NS + round(5 * HOUR * SECOND)) == 0.0


def test_a_forecast_is_written_where_it_was_made_and_its_path_where_it_leads() -> None:
    points = forecast_points(forecast(), source_of("ceiling_tiles"))
    [end], path = of(points, "forecast", shift="06:00-14:00", day="2023-11-13"), of(points, "forecast_path")
    assert end.time_ns == EPOCH_NS + round(3 * HOUR * SECOND)
    assert (end.fields["p50"], end.fields["plan"], end.fields["chance_high"]) == (18_560.0, PLAN, 0.14)
    assert [point.time_ns for point in path] == [EPOCH_NS + round(h * HOUR * SECOND) for h in (4, 8)]
    assert [point.fields["d50"] for point in path] == [9_400.0 - PLAN / 2, 18_560.0 - PLAN]


def test_a_score_stands_at_the_end_of_its_shift() -> None:
    [point] = score_points(score(brier=None), source_of("ceiling_tiles"))
    assert point.time_ns == shift().end_ns
    assert (point.fields["forecasts"], point.fields["coverage"], point.fields["brier"]) == (100, 0.78, -1.0)


def test_stops_are_summed_over_the_machines_of_a_station() -> None:
    tick = mirrored("three_stations")[1][-1]
    stops = tuple(Stop("press", machine, "down", "jam", 60.0 * machine, 1) for machine in (1, 2))
    points = tick_points(tick._replace(stops=stops), source_of("three_stations"))
    assert fields_of(points, "stop", station="press", state="down", reason="jam") == {"minutes": 3.0, "count": 2}


def test_a_stop_that_got_its_reason_is_taken_from_those_without_one() -> None:
    tick, source = mirrored("three_stations")[1][-1], source_of("three_stations")
    before = tick._replace(stops=(Stop("weld", 1, "down", None, 300.0, 1),))
    after = tick._replace(stops=(Stop("weld", 1, "down", "tip", 300.0, 1),))
    assert fields_of(tick_points(before, source), "stop")["minutes"] == 5.0
    corrected = tick_points(after, source)
    assert fields_of(corrected, "stop", reason="none") == {"minutes": 0.0, "count": 0}
    assert fields_of(corrected, "stop", reason="tip") == {"minutes": 5.0, "count": 1}


def test_every_machine_tells_its_state_at_each_tick_and_each_change() -> None:
    mirror, ticks = mirrored("three_stations")
    source = source_of("three_stations")
    for tick in ticks[-30:]:
        points = of(tick_points(tick, source), "state")
        beats = [point for point in points if point.time_ns == source.unix_ns(tick.time_s)]
        assert {(p.tags["station"], p.tags["machine"]) for p in beats} >= {
            (machine.station, str(machine.machine)) for machine in mirror.picture().machines
        }
        assert len(points) >= len(tick.changes)
        assert all(STATES[point.fields["code"]] == point.fields["state"] for point in points)  # type: ignore[index]


def test_a_buffer_without_limit_has_no_share() -> None:
    points = tick_points(mirrored("three_stations")[1][-1], source_of("three_stations"))
    endless = fields_of(points, "buffer", buffer="inspect->weld")
    assert (endless["capacity"], endless["share_full"]) == (-1, -1.0)
    limited = fields_of(points, "buffer", buffer="press->weld")
    assert limited["share_full"] == limited["level"] / 10


def test_a_stop_that_ended_can_be_read() -> None:
    ticks, source = mirrored("three_stations")[1], source_of("three_stations")
    points = [point for tick in ticks for point in of(tick_points(tick, source), "event")]
    assert points
    for point in points:
        assert point.tags["kind"] in {"down", "waiting_repair"}
        assert str(point.fields["text"]).endswith(f": {point.fields['reason']}")
    assert any(str(point.fields["text"]).startswith("Press down ") for point in points)


def test_a_note_does_not_replace_the_stop_it_is_about() -> None:
    point = note_point(note(), source_of("three_stations"))
    assert point.tags["kind"] == "note"
    assert (point.tags["station"], point.tags["machine"]) == ("weld", "_all")
    assert point.time_ns == EPOCH_NS + 60 * SECOND
    assert point.fields == {"text": "shift lead: cutter jam", "reason": "cutter", "seconds": 120.0}
    assert note_point(replace(note(), station=None), source_of("three_stations")).tags["station"] == "_line"


def test_a_tick_made_again_makes_the_same_points() -> None:
    source = source_of("bracket_shop")
    first, second = (
        [point for tick in mirrored("bracket_shop")[1] for point in tick_points(tick, source)] for _ in range(2)
    )
    assert first == second


def test_every_tag_is_explained() -> None:
    assert {tag for m in MEASUREMENTS for tag in (*COMMON_TAGS, *m.tags)} == set(TAGS)
