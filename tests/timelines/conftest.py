"""Every timeline is run under both clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twin.engine import simulate

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.engine.results import Run
    from twin.line.scenario import Scenario


@pytest.fixture(params=["simpy", "compiled"])
def follow(request: pytest.FixtureRequest) -> Follow:
    """Return a function that runs a scenario for some seconds and keeps its trace."""

    def run(scenario: Scenario, until: float, warmup: float = 0.0) -> Run:
        horizon = until - warmup
        return simulate(scenario, engine=request.param, horizon=horizon, warmup=warmup, trace=True)[0]

    return run
