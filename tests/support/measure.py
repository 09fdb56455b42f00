"""Measures of replications, and how a mean of them is held to an exact value or to another mean.

A mean passes within 5 standard errors, and only if its standard error is small enough for that to say something. A
right engine fails about once in a million times, and all seeds are fixed.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from twin.accounts import by_station
from twin.events import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from twin.accounts import Accounts
    from twin.engine.results import Run

ERRORS_ALLOWED = 5.0
ROUNDING = 1e-9


def throughput(accounts: Accounts) -> float:
    """Return the parts that left good [1/s]."""
    return accounts.departed / accounts.span_s


def wip(accounts: Accounts) -> float:
    """Return the mean number of parts in the line."""
    return accounts.wip_s / accounts.span_s


def lead_time(accounts: Accounts) -> float:
    """Return the mean lead time of the parts that left good [s]."""
    return accounts.lead_sum_s / accounts.departed


def lead_time_of_orders(accounts: Accounts) -> float:
    """Return the mean lead time of the orders that left [s]."""
    return accounts.lead_sum_s / accounts.orders_departed


def share(station: str, *states: str) -> Callable[[Accounts], float]:
    """Return the measure "share of its machines' time that the station spends in any of these states"."""

    def measure(accounts: Accounts) -> float:
        return (
            shares(accounts)[station, states[0]]
            if len(states) == 1
            else sum(shares(accounts)[station, s] for s in states)
        )

    return measure


def shares(accounts: Accounts) -> dict[tuple[str, str], float]:
    """Return each station's share of machine time in each state."""
    times = by_station(accounts, accounts.states)
    return {
        (station, state): float(row[code] / row.sum())
        for station, row in zip(accounts.stations, times, strict=True)
        for code, state in enumerate(STATES)
    }


def level(*edges: str) -> Callable[[Accounts], float]:
    """Return the measure "mean number in these buffers together"."""
    return lambda accounts: sum(float(accounts.level_s[accounts.edges.index(edge)]) for edge in edges) / accounts.span_s


def working(station: str, *states: str) -> Callable[[Accounts], float]:
    """Return the measure "mean number of the station's machines in any of these states" (`processing` unless named)."""

    def measure(accounts: Accounts) -> float:
        times = by_station(accounts, accounts.states)[accounts.stations.index(station)]
        return float(sum(times[STATES.index(state)] for state in states or ("processing",)) / accounts.span_s)

    return measure


def number_at(station: str, *edges: str) -> Callable[[Accounts], float]:
    """Return the measure "mean number of parts in these buffers and on the station's machines", one on each in use."""

    def measure(accounts: Accounts) -> float:
        machines = accounts.machine_station.count(accounts.stations.index(station))
        return level(*edges)(accounts) + machines - working(station, "starved")(accounts)

    return measure


def check(runs: Sequence[Run], measure: Callable[[Accounts], float], exact: float, *, relative: float = 0.002) -> None:
    """Assert that the mean over `runs` is `exact` within 5 standard errors of at most `relative` x `exact`."""
    mean, error = _mean_and_error(np.array([measure(run.accounts) for run in runs]))
    assert error <= relative * abs(exact) + ROUNDING, f"standard error {error:.3g} is too large to judge {exact:.6g}"
    assert abs(mean - exact) <= ERRORS_ALLOWED * error + ROUNDING, f"{mean:.6g} +- {error:.2g}; exact is {exact:.6g}"


def check_share(runs: Sequence[Run], measure: Callable[[Accounts], float], exact: float) -> None:
    """Assert that a mean share of time is `exact` within 5 standard errors of at most 0.002."""
    check(runs, measure, exact, relative=0.002 / abs(exact) if exact else 0.0)


def agree(first: Sequence[float], second: Sequence[float]) -> bool:
    """Say whether two means differ by at most 5 standard errors of their difference."""
    (mean, error), (other_mean, other_error) = _mean_and_error(np.array(first)), _mean_and_error(np.array(second))
    size = abs(mean) + abs(other_mean)
    return abs(mean - other_mean) <= ERRORS_ALLOWED * sqrt(error**2 + other_error**2) + ROUNDING * max(1.0, size)


def _mean_and_error(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / sqrt(len(values)))
