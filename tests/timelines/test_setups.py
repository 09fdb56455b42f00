"""Setups between products or orders, which part is taken first, parts that overtake; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, serial
from support.timeline import crew, levels, states, trace
from twin.engine.streams import Stream, generator, variates
from twin.line.distributions import parse_distribution

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.engine.results import Run

XY: Description = {"x": {}, "y": {}, "z": {}}
MONDAY = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}


def book(*products: str, **keys: object) -> Description:
    """Return a source of one-piece orders at time 0, one of each product named."""
    rows = [
        {"order": f"{k}{product}", "release": "0 s", "pieces": 1, "product": product}
        for k, product in enumerate(products)
    ]
    return {"orders": {"book": rows}} | keys


def left(run: Run) -> list[tuple[float, object]]:
    """Return when which part left the line."""
    return [(e.time, e.fields["part"]) for e in trace(run) if e.kind == "part" and e.fields["to"] == "out"]


def test_a_machine_is_set_up_by_setters_between_products(follow: Follow) -> None:
    """A 10 s, set up in 12 s; b 6 s, set up in 5 s; x, y, x, y, and one setter, whom b asks first at 32 and 59."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(10), "setup": {"time": "12 s", "crew": {"setter": 1}}},
        "b": {"cycle": constant(6), "setup": {"time": "5 s", "crew": {"setter": 1}}},
    }
    source = book("x", "y", "x", "y")

    run = follow(serial(stations, [None], products=XY, source=source, operators={"setter": 1}), 80)

    assert states(run, "a") == [
        (0, "processing"),  # x, the first, needs no setup
        (10, "setup"),
        (22, "processing"),  # y to 32
        (32, "waiting_operator"),
        (37, "setup"),
        (49, "processing"),  # x to 59
        (59, "waiting_operator"),
        (64, "setup"),
        (76, "processing"),
    ]
    assert states(run, "b") == [
        (0, "starved"),
        (10, "processing"),
        (16, "starved"),
        (32, "setup"),
        (37, "processing"),
        (43, "starved"),
        (59, "setup"),
        (64, "processing"),
        (70, "starved"),
    ]
    assert crew(run, "setter") == [
        (0, (1, 0, 0)),
        (10, (1, 1, 0)),
        (22, (1, 0, 0)),
        (32, (1, 1, 1)),
        (37, (1, 1, 0)),
        (49, (1, 0, 0)),
        (59, (1, 1, 1)),
        (64, (1, 1, 0)),
        (76, (1, 0, 0)),
    ]


def test_setters_go_before_the_crew_is_asked_for(follow: Follow) -> None:
    """One person sets up a and works on it and on b: b, which asked at 12, gets them at 15, when a's setup ends."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(10), "crew": {"operator": 1}, "setup": {"time": "5 s", "crew": {"operator": 1}}},
        "b": {"cycle": constant(4), "crew": {"operator": 1}},
    }
    route = [{"from": "a", "to": "out"}, {"from": "b", "to": "out"}]
    rows: list[Description] = [
        {"order": "A", "release": "0 s", "pieces": 1, "product": "x", "at": "a"},
        {"order": "B", "release": "0 s", "pieces": 1, "product": "y", "at": "a"},
        {"order": "C", "release": "12 s", "pieces": 1, "product": "x", "at": "b"},
    ]

    source = {"orders": {"book": rows}}

    run = follow(describe(stations, route, products=XY, source=source, operators={"operator": 1}), 40)

    assert states(run, "a") == [
        (0, "processing"),
        (10, "setup"),
        (15, "waiting_operator"),
        (19, "processing"),
        (29, "starved"),
    ]
    assert states(run, "b") == [(0, "starved"), (12, "waiting_operator"), (15, "processing"), (19, "starved")]


def test_a_changeover_takes_what_the_matrix_says(follow: Follow) -> None:
    """From x to y 5 s; from y to x nothing is named, and nobody is asked."""
    setup = {"changeover": {"x": {"y": "5 s"}}, "crew": {"setter": 1}}
    stations: dict[str, Description] = {"a": {"cycle": constant(10), "setup": setup}}

    run = follow(serial(stations, products=XY, source=book("x", "y", "x", "y"), operators={"setter": 1}), 60)

    assert states(run, "a") == [
        (0, "processing"),
        (10, "setup"),
        (15, "processing"),
        (35, "setup"),
        (40, "processing"),
        (50, "starved"),
    ]


def test_a_setup_between_orders_asks_for_no_product(follow: Follow) -> None:
    """Two orders of two pieces: one setup, before the third piece."""
    rows = [{"order": name, "release": "0 s", "pieces": 2} for name in "AB"]
    stations: dict[str, Description] = {"a": {"cycle": constant(10), "setup": {"time": "5 s", "between": "orders"}}}

    run = follow(serial(stations, source={"orders": {"book": rows}}), 60)

    assert states(run, "a") == [(0, "processing"), (20, "setup"), (25, "processing"), (45, "starved")]


def test_a_setup_stops_at_the_shifts_end_and_goes_on(follow: Follow) -> None:
    """Open from 0 to 60 s and from 120 to 180 s; x takes 45 s, 15 of y's 20 s of setup fit before the end."""
    stations: dict[str, Description] = {"a": {"cycle": constant(45), "setup": {"time": "20 s", "crew": {"setter": 1}}}}

    run = follow(serial(stations, products=XY, source=book("x", "y", "z"), operators={"setter": 1}, shifts=MONDAY), 200)

    assert states(run, "a") == [
        (0, "processing"),
        (45, "setup"),
        (60, "off_shift"),
        (120, "setup"),  # 5 s are left
        (125, "processing"),
        (170, "setup"),
        (180, "off_shift"),
    ]
    assert crew(run, "setter")[2:6] == [(60, (0, 0, 0)), (120, (1, 1, 0)), (125, (1, 0, 0)), (170, (1, 1, 0))]


