"""Which events come in time, which late, which too late, and which come from another century."""

from __future__ import annotations

from dataclasses import replace
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


class Lateness:
    """Sees to events that come after the time that they tell of is closed.

    Parameters
    ----------
    tally
        What is known of the line by now.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.too_late = 0
        self.late_from: float | None = None

    def in_time(self, events: list[Event], edge_s: float) -> list[Event]:
        """Return events in order of which none lies before a moment [s].

        How a thing stood before it, where nothing has overtaken that, is taken to begin at that moment. Anything else
        from before it is counted as too late and left out.
        """
        if not events or events[0].time >= edge_s:
            return events
        kept = [event for event in (self._moved(event, edge_s) for event in events) if event is not None]
        return sorted(kept, key=in_order)

    def _moved(self, event: Event, edge_s: float) -> Event | None:
        if event.time >= edge_s:
            return event
        last_s = last_told(self._tally, event)
        # A mirror that joins hears late how things have stood all the time: that is no late event.
        self.too_late += last_s is not None
        if last_s is None or last_s < event.time:
            return replace(event, time=edge_s)
        self.late_from = event.time if self.late_from is None else min(self.late_from, event.time)
        return None


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


def is_live(tally: Tally, event: Event) -> bool:
    """Say whether an event shows the plant as it runs, not only how it stood when the mirror joined."""
    return event.kind not in STANDING or last_told(tally, event) is not None
