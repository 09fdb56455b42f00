"""A fixed number of carriers is a closed network of queues: product form, mean-value analysis, exact chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.chains import check_steady, serial_edges, to_scenario
from support.lines import Description, constant, exponential, serial
from support.markov import Station
from support.markov import serial as solve_serial
from support.measure import check, check_share, level, share, throughput, wip
from support.networks import Place, convolved, mean_values
from twin.engine import simulate

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

PALLET = "pallet->load"
NAMES = ("load", "mill", "unload")


def loop(places: list[Place], carriers: int, way_back: Description | None = None) -> Scenario:
    """Return a serial line with room for all, whose carriers go round from `load` to `unload`."""
    stations = {
        name: {"cycle": exponential(place.time), "machines": place.servers or 1}
        for name, place in zip(NAMES, places, strict=True)
    }
    pallet = {"number": carriers, "from": "load", "to": "unload"} | ({"return": way_back} if way_back else {})
    return serial(stations, [None, None], carriers={"pallet": pallet})


LOOPS = {
    "one carrier": ([Place(1.0), Place(0.8), Place(1.5)], 1),
    "five carriers": ([Place(1.0), Place(0.8), Place(1.1)], 5),
    "parallel machines": ([Place(1.0), Place(2.5, 2), Place(2.6, 3)], 6),
    "more carriers than it needs": ([Place(0.5), Place(1.0), Place(0.6)], 12),
}


@pytest.mark.parametrize(
    "way_back", [None, constant(2.0), exponential(2.0)], ids=["at once", "constant", "exponential"]
)
@pytest.mark.parametrize("name", LOOPS)
def test_carriers_go_round_as_in_a_closed_network(name: str, way_back: Description | None) -> None:
    """The carriers that wait before `load`, and those on their way back, are the level of the carriers' buffer."""
    places, carriers = LOOPS[name]
    network = [*places, Place(2.0, None)] if way_back else places
    exact = convolved(network, carriers)
    if all(place.servers in (1, None) for place in network):
        assert mean_values(network, carriers).throughput == pytest.approx(exact.throughput)
    free = exact.numbers[0] - exact.throughput * places[0].time + sum(exact.numbers[3:])

    line, horizon = loop(places, carriers, way_back), 60_000.0 if way_back else 200_000.0
    runs = simulate(line, engine="compiled", horizon=horizon, warmup=1_000.0, replications=32)

    check(runs, throughput, exact.throughput)
    check(runs, wip, carriers - free)
    if free > 1e-9:
        check(runs, level(PALLET), free)
    for station, place in zip(NAMES, places, strict=True):
        check_share(runs, share(station, "processing"), exact.throughput * place.time / (place.servers or 1))


CONWIP = {
    "few places": ([Station(1.0), Station(0.8), Station(1.1)], [1, 2], 4),
    "failures and scrap": (
        [Station(1.0, scrap=0.1), Station(1.0, mtbf=20.0, mttr=4.0), Station(0.9)],
        [2, 1],
        5,
    ),
    "parallel machines": ([Station(2.0, 2), Station(0.9), Station(1.8, 2)], [1, 1], 5),
}


@pytest.mark.parametrize("name", CONWIP)
def test_as_many_parts_as_carriers_are_in_a_line_with_few_places(name: str) -> None:
    """A carrier comes back from the last station, and with scrap from wherever it is made."""
    stations, buffers, carriers = CONWIP[name]
    steady = solve_serial(stations, buffers, carriers)
    kanban = {"card": {"number": carriers, "from": "a", "to": "c"}}

    check_steady(to_scenario(stations, serial_edges(3, buffers), carriers=kanban), steady, horizon=100_000.0)
