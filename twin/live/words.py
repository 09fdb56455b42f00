"""How long something lasted and what a stop was, in the words of a log."""

from __future__ import annotations

SECONDS_PER_MINUTE, SECONDS_PER_HOUR, SECONDS_PER_DAY = 60.0, 3600.0, 86_400.0

STOPPED = {"down": "down", "waiting_repair": "without technician"}
"""The words for a stop behind a station's name; any other state is called by its own name."""


def lasted(seconds: float) -> str:
    """Write how long something lasted: in seconds under 1 min, minutes under 2 h, hours under 2 days, else in days.

    Examples
    --------
    >>> lasted(41.6), lasted(59.7), lasted(750), lasted(7190), lasted(9000), lasted(207_360)
    ('42 s', '1 min', '12 min', '2.0 h', '2.5 h', '2.4 d')
    """
    if round(seconds) < SECONDS_PER_MINUTE:
        return f"{round(seconds)} s"
    if round(minutes := seconds / SECONDS_PER_MINUTE) < 2 * SECONDS_PER_MINUTE:
        return f"{round(minutes)} min"
    if seconds < 2 * SECONDS_PER_DAY:
        return f"{seconds / SECONDS_PER_HOUR:.1f} h"
    return f"{seconds / SECONDS_PER_DAY:.1f} d"


def stop_text(station: str, state: str, duration: str, reason: str | None) -> str:
    """Write what a stop was.

    Examples
    --------
    >>> stop_text("Edge mill", "down", "12 min", "cutter_jam")
    'Edge mill down 12 min: cutter jam'
    >>> stop_text("Edge mill", "waiting_repair", "4 min", None)
    'Edge mill without technician 4 min'
    """
    why = f": {spoken(reason)}" if reason else ""
    return f"{station} {STOPPED.get(state, spoken(state))} {duration}{why}"


def spoken(name: str) -> str:
    """Write a name of a line file as words: cutter_jam as "cutter jam"."""
    return name.replace("_", " ")
