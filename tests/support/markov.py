"""Exact steady state of small lines of exponential stations, as a continuous-time Markov chain.

Nothing of ``twin`` is imported. All states that can be reached are listed, the balance equations are solved sparsely,
and the answer is exact to rounding. It reaches as far as parallel machines, buffers of any finite capacity (0 too),
branching routes (each station is entered by one edge), scrap, exponential failures on both clocks with as many
technicians as it takes, and a fixed number of carriers that the parts of the whole line share (CONWIP). `long_run`
solves any other chain that is given as a function from a state to what may happen next.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

import numpy as np
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import spsolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

OUT = -1
S = TypeVar("S")


class Station(NamedTuple):
    """An exponential station: `servers` alike machines, times in any one unit.

    `mtbf` is the mean time to failure, counted while processing (`operating`) or whenever not down (`calendar`).
    """

    mean_service: float
    servers: int = 1
    mtbf: float | None = None
    mttr: float = 1.0
    clock: Literal["operating", "calendar"] = "operating"
    scrap: float = 0.0


class Edge(NamedTuple):
    """From station `source` to station `target` (or OUT), with `capacity` places between, taken with `probability`."""

    source: int
    target: int
    capacity: int = 0
    probability: float = 1.0


class Steady(NamedTuple):
    """Long-run means: parts leaving per time unit, parts in the line, and shares of time for each station."""

    throughput: float
    wip: float
    processing: list[float]
    blocked: list[float]
    starved: list[float]
    down: list[float]


class Condition(NamedTuple):
    """How a station's machines stand; `blocked` lists (up?, edge) of those with a finished part, longest first."""

    empty: int = 0
    empty_down: int = 0
    busy: int = 0
    busy_down: int = 0
    blocked: tuple[tuple[bool, int], ...] = ()


class State(NamedTuple):
    """A state of the chain: the condition of each station, the level of each edge."""

    stations: tuple[Condition, ...]
    levels: tuple[int, ...]


def long_run(first: S, moves: Callable[[S], Iterable[tuple[float, S]]]) -> tuple[list[S], np.ndarray]:
    """Return the states that can be reached from `first`, and the share of time spent in each in the long run.

    `moves` gives for a state the rate at which each other one follows it.
    """
    index = {first: 0}
    waiting = deque([first])
    entries: list[tuple[int, int, float]] = []
    while waiting:
        state = waiting.popleft()
        for rate, after in moves(state):
            if after not in index:
                index[after] = len(index)
                waiting.append(after)
            entries += [(index[after], index[state], rate), (index[state], index[state], -rate)]
    rows, columns, rates = zip(*entries, strict=True)
    shape = (len(index), len(index))
    return list(index), _stationary(csc_array(coo_array((rates, (rows, columns)), shape=shape)))


def serial(stations: Sequence[Station], buffers: Sequence[int], carriers: int | None = None) -> Steady:
    """Solve a serial line: `buffers[k]` places lie between stations k and k + 1."""
    edges = [Edge(k, k + 1, capacity) for k, capacity in enumerate(buffers)]
    return solve(stations, [*edges, Edge(len(stations) - 1, OUT)], carriers)


def solve(stations: Sequence[Station], edges: Sequence[Edge], carriers: int | None = None) -> Steady:
    """Solve the line whose first station is always supplied, and each other entered by exactly one of `edges`.

    With `carriers` no more parts than these are in the line; one that leaves hands its carrier on at once.
    """
    chain = Chain(stations, edges, carriers)
    states, share = long_run(chain.first(), chain.moves)

    def mean(count: list[float]) -> float:
        return float(share @ np.array(count))

    def per_machine(k: int, count: list[float]) -> float:
        return mean(count) / stations[k].servers

    numbers = range(len(stations))
    up_blocked = [[float(sum(up for up, _ in s.stations[k].blocked)) for s in states] for k in numbers]
    busy = [[float(s.stations[k].busy) for s in states] for k in numbers]
    empty = [[float(s.stations[k].empty) for s in states] for k in numbers]
    processing = [per_machine(k, busy[k]) for k in numbers]
    blocked = [per_machine(k, up_blocked[k]) for k in numbers]
    starved = [per_machine(k, empty[k]) for k in numbers]
    rates = [mean(busy[k]) / stations[k].mean_service * (1 - stations[k].scrap) for k in numbers]
    return Steady(
        throughput=sum(rates[edge.source] * edge.probability for edge in edges if edge.target == OUT),
        wip=mean([float(_parts(state)) for state in states]),
        processing=processing,
        blocked=blocked,
        starved=starved,
        down=[1 - p - b - s for p, b, s in zip(processing, blocked, starved, strict=True)],
    )


