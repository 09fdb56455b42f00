"""What a line did, told by hand: events of any line, by the clock on its wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lines import load
from twin.events import Event
from twin.kpi.history import History
from twin.line.week_clock import read_moment

if TYPE_CHECKING:
    from twin.events import Value


class Told:
    """Events written down in order of time, on the Monday of time 0."""

    def __init__(self, text: str) -> None:
        self.line = load(text).line
        self.events: list[Event] = []

    def add(
        self, clock: str, kind: str, station: str | None = None, machine: int | None = None, **fields: Value
    ) -> None:
        """Write down an event."""
        time = read_moment(f"mon {clock}")
        self.events.append(
            Event("hand", 0, len(self.events), 0, time, self.line.line, station, machine, kind, fields, None)
        )

    def state(self, clock: str, station: str, state: str, reason: str | None = None, machine: int = 1) -> None:
        """Write down that a machine enters a state."""
        self.add(clock, "state", station, machine, state=state, reason=reason)

    def part(self, clock: str, station: str, part: int, to: str, machine: int = 1) -> None:
        """Write down that a part leaves a machine."""
        outcome = "scrap" if to == "scrap" else "good"
        self.add(
            clock, "part", station, machine, part=part, outcome=outcome, cycle_s=1.0, to=to, pieces=None, product=None
        )

    def arrival(self, clock: str, station: str, part: int) -> None:
        """Write down that a part arrives from outside."""
        self.add(clock, "arrival", station, part=part, accepted=True, pieces=None)

    def level(self, clock: str, buffer: str, level: int) -> None:
        """Write down how many a buffer holds."""
        self.add(clock, "level", buffer.partition("->")[2], buffer=buffer, level=level)

    def crew(self, clock: str, skill: str, *people: int) -> None:
        """Write down how many of a pool are present, busy and waited for."""
        present, busy, waiting = people
        self.add(clock, "crew", skill=skill, present=present, busy=busy, waiting=waiting)

    @property
    def history(self) -> History:
        """What they say."""
        return History(self.line, self.events)
