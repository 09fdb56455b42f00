"""What the events of a run say of its past: who stood how from when to when, what came and went, who was at work."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from math import inf
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from twin.events import Event
    from twin.line.line import Line

JOINED = "joined"
"""The outcome of a component: it leaves the count where it is joined, and no machine lets it go."""

Row = TypeVar("Row")
Machine = tuple[str, int]
"""A station and the number of the machine in it, from 1."""


class Spell(NamedTuple):
    """A stretch of a machine in one state for one reason; `end_s` is infinite where the events end before it does."""

    start_s: float
    end_s: float
    state: str
    reason: str | None


class Left(NamedTuple):
    """A part that left a machine: when, its number, outcome, and where it went ("out", "scrap" or a station)."""

    time_s: float
    part: int
    outcome: str
    to: str
    product: str | None


class Came(NamedTuple):
    """A part that came to a station: when it left the station before, which that was (None: from outside)."""

    time_s: float
    part: int
    from_: str | None


class People(NamedTuple):
    """A pool from a moment on: how many are present and busy, and how many requests wait."""

    time_s: float
    present: float
    busy: float
    waiting: int


class History:
    """The past of a line, from its events.

    Parameters
    ----------
    line
        The line that ran.
    events
        Its events in order of time.

    Raises
    ------
    InputError
        If an event is of another line, or of a station or machine that the line does not have; or there is none.
    """

    def __init__(self, line: Line, events: Iterable[Event]) -> None:
        self.line = line
        self.machines: tuple[Machine, ...] = tuple(
            (name, number) for name, station in line.stations.items() for number in range(1, station.machines + 1)
        )
        self.spells: dict[Machine, list[Spell]] = {machine: [] for machine in self.machines}
        self.left: dict[Machine, list[Left]] = {machine: [] for machine in self.machines}
        self.came: dict[str, list[Came]] = defaultdict(list)
        self.levels: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.people: dict[str, list[People]] = {skill: [] for skill in line.operators}
        self.released: list[tuple[float, str]] = []
        self.start_s, self.end_s = inf, -inf
        self._open: dict[Machine, tuple[float, str, str | None]] = {}
        for event in events:
            self._take(event)
        for machine in list(self._open):
            self._close(machine, inf)
        if self.end_s < 0:
            raise InputError("the log holds no event; name another")

    def spell(self, machine: Machine, time_s: float) -> Spell | None:
        """Return the stretch in which a machine is at a moment; None before it told its state."""
        found = _last(self.spells[machine], time_s, attrgetter("start_s"))
        return found if found is not None and time_s < found.end_s else None

    def next_left(self, machine: Machine, time_s: float) -> Left | None:
        """Return the first part that leaves a machine after a moment."""
        parts = self.left[machine]
        place = bisect_right(parts, time_s, key=attrgetter("time_s"))
        return parts[place] if place < len(parts) else None

    def last_left(self, machine: Machine, time_s: float) -> Left | None:
        """Return the last part that left a machine up to a moment."""
        return _last(self.left[machine], time_s, attrgetter("time_s"))

    def next_came(self, station: str, time_s: float) -> Came | None:
        """Return the first part bound for a station that leaves the one before, or arrives, after a moment."""
        parts = self.came[station]
        place = bisect_right(parts, time_s, key=attrgetter("time_s"))
        return parts[place] if place < len(parts) else None

    def level(self, buffer: str, time_s: float) -> int | None:
        """Return how many a buffer holds at a moment; None where the events do not say."""
        found = _last(self.levels.get(buffer, ()), time_s, itemgetter(0))
        return None if found is None else found[1]

    def pool(self, skill: str, time_s: float) -> People | None:
        """Return how a pool stands at a moment; None where the events do not say."""
        return _last(self.people.get(skill, ()), time_s, attrgetter("time_s"))

    def last_release(self, time_s: float) -> tuple[float, str] | None:
        """Return when the last order up to a moment was released, and which."""
        return _last(self.released, time_s, itemgetter(0))

    def next_release(self, time_s: float) -> tuple[float, str] | None:
        """Return when the next order after a moment is released, and which."""
        place = bisect_right(self.released, time_s, key=itemgetter(0))
        return self.released[place] if place < len(self.released) else None

    def _take(self, event: Event) -> None:
        if event.line != self.line.line:
            raise InputError(f'the log is of the line "{event.line}", not of "{self.line.line}"; name its own line')
        time = event.time
        self.start_s = min(self.start_s, time)
        self.end_s = time
        value: Any = event.fields
        match event.kind:
            case "state":
                self._enter(self._known(event), time, value["state"], value["reason"])
            case "part" if value["outcome"] != JOINED:
                left = Left(time, value["part"], value["outcome"], value["to"], value["product"])
                self.left[self._known(event)].append(left)
                self.came[left.to].append(Came(time, left.part, event.station))
            case "arrival" if value["accepted"] and value.get("parent") is None:
                self.came[event.station or ""].append(Came(time, value["part"], None))
            case "level":
                self.levels[value["buffer"]].append((time, value["level"]))
            case "crew":
                state = People(time, value["present"], value["busy"], value["waiting"])
                self.people.setdefault(value["skill"], []).append(state)
            case "order" if value["change"] == "released":
                self.released.append((time, value["order"]))

    def _known(self, event: Event) -> Machine:
        machine = (event.station or "", event.machine or 0)
        if machine not in self.spells:
            raise InputError(
                f"the log tells of machine {machine[1]} of {machine[0]}, which the line does not have; name its own "
                "line, with the options it ran with"
            )
        return machine

    def _enter(self, machine: Machine, time_s: float, state: str, reason: str | None) -> None:
        before = self._open.get(machine)
        if before is not None:
            if before[1:] == (state, reason):
                return
            self._close(machine, time_s)
        spells = self.spells[machine]
        if spells and spells[-1].end_s == time_s and spells[-1][2:] == (state, reason):
            # What came between took no time.
            time_s = spells.pop().start_s
        self._open[machine] = (time_s, state, reason)

    def _close(self, machine: Machine, time_s: float) -> None:
        start_s, state, reason = self._open.pop(machine)
        if time_s > start_s:
            self.spells[machine].append(Spell(start_s, time_s, state, reason))


def _last(rows: Sequence[Row], time_s: float, time: Callable[[Row], float]) -> Row | None:
    place = bisect_right(rows, time_s, key=time)
    return rows[place - 1] if place else None
