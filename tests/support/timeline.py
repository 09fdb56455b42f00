"""What a trace says of one machine, one buffer or one pool, so that it can be set beside a timeline worked by hand.

What begins and ends in the same instant is left out: of several values at one time the last counts, and a value that
does not differ from the one before is no change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from twin.engine.results import Run
    from twin.events import Event

    Follow = Callable[..., Run]
    """A function of (scenario, until) that runs a line and keeps its trace."""

Change = tuple[float, Any]


def trace(run: Run) -> list[Event]:
    """Return the events of a run that was traced."""
    assert run.events is not None
    return list(run.events)


def states(run: Run, station: str, machine: int = 1) -> list[Change]:
    """Return when the machine entered which state."""
    return _changes((event.time, event.fields["state"]) for event in _of_machine(run, station, machine))


def reasons(run: Run, station: str, machine: int = 1) -> list[Change]:
    """Return when the machine's stop took which failure as its reason; None where it stands for no failure."""
    return _changes((event.time, event.fields["reason"]) for event in _of_machine(run, station, machine))


def levels(run: Run, buffer: str) -> list[Change]:
    """Return when the buffer reached which level."""
    own = (e for e in trace(run) if e.kind == "level" and e.fields["buffer"] == buffer)
    return _changes((event.time, event.fields["level"]) for event in own)


def crew(run: Run, skill: str) -> list[Change]:
    """Return when the pool had how many (present, busy, waiting requests)."""
    own = (e for e in trace(run) if e.kind == "crew" and e.fields["skill"] == skill)
    return _changes((e.time, (e.fields["present"], e.fields["busy"], e.fields["waiting"])) for e in own)


def parts(run: Run, station: str, machine: int | None = None) -> list[tuple[float, Any, Any]]:
    """Return when parts left the station (or one machine of it), how they turned out and where to."""
    own = (e for e in trace(run) if e.kind == "part" and e.station == station and machine in (None, e.machine))
    return [(event.time, event.fields["outcome"], event.fields["to"]) for event in own]


def left(run: Run, station: str) -> list[tuple[float, Any, Any]]:
    """Return when which parts left the station, and how they turned out; a part that was joined there did not."""
    own = (e for e in trace(run) if e.kind == "part" and e.station == station and e.fields["outcome"] != "joined")
    return [(event.time, event.fields["part"], event.fields["outcome"]) for event in own]


def joined(run: Run) -> list[tuple[float, Any, Any]]:
    """Return when which part was joined to which."""
    own = (e for e in trace(run) if e.kind == "part" and e.fields["outcome"] == "joined")
    return [(event.time, event.fields["part"], event.fields["parent"]) for event in own]


def arrived(run: Run) -> list[tuple[float, Any, Any]]:
    """Return when which part came, and from which it was cut; None of one from outside."""
    own = (e for e in trace(run) if e.kind == "arrival")
    return [(event.time, event.fields["part"], event.fields["parent"]) for event in own]


def arrivals(run: Run, station: str) -> list[tuple[float, Any]]:
    """Return when parts came to the station from outside, and whether they were let in."""
    return [(e.time, e.fields["accepted"]) for e in trace(run) if e.kind == "arrival" and e.station == station]


def orders(run: Run) -> list[tuple[float, Any, Any, Any]]:
    """Return when which order was released, or ended, with how many pieces."""
    own = (e for e in trace(run) if e.kind == "order")
    return [(e.time, e.fields["order"], e.fields["change"], e.fields["pieces"]) for e in own]


def _of_machine(run: Run, station: str, machine: int) -> Iterator[Event]:
    return (e for e in trace(run) if e.kind == "state" and (e.station, e.machine) == (station, machine))


def _changes(values: Iterable[Change]) -> list[Change]:
    last_at_each_time = list(dict(values).items())
    return [
        (time, value)
        for place, (time, value) in enumerate(last_at_each_time)
        if place == 0 or value != last_at_each_time[place - 1][1]
    ]
