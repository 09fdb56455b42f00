"""A line put as it stands goes on as the line would: the exact chain, the true state, and what could never be."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import lines
from support.lines import describe, exponential, random_line, seconds
from support.same import assert_same
from support.seen import any_standing, standing_of
from support.varied_lines import varied_line
from twin.engine import simulate
from twin.engine.plan import make_plan
from twin.engine.standing import Lot, MachineStands, Standing, StandingStates, outlook, standing_states
from twin.errors import InputError
from twin.line.load import load_line
from twin.line.scenario import scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.line.scenario import Scenario

PART = Lot(1)
ERRORS = 5.0
REPLICATIONS = 4000
HOUR = 3600.0
DAY = 24 * HOUR
State = tuple[object, ...]
Moves = list[tuple[float, State, int]]
Chain = dict[State, Moves]


def chain_of(first: State, moves: Callable[[State], Moves]) -> Chain:
    """Return every state that can be reached, and from it each (rate, next state, parts that leave)."""
    found: Chain = {}
    open_states = [first]
    while open_states:
        state = open_states.pop()
        if state not in found:
            found[state] = moves(state)
            open_states += [after for _, after, _ in found[state]]
    return found


def departures(chain: Chain, first: State, time: float, most: int) -> np.ndarray:
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
    return np.asarray((start @ expm(generator * time)).reshape(most + 1, size).sum(axis=1))


def check_exact(counts: np.ndarray, exact: np.ndarray) -> None:
    seen = np.bincount(np.minimum(counts, len(exact) - 1), minlength=len(exact)) / len(counts)
    cumulative, wanted = np.cumsum(seen), np.cumsum(exact)
    errors = np.sqrt(np.maximum(wanted * (1 - wanted), 1e-6) / len(counts))
    assert np.all(np.abs(cumulative - wanted) <= ERRORS * errors)
    mean = exact @ np.arange(len(exact))
    spread = np.sqrt(exact @ np.arange(len(exact)) ** 2 - mean**2)
    assert abs(counts.mean() - mean) <= ERRORS * spread / np.sqrt(len(counts))


def tandem_moves(state: State) -> Moves:
    """Two exponential stations, two places between, the second one failing while it works."""
    a, level, b = state
    assert isinstance(level, int)
    moves: Moves = []
    after: State
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


def reference(name: str) -> Scenario:
    return scenario(load_line(lines.path(name)))


def foretold(name: str, cuts: int, runs: int, cut: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what came of a line cut at one moment in many runs, and what was foretold each time, a row for each."""
    chosen = reference(name)
    plan = make_plan(chosen)
    begun = simulate(chosen, horizon=end, until=cut, replications=cuts, seed=11, engine="compiled")
    states = [run.state for run in begun if run.state is not None]
    ended = simulate(chosen, horizon=end, initial=states, engine="compiled")
    came = [after.accounts.departed - before.accounts.departed for before, after in zip(begun, ended, strict=True)]
    told = [
        outlook(StandingStates(plan, standing_of(plan, state), 100 + i, runs), [end])[:, 0]
        for i, state in enumerate(states)
    ]
    return np.array(came), np.array(told)


WEEK = 7 * DAY
MORNING = 6 * HOUR


@pytest.mark.parametrize(
    ("name", "cuts", "runs", "begin"),
    [
        ("three_stations", 50, 40, WEEK + MORNING),
        ("bracket_shop", 60, 40, 2 * WEEK + MORNING),
        pytest.param("ceiling_tiles", 150, 60, WEEK + MORNING, marks=pytest.mark.soak),
        pytest.param("machine_shop", 150, 60, 8 * WEEK + 8 * HOUR, marks=pytest.mark.soak),
        pytest.param("bracket_shop", 400, 100, 2 * WEEK + MORNING, marks=pytest.mark.soak),
        pytest.param("three_stations", 400, 100, WEEK + MORNING, marks=pytest.mark.soak),
    ],
)
def test_what_is_foretold_comes_on_average(name: str, cuts: int, runs: int, begin: float) -> None:
    """Mean within 5 standard errors and 1 % (who looks at a line does not see due dates or ages); P10 to P90 hold."""
    came, told = foretold(name, cuts, runs, begin + 4 * HOUR, begin + 8 * HOUR)

    differences = came - told.mean(axis=1)
    bias = ERRORS * differences.std(ddof=1) / math.sqrt(cuts) + 0.01 * came.mean()
    assert abs(differences.mean()) <= bias
    low, high = np.quantile(told, (0.1, 0.9), axis=1)
    held = np.mean((low <= came) & (came <= high))
    assert held >= 0.7 - ERRORS * math.sqrt(0.7 * 0.3 / cuts)


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=60, derandomize=True, deadline=None)
def test_whatever_is_seen_both_clocks_go_on_from_it_alike(number: int, full: bool) -> None:  # noqa: FBT001
    random = Random(number)  # noqa: S311 -- no secret
    chosen = varied_line(random) if full else random_line(random)
    now = random.choice([0.0, 1234.5, 3 * DAY + 7 * HOUR, WEEK, 5 * WEEK + 100])
    standing = any_standing(chosen, random, now)

    states = standing_states(make_plan(chosen), standing, number, 3)
    one, other = (
        simulate(chosen, initial=states, warmup=now, horizon=2 * HOUR, engine=engine)
        for engine in ("simpy", "compiled")
    )

    for here, there in zip(one, other, strict=True):
        assert_same(here, there)


