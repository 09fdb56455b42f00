"""Static capacity against results worked out by hand."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import InputError
from twin.line.capacity import LineCapacity, StationCapacity, static_capacity, takt_s, visits_per_good
from twin.line.line import Line
from twin.line.rates import availability


def line(**keys: object) -> Line:
    """A line from the text that a file would hold."""
    return Line.model_validate({"line": "example", **keys})


def station(result: LineCapacity, name: str) -> StationCapacity:
    return next(found for found in result.stations if found.station == name)


SERIES = [{"from": "a", "to": "b", "buffer": "1"}, {"from": "b", "to": "c", "buffer": "1"}, {"from": "c", "to": "out"}]


def test_a_plain_row_is_visited_once_and_limited_by_its_slowest_station() -> None:
    result = static_capacity(
        line(stations={"a": {"cycle": "2 s"}, "b": {"cycle": "4 s"}, "c": {"cycle": "4 s"}}, route=SERIES)
    )

    assert [found.visits for found in result.stations] == pytest.approx([1, 1, 1])
    assert result.bottleneck == "b"  # the first of two equally slow ones
    assert result.max_throughput_per_h == pytest.approx(900)
    assert result.balance == pytest.approx(10 / 12)
    assert result.smoothness_s == pytest.approx(2)
    assert result.takt_s is None
    assert result.arrivals_per_h is None
    assert [found.load for found in result.stations] == [None, None, None]


def test_scrap_raises_the_visits_of_all_stations_up_to_it() -> None:
    stations = {"a": {"cycle": "2 s"}, "b": {"cycle": "4 s", "scrap": "0.2"}, "c": {"cycle": "4 s", "scrap": "0.5"}}

    assert list(visits_per_good(line(stations=stations, route=SERIES)).values()) == pytest.approx([2.5, 2.5, 2])


def test_rework_and_false_rejects_raise_the_visits() -> None:
    # Of 1,000 parts inspected 50 are bad and 19 of the good ones rejected; 10 % of the 931 left are welded again.
    stations = {
        "weld": {"cycle": "1 s"},
        "inspect": {"kind": "inspection", "cycle": "1 s", "scrap": "5 %", "false_reject": "2 %"},
    }
    route = [
        {"from": "weld", "to": "inspect"},
        {"from": "inspect", "to": "weld", "probability": "0.1", "rework": "true"},
        {"from": "inspect", "to": "out"},
    ]

    visits = 1 / (0.95 * 0.98 * 0.9)
    assert visits_per_good(line(stations=stations, route=route)) == pytest.approx({"weld": visits, "inspect": visits})


def test_failures_lengthen_the_time_of_a_station() -> None:
    failures = {
        "jam": {"ttf": "10 min", "ttr": "1 min"},
        "wear": {"ttf": {"weibull": {"mean": "100 min", "shape": "3"}}, "ttr": "5 min", "clock": "calendar"},
    }
    one = line(
        stations={"press": {"cycle": "6 s", "machines": "2", "failures": failures}},
        route=[{"from": "press", "to": "out"}],
    )

    found = station(static_capacity(one), "press")

    assert found.availability == pytest.approx(1 / 1.15)
    assert found.time_s == pytest.approx(6 * 1.15 / 2)
    assert found.capacity_per_h == pytest.approx(3600 / 3.45)


@given(st.floats(0.01, 0.99), st.floats(0.1, 100))
def test_an_availability_given_is_the_availability_found(share: float, minutes: float) -> None:
    failure = {"jam": {"availability": str(share), "ttr": f"{minutes} min"}}
    one = line(stations={"press": {"cycle": "6 s", "failures": failure}}, route=[{"from": "press", "to": "out"}])

    assert availability(one.stations["press"]) == pytest.approx(share)


def test_the_demand_sets_takt_load_and_machines() -> None:
    # 5,000 h for 1,800,000 m2 of 0.5 m2 a part: 3,600,000 parts, one every 5 s.
    result = static_capacity(
        line(
            product={"unit": "m2", "per_part": "0.5", "demand_per_year": "1800000"},
            shifts={"pattern": "3x8", "hours_per_year": "5000"},
            stations={"a": {"cycle": "5 s"}, "b": {"cycle": "10 s", "machines": "2"}, "c": {"cycle": "10.1 s"}},
            route=SERIES,
        )
    )

    assert result.takt_s == pytest.approx(5)
    assert [found.load for found in result.stations] == pytest.approx([1, 1, 2.02])
    assert [found.machines_needed for found in result.stations] == [1, 2, 3]


def test_people_are_those_who_man_all_machines_and_those_busy_at_the_takt() -> None:
    # Takt 20 s. The press holds its operator 10 s + 1 s of repair, each of two machines half of the parts; the jam is
    # its own operator's, the electrician comes for 2 s of repair a part, and the packer works 5 s.
    result = static_capacity(
        line(
            product={"demand_per_year": "900000"},
            shifts={"pattern": "3x8", "hours_per_year": "5000"},
            operators={"operator": "4"},
            stations={
                "press": {
                    "cycle": "10 s", "machines": "2", "crew": {"operator": "1"},
                    "failures": {"jam": {"ttf": "100 s", "ttr": "10 s", "repaired_by": {"operator": "1"}}},
                },
                "weld": {
                    "cycle": "10 s",
                    "failures": {"fuse": {"ttf": "50 s", "ttr": "10 s", "repaired_by": {"electrician": "1"}}},
                },
                "pack": {"cycle": "5 s", "crew": {"operator": "2"}},
            },
            route=[{"from": "press", "to": "weld"}, {"from": "weld", "to": "pack"}, {"from": "pack", "to": "out"}],
        )
    )  # fmt: skip
    operator, electrician = result.people

    assert (operator.skill, operator.pool, operator.manned) == ("operator", 4, 4)
    assert operator.busy == pytest.approx((11 + 2 * 5) / 20)
    assert (electrician.skill, electrician.pool, electrician.manned) == ("electrician", 0, 0)
    assert electrician.busy == pytest.approx(2 / 20)
    assert station(result, "press").crew == {"operator": 2}


def test_people_come_to_a_repair_beyond_the_crew_that_is_there() -> None:
    failure = {"jam": {"ttf": "100 s", "ttr": "10 s", "repaired_by": {"operator": "3"}}}
    stations = {"press": {"cycle": "10 s", "crew": {"operator": "1"}, "failures": failure}}
    result = static_capacity(line(operators={"operator": "3"}, stations=stations))

    # Without a demand at the pace of the bottleneck, 11 s: one holds all of it, two more come for 1 s.
    assert result.people[0].busy == pytest.approx((11 + 2 * 1) / 11)


def test_arrivals_limit_a_line_as_well() -> None:
    result = static_capacity(
        line(
            source={"arrivals": {"exponential": {"mean": "30 s"}}},
            stations={"a": {"cycle": "2 s", "scrap": "0.25"}, "b": {"cycle": "3 s"}, "c": {"cycle": "4 s"}},
            route=[{"from": "a", "to": "c"}, {"from": "b", "to": "c"}, {"from": "c", "to": "out"}],
        )
    )

    # Two streams, into a and b alike: 120 an hour each, of which 90 and 120 become good.
    assert result.arrivals_per_h == pytest.approx(210)
    assert [found.visits for found in result.stations] == pytest.approx([120 / 210, 120 / 210, 1])


def test_a_stock_feeds_each_station_as_fast_as_it_takes() -> None:
    stations = {"a": {"cycle": "2 s"}, "b": {"cycle": "6 s"}, "c": {"cycle": "1 s"}}
    route = [{"from": "a", "to": "c"}, {"from": "b", "to": "c"}, {"from": "c", "to": "out"}]

    assert visits_per_good(line(stations=stations, route=route)) == pytest.approx({"a": 0.75, "b": 0.25, "c": 1})


def test_work_that_takes_no_time_limits_nothing() -> None:
    one = line(source={"arrivals": "10 s"}, stations={"a": {"cycle": "0 s"}})
    result = static_capacity(one)

    assert result.max_throughput_per_h == math.inf
    assert result.balance == 1
    assert station(result, "a").capacity_per_h == math.inf


def test_a_line_that_makes_nothing_good_is_refused() -> None:
    with pytest.raises(InputError, match="no part can leave the line good"):
        static_capacity(line(stations={"a": {"cycle": "1 s", "scrap": "100 %"}}))


def test_a_loop_that_keeps_its_parts_is_refused() -> None:
    stations = {"a": {"cycle": "1 s"}, "b": {"cycle": "1 s"}}

    with pytest.raises(InputError, match="no part can leave"):
        static_capacity(line(stations=stations, route=[{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]))


def test_without_demand_there_is_no_takt() -> None:
    assert takt_s(line(stations={"a": {"cycle": "1 s"}})) is None


@given(st.lists(st.tuples(st.floats(0.1, 100), st.floats(0, 0.9), st.integers(1, 9)), min_size=1, max_size=8))
def test_of_a_row_the_parts_worked_on_are_those_that_later_scrap_needs(rows: list[tuple[float, float, int]]) -> None:
    stations = {
        f"s{place}": {"cycle": f"{cycle} s", "scrap": str(scrap), "machines": str(machines)}
        for place, (cycle, scrap, machines) in enumerate(rows)
    }
    names = [*stations, "out"]
    route = [{"from": before, "to": after} for before, after in itertools.pairwise(names)]
    result = static_capacity(line(stations=stations, route=route))

    kept = 1.0
    for (cycle, scrap, machines), found in zip(reversed(rows), reversed(result.stations), strict=True):
        kept *= 1 - scrap
        assert found.visits == pytest.approx(1 / kept)
        assert found.capacity_per_h == pytest.approx(3600 * machines * kept / cycle)
    assert result.max_throughput_per_h == pytest.approx(min(found.capacity_per_h for found in result.stations))
    assert 0 < result.balance <= 1 + 1e-12
