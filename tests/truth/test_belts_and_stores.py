"""Conveyors and stores are delays: what is on them, and what waits before them, is what theory says."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import pytest

from support import formulas
from support.lines import Description, constant, exponential, serial
from support.measure import check, check_share, lead_time, level, share, throughput, wip
from twin.engine import simulate

if TYPE_CHECKING:
    from twin.engine.results import Run
    from twin.line.scenario import Scenario

RATE = 0.5


def runs_of(line: Scenario) -> list[Run]:
    return simulate(line, engine="compiled", horizon=450_000.0, warmup=2_000.0, replications=32)


@pytest.mark.parametrize("accumulating", [True, False])
def test_a_belt_is_an_entry_and_a_delay(*, accumulating: bool) -> None:
    """A belt of 20 s and 16 places lets a part on every 1.25 s: an M/D/1 before it, then 20 s for everyone.

    It is empty if its entry was free 18.75 s ago, when the last part of a busy time would just have moved on, and
    nobody has come since.
    """
    entry = formulas.md1(RATE, 1.25)
    empty = (1 - entry.utilisation) * exp(-RATE * 18.75)
    belt = {"kind": "conveyor", "length": "10 m", "speed": "0.5 m/s", "capacity": 16, "accumulating": accumulating}

    runs = runs_of(serial({"belt": belt}, source={"arrivals": exponential(1 / RATE)}))

    check(runs, throughput, RATE)
    check(runs, level("source->belt"), entry.number_waiting)
    check(runs, wip, entry.number_waiting + RATE * 20)
    check(runs, lead_time, entry.time_waiting + 20)
    check_share(runs, share("belt", "starved"), empty)
    check_share(runs, share("belt", "processing"), 1 - empty)


STAYS: dict[str, Description] = {
    "constant": constant(8.0),
    "exponential": exponential(8.0),
    "lognormal": {"lognormal": {"mean": "8 s", "cv": 1.5}},
}


@pytest.mark.parametrize("stay", STAYS)
def test_a_store_without_limit_is_a_delay_whatever_the_stay(stay: str) -> None:
    """M/G/infinity: rate times mean stay are there (Gross et al. 2008, section 2.6)."""
    runs = runs_of(
        serial({"rack": {"kind": "storage", "stay": STAYS[stay]}}, source={"arrivals": exponential(1 / RATE)})
    )

    check(runs, throughput, RATE)
    check(runs, wip, RATE * 8)
    check(runs, lead_time, 8.0)
    check_share(runs, share("rack", "starved"), exp(-RATE * 8))


@pytest.mark.parametrize("stay", STAYS)
def test_a_full_store_turns_away_what_erlang_says(stay: str) -> None:
    turned_away = formulas.lost(RATE, 8.0, 5)
    rack = {"kind": "storage", "capacity": 5, "stay": STAYS[stay]}

    runs = runs_of(serial({"rack": rack}, source={"arrivals": exponential(1 / RATE), "capacity": 0}))

    check(runs, lambda accounts: accounts.turned_away / (accounts.arrived + accounts.turned_away), turned_away)
    check(runs, throughput, RATE * (1 - turned_away))
    check(runs, wip, RATE * (1 - turned_away) * 8)


def test_before_a_small_store_parts_wait_as_for_servers() -> None:
    """With exponential stays, M/M/6."""
    exact = formulas.mmc(RATE, 1 / 8.0, 6)
    rack = {"kind": "storage", "capacity": 6, "stay": exponential(8.0)}

    runs = runs_of(serial({"rack": rack}, source={"arrivals": exponential(1 / RATE)}))

    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