def test_the_same_luck_makes_the_same_states() -> None:
    plan = make_plan(reference("bracket_shop"))
    standing = any_standing(reference("bracket_shop"), Random(3), 4 * DAY)  # noqa: S311 -- no secret

    one, other = (standing_states(plan, standing, 5, 4) for _ in range(2))
    another = standing_states(plan, standing, 6, 4)

    for here, there in zip(one, other, strict=True):
        assert here.draws == there.draws
        assert all(np.array_equal(here.tables[name], there.tables[name]) for name in here.tables)
    assert one[0].draws != another[0].draws


def two(buffer: int | None = 2) -> Scenario:
    way = {"from": "a", "to": "b"} | ({} if buffer is None else {"buffer": buffer})
    return describe({"a": {"cycle": seconds(10.0)}, "b": {"cycle": seconds(10.0)}}, [way, {"from": "b", "to": "out"}])


def leave_by(chosen: Scenario, standing: Standing, *times: float) -> list[int]:
    states = StandingStates(make_plan(chosen), standing, 1, 1)
    counts: list[int] = outlook(states, [standing.time_s + time for time in times], engine="simpy")[0].tolist()
    return counts


def test_a_machine_blocked_towards_a_free_place_moves_on() -> None:
    blocked = MachineStands("blocked", since_s=95.0, worked_s=10.0, holds=PART)

    # b takes the finished part at once and lets it go at 110; a works on, and so every 10 s one leaves.
    standing = Standing(100.0, (blocked, MachineStands("starved", since_s=90.0)), {"a->b": 0})
    assert leave_by(two(), standing, 9.9, 10.1, 20.1) == [0, 1, 2]


def test_more_parts_than_places_leave_first() -> None:
    working = MachineStands("processing", since_s=96.0, worked_s=4.0, holds=PART)
    standing = Standing(100.0, (working, working), {"a->b": 5})

    states = standing_states(make_plan(two()), standing, 1, 1)

    assert states[0].tables["edges"]["level"][0] == 5
    assert leave_by(two(), standing, 5.9, 6.1, 56.1) == [0, 1, 6]


def test_work_goes_on_where_it_stands_and_a_stop_without_a_law_lasts_as_long_again() -> None:
    half = MachineStands("processing", since_s=96.0, worked_s=4.0, holds=PART)
    idle = MachineStands("starved", since_s=90.0)
    assert leave_by(two(), Standing(100.0, (half, idle)), 15.9, 16.1) == [0, 1]

    stopped = MachineStands("maintenance", since_s=100.0 - HOUR, worked_s=4.0, holds=PART)
    states = StandingStates(make_plan(two()), Standing(100.0, (idle, stopped)), 1, 400)
    counts = outlook(states, [106.0 + HOUR], engine="simpy")[:, 0]
    assert np.mean(counts > 0) == pytest.approx(0.5, abs=0.1)


def test_crews_that_work_are_not_free() -> None:
    manned = {"cycle": seconds(10.0), "crew": {"operator": 1}}
    way = [{"from": "a", "to": "b"}, {"from": "b", "to": "out"}]
    chosen = describe({"a": manned, "b": manned}, way, operators={"operator": 1})
    working = MachineStands("processing", since_s=96.0, worked_s=4.0, holds=PART)
    waiting = MachineStands("waiting_operator", since_s=92.0, holds=PART)

    # The one operator is at a until 106, then b has waited longest.
    assert leave_by(chosen, Standing(100.0, (working, waiting)), 15.9, 16.1) == [0, 1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"machines": ()}, "machines: 0 are described, test has 2; describe each of them"),
        ({"levels": {"a->c": 1}}, 'levels: test has no edge "a->c"; did you mean a->b?'),
        ({"levels": {"a->b": 10**9}}, "levels: 1000000000 parts are more than 100000"),
        ({"time_s": -1.0}, "time: -1.0 s is no time"),
    ],
)
def test_what_cannot_be_is_one_sentence(change: dict[str, object], sentence: str) -> None:
    fields: dict[str, object] = {"time_s": 5.0, "machines": (MachineStands(), MachineStands())} | change

    with pytest.raises(InputError) as error:
        standing_states(make_plan(two()), Standing(**fields), 1, 1)  # type: ignore[arg-type]

    assert str(error.value).startswith(sentence)
