"""`twin run --until`, with the files that show the start of a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connectors.event_log import read_events
from support.program import twin

if TYPE_CHECKING:
    from pathlib import Path

RUN = ("run", "three_stations", "--engine", "simpy")


@pytest.mark.parametrize("until", ["2 h", "Mon 08:00"])
def test_a_time_counts_from_when_the_line_opens_and_a_moment_is_the_clock_s(until: str) -> None:
    told = json.loads(twin(*RUN, "--until", until, "--json").out)

    assert (told["horizon_s"], told["warmup_s"], told["replications"]) == (8 * 3600.0, 0.0, 1)


def test_shifts_and_replications_may_be_asked_for() -> None:
    told = json.loads(twin(*RUN, "--until", "1 shift", "--replications", "3", "--json").out)

    assert (told["horizon_s"], told["replications"]) == (14 * 3600.0, 3)


def test_the_answer_says_how_long_it_looked() -> None:
    printed = twin(*RUN, "--until", "2 h")

    assert "from an empty line to Mon 08:00:00" in " ".join(printed.out.split())


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--until", "2 h", "--horizon", "3 h"), "--horizon: --until says when to stop; leave one of them out"),
        (("--until", "2 h", "--warmup", "none"), "--warmup: --until looks at the start"),
        (("--until", "2 h", "--resume", "a.npz"), "--resume: --until begins at time 0"),
        (("--until", "Mon 05:00"), '--until: "Mon 05:00" is not after the line first opens, Mon 06:00:00; write 2 h'),
        (("--until", "0 s"), "is not after the line first opens"),
        (("--until", "soon"), "--until: "),
        (("--until", "Mon 25:00"), "--until: "),
        (("--until", "2 h", "--gantt", "a.png"), "--gantt a.png: a name here ends in .svg; write a.svg"),
        (("--until", "2 h", "--trace", "a.txt"), "a name here ends in .csv or .parquet; write a.csv"),
    ],
)
def test_what_does_not_go_with_it_is_refused(more: tuple[str, ...], says: str) -> None:
    printed = twin(*RUN, *more)

    assert printed.code == 2
    assert says in printed.err


def test_both_kinds_of_trace_hold_the_same_events(tmp_path: Path) -> None:
    files = [tmp_path / "trace.csv", tmp_path / "trace.parquet"]
    for file in files:
        assert twin(*RUN, "--until", "10 min", "--trace", str(file)).code == 0

    assert list(read_events(files[0])) == list(read_events(files[1]))


def test_a_picture_is_drawn_of_any_run(tmp_path: Path) -> None:
    file = tmp_path / "look.svg"

    printed = twin(*RUN, "--horizon", "1 h", "--warmup", "7 h", "--replications", "2", "--gantt", str(file))

    assert printed.code == 0
    assert f"who did what when in {file}" in " ".join(printed.out.split()).replace("- ", "-")
    assert file.read_text(encoding="utf-8").startswith("<svg ")
