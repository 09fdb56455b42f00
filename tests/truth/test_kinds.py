"""Batches, splits, assemblies and rejected parts in the long run, against what can be worked out."""

from __future__ import annotations

import pytest

from support.lines import Description, constant, describe, exponential, serial
from twin.engine import simulate

HOUR = 3600.0


def test_a_full_batch_is_as_fast_as_its_size() -> None:
    """Two ovens of six, 60 s, never short of parts: 12 a minute; the digits are exact, for all times are."""
    stations: dict[str, Description] = {"oven": {"kind": "batch", "size": 6, "cycle": constant(60), "machines": 2}}

    [run] = simulate(serial(stations), engine="compiled", horizon=10 * HOUR, warmup=30.0)

    assert run.accounts.departed == 12 * 600
    assert list(run.accounts.ideal_s) == [10 * HOUR, 10 * HOUR]


def test_what_a_split_makes_is_its_parts_a_cycle() -> None:
    """A saw of 12, 30 s, behind it three machines of 7.5 s each: the saw, with 24 a minute, is as fast as they are."""
    stations: dict[str, Description] = {
        "saw": {"kind": "split", "parts": 12, "cycle": constant(30)},
        "edge": {"cycle": constant(7.5), "machines": 3},
    }

    [run] = simulate(serial(stations, [None]), engine="compiled", horizon=10 * HOUR, warmup=HOUR)

    assert run.accounts.departed == 24 * 600
    assert run.accounts.arrived == 24 * 600


@pytest.mark.parametrize(("body", "wheel", "bodies"), [(60, 10, 60), (30, 15, 60), (20, 30, 30)])
def test_an_assembly_is_as_fast_as_its_slowest_feed(body: int, wheel: int, bodies: int) -> None:
    """Joined in 20 s: as many as there are bodies, or wheels by four, an hour."""
    stations: dict[str, Description] = {
        "body": {"cycle": constant(body)},
        "wheel": {"cycle": constant(wheel)},
        "join": {"kind": "assembly", "takes": {"wheel": 4}, "cycle": constant(20)},
    }
    route: list[Description] = [
        {"from": "body", "to": "join", "buffer": 2},
        {"from": "wheel", "to": "join", "buffer": 8},
        {"from": "join", "to": "out"},
    ]

    [run] = simulate(describe(stations, route), engine="compiled", horizon=100 * HOUR, warmup=HOUR)

    assert run.accounts.departed == 100 * bodies
    assert run.accounts.joined == 4 * run.accounts.departed


def test_what_is_rejected_is_what_the_formula_says() -> None:
    """Of 100,000 parts a share of 0.2 x 0.9 + 0.8 x 0.05 = 0.22 is rejected, and 0.7 of the rest goes to a."""
    stations: dict[str, Description] = {
        "test": {
            "kind": "inspection",
            "cycle": exponential(10),
            "prevalence": 0.2,
            "false_accept": 0.1,
            "false_reject": 0.05,
        },
        "fix": {"cycle": constant(1)},
        "a": {"cycle": constant(1)},
    }
    route: list[Description] = [
        {"from": "test", "to": "fix", "rejected": True},
        {"from": "test", "to": "a", "probability": 0.7},
        {"from": "test", "to": "out"},
        {"from": "fix", "to": "out"},
        {"from": "a", "to": "out"},
    ]

    [run] = simulate(describe(stations, route), engine="compiled", horizon=1e6)

    seen, fixed, by_a = run.accounts.parts
    # 5.4 standard errors: one false alarm in 10^7 of each of the two.
    assert fixed / seen == pytest.approx(0.22, abs=5.4 * (0.22 * 0.78 / seen) ** 0.5)
    assert by_a / seen == pytest.approx(0.78 * 0.7, abs=5.4 * (0.546 * 0.454 / seen) ** 0.5)
    assert run.accounts.scrapped == 0
    assert list(run.accounts.rework) == [fixed, 0, 0]
