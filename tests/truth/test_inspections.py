"""What an inspection rejects, as scrap or as rework, is what its three rates say."""

from __future__ import annotations

import pytest

from support import formulas
from support.lines import describe, exponential, serial
from support.measure import check, check_share, lead_time, number_at, share, throughput, wip
from twin.engine import simulate

RATES = [(0.2, 0.0, 0.0), (0.2, 0.25, 0.0), (0.0, 0.0, 0.1), (0.1, 0.3, 0.05), (1.0, 0.6, 0.5)]
"""Prevalence, share of the bad accepted, share of the good rejected."""


def rejected(prevalence: float, false_accept: float, false_reject: float) -> float:
    """Return the share rejected: bad and not accepted, or good and yet rejected (total probability)."""
    return prevalence * (1 - false_accept) + (1 - prevalence) * false_reject


@pytest.mark.parametrize(("prevalence", "false_accept", "false_reject"), RATES)
def test_rejects_are_scrap(prevalence: float, false_accept: float, false_reject: float) -> None:
    out = rejected(prevalence, false_accept, false_reject)
    station = {
        "kind": "inspection",
        "cycle": exponential(1.0),
        "prevalence": prevalence,
        "false_accept": false_accept,
        "false_reject": false_reject,
    }

    runs = simulate(serial({"test": station}), engine="compiled", horizon=100_000.0, warmup=100.0, replications=32)

    check(runs, throughput, 1 - out)
    check_share(runs, lambda accounts: accounts.scrapped / (accounts.scrapped + accounts.departed), out)


def test_rejects_are_mended_and_tested_again() -> None:
    """An open network of two queues (Jackson 1957, Oper. Res. 5, 518): a part is tested 1 / (1 - r) times."""
    rate, out = 0.5, rejected(0.15, 0.2, 0.1)
    test, mend = formulas.mm1(rate / (1 - out), 1 / 1.0), formulas.mm1(rate * out / (1 - out), 1 / 1.2)
    stations = {
        "test": {
            "kind": "inspection",
            "cycle": exponential(1.0),
            "prevalence": 0.15,
            "false_accept": 0.2,
            "false_reject": 0.1,
        },
        "mend": {"cycle": exponential(1.2)},
    }
    route = [
        {"from": "test", "to": "mend", "rejected": True},
        {"from": "test", "to": "out"},
        {"from": "mend", "to": "test"},
    ]
    line = describe(stations, route, source={"arrivals": exponential(1 / rate)})

    runs = simulate(line, engine="compiled", horizon=600_000.0, warmup=2_000.0, replications=32)

    check(runs, throughput, rate)
    check(runs, wip, test.number + mend.number)
    check(runs, lead_time, (test.number + mend.number) / rate)
    check(runs, number_at("mend", "test->mend"), mend.number)
    check_share(runs, share("test", "processing"), test.utilisation)
    check_share(runs, share("mend", "processing"), mend.utilisation)
    check_share(runs, lambda accounts: accounts.rework[0] / accounts.parts[0], out)
    check_share(runs, lambda accounts: accounts.first_pass / accounts.departed, 1 - out)
