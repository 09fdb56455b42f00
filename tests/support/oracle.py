"""The line once more, in idiomatic SimPy: a generator process for each machine, and nothing of the engine's.

It reads a scenario as plain data, draws its own random numbers by inverting each distribution, and says what generators
say well: parallel machines, buffers and blocking after service, routes, transport, failures on the operating clock with
resume, crews and technicians, scrap, arrivals, shifts; orders that move as lots or piece by piece, cycles by their
size, part of a lot scrapped, setups. A machine's calendar clock, which rings whatever the machine is doing, is not in
it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import simpy

from support.oracle_places import Calendar, Door, Part, People
from twin.line.lots import LotCycle, drawn_of
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from simpy.events import Event

    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.route import Edge

    Process = Generator[Event, Any, Any]

DRAWS_AT_ONCE = 200


class Observed(NamedTuple):
    """Means from time 0 to the end: parts leaving good [1/s], parts in the line, shares of machine time by state."""

    throughput: float
    wip: float
    shares: dict[tuple[str, str], float]


def observe(line: Line, seed: int, horizon: float) -> Observed:
    """Run the line once from empty for `horizon` seconds."""
    model = Model(line, np.random.default_rng(seed))
    model.env.run(until=horizon)
    return model.observed(horizon)


class Machine:
    """One machine: its place in the file, the work left to each failure, its crew, its time in each state."""

    def __init__(self, model: Model, name: str, place: int, number: int) -> None:
        self.model, self.name, self.who = model, name, (place, number)
        self.env = model.env
        self.station = model.line.stations[name]
        self.failures = list(self.station.failures.values())
        self.cycles = model.draws(drawn_of(self.station.cycle))
        self.setups = None if self.station.setup is None else model.draws(self.station.setup.drawn)
        self.last: Part | None = None
        self.to_failure = [model.draws(failure.time_to_failure) for failure in self.failures]
        self.to_repair = [model.draws(failure.ttr) for failure in self.failures]
        self.ages = [next(draws) for draws in self.to_failure]
        self.times: defaultdict[str, float] = defaultdict(float)
        self.state, self.since = "starved", 0.0
        self.opening = model.env.event()
        self.has_crew = False

    def enter(self, state: str) -> None:
        """Change the state; its time counts while the line works."""
        self.times[self.state] += self.model.calendar.open_between(self.since, self.env.now)
        self.state, self.since = state, self.env.now

    def run(self) -> Process:
        """Take a part, work on it, pass it on, for ever."""
        model = self.model
        while True:
            self.enter("starved")
            part = yield from self._take()
            yield from self._wait_until_open()
            part.let_go()
            yield from self._set_up(part)
            cycle = self.station.cycle
            factor = cycle.factor(part.pieces) if isinstance(cycle, LotCycle) else 1.0
            yield from self._work(factor * next(self.cycles))
            scrap = int(self.station.reject * part.pieces + model.random.random())
            model.leave(scrap, good=False)
            part.pieces -= scrap
            if part.pieces:
                yield from self._pass_on(part)
            yield self.env.timeout(0)  # stations further down the line move, and ask for people, before this one

    def _take(self) -> Process:
        door = self.model.doors[self.name]
        if self.model.is_saturated(self.name) and not door.parts:
            yield from self._wait_until_open()
            return self.model.enter(Part())
        return (yield door.take(self.who[1]))

    def _set_up(self, part: Part) -> Process:
        """Be set up where the last part was another order's, or another product, by people of its own."""
        last, self.last, setup = self.last, part, self.station.setup
        if setup is None or self.setups is None or last is None:
            return
        by_order = setup.between == "orders"
        same = last.order == part.order if by_order else last.product == part.product
        if same or self.model.random.random() >= setup.share:
            return
        left = next(self.setups)
        while left > 0:
            yield from self._wait_until_open()
            if not (yield from self._ask(setup.crew, "waiting_operator")):
                continue
            self.enter("setup")
            left -= yield from self._spend(left)
            self.model.people.release(setup.crew)

    def _wait_until_open(self) -> Process:
        while not self.model.calendar.is_open(self.env.now):
            yield self.opening

    def _work(self, left: float) -> Process:
        """Work with the crew; at a failure it stays, at the shift's end it goes."""
        while left > 0:
            yield from self._wait_until_open()
            if not self.has_crew:
                self.has_crew = yield from self._ask(self.station.crew, "waiting_operator")
                continue
            self.enter("processing")
            stretch = min([left, *self.ages])
            spent = yield from self._spend(stretch)
            left -= spent
            self.ages = [age - spent for age in self.ages]
            if spent < stretch:
                self._send_home()
            elif left > 0 and self.ages and min(self.ages) <= 0:
                acting = self.ages.index(min(self.ages))
                yield from self._repair(acting)
                self.ages[acting] = next(self.to_failure[acting])
        self._send_home()

    def _repair(self, acting: int) -> Process:
        """Repair with the crew where it has the skill, with others for the rest."""
        left = next(self.to_repair[acting])
        needs = self.failures[acting].repaired_by
        while left > 0:
            yield from self._wait_until_open()
            own = self.station.crew if self.has_crew else {}
            others = {
                skill: number - own.get(skill, 0) for skill, number in needs.items() if number > own.get(skill, 0)
            }
            if not (yield from self._ask(others, "waiting_repair")):
                self._send_home()
                continue
            self.enter("down")
            spent = yield from self._spend(left)
            self.model.people.release(others)
            if spent < left:
                self._send_home()
            left -= spent

    def _send_home(self) -> None:
        if self.has_crew:
            self.has_crew = False
            self.model.people.release(self.station.crew)

    def _ask(self, needs: dict[str, int], waiting: str) -> Process:
        """Wait for people; return whether they came before the shift ended."""
        if needs:
            granted = self.model.people.ask(self.who, needs)
            if not granted.triggered:
                self.enter(waiting)
                yield granted | self.model.closing
            if not granted.triggered:
                self.model.people.withdraw(granted)
                return False
        return True

    def _spend(self, time: float) -> Process:
        """Let the time pass, or what the shift has left of it; return how much that was."""
        now = self.env.now
        left_of_shift = float("inf") if self.model.calendar.always else self.model.calendar.window(now)[1] - now
        spent = min(time, left_of_shift)
        yield self.env.timeout(spent)
        return spent

    def _pass_on(self, part: Part) -> Process:
        ways = self.model.ways[self.name]
        edge = ways[self.model.random.choice(len(ways), p=self.model.odds[self.name])]
        if edge.to == OUT:
            self.model.leave(part.pieces, good=True)
            return
        self.enter("blocked")
        if edge.buffer == 0:
            gone = self.env.event()
            part.let_go = gone.succeed
            self.model.doors[edge.to].offer(part)
            yield gone
            return
        place = self.model.places[edge.name].request()
        yield place
        part.let_go = lambda: self.model.places[edge.name].release(place)
        self.model.send(edge, part)


