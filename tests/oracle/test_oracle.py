"""The engine and an independent SimPy model agree on random lines, within 5 standard errors of their difference.

Both start empty and are watched from time 0, so their means are equal at any horizon, settled or not.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest

from support.lines import Variety, describe, exponential, random_description, random_line
from support.measure import agree, shares, throughput, wip
from support.oracle import observe
from support.oracle_lines import oracle_line
from twin.engine import simulate

if TYPE_CHECKING:
    from support.lines import Description
    from twin.line.scenario import Scenario

HORIZON = 24 * 3600.0
SAID_WELL = Variety(stations=4, calendar_failures=False, finite_loops=False, ties=False)


@pytest.mark.parametrize("seed", [*range(30), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(30, 100))])
def test_the_engine_agrees_with_plain_simpy(seed: int) -> None:
    check(random_line(Random(seed), SAID_WELL), seed)  # noqa: S311 - a fixed list of lines, no secret


@pytest.mark.parametrize("seed", [*range(10), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(10, 40))])
def test_the_engine_agrees_with_plain_simpy_on_lots(seed: int) -> None:
    """Orders, cycles by lot size, scrap of part of a lot, setups; first come, first served, and nothing goes back."""
    random = Random(seed)  # noqa: S311 - as above
    line = random_description(random, SAID_WELL)
    line["route"] = [way for way in line["route"] if not way.get("rework")]
    heads = {way["from"] for way in line["route"]} - {way["to"] for way in line["route"]}
    first = next(iter(line["stations"]))
    line["route"] += [{"from": first, "to": name, "probability": 0.1} for name in sorted(heads - {first})]
    _share_ways(line["route"])
    for station in line["stations"].values():
        mean = random.uniform(20, 60)
        station["cycle"] = random.choice((
            {"per_piece": exponential(mean)},
            {"by_pieces": {"1": "1 min", "20": "10 min"}, "spread": {"lognormal": {"mean": 1, "cv": 0.5}}},
        ))  # fmt: skip
        if random.random() < 0.7:
            crew = {skill: 1 for skill in line.get("operators", {}) if random.random() < 0.5}
            between = random.choice(("orders", "products"))
            station["setup"] = {"time": exponential(200.0), "crew": crew, "between": between, "share": 0.8}
    orders = {"every": exponential(900.0), "pieces": {"empirical": [1, 5, 12]}, "product": {"x": 0.6, "y": 0.4}}
    line |= {"products": {"x": {}, "y": {}}, "source": {"orders": orders}, "move": random.choice(("order", "piece"))}
    check(describe(**line), seed)


@pytest.mark.parametrize("seed", [*range(40), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(40, 100))])
def test_the_engine_agrees_with_plain_simpy_on_all_kinds_of_station(seed: int) -> None:
    """Assemblies, splits, batches, belts, stores, inspections with rework, carriers, priorities; some unattended."""
    check(oracle_line(Random(seed)), seed, horizon=12 * 3600.0)  # noqa: S311 - as above


def _share_ways(route: list[Description]) -> None:
    """Give every way of a station the same probability."""
    counts = Counter(way["from"] for way in route)
    for way in route:
        way.pop("probability", None)
        if counts[way["from"]] > 1:
            way["probability"] = 1 / counts[way["from"]]


def check(scenario: Scenario, seed: int, horizon: float = HORIZON) -> None:
    runs = simulate(scenario, engine="compiled", horizon=horizon, replications=120)
    seen = [observe(scenario.line, 1000 * seed + k, horizon) for k in range(24)]

    assert agree([throughput(run.accounts) for run in runs], [one.throughput for one in seen])
    assert agree([wip(run.accounts) for run in runs], [one.wip for one in seen])
    if not scenario.line.source.orders:
        assert agree([run.accounts.lead_sum_s / horizon for run in runs], [one.lead for one in seen])
    engine_shares = [shares(run.accounts) for run in runs]
    for place in engine_shares[0]:
        values = [each[place] for each in engine_shares]
        assert agree(values, [one.shares.get(place, 0.0) for one in seen]), place
