"""Maintenance and wear on both clocks; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, serial
from support.timeline import crew, parts, reasons, states
from twin.events import STATES

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.line.scenario import Scenario

MONDAY = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}


def task(lasts: float, *, every: float | None = None, **keys: object) -> Description:
    """Return a maintenance that lasts so long [s], due every so many seconds, or as `keys` say."""
    due = {} if every is None else {"every": f"{every} s"}
    return {"lasts": constant(lasts)} | due | keys


def maintained(cycle: float, overhaul: Description, **keys: object) -> Scenario:
    """Return the line of one machine that is overhauled."""
    return serial({"a": {"cycle": constant(cycle), "maintenance": {"overhaul": overhaul}} | keys})


def test_a_maintenance_by_work_begins_when_the_cycle_has_ended(follow: Follow) -> None:
    """Cycle 10 s, overhauled after 25 s of work, for 7 s: after every third part, 30 s of work."""
    run = follow(maintained(10, task(7, every=25)), 120)

    assert states(run, "a") == [
        (0, "processing"),
        (30, "maintenance"),  # due since 25, in the midst of P3
        (37, "processing"),  # the next 25 s of work count from here, and end at 62
        (67, "maintenance"),
        (74, "processing"),
        (104, "maintenance"),
        (111, "processing"),
    ]
    assert reasons(run, "a")[:3] == [(0, None), (30, "overhaul"), (37, None)]
    assert parts(run, "a") == [(t, "good", "out") for t in (10, 20, 30, 47, 57, 67, 84, 94, 104)]
    accounts = run.accounts
    assert (accounts.maintained[0], accounts.failures[0], accounts.repaired[0]) == (3, 0, 0)
    assert accounts.states[0][STATES.index("maintenance")] == 3 * 7


def test_a_maintenance_by_parts_holds_a_finished_part_that_may_leave(follow: Follow) -> None:
    """A 4 s, overhauled for 6 s after every second part; b 9 s, no place between them."""
    stations = {
        "a": {"cycle": constant(4), "maintenance": {"overhaul": task(6, parts=2)}},
        "b": {"cycle": constant(9)},
    }

    run = follow(serial(stations, [0]), 38)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 4, which b takes at once; P2 to 8
        (8, "maintenance"),  # with P2 on it, which b takes at 13
        (14, "processing"),  # P3
        (18, "blocked"),
        (22, "processing"),  # P4
        (26, "maintenance"),  # b takes P4 at 31
        (32, "processing"),
        (36, "blocked"),
    ]
    assert parts(run, "a") == [(t, "good", "b") for t in (4, 13, 22, 31)]
    assert run.accounts.maintained[0] == 2


def test_a_maintenance_by_the_calendar_waits_for_the_end_of_the_cycle(follow: Follow) -> None:
    """Cycle 10 s, overhauled every 25 s of the calendar, for 5 s."""
    run = follow(maintained(10, task(5, every=25, clock="calendar")), 112)

    assert states(run, "a") == [
        (0, "processing"),  # due at 25
        (30, "maintenance"),
        (35, "processing"),  # due at 35 + 25
        (65, "maintenance"),
        (70, "processing"),  # due at 95
        (100, "maintenance"),
        (105, "processing"),
    ]


def test_a_machine_with_nothing_to_do_is_maintained_at_once(follow: Follow) -> None:
    """A 50 s, then b 3 s, overhauled every 20 s of the calendar, for 4 s."""
    stations = {
        "a": {"cycle": constant(50)},
        "b": {"cycle": constant(3), "maintenance": {"overhaul": task(4, every=20, clock="calendar")}},
    }

    run = follow(serial(stations, [1]), 110)

    assert states(run, "b") == [
        (0, "starved"),
        (20, "maintenance"),
        (24, "starved"),
        (44, "maintenance"),
        (48, "starved"),
        (50, "processing"),
        (53, "starved"),
        (68, "maintenance"),
        (72, "starved"),
        (92, "maintenance"),
        (96, "starved"),
        (100, "processing"),
        (103, "starved"),
    ]


def test_a_broken_machine_is_repaired_first_and_then_maintained_with_the_part_on_it(follow: Follow) -> None:
    """Cycle 100 s; fails after 18 s of work, for 10 s; overhauled every 20 s of the calendar, for 5 s."""
    jam = {"ttf": constant(18), "ttr": constant(10)}
    line = maintained(100, task(5, every=20, clock="calendar"), failures={"jam": jam})

    run = follow(line, 100)

    assert reasons(run, "a") == [
        (0, None),
        (18, "jam"),  # the overhaul falls due at 20
        (28, "overhaul"),  # the next at 33 + 20
        (33, None),  # 82 s of P1 are left
        (51, "jam"),
        (61, "overhaul"),
        (66, None),  # 64 s are left
        (84, "jam"),
        (94, "overhaul"),  # due since 91
        (99, None),
    ]
    assert states(run, "a")[1:4] == [(18, "down"), (28, "maintenance"), (33, "processing")]
    assert (run.accounts.failures[0], run.accounts.repaired[0], run.accounts.maintained[0]) == (3, 3, 3)


def test_a_maintenance_due_off_shift_begins_with_the_shift(follow: Follow) -> None:
    """Open to 8 h and from 16 h to 24 h; cycle 1 h, overhauled every 10 h of the calendar, for half an hour."""
    hour = 3600
    line = serial(
        {"a": {"cycle": constant(hour), "maintenance": {"overhaul": task(1800, every=10 * hour, clock="calendar")}}},
        shifts={"times": {"mon": ["00:00-08:00", "16:00-24:00"]}},
    )

    assert states(follow(line, 25 * hour), "a") == [
        (0, "processing"),
        (8 * hour, "off_shift"),
        (16 * hour, "maintenance"),  # due since 10 h
        (16.5 * hour, "processing"),
        (24 * hour, "off_shift"),
    ]


def test_a_maintenance_stops_at_the_shifts_end_and_goes_on(follow: Follow) -> None:
    """Open to 60 s and from 120 to 180 s; cycle 10 s, overhauled after 45 s of work, for 20 s, by the technician."""
    overhaul = task(20, every=45, by={"technician": 1})
    line = serial(
        {"a": {"cycle": constant(10), "maintenance": {"overhaul": overhaul}}},
        shifts=MONDAY,
        operators={"technician": 1},
    )

    run = follow(line, 170)

    assert states(run, "a") == [
        (0, "processing"),
        (50, "maintenance"),
        (60, "off_shift"),
        (120, "maintenance"),  # 10 s are left
        (130, "processing"),
    ]
    assert crew(run, "technician") == [
        (0, (1, 0, 0)),
        (50, (1, 1, 0)),
        (60, (0, 0, 0)),
        (120, (1, 1, 0)),
        (130, (1, 0, 0)),
    ]


def test_machines_wait_in_maintenance_for_the_one_technician(follow: Follow) -> None:
    """Two machines, cycle 10 s, overhauled after 20 s of work: the technician takes 8 s for each."""
    overhaul = task(8, every=20, by={"technician": 1})
    station = {"machines": 2, "cycle": constant(10), "maintenance": {"overhaul": overhaul}}

    run = follow(serial({"a": station}, operators={"technician": 1}), 58)

    assert states(run, "a", 1) == [
        (0, "processing"),
        (20, "maintenance"),
        (28, "processing"),
        (48, "maintenance"),
        (56, "processing"),
    ]
    assert states(run, "a", 2) == [
        (0, "processing"),
        (20, "maintenance"),  # the technician comes at 28
        (36, "processing"),
        (56, "maintenance"),
    ]
    assert crew(run, "technician") == [
        (0, (1, 0, 0)),
        (20, (1, 1, 1)),
        (28, (1, 1, 0)),
        (36, (1, 0, 0)),
        (48, (1, 1, 0)),  # at 56 from machine 1 to machine 2
    ]


def test_the_crew_is_free_while_its_machine_is_maintained(follow: Follow) -> None:
    """One operator for a of 30 s and b of 10 s; b is overhauled every 40 s of the calendar, for 4 s."""
    stations = {
        "a": {"cycle": constant(30), "crew": {"operator": 1}},
        "b": {
            "cycle": constant(10),
            "crew": {"operator": 1},
            "maintenance": {"overhaul": task(4, every=40, clock="calendar")},
        },
    }

    run = follow(serial(stations, [1], operators={"operator": 1}), 90)

    assert states(run, "b") == [
        (0, "starved"),
        (30, "processing"),  # settling from the end of the line, b asks first
        (40, "maintenance"),  # due as P1 is done; the next at 84
        (44, "starved"),
        (70, "processing"),  # a worked on P2 from 40
        (80, "starved"),
        (84, "maintenance"),
        (88, "starved"),
    ]
    assert states(run, "a") == [
        (0, "processing"),
        (30, "waiting_operator"),
        (40, "processing"),
        (70, "waiting_operator"),
        (80, "processing"),
    ]


def test_the_request_of_a_machine_that_falls_due_is_withdrawn(follow: Follow) -> None:
    """One operator, two machines of 30 s; both overhauled every 20 s of the calendar, for 15 s, by nobody."""
    station = {
        "machines": 2,
        "cycle": constant(30),
        "crew": {"operator": 1},
        "maintenance": {"overhaul": task(15, every=20, clock="calendar")},
    }

    run = follow(serial({"a": station}, operators={"operator": 1}), 70)

    assert states(run, "a", 1) == [
        (0, "processing"),
        (30, "maintenance"),  # due since 20; the next at 65
        (45, "waiting_operator"),
        (65, "processing"),  # the operator comes in the very instant, before it falls due
    ]
    assert states(run, "a", 2) == [
        (0, "waiting_operator"),
        (20, "maintenance"),  # with the part on it
        (35, "processing"),  # the operator is free since 30
        (65, "maintenance"),  # due since 55
    ]
    assert crew(run, "operator") == [
        (0, (1, 1, 1)),
        (20, (1, 1, 0)),
        (30, (1, 0, 0)),
        (35, (1, 1, 0)),
        (45, (1, 1, 1)),
        (65, (1, 1, 0)),
    ]


def test_tasks_that_are_due_together_are_done_one_after_the_other(follow: Follow) -> None:
    """Cycle 10 s; cleaned for 3 s after every second part, overhauled for 5 s after 20 s of work: both at 20."""
    tasks = {"clean": task(3, parts=2), "overhaul": task(5, every=20)}

    run = follow(serial({"a": {"cycle": constant(10), "maintenance": tasks}}), 60)

    assert reasons(run, "a") == [
        (0, None),
        (20, "clean"),
        (23, "overhaul"),
        (28, None),
        (48, "clean"),
        (51, "overhaul"),
        (56, None),
    ]
    assert states(run, "a")[1] == (20, "maintenance")


def test_calendar_failures_stand_still_in_maintenance(follow: Follow) -> None:
    """Cycle 10 s; the power fails 25 s after each repair, for 5 s; overhauled for 12 s after every second part."""
    power = {"ttf": constant(25), "ttr": constant(5), "clock": "calendar"}

    run = follow(maintained(10, task(12, parts=2), failures={"power": power}), 60)

    assert reasons(run, "a") == [
        (0, None),
        (20, "overhaul"),  # 5 s are left of the 25
        (32, None),
        (37, "power"),  # 5 s of P3 are left; the next at 42 + 25, later by the overhaul
        (42, None),  # P3 to 47, P4 to 57
        (57, "overhaul"),
    ]


def test_wear_makes_a_failures_clock_run_faster_until_the_maintenance(follow: Follow) -> None:
    """A life of 30 s: at once as fast up to 20 s of wear, then twice, from 50 s five times; repaired in 10 s.

    Cycle 60 s, overhauled for 5 s when 55 s have been worked, that is after each part.
    """
    jam = {"ttf": constant(30), "ttr": constant(10), "wear": {"0 s": 1, "20 s": 2, "50 s": 5}}

    run = follow(maintained(60, task(5, every=55), failures={"jam": jam}), 150)

    assert reasons(run, "a") == [
        (0, None),
        (25, "jam"),  # 20 s of life in 20 s, the other 10 s in 5 s
        (35, None),
        (50, "jam"),  # worn 25 to 40: 30 s of life in 15 s
        (60, None),
        (72, "jam"),  # worn 40 to 50: 20 s of life in 10 s; then 10 s of life in 2 s
        (82, None),
        (88, "jam"),  # worn 52 to 58: 30 s of life in 6 s
        (98, None),  # 58 s worked, 2 s are left
        (100, "overhaul"),
        (105, None),  # as new, and a new life
        (130, "jam"),
        (140, None),
    ]


def test_all_parts_of_a_batch_and_of_a_split_count(follow: Follow) -> None:
    """An oven of 3, 10 s, cleaned for 4 s after 5 parts; a saw, 10 s, that makes 4 of one, for 4 s after 9."""
    oven = {"kind": "batch", "size": 3, "cycle": constant(10), "maintenance": {"clean": task(4, parts=5)}}
    saw = {"kind": "split", "parts": 4, "cycle": constant(10), "maintenance": {"clean": task(4, parts=9)}}

    run = follow(serial({"oven": oven}), 50)
    assert states(run, "oven") == [
        (0, "processing"),
        (20, "maintenance"),
        (24, "processing"),
        (44, "maintenance"),
        (48, "processing"),
    ]
    assert len(parts(run, "oven")) == 4 * 3

    run = follow(serial({"saw": saw}), 50)
    assert states(run, "saw") == [(0, "processing"), (30, "maintenance"), (34, "processing")]


def test_finished_parts_leave_one_by_one_in_maintenance(follow: Follow) -> None:
    """An oven of 3, 10 s, cleaned for 9 s after each batch; one place before b of 4 s: the third waits for it."""
    stations = {
        "oven": {"kind": "batch", "size": 3, "cycle": constant(10), "maintenance": {"clean": task(9, parts=3)}},
        "b": {"cycle": constant(4)},
    }

    run = follow(serial(stations, [1]), 32)

    assert states(run, "oven") == [(0, "processing"), (10, "maintenance"), (19, "processing"), (29, "maintenance")]
    assert [time for time, *_ in parts(run, "oven")] == [10, 10, 14, 29, 29]


def belt(overhaul: Description) -> Scenario:
    """Return the line of a belt of 10 s and 5 parts, one every 2 s at most, on which a part comes every 4 s."""
    conveyor = {"kind": "conveyor", "length": "10 m", "speed": "1 m/s", "capacity": 5}
    return serial({"a": conveyor | {"maintenance": {"overhaul": overhaul}}}, source={"arrivals": constant(4)})


def test_a_belt_stands_while_it_is_maintained(follow: Follow) -> None:
    """Overhauled for 6 s when the second part has left: those on it come 6 s later, the next ones wait to enter."""
    run = follow(belt(task(6, parts=2)), 45)

    assert states(run, "a") == [
        (0, "starved"),
        (4, "processing"),
        (18, "maintenance"),  # P3 of 12 and P4 of 16 are on it
        (24, "processing"),  # P5 of 20 enters, P6 of 24 at 26
        (32, "maintenance"),  # P4 has left
        (38, "processing"),
        (42, "maintenance"),
    ]
    assert [time for time, *_ in parts(run, "a")] == [14, 18, 28, 32, 40, 42]


def test_a_belt_is_maintained_when_the_calendar_or_its_work_says_so(follow: Follow) -> None:
    """By the calendar every 15 s at once, in its midst; by 15 s of work, over at 19, as the next part leaves."""
    run = follow(belt(task(5, every=15, clock="calendar")), 40)
    assert states(run, "a")[1:5] == [(4, "processing"), (15, "maintenance"), (20, "processing"), (35, "maintenance")]
    assert [time for time, *_ in parts(run, "a")] == [14, 23, 27, 30, 32, 34]

    run = follow(belt(task(5, every=15)), 38)
    assert states(run, "a")[1:4] == [(4, "processing"), (22, "maintenance"), (27, "processing")]
    assert [time for time, *_ in parts(run, "a")] == [14, 18, 22, 31, 35, 37]
