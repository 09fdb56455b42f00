"""Name the files of over 400 lines and the functions of over 60: a sign that a piece does two things."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_LINES = 400
FUNCTION_LINES = 60
FOLDERS = ("twin", "lines", "connectors", "dashboards", "tests")


def long_pieces(path: Path) -> Iterator[str]:
    """Yield one line, as a compiler would write it, for each piece of the file at `path` that is too long."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}:1: {lines} lines; a file has at most {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines; a function has at most {FUNCTION_LINES}"


def main() -> int:
    """Print a warning for each piece that is too long; a warning fails nothing, so the answer is always 0."""
    root = Path(__file__).parents[2]
    files = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    for path in files:
        for warning in long_pieces(path):
            print(f"warning: {Path(warning).relative_to(root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
