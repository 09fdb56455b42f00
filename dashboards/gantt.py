"""Who did what when, as one SVG that needs nothing else: a lane for each machine and each pool of people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from dashboards.flow_sheet import text_width
from dashboards.gantt_lanes import is_shared, lane_drawn, pool_drawn, within
from dashboards.gantt_sheet import AXIS, HEAD, MARGIN, POOL, RIGHT, Sheet
from dashboards.palette import SANS, STATES, Theme
from dashboards.svg import pattern, words
from twin.line.week_clock import MINUTE, clock, lasted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.kpi.history import History

SWATCH = 22.0
SHARED = (
    "Where spells are too short to draw, the colours of a column ({}) share its height as the states share its time; "
    "off shift stays empty."
)
SINGLE = (
    "Higher is worse: working, waiting, stopped. A cut marks where a part left the machine; its number stands before "
    "it where there is room."
)
POOLS = "People: dark is at work, light is on duty; a stroke above marks requests that waited."


def gantt_svg(history: History, end_s: float, *, theme: Theme = "light") -> str:
    """Draw who did what when.

    Where spells are too short to be drawn, a lane shows shares of time, so that the file stays small however long the
    run is.

    Parameters
    ----------
    history
        The past of a line.
    end_s
        Where the picture ends [s]; it begins when the line first opens.
    theme
        "light" or "dark".

    Returns
    -------
    str
        An SVG document.
    """
    sheet = Sheet(history, end_s, theme)
    shared = [is_shared(sheet, lane) for lane in sheet.lanes]
    legend = _legend(sheet, shared=any(shared), single=not all(shared))
    foot = sheet.bottom + AXIS + 22.0 * len(legend) + MARGIN
    return "\n".join(
        [*_head(sheet, foot), *_axis(sheet), *_lanes(sheet), *_pools(sheet), *_placed(sheet, legend), "</svg>\n"]
    )


def _head(sheet: Sheet, height: float) -> Iterator[str]:
    line, width = sheet.history.line, round(sheet.width)
    title = line.title or line.line
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{round(height)}" '
        f'viewBox="0 0 {width} {round(height)}" role="img" aria-labelledby="gantt-title gantt-desc" '
        f'font-family=\'{SANS}\' font-size="13" font-variant-numeric="tabular-nums">'
    )
    yield f'<title id="gantt-title">{escape(title)}: who did what when</title>'
    yield f'<desc id="gantt-desc">{escape(_in_words(sheet))}</desc>'
    patterns = "".join(pattern(name, look.pattern, look.colour.on(sheet.theme)) for name, look in STATES.items())
    yield f"<defs>{patterns}</defs>"
    yield f'<rect width="100%" height="100%" fill="{sheet["card"]}"/>'
    yield words(MARGIN, 36, f"{title}: who did what when", sheet["ink"], size=20, weight=600)
    span = f"{clock(sheet.start_s)} to {clock(sheet.end_s, sheet.start_s)}, {lasted(sheet.end_s - sheet.start_s)}"
    yield words(MARGIN, 58, f"One run, {span}", sheet["ink-2"])
    yield words(sheet.right + RIGHT, HEAD - 4, "parts", sheet["ink-3"], size=12, anchor="end")


def _in_words(sheet: Sheet) -> str:
    """Say what the picture shows: the shares of time of each lane."""
    told = []
    for lane in sheet.lanes:
        times = dict.fromkeys(STATES, 0.0)
        for spell in (spell for machine in lane.machines for spell in within(sheet, machine)):
            times[spell.state] += spell.end_s - spell.start_s
        whole = sum(times.values()) or 1.0
        parts = {STATES[state].word.lower(): 100 * time / whole for state, time in times.items() if time > 0}
        shares = ", ".join(f"{word} {part:.0f} %" for word, part in parts.items())
        name = " ".join(filter(None, (lane.machines[0][0], lane.number)))
        told.append(f"{name}: {shares}.")
    return f"From {clock(sheet.start_s)} to {clock(sheet.end_s)}. {' '.join(told)}"


def _axis(sheet: Sheet) -> Iterator[str]:
    """Draw a fine line at every round time, its words above and below; the day stands where it changes."""
    ticks = sheet.ticks()
    lines = "".join(f"M{sheet.x(tick):.1f} {HEAD + AXIS - 6:.1f}V{sheet.bottom + 6:.1f}" for tick in ticks)
    yield f'<path d="{lines}" stroke="{sheet["rule"]}" stroke-width="1"/>'
    seconds = any(tick % MINUTE for tick in ticks)
    for y in (HEAD + 14, sheet.bottom + 20):
        before = None
        for tick in ticks:
            text = clock(tick, before, seconds=seconds)
            yield words(sheet.x(tick), y, text, sheet["ink-3"], size=12, anchor="middle")
            before = tick


def _lanes(sheet: Sheet) -> Iterator[str]:
    high = sheet.height_of_lane
    for place, lane in enumerate(sheet.lanes):
        middle = lane.top + high / 2 + 4.5
        if lane.name is not None:
            if place:
                y = lane.top - 0.5 * (sheet.below + 6.0)
                yield f'<path d="M{MARGIN:g} {y:.1f}H{sheet.right + RIGHT:.1f}" stroke="{sheet["rule"]}"/>'
            yield _fitted(sheet, lane.name, middle)
        if lane.number:
            size = min(11.0, high)
            yield words(sheet.left - 8, middle - 0.5, lane.number, sheet["ink-3"], size=size, anchor="end")
        yield f'<g id="lane-{place}">'
        yield from lane_drawn(sheet, lane)
        yield "</g>"
        many = sum(
            sheet.start_s < left.time_s <= sheet.end_s
            for machine in lane.machines
            for left in sheet.history.left[machine]
        )
        yield words(sheet.right + RIGHT, middle, f"{many:,}", sheet["ink-2"], size=min(12.0, high), anchor="end")


def _fitted(sheet: Sheet, name: str, y: float) -> str:
    """Write a name, its letters narrowed where it is too long."""
    size = min(13.0, sheet.height_of_lane + 1)
    text = words(MARGIN, y, name, sheet["ink"], size=size, weight=600)
    if text_width(name, size) <= sheet.names:
        return text
    return text.replace("<text ", f'<text textLength="{sheet.names:g}" lengthAdjust="spacingAndGlyphs" ', 1)


def _pools(sheet: Sheet) -> Iterator[str]:
    if not sheet.pools:
        return
    yield words(MARGIN, sheet.pools[0][1] - 12, "People", sheet["ink-3"], size=12)
    yield words(sheet.right + RIGHT, sheet.pools[0][1] - 12, "busy", sheet["ink-3"], size=12, anchor="end")
    for skill, top in sheet.pools:
        middle = top + POOL / 2 + 4.5
        yield words(MARGIN, middle, skill.replace("_", " "), sheet["ink"], weight=600)
        posts = f"{sheet.history.line.operators[skill]}"
        yield words(sheet.left - 8, middle, posts, sheet["ink-3"], size=11, anchor="end")
        yield from pool_drawn(sheet, skill, top)
        yield words(sheet.right + RIGHT, middle, _busy(sheet, skill), sheet["ink-2"], size=12, anchor="end")


def _busy(sheet: Sheet, skill: str) -> str:
    """Return the share of their time on duty in which the people of a pool were at work."""
    people = sheet.history.people[skill]
    present = busy = 0.0
    for here, end_s in zip(people, (*(each.time_s for each in people[1:]), sheet.end_s), strict=True):
        lapse = max(0.0, min(end_s, sheet.end_s) - max(here.time_s, sheet.start_s))
        present, busy = present + lapse * here.present, busy + lapse * here.busy
    return f"{100 * busy / present:.0f} %" if present > 0 else "–"


def _legend(sheet: Sheet, *, shared: bool, single: bool) -> list[list[tuple[str, str]]]:
    """Return the rows of the legend: the states that occur, each with its fill, then what else needs words."""
    drawn = {spell.state for machine in sheet.history.machines for spell in within(sheet, machine)}
    looks = [(name, look) for name, look in STATES.items() if name in drawn]
    fills = [f"url(#state-{name})" if single else look.colour.on(sheet.theme) for name, look in looks]
    rows = [[(fill, look.word) for fill, (_, look) in zip(fills, looks, strict=True)]]
    notes = (
        (SHARED.format(lasted(sheet.cell * sheet.seconds_a_pixel)), shared),
        (SINGLE, single),
        (POOLS, sheet.pools),
    )
    return [*rows, *([("", note)] for note, told in notes if told)]


def _placed(sheet: Sheet, legend: list[list[tuple[str, str]]]) -> Iterator[str]:
    y = sheet.bottom + AXIS + 22.0
    for row in legend:
        x = MARGIN
        for fill, text in row:
            if fill:
                yield f'<rect x="{x:.1f}" y="{y - 10:.1f}" width="{SWATCH:g}" height="11" fill="{fill}"/>'
                x += SWATCH + 6
            yield words(x, y, text, sheet["ink-2"] if fill else sheet["ink-3"], size=12)
            x += text_width(text, 12) + 18
        y += 22.0
