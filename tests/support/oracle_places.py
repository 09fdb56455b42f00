"""What the oracle's machines and parts meet: doors before stations, people, shifts; nothing of the engine's."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twin.line.work_calendar import WEEK, windows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import simpy
    from simpy.events import Event

    from twin.line.work_calendar import Shifts


@dataclass
class Part:
    """A part, or a lot of an order; `let_go` gives up the place where it lies or stands."""

    pieces: int = 1
    order: int = 0
    product: str | None = None
    let_go: Callable[[], Any] = field(default=lambda: None)


class Door:
    """Where the parts that wait for one station are, longest waiting first, and its machines that wait for one."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.parts: deque[Part] = deque()
        self.idle: dict[int, Event] = {}

    def offer(self, part: Part) -> None:
        """Give the part to the idle machine of the lowest number, or let it wait."""
        if self.idle:
            self.idle.pop(min(self.idle)).succeed(part)
        else:
            self.parts.append(part)

    def take(self, machine: int) -> Event:
        """Return the event of getting a part."""
        got = self.env.event()
        if self.parts:
            got.succeed(self.parts.popleft())
        else:
            self.idle[machine] = got
        return got


class People:
    """All pools, with one list of requests: first come, first served among those that ask any of the same skills."""

    def __init__(self, env: simpy.Environment, sizes: Mapping[str, int]) -> None:
        self.env = env
        self.free = dict(sizes)
        self.requests: list[tuple[float, tuple[int, int], dict[str, int], Event]] = []

    def ask(self, who: tuple[int, int], needs: dict[str, int]) -> Event:
        """Return the event of getting all of `needs` at once."""
        granted = self.env.event()
        self.requests.append((self.env.now, who, needs, granted))
        self.requests.sort(key=lambda request: request[:2])
        self._grant()
        return granted

    def withdraw(self, granted: Event) -> None:
        """Leave the list."""
        self.requests = [request for request in self.requests if request[3] is not granted]

    def release(self, needs: Mapping[str, int]) -> None:
        """Give people back."""
        for skill, number in needs.items():
            self.free[skill] += number
        self._grant()

    def _grant(self) -> None:
        asked: set[str] = set()
        for request in list(self.requests):
            needs, granted = request[2:]
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

    def open_between(self, start: float, end: float) -> float:
        """Return the working time in an interval."""
        if self.always:
            return end - start
        return self._open_until(end) - self._open_until(start)

    def _open_until(self, now: float) -> float:
        weeks, within = divmod(now, WEEK)
        each_week = sum(end - start for start, end in self.windows)
        return weeks * each_week + sum(min(end, within) - start for start, end in self.windows if start < within)
