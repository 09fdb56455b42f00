"""The scales that every chart of the report shares, and the charts of its first page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from dashboards.numbers import FINEST, decimals_of, number
from dashboards.palette import TOKENS
from dashboards.svg import box, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.report_facts import Facts, Level

WIDTH = 680.0
"""Width of a page between its margins [px]."""
MOST_TICKS = 5
GRID, HERE_BAND, THERE_BAND = "#E0E4E8", "#CFE1EE", "#DFE2E6"
HERE, THERE = TOKENS["accent"].light, TOKENS["total"].light
INK, INK_2, INK_3 = (TOKENS[name].light for name in ("ink", "ink-2", "ink-3"))


class Scale(NamedTuple):
    """A linear scale: `low` to `high` of a quantity drawn from `start` to `end` [px]."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value [px]."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def step_of(span: float, most: int = MOST_TICKS) -> float:
    """Give the distance between round ticks, so that a span holds at most so many distances.

    Examples
    --------
    >>> step_of(0.62), step_of(80), step_of(7)
    (0.2, 20.0, 2.0)
    """
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    factor = next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return float(f"{factor * power:.12g}")


def ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Give round ticks that enclose a range.

    Examples
    --------
    >>> ticks(1.05, 1.34)
    [1.0, 1.1, 1.2, 1.3, 1.4]
    """
    span = high - low or abs(high) or 1.0
    step = step_of(span, most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{place * step:.12g}") for place in range(first, max(last, first + 1) + 1)]


def tick_places(marks: Sequence[float]) -> int:
    """Give the places after the point that tell ticks apart."""
    text = f"{marks[1] - marks[0]:.12g}"
    return len(text.partition(".")[2])


def svg(height: float, label: str, parts: Iterator[str] | Sequence[str]) -> str:
    """Wrap the parts of a chart; the label says in words what it shows."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(label, {chr(34): "&quot;"})}">{"".join(parts)}</svg>'
    )


def squeezed(text: str, label: str, room: float, letter: float = 7.2) -> str:
    """Narrow the letters of words whose `label` is too long for its `room` [px]."""
    if letter * len(label) <= room:
        return text
    return text.replace("<text ", f'<text textLength="{room:g}" lengthAdjust="spacingAndGlyphs" ', 1)


def line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, dash: str = "") -> str:
    """Draw a straight line [px]."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


ROW, FIRST, LEFT, RIGHT = 42.0, 30.0, 205.0, 610.0
BAND = 14.0
"""Height of a row's band [px]."""


def compared(facts: Facts) -> list[tuple[str, Level]]:
    """List what page 1 sets side by side: the reference and the best level here, and the other site."""
    levels = [facts.reference] if facts.chosen is facts.reference else [facts.chosen, facts.reference]
    rows = [(f"{facts.here.country}, {level.name}", level) for level in levels]
    if facts.there is not None and facts.other is not None:
        rows.append((f"{facts.there.country}, {facts.other.name}", facts.other))
    return rows


def cost_places(level: Level) -> int:
    """Give the places after the point to which the report shows a level's cost."""
    return min(FINEST, decimals_of(level.cost.estimate))


def cost_chart(facts: Facts) -> str:
    """Draw what a unit costs here and there: a dot, its 95 % interval, and the range that the wages leave open."""
    rows = compared(facts)
    ranges = [_extent(level) for _, level in rows]
    marks = ticks(min(low for low, _ in ranges), max(high for _, high in ranges))
    scale = Scale(marks[0], marks[-1], LEFT, RIGHT)
    foot = FIRST + ROW * (len(rows) - 1) + 20
    places = [cost_places(level) for _, level in rows]
    parts = [line(scale(mark), 8, scale(mark), foot, GRID) for mark in marks]
    parts += [
        words(scale(mark), foot + 16, number(mark, tick_places(marks)), INK_3, size=11.5, anchor="middle")
        for mark in marks
    ]
    for row, ((name, level), place) in enumerate(zip(rows, places, strict=True)):
        parts += _dot_and_band(name, level, scale, FIRST + ROW * row, place, is_here=level is not facts.other)
    costs = (f"{name} {number(level.cost.mean, place)}" for (name, level), place in zip(rows, places, strict=True))
    return svg(foot + 22, f"Unit cost ex works, {facts.per_unit}: {'; '.join(costs)}", parts)


def _extent(level: Level) -> tuple[float, float]:
    ends = [*level.wage_range, level.cost.mean, *(level.cost.estimate.interval or ())]
    return min(ends), max(ends)


def _dot_and_band(name: str, level: Level, scale: Scale, y: float, places: int, *, is_here: bool) -> Iterator[str]:
    colour, pale = (HERE, HERE_BAND) if is_here else (THERE, THERE_BAND)
    low, high = _extent(level)
    yield squeezed(words(0, y + 4.5, name, INK, size=12.5), name, LEFT - 45, 6.6)
    yield box(
        scale(level.wage_range[0]), y - BAND / 2, scale(level.wage_range[1]) - scale(level.wage_range[0]), BAND, pale
    )
    if level.cost.with_data is not None:
        yield line(scale(level.cost.with_data[0]), y, scale(level.cost.with_data[1]), y, colour, width=2)
    if level.cost.simulation.interval is not None:
        left, right = (scale(end) for end in level.cost.simulation.interval)
        yield box(left, y - BAND / 2, right - left, BAND, colour, more='fill-opacity="0.45"')
    yield f'<circle cx="{scale(level.cost.mean):.1f}" cy="{y:g}" r="5.5" fill="{colour}"/>'
    yield words(
        scale(level.cost.mean), y - 12, number(level.cost.mean, places), INK, size=12.5, weight=600, anchor="middle"
    )
    if high > low:
        yield words(scale(low) - 7, y + 4, number(low, places), INK_3, size=11.5, anchor="end")
        yield words(scale(high) + 7, y + 4, number(high, places), INK_3, size=11.5)


BAR_WIDTH, BAR_HEIGHT, BAR_ROOM = 190.0, 12.0, 18.0


def bar(value: float, largest: float, text: str) -> str:
    """Draw a difference of a cost line: blue to the left where less, orange to the right where more."""
    middle, reach = BAR_WIDTH / 2, BAR_WIDTH / 2 - 2
    length = abs(value) / largest * reach if largest else 0.0
    left = middle - length if value < 0 else middle
    fill = TOKENS["less" if value < 0 else "more"].light
    return (
        f'<svg class="bar" width="{BAR_WIDTH:g}" height="{BAR_ROOM:g}" viewBox="0 0 {BAR_WIDTH:g} {BAR_ROOM:g}" '
        f'role="img" aria-label="{escape(text)}">{box(left, 3, length, BAR_HEIGHT, fill)}'
        f"{line(middle, 0, middle, BAR_ROOM, INK)}</svg>"
    )
