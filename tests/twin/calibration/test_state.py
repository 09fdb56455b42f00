from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import DAYS, Said, shop
from twin.calibration.estimate import Laws, choose_laws
from twin.calibration.state import known_lots, more_than, open_lots, pieces_of, standings, wait_left, ways_known
from twin.calibration.structure import Structure, structure_of
from twin.line.distributions import Constant, Exponential, Lognormal
from twin.line.work_calendar import HOUR

DAY = 24.0
LAST = 15 * DAY
PAUSES = tuple(Said(f"o{i:02d}", "check", day * DAY + 13.65, day * DAY + 13.75) for i, day in enumerate(DAYS))
"""Pauses of 0.4 h inside visits: an order that rests for longer is no longer at its station."""

SAWN = (Said("sawn", "saw", LAST + 10, LAST + 11, 20),)
TURNED = (Said("turned", "saw", LAST + 11, LAST + 12, 30), Said("turned", "turn", LAST + 15, LAST + 15.9, 5))
CHECKED = (
    Said("checked", "saw", 14 * DAY + 9, 14 * DAY + 10, 12),
    Said("checked", "turn", 14 * DAY + 13, 14 * DAY + 14, 12),
    Said("checked", "check", 14 * DAY + 14, 14 * DAY + 15, 11, 1),
    Said("checked", "pack", LAST + 10, LAST + 11, 4),
)
LATER = (
    Said("sawn", "turn", LAST + DAY + 9, LAST + DAY + 10, 20),
    Said("sawn", "check", LAST + DAY + 10, LAST + DAY + 11, 20),
    Said("new", "saw", LAST + DAY + 8, LAST + DAY + 9, 7),
    Said("new", "check", LAST + DAY + 9, LAST + DAY + 10, 7),
    Said("turned", "turn", LAST + DAY + 9, LAST + DAY + 10, 25),
    Said("other", "wash", LAST + DAY + 9, LAST + DAY + 10, 5),
)


@pytest.fixture(scope="module")
def plant() -> Structure:
    return structure_of(shop(*PAUSES, *SAWN, *TURNED, *CHECKED), (LAST + 16) * HOUR)


@pytest.fixture(scope="module")
def laws(plant: Structure) -> Laws:
    return choose_laws(plant, samples=0)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_open_orders_stand_where_they_are_worked_on_or_were_last(plant: Structure) -> None:
    found = {
        plant.visits.orders[each.order]: (plant.visits.stations[plant.visits.station[each.visit]], each.working)
        for each in standings(plant)
    }
    assert found == {"sawn": ("saw", False), "turned": ("turn", True), "checked": ("check", False)}


def test_lots_go_on_from_there_with_what_has_not_left(plant: Structure, laws: Laws) -> None:
    lots = {lot.order: lot for lot in open_lots(plant, laws, rng())}
    assert lots["sawn"].route == ("turn", "check", "pack")
    assert lots["turned"].route == ("turn", "check", "pack")
    assert lots["turned"].left is not None
    assert lots["turned"].left >= 60
    assert (lots["sawn"].left, lots["turned"].ready) == (None, None)
    # Twelve asked, one rejected and four packed; it was released when it was first sawn.
    known = plant.visits.orders.index("checked")
    assert int(plant.orders.pieces[known] - plant.orders.packed[known] - plant.orders.scrapped[known]) == 7
    assert lots["sawn"].release == -6 * HOUR


def test_the_rest_of_an_order_that_has_left_in_part_is_still_to_leave(plant: Structure, laws: Laws) -> None:
    lots = {lot.order: lot for lot in open_lots(plant, laws, rng())}
    assert lots["checked"].route == ("pack",)
    assert lots["checked"].pieces == 7


def test_pieces_are_known_or_drawn_above_those_seen(plant: Structure, laws: Laws) -> None:
    codes = {name: plant.visits.orders.index(name) for name in ("sawn", "checked")}
    drawn = [pieces_of(plant, laws, codes["sawn"], np.random.default_rng(seed)) for seed in range(20)]
    assert min(drawn) >= 20
    assert {pieces_of(plant, laws, codes["checked"], np.random.default_rng(seed)) for seed in range(5)} == {12}


def test_what_is_known_of_the_time_ahead_is_given(plant: Structure, laws: Laws) -> None:
    whole = structure_of(shop(*PAUSES, *SAWN, *TURNED, *CHECKED, *LATER))
    lots = {lot.order: lot for lot in known_lots(plant, laws, whole, ways_known(plant, whole), rng())}
    assert lots["sawn"].route == ("turn", "check")
    assert lots["sawn"].pieces == 20
    assert lots["new"].route == ("saw", "check")
    assert (lots["new"].release, lots["new"].pieces) == (16 * HOUR, 7)
    assert lots["turned"].route == ("turn",)
    assert lots["turned"].left is not None
    # A station that nothing was known of has no place in the line.
    assert "other" not in lots
    assert "checked" not in lots


def test_more_than_what_was_seen_is_drawn_as_the_law_has_it_above() -> None:
    law = Exponential(100.0)
    drawn = np.array([more_than(law, 50.0, np.random.default_rng(seed)) for seed in range(4000)])
    assert drawn.min() > 50
    # Memoryless: above 50 lies another 100 on average.
    assert drawn.mean() == pytest.approx(150, abs=5 * 100 / np.sqrt(4000))


def test_and_below_what_it_is_at_most() -> None:
    law = Lognormal(100.0, 0.5)
    drawn = [more_than(law, 90.0, np.random.default_rng(seed), 120.0) for seed in range(200)]
    assert 90 < min(drawn) < 95
    assert 115 < max(drawn) <= 120


def test_where_hardly_anything_lies_above_it_stays() -> None:
    assert more_than(Constant(5.0), 7.0, rng()) == 7.0
    assert more_than(Exponential(1.0), 1e6, rng()) == 1e6


def test_a_wait_goes_on_as_its_law_has_it_above_what_was_waited(plant: Structure, laws: Laws) -> None:
    names = plant.visits.stations
    (standing,) = (each for each in standings(plant) if plant.visits.orders[each.order] == "sawn")
    saw, turn = names.index("saw"), names.index("turn")
    assert saw not in laws.delays
    assert wait_left(plant, laws, standing, saw, rng()) == 0
    assert turn in laws.delays
    drawn = [wait_left(plant, laws, standing, turn, np.random.default_rng(seed)) for seed in range(50)]
    assert min(drawn) > 0
    near = [wait_left(plant, laws, standing, turn, np.random.default_rng(seed), most=60.0) for seed in range(50)]
    assert 0 <= min(near) <= max(near) <= 60 < max(drawn)
