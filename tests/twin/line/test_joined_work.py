"""What the stations have to do where assemblies join parts, against flows worked out by hand."""

from __future__ import annotations

import pytest

from twin.errors import InputError
from twin.line.capacity import static_capacity, visits_per_good
from twin.line.joined_work import feeds
from twin.line.line import Line


def line(**keys: object) -> Line:
    return Line.model_validate({"line": "example", **keys})


def way(before: str, after: str, **keys: object) -> dict[str, object]:
    return {"from": before, "to": after, **keys}


CARS = {
    "stations": {
        "body": {"cycle": "60 s", "scrap": "0.2"},
        "wheel": {"cycle": "10 s"},
        "join": {"kind": "assembly", "takes": {"wheel": 4}, "cycle": "40 s"},
        "test": {"cycle": "20 s", "scrap": "0.5"},
    },
    "route": [
        way("body", "join", buffer=2),
        way("wheel", "join", buffer=8),
        way("join", "test", buffer=1),
        way("test", "out"),
    ],
}


def test_each_feed_brings_what_a_good_part_takes_of_it() -> None:
    # Half of the cars are good: 2 sets, 8 wheels; of 2.5 bodies 2 are good.
    cars = line(**CARS)

    assert feeds(cars, "join") == [("body", 1), ("wheel", 4)]
    assert visits_per_good(cars) == pytest.approx({"body": 2.5, "wheel": 8, "join": 2, "test": 2})


def test_the_scarcest_feed_limits_a_line() -> None:
    # 2.5 bodies of 60 s, 8 wheels of 10 s, 2 sets of 40 s, 2 tests of 20 s.
    result = static_capacity(line(**CARS))

    assert [station.time_s for station in result.stations] == pytest.approx([150, 80, 80, 40])
    assert (result.bottleneck, result.max_throughput_per_h) == ("body", pytest.approx(24))


def test_stations_side_by_side_share_what_a_feed_brings_by_their_pace() -> None:
    # One press makes 3 parts while the other makes 1; the plate, though quick, brings one for each set and no more.
    result = visits_per_good(
        line(
            stations={
                "quick": {"cycle": "10 s"},
                "slow": {"cycle": "30 s"},
                "plate": {"cycle": "1 s"},
                "join": {"kind": "assembly", "takes": {"pair": 1}, "cycle": "1 s"},
                "pair": {"cycle": "0 s"},
            },
            route=[
                way("quick", "pair"),
                way("slow", "pair"),
                way("pair", "join"),
                way("plate", "join"),
                way("join", "out"),
            ],
        )
    )

    assert result == pytest.approx({"quick": 0.75, "slow": 0.25, "plate": 1, "join": 1, "pair": 1})


def test_what_the_source_brings_to_an_assembly_is_one_of_each_set() -> None:
    result = line(
        source={"into": ["join", "wheel"]},
        stations={"join": {"kind": "assembly", "takes": {"wheel": 2}, "cycle": "9 s"}, "wheel": {"cycle": "1 s"}},
        route=[way("wheel", "join"), way("join", "out")],
    )

    assert feeds(result, "join") == [("source", 1), ("wheel", 2)]
    assert visits_per_good(result) == pytest.approx({"join": 1, "wheel": 2})


def test_of_arrivals_the_feed_that_lasts_least_says_how_many_become_good() -> None:
    # A part every 10 s at each feed; a set takes 4 of one.
    result = static_capacity(line(**CARS, source={"arrivals": "10 s"}))

    assert result.arrivals_per_h == pytest.approx(360 / 8)


def test_an_assembly_of_parts_of_several_products_makes_those_of_its_first_feed() -> None:
    result = static_capacity(
        line(
            source={"product": {"a": 0.75, "b": 0.25}, "into": ["frame", "screw"]},
            products={"a": {}, "b": {"cycle": {"join": "20 s"}}},
            stations={
                "frame": {"cycle": "1 s"},
                "screw": {"cycle": "1 s"},
                "join": {"kind": "assembly", "takes": {"screw": 2}, "cycle": "10 s"},
            },
            route=[way("frame", "join"), way("screw", "join"), way("join", "out")],
        )
    )

    assert [station.visits for station in result.stations] == pytest.approx([1, 2, 1])
    assert result.stations[2].time_s == pytest.approx(0.75 * 10 + 0.25 * 20)


def test_a_split_feeds_an_assembly_with_what_it_cuts() -> None:
    # A log makes 12 slats; a chair takes 3 and a seat: a quarter of a log.
    assert visits_per_good(
        line(
            stations={
                "saw": {"kind": "split", "parts": 12, "cycle": "30 s"},
                "seat": {"cycle": "1 s"},
                "chair": {"kind": "assembly", "takes": {"saw": 3}, "cycle": "1 s"},
            },
            route=[way("saw", "chair"), way("seat", "chair"), way("chair", "out")],
        )
    ) == pytest.approx({"saw": 0.25, "seat": 1, "chair": 1})


def test_an_assembly_that_nothing_good_leaves_is_refused() -> None:
    stations = CARS["stations"] | {"test": {"cycle": "20 s", "scrap": 1}}  # type: ignore[operator]
    with pytest.raises(InputError, match="no part can leave the line good"):
        static_capacity(line(stations=stations, route=CARS["route"]))
