"""Where everything stands on a picture of who did what when: the lanes, the axis of time, and what it all measures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dashboards.flow_sheet import text_width
from dashboards.palette import TOKENS, Theme
from twin.line.diagram import station_names
from twin.line.week_clock import MINUTE
from twin.line.work_calendar import DAY, HOUR, WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.kpi.history import History, Machine

MARGIN, HEAD, AXIS = 24.0, 76.0, 26.0
PLOT = 1080.0
"""Width of the time drawn [px]."""
RIGHT = 64.0
"""Width of the column of numbers behind the lanes [px]."""
MOST_LANES = 120
"""Lanes of machines at most; of a line with more machines each station has one lane."""
LANES = ((12, 26.0, 6.0), (40, 18.0, 4.0), (MOST_LANES, 12.0, 2.0))
"""Up to how many lanes, how high one is, and the room below it [px]."""
GROUP = 6.0
"""Room between two stations [px]."""
TICK, LONG_TICK = 78.0, 130.0
"""Room of a time on the axis, and of one with the number of its week [px]."""
STEPS = (
    1, 2, 5, 10, 15, 30, *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)), DAY, 2 * DAY, WEEK, 2 * WEEK, 4 * WEEK, 13 * WEEK, 52 * WEEK,
)  # fmt: skip
"""The distances between two times on the axis [s]."""


CELL, LANES_OF_FINE_CELLS = 2.0, 100
"""Width of a column of shares of time [px], of so many lanes; of twice as many it is twice that, and so on."""


class Lane(NamedTuple):
    """One lane: of a machine, or of all machines of a station; its name where it is the first of its station."""

    machines: tuple[Machine, ...]
    name: str | None
    number: str
    top: float


@dataclass
class Sheet:
    """Where everything stands, in pixels, and when."""

    history: History
    end_s: float
    theme: Theme
    start_s: float = field(init=False)
    height_of_lane: float = field(init=False)
    below: float = field(init=False)
    names: float = field(init=False)
    left: float = field(init=False)
    lanes: list[Lane] = field(init=False)
    pools: list[tuple[str, float]] = field(init=False)

    def __post_init__(self) -> None:
        line = self.history.line
        names, many = station_names(line), len(self.history.machines)
        self.start_s = _opening(self.history, self.end_s)
        whole = many > MOST_LANES
        lanes = len(line.stations) if whole else many
        _, self.height_of_lane, self.below = next((row for row in LANES if lanes <= row[0]), LANES[-1])
        numbers = 0.0 if whole else max(text_width(f"{row.machines}", 11) for row in line.stations.values())
        skills = (name.replace("_", " ") for name in line.operators)
        widest = max(text_width(name, 13) for name in (*(names[name] for name in line.stations), *skills))
        self.names = min(widest, 220.0)
        self.left = MARGIN + self.names + numbers + 18
        self.lanes = list(self._lanes(names, whole=whole))
        top = self.lanes[-1].top + self.height_of_lane + 2 * GROUP + (24.0 if line.operators else 0.0)
        self.pools = [(skill, top + place * (POOL + 8.0)) for place, skill in enumerate(line.operators)]

    def _lanes(self, names: dict[str, str], *, whole: bool) -> Iterator[Lane]:
        top = HEAD + AXIS
        for name, station in self.history.line.stations.items():
            machines = tuple((name, number) for number in range(1, station.machines + 1))
            for place, of in enumerate([machines] if whole else [(machine,) for machine in machines]):
                number = f"{station.machines}" if whole else f"{of[0][1]}"
                yield Lane(of, None if place else names[name], number if station.machines > 1 else "", top)
                top += self.height_of_lane + self.below
            top += GROUP

    def __getitem__(self, token: str) -> str:
        return TOKENS[token].on(self.theme)

    @property
    def right(self) -> float:
        """Where the time drawn ends [px]."""
        return self.left + PLOT

    @property
    def width(self) -> float:
        """Width of the whole drawing [px]."""
        return self.right + RIGHT + MARGIN

    @property
    def bottom(self) -> float:
        """Where the lanes end [px]."""
        return self.pools[-1][1] + POOL if self.pools else self.lanes[-1].top + self.height_of_lane

    def x(self, time_s: float) -> float:
        """Give the place of a moment [px], within the time drawn."""
        share = (time_s - self.start_s) / (self.end_s - self.start_s)
        return self.left + min(max(share, 0.0), 1.0) * PLOT

    @property
    def seconds_a_pixel(self) -> float:
        """Time that a pixel stands for [s]."""
        return (self.end_s - self.start_s) / PLOT

    @property
    def cell(self) -> float:
        """Width of a column of shares [px]; wider for hundreds of lanes, whose picture would grow too large."""
        return CELL * -(-len(self.lanes) // LANES_OF_FINE_CELLS)

    def ticks(self) -> list[float]:
        """Give round times along the axis, so that their words have room."""
        room = TICK if self.end_s <= WEEK else LONG_TICK
        step = next((step for step in STEPS if step / self.seconds_a_pixel >= room), STEPS[-1])
        first = -(-self.start_s // step) * step
        many = int((self.end_s - first) // step)
        return [first + place * step for place in range(many + 1)]


POOL = 30.0
"""Height of a pool's lane [px]."""


def _opening(history: History, end_s: float) -> float:
    """Return when the line first opens; what starves meanwhile, unattended, does not count."""
    spells = [first for first in history.spells.values() if first]
    closed = any(first[0].state == "off_shift" for first in spells)
    idle = ("off_shift", "starved")
    starts = (
        next(
            (spell.start_s for place, spell in enumerate(of) if spell.state not in (idle if place == 0 else idle[:1])),
            end_s,
        )
        for of in spells
    )
    first = min(starts, default=end_s) if closed else history.start_s
    return first if first < end_s else min(history.start_s, end_s - 1.0)
