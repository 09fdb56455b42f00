"""What has happened on a line, summed event by event: the one reading of a log, a live plant and a simulation."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.accounts import LEAD_BINS, LEAD_EDGES, Accounts
from twin.errors import InputError
from twin.kpi.machine_times import HOLDING, MachineTimes
from twin.kpi.parts_in_line import MOST_REMEMBERED, PartsInLine
from twin.kpi.policy import STANDARD
from twin.kpi.snapshot import COUNTS, Frame, Snapshot, accounts_between, frame_of
from twin.line.carriers import buffers_of
from twin.line.jobs import job_of
from twin.line.lots import MOST_PIECES, mean_of
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from twin.events import Event
    from twin.kpi.policy import Policy
    from twin.line.line import Line

MOST_KW = 1e8
"""More than the power of all machines of a country [kW]."""

_EDGES: list[float] = LEAD_EDGES.tolist()
_PARTS, _SCRAP, _REWORK = range(3)
_PLAIN = ("lead_sum_s", "tells_arrivals")
_LISTS = (
    "ideal_s", "gone", "level", "level_since", "level_known_s", "level_s", "full_s", "empty_s", "people",
    "people_since", "people_known_s", "present_s", "busy_s", "waiting_s", "counts",
)  # fmt: skip


class Tally:
    """Sums of all that a line's events say, since the first of them.

    A strict tally (of a log from an empty line on) refuses what it cannot know. A tolerant one (of a plant that was
    running before, whose messages may be lost) counts it in `contradictions` and uses the rest of the event: pieces
    always count, a part that it has not seen arrive has no lead time.
    """

    def __init__(
        self, line: Line, policy: Policy = STANDARD, *, tolerant: bool = False, notes: Iterable[Event] = ()
    ) -> None:
        self.line, self.tolerant, self._policy = line, tolerant, policy
        self.times = MachineTimes(line, policy, notes)
        machines = len(self.times.names)
        self.made = [[0] * machines for _ in range(3)]
        """Parts, scrap and rework by machine."""
        self.ideal_s = [0.0] * machines
        self.gone = [0] * machines
        """Pieces that have left a machine while the rest of their lot is still on it."""
        capacities = dict(_capacities(line))
        self.edges, self.capacity = tuple(capacities), list(capacities.values())
        self.edge = {name: row for row, name in enumerate(self.edges)}
        # A buffer without places holds nothing at any time, whether an event says so or not.
        self.level: list[int | None] = [None if capacity else 0 for capacity in self.capacity]
        self.level_known_s = [inf if capacity else -inf for capacity in self.capacity]
        self.level_since, self.level_s, self.full_s, self.empty_s = ([0.0] * len(self.edges) for _ in range(4))
        self.skills = tuple(line.operators)
        self.pool = {skill: row for row, skill in enumerate(self.skills)}
        self.people = [(0, 0, 0) for _ in self.skills]
        """Persons present, persons busy, requests waiting."""
        self.people_known_s = [inf] * len(self.skills)
        self.people_since, self.present_s, self.busy_s, self.waiting_s = ([0.0] * len(self.skills) for _ in range(4))
        self.counts = [0] * len(COUNTS)
        self.parts = PartsInLine(bounded=tolerant)
        # Of an order that was there before the events begin the book knows since when.
        book = () if line.source.orders is None else line.source.orders.book
        self.released: dict[str, float] = {lot.order: lot.release for lot in book if lot.release < 0}
        self.lead_sum_s = 0.0
        self.lead_bins = np.zeros(LEAD_BINS, dtype=np.int64)
        self.tells_arrivals = False
        self.contradictions: Counter[str] = Counter()
        self._ideal_of = cache(self._ideal)
        self._rules: dict[str, Callable[[Event, float, Any], None]] = {
            "state": self._state, "part": self._part, "arrival": self._arrival, "level": self._level,
            "crew": self._crew, "order": self._order, "power": self._power,
        }  # fmt: skip

    def take(self, event: Event) -> None:
        """Add one event, no earlier than those before it. Notes are given apart: they change nothing by their time."""
        time = event.time
        if self.times.next_bound < time:
            self.times.pass_bounds(time)
        rule = self._rules.get(event.kind)
        if rule is not None:
            rule(event, time, event.fields)

    def _state(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401 -- an event's fields
        row = self._find(self.times.row, (event.station, event.machine), event)
        if row is None:
            return
        state = fields["state"]
        if self.tolerant and self.times.slot[row] < 0 and state in HOLDING:
            self._was_there(time, 1)
        self.times.enter(row, time, state, fields["reason"])

    def _power(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self._find(self.times.row, (event.station, event.machine), event)
        if row is None:
            return
        if self.tolerant and abs(fields["power_kw"]) > MOST_KW:
            self._odd("a machine drew more power than a country")
            return
        self.times.power(row, time, fields["power_kw"] * 1000.0)

    def _arrival(self, _event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        self.tells_arrivals = True
        if not fields["accepted"]:
            self.counts[1] += 1
            return
        part, pieces = fields["part"], self._pieces(fields)
        if self.tolerant and part in self.parts.entered:
            self._odd("a part arrived that was in the line already")
        self.counts[0] += pieces
        self.parts.remember(part, time, pieces)
        self._change_wip(time, pieces)

    def _part(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self._find(self.times.row, (event.station, event.machine), event)
        if row is None:
            return
        part, outcome, out = fields["part"], fields["outcome"], fields["to"] == OUT
        lot = fields["pieces"]
        pieces = self._pieces(fields)
        knows = self.tells_arrivals or not self.tolerant
        if outcome == "rework" and lot is not None and part not in self.parts.entered and knows:
            # Part of a lot goes back, as a lot of its own.
            self.parts.remember(part, time, pieces)
            self.gone[row] += pieces
        else:
            self._finish(event, row, fields, pieces)
        self.times.part_leaves(row, time)
        self.made[_PARTS][row] += pieces
        if outcome == "rework":
            self.made[_REWORK][row] += pieces
            if knows:
                self.parts.reworked.add(part)
        elif outcome == "scrap":
            self.made[_SCRAP][row] += pieces
        if out and outcome != "rework":
            self._depart(time, part, pieces)
        elif outcome == "scrap":
            self.counts[3] += pieces
        if out or outcome == "scrap":
            self._change_wip(time, -pieces)
            if out or not self.parts.pieces.get(part):
                self.parts.forget(part)

    def _pieces(self, fields: Any) -> int:  # noqa: ANN401
        pieces: int = fields["pieces"] or 1
        if self.tolerant and pieces > MOST_PIECES:
            self._odd("a part was of more pieces than an order can have")
            return 1
        return pieces

    def _depart(self, time: float, part: int, pieces: int) -> None:
        self.counts[2] += pieces
        if part not in self.parts.reworked:
            self.counts[4] += pieces
        entered = self.parts.entered.get(part)
        if self.line.source.orders is None and entered is not None:
            self._lead(time - entered)

    def _finish(self, event: Event, row: int, fields: Any, pieces: int) -> None:  # noqa: ANN401
        """Count the ideal time of a cycle when the last of its lot leaves the machine."""
        part, scrap = fields["part"], fields["outcome"] == "scrap"
        whole = self.parts.pieces.get(part)
        if whole is None:
            self._stranger(event, part, pieces)
        whole = whole or self.gone[row] + pieces
        if scrap and self.gone[row] + pieces < whole:
            self.gone[row] += pieces
            return
        self.gone[row] = 0
        if part in self.parts.pieces:
            self.parts.pieces[part] = 0 if scrap else pieces
        self.ideal_s[row] += self._ideal_of(event.station, fields["product"], whole)

    def _stranger(self, event: Event, part: int, pieces: int) -> None:
        """A part leaves a machine that was never seen to arrive."""
        if not self.tolerant:
            raise unknown(event, part)
        if not self.tells_arrivals:
            return
        if self.parts.unseen > 0:
            self.parts.unseen -= 1
        else:
            self._odd("a part left a machine that never arrived")
        self.parts.remember(part, None, pieces)

    def _order(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        order = fields["order"]
        if fields["change"] == "released":
            self.counts[5] += 1
            self.released.setdefault(order, time)
            if self.tolerant and len(self.released) > MOST_REMEMBERED:
                del self.released[next(iter(self.released))]
        elif fields["change"] == "ended":
            released_s = self._find(self.released, order, event)
            if fields["pieces"] > 0:
                self.counts[6] += 1
                if released_s is not None:
                    self._lead(time - released_s)
            if self.tolerant:
                self.released.pop(order, None)

    def _level(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self._find(self.edge, fields["buffer"], event)
        if row is None:
            return
        level, old, capacity = fields["level"], self.level[row], self.capacity[row]
        if self.tolerant:
            if level > capacity:
                self._odd("a buffer held more than it has places")
            if old is None:
                self._was_there(time, level)
        if old is None:
            self.level_known_s[row] = time
        else:
            lapse = time - self.level_since[row]
            self.level_s[row] += old * lapse
            if old == 0:
                self.empty_s[row] += lapse
            elif old >= capacity > 0:
                self.full_s[row] += lapse
        self.level[row], self.level_since[row] = level, time

    def _crew(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self._find(self.pool, fields["skill"], event)
        if row is None:
            return
        present, busy, waiting = self.people[row]
        lapse = time - self.people_since[row]
        self.present_s[row] += present * lapse
        self.busy_s[row] += busy * lapse
        self.waiting_s[row] += waiting * lapse
        people = fields["present"], fields["busy"], fields["waiting"]
        if self.tolerant and people[0] > self.line.operators[self.skills[row]]:
            self._odd("more people were present than the crew has posts")
        self.people_known_s[row] = min(self.people_known_s[row], time)
        self.people[row], self.people_since[row] = people, time

    def _lead(self, lead_s: float) -> None:
        self.lead_sum_s += lead_s
        self.lead_bins[bisect_right(_EDGES, lead_s)] += 1

    def _change_wip(self, time: float, pieces: int) -> None:
        if self.parts.change(time, pieces) and self.tells_arrivals:
            self._odd("more pieces left the line than were in it")

    def _was_there(self, time: float, parts: int) -> None:
        """Parts are in the line that came before anybody listened."""
        self.parts.unseen += parts
        self._change_wip(time, parts)

    def _odd(self, what: str) -> None:
        self.contradictions[what] += 1

    def _find(self, known: dict[Any, Any], key: object, event: Event) -> Any:  # noqa: ANN401 -- a row, or a time
        found = known.get(key)
        if found is None:
            if not self.tolerant:
                raise unknown(event, key)
            if event.kind != "order":
                self._odd(f"a {event.kind} event was of something that the line does not have")
        return found

    def _ideal(self, station: str, product: str | None, pieces: int) -> float:
        """Return the ideal time of a cycle on so many pieces [s]."""
        job = job_of(self.line, station, product)
        if pieces > 1 and self.line.move == "piece":
            # Several pieces told as one: the machine made them one after the other.
            return pieces * self._ideal_of(station, product, 1)
        return mean_of(job.cycle, pieces) if self._policy.ideal == "mean_cycle" else job.ideal_s(pieces)

    @property
    def frame(self) -> Frame:
        """What all accounts of the line share."""
        return frame_of(self.line, self.times.names, self.edges)

    def snapshot(self, time: float) -> Snapshot:
        """Return the sums at a moment no earlier than the last event [s]."""
        times = self.times
        if times.next_bound < time:
            times.pass_bounds(time)
        spent, joules, entries = np.array(times.spent), np.array(times.joules), np.array(times.entries, dtype=np.int64)
        slots = np.array(times.slot, dtype=np.intp)
        known = slots >= 0
        now, lapse = slots[known], time - np.array(times.since)[known]
        rated = np.array(times.rated)[now]
        watts = np.array([np.nan if told is None else told for told in times.watts])[known]
        spent[now] += lapse
        joules[now] += lapse * np.where(np.isnan(watts), rated, watts)
        entries[now] += np.array(times.began)[known] < time
        level = np.array([held or 0 for held in self.level], dtype=np.float64)
        stood = np.where(np.array(self.level_known_s) < inf, time - np.array(self.level_since), 0.0)
        capacity = np.array(self.capacity)
        buffers = np.array([self.level_s, self.full_s, self.empty_s]).reshape(3, -1)
        buffers += stood * np.array([level, (level >= capacity) & (capacity > 0) & (level > 0), level == 0])
        pools = np.array([self.present_s, self.busy_s, self.waiting_s]).reshape(3, -1)
        pools += (time - np.array(self.people_since)) * np.array(self.people, dtype=np.float64).reshape(-1, 3).T
        return Snapshot(
            time_s=time,
            spent=spent,
            joules=joules,
            entries=entries,
            slots=slots,
            machines=np.array([*self.made, times.failures, times.repaired], dtype=np.int64),
            ideal_s=np.array(self.ideal_s),
            buffers=buffers,
            pools=pools,
            counts=np.array(self.counts, dtype=np.int64),
            wip_s=self.parts.integral(time),
            lead_sum_s=self.lead_sum_s,
            lead_bins=self.lead_bins.copy(),
            open_stops=times.open_stops(time),
        )

    def accounts(self, earlier: Snapshot, later: Snapshot, scheduled_s: float, frame: Frame | None = None) -> Accounts:
        """Return the accounts of the time between two snapshots; `scheduled_s` is its part inside the shifts [s]."""
        return accounts_between(earlier, later, frame or self.frame, self.times, scheduled_s)

    def unsaid(self, start_s: float) -> str | None:
        """Name a machine, buffer or pool of which no event says how it stood at a moment [s]; None if there is none."""
        named = [
            *zip((f"machine {number} of {name}" for name, number in self.times.names), self.times.known_s, strict=True),
            *zip(self.edges, self.level_known_s, strict=True),
            *zip(self.skills, self.people_known_s, strict=True),
        ]
        return next((name for name, known_s in named if known_s > start_s), None)

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        bins = np.flatnonzero(self.lead_bins)
        return {
            "machines": self.times.data(),
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: list(getattr(self, name)) for name in _LISTS},
            "level_known_s": _finite(self.level_known_s),
            "people_known_s": _finite(self.people_known_s),
            "made": [list(row) for row in self.made],
            "parts": self.parts.data(),
            "released": dict(self.released),
            "lead_bins": [bins.tolist(), self.lead_bins[bins].tolist()],
            "contradictions": dict(self.contradictions),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        self.times.restore(data["machines"])
        for name in _PLAIN:
            setattr(self, name, data[name])
        for name in _LISTS:
            setattr(self, name, list(data[name]))
        self.people = [(present, busy, waiting) for present, busy, waiting in data["people"]]
        for name, of in (("level_known_s", self.level), ("people_known_s", self.people)):
            never = [-inf if held == 0 else inf for held in of]
            setattr(self, name, [no if time is None else time for time, no in zip(data[name], never, strict=True)])
        self.made = [list(row) for row in data["made"]]
        self.parts.restore(data["parts"])
        self.released = dict(data["released"])
        bins, counts = data["lead_bins"]
        self.lead_bins[:] = 0
        self.lead_bins[bins] = counts
        self.contradictions = Counter(data["contradictions"])


def _finite(times: list[float]) -> list[float | None]:
    return [None if abs(time) == inf else time for time in times]


def _capacities(line: Line) -> Iterator[tuple[str, float]]:
    """Yield every buffer with its places; queues of arrivals and carriers come last and are never full."""
    yield from ((edge.name, inf if edge.buffer is None else edge.buffer) for edge in line.edges if edge.to != OUT)
    if line.source.kind != "saturated":
        yield from ((f"source->{name}", inf) for name in line.fed)
    yield from ((name, inf) for name in buffers_of(line.carriers, line.stations))


def unknown(event: Event, what: object) -> InputError:
    """Return the error of a strict reading about something that it has not heard of."""
    return wrong(event, f"{what} is unknown; the log must begin with an empty line and be of the line given")


def wrong(event: Event, problem: str) -> InputError:
    """Return an error about an event."""
    return InputError(f"event {event.sequence} of {event.source} at {event.time} s ({event.kind}): {problem}")
