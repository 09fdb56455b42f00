"""A line file of one press with a cell, and settings that simulate it quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PRESS_FILE = """
line: pressing
product: {unit: m2, per_part: 0.5, material_cost: 2 EUR}
shifts: {pattern: 3x8}
operators: {operator: 4, technician: 1}
stations:
  press:
    cycle: {exponential: {mean: 12 s}}
    crew: {operator: 1}
    capex: 1000 kEUR
    automation:
      cell: {cycle: 10 s, crew: {}, capex: 300 kEUR, posts: {operator: -2}}
levels:
  manual: {}
  cells: {press: cell}
"""

SHORT = ("--horizon", "8 h", "--warmup", "none", "--replications", "3", "--engine", "simpy")


def line_file(folder: Path, text: str = PRESS_FILE) -> Path:
    """Write a line file and return its path."""
    path = folder / "line.yaml"
    path.write_text(text, "utf-8")
    return path
