"""The flow of a line as one SVG that needs nothing else: no script, no web font, no style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from dashboards.flow_sheet import (
    APPROACH,
    CARD_HEIGHT,
    CHANNEL,
    FULL,
    HEAD,
    LEGEND,
    LIMITS,
    MARGIN,
    PORT,
    STRIP,
    Sheet,
    facts,
    room,
    text_width,
)
from dashboards.palette import SANS, STATES, Theme
from dashboards.svg import box, path, pattern, words
from twin.line.capacity import static_capacity
from twin.line.diagram import Link, edge_label
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twin.line.line import Line


def flow_svg(
    line: Line,
    *,
    theme: Theme = "light",
    bottleneck: str | None = None,
    states: Mapping[str, Mapping[str, float]] | None = None,
    levels: Mapping[str, float] | None = None,
) -> str:
    """Draw the flow of a line.

    Parameters
    ----------
    line : Line
        A line; of a scenario, its `line`.
    theme : "light" or "dark"
    bottleneck : str, optional
        Station that limits the line; unless given, the one the line names, else that of the static capacity.
    states : mapping, optional
        Share of time [1] by state, by station. Without it a card shows the load of the station against the takt.
    levels : mapping, optional
        Mean level of each buffer, "A->B". Without it the buffers are drawn empty.

    Returns
    -------
    str
        An SVG document.
    """
    capacity = static_capacity(line)
    limit = bottleneck or line.bottleneck or capacity.bottleneck
    sheet = Sheet(line, theme, capacity)
    legend = _legend(sheet, loads=set(states or {}) < set(line.stations))
    return "\n".join([*_head(sheet, limit), *_body(sheet, limit, states, levels), *legend, "</svg>"]) + "\n"


class FlowParts(NamedTuple):
    """A flow to lay out in rows: what is drawn, where it may be cut, ends included, and how far down each column goes.

    `words` says what it shows, `legend` what its numbers mean; all places in px.
    """

    drawn: str
    cuts: tuple[float, ...]
    top: float
    bottoms: tuple[float, ...]
    words: str
    legend: list[str]


def flow_parts(line: Line) -> FlowParts:
    """Draw the flow of a line, to be cut between its columns; of very many ways, those among the main stations."""
    sheet = Sheet(line, "light", static_capacity(line), small=True)
    limit = line.bottleneck or sheet.capacity.bottleneck
    ahead = zip(sheet.lefts[1:-1], sheet.between, strict=False)
    cuts = (0.0, *(left - room(gap)[1] for left, gap in ahead), sheet.lefts[-1] + 40)
    drawn = "\n".join([f"<defs>{_marks(sheet)}</defs>", *_body(sheet, limit, None, None)])
    return FlowParts(drawn, cuts, HEAD - 26, _bottoms(sheet), _in_words(sheet, limit), sheet.legend)


def _bottoms(sheet: Sheet) -> tuple[float, ...]:
    """How far down each column goes, with the ways that pass it and the returns below it [px]."""
    found = [sheet.top(0) + CARD_HEIGHT] * sheet.diagram.place(OUT).column
    for place in sheet.diagram.places[:-1]:
        found[place.column] = max(found[place.column], sheet.top(place.lane) + CARD_HEIGHT)
    for link in sheet.diagram.links:
        columns = sorted(sheet.diagram.place(name).column for name in (link.edge.from_, link.edge.to))
        lowest = max((sheet.top(lane) + CARD_HEIGHT for lane in link.lanes), default=0.0)
        for column in range(columns[0], min(columns[1] + 1, len(found))):
            found[column] = max(found[column], lowest if link.depth is None else sheet.foot(link) + 14)
    return tuple(bottom + 12 for bottom in found)


def _body(
    sheet: Sheet, limit: str, states: Mapping[str, Mapping[str, float]] | None, levels: Mapping[str, float] | None
) -> Iterator[str]:
    for link in sheet.diagram.links:
        yield from _link(sheet, link, levels)
    drawn = {place.name for place in sheet.diagram.places}
    for name in (name for name in sheet.line.stations if name in drawn):
        yield from _card(sheet, name, (states or {}).get(name))
    if limit in drawn:
        yield from _neck(sheet, limit)
    yield from _entries(sheet)


def _head(sheet: Sheet, limit: str) -> Iterator[str]:
    """The document's start: its size, what it says in words, the title, and the patterns of the states."""
    width, height = round(sheet.width), round(sheet.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family=\'{SANS}\' font-size="13" font-variant-numeric="tabular-nums">'
    )
    yield f"<title>{escape(sheet.title)}: the flow</title>"
    yield f"<desc>{escape(_in_words(sheet, limit))}</desc>"
    patterns = "".join(pattern(name, look.pattern, look.colour.on(sheet.theme)) for name, look in STATES.items())
    yield f"<defs>{_marks(sheet)}{patterns}</defs>"
    yield f'<rect width="100%" height="100%" fill="{sheet["page"]}"/>'
    yield words(MARGIN, 40, sheet.title, sheet["ink"], size=22, weight=600)


