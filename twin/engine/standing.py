"""A line's state made from how it stands, and what may become of it: many states that agree with what is seen.

A run that is stopped leaves a state that knows all. Of a plant one sees less: what each machine does and since when,
what waits where. `standing_states` puts the line in place by the rules (`twin.engine.placing`) and draws, for each
replication anew, what nobody sees: how much of each cycle, setup and repair is left given how long it has lasted, when
the next failure, arrival and order come, and where a part on its way is.
"""

from __future__ import annotations

import math
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.compiled_clock import compiled_rules
from twin.engine.placing import Placed, Placer
from twin.engine.records import (
    DOWN,
    INFINITE,
    PREPARE,
    PROCESSING,
    SETUP,
    UNLIMITED,
    WORK,
    Record,
    tables_of,
    world_of,
)
from twin.engine.remainders import as_long_again, at_any_moment, remainders
from twin.engine.replication import CLOCKS, Keeper
from twin.engine.seen import Lot, MachineStands, Standing
from twin.engine.state import LineState, Tables
from twin.engine.streams import BLOCK, BUFFER, RESERVE, Draws, Stream, generator, variates
from twin.engine.waiting import work_of
from twin.errors import InputError
from twin.line.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twin.engine.plan import Plan
    from twin.line.distributions import Distribution

__all__ = ["Lot", "MachineStands", "Standing", "StandingStates", "outlook", "standing_states"]

Floats = np.ndarray[Any, Any]

WAYS_TO_SEE_IT = 8
"""So often what is one of a few (the way of a blocked part, an unknown product) is settled anew."""
AHEAD = 48
"""Variates of each stream that a state brings; a run that needs more draws them."""
MOST_PARTS = 100_000


def standing_states(plan: Plan, standing: Standing, seed: int, replications: int) -> list[LineState]:
    """Return states that agree with how a line stands, one for each replication.

    `simulate(scenario, initial=states, warmup=standing.time_s, horizon=...)` goes on from them under either clock.

    Raises
    ------
    InputError
        If what is seen does not fit the line: another number of machines, an unknown edge, more parts than it can hold.
    """
    states = StandingStates(plan, standing, seed, replications)
    return [states.state(r) for r in range(replications)]


