"""The labour-offset frontier as a chart: what a unit costs at each wage, level by level and at the other site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dashboards.numbers import decimals_of, number
from dashboards.report_charts import GRID, INK, INK_2, INK_3, THERE, Scale, line, svg, tick_places, ticks
from dashboards.report_plane import (
    CARD,
    LABEL,
    LEFT,
    LETTER,
    NUMBER,
    PAD,
    REFERENCE,
    RIGHT,
    TODAY,
    TODAY_LINE,
    TOP,
    Plane,
    banded,
    halo,
    named,
    plane_of,
    spread,
    trace,
)
from dashboards.report_steps import EXTRA, RIBBON, extra_cost, ribbon, runs, small_unit
from dashboards.svg import box, words
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.report_facts import Facts, Level


def frontier_chart(facts: Facts) -> str:
    """Draw the frontier: the lines, their crossings with the other site, the extra cost, and the cheapest level."""
    plane = plane_of(facts)
    bottom = plane.bottom
    parts = [*_costs(plane, bottom)]
    low = bottom + (34 if _crossings(plane) else 8)
    if len(plane.levels) > 1:
        chosen = facts.chosen
        parts += [
            words(
                0, low + 22, f"Extra cost against {chosen.name}, {small_unit(plane)}", INK, size=13.5, weight=600
            ).replace("<text ", '<text class="halo" ')
        ]
        parts += extra_cost(plane, low + 36, low + 36 + EXTRA)
        low += 36 + EXTRA + 16
        parts += ribbon(plane, low)
        low += RIBBON
    axis = low + 18
    parts += [
        words(plane.x(mark), axis, number(mark, tick_places(plane.marks)), INK_3, size=11.5, anchor="middle")
        for mark in plane.marks
    ]
    parts.append(
        words(
            (LEFT + RIGHT) / 2,
            axis + 18,
            f"cost of an operator’s hour worked in {facts.here.country}, EUR",
            INK,
            size=12.5,
            anchor="middle",
        )
    )
    today = list(_today(plane, low))
    return svg(axis + 24, _in_words(plane), [*today[:1], *parts, *today[1:]])


def _costs(plane: Plane, bottom: float) -> Iterator[str]:
    """The lines with their bands, over the other site's band; the crossings last."""
    other = plane.facts.other
    ends = [float(end) for band in plane.bands for end in (band.low.min(), band.high.max())]
    ends += [*other.wage_range, other.cost.mean] if other is not None else []
    pad = PAD * (max(ends) - min(ends) or 1.0)
    y = Scale(max(0.0, min(ends) - pad), max(ends) + pad, bottom, TOP)
    marks = [mark for mark in ticks(y.low, y.high) if y.low <= mark <= y.high]
    yield words(0, TOP - 10, plane.facts.per_unit, INK_3, size=11.5)
    if other is not None:
        low, high = other.wage_range
        yield box(LEFT, y(high), RIGHT - LEFT, y(low) - y(high), REFERENCE)
    yield from _grid(marks, y)
    yield line(LEFT, bottom, RIGHT, bottom, THERE)
    if other is not None:
        yield line(LEFT, y(other.cost.mean), RIGHT, y(other.cost.mean), THERE, width=1.75, dash="7 4")
    if len(plane.levels) > 1:
        lowest = np.min([band.mean for band in plane.bands], axis=0)
        yield trace(plane, lowest, y, INK, 'stroke-width="11" opacity="0.16"')
    for _, band, colour, dash in plane.each():
        yield from banded(plane, band, y, colour, dash)
    yield from _line_labels(plane, y)
    if other is not None:
        yield from _other_label(plane, other, y)
    yield from _rings(plane, y, bottom)


def _grid(marks: Sequence[float], y: Scale) -> Iterator[str]:
    for mark in marks:
        yield line(LEFT, y(mark), RIGHT, y(mark), GRID)
        yield words(LEFT - 8, y(mark) + 4, number(mark, tick_places(marks)), INK_3, size=11.5, anchor="end")


def _line_labels(plane: Plane, y: Scale) -> Iterator[str]:
    """The name of each level and its people at the end of its line."""
    ends = [y(float(band.mean[-1])) for band in plane.bands]
    for (level, _, colour, _), end, at in zip(
        plane.each(), ends, spread(ends, 2 * LABEL, TOP, plane.bottom), strict=True
    ):
        if abs(at - end) > 1:
            yield line(RIGHT + 2, end, RIGHT + 10, at, colour)
        yield named(level.name, at + 1)
        yield words(RIGHT + 14, at + 14, f"{number(level.people, 0)} people", INK_2, size=11.5)


