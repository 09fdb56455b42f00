"""One line of exponential stations, told to the exact solver and to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.lines import Description, describe, exponential
from support.markov import OUT, Edge, Station, Steady
from support.measure import check, check_share, share, throughput, wip
from twin.engine import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.line.scenario import Scenario

NAMES = "abcdefgh"
STATES = ("processing", "blocked", "starved", "down")


def to_scenario(
    stations: Sequence[Station],
    edges: Sequence[Edge],
    **keys: Any,  # noqa: ANN401 - the line file's other keys, as they are
) -> Scenario:
    """Return the scenario of a chain whose time unit is one second."""
    described = {name: _described(station) for name, station in zip(NAMES, stations, strict=False)}
    return describe(described, [_way(edge) for edge in edges], **keys)


def serial_edges(stations: int, buffers: Sequence[int]) -> list[Edge]:
    """Return the edges of a serial line."""
    return [*(Edge(k, k + 1, capacity) for k, capacity in enumerate(buffers)), Edge(stations - 1, OUT)]


def check_steady(scenario: Scenario, steady: Steady, horizon: float, replications: int = 32) -> None:
    """Assert that the compiled engine's throughput, WIP and every share of time are the exact ones."""
    runs = simulate(scenario, engine="compiled", horizon=horizon, warmup=5_000.0, replications=replications)
    check(runs, throughput, steady.throughput)
    check(runs, wip, steady.wip)
    for k, name in enumerate(scenario.line.stations):
        for state in STATES:
            check_share(runs, share(name, state), getattr(steady, state)[k])


def _described(station: Station) -> Description:
    described: Description = {"machines": station.servers, "cycle": exponential(station.mean_service)}
    if station.scrap:
        described["scrap"] = station.scrap
    if station.mtbf is not None:
        failure = {"ttf": exponential(station.mtbf), "ttr": exponential(station.mttr), "clock": station.clock}
        described["failures"] = {"jam": failure}
    return described


def _way(edge: Edge) -> Description:
    way = {"from": NAMES[edge.source], "probability": edge.probability}
    return way | ({"to": "out"} if edge.target == OUT else {"to": NAMES[edge.target], "buffer": edge.capacity})