def _marks(sheet: Sheet) -> str:
    return (
        f'<marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1 10 5 0 9z" fill="{sheet["rule-2"]}"/>'
        "</marker>"
    )


def _in_words(sheet: Sheet, limit: str) -> str:
    edges = (
        f"{sheet.names[link.edge.from_]} to {sheet.names[link.edge.to]} ({edge_label(link) or 'all'})"
        for link in sheet.diagram.links
    )
    ways = (
        f"Ways, {sheet.diagram.left_out} rarer ones left out" if sheet.diagram.left_out else "Ways, with places between"
    )
    return f"{sheet.names[limit]} limits the line. {ways}: {'; '.join(edges)}."


def _card(sheet: Sheet, name: str, shares: Mapping[str, float] | None) -> Iterator[str]:
    """One station: its name, its facts, and how its time goes or how loaded it is."""
    place = sheet.diagram.place(name)
    x, y, width = sheet.lefts[place.column], sheet.top(place.lane), sheet.widths[place.column]
    yield f'<g id="station-{name}">'
    yield box(x, y, width, CARD_HEIGHT, sheet["card"], more=f'rx="5" stroke="{sheet["rule"]}"')
    yield words(x + 9, y + 25, sheet.names[name], sheet["ink"], size=14.5, weight=600)
    for row, fact in enumerate(facts(sheet.line, name)):
        yield words(x + 9, y + 46 + 18 * row, fact, sheet["ink-3"])
    if shares is None:
        yield from _load(sheet, name, x + 9, y, width - 18)
    else:
        yield from _strip(sheet, shares, x + 9, y, width - 18)
    yield "</g>"


def _load(sheet: Sheet, name: str, x: float, y: float, width: float) -> Iterator[str]:
    """A bar of the station's load against the takt; of its time against the bottleneck's if there is no demand."""
    found = next(station for station in sheet.capacity.stations if station.station == name)
    longest = max(station.time_s for station in sheet.capacity.stations)
    load = found.load if found.load is not None else found.time_s / longest if longest else 0.0
    over = load > FULL
    ink, fill, weight = ("bad", "more", 600) if over else ("ink-2", "total", 400)
    yield words(x, y + 92, f"load {100 * load:.0f} %", sheet[ink], size=12, weight=weight)
    yield box(x, y + 98, width, 6, sheet["track"])
    yield box(x, y + 98, width * min(1.0, load), 6, sheet[fill])


def _strip(sheet: Sheet, shares: Mapping[str, float], x: float, y: float, width: float) -> Iterator[str]:
    """How a station's time goes: a bar of the nine states, told apart by pattern, height and colour."""
    base = y + 104
    total = sum(shares.values()) or 1.0
    spent = {name: shares[name] / total for name in STATES if shares.get(name)}
    said = ", ".join(f"{STATES[name].word} {100 * share:.0f} %" for name, share in spent.items())
    yield f"<g><title>{said}</title>"
    yield f'<path d="M{x:g} {base:g}h{width:g}" stroke="{sheet["rule-2"]}"/>'
    for name, share in spent.items():
        height = STRIP * STATES[name].height
        yield box(x, base - height, width * share, height, f"url(#state-{name})")
        x += width * share
    yield "</g>"


def _neck(sheet: Sheet, name: str) -> Iterator[str]:
    """The tab of the bottleneck: a role, not a state, so it is ink."""
    place = sheet.diagram.place(name)
    x, y = sheet.lefts[place.column], sheet.top(place.lane)
    yield box(x - 1, y - 21, text_width(LIMITS, 12) + 14, 21, sheet["ink"], more='rx="3"')
    yield words(x + 6, y - 6, LIMITS, sheet["card"], size=12, weight=600)


def _entries(sheet: Sheet) -> Iterator[str]:
    """Where the source feeds the line, if that is not plain to see."""
    for place in map(sheet.diagram.place, sheet.diagram.fed if sheet.fed_inside else ()):
        x, y = sheet.lefts[place.column], sheet.top(place.lane) + 20
        yield path([(x - APPROACH, y), (x - 2, y)], sheet["rule-2"])


def _legend(sheet: Sheet, *, loads: bool) -> Iterator[str]:
    """Say below the flow what the numbers mean; of loads only where a card shows one."""
    for row, text in enumerate(sheet.legend if loads else sheet.legend[:1]):
        yield words(MARGIN, sheet.bottom + LEGEND * (row + 0.6), text, sheet["ink-3"], size=12)


