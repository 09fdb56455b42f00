from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import ALWAYS, SHOP, Said, reports
from twin.calibration.order_table import OrderTable, order_table
from twin.calibration.visits import Visits, visits_of
from twin.calibration.waits import OUT, moves_of
from twin.calibration.ways import Way, counted_ways, probabilities, returns, scrap_shares, shares_back
from twin.calibration.working_time import WorkingTime

SAID = (
    Said("a", "saw", 0, 1, 10),
    Said("a", "check", 1, 2, 8, 1),
    Said("a", "pack", 2, 3, 8),  # the rest goes on while one is sawn again
    Said("a", "saw", 4, 5, 1, rework=True),
    Said("a", "check", 5, 6, 0, 1, rework=True),
    Said("b", "saw", 1, 2, 10),
    Said("b", "check", 3, 4, 10),
    Said("b", "pack", 5, 6, 10),
    Said("c", "saw", 2, 3, 10),
    Said("c", "wash", 3, 4, 10),
    Said("c", "check", 4, 5, 5, 5),
)
SAW, CHECK, PACK, WASH = range(4)


@pytest.fixture
def shown() -> tuple[Visits, OrderTable]:
    visits = visits_of(reports(*SAID), SHOP, WorkingTime(ALWAYS))
    assert visits.stations == ("saw", "check", "pack", "wash")
    return visits, order_table(visits, SHOP)


def test_ways_are_counted_as_often_as_their_orders(shown: tuple[Visits, OrderTable]) -> None:
    visits, orders = shown
    moves = moves_of(visits, orders, {}, {}, 1e6)
    once = counted_ways(moves, np.arange(len(moves.order)))
    assert once == {
        Way(SAW, CHECK, rework=False): 2,
        Way(SAW, WASH, rework=False): 1,
        Way(WASH, CHECK, rework=False): 1,
        Way(CHECK, PACK, rework=False): 2,
        Way(PACK, OUT, rework=False): 2,
    }
    twice = counted_ways(moves, np.flatnonzero(moves.order == 0).repeat(2))
    assert set(twice.values()) == {2}
    assert Way(SAW, WASH, rework=False) not in twice


def test_pieces_come_back_from_where_their_order_was_last_but_not_from_the_finish(
    shown: tuple[Visits, OrderTable],
) -> None:
    assert returns(*shown, SHOP) == {Way(CHECK, SAW, rework=True): [(0, 1)]}


def test_the_share_sent_back_is_of_the_pieces_that_pass(shown: tuple[Visits, OrderTable]) -> None:
    visits, orders = shown
    sent = returns(visits, orders, SHOP)
    # Orders of 10 each, of which the check rejects 1, 0 and 5: 24 pass, one of them goes back.
    assert shares_back(sent, visits, orders, np.array([1, 1, 1])) == {Way(CHECK, SAW, rework=True): 1 / 24}
    assert shares_back(sent, visits, orders, np.array([2, 0, 1])) == {Way(CHECK, SAW, rework=True): 2 / 23}
    assert shares_back(sent, visits, orders, np.array([0, 0, 0])) == {Way(CHECK, SAW, rework=True): 0}


def test_probabilities_are_shares_of_what_left_a_station() -> None:
    ways = {Way(0, 1, rework=False): 3, Way(0, OUT, rework=False): 1, Way(1, OUT, rework=False): 2}
    known = [*ways, Way(0, 2, rework=False), Way(5, 1, rework=False)]
    assert list(probabilities(ways, known).values()) == [0.75, 0.25, 1.0, 0.0]


def test_scrap_is_a_share_of_the_pieces_done_at_first_or_again(shown: tuple[Visits, OrderTable]) -> None:
    visits, orders = shown
    every = np.ones(len(visits.order), dtype=bool)
    # The check: 30 pieces at first and one again, of which 1 + 5 and 1 are rejected.
    assert scrap_shares(visits, orders, every, np.array([1, 1, 1])) == {SAW: 0, CHECK: 7 / 31, PACK: 0, WASH: 0}
    assert scrap_shares(visits, orders, every, np.array([0, 3, 1]))[CHECK] == 5 / 40
    assert scrap_shares(visits, orders, every, np.array([0, 0, 0]))[CHECK] == 0


def test_pieces_of_visits_that_are_not_over_have_not_passed(shown: tuple[Visits, OrderTable]) -> None:
    visits, orders = shown
    over = ~((visits.station == CHECK) & (visits.order == 1))
    assert scrap_shares(visits, orders, over, np.array([1, 1, 1]))[CHECK] == 7 / 21
