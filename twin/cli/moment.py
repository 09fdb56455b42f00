"""Moments as people write them on the command line."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from twin.errors import InputError

if TYPE_CHECKING:
    from datetime import tzinfo

LATEST_NS = 2**62
"""The year 2116: what comes after has no place in 64 bits of nanoseconds for long [ns UTC]."""


def moment(written: str, zone: tzinfo, now_ns: int) -> int:
    """Return the moment that a text names [ns UTC]: "now", "mon 06:00" of this week, or an ISO date with its time.

    Parameters
    ----------
    written
        The text.
    zone
        Whose clock it is read by, unless it names its own.
    now_ns
        The time now [ns UTC].

    Raises
    ------
    InputError
        If it names none.
    """
    from twin.line.work_calendar import DAY, DAYS, HOUR
    from twin.live.clock import SECOND, monday_before

    text = written.strip()
    if text.lower() == "now":
        return now_ns
    weekday = re.fullmatch(rf"({'|'.join(DAYS)})\s+(\d\d?):([0-5]\d)", text.lower())
    if weekday is not None and int(weekday[2]) * HOUR < DAY:
        into_week_s = DAYS.index(weekday[1]) * DAY + int(weekday[2]) * HOUR + int(weekday[3]) * 60
        return monday_before(now_ns, zone) + into_week_s * SECOND
    try:
        read = datetime.fromisoformat(text)
        found_ns = round((read if read.tzinfo else read.replace(tzinfo=zone)).timestamp()) * SECOND
    except (ValueError, OverflowError):
        found_ns = -1
    if not 0 <= found_ns < LATEST_NS:
        raise InputError(f'--start: "{written}" is no time; write now, "mon 06:00" or 2026-11-24T06:00')
    return found_ns
