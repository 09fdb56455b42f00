"""A line's flow as text, drawn with lines that join where they meet."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING

from twin.line.diagram import edge_label, gaps, layout, share_text, station_names
from twin.line.diagram_marks import carrier_texts, marked_names
from twin.line.diagram_ways import MUCH, is_crowded, shares
from twin.line.route import OUT
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.line.diagram import Diagram, Gap, Link, Step
    from twin.line.line import Line

WIDTH = 100
ARROW = "▶ "
GAP = 3
"""Columns between two columns of a table."""
NO_BREAK_SPACE = "\u00a0"
MOST_ONWARD = 4
"""Stations named among those where a station's lots go on to."""

LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
_GLYPHS = " ───│┘└┴│┐┌┬│┤├┼"
_SIGNS = {"│": "|", "▶": ">", "∞": "~", "×": "x"}
_ASCII = str.maketrans({**dict.fromkeys("─┄–", "-"), **dict.fromkeys("┘└┴┐┌┬┤├┼", "+"), **_SIGNS})


def flow_text(line: Line, *, width: int = WIDTH, ascii_only: bool = False) -> str:
    """Draw a line's flow as text.

    Parameters
    ----------
    line : Line
    width : int
        Characters in a row; a longer flow goes on in the next block of rows.
    ascii_only : bool
        Draw with ASCII; "~" then stands for a buffer without limit.

    Returns
    -------
    str
        The stations, with a mark behind one that is more than a machine, and their arrows, a number on an arrow being
        the places of its buffer; then a line for each return, for each edge that finds no room for its label, and for
        each kind of carrier. Where there are too many ways to draw, a row for
        each station instead, that says where its lots go on to.

    Raises
    ------
    InputError
        If there are very many ways, and no part can leave the line good.
    """
    if is_crowded(line):
        drawn = "\n".join(_rows_of_ways(line, width))
        return drawn.translate(_ASCII) if ascii_only else drawn
    diagram, names = layout(line), marked_names(line, station_names(line))
    canvas = _Canvas(diagram, names)
    below = [
        f"{names[link.edge.from_]} ┄ {edge_label(link)} ┄{ARROW}{names[link.edge.to]}"
        + "   rework" * (link.edge.rework or link.edge.rejected)
        for link in diagram.links
        if link.depth is not None or link in canvas.unlabelled
    ]
    drawn = "\n".join([*canvas.rows(width), *below, *carrier_texts(line)])
    return drawn.translate(_ASCII) if ascii_only else drawn


def _rows_of_ways(line: Line, width: int) -> Iterator[str]:
    """Yield a head and a row for each station: the mean wait on the ways out of it, and where they lead."""
    names, taken = station_names(line), shares(line)
    heads = ("station", "waits", "goes on to")
    waits = {name: _wait(line, taken, name) for name in line.stations}
    first = max(map(len, [heads[0], *(names[name] for name in line.stations)])) + GAP
    second = max(map(len, [heads[1], *waits.values()])) + GAP
    yield f"{heads[0]:{first}}{heads[1]:{second}}{heads[2]}"
    yield "─" * width
    for name in line.stations:
        beside = f"{names[name]:{first}}{waits[name]:{second}}"
        yield textwrap.fill(
            _goes_on(line, taken, names, name),
            width,
            initial_indent=beside,
            subsequent_indent=" " * len(beside),
            break_on_hyphens=False,
            break_long_words=False,
        ).replace(NO_BREAK_SPACE, " ")


def _wait(line: Line, taken: Mapping[str, float], name: str) -> str:
    """Say how long what leaves a station waits on its way, on average."""
    ways = [(edge.delay or edge.transport, taken[edge.name]) for edge in line.edges if edge.from_ == name]
    mean = sum(way.mean * share for way, share in ways if way is not None)
    return format_time(mean) if mean else "–"


def _goes_on(line: Line, taken: Mapping[str, float], names: Mapping[str, str], name: str) -> str:
    """Name the stations where much of what leaves one goes on to, at least one, and count the rest."""
    ways = sorted(
        ((taken[edge.name], edge.to) for edge in line.edges if edge.from_ == name and taken[edge.name]),
        key=lambda way: -way[0],
    )
    shown = [way for place, way in enumerate(ways[:MOST_ONWARD]) if not place or way[0] > MUCH]
    if len(ways) == len(shown) + 1:
        shown = ways
    said = [f"{names[to]} {share_text(share)}" if share < 1 else names[to] for share, to in shown]
    rest = 1 - sum(share for share, _ in shown)
    if len(shown) < len(ways):
        said.append(f"{len(ways) - len(shown)} more {share_text(rest)}")
    return ", ".join(text.replace(" ", NO_BREAK_SPACE) for text in said) or "–"


