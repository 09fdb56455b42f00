"""Further lines whose exact answer the solver gives: both clocks, parallel machines, no places, scrap, branches."""

from __future__ import annotations

import pytest

from support.chains import check_steady, serial_edges, to_scenario
from support.markov import OUT, Edge, Station, solve


def operating(mean_service: float, servers: int = 1, scrap: float = 0.0) -> Station:
    return Station(mean_service, servers, mtbf=20.0, mttr=4.0, clock="operating", scrap=scrap)


def calendar(mean_service: float, servers: int = 1, scrap: float = 0.0) -> Station:
    return Station(mean_service, servers, mtbf=25.0, mttr=5.0, clock="calendar", scrap=scrap)


SERIAL = {
    "calendar, no place": ([calendar(1.0), calendar(0.9)], [0]),
    "operating, no place, three": (
        [operating(1.0), operating(0.8), operating(0.9)],
        [0, 0],
    ),
    "one clock each": ([operating(1.0), calendar(1.0), Station(0.9)], [1, 2]),
    "calendar, pairs": ([calendar(2.0, 2), calendar(1.8, 2)], [1]),
    "operating, pairs, no place": ([operating(2.0, 2), Station(0.9), operating(2.1, 2)], [0, 0]),
    "a pair after a fast machine": ([Station(0.4), calendar(2.0, 2)], [0]),
    "scrap and failures": ([operating(1.0, scrap=0.1), calendar(1.0, scrap=0.2)], [3]),
    "seldom and long": ([Station(1.0, mtbf=100.0, mttr=30.0, clock="calendar"), Station(1.1)], [4]),
}
BRANCHED = {
    "two branches": (
        [Station(1.0), Station(1.6), Station(1.4, scrap=0.05)],
        [Edge(0, 1, 1, 0.4), Edge(0, 2, 0, 0.6), Edge(1, OUT), Edge(2, OUT)],
    ),
    "a pair before branches, failing while blocked": (
        [calendar(1.5, 2), Station(1.6), operating(1.4)],
        [Edge(0, 1, 0, 0.5), Edge(0, 2, 1, 0.5), Edge(1, OUT), Edge(2, OUT)],
    ),
    "some leave early": (
        [operating(1.0), calendar(1.5)],
        [Edge(0, OUT, 0, 0.3), Edge(0, 1, 2, 0.7), Edge(1, OUT)],
    ),
}
LINES = {
    name: (stations, serial_edges(len(stations), buffers)) for name, (stations, buffers) in SERIAL.items()
} | BRANCHED


def long_enough(stations: list[Station]) -> float:
    """Return a time in which the line sees parts and failures enough for a standard error of 0.2 %."""
    up_and_down = [station.mtbf + station.mttr for station in stations if station.mtbf is not None]
    return max([100_000.0, *(4_000 * time for time in up_and_down)])


@pytest.mark.parametrize("name", LINES)
def test_the_engine_agrees_with_the_exact_chain(name: str) -> None:
    stations, edges = LINES[name]

    check_steady(to_scenario(stations, edges), solve(stations, edges), horizon=long_enough(stations))
