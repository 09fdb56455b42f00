"""A picture of a run's power: what the line and each station drew, by means of 10 minutes and the peaks inside."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np

from dashboards.numbers import number, significant
from dashboards.palette import SANS, TOKENS
from dashboards.report_charts import GRID, HERE, INK, INK_2, INK_3, WIDTH, Scale, line, squeezed, tick_places, ticks
from dashboards.svg import box, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.accounts import Floats
    from twin.study.power_course import PowerCourse

PEAKS = TOKENS["total"].light
LEFT, RIGHT = 64.0, WIDTH - 16.0
TOP, PLOT, STRIP, GAP, FOOT = 74.0, 200.0, 54.0, 30.0, 44.0
"""Heights of the head, of the line's plot, of a station's, of what is between them, and of the time axis [px]."""

MOST_STEPS = 1000
"""Of more windows several are drawn as one step: the mean of their means, the highest of their peaks."""

W_PER_KW = 1000.0
TIMES = (("days", 86400.0), ("h", 3600.0), ("min", 60.0))


def power_svg(course: PowerCourse, title: str, names: Mapping[str, str]) -> str:
    """Draw the course of a line's power; `names` are those of its stations for people."""
    course_kw = [(mean / W_PER_KW, peak / W_PER_KW) for mean, peak in zip(course.mean_w, course.peak_w, strict=True)]
    starts, course_kw = _thinned(course.start_s, course_kw)
    end_s = float(course.end_s[-1])
    unit, size = next((name, size) for name, size in TIMES if end_s >= 2 * size or name == "min")
    x = Scale(float(course.start_s[0]), end_s, LEFT, RIGHT)
    sentence, note = _sentence(course, title), _note(course, len(starts))
    parts = [
        squeezed(words(12, 24, sentence, INK, size=15, weight=600), sentence, WIDTH - 24),
        words(12, 46, note, INK_2, size=12.5),
    ]
    top = TOP
    for place, (mean, peak) in enumerate(course_kw):
        height = STRIP if place else PLOT
        label = names[course.stations[place - 1]] if place else "whole line"
        parts += _plot(x, top, height, label, (starts, mean, peak))
        top += height + GAP
    foot = top - GAP
    for mark in ticks(x.low / size, x.high / size, 8):
        if x.low <= mark * size <= x.high:
            parts.append(line(x(mark * size), foot, x(mark * size), foot + 4, INK_3))
            parts.append(words(x(mark * size), foot + 18, f"{mark:g}", INK_3, size=12, anchor="middle"))
    parts.append(words(RIGHT, foot + 36, unit, INK_3, size=12, anchor="end"))
    height = foot + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(f"{sentence} {note}", {chr(34): "&quot;"})}" '
        f"font-family='{SANS}'>{box(0, 0, WIDTH, height, TOKENS['card'].light)}{''.join(parts)}</svg>\n"
    )


def _sentence(course: PowerCourse, title: str) -> str:
    peak = _kw(float(course.peak_w[0].max()))
    whole = course.mean_w[0][course.whole]
    mean = f", and {_kw(float(whole.max()))} as the mean of 10 minutes" if whole.size else ""
    return f"{title}: {peak} at most{mean}."


def _kw(watts: float) -> str:
    value = watts / W_PER_KW
    return f"{number(value, max(0, significant(value, 3)))} kW"


def _note(course: PowerCourse, steps: int) -> str:
    together = -(-len(course.start_s) // steps)
    span = "10 minutes" if together == 1 else f"{together * 10} minutes"
    return f"Mean power of each {span} (dark) and the peak inside (pale), first replication [kW]"


def _thinned(starts: Floats, course: list[tuple[Floats, Floats]]) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    together = -(-len(starts) // MOST_STEPS)
    places = np.arange(0, len(starts), together)
    many = np.diff(np.append(places, len(starts)))
    thin = [(np.add.reduceat(mean, places) / many, np.maximum.reduceat(peak, places)) for mean, peak in course]
    return starts[places], thin


def _plot(x: Scale, top: float, height: float, label: str, course: tuple[Floats, Floats, Floats]) -> Iterator[str]:
    starts, mean, peak = course
    marks = ticks(0.0, float(peak.max()) or 1.0, 5 if height == PLOT else 1)
    y = Scale(0.0, marks[-1], top + height, top)
    yield words(LEFT, top - 7, label, INK_2, size=12.5, weight=600)
    for mark in marks:
        yield line(LEFT, y(mark), RIGHT, y(mark), GRID)
        yield words(LEFT - 7, y(mark) + 4, number(mark, tick_places(marks)), INK_3, size=12, anchor="end")
    yield _steps((x, y), starts, peak, PEAKS, width=1.0)
    yield _steps((x, y), starts, mean, HERE, width=2.0)


def _steps(scales: tuple[Scale, Scale], starts: Floats, values: Floats, colour: str, *, width: float) -> str:
    x, y = scales
    across = np.append(np.repeat(starts, 2)[1:], x.high)
    up = np.repeat(values, 2)
    points = "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in zip(across.tolist(), up.tolist(), strict=True))
    return f'<path d="M{points}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'
