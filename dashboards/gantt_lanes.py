"""The lanes of a picture of who did what when: each spell by itself where there is room, else shares of time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from dashboards.gantt_sheet import PLOT, POOL
from dashboards.palette import STATES
from dashboards.svg import words
from twin.line.week_clock import clock, lasted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.gantt_sheet import Lane, Sheet
    from twin.kpi.history import Machine, People, Spell

NARROW = 3.0
"""Mean width of a spell under which a lane shows shares [px]."""
PATTERN = 7.0
"""Width from which a spell shows its state's pattern: a narrower one might show a gap of it alone [px]."""
ROOM = 5.0
"""Room around the number of a part [px]."""
SMALL, LETTER = 9.5, 5.6
"""Size of a part's number, and the width of one of its digits [px]."""
TALL = 20.0
"""Height of a lane from which parts are numbered [px]."""


def lane_drawn(sheet: Sheet, lane: Lane) -> Iterator[str]:
    """Draw what a lane's machines did."""
    spells = [spell for machine in lane.machines for spell in within(sheet, machine)]
    if len(lane.machines) == 1 and len(spells) * NARROW <= PLOT:
        yield from _spells(sheet, lane, spells)
    else:
        yield from _shares(sheet, lane, spells)


def is_shared(sheet: Sheet, lane: Lane) -> bool:
    """Whether a lane shows shares of time, since its spells are too short to be drawn by themselves."""
    many = sum(1 for machine in lane.machines for _ in within(sheet, machine))
    return len(lane.machines) > 1 or many * NARROW > PLOT


def within(sheet: Sheet, machine: Machine) -> Iterator[Spell]:
    """Yield the spells of a machine, cut to the time drawn."""
    for spell in sheet.history.spells[machine]:
        if spell.end_s > sheet.start_s and spell.start_s < sheet.end_s:
            yield spell._replace(start_s=max(spell.start_s, sheet.start_s), end_s=min(spell.end_s, sheet.end_s))


def _spells(sheet: Sheet, lane: Lane, spells: Sequence[Spell]) -> Iterator[str]:
    """Draw each spell, as high as its state asks, with its words for whoever points at it."""
    foot, high = lane.top + sheet.height_of_lane, sheet.height_of_lane
    name = " ".join(filter(None, (lane.machines[0][0], lane.number)))
    for spell in spells:
        look, x = STATES[spell.state], sheet.x(spell.start_s)
        height, width = high * look.height, sheet.x(spell.end_s) - x
        solid = look.pattern == "solid" or width < PATTERN
        fill = look.colour.on(sheet.theme) if solid else f"url(#state-{spell.state})"
        why = "" if spell.reason is None else f": {spell.reason}"
        told = (
            f"{name}: {look.word.lower()}{why}, {clock(spell.start_s)} to {clock(spell.end_s, spell.start_s)} "
            f"({lasted(spell.end_s - spell.start_s)})"
        )
        yield (
            f'<rect x="{x:.1f}" y="{foot - height:.1f}" width="{max(width, 0.6):.2f}" height="{height:.1f}" '
            f'fill="{fill}"><title>{escape(told)}</title></rect>'
        )
    yield from _parts(sheet, lane)


def _parts(sheet: Sheet, lane: Lane) -> Iterator[str]:
    """Mark where a part left the machine, and write its number before the mark where there is room."""
    foot, high = lane.top + sheet.height_of_lane, sheet.height_of_lane
    left = [part for part in sheet.history.left[lane.machines[0]] if sheet.start_s < part.time_s <= sheet.end_s]
    if not left or len(left) * 2 * NARROW > PLOT:
        return
    marks = "".join(f"M{sheet.x(part.time_s):.1f} {foot:.1f}v{-high * 0.42:.1f}" for part in left)
    yield f'<path d="{marks}" stroke="{sheet["card"]}" stroke-width="1.2"/>'
    before = sheet.left
    for part in left if high >= TALL else ():
        x = sheet.x(part.time_s)
        wide = LETTER * len(str(part.part))
        if x - before >= wide + ROOM:
            ink = sheet["bad"] if part.outcome == "scrap" else sheet["ink-2"]
            yield words(x - 2, foot - high * 0.72, str(part.part), ink, size=SMALL, anchor="end")
            before = x


