"""Breaks, holidays, calendars of stations and pools, people who do not come; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, serial
from support.timeline import crew, parts, states
from twin.engine.calendars import present_odds
from twin.engine.streams import Stream, generator, variates

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.line.scenario import Scenario

MINUTE_ON_MINUTE_OFF = {"times": {"mon": ["00:00-00:01", "00:02-00:03", "00:04-00:05"]}}
"""Open from 0 to 60 s, from 120 to 180 s and from 240 to 300 s."""


def side_by_side(stations: dict[str, Description], **keys: object) -> Scenario:
    """Return stations that share nothing but people and time: each always has a part, and sends it out."""
    return describe(stations, [{"from": name, "to": "out"} for name in stations], **keys)


def test_a_cycle_a_repair_and_a_setup_stop_in_a_break(follow: Follow) -> None:
    """Open to 240 s but for a break from 60 to 120; a 50 s with an operator, b fails, c is set up by a setter."""
    jam = {"ttf": constant(40), "ttr": constant(45)}
    stations: dict[str, Description] = {
        "a": {"cycle": constant(50), "crew": {"operator": 1}},
        "b": {"cycle": constant(20), "failures": {"jam": jam}},
        "c": {"cycle": constant(30), "setup": {"time": "40 s", "crew": {"setter": 1}}},
    }
    ways = {"A": ("x", 9, "a"), "B": ("x", 9, "b"), "C": ("x", 1, "c"), "D": ("y", 1, "c")}
    book = [
        {"order": name, "release": "0 s", "product": product, "pieces": pieces, "at": at}
        for name, (product, pieces, at) in ways.items()
    ]
    line = side_by_side(
        stations,
        products={"x": {}, "y": {}},
        source={"orders": {"book": book}},
        operators={"operator": 1, "setter": 1},
        shifts={"times": {"mon": ["00:00-00:04"]}, "breaks": ["00:01-00:02"]},
    )

    run = follow(line, 300)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 50, P2 with 40 s left at 60
        (60, "off_shift"),
        (120, "processing"),  # P2 to 160, P3 to 210, P4 with 20 s left at 240
        (240, "off_shift"),
    ]
    assert parts(run, "a") == [(t, "good", "out") for t in (50, 160, 210)]
    assert states(run, "b") == [
        (0, "processing"),  # P1 and P2 use up the 40 s to the failure
        (40, "down"),  # 25 s of the repair are left at 60
        (60, "off_shift"),
        (120, "down"),
        (145, "processing"),  # P3 and P4, 40 s of work
        (185, "down"),
        (230, "processing"),  # P5 with 10 s left at 240
        (240, "off_shift"),
    ]
    assert states(run, "c") == [
        (0, "processing"),
        (30, "setup"),  # 10 s are left at 60
        (60, "off_shift"),
        (120, "setup"),
        (130, "processing"),
        (160, "starved"),
        (240, "off_shift"),
    ]
    assert crew(run, "operator") == [(0, (1, 1, 0)), (60, (0, 0, 0)), (120, (1, 1, 0)), (240, (0, 0, 0))]
    assert crew(run, "setter") == [
        (0, (1, 0, 0)),
        (30, (1, 1, 0)),
        (60, (0, 0, 0)),
        (120, (1, 1, 0)),
        (130, (1, 0, 0)),
        (240, (0, 0, 0)),
    ]
    assert (run.accounts.span_s, run.accounts.scheduled_s) == (300, 180)
    assert run.accounts.present_s.tolist() == [180, 180]


def test_no_shift_begins_on_a_holiday(follow: Follow) -> None:
    """A minute on Mondays and Tuesdays; the first Tuesday and the second Monday are holidays; a 50 s."""
    week, day = 7 * 86_400, 86_400
    shifts = {
        "times": {"mon": ["00:00-00:01"], "tue": ["00:00-00:01"]},
        "first_day": "2026-01-05",
        "holidays": ["2026-01-06", "2026-01-12"],
    }

    run = follow(serial({"a": {"cycle": constant(50)}}, shifts=shifts), 2 * week + 60)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 50, P2 with 40 s left at 60
        (60, "off_shift"),
        (week + day, "processing"),  # P2 to 40 s after midnight, P3 with 30 s left
        (week + day + 60, "off_shift"),
        (2 * week, "processing"),
    ]
    assert parts(run, "a") == [(t, "good", "out") for t in (50, week + day + 40, 2 * week + 30)]
    assert run.accounts.scheduled_s == 180


def test_a_station_keeps_hours_of_its_own(follow: Follow) -> None:
    """The line works from 0 to 60 and from 120 to 180; b works through. No places between them: a 10 s, b 40 s."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(10)},
        "b": {"cycle": constant(40), "shifts": {"times": {"mon": ["00:00-00:03"]}}},
    }

    run = follow(serial(stations, [0], shifts=MINUTE_ON_MINUTE_OFF), 200)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 10, P2 to 20
        (20, "blocked"),
        (50, "processing"),  # P3, done at 60
        (60, "off_shift"),  # b takes P3 at 90: a stays off shift
        (120, "processing"),  # P4 to 130, P5 to 140
        (140, "blocked"),
        (170, "processing"),  # P6, done at 180
        (180, "off_shift"),
    ]
    assert parts(run, "a") == [(t, "good", "b") for t in (10, 50, 90, 130, 170)]
    assert states(run, "b") == [(0, "starved"), (10, "processing"), (180, "off_shift")]
    assert parts(run, "b") == [(t, "good", "out") for t in (50, 90, 130, 170)]


