from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import ALWAYS, SHOP, Said, reports
from twin.calibration.demand import Demand, demand_of, every_of, refit_pieces, sizes_known, watch_from
from twin.calibration.order_table import OrderTable, order_table
from twin.calibration.visits import Visits, visits_of
from twin.calibration.waits import moves_of
from twin.calibration.working_time import WorkingTime
from twin.line.distributions import Exponential, Gamma
from twin.line.work_calendar import HOUR, WEEK

TIME = WorkingTime(ALWAYS)


def shown(*said: Said) -> tuple[Visits, OrderTable]:
    visits = visits_of(reports(*said), SHOP, TIME)
    return visits, order_table(visits, SHOP)


def demand(came: list[float], weeks: float) -> Demand:
    """Demand of orders first seen at some times [h], over some weeks."""
    visits, orders = shown(*(Said(f"o{i}", "saw", time, time + 0.01, 5) for i, time in enumerate(came)))
    return demand_of(visits, orders, orders.seen, (0.0, weeks * WEEK), samples=0)


def test_orders_that_come_evenly_are_a_gamma_of_little_spread() -> None:
    found = demand([4.0 * i + 1 for i in range(42 * 10)], 10)
    law = found.every.distribution
    assert isinstance(law, Gamma)
    assert law.mean == pytest.approx(4 * HOUR)
    assert found.dispersion == 0.01
    assert law.shape == pytest.approx(100)


def test_orders_at_random_are_a_poisson_process() -> None:
    times = np.random.default_rng(4).uniform(0, 20 * 168, 800)
    found = demand(sorted(times.tolist()), 20)
    assert found.every.distribution == Exponential(20 * WEEK / 800)
    assert found.dispersion == 1.0
    assert found.every.p_value is not None
    assert found.every.p_value > 0.05


def test_orders_first_seen_when_the_plant_opens_are_still_a_poisson_process() -> None:
    # All that comes in a week is seen on its Monday, a quarter of an hour apart: bursts are no waves.
    times = np.random.default_rng(4).uniform(0, 20 * 168, 800)
    weeks = (times // 168).astype(int)
    seen = [168 * week + 0.25 * i for week in range(20) for i in range(int((weeks == week).sum()))]
    assert demand(seen, 20).every.family == "exponential"


def test_orders_in_waves_are_a_gamma_as_wide_as_their_numbers_a_week() -> None:
    # 10 and 30 orders in turn over 20 weeks: mean 20, variance 100 x 20/19.
    numbers = [10, 30] * 10
    found = demand([168 * week + 5 * i + 1 for week, number in enumerate(numbers) for i in range(number)], 20)
    assert found.dispersion == pytest.approx(100 * 20 / 19 / 20)
    law = found.every.distribution
    assert isinstance(law, Gamma)
    assert (law.mean, law.shape) == pytest.approx((20 * WEEK / 400, 1 / found.dispersion))


def test_weeks_are_counted_back_from_the_end() -> None:
    # Half a week before four whole ones of 20: its 40 orders are not of them.
    times = [1.0 + i for i in range(40)] + [84.0 + 168 * week + 8 * i + 1 for week in range(4) for i in range(20)]
    assert demand(times, 4.5).dispersion == 0.01
    assert demand([168.0 * 4.5 - time for time in reversed(times)], 4.5).dispersion > 1


def test_a_log_under_two_weeks_shows_no_waves() -> None:
    found = demand([1.0, 2.0, 3.0, 100.0], 1.5)
    assert found.every.distribution == Exponential(1.5 * WEEK / 4)
    assert found.every.p_value is None


def test_had_other_many_come_the_mean_changes_and_the_shape_stays() -> None:
    even = demand([4.0 * i + 1 for i in range(420)], 10)
    law = every_of(even, 210)
    assert isinstance(law, Gamma)
    assert (law.mean, law.shape) == pytest.approx((8 * HOUR, 100))
    assert every_of(demand([1.0, 2.0], 1.0), 4) == Exponential(WEEK / 4)
    assert every_of(demand([1.0, 2.0], 1.0), 0) == Exponential(WEEK)


def test_only_orders_first_seen_in_the_window_came_in_it() -> None:
    visits, orders = shown(
        Said("old", "saw", 1, 2, 5),
        Said("new", "wash", 30, 31, 7),
        Said("new", "saw", 31, 32, 7),
        Said("newer", "saw", 40, 41, 9),
    )
    found = demand_of(visits, orders, orders.seen, (24.0 * HOUR, 48.0 * HOUR), samples=0)
    assert [visits.orders[code] for code in found.came] == ["new", "newer"]
    assert [visits.stations[code] for code in found.start] == ["wash", "saw"]
    assert (found.gaps / HOUR).tolist() == [10]
    assert found.watched == 24 * HOUR
    assert found.every.distribution == Exponential(12 * HOUR)


def test_sizes_are_those_that_are_known() -> None:
    visits, orders = shown(
        Said("a", "check", 0, 1, 10),
        Said("a", "pack", 1, 2, 10),
        Said("b", "saw", 1, 2, 3),
        Said("c", "check", 2, 3, 30),
        Said("c", "pack", 3, 4, 30),
    )
    assert sizes_known(orders, np.array([0, 1, 2])).tolist() == [10, 30]
    assert sizes_known(orders, np.array([1])).tolist() == [3]
    found = demand_of(visits, orders, orders.seen, (0.0, float(WEEK)), samples=0)
    assert found.pieces.n == 2
    # The likeliest lognormal of 10 and 30 has their geometric mean for its median.
    many = refit_pieces(found, orders, np.array([0, 2, 2, 0]))
    assert many.mean == pytest.approx(found.pieces.distribution.mean)


def test_orders_are_new_once_nearly_all_waits_would_be_over() -> None:
    # Waits of 1 to 20 h: all but one of the twenty take at most 19 h.
    said = [one for i in range(1, 21) for one in (Said(f"o{i}", "saw", 0, 1), Said(f"o{i}", "wash", i + 1, i + 1.001))]
    visits, orders = shown(*said)
    moves = moves_of(visits, orders, {}, {}, 100.0 * HOUR)
    assert watch_from(moves, 5.0) == pytest.approx(5 + 19 * HOUR)


def test_where_nothing_waits_all_orders_are_new() -> None:
    visits, orders = shown(Said("a", "saw", 0, 1), Said("b", "saw", 1, 2))
    assert watch_from(moves_of(visits, orders, {}, {}, 3.0 * HOUR), 7.0) == 7.0
