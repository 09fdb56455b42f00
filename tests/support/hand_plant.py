"""Events of a small line told by hand, by the clock on its wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.mirrored import EPOCH_NS, HOUR
from twin.events import Event
from twin.line.load import load_line_text
from twin.line.scenario import scenario

if TYPE_CHECKING:
    from twin.events import Value

LINE = scenario(
    load_line_text("""
line: hand
shifts: {pattern: 3x8, days: mon-fri}
operators: {operator: 2}
stations:
  press: {machines: 2, cycle: 10 s, ideal_cycle: 8 s, power: {processing: 18 kW, idle: 4 kW, down: 1 kW}}
  weld: {cycle: 10 s}
route:
  - {from: press, to: weld, buffer: 3}
  - {from: weld, to: out}
""")
)


def at(clock: str, day: int = 0) -> float:
    """Return a time of day [s since the epoch, a Monday]: "06:30" or "06:30:15"."""
    hours, minutes, *seconds = (float(part) for part in clock.split(":"))
    return day * 24 * HOUR + hours * HOUR + minutes * 60 + sum(seconds)


class Plant:
    """Events written down one by one; every machine starves from 05:00 on."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        for machine in (1, 2):
            self.state("05:00", "press", "starved", machine)
        self.state("05:00", "weld", "starved")
        self.add("05:00", "level", "weld", buffer="press->weld", level=0)
        self.add("05:00", "crew", skill="operator", present=2, busy=0, waiting=0)
        self.power("05:00", "weld", 0.0)

    def add(
        self, clock: str | float, kind: str, station: str | None = None, machine: int | None = None, **fields: Value
    ) -> Event:
        """Write down an event."""
        time = at(clock) if isinstance(clock, str) else clock
        event = Event("hand", 0, len(self.events), 0, time, "hand", station, machine, kind, fields, EPOCH_NS)
        self.events.append(event)
        return event

    def state(self, clock: str | float, station: str, state: str, machine: int = 1, reason: str | None = None) -> Event:
        """Write down that a machine enters a state."""
        return self.add(clock, "state", station, machine, state=state, reason=reason)

    def power(self, clock: str | float, station: str, power_kw: float, machine: int = 1) -> Event:
        """Write down that a machine's power changed."""
        return self.add(clock, "power", station, machine, power_kw=power_kw)

    def part(self, clock: str | float, station: str, part: int, to: str, outcome: str = "good") -> Event:
        """Write down that a part leaves a machine."""
        return self.add(
            clock, "part", station, 1, part=part, outcome=outcome, cycle_s=10.0, to=to, pieces=None, product=None
        )

    def note(
        self, clock: str, span: str, reason: str | None, station: str | None = None, machine: int | None = None
    ) -> Event:
        """Write down what a person says that a time was, such as "06:30-07:00"."""
        start, _, end = span.partition("-")
        return self.add(
            clock, "note", station, machine, author="shift leader", text="as seen", start_s=at(start), end_s=at(end),
            reason=reason,
        )  # fmt: skip