def test_people_go_while_the_line_works_on(follow: Follow) -> None:
    """The line works to 300, its two operators from 0 to 60 and from 120 to 180; a 40 s with one, b fails."""
    jam = {"ttf": constant(45), "ttr": constant(50), "repaired_by": {"operator": 1}}
    stations: dict[str, Description] = {
        "a": {"cycle": constant(40), "crew": {"operator": 1}},
        "b": {"cycle": constant(30), "failures": {"jam": jam}},
    }
    line = side_by_side(
        stations,
        operators={"operator": 2},
        shifts={"times": {"mon": ["00:00-00:05"]}},
        pools={"operator": {"shifts": {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}}},
    )

    run = follow(line, 310)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 40, P2 with 20 s left at 60
        (60, "waiting_operator"),
        (120, "processing"),  # P2 to 140, P3 to 180; P4 has not begun when they go
        (180, "waiting_operator"),
        (300, "off_shift"),
    ]
    assert states(run, "b") == [
        (0, "processing"),  # P1 to 30, P2 with 15 s left at 45
        (45, "down"),  # 35 s of the repair are left at 60
        (60, "waiting_repair"),
        (120, "down"),
        (155, "processing"),  # P2 to 170, P3 to 200: 45 s of work
        (200, "waiting_repair"),
        (300, "off_shift"),
    ]
    assert crew(run, "operator") == [
        (0, (2, 1, 0)),
        (45, (2, 2, 0)),
        (60, (0, 0, 2)),
        (120, (2, 2, 0)),
        (155, (2, 1, 0)),
        (180, (0, 0, 1)),
        (200, (0, 0, 2)),
        (300, (0, 0, 0)),
    ]
    accounts = run.accounts
    assert (accounts.present_s[0], accounts.busy_s[0]) == (2 * 120, 60 + 15 + 60 + 35)


def test_an_unattended_station_works_on_at_night_and_waits_for_repair(follow: Follow) -> None:
    """The oven, 50 s, fails after 70 s of work; a technician mends it in 80 s, and only within the shifts."""
    jam = {"ttf": constant(70), "ttr": constant(80), "repaired_by": {"technician": 1}}
    stations: dict[str, Description] = {
        "press": {"cycle": constant(45)},
        "oven": {"cycle": constant(50), "attended": False, "failures": {"jam": jam}},
    }

    run = follow(side_by_side(stations, operators={"technician": 1}, shifts=MINUTE_ON_MINUTE_OFF), 320)

    assert states(run, "press") == [
        (0, "processing"),
        (60, "off_shift"),
        (120, "processing"),
        (180, "off_shift"),
        (240, "processing"),
        (300, "off_shift"),
    ]
    assert states(run, "oven") == [
        (0, "processing"),  # P1 to 50, P2 with 30 s left at 70
        (70, "waiting_repair"),
        (120, "down"),
        (180, "waiting_repair"),  # the technician goes; 20 s are left
        (240, "down"),
        (260, "processing"),  # P2 to 290, P3 with 20 s left at 320
    ]
    assert parts(run, "oven") == [(50, "good", "out"), (290, "good", "out")]
    assert crew(run, "technician") == [
        (0, (1, 0, 0)),
        (60, (0, 0, 0)),
        (70, (0, 0, 1)),
        (120, (1, 1, 0)),
        (180, (0, 0, 1)),
        (240, (1, 1, 0)),
        (260, (1, 0, 0)),
        (300, (0, 0, 0)),
    ]


