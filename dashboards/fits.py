"""Pictures of fits: what was seen of a time or a size, and the law that was fitted to it, each as one SVG file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from dashboards.numbers import NO_BREAK_SPACE, number, percent
from dashboards.palette import SANS, TOKENS
from dashboards.report_charts import GRID, INK, INK_2, INK_3, WIDTH, Scale, line, tick_places, ticks
from dashboards.svg import box, words
from twin.calibration.wording import UNITS
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from twin.calibration.calibrate import FitRow

    Floats = NDArray[np.float64]

LAW_LINE, SEEN_LINE = (TOKENS["accent"].light, 2.5), (INK, 1.5)
"""Colour and width [px] of the law, and of what was seen."""

JUDGED = 0.05
"""A law whose p-value is below this does not fit."""

LEFT, RIGHT, PLOT, FOOT = 52.0, WIDTH - 26.0, 220.0, 44.0
LINE, TITLE_WIDTH, NOTE_WIDTH = 19.0, 86, 112
"""Height of a line of text [px], and letters in a line of title and note."""

MOST, CUT = 20, 0.97
"""Of at least so many values, the axis ends a little behind this quantile: a long tail would press all together."""

POINTS = 200


class Unit(NamedTuple):
    """What a value is divided by, and what the axis is then called."""

    size: float
    name: str


def fit_svg(row: FitRow) -> str:
    """Draw the shares seen below each value, as a step function, and the fitted law's cdf.

    Where values were not seen to their end the step function is the Kaplan-Meier estimate, with a mark for each.
    """
    seen = row.values[row.over]
    high = float(np.quantile(row.values, CUT)) if len(row.values) >= MOST else float(row.values.max())
    unit = _unit(row, high)
    title = textwrap.wrap(_sentence(row), TITLE_WIDTH)
    note = textwrap.wrap(_note(row, high * 1.05), NOTE_WIDTH)
    top = 10 + LINE * (len(title) + len(note)) + 16
    marks = ticks(0.0, high * 1.05 / unit.size)
    x = Scale(0.0, marks[-1], LEFT, RIGHT)
    y = Scale(0.0, 1.0, top + PLOT, top)
    parts = [words(12, 10 + LINE * (i + 0.7), text, INK, size=15, weight=600) for i, text in enumerate(title)]
    parts += [words(12, 10 + LINE * (len(title) + i + 0.7), text, INK_2, size=12.5) for i, text in enumerate(note)]
    parts += _axes(x, y, marks, unit)
    grid = np.linspace(0.0, 1.0, POINTS) ** 2 * x.high * unit.size  # most points where it rises
    law = np.asarray(row.fit.distribution.cdf(grid), dtype=np.float64)
    parts += _steps(row, unit, x, y)
    parts.append(_curve(x, y, grid / unit.size, law, LAW_LINE))
    parts += _key(row, x, y, low_right=float(np.interp(0.6 * x.high * unit.size, grid, law)) > 0.5)  # noqa: PLR2004
    height = top + PLOT + FOOT
    label = f"{_sentence(row)} {_note(row, high * 1.05)} {len(seen)} seen to their end."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(label, {chr(34): "&quot;"})}" '
        f"font-family='{SANS}'>{box(0, 0, WIDTH, height, TOKENS['card'].light)}{''.join(parts)}</svg>\n"
    )


def picture_name(row: FitRow) -> str:
    """Return the name of a fit's picture: "press.cycle.svg"; of orders, "orders.pieces.svg"."""
    *_, of = row.path.partition("->") if row.path.startswith("route.") else ("", "", row.path.partition(".")[2])
    owner = "orders" if row.station is None else of.partition(".")[0]
    return f"{owner}.{row.what.replace(' ', '_')}.svg"


def subject(row: FitRow) -> str:
    """Return what a law is of, to begin a sentence with: "Press, cycle"."""
    return f"{row.station or 'Orders'}, {row.what}"


def _sentence(row: FitRow) -> str:
    fit, of = row.fit, subject(row)
    if fit.family == "constant":
        value = _amount(row, fit.distribution.mean)
        return f"{of}: {f'always {value}' if fit.n > 1 else f'seen once, {value}'}."
    if fit.family == "empirical":
        return f"{of}: most are alike, so the values stand as they were seen."
    if fit.p_value is None:
        return (
            f"{of}: likeliest {_article(fit.family)}; {'not all ended, so ' if fit.censored else ''}no test judges it."
        )
    if fit.p_value < JUDGED:
        return (
            f"{of}: no family tried fits; the likeliest is {_article(fit.family)} (p{NO_BREAK_SPACE}{fit.p_value:.2f})."
        )
    return f"{of}: in keeping with {_article(fit.family)} (p{NO_BREAK_SPACE}{fit.p_value:.2f})."


def _article(family: str) -> str:
    return f"{'an' if family[0] in 'aeiou' else 'a'} {family_name(family)} law"


