"""A closed loop of one carrier, to the digit; more of them: test_closed_loops."""

from __future__ import annotations

from support.lines import constant, serial
from twin.engine import simulate

HOUR = 3600.0


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
