"""One replication under one clock: from time 0 or a saved state, through the warm-up, to the horizon or a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from twin.engine.alongside import RunningLine
from twin.engine.compiled_clock import CompiledClock
from twin.engine.records import (
    DRAIN,
    GROW,
    GROW_ORDERS,
    LOCKED,
    LOST,
    REFILL,
    TRACED,
    World,
    as_array,
    empty,
    grow,
    tables_of,
    world_of,
)
from twin.engine.results import Run, Trace, accounts_of
from twin.engine.rules.metering import start_meter
from twin.engine.simpy_clock import SimpyClock
from twin.engine.standstill import who_stands, who_waits
from twin.engine.state import LineState, digest_of
from twin.engine.streams import Draws
from twin.errors import Defect

if TYPE_CHECKING:
    from twin.engine.alongside import Process
    from twin.engine.plan import Plan

CLOCKS: dict[str, type[SimpyClock | CompiledClock]] = {"simpy": SimpyClock, "compiled": CompiledClock}
"""The clocks by name."""


class Task(NamedTuple):
    """What to run: everything a worker needs. A saved state brings its own seed and replication."""

    plan: Plan
    clock: str
    seed: int
    replication: int
    warmup: float
    horizon: float
    until: float
    initial: LineState | None
    trace: bool
    keep_state: bool
    alongside: tuple[Process, ...] = ()


class Keeper:
    """Sees to what a rule has flagged: draws, part records, the event ring, a line that has locked."""

    def __init__(self, plan: Plan, draws: Draws, deadlock: tuple[str, ...] | None) -> None:
        self._plan = plan
        self._draws = draws
        self.deadlock = deadlock
        self.events: list[np.ndarray[Any, Any]] = []

    def see_to(self, world: World) -> World:
        """Do what the flags ask, and return the world: growing one of arrays makes another."""
        line = world.line[0]
        if line.flag & LOST:
            raise Defect("the ring of events overflowed: one settling wrote more than it keeps room for")
        if line.flag & REFILL:
            self._draws.refill(world)
        if line.flag & GROW:
            world = grow(world, "parts")
        if line.flag & GROW_ORDERS:
            world = grow(world, "orders")
        if line.flag & DRAIN:
            self.drain(world)
        if line.flag & LOCKED:
            self.deadlock = who_waits(self._plan, world)
        line.flag = 0
        return world

    def drain(self, world: World) -> None:
        """Keep the events written since the last time."""
        line = world.line[0]
        self.events.append(as_array("events", world.events[: line.event_count], full=bool(line.full)))
        line.event_count = 0


def run_task(task: Task) -> Run:
    """Run one replication."""
    if task.initial is not None:
        task = task._replace(seed=task.initial.seed, replication=task.initial.replication)
    plan, start, end = task.plan, task.warmup, task.warmup + task.horizon
    until = min(task.until, end)
    draws = Draws(plan.streams, task.seed, task.replication)
    keeper = Keeper(plan, draws, None if task.initial is None else task.initial.deadlock)
    make = CLOCKS[task.clock]
    world = world_of(_tables(task), objects=make.objects)
    begun_at = 0.0 if task.initial is None else task.initial.time
    if task.initial is None:
        draws.open(world)
        clock = make(world, keeper.see_to)
        clock.begin()
        _begin_beside(task, clock)
    else:
        draws.restore(task.initial.draws)
        clock = make(world, keeper.see_to, begun_at)
        clock.resume()
    if start > 0 and begun_at <= start < until:
        clock.run(start)
        measure_from(clock.world, start)
    clock.run(until)
    keeper.drain(clock.world)
    # The events are drained: what is left of their ring need not be turned into a table.
    return _result(task, keeper, draws, tables_of(clock.world._replace(events=[])), until)


def _begin_beside(task: Task, clock: SimpyClock | CompiledClock) -> None:
    """Begin the user's own processes, in the order given."""
    if task.alongside and isinstance(clock, SimpyClock):
        line = RunningLine(task.plan, clock, task.seed, task.replication)
        for process in task.alongside:
            clock.environment.process(process(line))


def _tables(task: Task) -> dict[str, np.ndarray[Any, Any]]:
    tables = dict(task.plan.tables if task.initial is None else task.initial.tables)
    # One settling writes a few events for each machine, request, edge and pool; the ring keeps room for far more.
    full = bool(tables["line"]["full"][0])
    reserve = 16 * sum(len(tables[name]) for name in ("waits", "edges", "pools")) + 1024
    # So it does for each part that is taken, joined, cut or let go with others.
    reserve += 8 * int(tables["line"]["reserve"][0]) if full else 0
    tables["events"] = empty("events", 4 * reserve if task.trace else 0, full=full)
    tables["line"] = tables["line"].copy()
    tables["line"]["tracing"] = int(task.trace)
    tables["line"]["watching"] = task.plan.tables["line"]["watching"] | (TRACED if task.trace else 0)
    tables["line"]["event_count"] = 0
    tables["line"]["event_limit"] = 3 * reserve
    return tables


def measure_from(world: World, start: float) -> None:
    """End the warm-up: all accounts begin at `start` [s]."""
    line = world.line[0]
    line.wip_area = line.lead_sum = 0.0
    line.wip_since = start
    start_meter(world, start)
    line.arrived = line.turned_away = line.departed = line.scrapped = line.first_pass = 0
    for m in range(len(world.machines)):
        machine = world.machines[m]
        machine.since = start
        machine.parts = machine.scrap = machine.rework = machine.failures = machine.repaired = 0
    for e in range(len(world.edges)):
        edge = world.edges[e]
        edge.since = start
        edge.area = edge.full = edge.empty = 0.0
    for p in range(len(world.pools)):
        pool = world.pools[p]
        pool.since = start
        pool.busy_area = pool.waiting_area = 0.0
    if line.full:
        line.orders_arrived = line.orders_departed = line.joined = 0
        for m in range(len(world.machines)):
            machine = world.machines[m]
            machine.ideal = machine.minor_waiting = machine.minor_down = 0.0
            machine.minor_stops = machine.maintained = machine.warm_ups = 0
            machine.standby_starved = machine.standby_blocked = 0.0
            machine.standby_since = start
        for p in range(len(world.pools)):
            world.pools[p].present_area = 0.0
    for column in (world.times, world.bins):
        for i in range(len(column)):
            column[i] = 0


def _result(task: Task, keeper: Keeper, draws: Draws, tables: dict[str, Any], until: float) -> Run:
    plan = task.plan
    measured = min(task.warmup, until)
    raw = np.concatenate(keeper.events)
    tables["events"] = raw[:0].copy()
    state = None
    if task.keep_state:
        state = LineState(
            plan.key, task.seed, task.replication, until, task.warmup, keeper.deadlock, tables, draws.state()
        )
    return Run(
        replication=task.replication,
        engine=task.clock,
        accounts=accounts_of(plan, tables, measured, until),
        deadlock=keeper.deadlock or (who_stands(plan, tables) if plan.full and not task.alongside else None),
        digest=digest_of(tables).hex(),
        moves=int(tables["line"]["moves"][0]),
        state=state,
        events=Trace(plan, raw, task.replication) if task.trace else None,
        alongside=tuple(process.__name__ for process in task.alongside),
    )
