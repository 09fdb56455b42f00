"""What carriers allow, against trips worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twin.line.capacity import static_capacity
from twin.line.line import Line

if TYPE_CHECKING:
    from twin.line.carried import CarrierLimit

HOUR = 3600.0


def limit(**keys: object) -> CarrierLimit:
    return static_capacity(Line.model_validate({"line": "example", **keys})).carriers[0]


def carriers(**keys: object) -> dict[str, object]:
    return {"pallet": {"number": 4, "from": "load", "to": "unload", **keys}}


ROUTE = [
    {"from": "load", "to": "work", "transport": "5 s"},
    {"from": "work", "to": "unload"},
    {"from": "unload", "to": "out"},
]
STATIONS = {"load": {"cycle": "10 s"}, "work": {"cycle": "20 s"}, "unload": {"cycle": "15 s"}}


def test_carriers_are_away_for_their_trip_and_the_way_back() -> None:
    found = limit(carriers=carriers(**{"return": "30 s"}), stations=STATIONS, route=ROUTE)

    assert (found.trip_s, found.trips) == pytest.approx((10 + 5 + 20 + 15 + 30, 1))
    assert found.capacity_per_h == pytest.approx(HOUR * 4 / 80)


def test_scrap_and_rework_within_the_trip_take_their_share() -> None:
    # Half of what was worked on is scrapped, and frees its carrier; of the rest a fifth is worked on again.
    found = limit(
        carriers=carriers(),
        stations=STATIONS | {"work": {"cycle": "20 s", "scrap": 0.5}},
        route=[*ROUTE[:1], {"from": "work", "to": "work", "probability": 0.2, "rework": True}, *ROUTE[1:]],
    )
    rounds = 1 / (1 - 0.5 * 0.2)

    assert found.trip_s == pytest.approx(10 + 5 + rounds * (20 + 0.4 * 15))
    assert found.trips == pytest.approx(1 / (rounds * 0.4))


def test_of_what_is_cut_one_part_keeps_the_carrier() -> None:
    found = limit(
        carriers=carriers(),
        stations=STATIONS | {"work": {"kind": "split", "parts": 3, "cycle": "20 s"}},
        route=ROUTE,
    )

    assert (found.trip_s, found.trips) == pytest.approx((50, 1 / 3))


def test_the_time_in_ovens_on_belts_and_in_stores_is_whole() -> None:
    found = limit(
        carriers=carriers(),
        stations={
            "load": {"cycle": "10 s"},
            "oven": {"kind": "batch", "size": 2, "cycle": "60 s"},
            "belt": {"kind": "conveyor", "length": "8 m", "speed": "0.2 m/s", "capacity": 8},
            "unload": {"kind": "storage", "stay": "20 s", "capacity": 9},
        },
        route=[
            {"from": "load", "to": "oven"},
            {"from": "oven", "to": "belt"},
            {"from": "belt", "to": "unload"},
            {"from": "unload", "to": "out"},
        ],
    )

    assert found.trip_s == pytest.approx(10 + 60 + 40 + 20)


def test_carriers_that_are_never_away_limit_nothing() -> None:
    found = limit(
        carriers={"card": {"number": 1, "from": "load", "to": "load"}},
        source={"arrivals": "9 s"},
        stations={"load": {"cycle": "0 s"}},
    )

    assert found.capacity_per_h == float("inf")
