"""Ways between stations: transport, rework, arrivals that are turned away, deadlock; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, seconds, serial
from support.timeline import arrivals, levels, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow

NEVER = 1e-12
"""A way that no part of a short run takes: a loop must have a way out, and these timelines want none taken."""


def test_a_part_on_its_way_holds_its_place(follow: Follow) -> None:
    """A 5 s, 7 s on the way, one place, b 3 s."""
    stations = {"a": {"cycle": constant(5)}, "b": {"cycle": constant(3)}}
    route: list[Description] = [
        {"from": "a", "to": "b", "buffer": 1, "transport": seconds(7.0)},
        {"from": "b", "to": "out"},
    ]

    run = follow(describe(stations, route), 40)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 5, P2 to 10
        (10, "blocked"),  # P1 arrives at 12; until then it holds the place
        (12, "processing"),
        (17, "blocked"),
        (19, "processing"),
        (24, "blocked"),
        (26, "processing"),
        (31, "blocked"),
        (33, "processing"),
        (38, "blocked"),
    ]
    assert parts(run, "a") == [(t, "good", "b") for t in (5, 12, 19, 26, 33)]
    assert states(run, "b") == [
        (0, "starved"),
        (12, "processing"),
        (15, "starved"),
        (19, "processing"),
        (22, "starved"),
        (26, "processing"),
        (29, "starved"),
        (33, "processing"),
        (36, "starved"),
    ]
    assert levels(run, "a->b") == [(0, 0), (5, 1)]  # what b takes makes room for the next to leave


def test_waiting_counts_from_the_end_of_the_way(follow: Follow) -> None:
    """A 10 s and 9 s on the way, b 12 s and none, both into c, 20 s."""
    stations = {"a": {"cycle": constant(10)}, "b": {"cycle": constant(12)}, "c": {"cycle": constant(20)}}
    route: list[Description] = [
        {"from": "a", "to": "c", "transport": seconds(9.0)},
        {"from": "b", "to": "c"},
        {"from": "c", "to": "out"},
    ]

    run = follow(describe(stations, route), 75)

    # c takes at 12 what b has just made, at 32 a's (19), at 52 b's (24) before a's, which left at 20 but arrived at 29,
    # and at 72 that one.
    assert levels(run, "a->c") == [
        (0, 0),
        (10, 1),
        (20, 2),
        (30, 3),
        (32, 2),
        (40, 3),
        (50, 4),
        (60, 5),
        (70, 6),
        (72, 5),
    ]
    assert levels(run, "b->c") == [(0, 0), (24, 1), (36, 2), (48, 3), (52, 2), (60, 3), (72, 4)]
    assert states(run, "c") == [(0, "starved"), (12, "processing")]


def test_reworked_parts_go_round_before_the_source_is_asked(follow: Follow) -> None:
    """A 5 s, b 4 s and back to a: two parts circle for ever, the source is never asked for a third."""
    stations = {"a": {"cycle": constant(5)}, "b": {"cycle": constant(4)}}
    route: list[Description] = [
        {"from": "a", "to": "b"},
        {"from": "b", "to": "a", "rework": True, "probability": 1 - NEVER},
        {"from": "b", "to": "out", "probability": NEVER},
    ]

    run = follow(describe(stations, route), 30)

    assert arrivals(run, "a") == [(0, True), (5, True)]
    assert states(run, "a") == [(0, "processing")]  # P1, P2, P1, P2, ...
    assert states(run, "b") == [
        (0, "starved"),
        (5, "processing"),
        (9, "starved"),
        (10, "processing"),
        (14, "starved"),
        (15, "processing"),
        (19, "starved"),
        (20, "processing"),
        (24, "starved"),
        (25, "processing"),
        (29, "starved"),
    ]
    assert parts(run, "b") == [(t, "rework", "a") for t in (9, 14, 19, 24, 29)]
    assert levels(run, "b->a") == [
        (0, 0),
        (9, 1),
        (10, 0),
        (14, 1),
        (15, 0),
        (19, 1),
        (20, 0),
        (24, 1),
        (25, 0),
        (29, 1),
    ]
    assert (run.accounts.arrived, run.accounts.departed, run.accounts.wip_s) == (2, 0, 5 * 1 + 25 * 2)


def test_a_reworked_part_leaves_good_but_not_at_first_pass(follow: Follow) -> None:
    """A 4 s sends all to r, 5 s, as rework; b 7 s makes good parts; p packs both in 6 s, b's first in a tie."""
    stations = {
        "a": {"cycle": constant(4)},
        "r": {"cycle": constant(5)},
        "b": {"cycle": constant(7)},
        "p": {"cycle": constant(6)},
    }
    route: list[Description] = [
        {"from": "a", "to": "r", "rework": True},
        {"from": "b", "to": "p"},
        {"from": "r", "to": "p"},
        {"from": "p", "to": "out"},
    ]

    run = follow(describe(stations, route), 32)

    # p: b1 7-13; r1, waiting since 9, 13-19; b2 and r2, both since 14: b2 19-25, r2 25-31; r3, since 19, from 31
    assert parts(run, "p") == [(t, "good", "out") for t in (13, 19, 25, 31)]
    assert parts(run, "a") == [(t, "rework", "r") for t in (4, 8, 12, 16, 20, 24, 28)]
    assert levels(run, "r->p") == [(0, 0), (9, 1), (13, 0), (14, 1), (19, 2), (24, 3), (25, 2), (29, 3), (31, 2)]
    assert levels(run, "b->p") == [(0, 0), (14, 1), (19, 0), (21, 1), (28, 2)]
    assert (run.accounts.departed, run.accounts.first_pass, run.accounts.scrapped) == (4, 2, 0)
    assert list(run.accounts.rework) == [7, 0, 0, 0]