class _Canvas:
    """A grid of characters; each holds a sign, or the arms of the lines that meet in it."""

    def __init__(self, diagram: Diagram, names: dict[str, str]) -> None:
        self.unlabelled: list[Link] = []
        self._arms: dict[tuple[int, int], int] = {}
        self._signs: dict[tuple[int, int], str] = {}
        self._names = names
        between = gaps(diagram)
        lanes = {place.lane for place in diagram.places} | {lane for link in diagram.links for lane in link.lanes}
        self._row = {lane: row for row, lane in enumerate(sorted(lanes))}
        self._left = [0]
        for column, gap in enumerate(between):
            widest = max(len(names[place.name]) for place in diagram.places if place.column == column)
            self._left.append(self._left[-1] + widest + 1 + sum(_room(gap)) + len(gap.channels()) + len(ARROW))
        self._ends = [*self._left[1:], self._left[-1] + len(names[OUT])]
        for place in diagram.places:
            self._write(self._row[place.lane], self._left[place.column], names[place.name])
        for column, gap in enumerate(between):
            for step in gap.steps:
                self._draw(step, gap, column)

    def rows(self, width: int) -> list[str]:
        """Cut the grid into blocks of whole columns that fit the width."""
        rows: list[str] = []
        start = 0
        for end, beyond in pairwise([*self._ends, self._ends[-1] + width + 1]):
            if beyond - start > width:
                block = ("".join(self._sign(row, x) for x in range(start, end)) for row in self._row.values())
                rows += [row.rstrip() for row in block if row.strip()]
                start = end
        return rows

    def _sign(self, row: int, x: int) -> str:
        return self._signs.get((row, x)) or _GLYPHS[self._arms.get((row, x), 0)]

    def _write(self, row: int, x: int, word: str) -> None:
        self._signs |= {(row, x + index): sign for index, sign in enumerate(word)}

    def _draw(self, step: Step, gap: Gap, column: int) -> None:
        """Along the source's row to the channel, up or down it, along the target's row to the next column."""
        (source, lane), (target, next_lane) = step.source, step.target
        _, after = _room(gap)
        end = self._left[column + 1] - (len(ARROW) if target in self._names else 0)
        start = self._left[column] + (len(self._names[source]) + 1 if source in self._names else 0)
        groups = gap.channels()
        base = self._left[column + 1] - len(ARROW) - after - len(groups)
        channel = base + next(index for index, group in enumerate(groups) if step.source in group)
        row, next_row = self._row[lane], self._row[next_lane]
        self._across(row, start, channel)
        self._down(channel, *sorted((row, next_row)))
        self._across(next_row, channel, end)
        if target in self._names:
            self._write(next_row, end, ARROW)
        if step.label and gap.alone(step.source):
            self._write(row, start + 1, step.label)
        elif step.label and gap.alone(step.target):
            self._write(next_row, base + len(groups) + 1, step.label)
        elif step.label:
            self.unlabelled.append(step.link)

    def _across(self, row: int, start: int, end: int) -> None:
        for x in range(start, end):
            self._join((row, x), RIGHT, (row, x + 1), LEFT)

    def _down(self, x: int, start: int, end: int) -> None:
        for row in range(start, end):
            self._join((row, x), DOWN, (row + 1, x), UP)

    def _join(self, one: tuple[int, int], arm: int, other: tuple[int, int], back: int) -> None:
        self._arms[one] = self._arms.get(one, 0) | arm
        self._arms[other] = self._arms.get(other, 0) | back


def _room(gap: Gap) -> tuple[int, int]:
    """Characters for labels before and after the channels, with a stroke on each side."""
    before = [len(step.label) for step in gap.steps if gap.alone(step.source)]
    after = [len(step.label) for step in gap.steps if not gap.alone(step.source) and gap.alone(step.target)]
    return max(before, default=0) + 2, max(after, default=-2) + 2