def family_name(family: str) -> str:
    """Return a family as people write it: Weibull, but lognormal."""
    return "Weibull" if family == "weibull" else family


def _note(row: FitRow, end: float) -> str:
    hidden, beyond = row.fit.censored, int((row.values > end).sum())
    parts = [f"Share below each {'number of pieces' if row.what == 'pieces' else 'time'}, {row.fit.n} seen"]
    if hidden:
        parts.append(f"{hidden} of them not to {'its' if hidden == 1 else 'their'} end")
    if beyond:
        parts.append(f"{beyond} beyond the axis")
    said = ", ".join(parts)
    # The mean of what a power of the pieces leaves is no time.
    return f"{said}." if _is_ratio(row) else f"{said}; mean {_amount(row, row.fit.distribution.mean)} by the law."


def _is_ratio(row: FitRow) -> bool:
    return row.form.startswith("pieces")


def _amount(row: FitRow, value: float) -> str:
    if row.what == "pieces":
        return f"{value:.3g} pieces"
    if _is_ratio(row):
        return f"{value:.2f}"
    return format_time(value).replace(" ", NO_BREAK_SPACE)


def _unit(row: FitRow, high: float) -> Unit:
    if row.what == "pieces":
        return Unit(1.0, "pieces")
    if _is_ratio(row):
        return Unit(1.0, f"time of a lot, as a multiple of what its size makes usual ({row.form})")
    name, size = next(((name, size) for name, size in UNITS if high >= 2 * size), UNITS[-1])
    of = " a piece" if row.form == "per piece" else ""
    clock = " of working time" if row.what == "wait before" else ""
    return Unit(size, f"{name}{of}{clock}")


def _axes(x: Scale, y: Scale, marks: list[float], unit: Unit) -> Iterator[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield line(x.start, y(share), x.end, y(share), GRID)
        yield words(x.start - 7, y(share) + 4, percent(share), INK_3, size=12, anchor="end")
    for mark in marks:
        yield line(x(mark), y.start, x(mark), y.start + 4, INK_3)
        yield words(x(mark), y.start + 18, number(mark, tick_places(marks)), INK_3, size=12, anchor="middle")
    yield words(x.end, y.start + 36, unit.name, INK_3, size=12, anchor="end")


def survival(values: Floats, over: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the times at which values ended, and the share still going on after each (Kaplan and Meier, 1958).

    Examples
    --------
    >>> times, left = survival(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]))
    >>> times.tolist(), left.round(3).tolist()
    ([1.0, 3.0], [0.667, 0.0])
    """
    times, ended = np.unique(values[over], return_counts=True)
    at_risk = (values[None, :] >= times[:, None]).sum(axis=1)
    return times, np.cumprod(1.0 - ended / at_risk)


def _steps(row: FitRow, unit: Unit, x: Scale, y: Scale) -> Iterator[str]:
    times, left = survival(row.values, row.over)
    inside = times <= x.high * unit.size
    edges = np.concatenate(([0.0], times[inside] / unit.size))
    below = np.concatenate(([0.0], 1.0 - left[inside]))
    # What is not over when the last value ends goes on: the steps stop there, at less than 1, or at the axis' end.
    last = min(float(row.values.max()) / unit.size, x.high)
    corners_x = np.append(np.repeat(edges, 2)[1:], max(last, float(edges[-1])))
    yield _curve(x, y, corners_x, np.repeat(below, 2), SEEN_LINE)
    for value in row.values[~row.over] / unit.size:
        if value <= x.high:
            at = y(float(below[np.searchsorted(edges, value, side="right") - 1]))
            yield line(x(value), at - 5, x(value), at + 5, INK, width=1.5)


def _curve(x: Scale, y: Scale, across: Floats, up: Floats, look: tuple[str, float]) -> str:
    colour, width = look
    points = "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in zip(across.tolist(), up.tolist(), strict=True))
    return f'<path d="M{points}" fill="none" stroke="{colour}" stroke-width="{width:g}"/>'


def _key(row: FitRow, x: Scale, y: Scale, *, low_right: bool) -> Iterator[str]:
    """Name the lines where a rising curve leaves room: below it on the right, or above it on the left."""
    entries = [(*LAW_LINE, f"fitted: {family_name(row.fit.family)}"), (*SEEN_LINE, "seen")]
    if row.fit.censored:
        entries[1] = (*SEEN_LINE, "seen (Kaplan-Meier); a mark where one was not seen to its end")
    room = 7.0 * max(len(text) for *_, text in entries) + 34
    left = x.end - room if low_right else x.start + 12
    first = y(0.0) - 34 if low_right else y(1.0) + 18
    for place, (colour, width, text) in enumerate(entries):
        at = first + LINE * place
        yield line(left, at - 4, left + 22, at - 4, colour, width=width)
        yield words(left + 28, at, text, INK_2, size=12.5)
