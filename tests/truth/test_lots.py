"""Lots, orders and setups in the long run are what queueing theory and renewal theory say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from support import formulas
from support.lines import Description, describe, exponential, serial
from support.measure import check, check_share, lead_time_of_orders, share, throughput, wip
from twin.engine import simulate

if TYPE_CHECKING:
    from twin.accounts import Accounts
    from twin.engine.results import Run
    from twin.line.scenario import Scenario

RATE = 0.5
"""Orders a second."""
SIZES = np.array([1, 2, 6])
"""Pieces of an order, each as likely."""


def runs_of(line: Scenario) -> list[Run]:
    return simulate(line, engine="compiled", horizon=400_000.0, warmup=2_000.0, replications=32)


def ordered(cycle: Description, move: str) -> Scenario:
    orders = {"every": exponential(1 / RATE), "pieces": {"empirical": SIZES.tolist()}}
    return serial({"a": {"cycle": cycle}}, source={"orders": orders}, move=move)


def lots(accounts: Accounts) -> float:
    """Return the mean number of lots at a station of one machine: those in its queue, and the one on it."""
    return float(accounts.level_s[0] / accounts.span_s + share("a", "processing")(accounts))


def orders_a_second(accounts: Accounts) -> float:
    return accounts.orders_departed / accounts.span_s


SPREAD = {"lognormal": {"mean": 1, "cv": 0.5}}
SERVICES = {
    # A piece takes an exponential time of mean 0.4, the same for all of a lot: S = N X.
    "per piece": ({"per_piece": exponential(0.4)}, 0.4 * SIZES, 2.0),
    # The table says 0.5, 0.7 (a fifth of the way from 0.5 to 1.5) and 1.5; its spread has E[Y^2] = 1 + 0.5^2.
    "by pieces": ({"by_pieces": {1: "0.5 s", 6: "1.5 s"}, "spread": SPREAD}, np.array([0.5, 0.7, 1.5]), 1.25),
}


@pytest.mark.parametrize("name", SERVICES)
def test_lots_at_one_machine_are_an_mg1_queue(name: str) -> None:
    """The service time of a lot is T(N) Y: E[S] = E[T(N)] and E[S^2] = E[T(N)^2] E[Y^2]."""
    cycle, times, second_moment = SERVICES[name]
    mean = times.mean()
    exact = formulas.mg1(RATE, mean, (times**2).mean() * second_moment / mean**2 - 1)

    runs = runs_of(ordered(cycle, "order"))

    check(runs, throughput, RATE * SIZES.mean())
    check(runs, orders_a_second, RATE)
    check(runs, lots, exact.number, relative=0.005)
    check(runs, lead_time_of_orders, exact.time, relative=0.005)
    check_share(runs, share("a", "processing"), exact.utilisation)


def test_orders_that_move_piece_by_piece_are_an_mxm1_queue() -> None:
    """The order's own time is that of an M/G/1 whose service is the sum of its pieces'."""
    mean = 0.4
    exact = formulas.mxm1(RATE, SIZES.mean(), (SIZES**2).mean(), 1 / mean)
    variance = mean**2 * (SIZES.mean() + SIZES.var())
    order = formulas.mg1(RATE, mean * SIZES.mean(), variance / (mean * SIZES.mean()) ** 2)

    runs = runs_of(ordered(exponential(mean), "piece"))

    check(runs, throughput, RATE * SIZES.mean())
    check(runs, wip, exact.number, relative=0.005)
    check(runs, lead_time_of_orders, order.time, relative=0.005)
    check_share(runs, share("a", "processing"), exact.utilisation)


@pytest.mark.parametrize("needed", [1.0, 0.7])
def test_a_machine_set_up_between_two_products_makes_a_part_a_mean_cycle(needed: float) -> None:
    """A part is another product than the one before with probability 2 p q; renewal-reward over parts.

    The mean time of a part is p c_x + q c_y + 2 p q needed s, and its share of setup is that of the last term.
    """
    p, q, cycle_x, cycle_y, setup = 0.6, 0.4, 1.0, 2.0, 1.5
    setups = 2 * p * q * needed * setup
    mean = p * cycle_x + q * cycle_y + setups
    station = {"cycle": exponential(cycle_x), "setup": {"time": exponential(setup), "share": needed}}
    products = {"x": {}, "y": {"cycle": {"a": exponential(cycle_y)}}}
    line = serial({"a": station}, products=products, source={"product": {"x": p, "y": q}})

    runs = simulate(line, engine="compiled", horizon=100_000.0, warmup=1_000.0, replications=32)

    check(runs, throughput, 1 / mean)
    check_share(runs, share("a", "setup"), setups / mean)
    check_share(runs, share("a", "processing"), 1 - setups / mean)


def test_a_matrix_of_changeovers_counts_each_way() -> None:
    """From x to y 2 s on average, back nothing: each way is taken by p q of the parts."""
    station = {
        "cycle": exponential(1.0),
        "setup": {"changeover": {"x": {"y": "2 s"}}, "spread": {"exponential": {"mean": 1}}},
    }
    line = serial({"a": station}, products={"x": {}, "y": {}}, source={"product": {"x": 0.5, "y": 0.5}})

    runs = simulate(line, engine="compiled", horizon=100_000.0, warmup=1_000.0, replications=32)

    check(runs, throughput, 1 / 1.5)
    check_share(runs, share("a", "setup"), 1 / 3)


def test_shares_of_lots_are_scrapped_and_sent_back_on_average_exactly() -> None:
    """Lots of 7 pieces, 0.1 of them scrap, 0.15 of the rest back to the same machine: of n pieces 0.765 n get through.

    A piece visits until it is scrap (0.1) or through (0.9 x 0.85): it ends well with probability 0.765 / 0.865.
    """
    route = [
        {"from": "a", "to": "a", "rework": True, "probability": 0.15},
        {"from": "a", "to": "out", "probability": 0.85},
    ]
    orders = {"every": exponential(40.0), "pieces": 7}
    line = describe(
        {"a": {"cycle": {"per_piece": "1 s"}, "scrap": 0.1}}, route, source={"orders": orders}, move="order"
    )

    runs = simulate(line, engine="compiled", horizon=400_000.0, warmup=4_000.0, replications=32)

    visits = 1 / 0.865
    check(runs, throughput, 7 / 40 * 0.765 * visits)
    check(runs, lambda accounts: accounts.scrapped / accounts.span_s, 7 / 40 * 0.1 * visits, relative=0.005)
    check(runs, lambda accounts: accounts.rework[0] / accounts.parts[0], 0.9 * 0.15)
    check_share(runs, share("a", "processing"), 7 / 40 * visits)
