"""A line put as it stands, by the rules themselves: machines in their states, parts where they wait, people at work.

What nobody can see is settled here where it is one of a few (the way of a blocked part, an unknown product); how long
what has begun still takes is left to `twin.engine.standing`, which draws it for each replication.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.held_placed import give_carriers, hold_parts, set_going
from twin.engine.orders_placed import Orders
from twin.engine.records import (
    CONVEYOR,
    DONE,
    GROW,
    GROW_ORDERS,
    IDLE,
    LOCKED,
    OFF_SHIFT,
    PREPARE,
    REFILL,
    STARVED,
    WORK,
    Record,
    World,
    grow,
    world_of,
)
from twin.engine.replication import measure_from
from twin.engine.rulebook import bind
from twin.engine.rules.asking import CREW, REPAIR
from twin.engine.rules.calendar import ENDS, RESTS, window_is, window_time
from twin.engine.seen import Lot, MachineStands, Standing
from twin.engine.standstill import who_waits
from twin.engine.waiting import fill_edge, on_their_way

if TYPE_CHECKING:
    from twin.engine.plan import Plan
    from twin.engine.streams import Draws

NEVER = 1e200
"""A time to failure that nothing reaches while the line is put in place [s]."""


@dataclass
class Placed:
    """A line put in place, and for each machine how much of what it does is spent.

    `cycle`, `setup` and `repair` [s] are None where nothing has begun that was seen; `setup_mean` [s] multiplies what
    a setup draws; `stop` is how long a stop has lasted that the line file knows nothing of [s]; `moving` are the parts
    on their way by edge, the first to arrive first, each with how long it has been on it [s].
    """

    world: World
    deadlock: tuple[str, ...] | None
    cycle: list[float]
    setup: list[float | None]
    setup_mean: list[float]
    repair: list[float | None]
    stop: list[float | None]
    moving: dict[int, list[tuple[int, float | None]]] = field(default_factory=dict)


@cache
def _rules(*, full: bool) -> dict[str, Any]:
    return bind(lambda _, rule: rule, full=full)


class Placer:
    """Puts one line in place."""

    def __init__(self, plan: Plan, standing: Standing, draws: Draws, rng: np.random.Generator) -> None:
        self.plan, self.standing, self.draws, self.rng = plan, standing, draws, rng
        self.full = plan.full
        self.of_line = {0, *plan.tables["pools"]["calendar"][[own is plan.shifts for own in plan.pool_shifts]].tolist()}
        self.rules = _rules(full=self.full)
        world = world_of(plan.tables, objects=True)
        draws.open(world)
        count = len(world.machines)
        none: list[float | None] = [None] * count
        self.entered: dict[int, float] = {}
        self.placed = Placed(world, None, [0.0] * count, none[:], [1.0] * count, none[:], none[:])
        self.world, self.line = world, world.line[0]
        self.orders = Orders(plan, world, self.rules, rng) if self.full else None

    def put_in_place(self) -> Placed:
        """Put everything in its place, and make the moves that are then possible."""
        world, line, now = self.world, self.line, self.standing.time_s
        line.now = line.wip_since = now
        self._set_calendars()
        for e, name in enumerate(self.plan.edges):
            fill_edge(self, world.edges[e], name)
        self._people()
        order = [self._hold(machine, self.standing.machines[machine.index]) for machine in world.machines]
        if self.orders is not None:
            self.orders.set_due_dates()
            give_carriers(self)
        for _, _, m in sorted(order):
            self._enter(world.machines[m], self.standing.machines[m])
        if self.full:
            set_going(self)
        for station in world.stations:
            self.rules["mark"](world, station)
        self.see_to()
        if line.waiting > 0:
            self.rules["grant"](world)
        self.rules["settle"](world)
        self.see_to()
        measure_from(world, now)
        self.rules["sum_power"](world)
        self.placed.moving = on_their_way(world, self.entered)
        return self.placed

    def see_to(self) -> None:
        """See to what the rules have flagged."""
        line = self.line
        if line.flag & REFILL:
            self.draws.refill(self.world)
        if line.flag & GROW:
            grow(self.world, "parts")
        if line.flag & GROW_ORDERS:
            grow(self.world, "orders")
        if line.flag & LOCKED:
            self.placed.deadlock = who_waits(self.plan, self.world)
        line.flag = 0

    def overtakes(self, edge: Record) -> bool:
        """Whether a later part may be ready before an earlier one."""
        return self.full and edge.overtaking == 1

    def _set_calendars(self) -> None:
        """Say who works now, and when that changes."""
        world, now = self.world, self.standing.time_s
        for c in range(len(world.calendars)):
            self._set_calendar(c)
        for station in world.stations:
            station.on = world.calendars[station.calendar].on
        for machine in world.machines:
            machine.state, machine.since = (STARVED if self.works(machine) else OFF_SHIFT), now
        for failure in world.failures:
            failure.age = failure.rest = NEVER

    def _set_calendar(self, c: int) -> None:
        """Find the window in which a calendar is, or the one that it waits for."""
        calendar, now = self.world.calendars[c], self.standing.time_s
        if calendar.end_timer < 0:
            return
        calendar.window, calendar.week = calendar.first, 0
        rested = bool(calendar.resting)
        while window_time(self.world, calendar, ENDS) <= now:
            rested = window_is(self.world, calendar, RESTS)
            calendar.window += 1
            if calendar.window == calendar.last:
                calendar.window = calendar.again
                calendar.week += 1
        start = window_time(self.world, calendar, 0)
        # A shift that a change of the clock made longer has begun already.
        begun = start <= now or (self.standing.stays_open and c in self.of_line and not rested)
        calendar.on, calendar.resting = int(begun), int(not begun and rested)
        timer = calendar.end_timer if begun else calendar.start_timer
        self.rules["set_time"](self.world, timer, window_time(self.world, calendar, ENDS) if begun else start)

    def works(self, machine: Record) -> bool:
        """Whether the machine's station works now."""
        return bool(self.world.stations[machine.station].on)

    def _people(self) -> None:
        unit = self.plan.people_unit
        for p, skill in enumerate(self.plan.skills):
            pool, present = self.world.pools[p], self.standing.present.get(skill, 0)
            pool.on = self.world.calendars[pool.calendar].on
            if pool.on and present > 0:
                pool.people = pool.free = round(present * unit)
            elif self.full and pool.absence_stream >= 0:
                chances = [*self.world.numbers[pool.absence_odds :][: pool.posted // unit + 1]]
                pool.people = pool.free = unit * int(np.searchsorted(chances, self.rng.random(), side="right"))

    def new_part(self, lot: Lot | None, station: Record, edge: int) -> int:
        """Make a part that waits before, or is on, a station; return its index."""
        known = lot or Lot()
        world = self.world
        pieces, product = 1, 0
        if self.orders is not None:
            pieces, product = self.orders.known(known.pieces, known.product)
        p: int = self.rules["new_part"](world, station.index, pieces)
        if self.orders is not None:
            self.orders.give(p, product, station.index, edge)
        if known.entered_s is not None:
            self.entered[p] = min(known.entered_s, self.standing.time_s)
        self.see_to()
        return p

    def _hold(self, machine: Record, seen: MachineStands) -> tuple[int, float, int]:
        """Give the machine its part and its failure; return in which order it then enters its state."""
        station = self.world.stations[machine.station]
        since = self.standing.time_s if seen.since_s is None else min(seen.since_s, self.standing.time_s)
        state = seen.state
        if self.full and station.kind >= CONVEYOR:
            hold_parts(self, machine, station, seen)
        elif state in ("processing", "setup", "blocked", "waiting_operator") or (seen.holds and state != "starved"):
            machine.part = self.new_part(seen.holds, station, -1)
            if self.orders is not None:
                self.orders.end_of_queue()
            self._work(machine, station, seen, self.standing.time_s - since)
        elif self.orders is not None:
            self.orders.remember(machine, seen.last)
        rank = 3 if machine.phase == DONE else 2 if state in ("waiting_repair", "waiting_operator") else 1
        return rank, since if rank > 1 else 0.0, machine.index

    def _work(self, machine: Record, station: Record, seen: MachineStands, lasted: float) -> None:
        """Say how far the machine is with the part on it."""
        placed, m = self.placed, machine.index
        finished = "blocked" in (seen.state, seen.before if seen.state == "off_shift" else None)
        machine.phase = DONE if finished else WORK
        placed.cycle[m] = max(seen.worked_s, 0.0)
        if self.orders is not None:
            mean = self.orders.take(machine, station, seen.last)
            if seen.state == "setup" and station.setup_between and not finished:
                machine.phase, machine.setup = PREPARE, mean
                machine.crew_first, machine.crew_last = station.setup_first, station.setup_last
                placed.setup[m], placed.setup_mean[m] = lasted, mean
        machine.work = machine.cycle = NEVER if machine.phase != DONE else 0.0

    def _enter(self, machine: Record, seen: MachineStands) -> None:
        """Bring the machine into its state; those that wait ask in the order in which they have asked."""
        now = self.standing.time_s
        since = now if seen.since_s is None else min(seen.since_s, now)
        stopped = (
            seen.state in ("down", "waiting_repair", "maintenance")
            or (seen.state == "off_shift" and (seen.reason in self._failures(machine) or self.works(machine)))
            or (seen.state == "setup" and machine.phase != PREPARE)
        )
        if stopped:
            self._break(machine, seen, now - since)
        if not self.works(machine):
            if machine.phase == DONE:
                self._block(machine, since)
                machine.state = OFF_SHIFT
            return
        if machine.broken >= 0:
            self._repair(machine, seen, since)
            return
        if machine.first_failure < machine.last_failure:
            self.rules["run_clocks"](self.world, machine)
        if machine.phase == DONE:
            self._block(machine, since)
        elif machine.phase != IDLE:
            self._ask_crew(machine, since, waits=seen.state == "waiting_operator")

    def _failures(self, machine: Record) -> list[str]:
        return list(self.plan.failures[machine.first_failure : machine.last_failure])

    def _break(self, machine: Record, seen: MachineStands, lasted: float) -> None:
        """Note what stops the machine: one of its failures, or something that the line file knows nothing of."""
        names, m = self._failures(machine), machine.index
        if not names or (seen.reason not in names and seen.state not in ("down", "waiting_repair")):
            self.placed.stop[m] = lasted
        if not names:
            return
        if seen.reason in names:
            machine.broken = machine.first_failure + names.index(seen.reason)
        else:
            rates = [1.0 / max(self._ttf(machine.first_failure + f), 1e-9) for f in range(len(names))]
            total = sum(rates)
            machine.broken = machine.first_failure + int(
                self.rng.choice(len(names), p=[rate / total for rate in rates])
            )
        machine.repair = NEVER
        if seen.state == "down":
            self.placed.repair[m] = lasted

    def _ttf(self, f: int) -> float:
        stream = self.plan.streams[self.world.failures[f].ttf_stream].distribution
        return stream.mean if stream is not None else 1.0

    def _repair(self, machine: Record, seen: MachineStands, since: float) -> None:
        """A broken machine is repaired, or waits for whom it asks; its crew, had its work begun, stays with it."""
        rules, world, line = self.rules, self.world, self.line
        failure = world.failures[machine.broken]
        if machine.phase == WORK and self.placed.cycle[machine.index] > 0 and failure.operating == 1:
            self._give(machine, machine.crew_first, machine.crew_last, CREW)
            machine.crewed = int(machine.crew_first < machine.crew_last)
        if machine.phase == DONE:
            self._block(machine, since)
            if machine.phase == IDLE:
                machine.part = -1
        if self.placed.stop[machine.index] is not None:
            machine.need_first = machine.need_last = 0
        elif seen.state == "down":
            own = machine.crewed == 1
            machine.need_first = failure.own_first if own else failure.all_first
            machine.need_last = failure.own_last if own else failure.all_last
            self._give(machine, machine.need_first, machine.need_last, REPAIR)
        else:
            line.now = since
            rules["ask_repair"](world, machine)
            line.now = self.standing.time_s
            if machine.waiting == 1:
                return
        rules["start_repair"](world, machine)

    def _ask_crew(self, machine: Record, since: float, *, waits: bool) -> None:
        rules, world, line = self.rules, self.world, self.line
        if waits:
            line.now = since
            rules["ask_crew"](world, machine)
            line.now = self.standing.time_s
            if machine.waiting == 1:
                return
        elif machine.crewed == 0:
            self._give(machine, machine.crew_first, machine.crew_last, CREW)
            machine.crewed = int(machine.crew_first < machine.crew_last)
        rules["take_up"](world, machine)

    def _give(self, machine: Record, first: int, last: int, asks: int) -> None:
        """People are at work, be they more than the line file has: whoever is free, else those of the skill's pool."""
        world, needs = self.world, self.world.needs
        node = machine.index * self.line.needs_most - first
        for n in range(first, last):
            if not self.full:
                self.rules["change_pool"](world, needs[n].pool, -needs[n].count, 0)
            elif not needs[n].alternative:
                rows = [n, *takewhile(lambda k: needs[k].alternative, range(n + 1, last))]
                left, taken = needs[n].count, []
                for k in rows:
                    taken.append(min(max(world.pools[needs[k].pool].free, 0), left))
                    left -= taken[-1]
                taken[0] += left
                for k, count in zip(rows, taken, strict=True):
                    self.rules["hold"](world, node + k, asks, count)
                    self.rules["change_pool"](world, needs[k].pool, -count, 0)

    def _block(self, machine: Record, since: float) -> None:
        """The finished part leaves if there is room, by a way that is drawn where there are several; else it waits."""
        machine.done = since
        edge = self.world.edges[self._way(machine)]
        state = machine.state
        self.rules["go_by"](self.world, machine, edge)
        if machine.broken >= 0 or not self.works(machine):
            machine.state = state
        self.see_to()

    def _way(self, machine: Record) -> int:
        world, station = self.world, self.world.stations[machine.station]
        if self.orders is not None and world.parts[machine.part].step >= 0:
            return self.orders.next_way(machine.part)
        ways = world.outs[station.first_out : station.last_out]
        shares = [world.edges[e].cumulative for e in ways]
        if self.orders is None:
            shares = [share - (shares[i - 1] if i else 0.0) for i, share in enumerate(shares)]
        full = [world.edges[e].to >= 0 and world.edges[e].level >= world.edges[e].capacity for e in ways]
        likely = [share if there or not any(full) else 0.0 for share, there in zip(shares, full, strict=True)]
        total = sum(likely)
        return int(self.rng.choice(ways, p=[share / total for share in likely]) if total > 0 else ways[-1])