def test_an_arrival_is_turned_away_when_enough_wait(follow: Follow) -> None:
    """An arrival every 4 s, one may wait; the machine takes 10 s."""
    source = {"arrivals": constant(4), "capacity": 1}

    run = follow(serial({"a": {"cycle": constant(10)}}, source=source), 40)

    assert arrivals(run, "a") == [
        (4, True),  # on the machine, 4-14
        (8, True),  # waits to 14, on the machine to 24
        (12, False),
        (16, True),  # waits to 24, on the machine to 34
        (20, False),
        (24, True),  # the completion at 24 came first and made room
        (28, False),
        (32, False),
        (36, True),  # the machine took the part of 24 at 34
    ]
    assert states(run, "a") == [(0, "starved"), (4, "processing")]
    assert levels(run, "source->a") == [(0, 0), (8, 1), (14, 0), (16, 1), (34, 0), (36, 1)]
    accounts = run.accounts
    assert (accounts.arrived, accounts.turned_away, accounts.departed) == (5, 4, 3)
    assert accounts.lead_sum_s == (14 - 4) + (24 - 8) + (34 - 16)


def test_a_deadlock_is_named_and_nothing_moves_after_it(follow: Follow) -> None:
    """A 2 s, one place, b 10 s and straight back to a: at 12 each waits for the other."""
    stations = {"a": {"cycle": constant(2)}, "b": {"cycle": constant(10)}}
    route: list[Description] = [
        {"from": "a", "to": "b", "buffer": 1},
        {"from": "b", "to": "a", "buffer": 0, "rework": True, "probability": 1 - NEVER},
        {"from": "b", "to": "out", "probability": NEVER},
    ]

    run = follow(describe(stations, route), 100)

    assert states(run, "a") == [(0, "processing"), (6, "blocked")]  # P1 is on b, P2 in the buffer, P3 on a
    assert states(run, "b") == [(0, "starved"), (2, "processing"), (12, "blocked")]
    assert run.deadlock is not None
    assert sorted(name[0] for name in run.deadlock) == ["a", "b"]


def test_a_returning_way_without_limit_does_not_lock(follow: Follow) -> None:
    """The same line, its returning way without `buffer`: three parts circle."""
    stations = {"a": {"cycle": constant(2)}, "b": {"cycle": constant(10)}}
    route: list[Description] = [
        {"from": "a", "to": "b", "buffer": 1},
        {"from": "b", "to": "a", "rework": True, "probability": 1 - NEVER},
        {"from": "b", "to": "out", "probability": NEVER},
    ]

    run = follow(describe(stations, route), 40)

    assert run.deadlock is None
    assert parts(run, "b") == [(t, "rework", "a") for t in (12, 22, 32)]
    assert states(run, "a") == [
        (0, "processing"),
        (6, "blocked"),  # with P3
        (12, "processing"),  # P1 comes back, b takes P2, P3 moves up, P1 is worked on again
        (14, "blocked"),
        (22, "processing"),
        (24, "blocked"),
        (32, "processing"),
        (34, "blocked"),
    ]
