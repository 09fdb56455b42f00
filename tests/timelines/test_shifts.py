"""The end and the start of a shift, in mid-cycle, in mid-repair and for the crew; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import constant, describe, serial
from support.timeline import crew, levels, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow

MINUTE_ON_MINUTE_OFF = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}
"""Open from 0 to 60 s and from 120 to 180 s."""


def test_a_cycle_and_a_repair_stop_at_the_end_and_go_on_at_the_start(follow: Follow) -> None:
    """A 25 s; b 20 s, fails after 20 s of work, for 30 s."""
    jam = {"ttf": constant(20), "ttr": constant(30)}
    stations = {"a": {"cycle": constant(25)}, "b": {"cycle": constant(20), "failures": {"jam": jam}}}

    run = follow(serial(stations, [None], shifts=MINUTE_ON_MINUTE_OFF), 200)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 25, P2 to 50, P3 with 15 s left at 60
        (60, "off_shift"),
        (120, "processing"),  # P3 to 135, P4 to 160, P5 with 5 s left at 180
        (180, "off_shift"),
    ]
    assert parts(run, "a") == [(t, "good", "b") for t in (25, 50, 135, 160)]
    assert states(run, "b") == [
        (0, "starved"),
        (25, "processing"),  # P1, which uses up the 20 s to the failure
        (45, "starved"),
        (50, "down"),  # P2 stops before its first second; 20 s of repair are left at 60
        (60, "off_shift"),
        (120, "down"),
        (140, "processing"),
        (160, "down"),  # P3 stops likewise; 10 s of repair are left at 180
        (180, "off_shift"),
    ]
    assert parts(run, "b") == [(45, "good", "out"), (160, "good", "out")]
    assert levels(run, "a->b") == [(0, 0), (135, 1)]  # at 160 P4 comes and P3 goes
    assert (run.accounts.span_s, run.accounts.scheduled_s) == (200, 120)
    assert list(run.accounts.states[1]) == [80, 0, 0, 10 + 20 + 20, 0, 0, 20 + 20, 0, 25 + 5]


def test_the_crew_goes_home_and_is_asked_for_anew(follow: Follow) -> None:
    """One operator; a 50 s, b 40 s: b waits since 40 when the shift ends, but at the next start a asks first."""
    stations = {
        "a": {"cycle": constant(50), "crew": {"operator": 1}},
        "b": {"cycle": constant(40), "crew": {"operator": 1}},
    }
    route = [{"from": "a", "to": "out"}, {"from": "b", "to": "out"}]

    run = follow(describe(stations, route, operators={"operator": 1}, shifts=MINUTE_ON_MINUTE_OFF), 200)

    assert states(run, "a") == [
        (0, "waiting_operator"),  # the line settles from its end: b is served first
        (40, "processing"),  # 30 s are left at 60
        (60, "off_shift"),
        (120, "processing"),  # both ask at 120, a stands first in the file
        (150, "waiting_operator"),
        (180, "off_shift"),
    ]
    assert states(run, "b") == [
        (0, "processing"),
        (40, "waiting_operator"),
        (60, "off_shift"),
        (120, "waiting_operator"),
        (150, "processing"),
        (180, "off_shift"),
    ]
    assert crew(run, "operator") == [(0, (1, 1, 1)), (60, (0, 0, 0)), (120, (1, 1, 1)), (180, (0, 0, 0))]
    accounts = run.accounts
    assert (accounts.present_s[0], accounts.busy_s[0], accounts.waiting_s[0]) == (120, 120, 120)


def test_a_calendar_clock_stands_still_between_the_shifts(follow: Follow) -> None:
    """One machine, 40 s, fails 70 s after it was last repaired, for 5 s: 60 s pass before the pause, 10 after it."""
    station = {
        "cycle": constant(40),
        "failures": {"power": {"ttf": constant(70), "ttr": constant(5), "clock": "calendar"}},
    }

    run = follow(serial({"a": station}, shifts=MINUTE_ON_MINUTE_OFF), 180)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 40, P2 with 20 s left at 60
        (60, "off_shift"),
        (120, "processing"),
        (130, "down"),  # 10 s of P2 are left
        (135, "processing"),  # P2 to 145, P3 with 5 s left at 180
    ]
    assert parts(run, "a") == [(40, "good", "out"), (145, "good", "out")]
