"""A user's own processes beside the line, and the verbs by which they act on it.

A process is a function that takes the `RunningLine` and is a SimPy generator: it yields events of the line's own
`environment`, and between them looks at the line and acts on it. That is Python, so such a run has SimPy's clock, no
compiled equal and no saved state.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import simpy

from twin.engine.streams import Stream, generator
from twin.errors import InputError
from twin.events import STATES
from twin.line.discrete import Constant
from twin.line.failure import Failure
from twin.line.names import nearest

if TYPE_CHECKING:
    import numpy as np

    from twin.engine.plan import Plan
    from twin.engine.records import Record, World
    from twin.engine.simpy_clock import SimpyClock
    from twin.line.scenario import Scenario

Process = Callable[["RunningLine"], Generator[simpy.Event, Any, Any]]
"""What runs beside a line."""

STOPPED = "stopped"
"""The failure by which a machine is down that a process has stopped."""

NEVER_S = 1e15
"""Longer than any run [s]: no machine fails so late by itself, and none is restored so late."""


def stoppable(scenario: Scenario) -> Scenario:
    """Return the scenario with one more way for each machine to be down, which only a process brings about."""
    stopped = {STOPPED: Failure(ttf=Constant(NEVER_S), ttr=Constant(NEVER_S))}
    stations = {
        name: station
        if station.kind == "storage"
        else station.model_copy(update={"failures": station.failures | stopped})
        for name, station in scenario.line.stations.items()
    }
    return replace(scenario, line=scenario.line.model_copy(update={"stations": stations}))


@dataclass(frozen=True, slots=True)
class TakenPart:
    """A part in a process's hands: its number on the line, in which it still counts."""

    number: int
    place: int


class RunningLine:
    """A line at work, as a process sees it: what it can look at, wait for and do.

    Names are those of the line; a machine of a station counts from 1; a buffer is called "press->weld", the queue of
    arrivals "source->press". A name that the line does not have raises `InputError`.

    Attributes
    ----------
    environment
        The line's `simpy.Environment`; its time is seconds since the run's start.
    """

    def __init__(self, plan: Plan, clock: SimpyClock, seed: int, replication: int) -> None:
        self.environment = clock.environment
        self._seed, self._replication = seed, replication
        self._plan, self._clock = plan, clock
        self._moved = self.environment.event()
        clock.listen(self._tell)

    @property
    def next_move(self) -> simpy.Event:
        """What happens as soon as anything on the line has changed: yield it to wait for that."""
        return self._moved

    def luck(self, purpose: str) -> np.random.Generator:
        """Return a generator of random numbers, one for each purpose: the same for the same seed and replication."""
        return generator(self._seed, self._replication, Stream("alongside", 0, purpose, None))

    def state(self, station: str, machine: int = 1) -> str:
        """Return the state of a machine."""
        return str(STATES[self._machine(station, machine).state])

    def level(self, buffer: str) -> int:
        """Return how many parts a buffer holds, those on their way into it too."""
        return int(self._edge(buffer).level)

    def ready(self, buffer: str) -> int:
        """Return how many parts of a buffer can be taken."""
        return int(self._edge(buffer).ready)

    def stop(self, station: str, machine: int = 1) -> bool:
        """Stop a machine as a failure would; False if it is broken, or in maintenance, already."""
        found = self._machine(station, machine)
        if found.broken >= 0:
            return False
        self._act("stop_machine", found)
        return True

    def restore(self, station: str, machine: int = 1) -> bool:
        """Let a machine go on that `stop` has stopped; False if it is not stopped."""
        found = self._machine(station, machine)
        if found.broken < 0 or self._plan.failures[found.broken] != STOPPED:
            return False
        self._act("restore_machine", found)
        return True

    def close_source(self, station: str) -> None:
        """Let nothing more come from outside to a station."""
        self._act("close_source", self._station(station))

    def open_source(self, station: str) -> None:
        """Let parts come from outside to a station again; the next arrival is drawn from now on."""
        found = self._station(station)
        self._act("open_source", found, int(self._plan.tables["stations"]["saturated"][found.index]))

    def take_part(self, buffer: str) -> TakenPart | None:
        """Take the first part that is ready out of a buffer; None if there is none."""
        edge = self._edge(buffer)
        if edge.ready == 0:
            return None
        number = int(self._clock.world.parts[edge.head].number)
        return TakenPart(number, self._act("take_first", edge))

    def add_part(self, buffer: str, part: TakenPart | None = None, product: str | None = None) -> bool:
        """Put a part into a buffer: one that was taken, else a new one (of a product); False if there is no room."""
        edge = self._edge(buffer)
        if edge.level >= edge.capacity:
            return False
        if part is not None:
            self._act("put", edge, part.place)
        else:
            self._act("put_new", edge, *self._product(product))
        return True

    def set_people(self, pool: str, people: int) -> None:
        """Change how many people a pool has; those at work finish what they do."""
        if pool not in self._plan.skills:
            raise InputError(f"the line has no pool {nearest(pool, self._plan.skills)}")
        if people < 0:
            raise InputError(f"{people} people are no number of people; write 0 or more")
        p = self._plan.skills.index(pool)
        self._act("change_people", p, people * self._plan.people_unit - self._clock.world.pools[p].people)

    def _act(self, rule: str, *what: Any) -> Any:  # noqa: ANN401 -- whatever the rule takes and returns
        return self._clock.act(lambda world: self._clock.rules[rule](world, *what))

    def _tell(self) -> None:
        if self._moved.callbacks:
            self._moved.succeed()
            self._moved = self.environment.event()

    def _station(self, name: str) -> Record:
        if name not in self._plan.stations:
            raise InputError(f"the line has no station {nearest(name, self._plan.stations)}")
        return self._clock.world.stations[self._plan.stations.index(name)]

    def _machine(self, station: str, machine: int) -> Record:
        found = self._station(station)
        machines = int(found.last_machine) - int(found.first_machine)
        if not 1 <= machine <= machines:
            raise InputError(f"{station} has no machine {machine}; write a number from 1 to {machines}")
        return self._clock.world.machines[found.first_machine + machine - 1]

    def _edge(self, buffer: str) -> Record:
        names = [self._plan.edges[e] for e in self._plan.buffers]
        if buffer not in names:
            raise InputError(f"the line has no buffer {nearest(buffer, names)}")
        return self._clock.world.edges[self._plan.edges.index(buffer)]

    def _product(self, product: str | None) -> tuple[int, int]:
        """Return the number of a product and the first step of its way."""
        if product not in self._plan.products:
            raise InputError(f"the line has no product {nearest(str(product), filter(None, self._plan.products))}")
        number = self._plan.products.index(product)
        world: World = self._clock.world
        return number, int(world.indices[world.line[0].starts + 2 * number + 1])
