"""The clock of a run: its moments as the clock of a plant tells them, Mon 08:12:31, and as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from twin.errors import InputError
from twin.line.work_calendar import DAY, DAYS, HOUR, WEEK
from twin.units import parse, quoted

MINUTE = 60
FORMS = 'write "Mon 08:15", 29700 s or "1 d 8 h"'

_OF_WEEK = re.compile(
    rf"(?:week\s+(?P<before>\d{{1,4}})\s+)?(?P<day>{'|'.join(DAYS)})\w*\s+(?P<hour>\d\d?):(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d(?:\.\d+)?))?(?:\s+(?:of\s+)?week\s+(?P<after>\d{1,4}))?"
)
_QUANTITY = re.compile(r"[\d.,_]+(?:[eE][+-]?\d+)?\s*[a-zA-Zµ]+")


def clock(time_s: float, after_s: float | None = None, *, seconds: bool = True) -> str:
    """Return a moment [s since the Monday 00:00 of time 0]; from the second week on with the week's number.

    `after_s` is a moment told just before: where it is of the same day, the time of day will do. Without `seconds` it
    is told to the minute.

    Examples
    --------
    >>> clock(29551.4), clock(29551.4, 29000.0), clock(7 * 86400 + 60.0), clock(29551.4, seconds=False)
    ('Mon 08:12:31', '08:12:31', 'Mon 00:01:00 of week 2', 'Mon 08:12')
    """
    whole = round(time_s)
    week, within = divmod(whole, WEEK)
    day, of = divmod(within, DAY)
    of_day = f"{of // HOUR:02}:{of % HOUR // MINUTE:02}" + f":{of % MINUTE:02}" * seconds
    if after_s is not None and whole // DAY == round(after_s) // DAY:
        return of_day
    of_week = f"{DAYS[day].capitalize()} {of_day}"
    return of_week if week == 0 else f"{of_week} of week {week + 1}"


def lasted(seconds: float) -> str:
    """Return how long something lasted, in the two largest units; under a minute in three digits.

    Examples
    --------
    >>> lasted(12.345), lasted(391.0), lasted(7500.0), lasted(3 * 86400 + 7200.0), lasted(59.96)
    ('12.3 s', '6 min 31 s', '2 h 5 min', '3 d 2 h', '1 min')
    """
    if float(f"{seconds:.3g}") < MINUTE:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    large, small = next(
        (large, small) for large, small in (("d", "h"), ("h", "min"), ("min", "s")) if whole >= _SECONDS[large]
    )
    many, rest = divmod(whole, _SECONDS[large])
    more = rest // _SECONDS[small]
    return f"{many} {large} {more} {small}" if more else f"{many} {large}"


_SECONDS = {"d": DAY, "h": HOUR, "min": MINUTE, "s": 1}


def read_moment(written: str, first_day: date | None = None) -> float:
    """Return a moment that somebody wrote [s since the Monday 00:00 of time 0].

    Parameters
    ----------
    written
        A time since then ("29700 s", "1 d 8 h"), a time of the week ("Mon 08:15", "Mon 08:15 of week 2"), or a date
        ("2026-01-05 08:15").
    first_day
        The Monday of time 0, by which a date is read.

    Raises
    ------
    InputError
        If it names no moment.

    Examples
    --------
    >>> read_moment("Mon 08:15"), read_moment("1 d 8 h"), read_moment("week 2 tue 00:00:30")
    (29700.0, 115200.0, 691230.0)
    >>> read_moment("2026-01-06T00:10", date(2026, 1, 5))
    87000.0
    """
    text = written.strip()
    of_week = _OF_WEEK.fullmatch(text.lower())
    if of_week is not None:
        return _of_week(of_week, written)
    if re.match(r"\d{4}-\d\d", text):
        return _of_date(text, first_day)
    amounts = _QUANTITY.findall(text)
    if not amounts or _QUANTITY.sub("", text).strip():
        raise InputError(f"{quoted(written)} is no moment; {FORMS}")
    try:
        return sum(parse(amount) for amount in amounts)
    except InputError as error:
        raise InputError(f"{error}, or {FORMS.removeprefix('write ')}") from None


def _of_week(found: re.Match[str], written: str) -> float:
    hour, week = int(found["hour"]), int(found["before"] or found["after"] or 1)
    if hour * HOUR >= DAY or week < 1 or (found["before"] and found["after"]):
        raise InputError(f"{quoted(written)} is no moment of a week; {FORMS}")
    days = (week - 1) * 7 + DAYS.index(found["day"])
    return days * DAY + hour * HOUR + int(found["minute"]) * MINUTE + float(found["second"] or 0)


def _of_date(text: str, first_day: date | None) -> float:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{quoted(text)} is no date; write 2026-01-05 08:15") from None
    if read.tzinfo is not None:
        raise InputError(f"{quoted(text)} names a time zone, and a run has none; write 2026-01-05 08:15")
    if first_day is None:
        raise InputError(
            f"{quoted(text)} is a date, and the line has none for its first Monday (first_day of its shifts); {FORMS}"
        )
    since = (read - datetime.combine(first_day, datetime.min.time())) / timedelta(seconds=1)
    if since < 0:
        raise InputError(f"{quoted(text)} lies before the first day, {first_day}; {FORMS}")
    return since
