"""The rules under SimPy's clock: every timer is an event of a real `simpy.Environment`."""

from __future__ import annotations

from heapq import heapify, heappush
from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import Event

from twin.engine.records import INFINITE
from twin.engine.rulebook import bind

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.engine.records import World

FIRST_PRIORITY = 2
"""Timer i has priority 2 + i: ties go by rank; a user's own timeouts (priorities 0 and 1) come before the line's."""


class SimpyClock:
    """Runs one world on a `simpy.Environment`.

    `see_to` is called when a rule has raised a flag. A world in objects grows in place, so it stays the same object
    throughout.
    """

    objects = True

    def __init__(self, world: World, see_to: Callable[[World], World], now: float = 0.0) -> None:
        self.world = world
        self.environment = simpy.Environment(initial_time=now)
        events: list[Event] = []
        self._set_time = _setter(self.environment, world, events)
        full = bool(world.line[0].full)
        self._rules = bind(lambda _, rule: rule, {"set_time": self._set_time}, full=full)
        self._see_to = see_to
        self._told: list[Callable[[], None]] = []
        events += [self._event(i) for i in range(len(world.timers))]

    def begin(self) -> None:
        """Open the line at time 0."""
        self._rules["open_line"](self.world)
        self._settle()

    def resume(self) -> None:
        """Put every pending timer of a world that was taken up into the environment."""
        for i, time in enumerate(self.world.timers):
            self._set_time(self.world, i, time)

    def run(self, until: float) -> None:
        """Run up to, not including, `until` [s]."""
        if until > self.environment.now:
            self.environment.run(until=until)

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told` whenever the line has settled."""
        self._told.append(told)

    @property
    def rules(self) -> dict[str, Any]:
        """The rules as this clock has bound them."""
        return self._rules

    def act(self, change: Callable[[World], Any]) -> Any:  # noqa: ANN401 -- whatever the change returns
        """Change something now, from outside the line; then what can be granted is granted, and the line settles."""
        self.world.line[0].now = self.environment.now
        done = change(self.world)
        self._settle()
        return done

    def _settle(self) -> None:
        if self.world.line[0].waiting > 0:
            self._rules["grant"](self.world)
        self._rules["settle"](self.world)
        if self.world.line[0].flag:
            self._see_to(self.world)
        for told in self._told:
            told()

    def _event(self, i: int) -> Event:
        """Return the event of timer i: one object, put in the queue each time that the timer is set.

        An entry whose time is no longer the timer's is stale and does nothing.
        """
        event = Event(self.environment)
        event._ok = True  # noqa: SLF001 - as simpy.Timeout does
        event._value = None  # noqa: SLF001
        environment, world, see_to = self.environment, self.world, self._see_to
        ring, grant, settle = (self._rules[name] for name in ("ring", "grant", "settle"))
        timers, line, listeners = world.timers, world.line[0], self._told

        def fire(_: Event) -> None:
            event.callbacks = callbacks
            now = environment._now  # noqa: SLF001 - the property costs a call
            if timers[i] == now:
                line.now = now
                ring(world, i)
                if line.waiting > 0:
                    grant(world)
                settle(world)
                if line.flag:
                    see_to(world)
                for told in listeners:
                    told()

        callbacks: list[Callable[[Event], None]] = [fire]
        event.callbacks = callbacks
        return event


def _setter(environment: simpy.Environment, world: World, events: list[Event]) -> Callable[[World, int, float], None]:
    """Return `set_time` for an environment: an absolute time, the timer's number as priority."""
    queue: list[Any] = environment._queue  # noqa: SLF001 - `schedule` takes a delay, whose sum with now may round
    serial = environment._eid  # noqa: SLF001
    timers = world.timers
    most = 1000 + 4 * len(timers)

    def set_time(world: World, i: int, time: float) -> None:  # noqa: ARG001 - the rules' signature
        timers[i] = time
        if time < INFINITE:
            heappush(queue, (time, FIRST_PRIORITY + i, next(serial), events[i]))
            if len(queue) > most:
                drop_stale()

    def drop_stale() -> None:
        """Keep other people's entries and those whose time is still the timer's: a far clock may be set many times."""
        own = set(events)
        queue[:] = [entry for entry in queue if entry[3] not in own or timers[entry[1] - FIRST_PRIORITY] == entry[0]]
        heapify(queue)

    return set_time
