"""From events to accounts: what a log says of a line, in the same terms as the simulation counts itself."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache, partial
from math import inf
from operator import itemgetter, le
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from twin.accounts import LEAD_BINS, LEAD_EDGES, Accounts, Floats, Ints
from twin.errors import InputError
from twin.events import STATES
from twin.line.jobs import job_of
from twin.line.route import OUT
from twin.line.work_calendar import scheduled_s

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

    from twin.events import Event
    from twin.line.line import Line
    from twin.line.scenario import Scenario

Key = TypeVar("Key")
Value = TypeVar("Value")

Machine = tuple[str, int]
"""A station and the number of the machine in it."""
People = tuple[int, int, int]
"""Persons present, persons busy, requests waiting."""

_BROKEN = ("down", "waiting_repair")
_AWAY = ("off_shift", "maintenance")
_EDGES: list[float] = LEAD_EDGES.tolist()


def fold(events: Iterable[Event], scenario: Scenario, start_s: float, end_s: float) -> Accounts:
    """Make the accounts of the time from `start_s` up to (not including) `end_s` from a line's events.

    Parameters
    ----------
    events
        The events of one run in order of time, from an empty line on; the first ones say the state of every machine,
        the level of every buffer and the size of every pool. Nothing after `end_s` is read.
    scenario
        The line that ran: names, ideal cycles, power, buffer sizes and shifts come from it.
    start_s, end_s
        The measured time, in seconds since the run's epoch [s].

    Returns
    -------
    Accounts
        The same as an engine's own for that time: counts exactly, times up to the rounding of sums.

    Raises
    ------
    ValueError
        If the measured time does not end after its start.
    InputError
        If the events are of several runs, out of order, do not fit the line, or leave something unsaid that the
        accounts need.
    """
    if not start_s < end_s:
        raise ValueError(f"the measured time must end after its start; got {start_s} s to {end_s} s")
    tally = _Tally(scenario.line, start_s, end_s)
    for event in events:
        if event.time >= end_s:
            break
        tally.take(event)
    return tally.accounts()


class _Spell(Generic[Value]):
    """A quantity that jumps from value to value, and the time that it spent at each inside the measured time [s].

    Its value is None until an event says it.
    """

    __slots__ = ("since", "spent", "value")

    def __init__(self, start_s: float, value: Value | None = None) -> None:
        self.value = value
        self.since = start_s
        self.spent: dict[Value | None, float] = {}

    def jump(self, time_s: float, value: Value | None) -> None:
        """Take a new value; before the measured time no time counts."""
        if time_s > self.since:
            self.spent[self.value] = self.spent.get(self.value, 0.0) + time_s - self.since
            self.since = time_s
        self.value = value

    def integral(self, measure: Callable[[Any], float]) -> float:
        """Return the sum of a measure of each value times the time spent there."""
        return sum(measure(value) * time_s for value, time_s in self.spent.items())


class _Tally:
    """The accounts in the making, while the events go by."""

    def __init__(self, line: Line, start_s: float, end_s: float) -> None:
        self.line, self.start_s, self.end_s = line, start_s, end_s
        self.capacities = dict(_capacities(line))
        self.machines: dict[Machine, _Spell[str]] = {machine: _Spell(start_s) for machine in _machines(line)}
        # A buffer without places holds nothing at any time, whether an event says so or not.
        self.levels: dict[str, _Spell[int]] = {
            name: _Spell(start_s, None if capacity else 0) for name, capacity in self.capacities.items()
        }
        self.crews: dict[str, _Spell[People]] = {skill: _Spell(start_s) for skill in line.operators}
        self.wip: _Spell[int] = _Spell(start_s, 0)
        self.broken: set[Machine] = set()
        self.entered: dict[int, float] = {}
        self.pieces: dict[int, int] = {}
        """Of every part in the line."""
        self.gone: dict[Machine, int] = dict.fromkeys(self.machines, 0)
        """Pieces that have left a machine while the rest of their lot is still on it."""
        self.ideal_s: dict[Machine, float] = dict.fromkeys(self.machines, 0.0)
        self.job = cache(partial(job_of, line))
        # Of an order that was there before the events begin the book knows since when.
        book = () if line.source.orders is None else line.source.orders.book
        self.released = {lot.order: lot.release for lot in book if lot.release < 0}
        self.reworked: set[int] = set()
        self.counts: Counter[Any] = Counter()
        self.lead_sum_s = 0.0
        self.lead_bins = np.zeros(LEAD_BINS, dtype=np.int64)
        self.last: Event | None = None
        self.rules: dict[str, Callable[[Event], None]] = {
            "state": self._state,
            "part": self._part,
            "arrival": self._arrival,
            "level": self._level,
            "crew": self._crew,
            "order": self._order,
        }

    def take(self, event: Event) -> None:
        """Add one event; power follows from the states, notes change no account."""
        last = self.last or event
        if event.run != last.run:
            raise _wrong(event, f"it is of run {event.run} among events of run {last.run}; pass the events of one run")
        if event.time < last.time:
            raise _wrong(event, f"it comes after an event at {last.time} s; sort the events by time")
        self.last = event
        if event.kind in self.rules:
            self.rules[event.kind](event)

    def _count(self, event: Event, *what: Hashable, pieces: int = 1) -> None:
        if event.time >= self.start_s:
            self.counts.update(dict.fromkeys(what, pieces))

    def _state(self, event: Event) -> None:
        machine, fields = _machine(event)
        state = fields["state"]
        _find(self.machines, machine, event).jump(event.time, state)
        # A machine broken at the end of a shift is still broken at the start of the next: one failure, one repair.
        if state in _BROKEN and machine not in self.broken:
            self.broken.add(machine)
            self._count(event, ("failures", machine))
        elif state not in _BROKEN + _AWAY and machine in self.broken:
            self.broken.remove(machine)
            self._count(event, ("repaired", machine))

    def _arrival(self, event: Event) -> None:
        fields: Any = event.fields
        if not fields["accepted"]:
            self._count(event, "turned_away")
            return
        part, pieces = fields["part"], fields["pieces"] or 1
        self._count(event, "arrived", pieces=pieces)
        self.entered[part], self.pieces[part] = event.time, pieces
        self.wip.jump(event.time, (self.wip.value or 0) + pieces)

    def _part(self, event: Event) -> None:
        machine, fields = _machine(event)
        part, outcome, pieces = fields["part"], fields["outcome"], fields["pieces"] or 1
        _find(self.machines, machine, event)
        if outcome == "rework" and fields["pieces"] is not None and part not in self.entered:
            # Part of a lot goes back, as a lot of its own.
            self.entered[part], self.pieces[part] = event.time, pieces
            self.gone[machine] += pieces
        else:
            self._finish(event, machine, fields, pieces)
        self._count(event, ("parts", machine), (outcome, machine), pieces=pieces)
        if outcome == "rework":
            self.reworked.add(part)
        elif fields["to"] == OUT:
            self._count(event, "departed", *([] if part in self.reworked else ["first_pass"]), pieces=pieces)
            if self.line.source.orders is None:
                self._lead(event, event.time - self.entered[part])
        elif outcome == "scrap":
            self._count(event, "scrapped", pieces=pieces)
        if fields["to"] == OUT or outcome == "scrap":
            self.wip.jump(event.time, (self.wip.value or 0) - pieces)
            if self.pieces[part] == 0 or fields["to"] == OUT:
                del self.entered[part], self.pieces[part]
                self.reworked.discard(part)

    def _finish(self, event: Event, machine: Machine, fields: Any, pieces: int) -> None:  # noqa: ANN401
        """Count the ideal time of a cycle when the last of its lot leaves the machine."""
        part = fields["part"]
        _find(self.entered, part, event)
        whole = self.pieces[part]
        if fields["outcome"] == "scrap" and self.gone[machine] + pieces < whole:
            self.gone[machine] += pieces
            return
        self.gone[machine] = 0
        self.pieces[part] = 0 if fields["outcome"] == "scrap" else pieces
        if event.time >= self.start_s:
            self.ideal_s[machine] += self.job(machine[0], fields["product"]).ideal_s(whole)

    def _order(self, event: Event) -> None:
        fields: Any = event.fields
        if fields["change"] == "released":
            self._count(event, "orders_arrived")
            self.released.setdefault(fields["order"], event.time)
        elif fields["change"] == "ended":
            released_s = _find(self.released, fields["order"], event)
            if fields["pieces"] > 0:
                self._count(event, "orders_departed")
                self._lead(event, event.time - released_s)

    def _lead(self, event: Event, lead_s: float) -> None:
        if event.time >= self.start_s:
            self.lead_sum_s += lead_s
            self.lead_bins[bisect_right(_EDGES, lead_s)] += 1

    def _level(self, event: Event) -> None:
        fields: Any = event.fields
        _find(self.levels, fields["buffer"], event).jump(event.time, fields["level"])

    def _crew(self, event: Event) -> None:
        fields: Any = event.fields
        people = fields["present"], fields["busy"], fields["waiting"]
        _find(self.crews, fields["skill"], event).jump(event.time, people)

    def accounts(self) -> Accounts:
        """Close the measured time and return the accounts."""
        self._close()
        stations, counts = self.line.stations, self.counts

        def by_machine(what: str) -> Ints:
            return np.array([counts[what, machine] for machine in self.machines], dtype=np.int64)

        return Accounts(
            span_s=self.end_s - self.start_s,
            scheduled_s=scheduled_s(self.line.shifts, self.start_s, self.end_s),
            stations=tuple(stations),
            machine_station=tuple(list(stations).index(name) for name, _ in self.machines),
            states=np.array([[spell.spent.get(state, 0.0) for state in STATES] for spell in self.machines.values()]),
            parts=by_machine("parts"),
            scrap=by_machine("scrap"),
            rework=by_machine("rework"),
            failures=by_machine("failures"),
            repaired=by_machine("repaired"),
            ideal_s=np.array(list(self.ideal_s.values())),
            power_w=np.array([[stations[name].power.of(state) for state in STATES] for name, _ in self.machines]),
            edges=tuple(self.levels),
            level_s=_integrals(self.levels, float),
            full_s=np.array(
                [spell.integral(partial(le, self.capacities[name] or inf)) for name, spell in self.levels.items()]
            ),
            empty_s=_integrals(self.levels, lambda level: level == 0),
            skills=tuple(self.crews),
            present_s=_integrals(self.crews, itemgetter(0)),
            busy_s=_integrals(self.crews, itemgetter(1)),
            waiting_s=_integrals(self.crews, itemgetter(2)),
            arrived=counts["arrived"],
            turned_away=counts["turned_away"],
            departed=counts["departed"],
            scrapped=counts["scrapped"],
            first_pass=counts["first_pass"],
            orders_arrived=counts["orders_arrived"],
            orders_departed=counts["orders_departed"],
            wip_s=self.wip.integral(float),
            lead_sum_s=self.lead_sum_s,
            lead_bins=self.lead_bins,
        )

    def _close(self) -> None:
        spells: dict[Any, _Spell[Any]] = {**self.machines, **self.levels, **self.crews, "the line": self.wip}
        for name, spell in spells.items():
            spell.jump(self.end_s, spell.value)
            if None in spell.spent:
                what = name if isinstance(name, str) else f"machine {name[1]} of {name[0]}"
                raise InputError(
                    f"the events do not say how {what} stood at {self.start_s} s; begin with all that is there"
                )


def _integrals(spells: Mapping[str, _Spell[Any]], measure: Callable[[Any], float]) -> Floats:
    return np.array([spell.integral(measure) for spell in spells.values()], dtype=np.float64)


def _machines(line: Line) -> Iterator[Machine]:
    for name, station in line.stations.items():
        yield from ((name, number) for number in range(1, station.machines + 1))


def _capacities(line: Line) -> Iterator[tuple[str, float]]:
    """Yield every buffer with its places; the queues of arrivals come last and are never full."""
    yield from ((edge.name, inf if edge.buffer is None else edge.buffer) for edge in line.edges if edge.to != OUT)
    if line.source.kind != "saturated":
        yield from ((f"source->{name}", inf) for name in line.fed)


def _machine(event: Event) -> tuple[Any, Any]:
    return (event.station, event.machine), event.fields


def _find(known: Mapping[Key, Value], key: Key, event: Event) -> Value:
    if key not in known:
        raise _wrong(event, f"{key} is unknown; the log must begin with an empty line and be of the line given")
    return known[key]


def _wrong(event: Event, problem: str) -> InputError:
    return InputError(f"event {event.sequence} of {event.source} at {event.time} s ({event.kind}): {problem}")
