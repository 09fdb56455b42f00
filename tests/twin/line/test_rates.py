"""What a machine takes for a part and how long it is there, against figures worked out by hand."""

from __future__ import annotations

import pytest

from twin.line.capacity import static_capacity
from twin.line.line import Line
from twin.line.rates import availability, hours, mean_wear, part_s, through_s, wear
from twin.line.station import Station
from twin.line.work_calendar import Shifts


def station(**keys: object) -> Station:
    return Station.model_validate(keys)


BELT = {"kind": "conveyor", "length": "12 m", "speed": "0.3 m/s", "capacity": 20}
HOUR = 3600.0


@pytest.mark.parametrize(
    ("keys", "apart", "through"),
    [
        ({"cycle": "12 s"}, 12, 12),
        ({"kind": "batch", "size": 8, "cycle": "40 min"}, 300, 2400),
        ({"kind": "split", "parts": 12, "cycle": "30 s"}, 30, 30),
        (BELT, 2, 40),
        ({"kind": "storage", "stay": "2 h", "capacity": 100}, 72, 7200),
        ({"kind": "storage", "stay": "2 h"}, 0, 7200),
    ],
)
def test_parts_follow_each_other_and_pass_through(keys: dict[str, object], apart: float, through: float) -> None:
    assert (part_s(station(**keys)), through_s(station(**keys))) == pytest.approx((apart, through))


def test_maintenance_takes_its_share_by_the_clock_it_goes_by() -> None:
    # By work: 1 h every 9 h of work, and the 90 parts of 6 min are 9 h as well.
    assert availability(station(cycle="1 s", maintenance={"m": {"every": "9 h", "lasts": "1 h"}})) == pytest.approx(0.9)
    assert availability(station(cycle="6 min", maintenance={"m": {"parts": 90, "lasts": "1 h"}})) == pytest.approx(0.9)
    # By the calendar: each day two hours later, and on Monday at 06:00 again, so that it takes 2 of the 16 h of a day.
    task = {"m": {"every": "1 d", "clock": "calendar", "lasts": "2 h"}}
    always, shifts = station(cycle="1 s", maintenance=task), Shifts(pattern="2x8", days="mon-fri")
    assert availability(always) == pytest.approx(24 / 26)
    assert availability(always, shifts) == pytest.approx(14 / 16, abs=5e-4)


def test_what_is_cut_counts_towards_maintenance_part_by_part() -> None:
    saw = station(kind="split", parts=6, cycle="1 h", maintenance={"m": {"parts": 54, "lasts": "1 h"}})

    assert availability(saw) == pytest.approx(0.9)


def test_a_batch_counts_parts_towards_its_maintenance() -> None:
    oven = station(kind="batch", size=10, cycle="1 h", maintenance={"m": {"parts": 90, "lasts": "1 h"}})

    assert availability(oven) == pytest.approx(0.9)


def test_a_worn_failure_comes_as_often_as_its_clock_runs_fast() -> None:
    jam = {"ttf": "10 h", "ttr": "1 h", "wear": {"0 h": 1, "100 h": 2, "300 h": 5}}
    upkeep = {"overhaul": {"every": "200 h", "lasts": "20 h"}}
    never, kept = (station(cycle="1 s", failures={"jam": jam}, maintenance=tasks) for tasks in ({}, upkeep))

    assert wear(never, never.failures["jam"]) == 5
    assert wear(kept, kept.failures["jam"]) == pytest.approx(1.5)
    assert mean_wear(kept.failures["jam"], 400 * HOUR) == pytest.approx((100 + 2 * 200 + 5 * 100) / 400)
    assert availability(kept) == pytest.approx(1 / (1 + 0.15 + 0.1))


def test_a_station_that_works_longer_than_the_line_makes_more_an_hour_of_it() -> None:
    line = Line.model_validate(
        {
            "line": "x",
            "shifts": {"pattern": "1x8", "days": "mon-fri"},
            "stations": {
                "saw": {"cycle": "10 s"},
                "mill": {"cycle": "20 s", "shifts": {"pattern": "2x8", "days": "mon-fri"}},
                "oven": {"kind": "batch", "size": 4, "cycle": "168 s", "attended": False},
                "rack": {"kind": "storage"},
            },
            "route": [
                {"from": "saw", "to": "mill"},
                {"from": "mill", "to": "oven"},
                {"from": "oven", "to": "rack"},
                {"from": "rack", "to": "out"},
            ],
        }
    )
    result = static_capacity(line)

    assert [hours(line, each) for each in line.stations.values()] == pytest.approx([1, 2, 4.2, 4.2])
    assert [each.time_s for each in result.stations] == pytest.approx([10, 10, 10, 0])
