"""`twin plant` before it publishes: when it begins and ends, and what is wrong with how it was asked."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from support.program import twin
from twin.cli.plant import span_of
from twin.line.work_calendar import Shifts
from twin.live.clock import SECOND
from twin.live.shift_calendar import ShiftCalendar

HOUR = 3600.0
DAY = 24 * HOUR
ZONE = ZoneInfo("Europe/Paris")
CALENDAR = ShiftCalendar(Shifts(pattern="2x8", days="mon-fri"), "Europe/Paris")


def ns(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * SECOND


NOW, MONDAY = ns("2026-11-24T10:30"), ns("2026-11-23T00:00")


@pytest.mark.parametrize(
    ("start", "length", "paced", "begins", "ends"),
    [
        (None, None, True, DAY + 10.5 * HOUR, math.inf),
        (None, "2 h", True, DAY + 10.5 * HOUR, DAY + 12.5 * HOUR),
        (None, None, False, 0.0, DAY + 6 * HOUR),  # Monday empty, to the end of its production day
        (None, "8 h", False, 0.0, 14 * HOUR),  # of the first shift on
        ("mon 06:00", None, False, 6 * HOUR, DAY + 6 * HOUR),
        ("wed 14:00", "30 min", False, 2 * DAY + 14 * HOUR, 2 * DAY + 14.5 * HOUR),
        ("2026-11-25T14:00", "30 min", True, 2 * DAY + 14 * HOUR, 2 * DAY + 14.5 * HOUR),
        ("2026-11-25T13:00+00:00", "30 min", True, 2 * DAY + 14 * HOUR, 2 * DAY + 14.5 * HOUR),
    ],
)
def test_a_plant_begins_and_ends_when_it_is_asked_to(
    *, start: str | None, length: str | None, paced: bool, begins: float, ends: float
) -> None:
    assert span_of(start, length, CALENDAR, NOW, paced=paced) == (MONDAY, begins, ends)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--start", "noon"), '--start: "noon" is no time'),
        (("--start", "mon 25:00"), "is no time"),
        (("--start", "1900-01-01"), "is no time"),
        (("--for", "long"), "--for:"),
        (("--for", "0 h"), "is no time to run"),
        (("--speed", "fast"), '--speed: "fast" is no speed'),
        (("--speed", "-1"), "is no speed"),
        (("--speed", "nan"), "is no speed"),
        (("--late", "lots"), "--late:"),
        (("--doubled", "150 %"), "--doubled:"),
        (("--mqtt", "http://localhost"), "is no address of mqtt or mqtts"),
        (("--mqtt", "mqtt://u:p@localhost"), "holds no password"),
        (("--mqtt-version", "4"), "there is no such version"),
        (("--topic", "a/#"), "--topic:"),
        (("--site", "frence"), "did you mean france"),
        (("--options", "cels"), "cels"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    answer = twin("plant", "bracket_shop", *arguments)

    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err
