"""The last hour of every machine in a strip of cells, each showing the state that prevailed in it."""

from __future__ import annotations

from bisect import bisect_left
from math import floor
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from twin.live.picture import STRIP_CELLS, STRIP_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.kpi.machine_times import Spell

CELL_S = STRIP_S / STRIP_CELLS

Cells = dict[int, dict[str, float]]
"""Seconds by state in each cell; cell 0 begins at second 0."""


class Strips:
    """Time by cell and state of every machine, of all stretches that ended before `until_s`."""

    def __init__(self, machines: int) -> None:
        self.until_s = float("-inf")
        self._cells: list[Cells] = [{} for _ in range(machines)]

    def add(self, ended: Sequence[Spell], until_s: float) -> None:
        """Add the stretches that ended before a moment [s]; `ended` holds all since the last call, in order."""
        for spell in ended[self._first(ended) : bisect_left(ended, until_s, key=attrgetter("end_s"))]:
            _put(self._cells[spell.row], spell.state, spell.start_s, spell.end_s)
        self.until_s = until_s
        oldest = floor((until_s - STRIP_S) / CELL_S)
        self._cells = [{cell: of for cell, of in cells.items() if cell >= oldest} for cells in self._cells]

    def at(
        self, now_s: float, ended: Sequence[Spell], present: Sequence[tuple[str | None, float]]
    ) -> list[tuple[tuple[str | None, float], ...]]:
        """Return the strip of every machine up to now, oldest cell first: the prevailing state and its share.

        Parameters
        ----------
        now_s
            The end of the last cell's known time [s].
        ended
            The stretches that have ended since `until_s`, in order.
        present
            The state of each machine, and since when [s].
        """
        strips = [{cell: dict(of) for cell, of in cells.items()} for cells in self._cells]
        for spell in ended[self._first(ended) :]:
            _put(strips[spell.row], spell.state, max(spell.start_s, now_s - STRIP_S), spell.end_s)
        for cells, (state, since_s) in zip(strips, present, strict=True):
            if state is not None:
                _put(cells, state, max(since_s, now_s - STRIP_S), now_s)
        last = floor(now_s / CELL_S)
        return [
            tuple(_prevailing(cells.get(cell)) for cell in range(last - STRIP_CELLS + 1, last + 1)) for cells in strips
        ]

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        cells = [[[cell, of] for cell, of in cells.items()] for cells in self._cells]
        return {"until_s": None if self.until_s == float("-inf") else self.until_s, "cells": cells}

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        self.until_s = float("-inf") if data["until_s"] is None else data["until_s"]
        self._cells = [{cell: dict(of) for cell, of in cells} for cells in data["cells"]]

    def _first(self, ended: Sequence[Spell]) -> int:
        return bisect_left(ended, self.until_s, key=attrgetter("end_s"))


def _put(cells: Cells, state: str, start_s: float, end_s: float) -> None:
    cell = floor(max(start_s, end_s - STRIP_S - CELL_S) / CELL_S)
    while cell * CELL_S < end_s:
        seconds = min(end_s, (cell + 1) * CELL_S) - max(start_s, cell * CELL_S)
        if seconds > 0:
            of = cells.setdefault(cell, {})
            of[state] = of.get(state, 0.0) + seconds
        cell += 1


def _prevailing(of: dict[str, float] | None) -> tuple[str | None, float]:
    if not of:
        return None, 0.0
    state = max(of, key=lambda name: of[name])
    return state, of[state] / CELL_S
