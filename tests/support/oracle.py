"""The line once more, in idiomatic SimPy: a generator process for each machine, and nothing of the engine's.

It reads a scenario as plain data, draws its own random numbers by inverting each distribution, and says what generators
say well: parallel machines, buffers and blocking after service, routes, transport, failures on the operating clock with
resume, crews and technicians by priority, scrap, inspections and rework, arrivals, shifts; assemblies, splits, batches,
belts, stores and carriers; orders that move as lots or piece by piece, cycles by their size, part of a lot scrapped,
setups. A machine's calendar clock, which rings whatever the machine is doing, is not in it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import simpy

from support.oracle_places import AssemblyDoor, BatchDoor, Calendar, Carriers, Door, Part, People
from support.oracle_stations import Belt, Machine, Place, Store
from twin.line.work_calendar import Shifts

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from simpy.events import Event

    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.route import Edge

    Process = Generator[Event, Any, Any]

DRAWS_AT_ONCE = 200
PLACES: dict[str, type[Place]] = {"conveyor": Belt, "storage": Store}


class Observed(NamedTuple):
    """Means from time 0 to the end: parts leaving good [1/s], their lead times in s a s, parts in the line, shares."""

    throughput: float
    lead: float
    wip: float
    shares: dict[tuple[str, str], float]


def observe(line: Line, seed: int, horizon: float) -> Observed:
    """Run the line once from empty for `horizon` seconds."""
    model = Model(line, np.random.default_rng(seed))
    model.env.run(until=horizon)
    return model.observed(horizon)


class Model:
    """The line: doors, places, people, machines, and what is counted."""

    def __init__(self, line: Line, random: np.random.Generator) -> None:
        self.line, self.random = line, random
        self.env = simpy.Environment()
        self.calendar, always = Calendar(line.shifts), Calendar(Shifts())
        calendars = {
            name: self.calendar if station.attended and station.kind != "storage" else always
            for name, station in line.stations.items()
        }
        self.closing = self.env.event()
        self.people = People(self.env, line.operators)
        self.doors = {name: self._door(name, calendar) for name, calendar in calendars.items()}
        self._read_route()
        self._read_carriers()
        self.last_arrival: defaultdict[str, float] = defaultdict(float)
        self.parts, self.parts_since, self.part_seconds = 0, 0.0, 0.0
        self.departed, self.lead_seconds = 0, 0.0
        self.machines = [
            PLACES.get(station.kind, Machine)(self, name, calendars[name], (place, number))
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

    def _door(self, name: str, calendar: Calendar) -> Door:
        station = self.line.stations[name]
        is_saturated = self.line.source.kind == "saturated" and name in self.line.fed
        stock = (lambda: self.enter(Part())) if is_saturated else None
        if station.kind == "batch":
            return BatchDoor(self.env, calendar, stock, station.size or 1, station.timeout)
        if station.kind == "assembly":
            feeds = [edge.from_ for edge in self.line.route if edge.to == name]
            return AssemblyDoor(self.env, calendar, {feed: station.takes.get(feed, 1) for feed in feeds})
        return Door(self.env, calendar, stock)

    def _read_route(self) -> None:
        route = self.line.route
        shares = dict(zip(route, self.line.probabilities, strict=True))
        self.rejects = {edge.from_: edge for edge in route if edge.rejected}
        self.ways = {
            name: [edge for edge in route if edge.from_ == name and not edge.rejected] for name in self.line.stations
        }
        self.odds = {name: np.array([shares[edge] for edge in ways]) for name, ways in self.ways.items()}
        self.odds = {name: odds / odds.sum() for name, odds in self.odds.items()}
        self.places = {
            edge.name: simpy.Resource(self.env, sys.maxsize if edge.buffer is None else edge.buffer)
            for edge in route
            if edge.buffer != 0
        }
        self.on_the_way = {edge.name: self.draws(edge.transport) for edge in route if edge.transport is not None}

    def _read_carriers(self) -> None:
        for kind in self.line.carriers.values():
            door, ways_back = self.doors[kind.from_], self.draws(kind.return_)
            door.carriers.append(Carriers(self.env, kind.number, kind.to, door, ways_back.__next__))

    def draws(self, distribution: Distribution) -> Iterator[float]:
        """Yield random numbers of a distribution for ever, by inverting it."""
        while True:
            yield from distribution.quantile(self.random.random(DRAWS_AT_ONCE)).tolist()

    def enter(self, part: Part) -> Part:
        """Count a part in."""
        part.entry = self.env.now
        self.count(part.pieces)
        return part

    def leave(self, part: Part, pieces: int, *, good: bool) -> None:
        """Count pieces of a part out; if nothing is left of it in the line, its carriers go back."""
        self.count(-pieces)
        if good:
            self.departed += pieces
            self.lead_seconds += self.env.now - part.entry
        if good or not part.pieces:
            for each in part.carriers:
                each.give_back()
            part.carriers = []

    def joined(self, parts: list[Part]) -> Part:
        """Make one part of several: the first, as old as the oldest, on the carriers of all."""
        first = parts[0]
        first.entry = min(part.entry for part in parts)
        first.carriers = [each for part in parts for each in part.carriers]
        self.count(-sum(part.pieces for part in parts[1:]))
        return first

    def send(self, edge: Edge, part: Part) -> None:
        """Bring a part to the next station's door, in no time or by transport."""
        if edge.transport is None:
            self.doors[edge.to].offer(part, edge.from_)
        else:
            self.env.process(self._travel(edge, part))

    def observed(self, end: float) -> Observed:
        """Return what was counted from 0 to `end`."""
        self.count(0)
        shares: defaultdict[tuple[str, str], float] = defaultdict(float)
        for machine in self.machines:
            machine.enter(machine.state)
            off_shift = end - machine.calendar.open_between(0.0, end)
            for state, time in [*machine.times.items(), ("off_shift", off_shift)]:
                shares[machine.name, state] += time / end / machine.station.machines
        return Observed(self.departed / end, self.lead_seconds / end, self.part_seconds / end, shares)

    def count(self, change: int) -> None:
        """Count more or fewer parts in the line from now on."""
        self.part_seconds += self.parts * (self.env.now - self.parts_since)
        self.parts, self.parts_since = self.parts + change, self.env.now

    def _travel(self, edge: Edge, part: Part) -> Process:
        """A part on its way; it does not overtake the one before it."""
        arrival = max(self.env.now + next(self.on_the_way[edge.name]), self.last_arrival[edge.name])
        self.last_arrival[edge.name] = arrival
        yield self.env.timeout(arrival - self.env.now)
        self.doors[edge.to].offer(part, edge.from_)

    def _arrive(self, name: str, gaps: Iterator[float]) -> Process:
        """Parts come at any hour; one that finds the queue full is turned away."""
        door, limit = self.doors[name], self.line.source.capacity
        waiting = 0

        def let_go() -> None:
            nonlocal waiting
            waiting -= 1

        while True:
            yield self.env.timeout(next(gaps))
            if limit is None or waiting < limit or door.is_served():
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
            for door in reversed(self.doors.values()):
                door.serve()
            yield self.env.timeout(end - self.env.now)
            self.closing.succeed()
            self.closing = self.env.event()