class Chain:
    """The chain of a line: its first state, and from each state the rates to others."""

    def __init__(self, stations: Sequence[Station], edges: Sequence[Edge], carriers: int | None = None) -> None:
        self.stations = stations
        self.edges = edges
        self.carriers = carriers
        self.entering = {edge.target: number for number, edge in enumerate(edges) if edge.target != OUT}

    def first(self) -> State:
        """Return the state that the empty line settles into."""
        empty = State(tuple(Condition(empty=station.servers) for station in self.stations), (0,) * len(self.edges))
        return self.settle(empty)

    def moves(self, state: State) -> Iterator[tuple[float, State]]:
        """All that may happen next in `state`: its rate, and the settled state after it."""
        for k, (station, at) in enumerate(zip(self.stations, state.stations, strict=True)):
            for rate, after in (*self._completions(station, k, at), *_failures(station, at), *_repairs(station, at)):
                if rate > 0:
                    yield rate, self.settle(_with(state, k, after))

    def _completions(self, station: Station, k: int, at: Condition) -> Iterator[tuple[float, Condition]]:
        rate = at.busy / station.mean_service
        gone = at._replace(busy=at.busy - 1, empty=at.empty + 1)
        yield rate * station.scrap, gone
        for number, edge in enumerate(self.edges):
            if edge.source == k:
                held = at._replace(busy=at.busy - 1, blocked=(*at.blocked, (True, number)))
                yield rate * (1 - station.scrap) * edge.probability, gone if edge.target == OUT else held

    def settle(self, state: State) -> State:
        """Make every move that takes no time."""
        while (after := self._next(state)) != state:
            state = after
        return state

    def _next(self, state: State) -> State:
        for k, at in enumerate(state.stations):
            if k not in self.entering:
                if at.empty and (self.carriers is None or _parts(state) < self.carriers):
                    return _with(state, k, _started(at))
            elif at.empty and state.levels[self.entering[k]]:
                return _with(_filled(state, self.entering[k], -1), k, _started(at))
        for number, edge in enumerate(self.edges):
            if state.levels[number] < edge.capacity and self._holds(state, number):
                return _filled(self._released(state, number), number, 1)
            if edge.target != OUT and state.stations[edge.target].empty and self._holds(state, number):
                after = self._released(state, number)
                return _with(after, edge.target, _started(after.stations[edge.target]))
        return state

    def _holds(self, state: State, number: int) -> bool:
        return any(bound == number for _, bound in state.stations[self.edges[number].source].blocked)

    def _released(self, state: State, number: int) -> State:
        """Let the longest blocked machine bound for edge `number` go of its part; it may be down."""
        source = self.edges[number].source
        at = state.stations[source]
        place = next(i for i, (_, bound) in enumerate(at.blocked) if bound == number)
        up, _ = at.blocked[place]
        rest = at.blocked[:place] + at.blocked[place + 1 :]
        return _with(state, source, at._replace(blocked=rest, empty=at.empty + up, empty_down=at.empty_down + (not up)))


def _failures(station: Station, at: Condition) -> Iterator[tuple[float, Condition]]:
    if station.mtbf is None:
        return
    yield at.busy / station.mtbf, at._replace(busy=at.busy - 1, busy_down=at.busy_down + 1)
    if station.clock == "calendar":
        yield at.empty / station.mtbf, at._replace(empty=at.empty - 1, empty_down=at.empty_down + 1)
        yield from ((1 / station.mtbf, after) for after in _turned(at, up=True))


def _repairs(station: Station, at: Condition) -> Iterator[tuple[float, Condition]]:
    yield at.busy_down / station.mttr, at._replace(busy=at.busy + 1, busy_down=at.busy_down - 1)
    yield at.empty_down / station.mttr, at._replace(empty=at.empty + 1, empty_down=at.empty_down - 1)
    yield from ((1 / station.mttr, after) for after in _turned(at, up=False))


def _turned(at: Condition, *, up: bool) -> Iterator[Condition]:
    """Each way in which one blocked machine that is `up` (or down) becomes the other; it keeps its place."""
    for place, (was_up, bound) in enumerate(at.blocked):
        if was_up == up:
            yield at._replace(blocked=(*at.blocked[:place], (not up, bound), *at.blocked[place + 1 :]))


def _with(state: State, k: int, at: Condition) -> State:
    return state._replace(stations=(*state.stations[:k], at, *state.stations[k + 1 :]))


def _filled(state: State, number: int, change: int) -> State:
    levels = list(state.levels)
    levels[number] += change
    return state._replace(levels=tuple(levels))


def _started(at: Condition) -> Condition:
    return at._replace(empty=at.empty - 1, busy=at.busy + 1)


def _parts(state: State) -> int:
    return sum(state.levels) + sum(at.busy + at.busy_down + len(at.blocked) for at in state.stations)


def _stationary(generator: csc_array) -> np.ndarray:
    """Solve ``generator @ share = 0`` with the shares adding up to 1, which replaces the last balance equation."""
    size = generator.shape[0]
    balance = generator.tolil()
    balance[size - 1, :] = 1.0
    right = np.zeros(size)
    right[-1] = 1.0
    return np.atleast_1d(spsolve(balance.tocsc(), right))
