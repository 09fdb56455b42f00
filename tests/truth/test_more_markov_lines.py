"""Further lines whose exact answer the solver gives: both clocks, parallel machines, no places, scrap, branches."""

from __future__ import annotations

import pytest

from support.chains import check_steady, serial_edges, to_scenario
from support.markov import OUT, Edge, Station, solve

OPERATING = {"mtbf": 20.0, "mttr": 4.0}
CALENDAR = {"mtbf": 25.0, "mttr": 5.0, "clock": "calendar"}

SERIAL = {
    "calendar, no place": ([Station(1.0, **CALENDAR), Station(0.9, **CALENDAR)], [0]),
    "operating, no place, three": (
        [Station(1.0, **OPERATING), Station(0.8, **OPERATING), Station(0.9, **OPERATING)],
        [0, 0],
    ),
    "one clock each": ([Station(1.0, **OPERATING), Station(1.0, **CALENDAR), Station(0.9)], [1, 2]),
    "calendar, pairs": ([Station(2.0, 2, **CALENDAR), Station(1.8, 2, **CALENDAR)], [1]),
    "operating, pairs, no place": ([Station(2.0, 2, **OPERATING), Station(0.9), Station(2.1, 2, **OPERATING)], [0, 0]),
    "a pair after a fast machine": ([Station(0.4), Station(2.0, 2, **CALENDAR)], [0]),
    "scrap and failures": ([Station(1.0, scrap=0.1, **OPERATING), Station(1.0, 1, scrap=0.2, **CALENDAR)], [3]),
    "seldom and long": ([Station(1.0, mtbf=100.0, mttr=30.0, clock="calendar"), Station(1.1)], [4]),
}
BRANCHED = {
    "two branches": (
        [Station(1.0), Station(1.6), Station(1.4, scrap=0.05)],
        [Edge(0, 1, 1, 0.4), Edge(0, 2, 0, 0.6), Edge(1, OUT), Edge(2, OUT)],
    ),
    "a pair before branches, failing while blocked": (
        [Station(1.5, 2, **CALENDAR), Station(1.6), Station(1.4, **OPERATING)],
        [Edge(0, 1, 0, 0.5), Edge(0, 2, 1, 0.5), Edge(1, OUT), Edge(2, OUT)],
    ),
    "some leave early": (
        [Station(1.0, **OPERATING), Station(1.5, **CALENDAR)],
        [Edge(0, OUT, 0, 0.3), Edge(0, 1, 2, 0.7), Edge(1, OUT)],
    ),
}
LINES = {
    name: (stations, serial_edges(len(stations), buffers)) for name, (stations, buffers) in SERIAL.items()
} | BRANCHED


@pytest.mark.parametrize("name", LINES)
def test_the_engine_agrees_with_the_exact_chain(name: str) -> None:
    stations, edges = LINES[name]

    check_steady(to_scenario(stations, edges), solve(stations, edges), horizon=100_000.0)