def _shares(sheet: Sheet, lane: Lane, spells: Sequence[Spell]) -> Iterator[str]:
    """Draw columns whose colours share their height as the states share the time."""
    foot, high, cell_s = lane.top + sheet.height_of_lane, sheet.height_of_lane, sheet.cell * sheet.seconds_a_pixel
    cells: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for state, start_s, end_s in ((spell.state, spell.start_s, spell.end_s) for spell in spells):
        cell = int((start_s - sheet.start_s) / cell_s)
        while (begins_s := sheet.start_s + cell * cell_s) < end_s:
            cells[cell][state] += max(0.0, min(end_s, begins_s + cell_s) - max(start_s, begins_s))
            cell += 1
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for cell, times in sorted(cells.items()):
        y, whole = foot, sum(times.values())
        for state in STATES:
            height = high * times.get(state, 0.0) / whole if whole > 0 else 0.0
            if height > 0 and state != "off_shift":
                x = sheet.left + cell * sheet.cell
                paths[state].append(f"M{x:g} {y:.1f}h{min(sheet.cell, sheet.right - x):g}v{-height:.1f}H{x:g}z")
            y -= height
    for state, drawn in paths.items():
        yield f'<path fill="{STATES[state].colour.on(sheet.theme)}" d="{"".join(drawn)}"/>'


def pool_drawn(sheet: Sheet, skill: str, top: float) -> Iterator[str]:
    """Draw how many of a pool were at work, of how many present, and where requests waited."""
    people = sheet.history.people[skill]
    most = max([1.0, *(max(each.present, each.busy) for each in people)])
    foot = top + POOL
    steps = list(_means(sheet, people))
    for token, number in (("track", 0), ("total", 1)):
        area = "".join(f"H{x:.1f}V{foot - POOL * values[number] / most:.1f}" for x, values in steps)
        yield f'<path fill="{sheet[token]}" d="M{sheet.left:.1f} {foot:.1f}{area}H{sheet.right:.1f}V{foot:.1f}z"/>'
    waiting = [(x, values[2] > 0) for x, values in steps] + [(sheet.right, False)]
    marks, since = [], None
    for x, waits in waiting:
        if waits and since is None:
            since = x
        elif not waits and since is not None:
            marks.append(f"M{since:.1f} {top - 2:.1f}H{max(x, since + 0.6):.1f}")
            since = None
    if marks:
        colour = STATES["waiting_operator"].colour.on(sheet.theme)
        yield f'<path d="{"".join(marks)}" stroke="{colour}" stroke-width="3"/>'


def _means(sheet: Sheet, people: Sequence[People]) -> Iterator[tuple[float, tuple[float, float, float]]]:
    """Yield from where on how many are present, busy and waited for: as told, or the means of columns of time."""
    spans = [
        (max(here.time_s, sheet.start_s), min(end_s, sheet.end_s), (here.present, here.busy, float(here.waiting)))
        for here, end_s in zip(people, (*(each.time_s for each in people[1:]), sheet.end_s), strict=True)
        if end_s > sheet.start_s and end_s > here.time_s and here.time_s < sheet.end_s
    ]
    if len(spans) * sheet.cell <= PLOT:
        yield from ((sheet.x(start_s), values) for start_s, _, values in spans)
        return
    cell_s = sheet.cell * sheet.seconds_a_pixel
    sums = [[0.0, 0.0, 0.0] for _ in range(int(PLOT / sheet.cell) + 1)]
    for start_s, end_s, values in spans:
        cell = int((start_s - sheet.start_s) / cell_s)
        while (begins_s := sheet.start_s + cell * cell_s) < end_s and cell < len(sums):
            lapse = max(0.0, min(end_s, begins_s + cell_s) - max(start_s, begins_s))
            for place, value in enumerate(values):
                sums[cell][place] += lapse * value / cell_s
            cell += 1
    for cell, (present, busy, waiting) in enumerate(sums[:-1]):
        yield sheet.left + cell * sheet.cell, (present, busy, waiting)
