"""People shared by several machines: priorities, several machines a person, several skills, absence."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import pytest

from support import formulas
from support.formulas import Served
from support.lines import Description, describe, exponential, seconds, serial
from support.measure import check, check_share, lead_time, number_at, share, throughput, wip, working
from twin.engine import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.engine.results import Run
    from twin.line.scenario import Scenario

OPERATOR = {"operator": 1}


def runs_of(line: Scenario, horizon: float = 600_000.0) -> list[Run]:
    return simulate(line, engine="compiled", horizon=horizon, warmup=2_000.0, replications=32)


def classes(cycles: Sequence[Description], rate: float, operators: int) -> Scenario:
    """Return a line of stations that all ask the same people, the first in the file first.

    A station has one machine more than there are people, so that whatever waits there has asked before one is free:
    a queue of several classes. Each station has arrivals of its own.
    """
    names = "abc"[: len(cycles)]
    stations = {
        name: {"machines": operators + 1, "cycle": cycle, "crew": OPERATOR, "priority": k + 1}
        for k, (name, cycle) in enumerate(zip(names, cycles, strict=True))
    }
    route = [{"from": name, "to": "out"} for name in names]
    source = {"arrivals": exponential(1 / rate), "into": list(names)}
    return describe(stations, route, source=source, operators={"operator": operators})


def test_one_operator_serves_classes_by_priority() -> None:
    times = [0.8, 1.1, 0.6]
    cycles: list[Description] = [
        exponential(times[0]),
        {"lognormal": {"mean": seconds(times[1]), "cv": 0.5}},
        exponential(times[2]),
    ]
    services = [
        Served(times[0], 2 * times[0] ** 2),
        Served(times[1], 1.25 * times[1] ** 2),
        Served(times[2], 2 * times[2] ** 2),
    ]
    queues = formulas.mg1_priorities([0.16] * 3, services)

    runs = runs_of(classes(cycles, 0.16, 1))

    for name, queue in zip("abc", queues, strict=True):
        check(runs, number_at(name, f"source->{name}"), queue.number)
        check(runs, working(name), queue.utilisation)


def test_two_operators_serve_classes_by_priority() -> None:
    queues = formulas.mmc_priorities([0.4, 0.4], 1.0, 2)

    runs = runs_of(classes([exponential(1.0)] * 2, 0.4, 2))

    for name, queue in zip("ab", queues, strict=True):
        check(runs, number_at(name, f"source->{name}"), queue.number)


@pytest.mark.parametrize(("operators", "attend"), [(1, 3), (2, 2)])
def test_a_person_who_tends_several_machines_is_as_many_servers(operators: int, attend: int) -> None:
    """M/M/c, c = people times machines a person; there are more machines than that."""
    servers = operators * attend
    exact = formulas.mmc(0.7 * servers, 1.0, servers)
    station = {"machines": servers + 4, "cycle": exponential(1.0), "crew": OPERATOR, "attend": attend}
    source = {"arrivals": exponential(1 / (0.7 * servers))}

    runs = runs_of(serial({"a": station}, source=source, operators={"operator": operators}), 120_000.0)

    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check(runs, working("a"), servers * exact.utilisation)
    check_share(runs, lambda accounts: accounts.busy_s[0] / accounts.present_s[0], exact.utilisation)


def test_people_of_two_pools_with_one_skill_are_one_pool() -> None:
    """An operator and two setters who can do his work: M/M/3."""
    exact = formulas.mmc(2.1, 1.0, 3)
    line = serial(
        {"a": {"machines": 6, "cycle": exponential(1.0), "crew": OPERATOR}},
        source={"arrivals": exponential(1 / 2.1)},
        operators={"operator": 1, "setter": 2},
        pools={"setter": {"also": ["operator"]}},
    )

    runs = runs_of(line, 120_000.0)

    check(runs, wip, exact.number)
    check(runs, lead_time, exact.time)
    check(runs, lambda accounts: accounts.busy_s.sum() / accounts.span_s, 2.1)


def present(people: int, absence: float) -> list[float]:
    """Return the probability of each number of people present (binomial)."""
    return [comb(people, k) * (1 - absence) ** k * absence ** (people - k) for k in range(people + 1)]


@pytest.mark.parametrize(("machines", "shifts"), [(8, "2x8"), (5, "1x8"), (5, "continuous")])
def test_those_present_are_a_binomial_number(machines: int, shifts: str) -> None:
    """Of 8 people each stays away from a shift with 0.3; as many machines work as there are people, or all."""
    chances = present(8, 0.3)
    at_work = sum(chance * min(k, machines) for k, chance in enumerate(chances))
    weeks = {"1x8": 120, "2x8": 60, "continuous": 40}[shifts]
    open_share = {"1x8": 5 * 8 / 168, "2x8": 5 * 16 / 168, "continuous": 1.0}[shifts]
    line = serial(
        {"a": {"machines": machines, "cycle": exponential(600.0), "crew": OPERATOR}},
        operators={"operator": 8},
        pools={"operator": {"absence": 0.3}},
        shifts={"pattern": shifts},
    )

    runs = simulate(line, engine="compiled", horizon=weeks * 7 * 86_400.0, replications=32)

    check(runs, working("a"), open_share * at_work)
    check(runs, throughput, open_share * at_work / 600.0)
    check(runs, lambda accounts: accounts.present_s[0] / accounts.span_s, open_share * 8 * 0.7)
    check_share(runs, share("a", "waiting_operator"), open_share * (1 - at_work / machines))