def test_a_repair_goes_on_without_the_crew_unless_it_is_the_crew_that_repairs(follow: Follow) -> None:
    """Operators from 0 to 60 and 120 to 180, a technician all the time; a and c 40 s, fail after 50 s, for 30 s."""
    jam = {"ttf": constant(50), "ttr": constant(30)}
    worked = {"cycle": constant(40), "crew": {"operator": 1}}
    stations: dict[str, Description] = {
        "a": worked | {"failures": {"jam": jam | {"repaired_by": {"technician": 1}}}},
        "c": worked | {"failures": {"jam": jam | {"repaired_by": {"operator": 1}}}},
    }
    line = side_by_side(
        stations,
        operators={"operator": 2, "technician": 1},
        pools={"operator": {"shifts": {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}}},
    )

    run = follow(line, 240)

    assert states(run, "a") == [
        (0, "processing"),
        (50, "down"),  # the technician comes; at 60 the operator goes
        (80, "waiting_operator"),  # 30 s of P2 are left
        (120, "processing"),  # P2 to 150, 20 s of P3
        (170, "down"),
        (200, "waiting_operator"),
    ]
    assert states(run, "c") == [
        (0, "processing"),
        (50, "down"),  # its own operator repairs, and goes at 60 with 20 s left
        (60, "waiting_repair"),
        (120, "down"),
        (140, "processing"),  # P2 to 170, P3 with 30 s left at 180
        (180, "waiting_operator"),
    ]
    assert crew(run, "operator") == [
        (0, (2, 2, 0)),
        (60, (0, 0, 1)),
        (80, (0, 0, 2)),
        (120, (2, 2, 0)),
        (180, (0, 0, 1)),
        (200, (0, 0, 2)),
    ]
    assert crew(run, "technician") == [
        (0, (1, 0, 0)),
        (50, (1, 1, 0)),
        (80, (1, 0, 0)),
        (170, (1, 1, 0)),
        (200, (1, 0, 0)),
    ]


def operators_present(people: int, absence: float, shifts: int) -> list[int]:
    """Return how many of the operators come to each of the first shifts, by the luck of seed 1."""
    luck = variates(generator(1, 0, Stream("operator", 0, "absence", None)), None, shifts)
    odds = present_odds(people, absence)
    return [sum(share <= u for share in odds) for u in luck]


def test_of_three_operators_one_comes_then_two_then_one(follow: Follow) -> None:
    """Shifts 0-60, 60-120, 180-240; a 50 s, b 30 s, one operator each. At 60 both let go, and others come."""
    assert operators_present(3, 0.5, 3) == [1, 2, 1]
    stations: dict[str, Description] = {
        "a": {"cycle": constant(50), "crew": {"operator": 1}},
        "b": {"cycle": constant(30), "crew": {"operator": 1}},
    }
    line = side_by_side(
        stations,
        operators={"operator": 3},
        shifts={"times": {"mon": ["00:00-00:01", "00:01-00:02", "00:03-00:04"]}},
        pools={"operator": {"absence": 0.5}},
    )

    run = follow(line, 250)

    assert states(run, "a") == [
        (0, "waiting_operator"),  # the line settles from its end: b is served first
        (30, "processing"),  # P1 with 20 s left at 60, when a asks anew and is served at once: to 80; P2
        (120, "off_shift"),  # with 10 s left
        (180, "processing"),
        (190, "waiting_operator"),
        (220, "processing"),
        (240, "off_shift"),
    ]
    assert parts(run, "a") == [(80, "good", "out"), (190, "good", "out")]
    assert states(run, "b") == [
        (0, "processing"),
        (30, "waiting_operator"),
        (60, "processing"),  # P2 to 90, P3 to 120; P4 has not begun
        (120, "off_shift"),
        (180, "waiting_operator"),
        (190, "processing"),
        (220, "waiting_operator"),
        (240, "off_shift"),
    ]
    assert parts(run, "b") == [(t, "good", "out") for t in (30, 90, 120, 220)]
    assert crew(run, "operator") == [
        (0, (1, 1, 1)),
        (60, (2, 2, 0)),
        (120, (0, 0, 0)),
        (180, (1, 1, 1)),
        (240, (0, 0, 0)),
    ]
    accounts = run.accounts
    assert (accounts.present_s[0], accounts.busy_s[0], accounts.waiting_s[0]) == (240, 240, 60 + 60)


def test_after_a_break_the_same_people_come_back(follow: Follow) -> None:
    """A shift from 0 to 180 with a break from 60 to 120, another from 180 to 240: of three, one comes, then two."""
    assert operators_present(3, 0.5, 2) == [1, 2]
    line = side_by_side(
        {"a": {"cycle": constant(50), "machines": 3, "crew": {"operator": 1}}},
        operators={"operator": 3},
        shifts={"times": {"mon": ["00:00-00:03", "00:03-00:04"]}, "breaks": ["00:01-00:02"]},
        pools={"operator": {"absence": 0.5}},
    )

    run = follow(line, 300)

    assert crew(run, "operator") == [
        (0, (1, 1, 2)),
        (60, (0, 0, 0)),
        (120, (1, 1, 2)),
        (180, (2, 2, 1)),
        (240, (0, 0, 0)),
    ]
    assert states(run, "a", 1) == [
        (0, "processing"),
        (50, "waiting_operator"),
        (60, "off_shift"),
        (120, "processing"),  # P2 to 170
        (170, "waiting_operator"),
        (180, "processing"),  # of those who come one goes to the third, one here: P3 to 230, P4 with the third's
        (240, "off_shift"),
    ]
    assert states(run, "a", 2) == [
        (0, "waiting_operator"),
        (50, "processing"),  # 40 s are left at 60
        (60, "off_shift"),
        (120, "waiting_operator"),
        (170, "processing"),  # 30 s are left when the first shift's operator goes; it asks last
        (180, "waiting_operator"),
        (230, "processing"),
        (240, "off_shift"),
    ]
