"""What a trace gives as reasons: whom a machine asks, where its part cannot go, what broke; times worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import constant, describe, serial
from support.timeline import reasons, states

if TYPE_CHECKING:
    from support.timeline import Follow


def test_a_blocked_machine_names_the_next_station(follow: Follow) -> None:
    """The a: 2 s, b: 5 s, c: 3 s, one place between a and b, none between b and c."""
    stations = {"a": {"cycle": constant(2)}, "b": {"cycle": constant(5)}, "c": {"cycle": constant(3)}}

    run = follow(serial(stations, [1, 0]), 20)

    # a 0-2, b 2-7; a 2-4 puts its part into the place, 4-6 and blocked 6-7: at 7 c takes from b, b from the place, a
    # works 7-9 and is blocked 9-12, and so on every 5 s. c is faster than b: b is never blocked for longer than 0 s.
    assert states(run, "a") == [
        (0, "processing"), (6, "blocked"), (7, "processing"), (9, "blocked"), (12, "processing"), (14, "blocked"),
        (17, "processing"), (19, "blocked"),
    ]  # fmt: skip
    assert reasons(run, "a") == [
        (0, None), (6, "b"), (7, None), (9, "b"), (12, None), (14, "b"), (17, None), (19, "b"),
    ]  # fmt: skip
    assert reasons(run, "b") == [(0, None)]


def test_of_two_ways_the_reason_names_the_one_that_is_drawn(follow: Follow) -> None:
    """Both b and c of 9 s without a place before them: a of 1 s is blocked towards one and the other."""
    stations = {"a": {"cycle": constant(1)}, "b": {"cycle": constant(9)}, "c": {"cycle": constant(9)}}
    route = [
        {"from": "a", "to": "b", "probability": 0.5, "buffer": 0},
        {"from": "a", "to": "c", "probability": 0.5, "buffer": 0},
        {"from": "b", "to": "out"},
        {"from": "c", "to": "out"},
    ]

    run = follow(describe(stations, route), 400)

    held = [e.fields for e in run.events or () if (e.station, e.kind) == ("a", "state")]
    left = [e.fields["to"] for e in run.events or () if (e.station, e.kind) == ("a", "part")]
    assert {fields["reason"] for fields in held if fields["state"] == "blocked"} == {"b", "c"}
    # Without a place before the next station a part is blocked for an instant at least: each goes where it was held.
    blocked = [fields["reason"] for fields in held if fields["state"] == "blocked"]
    assert left == blocked[: len(left)]


def test_a_machine_that_waits_for_people_names_whom_it_asks(follow: Follow) -> None:
    """The a asks two operators and a setter for 4 s, b one operator for 3 s; there are two operators and a setter."""
    stations = {
        "a": {"cycle": constant(4), "crew": {"operator": 2, "setter": 1}},
        "b": {"cycle": constant(3), "crew": {"operator": 1}},
    }
    route = [{"from": "a", "to": "out"}, {"from": "b", "to": "out"}]

    run = follow(describe(stations, route, operators={"operator": 2, "setter": 1}), 14)

    # b is served first at 0, a asked at 0 and gets all three at 3; b asks at 3 and waits until 7, a again until 10.
    assert reasons(run, "a") == [(0, "2 operator + setter"), (3, None), (7, "2 operator + setter"), (10, None)]
    assert states(run, "b") == [
        (0, "processing"), (3, "waiting_operator"), (7, "processing"), (10, "waiting_operator"),
    ]  # fmt: skip
    assert reasons(run, "b") == [(0, None), (3, "operator"), (7, None), (10, "operator")]


def test_a_setup_that_waits_names_its_own_crew(follow: Follow) -> None:
    """Orders of one piece, a and b in turn, every 10 s; a setup of 2 s asks a setter whom c holds for 25 s."""
    product = {"cycle": constant(1)}
    run = follow(
        describe(
            {
                "press": {
                    **product,
                    "setup": {"between": "orders", "time": constant(2), "crew": {"setter": 1}},
                },
                "hold": {"cycle": constant(25), "crew": {"setter": 1}},
            },
            [{"from": "press", "to": "hold"}, {"from": "hold", "to": "out"}],
            operators={"setter": 1},
            source={"orders": {"every": constant(10), "pieces": 1}},
        ),
        40,
    )

    # Order 1 at 10: press 10-11, hold 11-36. Order 2 at 20 asks the setter for its setup and gets him at 36. At 39 hold
    # takes it and asks first; the setup for order 3, released at 30, waits.
    assert reasons(run, "press") == [(0, None), (20, "setter"), (36, None), (39, "setter")]
    assert states(run, "press") == [
        (0, "starved"), (10, "processing"), (11, "starved"), (20, "waiting_operator"), (36, "setup"),
        (38, "processing"), (39, "waiting_operator"),
    ]  # fmt: skip


def test_a_failure_stays_the_reason_while_the_machine_waits_for_its_repair(follow: Follow) -> None:
    """The a breaks every 5 s of work for 3 s, b every 4 s for 6 s; one technician."""

    def breaking(ttf: float, ttr: float) -> dict[str, object]:
        jam = {"ttf": constant(ttf), "ttr": constant(ttr), "repaired_by": {"technician": 1}}
        return {"cycle": constant(100), "failures": {"jam": jam}}

    stations = {"a": breaking(5, 3), "b": breaking(4, 6)}
    route = [{"from": "a", "to": "out"}, {"from": "b", "to": "out"}]

    run = follow(describe(stations, route, operators={"technician": 1}), 16)

    # b breaks at 4 and is repaired until 10; a breaks at 5, waits until 10, is repaired until 13.
    assert states(run, "a") == [(0, "processing"), (5, "waiting_repair"), (10, "down"), (13, "processing")]
    assert reasons(run, "a") == [(0, None), (5, "jam"), (13, None)]


def test_off_shift_says_whether_it_is_a_break(follow: Follow) -> None:
    """A shift from 06:00 to 14:00 with a break from 09:00 to 09:15; a part takes a day."""
    hour = 3600.0
    shifts = {"times": {"mon": ["06:00-14:00"]}, "breaks": ["09:00-09:15"]}

    run = follow(serial({"a": {"cycle": constant(24 * hour)}}, shifts=shifts), 15 * hour)

    assert states(run, "a") == [
        (0, "off_shift"), (6 * hour, "processing"), (9 * hour, "off_shift"), (9.25 * hour, "processing"),
        (14 * hour, "off_shift"),
    ]  # fmt: skip
    assert reasons(run, "a") == [(0, None), (9 * hour, "break"), (9.25 * hour, None)]


def test_who_tends_several_machines_is_asked_for_a_part_of_his_time(follow: Follow) -> None:
    """One operator tends two machines of a; b asks all of him for 3 s, and is served first at 0."""
    stations = {
        "a": {"cycle": constant(4), "machines": 2, "crew": {"operator": 1}, "attend": 2},
        "b": {"cycle": constant(3), "crew": {"operator": 1}},
    }
    route = [{"from": "a", "to": "out"}, {"from": "b", "to": "out"}]

    run = follow(describe(stations, route, operators={"operator": 1}), 6)

    assert reasons(run, "a", 1) == [(0, "0.5 operator"), (3, None)]
    assert reasons(run, "b") == [(0, None), (3, "operator")]


def test_maintenance_names_its_task(follow: Follow) -> None:
    """A machine of 4 s is overhauled for 5 s after every two parts."""
    task = {"overhaul": {"parts": 2, "lasts": constant(5)}}

    run = follow(serial({"a": {"cycle": constant(4), "maintenance": task}}), 20)

    assert states(run, "a") == [(0, "processing"), (8, "maintenance"), (13, "processing")]
    assert reasons(run, "a") == [(0, None), (8, "overhaul"), (13, None)]
