"""How many people a line needs and what its pools allow, against figures worked out by hand."""

from __future__ import annotations

import pytest

from twin.line.capacity import static_capacity
from twin.line.line import Line
from twin.line.manning import PoolLimit, pool_limits


def line(**keys: object) -> Line:
    return Line.model_validate({"line": "example", **keys})


def limits(one: Line) -> list[PoolLimit]:
    found = static_capacity(one)
    return pool_limits(one, found.people, found.pace_s)


ROW = [{"from": "a", "to": "b"}, {"from": "b", "to": "out"}]


def test_one_who_tends_several_machines_is_shared_by_them() -> None:
    # Six machines of a quarter each are manned by two, and hold 1.5 when all of them work.
    result = static_capacity(
        line(
            operators={"operator": 2},
            stations={"a": {"machines": 6, "cycle": "60 s", "crew": {"operator": 1}, "attend": 4}},
        )
    )

    assert (result.people[0].manned, result.people[0].busy) == (2, pytest.approx(1.5))
    assert result.stations[0].crew == {"operator": 2}


def test_maintenance_keeps_technicians_busy_with_the_work_or_whatever_is_made() -> None:
    # At a part every 11 s: 10 s of work, a tenth of it upkeep; by the calendar 12 min after each day of 16 h.
    tasks = {
        "oil": {"every": "100 s", "lasts": "10 s", "by": {"fitter": 2}},
        "look": {"every": "1 d", "clock": "calendar", "lasts": "12 min", "by": {"fitter": 1}},
    }
    result = static_capacity(
        line(
            product={"demand_per_year": 52 * 7 * 16 * 3600 / 20},
            shifts={"pattern": "2x8", "days": "mon-sun"},
            operators={"fitter": 1},
            stations={"a": {"cycle": "10 s", "maintenance": tasks}},
        )
    )

    assert (result.people[0].busy, result.people[0].standing) == pytest.approx((2 * 1 / 20 + 0.2 / 16.2, 0.2 / 16.2))


def test_people_of_a_pool_are_there_by_their_shifts_and_absence() -> None:
    result = static_capacity(
        line(
            shifts={"pattern": "2x8", "days": "mon-fri"},
            operators={"operator": 4, "fitter": 2},
            pools={"operator": {"absence": 0.05}, "fitter": {"shifts": {"pattern": "1x8", "days": "mon-fri"}}},
            stations={"a": {"cycle": "1 s", "crew": {"operator": 1}}},
        )
    )

    assert [each.there for each in result.people] == pytest.approx([3.8, 1])
    assert [each.able for each in result.people] == pytest.approx([3.8, 1])


def test_those_of_several_skills_help_out_and_are_counted_once() -> None:
    # A part asks 30 s of operators and 30 s of setters; a setter can do both: 1 operator and 2 setters serve them.
    one = line(
        operators={"operator": 1, "setter": 2},
        pools={"setter": {"also": ["operator"]}},
        stations={
            "a": {"machines": 9, "cycle": "30 s", "crew": {"operator": 1}},
            "b": {"machines": 9, "cycle": "30 s", "crew": {"setter": 1}},
        },
        route=ROW,
    )

    assert [each.able for each in static_capacity(one).people] == [3, 2]
    assert limits(one) == [
        (("operator", "setter"), pytest.approx(3600 * 3 / 30)),
        (("setter",), pytest.approx(3600 * 2 / 30)),
        (("operator", "setter"), pytest.approx(3600 * 3 / 60)),
    ]


def test_pools_that_share_nothing_are_looked_at_each_by_itself() -> None:
    one = line(
        operators={"operator": 1, "setter": 2},
        stations={"a": {"cycle": "30 s", "crew": {"operator": 1}}, "b": {"cycle": "20 s", "crew": {"setter": 1}}},
        route=ROW,
    )

    assert limits(one) == [(("operator",), pytest.approx(120)), (("setter",), pytest.approx(360))]
