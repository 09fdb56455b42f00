"""`--until`: a short look at how a line starts, from time 0 on, without a warm-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from twin.line.line import Line

BESIDE = {
    "horizon": "--until says when to stop",
    "warmup": "--until looks at the start, and so warms up nothing",
    "resume": "--until begins at time 0",
}
"""What --until leaves no room for, and why."""


def until_s(line: Line, written: str, given: Collection[str]) -> float:
    """Return when to stop [s since Monday 00:00].

    Parameters
    ----------
    line
        The line.
    written
        A time from when the line first opens ("2 h", "1 shift"), or a moment of the clock ("Mon 08:00").
    given
        The options given besides.

    Raises
    ------
    InputError
        If it is no time, stops before the line has opened, or stands beside an option that says otherwise.
    """
    from twin.cli.resolve import time_of
    from twin.line.week_clock import clock, read_moment
    from twin.line.work_calendar import DAYS, WEEK, timetable

    problems = [f"--{name}: {why}; leave one of them out" for name, why in BESIDE.items() if name in given]
    if problems:
        raise InputError(*problems)
    times = timetable(line.shifts)
    opens_s = float(times.first[0].start if times.first else times.weeks * WEEK + times.weekly[0].start)
    text = written.strip().lower()
    if text.startswith((*DAYS, "week ")):
        try:
            end_s = read_moment(written, line.shifts.first_day)
        except InputError as error:
            raise InputError(*(f"--until: {problem}" for problem in error.problems)) from None
    else:
        end_s = opens_s + time_of(line.shifts, "--until", written, opens_s, problems)
    if problems:
        raise InputError(*problems)
    if end_s <= opens_s:
        raise InputError(
            f'--until: "{written}" is not after the line first opens, {clock(opens_s)}; write 2 h, 1 shift or '
            f'"{clock(opens_s + 7200)[:-3]}"'
        )
    return end_s
