from __future__ import annotations

import re
import shutil
import sys
import time
from typing import TYPE_CHECKING

import pytest

from support.transcripts import run_twin
from twin.cli.demo import typed
from twin.engine.compile_once import compile_once

if TYPE_CHECKING:
    from pathlib import Path

CHAPTERS = (
    "A shift of a plant, mirrored live",
    "What it is",
    "How it runs",
    "How far automation offsets what labour costs",
    "A real machine shop, known by its production log",
    "How far to trust it",
    "How far automation offsets what labour costs there",
    "Next",
)
TICK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d  ")
BESIDE = re.compile(r"(good parts|OEE of \w+) +[\d,.]+")
"""A row of what the plant counted beside what its twin saw."""
TWO_MINUTES = 120.0


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the demo prints after installation, which compiles the rules."""
    compile_once(sys.stderr)
    folder = tmp_path_factory.mktemp("demo")
    start = time.monotonic()
    printed = run_twin("twin demo --quick", folder)
    assert time.monotonic() - start < TWO_MINUTES
    assert [file.name for file in folder.iterdir()] == ["machine_shop.html"]
    return printed


def test_the_demo_shows_what_a_line_is_how_it_runs_and_the_answer(shown: str) -> None:
    assert [line for line in shown.splitlines() if line in CHAPTERS] == list(CHAPTERS)
    assert "ceiling-tiles is a valid line of 10 stations" in shown
    assert "Infeed ─60──▶ Split saw" in shown
    assert "\nThe line makes " in shown
    assert "\nFrom assisted to " in shown
    assert max(len(line) for line in shown.splitlines() if not TICK.match(line)) <= 100


def test_the_demo_begins_with_a_shift_whose_twin_counts_what_the_plant_counts(shown: str) -> None:
    ticks = [line for line in shown.splitlines() if TICK.match(line)]
    assert sum("output" in line for line in ticks) == 12  # every ten minutes of two hours
    assert any("chance of plan" in line for line in ticks)
    rows = [line.rsplit(maxsplit=2 if "good" in line else 4)[1:] for line in shown.splitlines() if BESIDE.match(line)]
    assert len(rows) == 4
    assert all(row[: len(row) // 2] == row[len(row) // 2 :] for row in rows)


@pytest.mark.parametrize("name", ["run", "compare"])
def test_a_chapter_prints_what_its_command_prints(
    shown: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (command, _) = (line[2:] for line in shown.splitlines() if line.startswith(f"$ twin {name} "))
    alone = run_twin(command, tmp_path_factory.mktemp(name))
    body, _, origin = alone.rpartition("\n\n")

    assert body in shown
    assert " ".join(origin.split()).rpartition(", ")[0] in " ".join(shown.split())


def test_the_demo_ends_with_a_shop_known_by_its_log(shown: str) -> None:
    assert "\nTrust this line with " in shown
    assert "orders done a week" in shown
    assert "\nReport: machine_shop.html\n" in shown


def test_the_whole_time_is_printed_once_as_chapters_share_their_runs(shown: str) -> None:
    assert len(re.findall(r", \d+(?:\.\d+)? s$", shown, re.MULTILINE)) == 1
    assert re.search(r"^The whole demo, \d+ s$", shown, re.MULTILINE)


@pytest.mark.parametrize(
    ("program", "on_path", "command"),
    [(".venv/bin/twin", None, ".venv/bin/twin new my_line"), (".venv/bin/twin", "/bin/twin", "twin new my_line"),
     ("../elsewhere/twin", None, "twin new my_line"), ("my env/twin", None, "'my env/twin' new my_line")],
)  # fmt: skip
def test_a_command_is_shown_as_it_can_be_typed(
    program: str, on_path: str | None, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(sys, "argv", [program])
    monkeypatch.setattr(shutil, "which", lambda _: on_path)

    assert typed("twin new my_line") == command
