"""The stops of a line one by one, as people speak of them: from when a machine stood until it went on."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from twin.kpi.machine_times import STOPS
from twin.kpi.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twin.events import Event
    from twin.line.line import Line


class MachineStop(NamedTuple):
    """A stop of a machine, or the part of one that has a reason of its own: start and end [s], None while it lasts."""

    station: str
    machine: int
    start_s: float
    end_s: float | None
    reason: str | None


def stops_of(line: Line, events: Iterable[Event], notes: Sequence[Event]) -> list[MachineStop]:
    """Return the stops that events tell of, by start; broken and under repair are one stop.

    Parameters
    ----------
    line
        The line.
    events
        Its events in order; those that are no state of a machine, or of one that the line had before, are passed over.
    notes
        What people have said of stops.
    """
    machines = [(name, number) for name, station in line.stations.items() for number in range(1, station.machines + 1)]
    row = {machine: at for at, machine in enumerate(machines)}
    said = Notes(notes, machines)
    begun: dict[int, tuple[float, str | None]] = {}
    found: list[MachineStop] = []

    def ended(at: int, end_s: float | None) -> None:
        start_s, own = begun.pop(at)
        last_s = inf if end_s is None else end_s
        bounds = [start_s, *(time_s for time_s, row in said.bounds if row == at and start_s < time_s < last_s)]
        parts = [(time_s, said.reason(at, time_s, own)) for time_s in bounds]
        parts = [part for place, part in enumerate(parts) if place == 0 or part[1] != parts[place - 1][1]]
        for place, (from_s, reason) in enumerate(parts):
            until_s = parts[place + 1][0] if place + 1 < len(parts) else end_s
            found.append(MachineStop(*machines[at], from_s, until_s, reason))

    for event in events:
        at = row.get((event.station or "", event.machine or 0))
        if event.kind != "state" or at is None:
            continue
        state, reason = event.fields["state"], event.fields["reason"]
        if state not in STOPS and at in begun:
            ended(at, event.time)
        elif state in STOPS and at not in begun:
            begun[at] = event.time, None if reason is None else str(reason)
    for at in list(begun):
        ended(at, None)
    return sorted(found, key=lambda stop: (stop.start_s, stop.station, stop.machine))
