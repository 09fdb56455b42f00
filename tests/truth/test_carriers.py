"""A closed loop of two stations, in the long run, against its product form."""

from __future__ import annotations

import pytest

from support.lines import constant, exponential, serial
from support.measure import check, share, throughput
from twin.engine import simulate

HOUR = 3600.0


@pytest.mark.parametrize(("first", "second", "carriers"), [(10.0, 10.0, 2), (6.0, 10.0, 4), (12.0, 10.0, 3)])
def test_two_exponential_stations_with_so_many_carriers(first: float, second: float, carriers: int) -> None:
    """The chance that k of N are at the second one is in proportion to (second / first)^k (Gordon and Newell 1967)."""
    weights = [(second / first) ** k for k in range(carriers + 1)]
    busy = 1.0 - weights[0] / sum(weights)
    stations = {"load": {"cycle": exponential(first)}, "unload": {"cycle": exponential(second)}}
    pallet = {"number": carriers, "from": "load", "to": "unload"}

    runs = simulate(
        serial(stations, [None], carriers={"pallet": pallet}),
        engine="compiled",
        horizon=3000 * HOUR,
        warmup=HOUR,
        replications=10,
    )

    check(runs, share("unload", "processing"), busy)
    check(runs, throughput, busy / second)


def test_one_carrier_goes_round_in_the_time_of_its_way() -> None:
    """Load 4 s, a belt of 12 s, a store for 5 s, unload 3 s, 6 s back: one part every 30 s, to the digit."""
    stations = {
        "load": {"cycle": constant(4)},
        "belt": {"kind": "conveyor", "length": "12 m", "speed": "1 m/s", "capacity": 6},
        "rack": {"kind": "storage", "stay": constant(5)},
        "unload": {"cycle": constant(3)},
    }
    card = {"number": 1, "from": "load", "to": "unload", "return": constant(6)}

    [run] = simulate(
        serial(stations, [None, 0, 2], carriers={"card": card}), engine="compiled", horizon=10 * HOUR, warmup=25.0
    )

    assert run.accounts.departed == 10 * 120
