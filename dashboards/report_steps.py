"""Below the frontier: what each level costs more than the chosen one, and which level is the cheapest."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from dashboards.numbers import number
from dashboards.report_charts import GRID, INK, INK_3, THERE, Scale, line, tick_places, ticks
from dashboards.report_plane import CARD, LABEL, LEFT, LETTER, RIGHT, Band, Plane, band_of, banded, halo, named, spread
from dashboards.svg import box, words
from twin.study.frontier import difference_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.report_facts import Level

Value = TypeVar("Value")
EXTRA, RIBBON = 128.0, 20.0
"""Heights of the chart of extra costs and of the ribbon [px]."""
CENT = 0.01


def _differences(plane: Plane) -> Iterator[tuple[Level, Band, str, str]]:
    chosen = plane.facts.chosen
    for level, _, colour, dash in plane.each():
        if level is not chosen:
            yield level, band_of(difference_line(level.in_wage, chosen.in_wage, plane.wages.tolist())), colour, dash


def _reach(plane: Plane) -> float:
    """How far the extra cost is drawn: beyond what the levels differ by at today's wage [EUR/unit]."""
    at = int(np.argmin(np.abs(plane.wages - plane.facts.here.wage())))
    today = [abs(float(band.mean[at])) for _, band, _, _ in _differences(plane)]
    return 1.5 * max(today) or 1.0


def small_unit(plane: Plane) -> str:
    """Name the unit of the extra cost: cents where less than a euro."""
    return f"cents/{plane.facts.unit}" if _reach(plane) < 1 else plane.facts.per_unit


def extra_cost(plane: Plane, top: float, bottom: float) -> Iterator[str]:
    """What each other level costs more than the chosen one; there the steps between levels can be seen."""
    reach = _reach(plane)
    scaled = CENT if reach < 1 else 1.0
    found = list(_differences(plane))
    low = max(-reach, min(0.0, *(float(band.low.min()) for _, band, _, _ in found)))
    high = min(reach, max(0.0, *(float(band.high.max()) for _, band, _, _ in found)))
    marks = [mark for mark in ticks(low / scaled, high / scaled) if low / scaled <= mark <= high / scaled]
    y = Scale(low, high, bottom, top)
    yield f'<clipPath id="extra">{box(LEFT, top, RIGHT - LEFT, bottom - top, INK)}</clipPath>'
    for mark in marks:
        yield line(
            LEFT, y(mark * scaled), RIGHT, y(mark * scaled), INK if mark == 0 else GRID, width=1.25 if mark == 0 else 1
        )
        text = number(mark, tick_places(marks) if len(marks) > 1 else 0, signed=True)
        yield words(LEFT - 8, y(mark * scaled) + 4, text, INK_3, size=11.5, anchor="end")
    yield '<g clip-path="url(#extra)">'
    for _, band, colour, dash in found:
        yield from banded(plane, band, y, colour, dash)
    yield "</g>"
    yield from _extra_labels(plane, found, y, (low, high))


def _extra_labels(
    plane: Plane, found: list[tuple[Level, Band, str, str]], y: Scale, ends: tuple[float, float]
) -> Iterator[str]:
    """Name each line at the right; one that leaves the chart, where it leaves."""
    low, high = ends
    inside = [one for one in found if low <= one[1].mean[-1] <= high]
    heights = [y(float(band.mean[-1])) for _, band, _, _ in inside]
    for (level, _, _, _), at in zip(inside, spread(heights, LABEL, y(high), y(low)), strict=True):
        yield named(level.name, at + 4)
    leaving = sorted(
        (_exit(plane, band, ends), level.name) for level, band, _, _ in found if not low <= band.mean[-1] <= high
    )
    for rank, ((at, above), name) in enumerate(leaving):
        # The first that leaves is named on its free side, the left; the others below each other at their right.
        anchor, gap = ("end", -12) if rank == 0 or at > RIGHT - LETTER * len(name) else ("start", 12)
        down = LABEL * max(0, rank - 1)
        height = y(high) + 13 + down if above else y(low) - 5 - down
        yield halo(words(at + gap, height, name, INK, size=12.5, weight=600, anchor=anchor))


def _exit(plane: Plane, band: Band, ends: tuple[float, float]) -> tuple[float, bool]:
    """Where a line leaves the chart of extra costs [px], and whether at its top."""
    kept = np.flatnonzero((band.mean >= ends[0]) & (band.mean <= ends[1]))
    return plane.x(float(plane.wages[kept[-1]])) if len(kept) else LEFT, bool(band.mean[-1] > ends[1])


def ribbon(plane: Plane, top: float) -> Iterator[str]:
    """Which level is cheapest at each wage; hatched where it cannot be told."""
    found = plane.cheapest
    colours = {level.name: colour for level, _, colour, _ in plane.each()}
    yield (
        '<pattern id="unsure" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="2.5" height="6" fill="{INK}" fill-opacity="0.4"/></pattern>'
    )
    yield box(LEFT, top, RIGHT - LEFT, RIBBON, CARD)
    for name, left, right in runs([one.level for one in found], plane.x):
        yield box(left, top, right - left, RIBBON, colours[name], more='fill-opacity="0.2"')
        yield line(left, top, left, top + RIBBON, THERE)
    told = runs([one.is_told or plane.facts.is_one_run for one in found], plane.x)
    hatched = [(left, right) for is_told, left, right in told if not is_told]
    for left, right in hatched:
        yield box(left, top, right - left, RIBBON, "url(#unsure)")
    yield box(LEFT, top, RIGHT - LEFT, RIBBON, "none", more=f'stroke="{THERE}"')
    for name, left, right in runs([one.level for one in found], plane.x):
        clear_left = max([left, *(b for a, b in hatched if a <= left + 1 < b)])
        clear_right = min([right, *(a for a, b in hatched if a < right - 1 <= b)])
        if clear_right - clear_left > LETTER * len(name) + 6:
            yield words((clear_left + clear_right) / 2, top + 14.5, name, INK, size=12, weight=600, anchor="middle")
    yield named("cheapest level", top + 14.5)


def runs(values: Sequence[Value], x: Scale) -> list[tuple[Value, float, float]]:
    """Give each run of equal values with its left and right edge [px]."""
    step = (x.end - x.start) / (len(values) - 1)
    found, at = [], 0
    for value, run in groupby(values):
        count = len(list(run))
        left, right = x.start + step * (at - 0.5), x.start + step * (at + count - 0.5)
        found.append((value, max(left, x.start), min(right, x.end)))
        at += count
    return found
