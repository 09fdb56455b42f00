"""What the oracle's machines and parts meet: doors of stations, carriers, people, shifts; nothing of the engine's."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.line.work_calendar import WEEK, windows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import simpy
    from simpy.events import Event

    from twin.line.work_calendar import Shifts

    Needs = Mapping[str, Fraction]


INSTANT = 6
"""Decimals of a second within which requests count as made at one time: see `MOMENT` in `oracle_stations`."""


@dataclass
class Part:
    """A part, or a lot of an order; `let_go` gives up the place where it lies or stands."""

    pieces: int = 1
    order: int = 0
    product: str | None = None
    entry: float = 0.0
    since: float = 0.0
    carriers: list[Carriers] = field(default_factory=list)
    let_go: Callable[[], Any] = field(default=lambda: None)


class Carriers:
    """Carriers of one kind: how many are free, the `door` where they are needed, the station that lets them go."""

    def __init__(self, env: simpy.Environment, number: int, to: str, door: Door, way_back: Callable[[], float]) -> None:
        self.env, self.free, self.to, self.door, self.way_back = env, number, to, door, way_back

    def give_back(self) -> None:
        """Let one go on its way back."""
        self.env.process(self._return())

    def _return(self) -> Any:  # noqa: ANN401 - a generator of SimPy's
        yield self.env.timeout(self.way_back())
        self.free += 1
        self.door.serve()


class Door:
    """Where the parts that wait for one station are, longest waiting first, and its machines that wait for one."""

    def __init__(self, env: simpy.Environment, calendar: Calendar, stock: Callable[[], Part] | None) -> None:
        self.env, self.calendar, self.stock = env, calendar, stock
        self.parts: deque[Part] = deque()
        self.idle: dict[int, Event] = {}
        self.carriers: list[Carriers] = []

    def offer(self, part: Part, feed: str = "") -> None:
        """Let a part wait that comes from station `feed`, or give it to an idle machine."""
        part.since = self.env.now
        self.add(part, feed)
        self.serve()

    def take(self, machine: int) -> Event:
        """Return the event of getting what the station works on at once."""
        got = self.idle[machine] = self.env.event()
        self.serve()
        return got

    def is_served(self) -> bool:
        """Say whether a machine is idle, and may work, and has the carriers it needs."""
        at_work = bool(self.idle) and self.calendar.is_open(self.env.now)
        return at_work and all(each.free for each in self.carriers)

    def serve(self) -> None:
        """Give what is there to idle machines, the lowest number first, while they work and carriers are free."""
        while self.is_served():
            chosen = self.choose()
            if not chosen:
                return
            for each in self.carriers:
                each.free -= 1
                chosen[0].carriers.append(each)
            self.idle.pop(min(self.idle)).succeed(chosen)

    def add(self, part: Part, feed: str) -> None:
        """Put a part behind the others."""
        del feed
        self.parts.append(part)

    def choose(self) -> list[Part]:
        """Return the part that has waited longest, or one of the stock; none if there is none."""
        if self.parts:
            return [self.parts.popleft()]
        return [self.stock()] if self.stock else []


class BatchDoor(Door):
    """A door that lets in so many parts at once, or what is there once the first has waited too long."""

    def __init__(
        self,
        env: simpy.Environment,
        calendar: Calendar,
        stock: Callable[[], Part] | None,
        size: int,
        timeout: float | None,
    ) -> None:
        super().__init__(env, calendar, stock)
        self.size, self.timeout = size, timeout

    def add(self, part: Part, feed: str) -> None:
        """Put a part behind the others, and look again when it has waited."""
        super().add(part, feed)
        if self.timeout is not None:
            self.env.timeout(self.timeout).callbacks.append(lambda _: self.serve())

    def choose(self) -> list[Part]:
        """Return a batch, if it is full or has waited long enough."""
        late = self.timeout is not None and self.parts and self.env.now >= self.parts[0].since + self.timeout
        if self.stock or late or len(self.parts) >= self.size:
            batch = [self.parts.popleft() for _ in range(min(self.size, len(self.parts)))]
            return batch + [self.stock() for _ in range(self.size - len(batch)) if self.stock]
        return []


class AssemblyDoor(Door):
    """A door that lets in so many parts of each feed, all at once."""

    def __init__(self, env: simpy.Environment, calendar: Calendar, takes: Mapping[str, int]) -> None:
        super().__init__(env, calendar, None)
        self.takes = takes
        self.feeds: dict[str, deque[Part]] = {feed: deque() for feed in takes}

    def add(self, part: Part, feed: str) -> None:
        """Put a part behind those of its feed."""
        self.feeds[feed].append(part)

    def choose(self) -> list[Part]:
        """Return the parts of every feed, the first feed's first, if all are there."""
        if any(len(self.feeds[feed]) < number for feed, number in self.takes.items()):
            return []
        return [self.feeds[feed].popleft() for feed, number in self.takes.items() for _ in range(number)]


