"""A line put as it stands goes on as the line would: the exact chain, the true state, and what could never be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.linalg import expm

from support.lines import describe, exponential
from twin.engine.plan import make_plan
from twin.engine.standing import Lot, MachineStands, Standing, StandingStates, outlook

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.line.scenario import Scenario

PART = Lot(1)
ERRORS = 5.0
REPLICATIONS = 4000
Chain = dict[tuple[object, ...], list[tuple[float, tuple[object, ...], int]]]


def chain_of(
    first: tuple[object, ...], moves: Callable[[tuple[object, ...]], list[tuple[float, tuple[object, ...], int]]]
) -> Chain:
    """Return every state that can be reached, and from it each (rate, next state, parts that leave)."""
    found: Chain = {}
    open_states = [first]
    while open_states:
        state = open_states.pop()
        if state not in found:
            found[state] = moves(state)
            open_states += [after for _, after, _ in found[state]]
    return found


def departures(chain: Chain, first: tuple[object, ...], time: float, most: int) -> np.ndarray:
    """Return the exact distribution of the number of parts that leave in `time`, `most` standing for more too."""
    index = {state: i for i, state in enumerate(chain)}
    size = len(index)
    generator = np.zeros((size * (most + 1),) * 2)
    for state, moves in chain.items():
        for rate, after, leaving in moves:
            for n in range(most + 1):
                here, there = n * size + index[state], min(n + leaving, most) * size + index[after]
                generator[here, there] += rate
                generator[here, here] -= rate
    start = np.zeros(len(generator))
    start[index[first]] = 1.0
    return (start @ expm(generator * time)).reshape(most + 1, size).sum(axis=1)


def check_exact(counts: np.ndarray, exact: np.ndarray) -> None:
    seen = np.bincount(np.minimum(counts, len(exact) - 1), minlength=len(exact)) / len(counts)
    cumulative, wanted = np.cumsum(seen), np.cumsum(exact)
    errors = np.sqrt(np.maximum(wanted * (1 - wanted), 1e-6) / len(counts))
    assert np.all(np.abs(cumulative - wanted) <= ERRORS * errors)
    mean = exact @ np.arange(len(exact))
    spread = np.sqrt(exact @ np.arange(len(exact)) ** 2 - mean**2)
    assert abs(counts.mean() - mean) <= ERRORS * spread / np.sqrt(len(counts))


def tandem_moves(state: tuple[object, ...]) -> list[tuple[float, tuple[object, ...], int]]:
    """Two exponential stations, two places between, the second one failing while it works."""
    a, level, b = state
    assert isinstance(level, int)
    moves: list[tuple[float, tuple[object, ...], int]] = []
    if a == "works":
        after = ("works", 0, "works") if b == "idle" else ("works", level + 1, b) if level < 2 else ("blocked", 2, b)
        moves.append((1 / 10, after, 0))
    if b == "works":
        after = ("works", level, "works") if a == "blocked" else (a, level - 1, "works") if level else (a, 0, "idle")
        moves += [(1 / 9, after, 1), (1 / 60, (a, level, "down"), 0)]
    if b == "down":
        moves.append((1 / 20, (a, level, "works"), 0))
    return moves


def tandem() -> Scenario:
    jam = {"ttf": exponential(60), "ttr": exponential(20)}
    stations = {"a": {"cycle": exponential(10)}, "b": {"cycle": exponential(9), "failures": {"jam": jam}}}
    return describe(stations, [{"from": "a", "to": "b", "buffer": 2}, {"from": "b", "to": "out"}])


@pytest.mark.parametrize(
    "first", [("works", 0, "idle"), ("blocked", 2, "down"), ("works", 1, "works"), ("works", 2, "down")]
)
def test_a_line_without_memory_goes_on_as_its_chain_does(first: tuple[str, int, str]) -> None:
    a, level, b = first
    now = 5000.0
    machines = (
        MachineStands({"works": "processing", "blocked": "blocked"}[a], None, now - 33, 12.0, PART),
        MachineStands("starved", since_s=now - 3)
        if b == "idle"
        else MachineStands("processing", None, now - 70, 25.0, PART)
        if b == "works"
        else MachineStands("down", "jam", now - 70, 25.0, PART),
    )
    states = StandingStates(make_plan(tandem()), Standing(now, machines, {"a->b": level}), 7, REPLICATIONS)

    counts = outlook(states, [now + 100, now + 300])

    for k, time in enumerate((100.0, 300.0)):
        check_exact(counts[:, k], departures(chain_of(first, tandem_moves), first, time, 60))
