from __future__ import annotations

import sys
import time

import pytest

from support.transcripts import run_twin
from twin.engine.compile_once import compile_once

CHAPTERS = ("What it is", "How it runs", "How far automation offsets what labour costs", "Next")
MINUTE = 60.0


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the demo prints after installation, which compiles the rules."""
    compile_once(sys.stderr)
    folder = tmp_path_factory.mktemp("demo")
    start = time.monotonic()
    printed = run_twin("twin demo --quick", folder)
    assert time.monotonic() - start < MINUTE
    assert not list(folder.iterdir())
    return printed


def test_the_demo_shows_what_a_line_is_how_it_runs_and_the_answer(shown: str) -> None:
    assert [line for line in shown.splitlines() if line in CHAPTERS] == list(CHAPTERS)
    assert "ceiling-tiles is a valid line of 10 stations" in shown
    assert "Infeed ─60──▶ Split saw" in shown
    assert "\nThe line makes " in shown
    assert "\nFrom assisted to " in shown
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize("name", ["run", "compare"])
def test_a_chapter_prints_what_its_command_prints(
    shown: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (command,) = (line[2:] for line in shown.splitlines() if line.startswith(f"$ twin {name} "))
    alone = run_twin(command, tmp_path_factory.mktemp(name))
    body, _, origin = alone.rpartition("\n\n")

    assert body in shown
    assert origin.rpartition(", ")[0] in shown
