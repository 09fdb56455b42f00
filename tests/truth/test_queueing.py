"""The engine's long-run means are those of queueing theory, and of machines that share repairers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support import formulas
from support.lines import constant, describe, exponential, serial
from support.measure import check, check_share, lead_time, share, throughput, wip
from twin.engine import simulate

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

RATE = 0.5
"""Arrivals a second; services take about a second."""

ARRIVALS = {"arrivals": exponential(1 / RATE)}


def queue(cycle: dict[str, Any], machines: int = 1) -> Scenario:
    return serial({"a": {"machines": machines, "cycle": cycle}}, source=ARRIVALS)


def check_queue(scenario: Scenario, exact: formulas.Queue, accepted: float = RATE) -> None:
    runs = simulate(scenario, engine="compiled", horizon=600_000.0, warmup=2_000.0, replications=32)
    check(runs, throughput, accepted)
    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check_share(runs, share("a", "processing"), exact.utilisation)
    check_share(runs, share("a", "starved"), 1 - exact.utilisation)


QUEUES = {
    "M/M/1": (queue(exponential(1.0)), formulas.mm1(RATE, 1.0)),
    "M/M/2": (queue(exponential(2.2), 2), formulas.mmc(RATE, 1 / 2.2, 2)),
    "M/M/3": (queue(exponential(3.0), 3), formulas.mmc(RATE, 1 / 3.0, 3)),
    "M/D/1": (queue(constant(1.2)), formulas.md1(RATE, 1.2)),
    "M/G/1, lognormal": (queue({"lognormal": {"mean": "1 s", "cv": 0.8}}), formulas.mg1(RATE, 1.0, 0.8**2)),
    "M/G/1, erlang": (queue({"erlang": {"mean": "1.1 s", "k": 4}}), formulas.mg1(RATE, 1.1, 1 / 4)),
    "M/G/1, uniform": (
        queue({"uniform": {"low": "0.5 s", "high": "1.5 s"}}),
        formulas.mg1(RATE, 1.0, 1 / 12),
    ),
}


@pytest.mark.parametrize("name", QUEUES)
def test_a_single_station_is_the_queue_of_its_name(name: str) -> None:
    check_queue(*QUEUES[name])


def test_instant_feedback() -> None:
    route = [
        {"from": "a", "to": "a", "rework": True, "probability": 0.2},
        {"from": "a", "to": "out", "probability": 0.8},
    ]
    scenario = describe({"a": {"cycle": exponential(0.9)}}, route, source=ARRIVALS)

    check_queue(scenario, formulas.mm1_feedback(RATE, 1 / 0.9, 0.2))


@pytest.mark.parametrize("waiting", [0, 2])
def test_arrivals_that_find_the_queue_full_are_lost(waiting: int) -> None:
    scenario = serial({"a": {"cycle": exponential(1.8)}}, source=ARRIVALS | {"capacity": waiting})
    exact, turned_away = formulas.mm1k(RATE, 1 / 1.8, waiting + 1)

    runs = simulate(scenario, engine="compiled", horizon=400_000.0, warmup=2_000.0, replications=32)

    check(runs, throughput, RATE * (1 - turned_away))
    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check(runs, lambda accounts: accounts.turned_away / (accounts.arrived + accounts.turned_away), turned_away)


@pytest.mark.parametrize(("machines", "repairers"), [(4, 1), (6, 2), (3, 3)])
def test_machines_that_share_repairers(machines: int, repairers: int) -> None:
    jam = {"ttf": exponential(30.0), "ttr": exponential(8.0), "repaired_by": {"technician": 1}}
    station = {"machines": machines, "cycle": constant(1.0), "failures": {"jam": jam}}
    exact = formulas.machine_interference(machines, repairers, 30.0, 8.0)

    runs = simulate(
        serial({"a": station}, operators={"technician": repairers}),
        engine="compiled",
        horizon=200_000.0,
        warmup=2_000.0,
        replications=32,
    )

    check(runs, throughput, machines * exact.running)
    check_share(runs, share("a", "processing"), exact.running)
    check_share(runs, share("a", "down"), exact.repair)
    check_share(runs, share("a", "waiting_repair"), exact.waiting)
    check_share(runs, lambda accounts: accounts.busy_s[0] / accounts.present_s[0], machines * exact.repair / repairers)