def test_a_setup_stops_at_a_calendar_failure_and_goes_on(follow: Follow) -> None:
    """The power fails 25 s after each repair, which takes 7 s; an operating clock of 20 s does not age in the setup."""
    failures = {
        "power": {"ttf": constant(25), "ttr": constant(7), "clock": "calendar"},
        "jam": {"ttf": constant(20), "ttr": constant(3)},
    }
    stations: dict[str, Description] = {"a": {"cycle": constant(10), "setup": {"time": "20 s"}, "failures": failures}}

    run = follow(serial(stations, products=XY, source=book("x", "y", "z")), 60)

    assert states(run, "a") == [
        (0, "processing"),  # x
        (10, "setup"),
        (25, "down"),  # 5 s of the setup are left
        (32, "setup"),
        (37, "processing"),  # y: 10 s and no jam, the clock of 20 s is used up at 47
        (47, "setup"),
        (57, "down"),  # 32 + 25
    ]


def test_the_earliest_due_date_is_taken_first(follow: Follow) -> None:
    """At 0: A due at 100, B at any time, C at 50. D comes at 5 and is due at 20; all take 10 s."""
    rows: list[Description] = [
        {"order": "A", "release": "0 s", "pieces": 1, "due": "100 s"},
        {"order": "B", "release": "0 s", "pieces": 1},
        {"order": "C", "release": "0 s", "pieces": 1, "due": "50 s"},
        {"order": "D", "release": "5 s", "pieces": 1, "due": "20 s"},
    ]
    line = serial({"a": {"cycle": constant(10)}}, dispatch="earliest_due_date", source={"orders": {"book": rows}})

    assert left(follow(line, 60)) == [(10, 3), (20, 4), (30, 1), (40, 2)]


def test_the_shortest_setup_is_taken_first(follow: Follow) -> None:
    """X, y, z, x wait: after x the second x, then z (3 s) before y (9 s), which takes 4 s after z."""
    setup = {"changeover": {"x": {"y": "9 s", "z": "3 s"}, "z": {"y": "4 s"}}}
    stations: dict[str, Description] = {"a": {"cycle": constant(10), "setup": setup, "dispatch": "shortest_setup"}}

    run = follow(serial(stations, products=XY, source=book("x", "y", "z", "x")), 60)

    assert left(run) == [(10, 1), (20, 4), (33, 3), (47, 2)]


def test_of_blocked_machines_without_a_place_the_one_due_first_moves(follow: Follow) -> None:
    """A and b of 5 s, no place before c of 10 s: a's first part goes on at 5, at 15 its next, due before b's."""
    stations: dict[str, Description] = {name: {"cycle": constant(5)} for name in "ab"} | {
        "c": {"cycle": constant(10), "dispatch": "earliest_due_date"}
    }
    route: list[Description] = [{"from": name, "to": "c", "buffer": 0} for name in "ab"] + [{"from": "c", "to": "out"}]
    rows: list[Description] = [
        {"order": "A", "release": "0 s", "pieces": 1, "at": "a", "due": "90 s"},
        {"order": "B", "release": "0 s", "pieces": 1, "at": "b", "due": "80 s"},
        {"order": "C", "release": "0 s", "pieces": 1, "at": "a", "due": "10 s"},
    ]

    run = follow(describe(stations, route, source={"orders": {"book": rows}}), 60)

    # B is blocked on b since 5, C on a since 10.
    assert left(run) == [(15, 1), (25, 3), (35, 2)]


def test_a_part_overtakes_where_each_waits_for_itself(follow: Follow) -> None:
    """A 10 s, a wait of 2 s or 60 s, of which the fourth part draws the long one, b 3 s."""
    delay = {"empirical": {"values": ["2 s", "60 s"], "weights": [1, 1]}}
    drawn = variates(generator(1, 0, Stream("a->b", 0, "delay", None)), parse_distribution(delay), 10)
    assert drawn.tolist() == [2, 2, 2, 60, 2, 2, 60, 60, 2, 2]
    route: list[Description] = [{"from": "a", "to": "b", "delay": delay}, {"from": "b", "to": "out"}]

    run = follow(describe({"a": {"cycle": constant(10)}, "b": {"cycle": constant(3)}}, route), 105)

    assert left(run) == [(15, 1), (25, 2), (35, 3), (55, 5), (65, 6), (95, 9), (103, 4)]
    assert levels(run, "a->b")[7:12] == [(40, 1), (50, 2), (52, 1), (60, 2), (62, 1)]
