"""Assembly: parts of several feeds become one; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe
from support.timeline import joined, left, levels, orders, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow


def test_one_body_and_four_wheels(follow: Follow) -> None:
    """A body every 9 s, a wheel every 2 s, with one place and four; they are joined in 5 s."""
    stations: dict[str, Description] = {
        "body": {"cycle": constant(9)},
        "wheel": {"cycle": constant(2)},
        "join": {"kind": "assembly", "takes": {"wheel": 4}, "cycle": constant(5)},
    }
    route: list[Description] = [
        {"from": "body", "to": "join", "buffer": 1},
        {"from": "wheel", "to": "join", "buffer": 4},
        {"from": "join", "to": "out"},
    ]

    run = follow(describe(stations, route), 33)

    assert states(run, "join") == [
        (0, "starved"),
        (9, "processing"),
        (14, "starved"),
        (18, "processing"),
        (23, "starved"),
        (27, "processing"),
        (32, "starved"),
    ]
    assert states(run, "wheel") == [(0, "processing"), (26, "blocked"), (27, "processing")]
    assert levels(run, "body->join") == [(0, 0)]  # each body is taken as it comes
    assert levels(run, "wheel->join") == [
        (0, 0),
        (2, 1),
        (4, 2),
        (6, 3),
        (8, 4),
        (9, 0),
        (10, 1),
        (12, 2),
        (14, 3),
        (16, 4),
        (18, 1),  # four are taken as the body comes, then the wheel of 18 comes
        (20, 2),
        (22, 3),
        (24, 4),
        (27, 1),  # the wheel that waited on its machine fills the first place that is freed
        (29, 2),
        (31, 3),
    ]
    with_bodies = {2: (1, 3, 4, 5), 7: (6, 8, 9, 10), 12: (11, 13, 14, 15)}
    assert joined(run) == [
        (time, wheel, body) for time, body in ((9, 2), (18, 7), (27, 12)) for wheel in with_bodies[body]
    ]
    assert left(run, "join") == [(14, 2, "good"), (23, 7, "good"), (32, 12, "good")]
    accounts = run.accounts
    assert (accounts.arrived, accounts.departed, accounts.joined) == (20, 3, 12)  # and five are in the line
    assert list(accounts.parts) == [3, 15, 3]
    # P1 came at 0, P6 at 8 (the body at 9), P11 at 16 (the body at 18).
    assert accounts.lead_sum_s == (14 - 0) + (23 - 8) + (32 - 16)


def test_without_places_parts_wait_on_their_machines(follow: Follow) -> None:
    """A 4 s, b 6 s, no places, joined in 5 s."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(4)},
        "b": {"cycle": constant(6)},
        "join": {"kind": "assembly", "cycle": constant(5)},
    }
    route: list[Description] = [
        {"from": "a", "to": "join", "buffer": 0},
        {"from": "b", "to": "join", "buffer": 0},
        {"from": "join", "to": "out"},
    ]

    run = follow(describe(stations, route), 20)

    assert states(run, "a") == [
        (0, "processing"),
        (4, "blocked"),
        (6, "processing"),
        (10, "blocked"),
        (12, "processing"),
        (16, "blocked"),
        (18, "processing"),
    ]
    assert states(run, "b") == [(0, "processing")]
    assert states(run, "join") == [
        (0, "starved"),
        (6, "processing"),
        (11, "starved"),
        (12, "processing"),
        (17, "starved"),
        (18, "processing"),
    ]
    assert parts(run, "a") == [(t, "good", "join") for t in (6, 12, 18)]


def test_a_joined_part_is_of_the_first_ones_order_and_reworked_if_one_was(follow: Follow) -> None:
    """A 4 s; b 6 s, then 1 s of rework; joined in 5 s."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(4)},
        "b": {"cycle": constant(6)},
        "again": {"cycle": constant(1)},
        "join": {"kind": "assembly", "cycle": constant(5)},
    }
    route: list[Description] = [
        {"from": "a", "to": "join"},
        {"from": "b", "to": "again", "rework": True},
        {"from": "again", "to": "join"},
        {"from": "join", "to": "out"},
    ]
    rows = [{"order": name.upper(), "at": name, "pieces": 1, "release": "0 s"} for name in "ab"]

    run = follow(describe(stations, route, source={"orders": {"book": rows}}), 40)

    assert joined(run) == [(7, 2, 1)]
    assert orders(run) == [
        (0, "A", "released", 1),
        (0, "B", "released", 1),
        (7, "B", "ended", 0),  # all of it is now in another order's part
        (12, "A", "ended", 1),
    ]
    accounts = run.accounts
    assert (accounts.departed, accounts.first_pass, accounts.joined) == (1, 0, 1)
    assert accounts.wip_s == 2 * 7 + 5


def test_an_assembly_whose_other_feed_has_run_dry_is_named(follow: Follow) -> None:
    """Two parts of a, one of b."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(4)},
        "b": {"cycle": constant(6)},
        "join": {"kind": "assembly", "cycle": constant(5)},
    }
    route: list[Description] = [
        {"from": "a", "to": "join"},
        {"from": "b", "to": "join"},
        {"from": "join", "to": "out"},
    ]
    rows = [{"order": name.upper(), "at": name, "pieces": n, "release": "0 s"} for name, n in (("a", 2), ("b", 1))]

    run = follow(describe(stations, route, source={"orders": {"book": rows}}), 40)

    assert joined(run) == [(6, 3, 1)]
    assert left(run, "join") == [(11, 1, "good")]
    assert run.deadlock == ("join waits for parts of b",)
