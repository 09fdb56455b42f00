"""Tests of the check of lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.lengths import FILE_LINES, FUNCTION_LINES, long_pieces

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_and_a_function_at_the_limit_pass(tmp_path: Path) -> None:
    function = "def f():\n" + "    x = 1\n" * (FUNCTION_LINES - 1)
    (tmp_path / "a.py").write_text(function + "y = 1\n" * (FILE_LINES - FUNCTION_LINES))

    assert list(long_pieces(tmp_path / "a.py")) == []


def test_a_file_and_a_function_one_line_longer_are_named(tmp_path: Path) -> None:
    function = "def f():\n" + "    x = 1\n" * FUNCTION_LINES
    (tmp_path / "a.py").write_text(function + "y = 1\n" * (FILE_LINES - FUNCTION_LINES))

    assert [warning.split(": ")[1].split(" ")[0] for warning in long_pieces(tmp_path / "a.py")] == ["401", "f"]
