"""Lots: cycles by their size, part of one scrapped or sent back, orders that leave with their last; worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, serial
from support.timeline import levels, orders, parts, states, trace

if TYPE_CHECKING:
    from support.timeline import Follow


def book(*rows: Description) -> Description:
    """Return a source whose orders are these rows; what a row does not say is as 1 piece at time 0."""
    return {"orders": {"book": [{"release": "0 s", "pieces": 1} | row for row in rows]}}


def test_a_cycle_takes_so_long_a_piece_or_by_a_table(follow: Follow) -> None:
    """A 10 s a piece; b 20 s for 1 piece, 120 s for 11 and more, linear between: 3 pieces take 20 + 2 x 10."""
    stations: dict[str, Description] = {
        "a": {"cycle": {"per_piece": "10 s"}},
        "b": {"cycle": {"by_pieces": {1: "20 s", 11: "120 s"}}},
    }
    source = book({"order": "A", "pieces": 3}, {"order": "B"}, {"order": "C", "pieces": 50, "release": "100 s"})

    run = follow(serial(stations, [None], move="order", source=source), 800)

    assert parts(run, "a") == [(30, "good", "b"), (40, "good", "b"), (600, "good", "b")]
    assert parts(run, "b") == [(70, "good", "out"), (90, "good", "out"), (720, "good", "out")]
    accounts = run.accounts
    assert list(accounts.parts) == [54, 54]
    assert list(accounts.ideal_s) == [540, 180]
    assert (accounts.departed, accounts.orders_arrived, accounts.orders_departed) == (54, 3, 3)
    assert accounts.lead_sum_s == 70 + 90 + 620
    assert accounts.wip_s == 3 * 70 + 90 + 50 * 620
    assert levels(run, "a->b") == [(0, 0), (40, 1), (70, 0)]  # a buffer counts lots


def test_part_of_a_lot_is_scrapped_and_part_goes_back(follow: Follow) -> None:
    """Of 10 pieces a fifth is scrap, a quarter of the rest goes to r; the order leaves with what comes from there."""
    stations: dict[str, Description] = {
        "a": {"cycle": {"per_piece": "10 s"}, "scrap": 0.2},
        "r": {"cycle": {"per_piece": "5 s"}},
        "p": {"cycle": {"per_piece": "1 s"}},
    }
    route: list[Description] = [
        {"from": "a", "to": "r", "rework": True, "probability": 0.25},
        {"from": "a", "to": "p", "probability": 0.75},
        {"from": "r", "to": "p"},
        {"from": "p", "to": "out"},
    ]

    run = follow(describe(stations, route, move="order", source=book({"order": "A", "pieces": 10})), 150)

    left = [(e.time, e.station, e.fields["part"], e.fields["pieces"]) for e in trace(run) if e.kind == "part"]
    assert left == [
        (100, "a", 1, 2),  # scrap
        (100, "a", 2, 2),  # sent back, as a lot of their own
        (100, "a", 1, 6),
        (106, "p", 1, 6),
        (110, "r", 2, 2),
        (112, "p", 2, 2),
    ]
    assert parts(run, "a") == [(100, "scrap", "scrap"), (100, "rework", "r"), (100, "good", "p")]
    assert orders(run) == [(0, "A", "released", 10), (112, "A", "ended", 8)]
    accounts = run.accounts
    assert (accounts.arrived, accounts.departed, accounts.scrapped, accounts.first_pass) == (10, 8, 2, 6)
    assert (list(accounts.parts), list(accounts.scrap), list(accounts.rework)) == ([10, 2, 8], [2, 0, 0], [2, 0, 0])
    assert (accounts.orders_departed, accounts.lead_sum_s) == (1, 112)
    assert accounts.wip_s == 10 * 100 + 8 * 6 + 2 * 6
    assert list(accounts.ideal_s) == [100, 10, 8]


def test_an_order_moves_piece_by_piece_and_leaves_with_the_last(follow: Follow) -> None:
    """Three pieces at 0, two at 5; 10 s each."""
    source = book({"order": "A", "pieces": 3}, {"order": "B", "pieces": 2, "release": "5 s"})

    run = follow(serial({"a": {"cycle": constant(10)}}, source=source), 100)

    assert parts(run, "a") == [(t, "good", "out") for t in (10, 20, 30, 40, 50)]
    assert levels(run, "source->a") == [(0, 2), (5, 4), (10, 3), (20, 2), (30, 1), (40, 0)]
    assert orders(run) == [
        (0, "A", "released", 3),
        (5, "B", "released", 2),
        (30, "A", "ended", 3),
        (50, "B", "ended", 2),
    ]
    assert (run.accounts.departed, run.accounts.orders_departed, run.accounts.lead_sum_s) == (5, 2, 30 + 45)


def test_an_order_of_which_nothing_is_good_has_no_lead_time(follow: Follow) -> None:
    """All of the first station's pieces are scrap but one in a billion."""
    stations: dict[str, Description] = {"a": {"cycle": constant(10), "scrap": 1 - 1e-9}}

    run = follow(serial(stations, move="order", source=book({"order": "A", "pieces": 4})), 100)

    assert orders(run) == [(0, "A", "released", 4), (10, "A", "ended", 0)]
    accounts = run.accounts
    assert (accounts.orders_arrived, accounts.orders_departed, accounts.scrapped) == (1, 0, 4)
    assert (accounts.lead_sum_s, accounts.lead_bins.sum()) == (0, 0)


