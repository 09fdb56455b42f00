"""How long a line is simulated where nobody says."""

from __future__ import annotations

from typing import Any

import pytest

import lines
from support.program import twin
from twin.cli.default_times import default_times, times_for, times_note
from twin.line.line import Line
from twin.line.load import load_line

WEEK, DAY = 7 * 86400.0, 86400.0
FIVE_DAYS = {"pattern": "3x8", "days": "mon-fri"}


def shop(delay: str, **orders: Any) -> Line:  # noqa: ANN401 -- any part of a line file
    return Line.model_validate(
        {
            "line": "x",
            "move": "order",
            "shifts": FIVE_DAYS,
            "source": {"orders": {"every": "1 d"} | orders},
            "stations": {"a": {"cycle": "0 s"}, "b": {"cycle": "0 s"}},
            "route": [{"from": "a", "to": "b", "delay": delay}, {"from": "b", "to": "out"}],
        }
    )


@pytest.mark.parametrize("name", ["ceiling_tiles", "three_stations"])
def test_parts_that_are_alike_keep_to_shifts(name: str) -> None:
    line = load_line(lines.path(name))

    assert default_times(line) == ("20 shifts", "1 shift", None)
    assert times_note(line, None, None) == []


@pytest.mark.parametrize(
    ("delay", "horizon", "warmup"),
    # 20 shifts of 8 h, 15 a week, end in the second week.
    [("1 h", 2, 1), ("3 d", 5, 2), ("30 d", 43, 13)],
)
def test_orders_ask_for_whole_weeks_ten_lead_times_after_three(delay: str, horizon: int, warmup: int) -> None:
    assert times_for(shop(delay), None, None) == (horizon * WEEK, warmup * WEEK)


def test_what_is_asked_for_stands_and_the_rest_is_chosen() -> None:
    assert times_for(shop("30 d"), "2 weeks", None) == (2 * WEEK, 13 * WEEK)
    assert times_for(shop("30 d"), None, "none") == (43 * WEEK, 0.0)
    assert times_note(shop("30 d"), None, "none") == ["times chosen from the mean lead time at best, 30 d"]
    assert times_note(shop("30 d"), "2 weeks", "none") == []


def test_orders_that_are_all_in_a_book_need_no_warmup_and_are_followed_to_the_last() -> None:
    booked = shop("1 d", every=None, book=[{"order": "A", "release": "20 d", "pieces": "1"}])

    assert times_for(booked, None, None) == (5 * WEEK, 0.0)
    assert times_note(booked, None, None) == ["times chosen from the mean lead time at best, 1 d, and the book"]


def test_a_run_says_what_was_chosen_and_why() -> None:
    said = " ".join(twin("run", "bracket_shop", "--engine", "simpy", "--replications", "1").out.split())

    assert "One run of 2 weeks, warm-up one week, seed 1" in said
    assert "times chosen from the mean lead time at best, 3.28 h" in said


def test_the_help_says_how_they_are_chosen() -> None:
    for command in ("run", "compare"):
        said = " ".join(twin(command, "--help").out.replace("│", " ").split())
        assert "at least 10 mean lead times at best" in said
