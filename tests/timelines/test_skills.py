"""Several skills, urgency, and people who tend several machines; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe
from support.timeline import crew, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.line.scenario import Scenario

ALL_ROUND = {"setter": {"also": ["operator"]}}


def side_by_side(stations: dict[str, Description], **keys: object) -> Scenario:
    """Return stations that share nothing but people: each always has a part, and sends it out."""
    return describe(stations, [{"from": name, "to": "out"} for name in stations], **keys)


def test_the_specialist_is_taken_first_then_whoever_can_do_it_too(follow: Follow) -> None:
    """One operator, and a setter who can do that work too; a and b 10 s with an operator, c 20 s with a setter."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(10), "crew": {"operator": 1}},
        "b": {"cycle": constant(10), "crew": {"operator": 1}},
        "c": {"cycle": constant(20), "crew": {"setter": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 1, "setter": 1}, pools=ALL_ROUND), 60)

    assert states(run, "a") == [
        (0, "waiting_operator"),  # the line settles from its end: c has the setter, b the operator
        (10, "processing"),  # with the operator to 20, when b has asked before; with the setter, free since c is done
        (40, "waiting_operator"),  # the setter has gone to c at 30, the operator come from b; now it is b's turn
        (50, "processing"),
    ]
    assert states(run, "b") == [
        (0, "processing"),
        (10, "waiting_operator"),
        (20, "processing"),
        (30, "waiting_operator"),
        (40, "processing"),  # to 50, when the operator goes to a, and the setter, whom c lets go, comes
    ]
    assert states(run, "c") == [
        (0, "processing"),
        (20, "waiting_operator"),  # a has asked first
        (30, "processing"),
        (50, "waiting_operator"),
    ]
    assert crew(run, "operator") == [
        (0, (1, 1, 1)),
        (20, (1, 1, 0)),
        (30, (1, 1, 1)),
        (50, (1, 1, 0)),
    ]
    assert crew(run, "setter") == [(0, (1, 1, 0)), (20, (1, 1, 1)), (30, (1, 1, 0)), (50, (1, 1, 1))]


def test_who_waits_for_the_all_rounder_holds_up_no_specialist(follow: Follow) -> None:
    """A 10 s with an operator; c 30 s and d 15 s with the setter: c waits for d's, and a works on."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(10), "crew": {"operator": 1}},
        "c": {"cycle": constant(30), "crew": {"setter": 1}},
        "d": {"cycle": constant(15), "crew": {"setter": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 1, "setter": 1}, pools=ALL_ROUND), 70)

    assert states(run, "a") == [(0, "processing")]
    assert parts(run, "a") == [(t, "good", "out") for t in (10, 20, 30, 40, 50, 60)]
    assert states(run, "c") == [
        (0, "waiting_operator"),
        (15, "processing"),
        (45, "waiting_operator"),
        (60, "processing"),
    ]
    assert states(run, "d") == [
        (0, "processing"),
        (15, "waiting_operator"),
        (45, "processing"),
        (60, "waiting_operator"),
    ]


def test_needs_of_one_request_share_out_those_who_can_do_both(follow: Follow) -> None:
    """A, 20 s, takes an operator and a setter: the only operator works on b, 50 s, so two setters come."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(20), "crew": {"operator": 1, "setter": 1}},
        "b": {"cycle": constant(50), "crew": {"operator": 1}},
        "c": {"cycle": constant(30), "crew": {"setter": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 1, "setter": 2}, pools=ALL_ROUND), 80)

    assert states(run, "a") == [
        (0, "waiting_operator"),  # c has one of the setters
        (30, "processing"),  # with both setters; from 50 with the operator and a setter, the other goes to c
        (70, "waiting_operator"),  # the operator goes to b
    ]
    assert states(run, "b") == [(0, "processing"), (50, "waiting_operator"), (70, "processing")]
    assert states(run, "c") == [(0, "processing"), (30, "waiting_operator"), (50, "processing")]
    assert crew(run, "operator") == [(0, (1, 1, 1)), (30, (1, 1, 0)), (50, (1, 1, 1))]
    assert crew(run, "setter") == [(0, (2, 1, 1)), (30, (2, 2, 1)), (50, (2, 2, 0)), (70, (2, 1, 1))]


