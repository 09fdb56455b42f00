"""Where everything stands on the sheet of a flow: columns, lanes and the room that their words need."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from dashboards.palette import TOKENS, Theme
from twin.line.diagram import Diagram, Gap, Link, gaps, layout, station_names
from twin.line.diagram_marks import carrier_texts, mark, marks_text
from twin.line.rates import through_s
from twin.line.route import OUT
from twin.units import format_time

if TYPE_CHECKING:
    from twin.line.capacity import LineCapacity
    from twin.line.line import Line

MARGIN, HEAD = 26.0, 96.0
CARD_HEIGHT, LEAST_CARD = 116.0, 100.0
LANE, LANE_WITHOUT_GAUGES = 184.0, 144.0
PORT = 28.0
CHANNEL = 10.0
APPROACH = 14.0
LEGEND = 18.0
LIMITS = "limits the line"
RETURN = 28.0
STRIP = 20.0
LETTER = 0.56
"""Mean width of a letter in its font's size: enough room for the fonts of `SANS`."""
FULL = 1 + 1e-9


@dataclass
class Sheet:
    """Where everything stands, in pixels."""

    line: Line
    theme: Theme
    capacity: LineCapacity
    small: bool = False
    diagram: Diagram = field(init=False)
    names: dict[str, str] = field(init=False)
    between: list[Gap] = field(init=False)
    lefts: list[float] = field(init=False)
    widths: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.diagram, self.names = layout(self.line, small=self.small), station_names(self.line)
        self.between = gaps(self.diagram)
        self.widths = [self._card_width(column) for column in range(self.diagram.place(OUT).column)]
        self.lefts = [MARGIN + (APPROACH if self.fed_inside else 0)]
        for width, gap in zip(self.widths, self.between, strict=True):
            self.lefts.append(self.lefts[-1] + width + sum(room(gap)) + CHANNEL * len(gap.channels()))

    def __getitem__(self, token: str) -> str:
        return TOKENS[token].on(self.theme)

    @property
    def fed_inside(self) -> bool:
        """Whether the source feeds more than the first station, so that it must be shown where."""
        return len(self.diagram.fed) > 1

    @property
    def width(self) -> float:
        """Width of the whole drawing [px]."""
        legend = max(text_width(row, 12) for row in self.legend)
        return MARGIN + max(self.lefts[-1] + 40 - MARGIN, text_width(self.title, 24), legend) + MARGIN

    @property
    def height(self) -> float:
        """Height of the whole drawing [px]."""
        return self.bottom + LEGEND * len(self.legend) + MARGIN

    @property
    def bottom(self) -> float:
        """Where the flow ends and the legend begins."""
        passing = (lane for link in self.diagram.links for lane in link.lanes)
        lowest = max([*(place.lane for place in self.diagram.places), *passing])
        feet = (self.foot(link) + 14 for link in self.diagram.links if link.depth is not None)
        return max(self.top(lowest) + CARD_HEIGHT, *feet, 0.0) + MARGIN

    @property
    def legend(self) -> list[str]:
        """What the numbers beside an arrow and in a card mean."""
        takt = self.capacity.takt_s
        whole = "the longest such time" if takt is None else f"the takt, {format_time(takt)}"
        left_out = self.diagram.left_out
        beside = "buffer places (∞ without limit), time on the way, share of the parts that go this way."
        if left_out:
            beside = f"share of what leaves the station. {left_out} rarer ways are left out{self._rare_stations()}."
        return [
            f"Beside an arrow: {beside}",
            *([marks_text(self.line).replace("Behind a name", "In a card")] if marks_text(self.line) else []),
            *(f"Carriers, {text}" for text in carrier_texts(self.line)),
            f"Load: time that the station takes for a good part of the line, repairs included, as a share of {whole}.",
        ]

    def _rare_stations(self) -> str:
        rare = len(self.line.stations) - (len(self.diagram.places) - 1)
        return f", and {rare} stations that few orders pass" if rare else ""

    @property
    def title(self) -> str:
        """The line's name for people."""
        return self.line.title or self.line.line

    def top(self, lane: float) -> float:
        """Give the upper edge of a lane's cards [px]."""
        return HEAD + lane * (LANE_WITHOUT_GAUGES if self.diagram.left_out else LANE)

    def middle(self, lane: float) -> float:
        """Give the middle of a lane's cards [px]."""
        return self.top(lane) + CARD_HEIGHT / 2

    def foot(self, link: Link) -> float:
        """Where a return runs: below all that stands between its ends."""
        start, end = self.diagram.place(link.edge.to).column, self.diagram.place(link.edge.from_).column
        lowest = max(place.lane for place in self.diagram.places if start <= place.column <= end)
        return self.top(lowest) + CARD_HEIGHT + RETURN * ((link.depth or 0) + 1) + 4

    def right(self, column: int) -> float:
        """Give the right edge of a column's cards [px]."""
        return self.lefts[column] + self.widths[column]

    def _card_width(self, column: int) -> float:
        texts = [
            width
            for place in self.diagram.places
            if place.column == column and place.name != OUT
            for width in (
                text_width(self.names[place.name], 14.5),
                *(text_width(row, 13) for row in facts(self.line, place.name)),
            )
        ]
        return max([LEAST_CARD, *(width + 18 for width in texts)])


def text_width(text: str, size: float) -> float:
    """Give the room that a text needs in letters of a size [px]."""
    return len(text) * size * LETTER


def room(gap: Gap) -> tuple[float, float]:
    """Pixels for labels before and after the channels."""
    before = [text_width(step.label, 12) + 8 for step in gap.steps if gap.alone(step.source)]
    after = [text_width(step.label, 12) + 8 for step in gap.steps if not gap.alone(step.source)]
    return max([18.0, *before]), max([18.0, *(width + APPROACH for width in after)])


def facts(line: Line, name: str) -> list[str]:
    """What a card says of a station: how long it takes, its machines and what it does, and its people."""
    station = line.stations[name]
    machines = f"{station.machines} × " if station.machines > 1 else ""
    does = mark(line, name)
    manned = {skill: ceil(count * station.machines / station.attend) for skill, count in station.crew.items()}
    crew = ", ".join(f"{count} {skill.partition('_')[0]}{'s' if count > 1 else ''}" for skill, count in manned.items())
    takes = f"{machines}{format_time(through_s(station))}"
    alone = "no crew" if station.attended else "unattended"
    return [f"{takes}, {does}" if does else takes, crew or alone]
