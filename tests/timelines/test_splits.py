"""Splits: one part is cut into several, the one that came in goes last; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, serial
from support.timeline import arrived, left, levels, orders, states

if TYPE_CHECKING:
    from support.timeline import Follow


def saw(parts: int, cycle: float, **more: object) -> Description:
    """Return a split."""
    return {"kind": "split", "parts": parts, "cycle": constant(cycle), **more}


def test_one_part_becomes_four(follow: Follow) -> None:
    """A saw of four, 12 s, two places, p 5 s."""
    run = follow(serial({"saw": saw(4, 12), "p": {"cycle": constant(5)}}, [2]), 40)

    assert arrived(run) == [
        (0, 1, None),
        (12, 2, 1),
        (12, 3, 1),
        (12, 4, 1),
        (17, 5, None),  # the saw takes no other part before P1 has left
        (29, 6, 5),
        (29, 7, 5),
        (29, 8, 5),
        (37, 9, None),
    ]
    assert left(run, "saw") == [
        (12, 2, "good"),  # to p
        (12, 3, "good"),
        (12, 4, "good"),
        (17, 1, "good"),  # p has taken P3
        (29, 6, "good"),  # P1 is on p, and leaves two places
        (29, 7, "good"),
        (32, 8, "good"),
        (37, 5, "good"),
    ]
    assert states(run, "saw") == [
        (0, "processing"),
        (12, "blocked"),
        (17, "processing"),
        (29, "blocked"),
        (37, "processing"),
    ]
    assert left(run, "p") == [(17, 2, "good"), (22, 3, "good"), (27, 4, "good"), (32, 1, "good"), (37, 6, "good")]
    assert levels(run, "saw->p") == [(0, 0), (12, 2), (22, 1), (27, 0), (29, 2)]
    accounts = run.accounts
    assert (accounts.arrived, accounts.departed) == (9, 5)
    assert accounts.lead_sum_s == 17 + 22 + 27 + 32 + (37 - 17)  # as old as the part that they were cut from
    # ... but in the line only since they were cut: 1, 4, 3, 2, 5, 4 parts.
    assert accounts.wip_s == 12 * 1 + 10 * 4 + 5 * 3 + 2 * 2 + 3 * 5 + 8 * 4
    assert list(accounts.parts) == [8, 5]
    assert list(accounts.ideal_s) == [8 * 3, 5 * 5]


def test_what_is_cut_is_of_its_product_and_order_and_may_be_scrap(follow: Follow) -> None:
    """Two orders of one part each: all of b is scrap but one in a billion."""
    products = {
        "a": {"cycle": {"saw": constant(10)}},
        "b": {"cycle": {"saw": constant(20)}, "scrap": {"saw": 1 - 1e-9}},
    }
    rows = [{"order": name.upper(), "product": name, "pieces": 1, "release": "0 s"} for name in "ab"]

    run = follow(
        serial(
            {"saw": saw(2, 15), "p": {"cycle": constant(2)}},
            [None],
            products=products,
            source={"orders": {"book": rows}},
        ),
        40,
    )

    assert left(run, "saw") == [(10, 3, "good"), (10, 1, "good"), (30, 4, "scrap"), (30, 2, "scrap")]
    assert left(run, "p") == [(12, 3, "good"), (14, 1, "good")]
    assert orders(run) == [
        (0, "A", "released", 1),
        (0, "B", "released", 1),
        (14, "A", "ended", 2),  # with the last of what was cut
        (30, "B", "ended", 0),
    ]
    accounts = run.accounts
    assert (accounts.arrived, accounts.departed, accounts.scrapped) == (4, 2, 2)
    assert list(accounts.ideal_s) == [2 * 5 + 2 * 10, 2 * 2]


def test_each_of_the_parts_goes_its_own_way(follow: Follow) -> None:
    """A saw of two, 10 s; the way of each of the two is drawn, and all but one in a million million is a's."""
    stations: dict[str, Description] = {"saw": saw(2, 10), "a": {"cycle": "20 s"}}
    route: list[Description] = [
        {"from": "saw", "to": "a", "probability": 1 - 1e-12},
        {"from": "saw", "to": "out", "probability": 1e-12},
        {"from": "a", "to": "out"},
    ]

    run = follow(describe(stations, route), 35)

    assert arrived(run) == [
        (0, 1, None),
        (10, 2, 1),
        (10, 3, None),
        (20, 4, 3),
        (20, 5, None),
        (30, 6, 5),
        (30, 7, None),
    ]
    assert left(run, "saw") == [
        (10, 2, "good"),
        (10, 1, "good"),
        (20, 4, "good"),
        (20, 3, "good"),
        (30, 6, "good"),
        (30, 5, "good"),
    ]
    assert levels(run, "saw->a") == [(0, 0), (10, 1), (20, 3), (30, 4)]