def _other_label(plane: Plane, other: Level, y: Scale) -> Iterator[str]:
    """Name the other site's line where the levels' lines leave room: above or below its band, at either end."""
    there = plane.facts.there
    places = decimals_of(other.cost.estimate)
    low, high = (number(end, places) for end in other.wage_range)
    text = f"{there.country if there else ''}, {other.name}: {number(other.cost.mean, places)} ({low} to {high})"
    width = LETTER * len(text)
    today = [plane.x(plane.facts.here.wage(case=case)) for case in ("low", "high")]
    spots = []
    for at in (y(other.wage_range[0]) + 15, y(other.wage_range[1]) - 7):
        for left in (LEFT + 8, RIGHT - 8 - width, today[0] - 8 - width, today[1] + 8):
            inside = [left - 4 <= plane.x(wage) <= left + width + 4 for wage in plane.wages]
            gaps = [abs(y(float(value)) - (at - 4)) for band in plane.bands for value in band.mean[inside]]
            fits = left >= LEFT and left + width <= RIGHT and TOP < at < plane.bottom
            free = left > today[1] or left + width < today[0]
            spots.append((fits, min(gaps, default=60.0) > LABEL, free, round(min([60.0, *gaps])), left + width / 2, at))
    *_, middle, at = max(spots)
    yield halo(words(middle, at, text, INK, size=12.5, weight=600, anchor="middle"))


def _crossings(plane: Plane) -> list[tuple[Level, str, float, str]]:
    """The parity wages within the plane: level, colour, wage [EUR/h], and the wage as written."""
    found = []
    for level, _, colour, _ in plane.each():
        parity = level.standing["mode"].parity if level.standing else None
        wage = None if parity is None else parity.threshold.wage
        if parity is not None and wage is not None and wage <= plane.wages[-1]:
            found.append((level, colour, wage, number(wage, min(1, decimals_of(Estimate(wage, parity.interval))))))
    return found


def _rings(plane: Plane, y: Scale, bottom: float) -> Iterator[str]:
    crossings, other = _crossings(plane), plane.facts.other
    if other is None or not crossings:
        return
    at = y(other.cost.mean)
    centres = [plane.x(wage) for _, _, wage, _ in crossings]
    for (_, colour, _, text), x, label in zip(
        crossings, centres, spread(centres, NUMBER, LEFT + 10, RIGHT), strict=True
    ):
        yield line(x, at + 6, x, bottom, THERE, dash="1 3")
        yield f'<path d="M{x:.1f} {bottom:g}L{label:.1f} {bottom + 8:g}" stroke="{colour}" fill="none"/>'
        yield words(label, bottom + 20, text, INK, size=12.5, weight=600, anchor="middle")
    for (_, colour, _, _), x in zip(crossings, centres, strict=True):
        look = f'fill="{CARD}" stroke="{colour}" stroke-width="2.5"'
        yield f'<circle class="ring" cx="{x:.1f}" cy="{at:.1f}" r="5.5" {look}/>'
    yield named("parity wage, EUR/h", bottom + 20)


def _today(plane: Plane, bottom: float) -> Iterator[str]:
    """Today's wage and the range its sources leave open, through all charts: the range first, to lie below."""
    site = plane.facts.here
    low, mode, high = site.wage(case="low"), site.wage(), site.wage(case="high")
    yield box(plane.x(low), TOP, plane.x(high) - plane.x(low), bottom - TOP, TODAY)
    yield line(plane.x(mode), TOP, plane.x(mode), bottom, TODAY_LINE, width=1.25)
    text = f"today {mode:g}" + (f" ({low:g} to {high:g})" if low < high else "")
    yield words(plane.x(mode), TOP - 10, text, INK_2, size=12, anchor="middle")


def _in_words(plane: Plane) -> str:
    found = plane.cheapest
    crossings = "; ".join(f"{level.name} at {text} EUR/h" for level, _, _, text in _crossings(plane))
    names = ", ".join(level.name for level in plane.levels)
    said = f"Unit cost against the local wage, 0 to {plane.wages[-1]:g} EUR/h, with {names}."
    order = ", then ".join(name for name, _, _ in runs([one.level for one in found], plane.x))
    parity = f" Same cost as in {plane.facts.there.country}: {crossings}." if plane.facts.there and crossings else ""
    return f"{said}{parity} Cheapest as the wage rises: {order}."