class People:
    """All pools, with one list of requests by priority and time asked among those that ask any of the same skills."""

    def __init__(self, env: simpy.Environment, sizes: Mapping[str, int]) -> None:
        self.env = env
        self.free = {skill: Fraction(size) for skill, size in sizes.items()}
        self.requests: list[tuple[int, float, tuple[int, int], Needs, Event]] = []

    def ask(self, who: tuple[int, int], needs: Needs, priority: int) -> Event:
        """Return the event of getting all of `needs` at once."""
        granted = self.env.event()
        self.requests.append((priority, round(self.env.now, INSTANT), who, needs, granted))
        self.requests.sort(key=lambda request: request[:3])
        self._grant()
        return granted

    def withdraw(self, granted: Event) -> None:
        """Leave the list."""
        self.requests = [request for request in self.requests if request[4] is not granted]

    def release(self, needs: Needs) -> None:
        """Give people back."""
        for skill, number in needs.items():
            self.free[skill] += number
        self._grant()

    def _grant(self) -> None:
        asked: set[str] = set()
        for request in list(self.requests):
            needs, granted = request[3:]
            if not asked & needs.keys() and all(self.free[skill] >= number for skill, number in needs.items()):
                self.requests.remove(request)
                for skill, number in needs.items():
                    self.free[skill] -= number
                granted.succeed()
            asked |= set() if granted.triggered else needs.keys()


class Calendar:
    """The shifts as absolute times."""

    def __init__(self, shifts: Shifts) -> None:
        self.windows = windows(shifts)
        self.always = self.windows == [(0.0, float(WEEK))]
        self.starts = [start for start, _ in self.windows]

    def is_open(self, now: float) -> bool:
        """Say whether the line works at that time; at a shift's end it does not."""
        return self.always or self.window(now)[0] <= now

    def window(self, now: float) -> tuple[float, float]:
        """Return the shift that runs, or the next."""
        week = now // WEEK * WEEK
        place = bisect_right(self.starts, now - week) - 1
        if place >= 0 and now - week < self.windows[place][1]:
            return week + self.windows[place][0], week + self.windows[place][1]
        week, place = (week, place + 1) if place + 1 < len(self.windows) else (week + WEEK, 0)
        return week + self.windows[place][0], week + self.windows[place][1]

    def left(self, now: float) -> float:
        """Return how much is left of the shift that runs."""
        return float("inf") if self.always else self.window(now)[1] - now

    def open_between(self, start: float, end: float) -> float:
        """Return the working time in an interval."""
        if self.always:
            return end - start
        return self._open_until(end) - self._open_until(start)

    def _open_until(self, now: float) -> float:
        weeks, within = divmod(now, WEEK)
        each_week = sum(end - start for start, end in self.windows)
        return weeks * each_week + sum(min(end, within) - start for start, end in self.windows if start < within)
