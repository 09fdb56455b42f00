"""`twin compare --report`: written whole or not at all, and never over what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.press_file import SHORT, line_file
from support.program import twin

if TYPE_CHECKING:
    from pathlib import Path

LOCKING = """
line: lock
stations:
  feed: {cycle: 1 s}
  make: {cycle: 10 s}
  test: {cycle: 9 s, machines: 2}
route:
  - {from: feed, to: make, buffer: 2}
  - {from: make, to: test, buffer: 1}
  - {from: test, to: make, buffer: 1, probability: 0.6, rework: true}
  - {from: test, to: out, probability: 0.4}
"""


def test_the_report_is_written_and_named(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    path.write_text("what stood there before", "utf-8")
    answer = twin("compare", line_file(tmp_path), *SHORT, "--report", path)

    assert (answer.code, answer.err) == (0, "")
    assert f"Report: {path}" in answer.out.replace("\n", "")
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert path.read_text("utf-8").rstrip().endswith("</html>")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["line.yaml", "out.html"]


def test_with_json_the_document_is_all_that_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    answer = twin("compare", line_file(tmp_path), *SHORT, "--report", path, "--json")

    assert answer.document["line"] == "pressing"
    assert path.is_file()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("line.yaml", "this file is read, and would be written over; name a file that ends in .html"),
        ("out.pdf", "a name here ends in .html; write"),
        ("nowhere/out.html", "there is no folder"),
        (".", "this is a folder; name a file that ends in .html"),
    ],
)
def test_what_is_no_place_for_a_report_is_refused_before_the_work(tmp_path: Path, name: str, told: str) -> None:
    line = line_file(tmp_path)
    before = line.read_text("utf-8")
    answer = twin("compare", line, *SHORT, "--report", tmp_path / name)

    assert answer.code == 2
    assert answer.err.startswith("--report ")
    assert told in answer.err
    assert [file.name for file in tmp_path.iterdir()] == ["line.yaml"]
    assert line.read_text("utf-8") == before


def test_a_line_that_locks_has_no_cost_to_report(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    answer = twin("compare", line_file(tmp_path, LOCKING), *SHORT, "--horizon", "100 h", "--report", path)

    assert answer.code == 1
    assert "No report was written." in answer.out
    assert not path.exists()
