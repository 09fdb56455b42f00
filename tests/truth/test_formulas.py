"""The closed forms agree with each other and with values that are quickly worked out on paper."""

from __future__ import annotations

import pytest

from support.formulas import machine_interference, md1, mg1, mm1, mm1_feedback, mm1k, mmc
from support.markov import Station, serial


def test_mm1_at_half_load() -> None:
    """L = 0.5 / 0.5 = 1; W = 1 / (1 - 0.5) = 2."""
    assert mm1(0.5, 1.0) == pytest.approx((0.5, 1.0, 2.0, 0.5, 1.0))


def test_constant_service_halves_the_wait() -> None:
    assert md1(0.6, 1.0).time_waiting == pytest.approx(mm1(0.6, 1.0).time_waiting / 2)


def test_mg1_by_hand() -> None:
    """Load 0.6, cv^2 = 0.25: wait = 0.6 x 1.25 / 2 / 0.4 = 0.9375."""
    assert mg1(0.3, 2.0, 0.25).time_waiting == pytest.approx(0.9375 * 2)


def test_one_server_of_mmc_is_mm1() -> None:
    assert mmc(0.7, 1.0, 1) == pytest.approx(mm1(0.7, 1.0))


def test_mmc_by_hand() -> None:
    """Offered 1, two servers: C = (1/2 x 2) / (1 + 1 + 1) = 1/3; wait = (1/3) / (2 - 1)."""
    assert mmc(1.0, 1.0, 2).time_waiting == pytest.approx(1 / 3)


def test_feedback_lengthens_the_stay_but_keeps_littles_law() -> None:
    """Rate 0.4 with every fifth again is M/M/1 at 0.5: L = 1, W = 1 / 0.4."""
    queue = mm1_feedback(0.4, 1.0, 0.2)
    assert (queue.number, queue.time) == pytest.approx((1.0, 2.5))


def test_mm1k_by_hand() -> None:
    """Equal rates, two places: all three states alike, a third turned away, one part on average."""
    queue, turned_away = mm1k(1.0, 1.0, 2)
    assert (queue.number, turned_away, queue.utilisation) == pytest.approx((1.0, 1 / 3, 2 / 3))


def test_interference_by_hand() -> None:
    """Two machines, one repairer, all rates 1: weights 1, 2, 2, so 1.2 of two machines are failed, 0.8 in repair."""
    assert machine_interference(2, 1, 1.0, 1.0) == pytest.approx((0.4, 0.4, 0.2))


def test_a_repairer_for_each_machine_is_the_exact_chain() -> None:
    chain = serial([Station(1.0, 2, 20.0, 5.0)], [])
    shares = machine_interference(2, 2, 20.0, 5.0)
    assert (shares.running, shares.repair) == pytest.approx((chain.processing[0], chain.down[0]))
