"""What has happened on a line, summed event by event: the one reading of a log, a live plant and a simulation."""

from __future__ import annotations

from collections import Counter
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.kpi.doubts import Doubts
from twin.kpi.machine_times import HOLDING, MachineTimes
from twin.kpi.meter import Meter
from twin.kpi.part_tally import PartTally
from twin.kpi.policy import STANDARD
from twin.kpi.snapshot import Frame, Snapshot, accounts_between, frame_of
from twin.line.buffers import buffers, part_buffers
from twin.line.station import at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from twin.accounts import Accounts
    from twin.events import Event
    from twin.kpi.parts_in_line import PartsInLine
    from twin.kpi.policy import Policy
    from twin.line.line import Line

MOST_KW = 1e8
"""More than the power of all machines of a country [kW]."""

_LISTS = (
    "level", "level_since", "level_known_s", "level_s", "full_s", "empty_s", "people", "people_since", "people_known_s",
    "present_s", "busy_s", "waiting_s",
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
        self.line, self.tolerant = line, tolerant
        self.doubts = Doubts(tolerant=tolerant)
        self.times = MachineTimes(line, policy, notes)
        self.flow = PartTally(line, policy, len(self.times.names), self.doubts)
        self.meter = Meter(len(self.times.names))
        capacities = {name: inf if places is None else places for name, _, places in buffers(line)}
        self._of_parts = {name for name, _, _ in part_buffers(line)}
        self._at_once = {name: at_once(station) for name, station in line.stations.items()}
        self.edges, self.capacity = tuple(capacities), list(capacities.values())
        self.edge = {name: row for row, name in enumerate(self.edges)}
        # A buffer without places holds nothing at any time, whether an event says so or not.
        self.level: list[int | None] = [None if capacity else 0 for capacity in self.capacity]
        self.level_known_s = [inf if capacity else -inf for capacity in self.capacity]
        self.level_since, self.level_s, self.full_s, self.empty_s = ([0.0] * len(self.edges) for _ in range(4))
        self.skills = tuple(line.operators)
        self.pool = {skill: row for row, skill in enumerate(self.skills)}
        self.people: list[tuple[float, float, int]] = [(0, 0, 0) for _ in self.skills]
        """Persons present, persons busy, requests waiting."""
        self.people_known_s = [inf] * len(self.skills)
        self.people_since, self.present_s, self.busy_s, self.waiting_s = ([0.0] * len(self.skills) for _ in range(4))
        self._rules: dict[str, Callable[[Event, float, Any], None]] = {
            "state": self._state, "part": self._part, "arrival": self.flow.arrive, "level": self._level,
            "crew": self._crew, "order": self.flow.change_order, "power": self._power,
        }  # fmt: skip

    @property
    def parts(self) -> PartsInLine:
        """The parts in the line."""
        return self.flow.parts

    @property
    def contradictions(self) -> Counter[str]:
        """How often the events said what cannot be, by what it was."""
        return self.doubts.contradictions

    def take(self, event: Event) -> None:
        """Add one event, no earlier than those before it. Notes are given apart: they change nothing by their time."""
        time = event.time
        if self.times.next_bound < time:
            self.times.pass_bounds(time)
        rule = self._rules.get(event.kind)
        if rule is not None:
            rule(event, time, event.fields)

    def _state(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401 -- an event's fields
        row = self.doubts.find(self.times.row, (event.station, event.machine), event)
        if row is None:
            return
        state = fields["state"]
        if self.tolerant and self.times.slot[row] < 0 and state in HOLDING:
            self.flow.was_there(time, 1, self._at_once[event.station or ""])
        self.meter.take(time, self.times.enter(row, time, state, fields["reason"]))
        if self.times.watts[row] is None:
            self.meter.draw(row, time, self.times.rated[self.times.slot[row]])

    def _power(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self.doubts.find(self.times.row, (event.station, event.machine), event)
        if row is None:
            return
        if self.tolerant and abs(fields["power_kw"]) > MOST_KW:
            self.doubts.odd("a machine drew more power than a country")
            return
        self.times.power(row, time, fields["power_kw"] * 1000.0)
        self.meter.draw(row, time, fields["power_kw"] * 1000.0)

    def _part(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self.doubts.find(self.times.row, (event.station, event.machine), event)
        if row is None:
            return
        if fields["outcome"] == "joined":
            self.flow.join(event, time, fields)
            return
        self.flow.leave(event, row, time, fields)
        self.times.part_leaves(row, time)

    def _level(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        row = self.doubts.find(self.edge, fields["buffer"], event)
        if row is None:
            return
        level, old, capacity = fields["level"], self.level[row], self.capacity[row]
        if self.tolerant:
            if level > capacity:
                self.doubts.odd("a buffer held more than it has places")
            if old is None and fields["buffer"] in self._of_parts:
                self.flow.was_there(time, level, level)
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
        row = self.doubts.find(self.pool, fields["skill"], event)
        if row is None:
            return
        present, busy, waiting = self.people[row]
        lapse = time - self.people_since[row]
        self.present_s[row] += present * lapse
        self.busy_s[row] += busy * lapse
        self.waiting_s[row] += waiting * lapse
        people = fields["present"], fields["busy"], fields["waiting"]
        if self.tolerant and people[0] > self.line.operators[self.skills[row]]:
            self.doubts.odd("more people were present than the crew has posts")
        self.people_known_s[row] = min(self.people_known_s[row], time)
        self.people[row], self.people_since[row] = people, time

    @property
    def frame(self) -> Frame:
        """What all accounts of the line share."""
        return frame_of(self.line, self.times.names, self.edges)

    def snapshot(self, time: float) -> Snapshot:
        """Return the sums at a moment no earlier than the last event [s]."""
        times, flow = self.times, self.flow
        if times.next_bound < time:
            times.pass_bounds(time)
        spent, joules, stood_by = np.array(times.spent), np.array(times.joules), np.array(times.stood_by)
        entries = np.array(times.entries, dtype=np.int64)
        slots = np.array(times.slot, dtype=np.intp)
        known = slots >= 0
        now, lapse = slots[known], time - np.array(times.since)[known]
        rated = np.array(times.rated)[now]
        watts = np.array([np.nan if told is None else told for told in times.watts])[known]
        spent[now] += lapse
        joules[now] += lapse * np.where(np.isnan(watts), rated, watts)
        stood_by[now] += lapse * np.array(times.starts.stands_by)[known]
        entries[now] += np.array(times.began)[known] < time
        level = np.array([held or 0 for held in self.level], dtype=np.float64)
        stood = np.where(np.array(self.level_known_s) < inf, time - np.array(self.level_since), 0.0)
        capacity = np.array(self.capacity)
        buffers = np.array([self.level_s, self.full_s, self.empty_s]).reshape(3, -1)
        buffers += stood * np.array([level, (level >= capacity) & (capacity > 0) & (level > 0), level == 0])
        pools = np.array([self.present_s, self.busy_s, self.waiting_s]).reshape(3, -1)
        pools += (time - np.array(self.people_since)) * np.array(self.people, dtype=np.float64).reshape(-1, 3).T
        peaks, means = self.meter.stairs(time)
        return Snapshot(
            time_s=time,
            spent=spent,
            joules=joules,
            stood_by=stood_by,
            entries=entries,
            slots=slots,
            machines=np.array(
                [
                    *flow.made,
                    times.failures,
                    times.repaired,
                    times.minor_stops,
                    times.starts.maintained,
                    times.starts.warm_ups,
                ],
                dtype=np.int64,
            ),
            ideal_s=np.array(flow.ideal_s),
            buffers=buffers,
            pools=pools,
            counts=np.array(flow.counts, dtype=np.int64),
            wip_s=flow.parts.integral(time),
            lead_sum_s=flow.lead_sum_s,
            lead_bins=flow.lead_bins.copy(),
            peaks=peaks,
            means=means,
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
        return {
            "machines": self.times.data(),
            "flow": self.flow.data(),
            "meter": self.meter.data(),
            **{name: list(getattr(self, name)) for name in _LISTS},
            "level_known_s": _finite(self.level_known_s),
            "people_known_s": _finite(self.people_known_s),
            "contradictions": dict(self.contradictions),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        self.times.restore(data["machines"])
        self.flow.restore(data["flow"])
        self.meter.restore(data["meter"])
        for name in _LISTS:
            setattr(self, name, list(data[name]))
        self.people = [(present, busy, waiting) for present, busy, waiting in data["people"]]
        for name, of in (("level_known_s", self.level), ("people_known_s", self.people)):
            never = [-inf if held == 0 else inf for held in of]
            setattr(self, name, [no if time is None else time for time, no in zip(data[name], never, strict=True)])
        self.doubts.contradictions = Counter(data["contradictions"])


def _finite(times: list[float]) -> list[float | None]:
    return [None if abs(time) == inf else time for time in times]
