"""Stores: stays that overtake, room, nights; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.lines import Description, constant, describe, serial
from support.timeline import levels, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow

MINUTE_ON_MINUTE_OFF = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}
"""Open from 0 to 60 s and from 120 to 180 s."""
NEVER = 1e-12
"""A probability that no draw of these short runs falls under."""


def store(stay: float, **keys: Any) -> Description:  # noqa: ANN401 - the station's other keys, as they are
    return {"kind": "storage", "stay": constant(stay), **keys}


def test_parts_leave_in_the_order_of_their_being_ready(follow: Follow) -> None:
    """Three parts come at 0, 5 and 10 with 30, 10 and 20 s to stay; b 8 s, no place before it."""
    book: list[Description] = [
        {"order": "A", "release": "0 s", "pieces": 1, "at": "rack", "left": "30 s"},
        {"order": "B", "release": "5 s", "pieces": 1, "at": "rack", "left": "10 s"},
        {"order": "C", "release": "10 s", "pieces": 1, "at": "rack", "left": "20 s"},
    ]
    stations = {"rack": store(99), "b": {"cycle": constant(8)}}

    run = follow(serial(stations, [0], source={"orders": {"book": book}}), 60)

    assert states(run, "rack") == [
        (0, "processing"),
        (30, "blocked"),  # B has left at 15, A leaves; C is ready with it, behind it, and b is at work on A
        (38, "starved"),
    ]
    assert parts(run, "rack") == [(t, "good", "b") for t in (15, 30, 38)]
    assert states(run, "b") == [
        (0, "starved"),
        (15, "processing"),
        (23, "starved"),
        (30, "processing"),
        (46, "starved"),
    ]


def test_a_full_store_blocks_and_its_first_part_makes_the_others_wait(follow: Follow) -> None:
    """A 5 s, room for two, each at least 12 s, b 10 s; no places between."""
    stations = {"a": {"cycle": constant(5)}, "rack": store(12, capacity=2), "b": {"cycle": constant(10)}}

    run = follow(serial(stations, [0, 0]), 50)

    assert states(run, "rack") == [
        (0, "starved"),
        (5, "processing"),  # P1 to 17, P2 (since 10) to 22
        (22, "blocked"),  # b works on P1 until 27
        (27, "processing"),  # P3 (since 17) to 29
        (29, "blocked"),
        (37, "processing"),  # P4 (since 27) to 39
        (39, "blocked"),
        (47, "processing"),  # P5 (since 37) to 49
        (49, "blocked"),
    ]
    assert parts(run, "rack") == [(t, "good", "b") for t in (17, 27, 37, 47)]
    assert states(run, "a") == [
        (0, "processing"),
        (15, "blocked"),  # P3
        (17, "processing"),
        (22, "blocked"),  # P4
        (27, "processing"),
        (32, "blocked"),
        (37, "processing"),
        (42, "blocked"),
        (47, "processing"),
    ]


def test_a_store_never_closes(follow: Follow) -> None:
    """A 25 s, 50 s to stay, one place, b 5 s; closed from 60 to 120."""
    stations = {"a": {"cycle": constant(25)}, "rack": store(50), "b": {"cycle": constant(5)}}

    run = follow(serial(stations, [None, 1], shifts=MINUTE_ON_MINUTE_OFF), 180)

    assert states(run, "rack") == [
        (0, "starved"),
        (25, "processing"),  # P1 to 75, P2 (since 50) to 100
        (100, "blocked"),  # P1 has left in the night; P2 finds no room
        (120, "starved"),
        (135, "processing"),
    ]
    assert levels(run, "rack->b") == [(0, 0), (75, 1), (125, 0)]  # at 120 P1 goes and P2 comes
    assert parts(run, "b") == [(125, "good", "out"), (130, "good", "out")]


def test_a_store_takes_a_finished_part_at_night(follow: Follow) -> None:
    """A 25 s, room for one, 50 s to stay, no place between; closed from 60 to 120."""
    stations = {"a": {"cycle": constant(25)}, "rack": store(50, capacity=1)}

    run = follow(serial(stations, [0], shifts=MINUTE_ON_MINUTE_OFF), 180)

    assert parts(run, "rack") == [(75, "good", "out"), (125, "good", "out")]
    assert parts(run, "a") == [(25, "good", "rack"), (75, "good", "rack"), (145, "good", "rack")]
    assert states(run, "a") == [
        (0, "processing"),  # P1 to 25, P2 to 50
        (50, "blocked"),
        (60, "off_shift"),  # P2 is taken at 75, but nobody is there to begin P3
        (120, "processing"),  # P3 to 145, P4 to 170
        (170, "blocked"),
    ]


def test_parts_that_come_together_enter_together(follow: Follow) -> None:
    """An order of three parts at 10 s; room for two, 5 s to stay."""
    book = [{"order": "A", "release": "10 s", "pieces": 3}]

    run = follow(serial({"rack": store(5, capacity=2)}, source={"orders": {"book": book}}), 40)

    assert levels(run, "source->rack") == [(0, 0), (10, 1), (15, 0)]
    assert parts(run, "rack") == [(15, "good", "out"), (15, "good", "out"), (20, "good", "out")]
    assert states(run, "rack") == [(0, "starved"), (10, "processing"), (20, "starved")]


def test_a_store_with_room_left_does_not_lock_a_loop(follow: Follow) -> None:
    """A 2 s, one place, 10 s in a store without limit and straight back to a, which takes those that return first."""
    route: list[Description] = [
        {"from": "a", "to": "rack", "buffer": 1},
        {"from": "rack", "to": "a", "buffer": 0, "rework": True, "probability": 1 - NEVER},
        {"from": "rack", "to": "out", "probability": NEVER},
    ]

    run = follow(describe({"a": {"cycle": constant(2)}, "rack": store(10)}, route), 60)

    assert run.deadlock is None
    assert states(run, "a") == [(0, "processing")]
    # P1 is ready at 12, when a has just begun P7.
    assert parts(run, "rack")[:3] == [(t, "rework", "a") for t in (14, 16, 18)]
