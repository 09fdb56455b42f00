"""Minor stops, and the scrap of a machine that starts, on both clocks; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, serial
from support.timeline import parts, reasons, states
from twin.events import STATES

if TYPE_CHECKING:
    from support.timeline import Follow

MONDAY = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}


def test_a_minor_stop_is_no_failure(follow: Follow) -> None:
    """Cycle 10 s; a minor jam after 25 s of work, 7 s; a breakdown after 40 s of work, 8 s; one technician for both."""
    failures = {
        "jam": {"ttf": constant(25), "ttr": constant(7), "minor": True},
        "breakdown": {"ttf": constant(40), "ttr": constant(8)},
    }

    run = follow(serial({"a": {"cycle": constant(10), "failures": failures}}), 90)

    assert reasons(run, "a") == [
        (0, None),
        (25, "jam"),
        (32, None),
        (47, "breakdown"),  # 25 + 15 s worked
        (55, None),
        (65, "jam"),  # 25 s since the last
        (72, None),
    ]
    assert states(run, "a")[1] == (25, "down")
    accounts = run.accounts
    assert (accounts.minor_stops[0], accounts.failures[0], accounts.repaired[0]) == (2, 1, 1)
    assert accounts.minor_s[0][STATES.index("down")] == 7 + 7
    assert accounts.states[0][STATES.index("down")] == 7 + 8 + 7


def test_a_minor_stop_counts_its_wait_for_a_technician(follow: Follow) -> None:
    """Two machines jam together after 15 s of work; the technician needs 4 s for each, and is with the second at 22."""
    jam = {"ttf": constant(15), "ttr": constant(4), "minor": True, "repaired_by": {"technician": 1}}
    station = {"machines": 2, "cycle": constant(10), "failures": {"jam": jam}}

    accounts = follow(serial({"a": station}, operators={"technician": 1}), 22).accounts

    assert accounts.minor_stops.tolist() == [1, 1]
    assert accounts.minor_s[:, STATES.index("waiting_repair")].tolist() == [0, 4]
    assert accounts.minor_s[:, STATES.index("down")].tolist() == [4, 3]


def rough(count: int, *after: str) -> Description:
    """Return start-up scrap of so many parts, all of them."""
    return {"parts": count, "share": 1} | ({"after": list(after)} if after else {})


def test_parts_are_scrap_after_a_repair(follow: Follow) -> None:
    """Cycle 10 s; fails after 25 s of work, for 7 s; the two parts that are finished next are scrap."""
    jam = {"ttf": constant(25), "ttr": constant(7)}
    line = serial({"a": {"cycle": constant(10), "failures": {"jam": jam}, "startup_scrap": rough(2)}})

    run = follow(line, 110)

    assert [(time, outcome) for time, outcome, _ in parts(run, "a")] == [
        (10, "good"),  # time 0 is no start
        (20, "good"),
        (37, "scrap"),  # the one that was interrupted
        (47, "scrap"),
        (57, "good"),  # as it fails again
        (74, "scrap"),
        (84, "scrap"),
        (101, "scrap"),  # failed once more at 89
    ]
    assert (run.accounts.scrap[0], run.accounts.scrapped) == (5, 5)


def test_parts_are_scrap_after_a_maintenance(follow: Follow) -> None:
    """Cycle 10 s; overhauled for 5 s after every third part; then one part is scrap."""
    overhaul = {"parts": 3, "lasts": constant(5)}
    station = {"cycle": constant(10), "maintenance": {"overhaul": overhaul}, "startup_scrap": rough(1, "maintenance")}

    run = follow(serial({"a": station}), 105)

    assert [(time, outcome) for time, outcome, _ in parts(run, "a")] == [
        (10, "good"),
        (20, "good"),
        (30, "good"),
        (45, "scrap"),
        (55, "good"),
        (65, "good"),
        (80, "scrap"),
        (90, "good"),
        (100, "good"),
    ]


def test_parts_are_scrap_after_a_shifts_start(follow: Follow) -> None:
    """Open to 60 s and from 120 to 180 s; cycle 25 s: the first part after the start is scrap, be it begun before."""
    line = serial({"a": {"cycle": constant(25), "startup_scrap": rough(1)}}, shifts=MONDAY)

    run = follow(line, 190)

    assert [(time, outcome) for time, outcome, _ in parts(run, "a")] == [
        (25, "good"),
        (50, "good"),
        (135, "scrap"),  # 10 s of it before the end
        (160, "good"),
    ]


def test_pieces_of_a_lot_are_scrap_after_a_setup(follow: Follow) -> None:
    """Lots of 4 x, 4 y, 4 y; set up in 5 s; the 6 pieces after it are scrap: 4 of the first lot, 2 of the next."""
    rows = [
        {"order": name, "release": "0 s", "pieces": 4, "product": product}
        for name, product in zip("ABC", "xyy", strict=True)
    ]
    line = serial(
        {"a": {"cycle": constant(10), "setup": {"time": "5 s"}, "startup_scrap": rough(6, "setup", "repair")}},
        products={"x": {}, "y": {}},
        source={"orders": {"book": rows}},
        move="order",
    )

    run = follow(line, 50)

    assert [(time, outcome) for time, outcome, _ in parts(run, "a")] == [
        (10, "good"),
        (25, "scrap"),
        (35, "scrap"),
        (35, "good"),
    ]
    assert (run.accounts.scrapped, run.accounts.departed) == (6, 6)
