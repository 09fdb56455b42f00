"""The time of every machine by state and reason, in the making while the events go by."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from twin.events import STATES
from twin.kpi.notes import Notes
from twin.kpi.starts import Starts
from twin.line.crews import able

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.events import Event
    from twin.kpi.notes import Machine
    from twin.kpi.policy import Policy
    from twin.line.line import Line

STOPS = ("down", "waiting_repair")
"""The states of a machine that is broken."""
HOLDING = ("processing", "blocked", "setup", "waiting_operator")
"""The states of a machine that has a part on it."""
MOST_REASONS = 200
"""States with their reasons kept apart for one machine; the reasons of any more count as one."""
OTHER = "other"
WAITS = ("blocked", "waiting_operator")
"""The states whose reason may only say for whom of the line a machine waits, as the simulation does."""
ASKED = re.compile(r"(?:[\d.]+ )?([^ ]+)")
"""One of the skills asked, in "2 operator + setter"."""

_BROKEN, _AWAY, _BUSY = range(3)
_FAILED, _MINOR = 1, 2
"""What a stop is: a failure, or one that the line file calls minor."""
_STANDING = {**dict.fromkeys(STOPS, _BROKEN), **dict.fromkeys(("off_shift", "maintenance"), _AWAY)}

_BY_MACHINE = (
    "since", "slot", "began", "state", "reason", "state_since", "watts", "broken", "run", "worked", "failures",
    "repaired", "minor_stops", "known_s", "heard_s", "told_s",
)  # fmt: skip
_BY_SLOT = ("keys", "spent", "joules", "entries", "stood_by", "passed_s")


class Spell(NamedTuple):
    """One stretch of a machine in one state for one reason, notes applied."""

    end_s: float
    start_s: float
    row: int
    state: str
    reason: str | None


class Entry(NamedTuple):
    """A machine enters a state for a reason, notes applied."""

    time_s: float
    row: int
    state: str
    reason: str | None


def repeats_the_line(line: Line, policy: Policy, state: str, reason: str) -> bool:
    """Whether a reason only names the station or the people of the line for whom a machine waits.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = SimpleNamespace(stations={"weld": ...}, operators={"operator": 2, "setter": 1}, pools={})
    >>> policy = SimpleNamespace(reasons={})
    >>> [repeats_the_line(line, policy, *told) for told in (("blocked", "weld"), ("blocked", "no pallet"))]
    [True, False]
    >>> repeats_the_line(line, policy, "waiting_operator", "2 operator + setter")
    True
    """
    if state not in WAITS or reason in policy.reasons:
        return False
    if state == "blocked":
        return reason in line.stations
    asked = (ASKED.fullmatch(each) for each in reason.split(" + "))
    return all(each is not None and able(each[1], line.operators, line.pools) for each in asked)


class MachineTimes:
    """Seconds and joules of every machine in *slots*: one for each state and reason that it was ever in.

    A slot's seconds count as one of `STATES`, which the policy names. A stop (an unbroken stretch of broken states)
    that ends sooner than the policy's `minor_stop` is moved into slots of its own, which count as processing.

    `since` is the time up to which a machine's time is in its slot, `began` when it entered the slot, `state_since`
    when it entered the state that it tells, `told_s` when it last told one; `run` is the start of the present stop
    where that is a failure of its own, else inf; `worked` is the time processing since the last part left.
    """

    def __init__(self, line: Line, policy: Policy, notes: Iterable[Event] = ()) -> None:
        self.names: tuple[Machine, ...] = tuple(
            (name, number) for name, station in line.stations.items() for number in range(1, station.machines + 1)
        )
        self.row = {name: row for row, name in enumerate(self.names)}
        self._line = line
        self._power = [line.stations[name].power for name, _ in self.names]
        self._policy, self._minor_s = policy, policy.minor_stop
        many = len(self.names)
        self.since, self.began, self.state_since, self.worked = ([0.0] * many for _ in range(4))
        self.known_s, self.run = [inf] * many, [inf] * many
        self.heard_s: list[float | None] = [None] * many
        self.told_s = [-1.0] * many
        self.slot, self.failures, self.repaired, self.minor_stops = [-1] * many, [0] * many, [0] * many, [0] * many
        self.state: list[str | None] = [None] * many
        self.reason: list[str | None] = [None] * many
        self.watts: list[float | None] = [None] * many
        self.broken = [0] * many
        self._calls_minor = [
            frozenset(name for name, failure in line.stations[station].failures.items() if failure.minor)
            for station, _ in self.names
        ]
        self.starts = Starts(line, self.names)
        self._stop: list[list[tuple[int, float, float]]] = [[] for _ in self.names]
        """What the present stop has put into slots before the one it is in: (slot, seconds, joules)."""
        self._before = [(0.0, 0.0)] * many
        """Seconds and joules that a broken machine's slot held when it entered."""
        self.keys: list[tuple[int, str, str | None, bool]] = []
        """By slot: the machine's row, the state and reason that it tells, and whether these were minor stops."""
        self.cells: list[int] = []
        """By slot: the machine's row times the number of states, plus the state as which it counts."""
        self.spent: list[float] = []
        self.joules: list[float] = []
        self.entries: list[int] = []
        """By slot: stretches of it that have ended."""
        self.stood_by: list[float] = []
        """By slot: seconds of it in standby."""
        self.passed_s: list[float] = []
        """By slot: when it would last have been entered but for a note [s]."""
        self._standing: list[int] = []
        self._works: list[bool] = []
        self.rated: list[float] = []
        self._slots: list[dict[tuple[str, str | None, bool], int]] = [{} for _ in self.names]
        self.minor: dict[tuple[int, float], float] = {}
        """When the stops ended that turned out minor, by machine and start; cleared by whoever has seen to them."""
        self.begun: list[Entry] | None = None
        self.ended: list[Spell] | None = None
        """Every stretch that begins, and that has ended, where somebody wants them."""
        self.note(notes)

    def note(self, notes: Iterable[Event], after_s: float = -inf) -> None:
        """Take what people said of stops that lie after a moment [s]."""
        self._notes = Notes(notes, self.names, after_s)
        self._bounds = self._notes.bounds[::-1]
        self.next_bound = self._bounds[-1][0] if self._bounds else inf

    def enter(self, row: int, time: float, state: str, reason: str | None) -> float:
        """A machine tells its state; return the energy that it takes to start, where it does [J].

        A reason that only names whom of the line it waits for is no cause of a loss.
        """
        if reason is not None and repeats_the_line(self._line, self._policy, state, reason):
            reason = None
        if self.starts.stands_by[row]:
            self._advance(row, time)
        warm_up_j = self.starts.enter(row, time, state, reason)
        if state != self.state[row]:
            self.state_since[row] = time
        self.state[row], self.reason[row] = state, reason
        self.heard_s[row] = self.told_s[row] = time
        if self._notes.bounds:
            reason = self._noted(row, time)
        slot = self._slots[row].get((state, reason, False))
        self._go(row, time, self._slot(row, state, reason) if slot is None else slot)
        return warm_up_j

    def power(self, row: int, time: float, watts: float) -> None:
        """A machine tells its electrical power [W]."""
        self._advance(row, time)
        self.starts.draw(row, time, watts)
        self.watts[row], self.heard_s[row] = watts, time

    def part_leaves(self, row: int, time: float) -> None:
        """A part leaves a machine: the next processing is another part's."""
        self._advance(row, time)
        self.worked[row], self.heard_s[row] = 0.0, time

    def pass_bounds(self, time: float) -> None:
        """Let the reasons change that notes change before a moment [s]."""
        while self.next_bound < time:
            at, row = self._bounds.pop()
            self.next_bound = self._bounds[-1][0] if self._bounds else inf
            state = self.state[row]
            if state is not None:
                self._go(row, at, self._slot(row, state, self._noted(row, at)))

    def worked_s(self, row: int, time: float) -> float:
        """Return how long a machine has processed since its last part left, up to a moment [s]."""
        working = self.slot[row] >= 0 and self._works[self.slot[row]]
        return self.worked[row] + (max(0.0, time - self.since[row]) if working else 0.0)

    def open_stops(self, time: float) -> tuple[tuple[int, float, tuple[tuple[int, float, float], ...]], ...]:
        """Return the stops that may yet turn out minor: machine, start, and what they have put into slots."""
        if not self._minor_s:
            return ()
        return tuple(
            (row, start, (*self._stop[row], self._share(row, time)))
            for row, start in enumerate(self.run)
            if start < time
        )

    def is_called_minor(self, slot: int) -> bool:
        """Whether the line file calls the stop minor whose time is in a slot."""
        row, state, reason, _ = self.keys[slot]
        return state in STOPS and reason in self._calls_minor[row]

    def minor_slot(self, slot: int) -> int:
        """Return the slot that takes the time of a slot where a stop was minor."""
        row, state, reason, _ = self.keys[slot]
        return self._slot(row, state, reason, minor=True)

    def _noted(self, row: int, time: float) -> str | None:
        own, state = self.reason[row], self.state[row]
        if state is None or state == "processing":
            return own
        *others, reason = self._notes.reasons(row, time, own)
        for other in others:
            self.passed_s[self._slot(row, state, other)] = time
        return reason

    def _advance(self, row: int, time: float) -> None:
        """Put the time up to now into the machine's slot."""
        lapse, slot = time - self.since[row], self.slot[row]
        if lapse <= 0 or slot < 0:
            return
        watts = self.watts[row]
        self.spent[slot] += lapse
        self.joules[slot] += lapse * (self.rated[slot] if watts is None else watts)
        if self.starts.stands_by[row]:
            self.stood_by[slot] += lapse
        if self._works[slot]:
            self.worked[row] += lapse
        self.since[row] = time

    def _go(self, row: int, time: float, slot: int) -> None:
        old = self.slot[row]
        if slot == old:
            return
        self._advance(row, time)
        standing = self._standing[slot]
        if old < 0:
            self.known_s[row] = time
        else:
            if time > self.began[row]:
                self.entries[old] += 1
            if self._standing[old] == _BROKEN and self._minor_s:
                self._leave_stop(row, time, stays=standing == _BROKEN)
        if self.begun is not None:
            self._tell(row, time, old, slot)
        self.slot[row], self.since[row], self.began[row] = slot, time, time
        if standing == _BROKEN:
            if self._minor_s:
                self._before[row] = self.spent[slot], self.joules[slot]
            if not self.broken[row]:
                self._count_stop(row, _MINOR if self.is_called_minor(slot) else _FAILED, 1)
                self.run[row] = time
        elif self.broken[row] and (standing == _BUSY or self.keys[slot][1] == "maintenance"):
            # A maintenance begins when the repair has ended.
            self.repaired[row] += self.broken[row] == _FAILED
            self.broken[row] = 0

    def _share(self, row: int, time: float) -> tuple[int, float, float]:
        """Return what the present stop has put into its slot up to a moment: slot, seconds, joules."""
        slot, (spent, joules), watts = self.slot[row], self._before[row], self.watts[row]
        lapse = max(0.0, time - self.since[row])
        joules_now = self.joules[slot] + lapse * (self.rated[slot] if watts is None else watts)
        return slot, self.spent[slot] + lapse - spent, joules_now - joules

    def _leave_stop(self, row: int, time: float, *, stays: bool) -> None:
        """Move a stop that ends into the slots of minor stops if it was one."""
        self._stop[row].append(self._share(row, time))
        if stays:
            return
        start, shares = self.run[row], self._stop[row]
        self._stop[row], self.run[row] = [], inf
        if start == inf or time - start >= self._minor_s:
            return
        for slot, seconds, joules in shares:
            minor = self.minor_slot(slot)
            self.spent[slot] -= seconds
            self.spent[minor] += seconds
            self.joules[slot] -= joules
            self.joules[minor] += joules
            if seconds > 0:
                self.entries[slot] -= 1
                self.entries[minor] += 1
        self._count_stop(row, self.broken[row], -1)
        self.broken[row] = 0
        self.minor[row, start] = time

    def _count_stop(self, row: int, kind: int, by: int) -> None:
        self.broken[row] = kind
        if kind == _MINOR:
            self.minor_stops[row] += by
        else:
            self.failures[row] += by

    def _tell(self, row: int, time: float, old: int, slot: int) -> None:
        if old >= 0 and time > self.began[row] and self.ended is not None:
            self.ended.append(Spell(time, self.began[row], *self.keys[old][:3]))
        if self.begun is not None:
            self.begun.append(Entry(time, *self.keys[slot][:3]))

    def _slot(self, row: int, state: str, reason: str | None, *, minor: bool = False) -> int:
        slots = self._slots[row]
        slot = slots.get((state, reason, minor))
        if slot is None:
            if len(slots) >= MOST_REASONS and reason not in (None, OTHER):
                return self._slot(row, state, OTHER, minor=minor)
            slot = self._add((row, state, reason, minor))
        return slot

    def _add(self, key: tuple[int, str, str | None, bool]) -> int:
        row, state, reason, minor = key
        counted = "processing" if minor else self._policy.counted_as(state, reason)
        slot = self._slots[row][state, reason, minor] = len(self.keys)
        self.keys.append(key)
        self.cells.append(row * len(STATES) + STATES.index(counted))
        self._standing.append(_STANDING.get(counted, _BUSY))
        self._works.append(state == "processing")
        self.rated.append(self._power[row].of(counted))
        self.spent.append(0.0)
        self.joules.append(0.0)
        self.entries.append(0)
        self.stood_by.append(0.0)
        self.passed_s.append(0.0)
        return slot

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        kept = {name: list(getattr(self, name)) for name in (*_BY_MACHINE, *_BY_SLOT)}
        kept["known_s"] = [None if time == inf else time for time in self.known_s]
        kept["run"] = [None if time == inf else time for time in self.run]
        return {
            **kept,
            "stop": [list(shares) for shares in self._stop],
            "before": list(self._before),
            "starts": self.starts.data(),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned. Notes are to be given anew."""
        for lists in (self.keys, self.cells, self.spent, self.joules, self.entries, self.stood_by, self.passed_s):
            lists.clear()
        for facts in (self._standing, self._works, self.rated):
            facts.clear()
        for slots in self._slots:
            slots.clear()
        self.minor.clear()
        for row, state, reason, minor in data["keys"]:
            self._add((row, state, reason, minor))
        for name in (*_BY_MACHINE, *_BY_SLOT[1:]):
            setattr(self, name, list(data[name]))
        self.known_s = [inf if time is None else time for time in data["known_s"]]
        self.run = [inf if time is None else time for time in data["run"]]
        self._stop = [[(slot, s, j) for slot, s, j in shares] for shares in data["stop"]]
        self._before = [(spent, joules) for spent, joules in data["before"]]
        self.starts.restore(data["starts"])
