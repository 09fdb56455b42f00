"""A machine that breaks down, rests or serves others: the queue before it is that of theory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import formulas
from support.formulas import Served
from support.lines import Description, constant, describe, exponential, seconds, serial
from support.measure import check, check_share, lead_time, number_at, share, throughput, wip, working
from twin.engine import simulate

if TYPE_CHECKING:
    from twin.accounts import Accounts
    from twin.engine.results import Run
    from twin.line.scenario import Scenario

RATE = 0.5
ARRIVALS = {"arrivals": exponential(1 / RATE)}


def runs_of(line: Scenario, horizon: float = 600_000.0) -> list[Run]:
    return simulate(line, engine="compiled", horizon=horizon, warmup=2_000.0, replications=32)


def lognormal(mean: float, cv: float) -> tuple[Description, Served]:
    """Return a time as a line file writes it, and its moments."""
    return {"lognormal": {"mean": seconds(mean), "cv": cv}}, Served(mean, mean**2 * (1 + cv**2))


@pytest.mark.parametrize("clock", ["operating", "calendar"])
def test_a_queue_before_a_machine_that_breaks_down(clock: str) -> None:
    cycle, service = lognormal(0.8, 0.6)
    repair_time, repair = lognormal(2.0, 0.8)
    exact = formulas.mg1_breakdowns(RATE, service, 1 / 10, repair, idle=clock == "calendar")
    jam = {"ttf": exponential(10.0), "ttr": repair_time, "clock": clock}

    runs = runs_of(serial({"a": {"cycle": cycle, "failures": {"jam": jam}}}, source=ARRIVALS))

    check(runs, throughput, RATE)
    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check_share(runs, share("a", "processing"), exact.utilisation)
    down = RATE * 0.8 / 10 * 2.0 if clock == "operating" else 2.0 / 12.0
    check_share(runs, share("a", "down"), down)


def test_a_queue_before_a_machine_that_is_maintained_after_every_part() -> None:
    cycle, service = lognormal(0.7, 0.5)
    lasts, rest = lognormal(0.5, 0.7)
    exact = formulas.mg1_resting(RATE, service, rest)
    station = {"cycle": cycle, "maintenance": {"clean": {"parts": 1, "lasts": lasts}}}

    runs = runs_of(serial({"a": station}, source=ARRIVALS))

    check(runs, throughput, RATE)
    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check_share(runs, share("a", "processing"), RATE * 0.7)
    check_share(runs, share("a", "maintenance"), RATE * 0.5)


def test_people_who_do_something_else_while_nobody_waits() -> None:
    """The operator works at *b*, where parts always wait, whenever none waits at *a*: to *a*, a vacation.

    So many parts come to *b* that its queue only grows. A second machine of *a* asks while the first one works, so
    that *a* has asked before the operator is free.
    """
    cycle, service = lognormal(0.8, 0.6)
    elsewhere, vacation = lognormal(3.0, 0.5)
    queue = formulas.mg1(RATE, service.mean, service.squared_cv)
    exact = formulas.mg1_vacations(queue, *vacation)
    crew = {"operator": 1}
    stations = {
        "a": {"machines": 2, "cycle": cycle, "crew": crew},
        "b": {"cycle": elsewhere, "crew": crew, "priority": 2},
    }
    route = [{"from": "a", "to": "out"}, {"from": "b", "to": "out"}]

    runs = runs_of(describe(stations, route, source=ARRIVALS, operators=crew), horizon=60_000.0)

    check(runs, number_at("a", "source->a"), exact.number)
    check(runs, working("a"), queue.utilisation)
    check(runs, working("b"), 1 - queue.utilisation)
    check_share(runs, lambda accounts: accounts.busy_s[0] / accounts.present_s[0], 1.0)


def maintained(accounts: Accounts) -> float:
    return float(accounts.maintained.sum() / accounts.span_s)


def test_maintenance_after_so_many_parts_is_a_renewal() -> None:
    """A round is 20 parts of 1 s and a maintenance of 3 s."""
    station = {"cycle": exponential(1.0), "maintenance": {"clean": {"parts": 20, "lasts": exponential(3.0)}}}

    runs = runs_of(serial({"a": station}), horizon=100_000.0)

    check(runs, throughput, 20 / 23)
    check_share(runs, share("a", "maintenance"), 3 / 23)
    check(runs, maintained, 1 / 23)


def test_maintenance_waits_for_the_end_of_the_part() -> None:
    """Due after 15 s of work, it begins when the part is done.

    That is 1 s later on average, as an exponential time has no memory.
    """
    station = {
        "cycle": exponential(1.0),
        "maintenance": {"clean": {"every": "15 s", "lasts": constant(4.0)}},
    }

    runs = runs_of(serial({"a": station}), horizon=100_000.0)

    check(runs, throughput, 16 / 20)
    check_share(runs, share("a", "maintenance"), 4 / 20)
    check(runs, maintained, 1 / 20)
