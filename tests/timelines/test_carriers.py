"""Carriers: pallets that limit and come back, cards, fixtures; every time worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import Description, constant, describe, serial
from support.timeline import arrivals, levels, parts, states

if TYPE_CHECKING:
    from support.timeline import Follow

NEVER = 1e-12
"""A probability that no draw of these short runs falls under."""


def test_pallets_limit_the_parts_and_take_their_time_to_come_back(follow: Follow) -> None:
    """Load 4 s, unload 10 s, two pallets that need 6 s back."""
    pallet = {"number": 2, "from": "load", "to": "unload", "return": constant(6)}
    stations = {"load": {"cycle": constant(4)}, "unload": {"cycle": constant(10)}}

    run = follow(serial(stations, [None], carriers={"pallet": pallet}), 48)

    assert states(run, "load") == [
        (0, "processing"),  # P1 to 4, P2 to 8
        (8, "starved"),  # no pallet
        (20, "processing"),  # P1's, free at 14; P3 to 24
        (24, "starved"),
        (30, "processing"),  # P2's, free at 24
        (34, "starved"),
        (40, "processing"),
        (44, "starved"),
    ]
    assert parts(run, "unload") == [(t, "good", "out") for t in (14, 24, 34, 44)]
    assert levels(run, "pallet->load") == [
        (0, 1),
        (4, 0),
        (14, 1),  # on its way back
        (20, 0),
        (24, 1),
        (30, 0),
        (34, 1),
        (40, 0),
        (44, 1),
    ]
    assert list(run.accounts.level_s) == [6, 4 + 6 + 6 + 6 + 4]  # P2 waits for unload from 8 to 14; free pallets
    assert list(run.accounts.empty_s) == [42, 10 + 4 + 4 + 4]
    assert run.accounts.wip_s == 1 * 4 + 2 * 10 + (1 * 6 + 2 * 4) * 3 + 1 * 4


def test_scrap_frees_its_carrier(follow: Follow) -> None:
    """Load 4 s, test 6 s, which scraps all; one card, back at once."""
    card = {"number": 1, "from": "load", "to": "pack"}
    stations = {
        "load": {"cycle": constant(4)},
        "test": {"cycle": constant(6), "scrap": 1 - NEVER},
        "pack": {"cycle": constant(5)},
    }

    run = follow(serial(stations, [None, None], carriers={"card": card}), 28)

    assert parts(run, "test") == [(10, "scrap", "scrap"), (20, "scrap", "scrap")]
    assert states(run, "load") == [
        (0, "processing"),
        (4, "starved"),
        (10, "processing"),
        (14, "starved"),
        (20, "processing"),
        (24, "starved"),
    ]
    assert levels(run, "card->load") == [(0, 0)]  # at 10 and 20 it comes back and goes


def test_two_cards_over_three_stations_let_two_parts_in(follow: Follow) -> None:
    """A 3 s, b 7 s, c 2 s: CONWIP."""
    stations = {"a": {"cycle": constant(3)}, "b": {"cycle": constant(7)}, "c": {"cycle": constant(2)}}

    run = follow(serial(stations, [None, None], carriers={"card": {"number": 2, "from": "a", "to": "c"}}), 35)

    assert states(run, "a") == [
        (0, "processing"),  # P1 to 3, P2 to 6
        (6, "starved"),
        (12, "processing"),  # P1 has left: P3 to 15
        (15, "starved"),
        (19, "processing"),
        (22, "starved"),
        (26, "processing"),
        (29, "starved"),
        (33, "processing"),
    ]
    assert parts(run, "c") == [(t, "good", "out") for t in (12, 19, 26, 33)]  # b is never without a part from 3 on
    assert run.accounts.wip_s == 1 * 3 + 2 * 32


def test_a_fixture_within_a_tray(follow: Follow) -> None:
    """A 2 s, b 5 s on two machines, c 3 s; three trays from a to c, and one fixture for b."""
    stations = {"a": {"cycle": constant(2)}, "b": {"machines": 2, "cycle": constant(5)}, "c": {"cycle": constant(3)}}
    carriers = {"fixture": {"number": 1, "from": "b", "to": "b"}, "tray": {"number": 3, "from": "a", "to": "c"}}

    run = follow(serial(stations, [None, None], carriers=carriers), 24)

    assert states(run, "b", 1) == [(0, "starved"), (2, "processing")]
    assert states(run, "b", 2) == [(0, "starved")]  # there is no second fixture
    assert parts(run, "b") == [(t, "good", "c") for t in (7, 12, 17, 22)]
    assert states(run, "a") == [
        (0, "processing"),  # P1, P2, P3 to 6
        (6, "starved"),
        (10, "processing"),  # P1 leaves c and its tray
        (12, "starved"),
        (15, "processing"),
        (17, "starved"),
        (20, "processing"),
        (22, "starved"),
    ]
    assert levels(run, "tray->a") == [(0, 2), (2, 1), (4, 0)]
    assert levels(run, "fixture->b") == [(0, 1), (2, 0)]


def test_a_part_that_comes_again_keeps_its_carrier(follow: Follow) -> None:
    """Load 4 s, test 6 s, which sends all back; one card until pack: none is free, and P1 needs none."""
    stations: dict[str, Description] = {
        name: {"cycle": constant(t)} for name, t in (("load", 4), ("test", 6), ("pack", 5))
    }
    route: list[Description] = [
        {"from": "load", "to": "test"},
        {"from": "test", "to": "load", "rework": True, "probability": 1 - NEVER},
        {"from": "test", "to": "pack", "probability": NEVER},
        {"from": "pack", "to": "out"},
    ]

    run = follow(describe(stations, route, carriers={"card": {"number": 1, "from": "load", "to": "pack"}}), 35)

    assert parts(run, "test") == [(t, "rework", "load") for t in (10, 20, 30)]
    assert parts(run, "load") == [(t, "good", "test") for t in (4, 14, 24, 34)]
    assert levels(run, "card->load") == [(0, 0)]
    assert run.accounts.arrived == 1


def test_a_part_that_comes_again_is_taken_before_those_that_wait_for_a_carrier(follow: Follow) -> None:
    """A 3 s, load 4 s, test 6 s, which sends all back to a; one card from load until pack: P1 has it, the rest wait."""
    stations: dict[str, Description] = {
        name: {"cycle": constant(t)} for name, t in (("a", 3), ("load", 4), ("test", 6), ("pack", 5))
    }
    route: list[Description] = [
        {"from": "a", "to": "load"},
        {"from": "load", "to": "test"},
        {"from": "test", "to": "a", "rework": True, "probability": 1 - NEVER},
        {"from": "test", "to": "pack", "probability": NEVER},
        {"from": "pack", "to": "out"},
    ]

    run = follow(describe(stations, route, carriers={"card": {"number": 1, "from": "load", "to": "pack"}}), 48)

    assert states(run, "load") == [
        (0, "starved"),
        (3, "processing"),  # P1; it is tested until 13
        (7, "starved"),
        (18, "processing"),  # a has made P2 to P5 by 15, then P1 again: it overtakes them
        (22, "starved"),  # tested until 28; a has made P9 by 30
        (33, "processing"),
        (37, "starved"),  # tested until 43
    ]
    assert parts(run, "test") == [(t, "rework", "a") for t in (13, 28, 43)]
    assert levels(run, "a->load")[:4] == [(0, 0), (6, 1), (9, 2), (12, 3)]  # P2, P3, P4
    assert levels(run, "card->load") == [(0, 1), (3, 0)]


def test_a_batch_waits_for_a_carrier_for_each_of_its_parts(follow: Follow) -> None:
    """A 2 s, an oven for two 10 s, test 1 s, which sends back all; three trays until test, back after 4 s."""
    tray = {"number": 3, "from": "oven", "to": "test", "return": constant(4)}
    stations: dict[str, Description] = {
        "a": {"cycle": constant(2)},
        "oven": {"kind": "batch", "size": 2, "cycle": constant(10)},
        "test": {"cycle": constant(1)},
    }

    run = follow(serial(stations, [None, None], carriers={"tray": tray}), 40)

    assert states(run, "oven") == [
        (0, "starved"),
        (4, "processing"),  # P1 and P2: one tray is left
        (14, "starved"),  # P1 leaves test at 15, P2 at 16
        (19, "processing"),  # P3 and P4, on the third tray and P1's
        (29, "starved"),  # one tray is there since 20; P3 leaves test at 30
        (34, "processing"),
    ]
    assert levels(run, "tray->oven") == [(0, 3), (4, 1), (15, 2), (16, 3), (19, 1), (30, 2), (31, 3), (34, 1)]


def test_a_batch_of_parts_that_come_again_keeps_their_carriers(follow: Follow) -> None:
    """An oven for two 10 s, test 3 s, which sends back all; two trays from the oven to pack, which none reaches."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(2)},
        "oven": {"kind": "batch", "size": 2, "cycle": constant(10)},
        "test": {"cycle": constant(3)},
        "pack": {"cycle": constant(1)},
    }
    route: list[Description] = [
        {"from": "a", "to": "oven"},
        {"from": "oven", "to": "test"},
        {"from": "test", "to": "oven", "rework": True, "probability": 1 - NEVER},
        {"from": "test", "to": "pack", "probability": NEVER},
        {"from": "pack", "to": "out"},
    ]

    run = follow(describe(stations, route, carriers={"tray": {"number": 2, "from": "oven", "to": "pack"}}), 50)

    assert states(run, "oven") == [
        (0, "starved"),
        (4, "processing"),  # P1 and P2, to 14
        (14, "starved"),  # P3, which waits since 6, finds no tray
        (20, "processing"),  # P1 and P2 are back, at 17 and 20
        (30, "starved"),
        (36, "processing"),
        (46, "starved"),
    ]
    assert parts(run, "test") == [(t, "rework", "oven") for t in (17, 20, 33, 36, 49)]


