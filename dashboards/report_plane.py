"""The plane on which the frontier's charts stand: the wages, what each level costs there, and how lines are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dashboards.palette import TOKENS, level_looks
from dashboards.report_charts import INK, MOST_TICKS, WIDTH, Scale, squeezed, step_of
from dashboards.svg import words
from twin.study.frontier import cheapest, cost_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from dashboards.report_facts import Facts, Level
    from twin.study.frontier import Cheapest, CostInWage
    from twin.study.intervals import Estimate

LEFT, RIGHT, TOP = 52.0, 536.0, 24.0
MAIN, ROW, FEW = 330.0, 24.0, 4
"""Height of the frontier; each level beyond a few takes a row of the table from it [px]."""
MOST_LEVELS = 6
"""Levels drawn; of more, the reference and the cheapest at today's wage."""
POINTS = 121
BEYOND, FARTHEST = 1.12, 3.0
"""The wages reach a little beyond the last crossing, but not beyond so many times the highest wage of today."""
LABEL, NUMBER, LETTER = 15.0, 36.0, 7.2
"""Least distance of two labels below each other, of two numbers side by side, and the width of a bold letter [px]."""
PAD = 0.06
CARD, TODAY, TODAY_LINE, REFERENCE = TOKENS["card"].light, "#FDF3DC", "#9A6A00", "#E9EBEE"


@dataclass(frozen=True, slots=True)
class Band:
    """A mean at each wage, and its interval, which has no width with one replication [EUR/unit]."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def band_of(estimates: Sequence[Estimate]) -> Band:
    """Gather estimates at the wages."""
    ends = [estimate.interval or (estimate.mean, estimate.mean) for estimate in estimates]
    means, lows, highs = [estimate.mean for estimate in estimates], [low for low, _ in ends], [high for _, high in ends]
    return Band(np.array(means), np.array(lows), np.array(highs))


@dataclass(frozen=True, slots=True)
class Plane:
    """The wages [EUR/h] on which all three charts stand, and what each level costs there."""

    facts: Facts
    levels: tuple[Level, ...]
    looks: tuple[tuple[str, str], ...]
    x: Scale
    marks: tuple[float, ...]
    wages: NDArray[np.float64]
    bands: tuple[Band, ...]
    cheapest: tuple[Cheapest, ...]

    @property
    def bottom(self) -> float:
        """Where the frontier ends and what lies below it begins [px]."""
        return TOP + MAIN - ROW * max(0, len(self.levels) - FEW)

    def each(self) -> Iterator[tuple[Level, Band, str, str]]:
        """Yield each level with its band, colour and dashes."""
        for level, band, (colour, dash) in zip(self.levels, self.bands, self.looks, strict=True):
            yield level, band, colour, dash


def drawn_levels(facts: Facts) -> tuple[Level, ...]:
    """Pick the levels to draw, in their order."""
    if len(facts.levels) <= MOST_LEVELS:
        return facts.levels
    by_cost = sorted(facts.levels, key=lambda level: (level is not facts.reference, level.cost.mean))
    kept = {level.name for level in by_cost[:MOST_LEVELS]}
    return tuple(level for level in facts.levels if level.name in kept)


def plane_of(facts: Facts) -> Plane:
    """Lay out the wages: from nothing to beyond today's and the last crossing that lies near enough."""
    levels = drawn_levels(facts)
    high = facts.here.wage(case="high")
    crossings = [level.standing["mode"].parity.threshold.wage for level in levels if level.standing]
    crossings += _changes({level.name: level.in_wage for level in levels}, FARTHEST * high)
    within = [wage for wage in crossings if wage is not None and wage <= FARTHEST * high]
    reach = BEYOND * max([high, *within])
    step = step_of(reach, MOST_TICKS + 1)
    marks = tuple(float(f"{place * step:.12g}") for place in range(int(np.ceil(reach / step - 1e-9)) + 1))
    wages = np.linspace(0.0, marks[-1], POINTS)
    return Plane(
        facts=facts,
        levels=levels,
        looks=tuple(level_looks(len(levels))),
        x=Scale(0.0, marks[-1], LEFT, RIGHT),
        marks=marks,
        wages=wages,
        bands=tuple(band_of(cost_line(level.in_wage, wages.tolist())) for level in levels),
        cheapest=tuple(cheapest({level.name: level.in_wage for level in levels}, wages.tolist())),
    )


def _changes(levels: Mapping[str, CostInWage], highest: float) -> list[float]:
    """Give the wages at which the cheapest level changes."""
    wages = np.linspace(0.0, highest, POINTS).tolist()
    found = cheapest(levels, wages)
    return [wages[at] for at in range(1, POINTS) if found[at].level != found[at - 1].level]


def _points(plane: Plane, values: NDArray[np.float64], y: Scale) -> list[str]:
    return [f"{plane.x(wage):.1f} {y(value):.2f}" for wage, value in zip(plane.wages, values, strict=True)]


def trace(plane: Plane, values: NDArray[np.float64], y: Scale, colour: str, more: str) -> str:
    """Draw a line through a value at each wage."""
    return f'<path d="M{"L".join(_points(plane, values, y))}" fill="none" stroke="{colour}" {more}/>'


def banded(plane: Plane, band: Band, y: Scale, colour: str, dash: str) -> Iterator[str]:
    """Draw a mean as a line, its interval as a band."""
    if np.any(band.high > band.low):
        ring = [*_points(plane, band.low, y), *reversed(_points(plane, band.high, y))]
        yield f'<path d="M{"L".join(ring)}z" fill="{colour}" opacity="0.22"/>'
    dashed = f'stroke-dasharray="{dash}"' if dash else ""
    ends = f"M{plane.x(0):.1f} {y(band.mean[0]):.2f}L{plane.x(plane.wages[-1]):.1f} {y(band.mean[-1]):.2f}"
    yield f'<path d="{ends}" fill="none" stroke="{colour}" stroke-width="1.75" {dashed}/>'


def spread(places: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Move labels apart as little as needed, in their order, and keep them within `low` and `high` where they fit.

    Examples
    --------
    >>> spread([10, 12, 50], 10, 0, 100)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda place: places[place])
    groups: list[tuple[float, list[int]]] = []
    for place in order:
        centre, members = places[place], [place]
        while groups and centre - groups[-1][0] < least * (len(members) + len(groups[-1][1])) / 2:
            before, earlier = groups.pop()
            centre = (before * len(earlier) + centre * len(members)) / (len(earlier) + len(members))
            members = earlier + members
        half = least * (len(members) - 1) / 2
        groups.append((min(max(centre, low + half), high - half), members))
    found = [0.0] * len(places)
    for centre, members in groups:
        for rank, member in enumerate(members):
            found[member] = float(centre + least * (rank - (len(members) - 1) / 2))
    return found


def named(text: str, y: float) -> str:
    """Name a line at the right of its chart, narrowed where the name is long."""
    return squeezed(words(RIGHT + 14, y, text, INK, size=12.5, weight=600), text, WIDTH - RIGHT - 14)


def halo(text: str) -> str:
    """Let words stand out from the lines below them."""
    return text.replace("<text ", '<text class="halo" ')