def mended(a: Description, b: Description) -> Scenario:
    """Describe a and b, 20 s with the one operator, who also mends c in 10 s: 25 s, fails after 10 s of work."""
    jam = {"ttf": constant(10), "ttr": constant(10), "repaired_by": {"operator": 1}}
    work = {"cycle": constant(20), "crew": {"operator": 1}}
    stations: dict[str, Description] = {
        "a": work | a,
        "b": work | b,
        "c": {"cycle": constant(25), "failures": {"jam": jam}},
    }
    return side_by_side(stations, operators={"operator": 1})


def test_a_repair_goes_before_work(follow: Follow) -> None:
    run = follow(mended({}, {}), 100)

    assert states(run, "a") == [
        (0, "waiting_operator"),
        (30, "processing"),
        (50, "waiting_operator"),
        (90, "processing"),  # asked at 50, before b
    ]
    assert states(run, "b") == [
        (0, "processing"),
        (20, "waiting_operator"),
        (60, "processing"),
        (80, "waiting_operator"),
    ]
    assert states(run, "c") == [
        (0, "processing"),
        (10, "waiting_repair"),
        (20, "down"),  # before a, which has asked at 0
        (30, "processing"),  # 15 s of P1 are left
        (40, "waiting_repair"),  # 5 s are left
        (50, "down"),
        (60, "processing"),  # P1 to 65, 5 s of P2
        (70, "waiting_repair"),
        (80, "down"),
        (90, "processing"),
    ]


def test_the_more_urgent_station_goes_first(follow: Follow) -> None:
    """A is less urgent than b, and b than a repair: b, which asks later each time, is served as often as it asks."""
    run = follow(mended({"priority": 2}, {}), 100)

    assert states(run, "a") == [(0, "waiting_operator")]
    assert states(run, "b") == [
        (0, "processing"),
        (20, "waiting_operator"),
        (30, "processing"),  # before a, which has asked at 0
        (50, "waiting_operator"),
        (60, "processing"),
        (80, "waiting_operator"),
        (90, "processing"),
    ]
    assert states(run, "c")[1:3] == [(10, "waiting_repair"), (20, "down")]


def test_one_person_tends_two_machines(follow: Follow) -> None:
    """Three presses, 10 s, two to a person; the packer, 15 s, takes a whole one; two operators in all."""
    stations: dict[str, Description] = {
        "press": {"machines": 3, "cycle": constant(10), "crew": {"operator": 1}, "attend": 2},
        "pack": {"cycle": constant(15), "crew": {"operator": 1}},
    }

    run = follow(side_by_side(stations, operators={"operator": 2}), 45)

    assert states(run, "press", 1) == [(0, "processing"), (30, "waiting_operator"), (35, "processing")]
    assert states(run, "press", 2) == [
        (0, "processing"),
        (10, "waiting_operator"),  # the third has asked at 0, the first at 10 as well
        (15, "processing"),  # half of whom the packer lets go; the other half waits for the packer's turn
        (25, "waiting_operator"),
        (30, "processing"),
        (40, "waiting_operator"),
    ]
    assert states(run, "press", 3) == [
        (0, "waiting_operator"),
        (10, "processing"),
        (20, "waiting_operator"),
        (25, "processing"),  # at 35 it goes on with half of the packer's
    ]
    assert states(run, "pack") == [
        (0, "processing"),
        (15, "waiting_operator"),
        (20, "processing"),
        (35, "waiting_operator"),
        (40, "processing"),
    ]
    assert crew(run, "operator") == [
        (0, (2, 2, 1)),
        (15, (2, 1.5, 1)),
        (20, (2, 2, 1)),
        (35, (2, 1.5, 1)),
        (40, (2, 2, 1)),
    ]
    accounts = run.accounts
    assert (accounts.present_s[0], accounts.busy_s[0], accounts.waiting_s[0]) == (90, 85, 45)
