"""The mirror's clock: seconds since one epoch, whatever epoch each event names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from twin.events import Event

SECOND = 1_000_000_000
"""Nanoseconds."""

LEAP_S = 7 * 86_400.0
"""How far an event may be ahead of those before it [s]; the first after a longer rest is not ahead of our own clock."""
AHEAD_S = 86_400.0
"""How far an event may be ahead of our own clock [s]."""


def monday_before(unix_ns: int, zone: tzinfo) -> int:
    """Return the Monday 00:00 local time before a moment [ns UTC]."""
    local = datetime.fromtimestamp(unix_ns / SECOND, zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return round(monday.timestamp()) * SECOND


def epoch_for(event: Event, zone: tzinfo) -> int:
    """Return the epoch of a mirror whose first event this is [ns UTC]: the event's own, else the Monday before it.

    An event without an epoch tells its time in seconds since 1970; one from before its own epoch has none worth taking.
    """
    if event.epoch_ns and event.time >= 0:
        return event.epoch_ns
    return monday_before((event.epoch_ns or 0) + round(event.time * SECOND), zone)


def rebased(event: Event, epoch_ns: int) -> Event:
    """Return an event in seconds since `epoch_ns`; one of that epoch stays as it is, to the bit."""
    if event.epoch_ns == epoch_ns:
        return event
    shift = ((event.epoch_ns or 0) - epoch_ns) / SECOND
    fields = event.fields
    if event.kind == "note":
        fields = fields | {name: float(fields[name] or 0.0) + shift for name in ("start_s", "end_s")}
    return replace(event, time=event.time + shift, epoch_ns=epoch_ns, fields=fields)


def is_ahead(event: Event, now_s: float, wall_ns: int) -> bool:
    """Say whether an event's clock is ahead beyond reason: of the events before it and of our own clock.

    One wrong time stamp would otherwise end every shift up to it. `now_s` is the mirror's time [s], `wall_ns` ours.
    """
    return event.time > now_s + LEAP_S and event.time > (wall_ns - (event.epoch_ns or 0)) / SECOND + AHEAD_S
