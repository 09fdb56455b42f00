"""The engine and an independent SimPy model agree on random lines, within 5 standard errors of their difference.

Both start empty and are watched from time 0, so their means are equal at any horizon, settled or not.
"""

from __future__ import annotations

from random import Random

import pytest

from support.lines import Variety, random_line
from support.measure import agree, shares, throughput, wip
from support.oracle import observe
from twin.engine import simulate

HORIZON = 24 * 3600.0
SAID_WELL = Variety(stations=4, calendar_failures=False, finite_loops=False, ties=False)


@pytest.mark.parametrize("seed", [*range(30), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(30, 100))])
def test_the_engine_agrees_with_plain_simpy(seed: int) -> None:
    scenario = random_line(Random(seed), SAID_WELL)  # noqa: S311 - a fixed list of lines, no secret
    runs = simulate(scenario, engine="compiled", horizon=HORIZON, replications=200)
    seen = [observe(scenario.line, 1000 * seed + k, HORIZON) for k in range(24)]

    assert agree([throughput(run.accounts) for run in runs], [one.throughput for one in seen])
    assert agree([wip(run.accounts) for run in runs], [one.wip for one in seen])
    engine_shares = [shares(run.accounts) for run in runs]
    for place in engine_shares[0]:
        values = [each[place] for each in engine_shares]
        assert agree(values, [one.shares.get(place, 0.0) for one in seen]), place