def _link(sheet: Sheet, link: Link, levels: Mapping[str, float] | None) -> Iterator[str]:
    """One edge with its label: forward along its lane, or back below the line."""
    if link.depth is not None:
        yield from _return(sheet, link)
        return
    points = _forward(sheet, link)
    yield path(points, sheet["rule-2"])
    place = sheet.diagram.place(link.edge.from_)
    gap = sheet.between[place.column]
    step = next(step for step in gap.steps if step.link is link)
    before, after = room(gap)
    if gap.alone(step.source):
        centre, y = sheet.right(place.column) + before / 2, points[0][1]
    else:
        centre, y = sheet.lefts[place.column + 1] - after / 2 - APPROACH / 2, points[2][1]
    if step.label:
        yield words(centre, y + 17, step.label, sheet["ink-3"], size=12, anchor="middle")
    if link.edge.to == OUT:
        yield words(points[-1][0] + 6, points[-1][1] + 5, OUT, sheet["ink"], size=14.5, weight=600)
    else:
        yield from _gauge(sheet, link, centre, y, levels)


def _forward(sheet: Sheet, link: Link) -> list[tuple[float, float]]:
    """The corners of a forward edge: to its channel, up or down it, on to the next column, until it arrives."""
    first, last = sheet.diagram.place(link.edge.from_), sheet.diagram.place(link.edge.to)
    points = [(sheet.right(first.column), _port(sheet, link, leaving=True))]
    heights = [*(sheet.middle(lane) for lane in link.lanes), _port(sheet, link, leaving=False)]
    for column, y in enumerate(heights, start=first.column):
        gap = sheet.between[column]
        groups = gap.channels()
        step = next(step for step in gap.steps if step.link is link)
        index = next(index for index, group in enumerate(groups) if step.source in group)
        x = sheet.lefts[column + 1] - room(gap)[1] - CHANNEL * (len(groups) - index - 0.5)
        points += [(x, points[-1][1]), (x, y)]
    return [*points, (sheet.lefts[last.column] - (0 if last.name == OUT else 2), heights[-1])]


def _port(sheet: Sheet, link: Link, *, leaving: bool) -> float:
    """Height at which an edge meets a card: those that meet the same side stand apart, in the order of their lanes."""
    diagram = sheet.diagram
    name = link.edge.from_ if leaving else link.edge.to
    place = diagram.place(name)

    def far(other: Link) -> float:
        if other.lanes:
            return other.lanes[0 if leaving else -1]
        return diagram.place(other.edge.to if leaving else other.edge.from_).lane

    beside = [
        other
        for other in diagram.links
        if other.depth is None and name == (other.edge.from_ if leaving else other.edge.to)
    ]
    beside.sort(key=far)
    spread = PORT if len(beside) * PORT < CARD_HEIGHT else CARD_HEIGHT / (len(beside) + 1)
    return sheet.middle(place.lane) + (beside.index(link) - (len(beside) - 1) / 2) * spread


def _return(sheet: Sheet, link: Link) -> Iterator[str]:
    """A return, dashed, below all that stands between its ends."""
    diagram = sheet.diagram
    source, target = diagram.place(link.edge.from_), diagram.place(link.edge.to)
    start = sheet.lefts[source.column] + sheet.widths[source.column] * (0.62 + 0.08 * (link.depth or 0))
    end = sheet.lefts[target.column] + sheet.widths[target.column] * (0.38 - 0.08 * (link.depth or 0))
    y = sheet.foot(link)
    foot, head = sheet.top(source.lane) + CARD_HEIGHT, sheet.top(target.lane) + CARD_HEIGHT + 2
    yield path([(start, foot), (start, y), (end, y), (end, head)], sheet["rule-2"], dashed=True)
    label = f"{edge_label(link) or 'all'}{' again' if link.edge.rework else ' back'}"
    width = text_width(label, 12) + 10
    centre = (start + end) / 2
    yield box(centre - width / 2, y - 9, width, 18, sheet["page"])
    yield words(centre, y + 4, label, sheet["ink-2"], size=12, anchor="middle")


def _gauge(sheet: Sheet, link: Link, x: float, y: float, levels: Mapping[str, float] | None) -> Iterator[str]:
    """A buffer above its arrow, filled to its mean level; without limit it has a sign and no lid; of 0, none."""
    places = link.edge.buffer
    if places == 0 or (places is None and link.is_brief):
        return
    left, top, height = x - 7, y - 40, 30
    level = (levels or {}).get(link.edge.name, 0.0)
    yield box(left, top, 14, height, sheet["card"])
    if places is not None and level > 0:
        filled = height * min(1.0, level / places)
        yield box(left, top + height - filled, 14, filled, sheet["rule-2"])
    if places is None:
        yield words(x, top + 20, "∞", sheet["ink-3"], size=12, anchor="middle")
    lid = "z" if places is not None else ""
    yield (
        f'<path d="M{left:.1f} {top:g}v{height}h14v-{height}{lid}" fill="none" stroke="{sheet["rule-2"]}" '
        f'stroke-linejoin="round"><title>{_level_words(link, level if levels else None)}</title></path>'
    )


def _level_words(link: Link, level: float | None) -> str:
    places = "without limit" if link.edge.buffer is None else f"{link.edge.buffer:,} places"
    return places if level is None else f"{level:.3g} on average, {places}"
