"""Which events come in time, which late, which too late, and which come from another century."""

from __future__ import annotations

from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

from twin.live.clock import SECOND

if TYPE_CHECKING:
    from twin.events import Event
    from twin.kpi.tally import Tally

LAST_NS = 4_102_444_800 * SECOND
"""The year 2100 [ns UTC]."""

STANDING = ("state", "level", "crew")
"""The kinds that tell how a thing stands, and that hold until it is told anew."""

in_order = attrgetter("time", "source", "boot", "sequence")
"""The key by which events are put in order."""


def sensible(events: list[Event], epoch_ns: int) -> list[Event]:
    """Return the events between 1970 and 2100, of events in order; no calendar is asked about others."""
    first_s, last_s = -epoch_ns / SECOND, (LAST_NS - epoch_ns) / SECOND
    if not events or first_s <= events[0].time <= events[-1].time <= last_s:
        return events
    return [event for event in events if first_s <= event.time <= last_s]


def last_told(tally: Tally, event: Event) -> float | None:
    """Return when the machine, buffer or pool of an event last told how it stands [s].

    None if it never did; inf for an event that tells something else, or of something that the line does not have.
    """
    times, fields = tally.times, event.fields
    if event.kind == "state":
        row = times.row.get((event.station or "", event.machine or 0))
        return inf if row is None else None if times.slot[row] < 0 else times.told_s[row]
    if event.kind == "level":
        row = tally.edge.get(str(fields["buffer"]))
        return inf if row is None else None if tally.level[row] is None else tally.level_since[row]
    if event.kind == "crew":
        row = tally.pool.get(str(fields["skill"]))
        return inf if row is None else None if tally.people_known_s[row] == inf else tally.people_since[row]
    return inf
