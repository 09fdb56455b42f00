from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.program import twin
from twin.line.cautions import warnings
from twin.line.load import load_line
from twin.line.scenario import scenario

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_line_is_valid_at_every_level_and_needs_no_caution(folder: Path) -> None:
    answer = twin("new", "my_line")
    line = load_line(folder / "my_line.yaml")

    assert (answer.code, answer.err) == (0, "")
    assert answer.sentence.startswith("my_line.yaml is a line of three stations to start from.")
    assert line.line == "my_line"
    assert [scenario(line, level).line.operators["operator"] for level in line.levels] == [4, 2]
    assert warnings(line) == []


def test_a_new_line_passes_the_check_that_it_names(folder: Path) -> None:
    twin("new", "my_line")
    answer = twin("check", folder / "my_line.yaml")

    assert answer.code == 0
    assert answer.sentence.startswith("my_line is a valid line of 3 stations; at most ")
    assert answer.sentence.endswith(" over the plan.")


def test_a_suffix_that_is_written_is_not_written_twice(folder: Path) -> None:
    twin("new", "my_line.yaml")
    assert twin("new", "my_line.yml").code == 2

    assert [path.name for path in folder.iterdir()] == ["my_line.yaml"]


def test_a_name_that_a_command_reads_as_another_line_is_refused(folder: Path) -> None:
    answer = twin("new", "ceiling_tiles")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith('"ceiling_tiles" comes along already')
    assert list(folder.iterdir()) == []


def test_a_file_that_exists_stays_as_it_is(folder: Path) -> None:
    (folder / "mine.yaml").write_text("line: mine", "utf-8")
    answer = twin("new", "mine")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "mine.yaml exists and stays as it is; choose another name\n"
    assert (folder / "mine.yaml").read_text("utf-8") == "line: mine"


@pytest.mark.parametrize("name", ["my line", "1st", "", "../up", "a/b"])
def test_what_is_no_name_is_refused_and_nothing_is_written(folder: Path, name: str) -> None:
    answer = twin("new", name)

    assert answer.code == 2
    assert answer.err.startswith(f'"{name}" is not a name; write a letter')
    assert list(folder.iterdir()) == []
