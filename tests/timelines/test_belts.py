"""Conveyors: their delay, their pitch, what closes up and what stops them; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.lines import Description, constant, describe, serial
from support.timeline import levels, parts, states
from twin.engine import simulate

if TYPE_CHECKING:
    from support.timeline import Follow

MINUTE_ON_MINUTE_OFF = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}
"""Open from 0 to 60 s and from 120 to 180 s."""
NEVER = 1e-12
"""A probability that no draw of these short runs falls under."""


def belt(**keys: Any) -> Description:  # noqa: ANN401 - the station's other keys, as they are
    """Return a conveyor of 12 s for three parts, 4 s apart."""
    return {"kind": "conveyor", "length": "12 m", "speed": "1 m/s", "capacity": 3, **keys}


def test_parts_enter_a_pitch_apart_and_leave_after_the_length(follow: Follow) -> None:
    """A makes a part every 3 s; the belt takes one every 4 s."""
    run = follow(serial({"a": {"cycle": constant(3)}, "belt": belt()}, [None]), 32)

    assert states(run, "belt") == [(0, "starved"), (3, "processing")]
    assert parts(run, "belt") == [
        (15, "good", "out"),  # P1, on the belt since 3
        (19, "good", "out"),  # P2, made at 6, on the belt since 7
        (23, "good", "out"),  # P3, made at 9, on the belt since 11
        (27, "good", "out"),  # P4, made at 12, on the belt since 15, when P1 leaves
        (31, "good", "out"),
    ]
    assert levels(run, "a->belt") == [
        (0, 0),
        (6, 1),  # P2
        (7, 0),
        (9, 1),  # P3
        (11, 0),
        (12, 1),  # P4; at 15 P5 comes and P4 goes
        (18, 2),
        (19, 1),
        (21, 2),
        (23, 1),
        (24, 2),  # at 27 one comes and one goes
        (30, 3),
        (31, 2),
    ]


def test_parts_close_up_on_an_accumulating_belt(follow: Follow) -> None:
    """A 5 s, the belt, b 10 s: while one waits at the end the others go on; then the next needs a pitch."""
    stations = {"a": {"cycle": constant(5)}, "belt": belt(), "b": {"cycle": constant(10)}}

    run = follow(serial(stations, [None, 0]), 50)

    assert states(run, "belt") == [
        (0, "starved"),
        (5, "processing"),  # P1 to 17, P2 (since 10) to 22
        (22, "blocked"),  # b works on P1 until 27; P3 (since 15) would be there at 27 and closes up
        (27, "processing"),  # P3 needs 4 s more
        (31, "blocked"),
        (37, "processing"),  # P4 (since 20) has closed up as well: 41
        (41, "blocked"),
        (47, "processing"),
    ]
    assert parts(run, "belt") == [(t, "good", "b") for t in (17, 27, 37, 47)]
    assert levels(run, "a->belt") == [
        (0, 0),
        (25, 1),  # P5: P2, P3 and P4 fill the belt
        (27, 0),
        (30, 1),  # P6
        (35, 2),
        (37, 1),
        (40, 2),
        (45, 3),
        (47, 2),
    ]


def test_a_belt_that_is_not_accumulating_stands_while_a_part_waits(follow: Follow) -> None:
    """The same, but nothing moves while one waits at the end."""
    stations = {"a": {"cycle": constant(5)}, "belt": belt(accumulating=False), "b": {"cycle": constant(10)}}

    run = follow(serial(stations, [None, 0]), 50)

    assert states(run, "belt") == [
        (0, "starved"),
        (5, "processing"),  # P1 to 17, P2 to 22
        (22, "blocked"),  # P3 has 5 s to go, P4 10 s; P4 has moved on by 2 s
        (27, "processing"),
        (32, "blocked"),  # P3; P5, on the belt since 29, has moved on by 3 s
        (37, "processing"),
        (42, "blocked"),  # P4
        (47, "processing"),
    ]
    assert parts(run, "belt") == [(t, "good", "b") for t in (17, 27, 37, 47)]
    assert levels(run, "a->belt") == [
        (0, 0),
        (25, 1),  # P5: the belt is full
        (29, 0),  # there is room at 27, but P4 has moved on by a pitch only now
        (30, 1),  # P6
        (35, 2),
        (38, 1),  # P6, a pitch behind P5
        (40, 2),
        (45, 3),
        (47, 2),
    ]


def test_one_part_can_enter_a_belt_that_stands(follow: Follow) -> None:
    """A 14 s, b 30 s: the entry is free, so one part is put onto the belt that waits; the next finds no room."""
    stations = {"a": {"cycle": constant(14)}, "belt": belt(accumulating=False), "b": {"cycle": constant(30)}}

    run = follow(serial(stations, [None, 0]), 72)

    assert states(run, "belt") == [
        (0, "starved"),
        (14, "processing"),  # P1 to 26
        (26, "starved"),
        (28, "processing"),  # P2 to 40
        (40, "blocked"),  # b works on P1 until 56; P3 comes on at 42
        (56, "processing"),  # P3 has all 12 s before it
        (68, "blocked"),
    ]
    assert levels(run, "a->belt") == [
        (0, 0),
        (56, 1),  # P4: P3 lies where it would go
        (60, 0),  # P5 comes on at 70, though the belt stands
    ]
    assert parts(run, "belt") == [(26, "good", "b"), (56, "good", "b")]


def test_a_failure_stops_the_belt_with_all_that_is_on_it(follow: Follow) -> None:
    """A 5 s; the belt jams after 10 s with parts on it, for 5 s."""
    jam = {"ttf": constant(10), "ttr": constant(5)}

    run = follow(serial({"a": {"cycle": constant(5)}, "belt": belt(failures={"jam": jam})}, [None]), 50)

    assert states(run, "belt") == [
        (0, "starved"),
        (5, "processing"),  # P1 since 5, P2 since 10, P3 since 15
        (15, "down"),
        (20, "processing"),  # P1 has 2 s to go, P2 7 s, P3 12 s
        (30, "down"),  # P3 has 2 s to go, P4 (since 24) 6 s, P5 (since 28) 10 s
        (35, "processing"),
        (45, "down"),  # P5 leaves at 45, the completion first; P6 (since 37), P7 (41) and P8 (45) stand
    ]
    assert parts(run, "belt") == [(t, "good", "out") for t in (22, 27, 37, 41, 45)]
    assert levels(run, "a->belt") == [
        (0, 0),
        (20, 1),  # P4
        (24, 0),  # P3 has moved on by a pitch
        (25, 1),  # P5
        (28, 0),
        (30, 1),  # P6
        (35, 2),
        (37, 1),  # P6
        (40, 2),
        (41, 1),  # P7; at 45 P9 comes and P8 goes
    ]
    assert run.accounts.states[1][3] == 5 + 5 + 5


def test_a_belt_without_parts_does_not_age(follow: Follow) -> None:
    """A 20 s; the belt fails after 30 s with parts on it, for 4 s."""
    jam = {"ttf": constant(30), "ttr": constant(4)}

    run = follow(serial({"a": {"cycle": constant(20)}, "belt": belt(failures={"jam": jam})}, [None]), 80)

    assert states(run, "belt") == [
        (0, "starved"),
        (20, "processing"),  # P1
        (32, "starved"),
        (40, "processing"),  # P2
        (52, "starved"),
        (60, "processing"),  # P3: 24 s are used up, 6 are left
        (66, "down"),
        (70, "processing"),
        (76, "starved"),
    ]


def test_a_part_at_the_end_leaves_a_broken_belt(follow: Follow) -> None:
    """A 5 s, b 10 s; the belt breaks at 24 on the calendar clock, for 10 s, while P2 waits at its end."""
    jam = {"ttf": constant(24), "ttr": constant(10), "clock": "calendar"}
    stations = {"a": {"cycle": constant(5)}, "belt": belt(failures={"jam": jam}), "b": {"cycle": constant(10)}}

    run = follow(serial(stations, [None, 0]), 50)

    assert states(run, "belt") == [
        (0, "starved"),
        (5, "processing"),  # P1 to 17, P2 to 22
        (22, "blocked"),
        (24, "down"),  # b takes P2 at 27; P3 is 3 s before the end, but behind P2 it needs 4 s
        (34, "processing"),  # P3 to 38, then P4, which lies 4 s behind, to 42
        (42, "blocked"),
        (48, "processing"),
    ]
    assert states(run, "b") == [(0, "starved"), (17, "processing"), (37, "starved"), (38, "processing")]
    assert parts(run, "belt") == [(t, "good", "b") for t in (17, 27, 38, 48)]
    assert levels(run, "a->belt")[:3] == [(0, 0), (25, 1), (30, 2)]  # P5 and P6
    assert levels(run, "a->belt")[3] == (34, 1)  # P5


def test_the_end_of_a_shift_stops_the_belt(follow: Follow) -> None:
    """A 10 s, a belt of 24 s: what is on it at 60 stands until 120."""
    run = follow(
        serial({"a": {"cycle": constant(10)}, "belt": belt(length="24 m")}, [None], shifts=MINUTE_ON_MINUTE_OFF), 200
    )

    assert states(run, "belt") == [
        (0, "starved"),
        (10, "processing"),  # P1 to 34, P2 to 44, P3 to 54
        (60, "off_shift"),  # P4 has 4 s to go, P5 14 s, P6 has just come on
        (120, "processing"),
        (180, "off_shift"),
    ]
    # P7 is made at 130 and there at 154, and so on.
    assert parts(run, "belt") == [(t, "good", "out") for t in (34, 44, 54, 124, 134, 144, 154, 164, 174)]


def test_maintenance_by_the_calendar_stops_the_belt_when_it_is_due(follow: Follow) -> None:
    """A 5 s; every 20 s the belt is overhauled for 6 s."""
    overhaul = {"every": "20 s", "clock": "calendar", "lasts": constant(6)}

    run = follow(serial({"a": {"cycle": constant(5)}, "belt": belt(maintenance={"overhaul": overhaul})}, [None]), 50)

    assert states(run, "belt") == [
        (0, "starved"),
        (5, "processing"),  # P1 to 17
        (20, "maintenance"),  # P2 has 2 s to go, P3 7 s, P4 has just come on
        (26, "processing"),
        (46, "maintenance"),
    ]
    assert parts(run, "belt") == [(t, "good", "out") for t in (17, 28, 33, 38, 42, 46)]
    assert levels(run, "a->belt") == [
        (0, 0),
        (25, 1),  # P5
        (34, 0),  # at 30 P5 goes on, a pitch behind P4, and P6 comes
        (35, 1),  # P7
        (38, 0),
        (40, 1),  # P8
        (42, 0),
        (45, 1),  # P9; at 46 P6 leaves, and the next overhaul comes first
    ]


def test_maintenance_by_work_or_by_parts_begins_when_a_part_has_reached_the_end(follow: Follow) -> None:
    """A 5 s; the belt is overhauled for 6 s after 10 s with parts on it, or after two parts."""
    stations = {"a": {"cycle": constant(5)}}
    by_work = belt(maintenance={"overhaul": {"every": "10 s", "lasts": constant(6)}})
    by_parts = belt(maintenance={"overhaul": {"parts": 2, "lasts": constant(6)}})

    run = follow(serial(stations | {"belt": by_work}, [None]), 45)
    other = follow(serial(stations | {"belt": by_parts}, [None]), 45)

    assert states(run, "belt") == [
        (0, "starved"),
        (5, "processing"),
        (17, "maintenance"),  # P1 is through: 12 s; P2 has 5 s to go, P3 10 s
        (23, "processing"),
        (33, "maintenance"),  # P2 was through at 28 after 5 s, P3 after 10 s
        (39, "processing"),
    ]
    assert parts(run, "belt") == [(t, "good", "out") for t in (17, 28, 33, 43)]
    assert states(other, "belt") == [
        (0, "starved"),
        (5, "processing"),
        (22, "maintenance"),  # P1 and P2 are through; P3 has 5 s to go, P4 (since 20) 10 s
        (28, "processing"),
        (38, "maintenance"),
        (44, "processing"),
    ]
    assert parts(other, "belt") == [(t, "good", "out") for t in (17, 22, 33, 38)]


def test_a_full_belt_locks_a_loop(follow: Follow) -> None:
    """A 2 s, one place, the belt and straight back to a: at 14 each waits for the other."""
    route: list[Description] = [
        {"from": "a", "to": "belt", "buffer": 1},
        {"from": "belt", "to": "a", "buffer": 0, "rework": True, "probability": 1 - NEVER},
        {"from": "belt", "to": "out", "probability": NEVER},
    ]

    run = follow(describe({"a": {"cycle": constant(2)}, "belt": belt()}, route), 100)

    assert states(run, "a") == [
        (0, "processing"),  # P1 is on the belt at 2, P2 at 6: then P3 leaves the machine
        (8, "blocked"),  # with P4; P3 in the buffer
        (10, "processing"),  # P3 on the belt, P4 in the buffer, P5 to 12
        (12, "blocked"),
    ]
    assert states(run, "belt") == [(0, "starved"), (2, "processing"), (14, "blocked")]
    assert run.deadlock == ("a waits for belt", "belt waits for a")


def test_a_belt_with_room_left_does_not_lock_a_loop(follow: Follow) -> None:
    """A 5 s: at 17 P1 waits for a at the end of the full belt, but a is at work and then takes it first."""
    route: list[Description] = [
        {"from": "a", "to": "belt", "buffer": 1},
        {"from": "belt", "to": "a", "buffer": 0, "rework": True, "probability": 1 - NEVER},
        {"from": "belt", "to": "out", "probability": NEVER},
    ]

    run = follow(describe({"a": {"cycle": constant(5)}, "belt": belt()}, route), 100)

    assert run.deadlock is None
    assert states(run, "a") == [(0, "processing")]
    # Five parts circle: four come from the source, P1 back at 20, then P2 at 25, and so on.
    assert parts(run, "belt")[:4] == [(t, "rework", "a") for t in (20, 25, 30, 35)]


@pytest.mark.parametrize(("makes", "takes", "every"), [(3, 2, 4), (7, 2, 7), (3, 9, 9)])
def test_the_throughput_is_that_of_the_slowest(makes: float, takes: float, every: float) -> None:
    """A belt passes a part a pitch, 4 s, at most; else what comes or what is taken decides."""
    stations = {"a": {"cycle": constant(makes)}, "belt": belt(), "b": {"cycle": constant(takes)}}

    [run] = simulate(serial(stations, [5, 2]), engine="simpy", warmup=1000 * every, horizon=1000 * every)

    assert run.accounts.departed == 1000