def test_a_joined_part_has_the_carriers_of_its_parts(follow: Follow) -> None:
    """A and b 3 s each on trays, joined in 5 s to c, which frees both trays; two trays a kind."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(3)},
        "b": {"cycle": constant(3)},
        "c": {"kind": "assembly", "cycle": constant(5)},
    }
    route: list[Description] = [{"from": "a", "to": "c"}, {"from": "b", "to": "c"}, {"from": "c", "to": "out"}]
    carriers = {name: {"number": 2, "from": start, "to": "c"} for name, start in (("tray", "a"), ("box", "b"))}

    run = follow(describe(stations, route, carriers=carriers), 20)

    assert parts(run, "c") == [
        (3, "joined", "c"),
        (8, "good", "out"),
        (8, "joined", "c"),
        (13, "good", "out"),
        (13, "joined", "c"),
        (18, "good", "out"),
        (18, "joined", "c"),
    ]
    expected = [
        (0, "processing"),  # the first to 3, the second to 6
        (6, "starved"),
        (8, "processing"),  # at 8, 13 and 18 the tray is back
        (11, "starved"),
        (13, "processing"),
        (16, "starved"),
        (18, "processing"),
    ]
    assert states(run, "a") == expected
    assert states(run, "b") == expected
    assert levels(run, "tray->a") == levels(run, "box->b") == [(0, 1), (3, 0)]


def test_who_waits_for_a_carrier_for_ever_is_named(follow: Follow) -> None:
    """Four parts come; an oven for two needs two trays, and one is left when the oven has let P1 and P2 go to b."""
    tray = {"number": 3, "from": "oven", "to": "b"}
    stations: dict[str, Description] = {
        "oven": {"kind": "batch", "size": 2, "cycle": constant(10)},
        "b": {"kind": "batch", "size": 3, "cycle": constant(5)},
    }
    book = [{"order": "A", "release": "0 s", "pieces": 4}]

    run = follow(serial(stations, [None], source={"orders": {"book": book}}, carriers={"tray": tray}), 60)

    assert states(run, "oven") == [(0, "processing"), (10, "starved")]
    assert run.deadlock == ("oven waits for tray", "b waits for 1 more part")


def test_without_a_carrier_a_free_machine_is_no_room(follow: Follow) -> None:
    """An arrival every 5 s that must find room at once; load 4 s, unload 10 s; one card."""
    source = {"arrivals": constant(5), "capacity": 0}
    stations = {"load": {"cycle": constant(4)}, "unload": {"cycle": constant(10)}}

    run = follow(
        serial(stations, [None], source=source, carriers={"card": {"number": 1, "from": "load", "to": "unload"}}), 38
    )

    assert arrivals(run, "load") == [
        (5, True),  # P1 leaves at 19
        (10, False),
        (15, False),
        (20, True),
        (25, False),
        (30, False),
        (35, True),
    ]


def test_a_card_goes_with_the_part_over_a_belt_and_through_a_store(follow: Follow) -> None:
    """A 1 s, a belt of 12 s for three, then 8 s in a store; two cards from the belt to the store, 3 s back."""
    stations: dict[str, Description] = {
        "a": {"cycle": constant(1)},
        "belt": {"kind": "conveyor", "length": "12 m", "speed": "1 m/s", "capacity": 3},
        "rack": {"kind": "storage", "stay": constant(8)},
    }
    card = {"number": 2, "from": "belt", "to": "rack", "return": constant(3)}

    run = follow(serial(stations, [None, None], carriers={"card": card}), 50)

    assert states(run, "belt") == [
        (0, "starved"),
        (1, "processing"),  # P1 at 1, P2 at 5
        (17, "starved"),  # both are in the store; P1 leaves it at 21, P2 at 25
        (24, "processing"),  # P3; P4 at 28
        (40, "starved"),
        (47, "processing"),
    ]
    assert parts(run, "rack") == [(t, "good", "out") for t in (21, 25, 44, 48)]