class Model:
    """The line: doors, places, people, machines, and what is counted."""

    def __init__(self, line: Line, random: np.random.Generator) -> None:
        self.line, self.random = line, random
        self.env = simpy.Environment()
        self.calendar = Calendar(line.shifts)
        self.closing = self.env.event()
        self.people = People(self.env, line.operators)
        self.doors = {name: Door(self.env) for name in line.stations}
        self.ways = {name: [edge for edge in line.route if edge.from_ == name] for name in line.stations}
        shares = dict(zip(line.route, line.probabilities, strict=True))
        self.odds = {name: [shares[edge] for edge in ways] for name, ways in self.ways.items()}
        self.places = {
            edge.name: simpy.Resource(self.env, sys.maxsize if edge.buffer is None else edge.buffer)
            for edge in line.route
            if edge.buffer != 0
        }
        self.on_the_way = {edge.name: self.draws(edge.transport) for edge in line.route if edge.transport is not None}
        self.last_arrival: defaultdict[str, float] = defaultdict(float)
        self.parts, self.parts_since, self.part_seconds, self.departed = 0, 0.0, 0.0, 0
        self.machines = [
            Machine(self, name, place, number)
            for place, (name, station) in enumerate(line.stations.items())
            for number in range(station.machines)
        ]
        if not self.calendar.always:
            self.env.process(self._keep_shifts())
        for machine in sorted(self.machines, key=lambda machine: (-machine.who[0], machine.who[1])):
            self.env.process(machine.run())
        if line.source.arrivals is not None:
            for name in line.fed:
                self.env.process(self._arrive(name, self.draws(line.source.arrivals)))
        if line.source.orders is not None:
            self.env.process(self._order())

    def draws(self, distribution: Distribution) -> Iterator[float]:
        """Yield random numbers of a distribution for ever, by inverting it."""
        while True:
            yield from distribution.quantile(self.random.random(DRAWS_AT_ONCE)).tolist()

    def is_saturated(self, name: str) -> bool:
        """Say whether a part is always there for the station."""
        return self.line.source.kind == "saturated" and name in self.line.fed

    def enter(self, part: Part) -> Part:
        """Count a part in."""
        self._count(part.pieces)
        return part

    def leave(self, pieces: int, *, good: bool) -> None:
        """Count pieces out."""
        self._count(-pieces)
        self.departed += pieces * good

    def send(self, edge: Edge, part: Part) -> None:
        """Bring a part to the next station's door, in no time or by transport."""
        if edge.transport is None:
            self.doors[edge.to].offer(part)
        else:
            self.env.process(self._travel(edge, part))

    def observed(self, end: float) -> Observed:
        """Return what was counted from 0 to `end`."""
        self._count(0)
        scheduled = self.calendar.open_between(0.0, end)
        shares: defaultdict[tuple[str, str], float] = defaultdict(float)
        for machine in self.machines:
            machine.enter(machine.state)
            for state, time in [*machine.times.items(), ("off_shift", end - scheduled)]:
                shares[machine.name, state] += time / end / machine.station.machines
        return Observed(self.departed / end, self.part_seconds / end, shares)

    def _count(self, change: int) -> None:
        self.part_seconds += self.parts * (self.env.now - self.parts_since)
        self.parts, self.parts_since = self.parts + change, self.env.now

    def _travel(self, edge: Edge, part: Part) -> Process:
        """A part on its way; it does not overtake the one before it."""
        arrival = max(self.env.now + next(self.on_the_way[edge.name]), self.last_arrival[edge.name])
        self.last_arrival[edge.name] = arrival
        yield self.env.timeout(arrival - self.env.now)
        self.doors[edge.to].offer(part)

    def _arrive(self, name: str, gaps: Iterator[float]) -> Process:
        """Parts come at any hour; one that finds the queue full is turned away."""
        door, limit = self.doors[name], self.line.source.capacity
        waiting = 0

        def let_go() -> None:
            nonlocal waiting
            waiting -= 1

        while True:
            yield self.env.timeout(next(gaps))
            finds_a_machine = bool(door.idle) and self.calendar.is_open(self.env.now)
            if limit is None or waiting < limit or finds_a_machine:
                waiting += 1
                door.offer(self.enter(Part(let_go=let_go)))

    def _order(self) -> Process:
        """Orders come at any hour, each as one lot, or all its pieces at once."""
        orders = self.line.source.orders
        assert orders is not None
        assert orders.every is not None
        door = self.doors[self.line.fed[0]]
        gaps, sizes = self.draws(orders.every), self.draws(orders.pieces)
        products = list(orders.product) or [None]
        for order in count(1):
            yield self.env.timeout(next(gaps))
            pieces = max(1, int(next(sizes) + 0.5))
            product = products[self.random.choice(len(products), p=list(orders.product.values()) or None)]
            for _ in range(1 if self.line.move == "order" else pieces):
                door.offer(self.enter(Part(pieces if self.line.move == "order" else 1, order, product)))

    def _keep_shifts(self) -> Process:
        """Tell all machines, in the order of the file, that a shift begins, and all that wait that it ends."""
        while True:
            start, end = self.calendar.window(self.env.now)
            if start > self.env.now:
                yield self.env.timeout(start - self.env.now)
            for machine in self.machines:
                machine.opening.succeed()
                machine.opening = self.env.event()
            yield self.env.timeout(end - self.env.now)
            self.closing.succeed()
            self.closing = self.env.event()
