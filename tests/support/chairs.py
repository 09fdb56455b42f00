"""The line of the documentation that has all kinds of station, and people, upkeep and energy beyond the usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.pages import ROOT
from support.transcripts import blocks

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "how-to" / "describe-your-line.md"

CHAIRS = next(block.body for block in blocks(PAGE.read_text("utf-8")) if "chairs.yaml" in block.info)
"""The text of the line file."""


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the line, changed, into a folder; each change replaces a text that must be there."""
    text = CHAIRS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "chairs.yaml"
    path.write_text(text, "utf-8")
    return path
