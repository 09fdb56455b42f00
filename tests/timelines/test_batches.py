"""Batches: several parts worked on at once and let go one by one; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, serial
from support.timeline import levels, orders, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow


def oven(size: int, cycle: float, **more: object) -> Description:
    """Return a batch station."""
    return {"kind": "batch", "size": size, "cycle": constant(cycle), **more}


def times(left: list[tuple[float, object, object]]) -> list[float]:
    """Return when parts left."""
    return [time for time, _, _ in left]


def test_a_batch_starts_when_it_is_full(follow: Follow) -> None:
    """A 3 s feeds an oven of four, 20 s, which lets all four go at one instant: there is room for them."""
    run = follow(serial({"a": {"cycle": constant(3)}, "oven": oven(4, 20)}, [None]), 40)

    # P1 to P4, made by 12, are in it to 32; of the six that have come by then it takes four, to 52.
    assert states(run, "oven") == [(0, "starved"), (12, "processing")]
    assert parts(run, "oven") == [(32, "good", "out")] * 4
    assert levels(run, "a->oven") == [
        (0, 0),
        (3, 1),
        (6, 2),
        (9, 3),
        (12, 0),
        (15, 1),
        (18, 2),
        (21, 3),
        (24, 4),
        (27, 5),
        (30, 6),
        (32, 2),
        (33, 3),
        (36, 4),
        (39, 5),
    ]
    accounts = run.accounts
    assert (accounts.arrived, accounts.departed) == (14, 4)
    assert accounts.lead_sum_s == 32 + 29 + 26 + 23
    assert list(accounts.ideal_s) == [13 * 3, 4 * 5]  # a quarter of the cycle for each part


def test_after_the_timeout_fewer_will_do(follow: Follow) -> None:
    """A part every 15 s; the oven takes four, 40 s, or after 25 s what is there."""
    source = {"arrivals": constant(15)}

    run = follow(serial({"oven": oven(4, 40, timeout="25 s")}, source=source), 170)

    # P1 has waited 25 s at 40. At 80 the oldest of three has waited 35 s, at 120 that of two 30 s, at 160 that of three
    # 40 s: they are taken at once. P8, which comes at 120, does so after the oven has taken those that were there.
    assert states(run, "oven") == [(0, "starved"), (40, "processing")]
    assert times(parts(run, "oven")) == [80, 80, 120, 120, 120, 160, 160]
    assert levels(run, "source->oven") == [
        (0, 0),
        (15, 1),
        (30, 2),
        (40, 0),
        (45, 1),
        (60, 2),
        (75, 3),
        (80, 0),
        (90, 1),
        (105, 2),
        (120, 1),
        (135, 2),
        (150, 3),
        (160, 0),
        (165, 1),
    ]
    assert run.accounts.lead_sum_s == (65 + 50) + (75 + 60 + 45) + (70 + 55)
    assert list(run.accounts.ideal_s) == [7 * 10]  # a batch that is not full is no faster


def test_a_batch_that_fills_in_time_starts_the_wait_anew(follow: Follow) -> None:
    """A part every 10 s; two at once, 3 s, or one after 25 s; two machines."""
    source = {"arrivals": constant(10)}

    run = follow(serial({"oven": oven(2, 14, timeout="25 s", machines=2)}, source=source), 65)

    # P1 came at 10, and would have gone alone at 35; P2 came at 20. P3 would go at 55, P4 comes at 40.
    assert states(run, "oven", 1) == [
        (0, "starved"),
        (20, "processing"),
        (34, "starved"),
        (40, "processing"),
        (54, "starved"),
        (60, "processing"),
    ]
    assert states(run, "oven", 2) == [(0, "starved")]


def test_each_machine_has_a_batch_of_its_own(follow: Follow) -> None:
    """A 4 s, two ovens of two, 30 s."""
    run = follow(serial({"a": {"cycle": constant(4)}, "oven": oven(2, 30, machines=2)}, [None]), 47)

    assert states(run, "oven", 1) == [(0, "starved"), (8, "processing")]  # P1, P2 to 38, then two of five
    assert states(run, "oven", 2) == [(0, "starved"), (16, "processing")]  # P3, P4 to 46, then two of five
    assert times(parts(run, "oven", 1)) == [38, 38]
    assert times(parts(run, "oven", 2)) == [46, 46]
    assert levels(run, "a->oven") == [
        (0, 0),
        (4, 1),
        (8, 0),
        (12, 1),
        (16, 0),
        (20, 1),
        (24, 2),
        (28, 3),
        (32, 4),
        (36, 5),
        (38, 3),
        (40, 4),
        (44, 5),
        (46, 3),
    ]


def test_finished_parts_leave_one_by_one_as_there_is_room(follow: Follow) -> None:
    """An oven of three, 10 s, one place, b 4 s: it takes the next three when the last has left."""
    run = follow(serial({"oven": oven(3, 10), "b": {"cycle": constant(4)}}, [1]), 40)

    # At 10 P1 goes to b, P2 into the place, P3 waits for b's completion at 14.
    assert states(run, "oven") == [
        (0, "processing"),
        (10, "blocked"),
        (14, "processing"),
        (24, "blocked"),
        (28, "processing"),
        (38, "blocked"),
    ]
    assert parts(run, "oven") == [(t, "good", "b") for t in (10, 10, 14, 24, 24, 28, 38, 38)]
    assert states(run, "b") == [
        (0, "starved"),
        (10, "processing"),
        (22, "starved"),
        (24, "processing"),
        (36, "starved"),
        (38, "processing"),
    ]
    assert levels(run, "oven->b") == [(0, 0), (10, 1), (18, 0), (24, 1), (32, 0), (38, 1)]


def test_finished_parts_leave_while_their_machine_is_down(follow: Follow) -> None:
    """An oven of four, 10 s, no place, b 4 s; at 12 the oven fails, for 7 s."""
    failures = {"jam": {"ttf": constant(12), "ttr": constant(7), "clock": "calendar"}}

    run = follow(serial({"oven": oven(4, 10, failures=failures), "b": {"cycle": constant(4)}}, [0]), 30)

    assert states(run, "oven") == [
        (0, "processing"),
        (10, "blocked"),  # P1 goes to b, P2 waits
        (12, "down"),  # P2 leaves at 14, P3 at 18
        (19, "blocked"),  # P4 waits to 22
        (22, "processing"),
    ]
    assert times(parts(run, "oven")) == [10, 14, 18, 22]
    assert states(run, "b") == [(0, "starved"), (10, "processing"), (26, "starved")]


def test_a_batch_takes_those_that_have_waited_longest_over_all_edges(follow: Follow) -> None:
    """A 4 s with two places, b 5 s with none, an oven of three, 12 s."""
    stations = {"a": {"cycle": constant(4)}, "b": {"cycle": constant(5)}, "oven": oven(3, 12)}
    route: list[Description] = [
        {"from": "a", "to": "oven", "buffer": 2},
        {"from": "b", "to": "oven", "buffer": 0},
        {"from": "oven", "to": "out"},
    ]

    run = follow(describe(stations, route), 30)

    # At 8 there are a's of 4 and 8, and b's of 5, blocked: taken in the order 4, 5, 8. At 20 a's of 12 and 16, and b's,
    # done at 13: taken in the order 12, 13, 16; the place of the first is filled by a's, done at 20.
    assert states(run, "a") == [(0, "processing"), (28, "blocked")]
    assert states(run, "b") == [
        (0, "processing"),
        (5, "blocked"),
        (8, "processing"),
        (13, "blocked"),
        (20, "processing"),
        (25, "blocked"),
    ]
    assert states(run, "oven") == [(0, "starved"), (8, "processing")]
    assert levels(run, "a->oven") == [(0, 0), (4, 1), (8, 0), (12, 1), (16, 2), (20, 1), (24, 2)]


def test_a_batch_of_lots_and_one_that_will_never_be_full(follow: Follow) -> None:
    """Three orders move as lots; two are baked together, the third waits for a fourth."""
    rows = [{"order": name, "pieces": n, "release": "0 s"} for name, n in (("A", 3), ("B", 5), ("C", 2))]

    run = follow(serial({"oven": oven(2, 10)}, move="order", source={"orders": {"book": rows}}), 60)

    assert orders(run) == [
        (0, "A", "released", 3),
        (0, "B", "released", 5),
        (0, "C", "released", 2),
        (10, "A", "ended", 3),
        (10, "B", "ended", 5),
    ]
    assert list(run.accounts.ideal_s) == [10]
    assert list(run.accounts.parts) == [8]
    assert run.deadlock == ("oven waits for 1 more part",)
