"""Everything in the same instant: completion, repair, transport, arrival, end of shift, failure; worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.lines import constant, describe, seconds
from support.timeline import arrivals, levels, parts, reasons, states, trace

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.line.scenario import Scenario


@pytest.fixture
def line() -> Scenario:
    """All times are multiples of 20 s or meet them; open from 0 to 60 s and from 120 to 180 s.

    Parts come to a and to c every 20 s. a 20 s, 20 s on the way, b 10 s, b fails after 60 s by the calendar for 8 s.
    c 20 s, fails after 20 s of work for 20 s.
    """
    calendar = {"ttf": constant(60), "ttr": constant(8), "clock": "calendar"}
    operating = {"ttf": constant(20), "ttr": constant(20)}
    stations = {
        "a": {"cycle": constant(20)},
        "b": {"cycle": constant(10), "failures": {"power": calendar}},
        "c": {"cycle": constant(20), "failures": {"jam": operating}},
    }
    route = [
        {"from": "a", "to": "b", "transport": seconds(20.0)},
        {"from": "b", "to": "out"},
        {"from": "c", "to": "out"},
    ]
    shifts = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}
    return describe(stations, route, source={"arrivals": constant(20)}, shifts=shifts)


def test_all_at_once(follow: Follow, line: Scenario) -> None:
    """At 60, in this order.

    a completes P2, which leaves for b; c's repair ends and its second part goes on; P1 arrives at b, which takes it;
    a part comes to a, which takes it, and one to c, where it waits; the shift ends. b's failure, due now, waits with
    nothing left to go until 120, where it comes after the arrivals and the start of the shift.
    """
    run = follow(line, 150)

    assert arrivals(run, "a") == [(t, True) for t in (20, 40, 60, 80, 100, 120, 140)]
    assert states(run, "a") == [
        (0, "starved"),
        (20, "processing"),  # P1 to 40, where it completes before P2 arrives; P2 to 60
        (60, "off_shift"),  # P3, 20 s left
        (120, "processing"),
    ]
    assert parts(run, "a") == [(t, "good", "b") for t in (40, 60, 140)]
    assert levels(run, "source->a") == [
        (0, 0),
        (80, 1),
        (100, 2),
        (120, 3),  # at 140 a takes one and one comes
    ]
    assert levels(run, "a->b") == [
        (0, 0),
        (40, 1),  # P1 leaves; at 60 P2 leaves and b takes P1
        (138, 0),  # b takes P2, there since 80
        (140, 1),  # P3 leaves
    ]
    assert states(run, "b") == [
        (0, "starved"),
        (60, "off_shift"),  # P1, 10 s left
        (120, "down"),
        (128, "processing"),  # P1 to 138, P2 to 148
        (148, "starved"),
    ]
    assert reasons(run, "b") == [(0, None), (120, "power"), (128, None)]
    assert parts(run, "b") == [(138, "good", "out"), (148, "good", "out")]
    assert states(run, "c") == [
        (0, "starved"),
        (20, "processing"),  # its first part to 40, which uses up the 20 s to the failure
        (40, "down"),  # the second part, come at 40, stops before its first second
        (60, "off_shift"),  # repaired, 20 s left
        (120, "processing"),
        (140, "down"),  # the second is done, the third stops before its first second
    ]
    assert parts(run, "c") == [(40, "good", "out"), (140, "good", "out")]
    assert levels(run, "source->c") == [
        (0, 0),
        (60, 1),
        (80, 2),
        (100, 3),
        (120, 4),
    ]  # at 140 one goes, one comes


def test_what_happens_at_the_end_belongs_to_what_follows(follow: Follow, line: Scenario) -> None:
    run = follow(line, 60)

    assert list(run.accounts.parts) == [1, 0, 1]
    assert run.accounts.arrived == 4
    assert list(run.accounts.repaired) == [0, 0, 0]


def test_what_happens_as_the_warm_up_ends_is_measured(follow: Follow, line: Scenario) -> None:
    run = follow(line, 150, warmup=60)

    assert list(run.accounts.parts) == [2, 2, 1]  # a at 60 and 140, b at 138 and 148, c at 140
    assert run.accounts.arrived == 2 * 5
    assert list(run.accounts.repaired) == [0, 1, 1]
    assert run.accounts.span_s == 90


def test_of_two_blocked_at_one_instant_the_lower_number_moves_first(follow: Follow) -> None:
    """Three f of 30 s, two z of no time, d of 10 s, no place before d.

    30  z1 has P1, which d takes, then P3; z2 has P2: both are blocked since 30
    40  d takes P3 from z1
    50  d takes P2 from z2
    60  z1 has P4 and z2 P5, both blocked, P6 waits; d is free and takes P4; z1 takes P6 and is blocked at 60 as well,
        after z2, but before it by its number
    70  so d takes P6, and P5 at 80
    """
    stations = {
        "f": {"cycle": constant(30), "machines": 3},
        "z": {"cycle": constant(0), "machines": 2},
        "d": {"cycle": constant(10)},
    }
    route = [{"from": "f", "to": "z"}, {"from": "z", "to": "d", "buffer": 0}, {"from": "d", "to": "out"}]

    run = follow(describe(stations, route), 95)

    left = [(event.time, event.fields["part"]) for event in trace(run) if event.fields.get("to") == "out"]
    assert left == [(40, 1), (50, 3), (60, 2), (70, 4), (80, 6), (90, 5)]
