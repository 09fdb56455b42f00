"""From events to accounts: what a log says of a line, in the same terms as the simulation counts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.errors import InputError
from twin.kpi.doubts import wrong
from twin.kpi.tally import Tally
from twin.line.work_calendar import scheduled_s

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.accounts import Accounts
    from twin.events import Event
    from twin.kpi.snapshot import Snapshot
    from twin.line.scenario import Scenario


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
    tally = Tally(scenario.line)
    earlier: Snapshot | None = None
    last: Event | None = None
    for event in events:
        if event.time >= end_s:
            break
        _check_order(event, last or event)
        if earlier is None and event.time >= start_s:
            earlier = tally.snapshot(start_s)
        tally.take(event)
        last = event
    unsaid = tally.unsaid(start_s)
    if unsaid is not None:
        raise InputError(f"the events do not say how {unsaid} stood at {start_s} s; begin with all that is there")
    earlier = tally.snapshot(start_s) if earlier is None else earlier
    return tally.accounts(earlier, tally.snapshot(end_s), scheduled_s(scenario.line.shifts, start_s, end_s))


def _check_order(event: Event, last: Event) -> None:
    if event.run != last.run:
        raise wrong(event, f"it is of run {event.run} among events of run {last.run}; pass the events of one run")
    if event.time < last.time:
        raise wrong(event, f"it comes after an event at {last.time} s; sort the events by time")
