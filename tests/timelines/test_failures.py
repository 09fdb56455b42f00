"""Failures on both clocks: what is interrupted, what ages, what may still leave; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, serial
from support.timeline import crew, parts, reasons, states

if TYPE_CHECKING:
    from support.timeline import Follow


def failure(ttf: float, ttr: float, clock: str = "operating") -> Description:
    return {"ttf": constant(ttf), "ttr": constant(ttr), "clock": clock}


def test_an_interrupted_cycle_goes_on_where_it_stopped(follow: Follow) -> None:
    """One machine: cycle 10 s, fails after 25 s of work, repaired in 7 s."""
    run = follow(serial({"a": {"cycle": constant(10), "failures": {"jam": failure(25, 7)}}}), 100)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 10, P2 to 20
        (25, "down"),  # 25 s worked; 5 s of P3 are left
        (
            32,
            "processing",
        ),  # P3 to 37, P4 to 47, P5 to 57, by when the new 25 s are used up: the completion comes first
        (57, "down"),  # P6 is taken and stops before its first second
        (64, "processing"),  # P6 to 74, P7 to 84, 5 s of P8
        (89, "down"),
        (96, "processing"),
    ]
    assert reasons(run, "a") == [
        (0, None),
        (25, "jam"),
        (32, None),
        (57, "jam"),
        (64, None),
        (89, "jam"),
        (96, None),
    ]
    assert parts(run, "a") == [(t, "good", "out") for t in (10, 20, 37, 47, 57, 74, 84)]
    assert (run.accounts.failures[0], run.accounts.repaired[0]) == (3, 3)
    assert run.accounts.states[0][3] == 7 + 7 + 7


def test_of_two_operating_clocks_the_smaller_age_acts_and_the_other_keeps_its_age(follow: Follow) -> None:
    """Cycle 100 s; jam after 30 s of work, 5 s; wear after 45 s of work, 10 s."""
    failures = {"jam": failure(30, 5), "wear": failure(45, 10)}

    run = follow(serial({"a": {"cycle": constant(100), "failures": failures}}), 140)

    assert reasons(run, "a") == [
        (0, None),
        (30, "jam"),  # wear has 15 s to go
        (35, None),
        (50, "wear"),  # 45 s worked; jam has 15 s to go
        (60, None),
        (75, "jam"),  # 60 s worked; wear has 30 s to go
        (80, None),
        (110, "jam"),  # 90 s worked, both are due: the first of the file acts
        (115, "wear"),  # ... and the other as soon as work could go on
        (125, None),  # 10 s of work left
    ]
    assert parts(run, "a") == [(135, "good", "out")]


def test_a_calendar_clock_runs_while_blocked(follow: Follow) -> None:
    """A 4 s, no place, b 20 s; a fails 10 s after it was last repaired, for 6 s, whatever it does."""
    stations = {
        "a": {"cycle": constant(4), "failures": {"power": failure(10, 6, clock="calendar")}},
        "b": {"cycle": constant(20)},
    }

    run = follow(serial(stations, [0]), 70)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 4, P2 to 8
        (8, "blocked"),  # b works on P1 until 24
        (10, "down"),  # with the finished P2 on it
        (16, "blocked"),  # due again at 26
        (24, "processing"),  # b takes P2; P3 begins
        (26, "down"),  # 2 s of P3 are left
        (32, "processing"),  # due again at 42
        (34, "blocked"),
        (42, "down"),  # P3 leaves the machine at 44 though it is down; it takes no other
        (48, "processing"),  # P4; due again at 58
        (52, "blocked"),
        (58, "down"),  # P4 leaves at 64, before the repair of the same instant ends
        (64, "processing"),
        (68, "blocked"),
    ]
    assert parts(run, "a") == [(t, "good", "b") for t in (4, 24, 44, 64)]
    assert states(run, "b") == [(0, "starved"), (4, "processing")]  # to 24, 44, 64
    assert run.accounts.failures[0] == 4
    assert list(run.accounts.states[0][[3, 6, 7]]) == [24, 8 + 2 + 2 + 4 + 4, 2 + 8 + 8 + 6 + 2]


def test_a_calendar_clock_runs_while_starved_and_a_down_machine_takes_no_part(follow: Follow) -> None:
    """A 10 s; b 4 s, fails 9 s after it was last repaired, for 5 s."""
    stations = {
        "a": {"cycle": constant(10)},
        "b": {"cycle": constant(4), "failures": {"power": failure(9, 5, clock="calendar")}},
    }

    run = follow(serial(stations, [1]), 60)

    assert states(run, "b") == [
        (0, "starved"),
        (9, "down"),  # empty
        (14, "processing"),  # P1, in the buffer since 10, to 18; due at 23
        (18, "starved"),
        (20, "processing"),
        (23, "down"),  # 1 s of P2 is left
        (28, "processing"),  # due at 37
        (29, "starved"),
        (30, "processing"),  # P3 to 34
        (34, "starved"),
        (37, "down"),
        (42, "processing"),  # P4, in the buffer since 40, to 46; due at 51
        (46, "starved"),
        (50, "processing"),
        (51, "down"),  # 3 s of P5 are left
        (56, "processing"),
        (59, "starved"),
    ]
    assert states(run, "a") == [(0, "processing")]
    assert parts(run, "b") == [(t, "good", "out") for t in (18, 29, 34, 46, 59)]


def test_machines_wait_for_the_one_technician(follow: Follow) -> None:
    """Two machines, cycle 10 s, fail after 15 s of work; the technician takes 8 s for each."""
    station = {
        "machines": 2,
        "cycle": constant(10),
        "failures": {"jam": failure(15, 8) | {"repaired_by": {"technician": 1}}},
    }

    run = follow(serial({"a": station}, operators={"technician": 1}), 56)

    assert states(run, "a", 1) == [
        (0, "processing"),
        (15, "down"),  # both fail at 15, the lower number is served first
        (23, "processing"),  # 5 s left of its second part, to 28; the third to 38, when 15 s are worked again
        (38, "down"),  # the fourth part's first second never came
        (46, "processing"),
    ]
    assert states(run, "a", 2) == [
        (0, "processing"),
        (15, "waiting_repair"),
        (23, "down"),
        (31, "processing"),  # to 36 and 46
        (46, "down"),  # the repair of machine 1 ends in the same instant, before the failure
        (54, "processing"),
    ]
    assert crew(run, "technician") == [
        (0, (1, 0, 0)),
        (15, (1, 1, 1)),
        (23, (1, 1, 0)),
        (31, (1, 0, 0)),
        (38, (1, 1, 0)),  # at 46 it goes from machine 1 to machine 2
        (54, (1, 0, 0)),
    ]
    assert reasons(run, "a", 2) == [(0, None), (15, "jam"), (31, None), (46, "jam"), (54, None)]
