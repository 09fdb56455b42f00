"""The times measured where none is asked for: long enough for what the line makes.

Parts that are alike pass a line in a fraction of a shift; orders may take weeks, and a run must be longer than that.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from twin.cli.resolve import SHIFTS, times_of

if TYPE_CHECKING:
    from twin.line.line import Line

SHIFT = "1 shift"
WARMUPS, HORIZONS = 3.0, 10.0
"""Least warm-up and least time measured of a line whose parts differ, in mean lead times at best."""


class DefaultTimes(NamedTuple):
    """The time measured and the warm-up, as they could be written, and why it is these: None where it is by custom."""

    horizon: str
    warmup: str
    why: str | None


def default_times(line: Line) -> DefaultTimes:
    """Choose the time measured and the warm-up of a line.

    Notes
    -----
    Where parts are alike: 20 shifts after one shift. Else at least these, and 10 mean lead times at best after 3,
    rounded up to whole weeks: orders come while the line is closed, so that only weeks are alike. Orders that are all
    in a book need no warm-up, for the book says what is there at the start; measured is until 10 mean lead times after
    the last of them is released.

    Raises
    ------
    InputError
        If no part can leave the line good.
    """
    if line.alike:
        return DefaultTimes(SHIFTS, SHIFT, None)
    from twin.line.lead_time import lead_time_at_best_s
    from twin.line.work_calendar import WEEK
    from twin.units import format_time

    lead = lead_time_at_best_s(line)
    horizon, warmup = times_of(line.shifts, SHIFTS, SHIFT)
    orders = line.source.orders
    why = f"times chosen from the mean lead time at best, {format_time(lead)}"
    if orders is not None and orders.every is None:
        last = max(lot.release for lot in orders.book)
        return DefaultTimes(_weeks(max(horizon, last + HORIZONS * lead) / WEEK), "none", f"{why}, and the book")
    return DefaultTimes(_weeks(max(horizon, HORIZONS * lead) / WEEK), _weeks(max(warmup, WARMUPS * lead) / WEEK), why)


def _weeks(weeks: float) -> str:
    """Write a number of weeks, rounded up."""
    whole = ceil(weeks)
    return f"{whole} week{'s' if whole > 1 else ''}"


def times_for(line: Line, horizon: str | None, warmup: str | None) -> tuple[float, float]:
    """Return the horizon and the warm-up [s]: as `times_of` reads them, else the line's own.

    Raises
    ------
    InputError
        If one is no time, or no part can leave the line good.
    """
    chosen = default_times(line)
    return times_of(line.shifts, horizon or chosen.horizon, warmup or chosen.warmup)


def times_note(line: Line, horizon: str | None, warmup: str | None) -> list[str]:
    """Say from what the times were chosen, in one note; none where both were asked for, or are by custom."""
    why = default_times(line).why
    return [why] if why is not None and None in (horizon, warmup) else []
