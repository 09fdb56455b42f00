"""Batches in the long run: of full size, of what is there, gathered until a timeout; and parts that are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import bulk, formulas
from support.lines import Description, constant, exponential, seconds, serial
from support.measure import check, check_share, lead_time, level, number_at, share, throughput, wip, working
from twin.engine import simulate

if TYPE_CHECKING:
    from support.formulas import Queue
    from twin.engine.results import Run

RATE = 2.0
"""Arrivals a second."""
SIZE = 4
AT_ONCE = "0.000001 s"
"""A timeout that leaves no time for a second part to come: a free machine takes what is there."""


def runs_of(cycle: Description, horizon: float = 320_000.0, **keys: object) -> list[Run]:
    station = {"kind": "batch", "size": SIZE, "cycle": cycle} | keys
    line = serial({"a": station}, source={"arrivals": exponential(1 / RATE)})
    return simulate(line, engine="compiled", horizon=horizon, warmup=2_000.0, replications=32)


QUEUES: dict[str, tuple[Description, dict[str, object], Queue]] = {
    "full, exponential": (exponential(1.2), {}, bulk.full_batches(RATE, 1 / 1.2, SIZE)),
    "full, constant": (constant(1.6), {}, bulk.full_batches_of_one_time(RATE, 1.6, SIZE)),
    "what is there, exponential": (exponential(1.0), {"timeout": AT_ONCE}, bulk.what_is_there(RATE, 1.0, SIZE)),
    "what is there, constant": (
        constant(1.5),
        {"timeout": AT_ONCE},
        bulk.what_is_there_of_one_time(RATE, 1.5, SIZE),
    ),
}


@pytest.mark.parametrize("name", QUEUES)
def test_a_batch_server_is_the_queue_of_its_name(name: str) -> None:
    cycle, keys, exact = QUEUES[name]

    runs = runs_of(cycle, **keys)

    check(runs, throughput, RATE)
    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check(runs, level("source->a"), exact.number_waiting)
    check_share(runs, share("a", "processing"), exact.utilisation)


@pytest.mark.parametrize("timeout", [0.5, 1.5, 6.0])
def test_a_batch_is_gathered_until_it_is_full_or_its_first_part_has_waited(timeout: float) -> None:
    """So many machines that one is always free: what waits and how often a batch begins are those of gathering."""
    often, waiting = bulk.gathered(RATE, SIZE, timeout)

    runs = runs_of(exponential(1.0), 60_000.0, timeout=seconds(timeout), machines=16)

    check(runs, throughput, RATE)
    check(runs, level("source->a"), waiting)
    check(runs, working("a"), often)
    check(runs, wip, waiting + RATE)


def test_cut_parts_arrive_in_batches() -> None:
    """An M/M/1 that cuts sends a Poisson stream (Burke 1956, Oper. Res. 4, 699) of 4 parts each to an M^[4]/M/1."""
    rate, cut, pieces, work = 0.25, 1.6, 4, 0.4
    first, second = formulas.mm1(rate, 1 / cut), formulas.mxm1(rate, pieces, pieces**2, 1 / work)
    stations = {
        "saw": {"kind": "split", "parts": pieces, "cycle": exponential(cut)},
        "mill": {"cycle": exponential(work)},
    }
    line = serial(stations, [None], source={"arrivals": exponential(1 / rate)})

    runs = simulate(line, engine="compiled", horizon=320_000.0, warmup=4_000.0, replications=32)

    check(runs, throughput, pieces * rate)
    check(runs, number_at("saw", "source->saw"), first.number)
    check(runs, number_at("mill", "saw->mill"), second.number)
    check(runs, wip, first.number + second.number)
    check(runs, lead_time, first.time + second.time)
    check_share(runs, share("mill", "processing"), second.utilisation)
