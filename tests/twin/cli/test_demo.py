from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from support.transcripts import run_twin
from twin.engine.compile_once import compile_once

if TYPE_CHECKING:
    from pathlib import Path

CHAPTERS = ("What it is", "How it runs", "How far automation offsets what labour costs", "Next")
MINUTE = 60.0


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """Compile the rules, as setting up does."""
    compile_once(sys.stderr)


def test_the_demo_shows_a_line_in_under_a_minute_and_writes_nothing(tmp_path: Path) -> None:
    start = time.monotonic()
    shown = run_twin("twin demo --quick", tmp_path)

    assert time.monotonic() - start < MINUTE
    assert [line for line in shown.splitlines() if line in CHAPTERS] == list(CHAPTERS)
    assert "ceiling-tiles is a valid line of 10 stations" in shown
    assert "m² a shift" in shown
    assert "what labour costs more in France" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert not list(tmp_path.iterdir())


def test_its_chapters_print_what_their_commands_print(tmp_path: Path) -> None:
    shown = run_twin("twin demo --quick", tmp_path)
    (command,) = (line[2:] for line in shown.splitlines() if line.startswith("$ twin compare"))
    alone = run_twin(command, tmp_path)

    body, _, _ = alone.rpartition("\n\n")
    assert body in shown
