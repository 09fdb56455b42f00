"""Wear, the scrap of a start, and standby: long-run means by renewal-reward."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

import pytest

from support.lines import constant, exponential, serial
from support.measure import check, check_share, share, throughput
from twin.engine import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.accounts import Accounts
    from twin.engine.results import Run
    from twin.line.scenario import Scenario


def runs_of(line: Scenario, horizon: float = 500_000.0) -> list[Run]:
    return simulate(line, engine="compiled", horizon=horizon, warmup=2_000.0, replications=32)


def worn(points: Sequence[tuple[float, float]], age: float) -> float:
    """Return the integral of a piecewise constant factor, which begins anew at each point, from 0 to `age`."""
    ends = [*(start for start, _ in points[1:]), age]
    return sum(factor * max(0.0, min(end, age) - start) for (start, factor), end in zip(points, ends, strict=True))


def failures_a_part(accounts: Accounts) -> float:
    return float(accounts.failures.sum() / accounts.parts.sum())


WEAR = {"rising": [(0.0, 1.0), (20.0, 2.0), (35.0, 5.0)], "running in": [(0.0, 4.0), (5.0, 0.5)]}


@pytest.mark.parametrize("name", WEAR)
def test_as_many_failures_between_two_maintenances_as_the_hazard_adds_up_to(name: str) -> None:
    """An exponential time to failure with wear is a Poisson process of that rate (Ross 1996, section 2.4).

    A round is 60 parts of 1 s, its failures of 4 s each on average, and a maintenance of 3 s.
    """
    failures = worn(WEAR[name], 60.0) / 30.0
    round_s = 60.0 + failures * 4.0 + 3.0
    station = {
        "cycle": constant(1.0),
        "failures": {
            "jam": {
                "ttf": exponential(30.0),
                "ttr": exponential(4.0),
                "wear": {f"{start:g} s": factor for start, factor in WEAR[name]},
            }
        },
        "maintenance": {"overhaul": {"parts": 60, "lasts": exponential(3.0)}},
    }

    runs = runs_of(serial({"a": station}))

    check(runs, throughput, 60 / round_s)
    check(runs, failures_a_part, failures / 60)
    check_share(runs, share("a", "down"), failures * 4.0 / round_s)
    check_share(runs, share("a", "maintenance"), 3.0 / round_s)


def test_an_aged_failure_counts_work_alone_and_resumes_after_repair() -> None:
    """Between parts the machine waits: its age stands. Per maintenance of 40 parts the same number fails."""
    points = [(0.0, 1.0), (20.0, 3.0)]
    jam = {"ttf": exponential(25.0), "ttr": constant(2.0), "wear": {"0 s": 1, "20 s": 3}}
    station = {
        "cycle": constant(1.0),
        "failures": {"jam": jam},
        "maintenance": {"overhaul": {"parts": 40, "lasts": constant(1.0)}},
    }

    runs = runs_of(serial({"a": station}, source={"arrivals": exponential(2.0)}))

    check(runs, failures_a_part, worn(points, 40.0) / 25.0 / 40.0)


def test_the_first_parts_after_maintenance_are_scrap_more_often() -> None:
    """Of 25 parts the first 5 with 0.4, the others with 0.02."""
    station = {
        "cycle": constant(1.0),
        "scrap": 0.02,
        "startup_scrap": {"parts": 5, "share": 0.4, "after": ["maintenance"]},
        "maintenance": {"clean": {"parts": 25, "lasts": constant(2.0)}},
    }

    runs = runs_of(serial({"a": station}))

    check(runs, lambda accounts: accounts.scrapped / accounts.span_s, (5 * 0.4 + 20 * 0.02) / 27)
    check(runs, throughput, (5 * 0.6 + 20 * 0.98) / 27)


def test_the_first_parts_after_a_repair_are_scrap_more_often() -> None:
    """A part is one of the first 3 if its own or one of the 2 cycles before it broke off.

    A cycle of 1 s breaks off with 1 - exp(-1 / 40), independently of the others.
    """
    whole = exp(-1 / 40)
    scrapped = 0.5 * (1 - whole**3)
    station = {
        "cycle": constant(1.0),
        "failures": {"jam": {"ttf": exponential(40.0), "ttr": exponential(3.0)}},
        "startup_scrap": {"parts": 3, "share": 0.5, "after": ["repair"]},
    }

    runs = runs_of(serial({"a": station}))

    check_share(
        runs,
        lambda accounts: accounts.scrapped / (accounts.scrapped + accounts.departed),
        scrapped,
    )


def test_standby_begins_when_the_idle_time_is_long_enough() -> None:
    """The idle time of M/M/1 is exponential: with 1 - load it idles, and with exp(-rate a) an idle time outlasts a.

    So much of the idle time is standby too, as an exponential has no memory: E[(I - a)^+] = exp(-rate a) / rate.
    """
    rate, after = 0.1, 6.0
    standby = 0.6 * exp(-rate * after)
    power = {"processing": "5 kW", "idle": "2 kW", "standby": "0.5 kW", "standby_after": "6 s", "warm_up": "10000 J"}

    runs = runs_of(
        serial({"a": {"cycle": exponential(4.0), "power": power}}, source={"arrivals": exponential(1 / rate)})
    )

    check_share(runs, lambda accounts: accounts.standby_s.sum() / accounts.span_s, standby)
    check(runs, lambda accounts: accounts.warm_ups.sum() / accounts.span_s, rate * standby)
    check_share(runs, share("a", "starved"), 0.6)