class StandingStates:
    """The states of `standing_states`, each made when it is asked for: a state is large, what makes it is not."""

    def __init__(self, plan: Plan, standing: Standing, seed: int, replications: int) -> None:
        _check(plan, standing)
        self.plan, self.time_s, self.replications = plan, standing.time_s, replications
        self._seed = seed
        shares = [range(v, replications, WAYS_TO_SEE_IT) for v in range(min(WAYS_TO_SEE_IT, replications))]
        self._ways = [_Way(plan, standing, seed, v, len(share)) for v, share in enumerate(shares)]
        self._luck = _Luck(plan, seed, replications)

    def state(self, r: int) -> LineState:
        """Return the state of replication r."""
        way, tables = self._ways[r % WAYS_TO_SEE_IT], {}
        tables = way.tables(r // WAYS_TO_SEE_IT)
        tables["streams"], tables["draws"] = self._luck.tables(r)
        draws = self._luck.draws(r)
        return LineState(self.plan.key, self._seed, r, self.time_s, self.time_s, way.placed.deadlock, tables, draws)


def outlook(
    states: StandingStates,
    times: Sequence[float],
    engine: str = "compiled",
    workers: int = 1,
    *,
    wanted: Callable[[], bool] = lambda: True,
) -> Floats:
    """Return how many pieces have left good by each time [s], one row for each replication.

    The times rise, and lie at or after the states' own; a part that leaves at just that time does not count.

    Raises
    ------
    CancelledError
        If it is no longer `wanted`, which is asked before each replication.
    """
    if engine == "compiled":
        compiled_rules(full=states.plan.full)  # once, before threads ask for it

    def left(r: int) -> list[int]:
        if not wanted():
            raise CancelledError
        return _left(states.plan, states.state(r), times, engine)

    if engine != "compiled" or workers == 1:
        return np.array([left(r) for r in range(states.replications)], dtype=np.int64)
    with ThreadPoolExecutor(workers) as pool:
        return np.array(list(pool.map(left, range(states.replications))), dtype=np.int64)


def _left(plan: Plan, state: LineState, times: Sequence[float], engine: str) -> list[int]:
    draws = Draws(plan.streams, state.seed, state.replication, sparing=True)
    draws.restore(state.draws)
    make = CLOCKS[engine]
    clock = make(world_of(state.tables, objects=make.objects), Keeper(plan, draws, state.deadlock).see_to, state.time)
    clock.resume()
    found = []
    for time in times:
        clock.run(time)
        found.append(int(clock.world.line[0].departed))
    return found


def _check(plan: Plan, standing: Standing) -> None:
    if not (math.isfinite(standing.time_s) and standing.time_s >= 0):
        raise InputError(f"time: {standing.time_s} s is no time on a line's clock; write 0 s or more")
    count = len(plan.machine_station)
    if len(standing.machines) != count:
        raise InputError(
            f"machines: {len(standing.machines)} are described, {plan.line} has {count}; describe each of them"
        )
    for name in (*standing.levels, *standing.queues):
        if name not in plan.edges:
            raise InputError(f"levels: {plan.line} has no edge {nearest(name, plan.edges)}")
    parts = sum(standing.levels.values())
    if parts > MOST_PARTS:
        raise InputError(f"levels: {parts} parts are more than {MOST_PARTS} that a forecast can start from")


def _generator(seed: int, owner: str, number: int, purpose: str) -> np.random.Generator:
    """Return a generator of luck that no run has: its owner is no station."""
    return generator(seed, 0, Stream(f"standing/{owner}", number, purpose, None))


class _Luck:
    """The first variates of every stream, and where each goes on, for all replications at once."""

    def __init__(self, plan: Plan, seed: int, replications: int) -> None:
        streams = plan.streams
        count = len(streams)
        self._ahead = np.array([AHEAD + RESERVE + stream.burst for stream in streams])
        self._constant = np.zeros(count, dtype=bool)
        self._base = np.zeros(BUFFER * count)
        self._first = []
        for k, stream in enumerate(streams):
            rng = _generator(seed, stream.owner, stream.number, stream.purpose)
            drawn = variates(rng, stream.distribution, replications * int(self._ahead[k]))
            self._first.append(drawn.reshape(replications, -1))
            if stream.distribution is not None and stream.distribution.standard[0] == "constant":
                self._constant[k] = True
                self._base[k * BUFFER : (k + 1) * BUFFER] = drawn[0]
        self._places = np.concatenate(
            [np.arange(k * BUFFER + BLOCK - n, k * BUFFER + BLOCK) for k, n in enumerate(self._ahead.tolist())]
        )
        self._streams = plan.tables["streams"].copy()
        self._streams["position"] = np.where(self._constant, 0, BLOCK - self._ahead)
        reserves = np.array([RESERVE + stream.burst for stream in streams])
        self._streams["limit"] = np.where(self._constant, UNLIMITED, BLOCK - reserves)
        words = _generator(seed, "words", 0, "words")
        self._words = words.integers(0, 2**64 - 1, size=(replications, count, 4), dtype=np.uint64, endpoint=True)

    def tables(self, r: int) -> tuple[Floats, Floats]:
        draws = self._base.copy()
        draws[self._places] = np.concatenate([first[r] for first in self._first])
        return self._streams, draws

    def draws(self, r: int) -> list[tuple[int, list[int]]]:
        filled = np.where(self._constant, BUFFER, BLOCK).tolist()
        return list(zip(filled, self._words[r].tolist(), strict=True))


class _Way:
    """One way to see how the line stands, and for each of its replications what is left of what has begun."""

    def __init__(self, plan: Plan, standing: Standing, seed: int, number: int, count: int) -> None:
        self._plan, self._standing, self._seed, self._number, self._count = plan, standing, seed, number, count
        rng = _generator(seed, "way", number, "way")
        self.placed: Placed = Placer(plan, standing, Draws(plan.streams, seed, number), rng).put_in_place()
        world = self.placed.world
        self._now = world.line[0].now
        self._base = tables_of(world._replace(draws=[], events=[]))
        self._base["events"] = plan.tables["events"]
        self._timers = np.tile(self._base["timers"], (count, 1))
        self._machines = np.tile(self._base["machines"], (count, 1))
        self._failures = np.tile(self._base["failures"], (count, 1))
        self._moving = {e: [p for p, _ in parts] for e, parts in self.placed.moving.items()}
        self._since: list[Floats] = []
        for machine in world.machines:
            self._draw_failures(machine)
            self._draw_machine(machine)
        for e, parts in self.placed.moving.items():
            self._draw_moving(world.edges[e], [age for _, age in parts])
        self._draw_arrivals()

    def tables(self, i: int) -> Tables:
        """Return the tables of this way's replication i, all but its streams."""
        tables = self._base | {
            "timers": self._timers[i],
            "machines": self._machines[i],
            "failures": self._failures[i],
        }
        if self._moving:
            tables["parts"], tables["edges"] = tables["parts"].copy(), tables["edges"].copy()
        for (e, parts), since in zip(self._moving.items(), self._since, strict=True):
            tables["parts"]["since"][parts] = since[i]
            tables["edges"]["last_arrival"][e] = since[i, -1]
        return tables

    def _rng(self, owner: str, index: int, purpose: str) -> np.random.Generator:
        return _generator(self._seed, owner, index, f"{purpose} {self._number}")

    def _stream(self, k: int) -> Distribution:
        distribution = self._plan.streams[k].distribution
        assert distribution is not None  # noqa: S101 -- times have one; only shares and ways are plain variates
        return distribution

    def _draw_failures(self, machine: Record) -> None:
        """When each failure of the machine comes: nobody has seen its clock, so it is met at any moment."""
        world = self.placed.world
        now, runs = self._now, machine.broken < 0 and world.stations[machine.station].on == 1
        due = np.full(self._count, INFINITE)
        for f in range(machine.first_failure, machine.last_failure):
            failure, column = self.placed.world.failures[f], self._failures[:, f]
            left = at_any_moment(self._stream(failure.ttf_stream), self._rng("failure", f, "age"), self._count)
            if failure.operating == 1:
                column["age"] = left
            else:
                column["rest"] = left
                column["due"] = now + left if runs else INFINITE
                due = np.minimum(due, column["due"])
        self._machines[:, machine.index]["due"] = due

    def _draw_machine(self, machine: Record) -> None:
        m, now, column = machine.index, self._now, self._machines[:, machine.index]
        stop = self.placed.stop[m]
        lasts = None if stop is None else as_long_again(stop, self._rng("machine", m, "stop").random(self._count))
        if machine.phase in (WORK, PREPARE):
            self._draw_work(machine, column, lasts if machine.broken < 0 else None)
        if machine.broken >= 0:
            self._draw_repair(machine, column, lasts)
        elif machine.first_failure < machine.last_failure:
            column["acting"], column["fails_at"] = -1, column["fails_at"]
            if machine.state == PROCESSING:
                self._find_acting(machine, column)
            first = np.where(column["acting"] >= 0, column["fails_at"], INFINITE)
            if self.placed.world.stations[machine.station].on == 1:
                self._timers[:, machine.failure_timer] = np.minimum(column["due"], first)
        if machine.state == PROCESSING and machine.work < INFINITE:
            goes_on = column["acting"] < 0 if machine.first_failure < machine.last_failure else True
            self._timers[:, m] = np.where(goes_on, now + column["work"], INFINITE)

    def _draw_work(self, machine: Record, column: Floats, stop: Floats | None) -> None:
        """What is left of the cycle, and of a setup before it."""
        m = machine.index
        distribution, factor = work_of(self._plan, self.placed.world, machine, machine.part)
        spent = self.placed.cycle[m]
        u = self._rng("machine", m, "cycle").random(self._count)
        left = factor * remainders(distribution, spent / factor if factor > 0 else 0.0, u)
        column["cycle"] = spent + left
        column["work"] = left if stop is None else left + stop
        lasted = self.placed.setup[m]
        if machine.phase == PREPARE and lasted is not None:
            mean = self.placed.setup_mean[m]
            u = self._rng("machine", m, "setup").random(self._count)
            column["setup"] = mean * remainders(self._stream(machine.setup_stream), lasted / mean, u)
        if machine.state == SETUP:
            self._timers[:, machine.setup_timer] = self._now + column["setup"]

    def _draw_repair(self, machine: Record, column: Floats, stop: Floats | None) -> None:
        stream = self._stream(self.placed.world.failures[machine.broken].ttr_stream)
        u = self._rng("machine", machine.index, "repair").random(self._count)
        left = remainders(stream, self.placed.repair[machine.index] or 0.0, u) if stop is None else stop
        column["repair"] = left
        if machine.state == DOWN:
            column["repair_end"] = self._now + left
            self._timers[:, machine.repair_timer] = column["repair_end"]

    def _find_acting(self, machine: Record, column: Floats) -> None:
        """The smallest operating age acts if it is below the work left; ties by file order."""
        least, acting = column["work"].copy(), np.full(self._count, -1)
        for f in range(machine.first_failure, machine.last_failure):
            if self.placed.world.failures[f].operating == 1:
                age = self._failures[:, f]["age"]
                acting = np.where(age < least, f, acting)
                least = np.minimum(age, least)
        column["acting"] = acting
        column["fails_at"] = np.where(acting >= 0, self._now + least, column["fails_at"])

    def _draw_moving(self, edge: Record, ages: list[float | None]) -> None:
        """When those on their way arrive, in their order: given how long they have been on it, or anywhere on it."""
        rng, way = self._rng("edge", edge.index, "way"), self._stream(edge.stream)
        unknown = iter(at_any_moment(way, rng, self._count * len(ages)).reshape(len(ages), -1))
        left = [next(unknown) if age is None else remainders(way, age, rng.random(self._count)) for age in ages]
        since = self._now + np.sort(np.array(left).T, axis=1)
        self._since.append(since)
        self._timers[:, edge.timer] = since[:, 0]

    def _draw_arrivals(self) -> None:
        """When the next part arrives at each fed station, and the next order comes."""
        world, standing, now = self.placed.world, self._standing, self._now
        line = world.line[0]
        for edge in world.edges:
            if edge.arrival_stream >= 0:
                last = standing.arrived_s.get(self._plan.stations[edge.to])
                self._timers[:, edge.timer] = now + self._next(edge.arrival_stream, last, "arrival", edge.index)
        if not line.full:
            return
        tables = self._base
        if line.drawn >= 0:
            self._timers[:, line.drawn] = now + self._next(line.every_stream, standing.released_s, "order", 0)
        if line.book >= 0:
            booked = tables["rows"]["release"][:-1]
            coming = int(np.searchsorted(booked, now, side="right"))
            tables["line"]["next_row"] = coming
            self._timers[:, line.book] = booked[coming] if coming < len(booked) else INFINITE

    def _next(self, k: int, last_s: float | None, owner: str, index: int) -> Floats:
        rng = self._rng(owner, index, "next")
        if last_s is None:
            return at_any_moment(self._stream(k), rng, self._count)
        return remainders(self._stream(k), self._now - last_s, rng.random(self._count))
