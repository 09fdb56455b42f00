"""Blocking after service, starving, and buffers down to no place at all; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import constant, describe, serial
from support.timeline import levels, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow


def test_a_fast_machine_is_blocked_behind_a_slow_one(follow: Follow) -> None:
    """A takes 4 s, b 10 s, one place between."""
    run = follow(serial({"a": {"cycle": constant(4)}, "b": {"cycle": constant(10)}}, [1]), 40)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 4, P2 to 8 (kept in the buffer), P3 to 12
        (12, "blocked"),  # P3 is done, P2 still holds the place
        (14, "processing"),  # b takes P2, P3 moves up, P4 begins
        (18, "blocked"),
        (24, "processing"),  # b takes P3, P5 begins
        (28, "blocked"),
        (34, "processing"),
        (38, "blocked"),
    ]
    assert states(run, "b") == [(0, "starved"), (4, "processing")]  # one part straight after the other
    assert levels(run, "a->b") == [(0, 0), (8, 1)]  # at 14, 24, 34 the place is freed and filled at once
    assert parts(run, "a") == [(t, "good", "b") for t in (4, 8, 14, 24, 34)]  # when it leaves, not when it is done
    assert parts(run, "b") == [(t, "good", "out") for t in (14, 24, 34)]
    assert list(run.accounts.states[0]) == [0, 0, 0, 0, 0, 0, 12 + 4 + 4 + 4, 2 + 6 + 6 + 2, 0]


def test_a_slow_machine_starves_two_that_follow(follow: Follow) -> None:
    """A takes 5 s and feeds two machines of b, 12 s each: the lowest machine that is free takes the part."""
    run = follow(serial({"a": {"cycle": constant(5)}, "b": {"machines": 2, "cycle": constant(12)}}, [None]), 46)

    assert states(run, "a") == [(0, "processing")]
    assert states(run, "b", 1) == [
        (0, "starved"),
        (5, "processing"),  # P1 to 17; P3, waiting since 15, to 29; P5, since 25, to 41; P7, since 35, to 53
    ]
    assert states(run, "b", 2) == [
        (0, "starved"),
        (10, "processing"),  # P2 to 22; P4, waiting since 20, to 34; P6, since 30, to 46
    ]
    assert levels(run, "a->b") == [
        (0, 0),
        (15, 1),  # P3
        (17, 0),  # b1 takes it
        (20, 1),  # P4
        (22, 0),
        (25, 1),  # P5
        (29, 0),
        (30, 1),  # P6
        (34, 0),
        (35, 1),  # P7
        (40, 2),  # P8
        (41, 1),  # b1 takes P7
        (45, 2),  # P9
    ]
    assert parts(run, "b", 1) == [(t, "good", "out") for t in (17, 29, 41)]
    assert parts(run, "b", 2) == [(t, "good", "out") for t in (22, 34)]


def test_a_line_without_places_moves_up_as_one(follow: Follow) -> None:
    """A 4 s, b 6 s, c 9 s, no place between: c's completion lets b and a go in the same instant."""
    cycles = {"a": {"cycle": constant(4)}, "b": {"cycle": constant(6)}, "c": {"cycle": constant(9)}}

    run = follow(serial(cycles, [0, 0]), 48)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 4, P2 to 8
        (8, "blocked"),  # b works on P1 until 10
        (10, "processing"),  # P3 to 14
        (14, "blocked"),  # b is itself blocked until 19
        (19, "processing"),  # P4 to 23
        (23, "blocked"),
        (28, "processing"),  # P5 to 32
        (32, "blocked"),
        (37, "processing"),
        (41, "blocked"),
        (46, "processing"),
    ]
    assert states(run, "b") == [
        (0, "starved"),
        (4, "processing"),  # P1 to 10, P2 to 16
        (16, "blocked"),  # c works on P1 until 19
        (19, "processing"),  # P3 to 25
        (25, "blocked"),
        (28, "processing"),  # P4 to 34
        (34, "blocked"),
        (37, "processing"),
        (43, "blocked"),
        (46, "processing"),
    ]
    assert states(run, "c") == [(0, "starved"), (10, "processing")]  # P1 to 19, P2 to 28, P3 to 37, P4 to 46
    assert parts(run, "c") == [(t, "good", "out") for t in (19, 28, 37, 46)]
    assert (list(run.accounts.level_s), list(run.accounts.empty_s)) == ([0, 0], [48, 48])  # nothing ever lies between
    assert run.accounts.wip_s == 1 * 4 + 2 * 6 + 3 * 38  # one part to 4, two to 10, then one on every machine


def test_the_longest_blocked_machine_moves_first(follow: Follow) -> None:
    """Three machines of a, 4 s each, no place before b, 5 s: who finished first leaves first, a tie by machine."""
    scenario = serial({"a": {"machines": 3, "cycle": constant(4)}, "b": {"cycle": constant(5)}}, [0])

    run = follow(scenario, 30)

    assert parts(run, "a", 1) == [
        (4, "good", "b"),  # all three are done at 4; the first completion finds b free
        (19, "good", "b"),  # done at 8, after the other two
    ]
    assert parts(run, "a", 2) == [(9, "good", "b"), (24, "good", "b")]  # done at 4 with a3, before it by number
    assert parts(run, "a", 3) == [(14, "good", "b"), (29, "good", "b")]  # done at 4; then done at 18
    assert states(run, "a", 1) == [(0, "processing"), (8, "blocked"), (19, "processing"), (23, "blocked")]
    assert states(run, "a", 2) == [
        (0, "processing"),
        (4, "blocked"),
        (9, "processing"),  # to 13, so before a3 (18) and a1 (23)
        (13, "blocked"),
        (24, "processing"),
        (28, "blocked"),
    ]
    assert states(run, "a", 3) == [
        (0, "processing"),
        (4, "blocked"),
        (14, "processing"),
        (18, "blocked"),
        (29, "processing"),
    ]


def test_a_free_machine_takes_the_part_that_has_waited_longest(follow: Follow) -> None:
    """A makes a part every 3 s, b every 4 s, c takes 5 s; in a tie the edge named first, b's, goes first."""
    stations = {"a": {"cycle": constant(3)}, "b": {"cycle": constant(4)}, "c": {"cycle": constant(5)}}
    route = [{"from": "b", "to": "c"}, {"from": "a", "to": "c"}, {"from": "c", "to": "out"}]

    run = follow(describe(stations, route), 40)

    # c takes, with the time since when the part waits: 3 a(3), 8 b(4), 13 a(6), 18 b(8), 23 a(9),
    # 28 both wait since 12: b(12), 33 a(12), 38 a(15) before b(16).
    assert states(run, "c") == [(0, "starved"), (3, "processing")]
    assert levels(run, "a->c") == [
        (0, 0),
        (6, 1),
        (9, 2),
        (12, 3),
        (13, 2),  # that of 6 goes
        (15, 3),
        (18, 4),
        (21, 5),
        (23, 4),  # that of 9 goes
        (24, 5),
        (27, 6),
        (30, 7),  # at 33 one comes and that of 12 goes
        (36, 8),
        (38, 7),  # that of 15 goes
        (39, 8),
    ]
    assert levels(run, "b->c") == [
        (0, 0),
        (4, 1),  # at 8 one comes and that of 4 goes
        (12, 2),
        (16, 3),
        (18, 2),  # that of 8 goes
        (20, 3),
        (24, 4),  # at 28 one comes and that of 12 goes
        (32, 5),
        (36, 6),
    ]