def test_what_was_there_before_counts_from_its_release(follow: Follow) -> None:
    """A has been there for 100 s and stands before b, B for 40 s before a; C comes at 20. D, at b, is ready at 15.

    D's first cycle there takes the 4 s that are left of it.
    """
    stations: dict[str, Description] = {"a": {"cycle": constant(10)}, "b": {"cycle": constant(10)}}
    source = book(
        {"order": "A", "release": "-100 s", "at": "b"},
        {"order": "B", "release": "-40 s"},
        {"order": "C", "release": "20 s"},
        {"order": "D", "release": "-5 s", "at": "b", "ready": "15 s", "left": "4 s"},
    )

    run = follow(serial(stations, [None], move="order", source=source), 60)

    assert states(run, "a") == [(0, "processing"), (10, "starved"), (20, "processing"), (30, "starved")]
    assert parts(run, "b") == [(t, "good", "out") for t in (10, 20, 24, 40)]
    assert levels(run, "source->b") == [(0, 1), (20, 0)]  # D waits from the start, but b takes B at 10
    accounts = run.accounts
    assert accounts.lead_sum_s == 110 + 60 + 29 + 20
    assert accounts.wip_s == 10 + 20 + 24 + 20
    assert (accounts.orders_arrived, accounts.orders_departed) == (4, 4)


def test_several_lots_of_an_order_leave_it_together(follow: Follow) -> None:
    """One order in two rows, of which the second starts at b and is done first."""
    stations: dict[str, Description] = {"a": {"cycle": constant(10)}, "b": {"cycle": constant(3)}}
    source = book({"order": "A", "pieces": 5}, {"order": "A", "pieces": 2, "at": "b"})

    run = follow(serial(stations, [None], move="order", source=source), 60)

    assert parts(run, "b") == [(3, "good", "out"), (13, "good", "out")]
    assert orders(run) == [(0, "A", "released", 7), (13, "A", "ended", 7)]
    assert (run.accounts.orders_arrived, run.accounts.lead_sum_s) == (1, 13)


def test_products_go_different_ways(follow: Follow) -> None:
    """X goes over a and b, y over a, c and b; 10, 5 and 7 s, but y takes 20 s on a."""
    stations: dict[str, Description] = {
        name: {"cycle": constant(time)} for name, time in (("a", 10), ("b", 5), ("c", 7))
    }
    products = {"x": {"route": ["a", "b"]}, "y": {"route": ["a", "c", "b"], "cycle": {"a": "20 s"}}}
    source = book({"order": "A", "product": "x"}, {"order": "B", "product": "y"}, {"order": "C", "product": "x"})

    run = follow(describe(stations, [], products=products, source=source), 60)

    left = [(e.time, e.station, e.fields["product"], e.fields["to"]) for e in trace(run) if e.kind == "part"]
    assert left == [
        (10, "a", "x", "b"),
        (15, "b", "x", "out"),
        (30, "a", "y", "c"),
        (37, "c", "y", "b"),
        (40, "a", "x", "b"),
        (42, "b", "y", "out"),
        (47, "b", "x", "out"),
    ]


def test_a_lot_with_a_way_of_its_own_goes_back_to_where_it_passes(follow: Follow) -> None:
    """Y passes a, c and b; half of its 2 pieces goes back from b to a, and over c again."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(10)},
        "b": {"cycle": constant(5)},
        "c": {"cycle": constant(7)},
    }
    route: list[Description] = [
        {"from": "b", "to": "a", "rework": True, "probability": 0.5},
        {"from": "b", "to": "out", "probability": 0.5},
        {"from": "a", "to": "b"},
        {"from": "c", "to": "b"},
    ]
    products = {"y": {"route": ["a", "c", "b"]}}
    source = book({"order": "A", "product": "y", "pieces": 2})

    run = follow(describe(stations, route, products=products, source=source, move="order"), 40)

    assert parts(run, "b") == [(22, "rework", "a"), (22, "good", "out")]
    assert parts(run, "c") == [(17, "good", "b"), (39, "good", "b")]


def test_what_does_not_go_back_by_one_edge_adds_nothing_to_the_next(follow: Follow) -> None:
    """A lot that never passed a sends nothing there: of its 10 pieces the 4 of the other edge go back, as a second lot.

    These 4 send back 2 at the most, for 0.4 x 4 = 1.6.
    """
    stations: dict[str, Description] = {name: {"cycle": "10 s"} for name in "abc"}
    route: list[Description] = [
        {"from": "a", "to": "b"},
        {"from": "b", "to": "c"},
        {"from": "c", "to": "a", "rework": True, "probability": 0.4},
        {"from": "c", "to": "b", "rework": True, "probability": 0.4},
        {"from": "c", "to": "out", "probability": 0.2},
    ]
    source = book(
        {"order": "A", "pieces": 10, "route": ["b", "c"]}, {"order": "Z", "release": "1 h", "route": ["a", "b", "c"]}
    )

    run = follow(describe(stations, route, move="order", source=source), 45)

    assert parts(run, "c") == [(20, "rework", "b"), (20, "good", "out"), *parts(run, "c")[2:]]
    first = [e.fields["pieces"] for e in trace(run) if e.kind == "part" and e.station == "c" and e.time == 20]
    assert first == [4, 6]
