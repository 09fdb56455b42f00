"""The page that says where each number comes from: of the line, and of the sites."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, zip_longest
from math import ceil
from textwrap import shorten
from typing import TYPE_CHECKING, Any, NamedTuple

from dashboards.numbers import percent, significant
from twin.line.basis import basis_of, is_assumption, numbers
from twin.line.site import BASE_SKILL, paid_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dashboards.report_facts import Facts
    from twin.line.line import Line
    from twin.line.site import Site, Sourced

ROOM = 865.0
"""Height of a page between its title and its foot [px]."""
ROW, LINE, CAPTION = 7.5, 15.6, 64.0
LETTERS = 62
"""Letters of a line in the column of sources."""
MOST_PLACES = 3
LONGEST = 260
"""Letters of a source or an assumption; what is longer is in the files."""


def origins_page(facts: Facts, line: Line, command: str) -> dict[str, Any]:
    """Fill the page of sources; it lists what has room, and counts the rest."""
    sites = [(site.country, list(site_figures(site, line))) for site in (facts.here, facts.there) if site is not None]
    taken = sum(_height(figure.source) for _, figures in sites for figure in figures)
    left = ROOM - CAPTION * (1 + len(sites)) - taken
    found, shown = origins(line), []
    for origin in _in_turn(found):
        left -= _height(origin.text, LETTERS - 8)
        if left < 0:
            break
        shown.append(origin)
    rest = [origin for origin in found if origin not in shown]
    sourced = sum(origin.count for origin in found if origin.is_source)
    many = sum(origin.count for origin in found)
    return {
        "origins_title": f"{sourced:,} of the line’s {many:,} numbers rest on a source; the others are assumptions "
        "or say nothing.",
        "origins_lead": "An assumption is a guess that the file itself calls so. "
        "Besides the line, the costs rest on the figures of the sites.",
        "origins": [origin for origin in found if origin in shown],
        "more_origins": _more(rest, command) if rest else "",
        "sites": sites,
    }


def _in_turn(found: Sequence[Origin]) -> Iterator[Origin]:
    """Yield sources and assumptions in turn, so that neither crowds out the other."""
    sources = [origin for origin in found if origin.is_source]
    others = [origin for origin in found if not origin.is_source]
    for pair in zip_longest(others, sources):
        yield from (origin for origin in pair if origin is not None)


def _height(text: str, letters: int = LETTERS) -> float:
    return ROW + LINE * max(1, ceil(len(text) / letters))


def _more(rest: Sequence[Origin], command: str) -> str:
    count = sum(origin.count for origin in rest)
    return f"{len(rest)} more, of {count:,} numbers: {command}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Numbers of the line that have one basis: how many, where, and the basis; None where nothing is said."""

    basis: str | None
    count: int
    places: str

    @property
    def is_source(self) -> bool:
        """Whether the numbers rest on a source."""
        return self.basis is not None and not is_assumption(self.basis)

    @property
    def kind(self) -> str:
        """A source, an assumption, or neither."""
        return "source" if self.is_source else "unstated" if self.basis is None else "assumption"

    @property
    def text(self) -> str:
        """The basis without the word that says what it is."""
        if self.basis is None:
            return "nothing is said of where they come from"
        told = self.basis if self.is_source else self.basis.partition(":")[2].strip() or self.basis
        return shorten(told, LONGEST, placeholder=" …")


def origins(line: Line) -> list[Origin]:
    """Group the line's numbers by what is said of them: sources first, then what most numbers rest on."""
    stated = sorted(((basis_of(line, path) or "", path) for path in numbers(line)), key=lambda pair: pair[0])
    found = []
    for basis, pairs in groupby(stated, key=lambda pair: pair[0]):
        paths = [path for _, path in pairs]
        found.append(Origin(basis or None, len(paths), _places(line, paths)))
    return sorted(found, key=lambda origin: (not origin.is_source, -origin.count, origin.places))


def _places(line: Line, paths: Sequence[str]) -> str:
    """Say where numbers stand: stations by their short names, else by the key."""
    names = dict.fromkeys(_place(line, path) for path in sorted(paths))
    shown = list(names)[:MOST_PLACES]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _place(line: Line, path: str) -> str:
    first, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    if first == "stations" and name in line.stations:
        return line.stations[name].short or line.stations[name].label or name
    return first if first == "route" or not rest else rest.replace("_", " ").replace(".", ", ")


class SiteFigure(NamedTuple):
    """A figure of a site: what, how much, and where it comes from."""

    what: str
    value: str
    source: str


def site_figures(site: Site, line: Line) -> Iterator[SiteFigure]:
    """Give the figures of a site that the costs rest on."""
    for skill, wage in site.cost_per_hour_worked.items():
        if skill == BASE_SKILL or any(skill in (pool, pool.partition("_")[0]) for pool in line.operators):
            low, high = wage.at("low"), wage.at("high")
            spread = f" ({low:g} to {high:g})" if low < high else ""
            yield SiteFigure(f"{skill}, EUR/h worked", f"{wage.mode:g}{spread}", _source(wage))
    pattern = paid_as(line.shifts)
    if pattern in site.shift_premium:
        premium = site.shift_premium[pattern]
        yield SiteFigure(f"shift premium, {pattern}", _percent(premium.value), _source(premium))
    hours = site.hours_per_year
    yield SiteFigure("hours worked a year", f"{hours.value:,.0f}", _source(hours))
    yield SiteFigure("absence", _percent(site.absence.value), _source(site.absence))
    yield SiteFigure("electricity, EUR/kWh", f"{site.electricity.value:.4g}", _source(site.electricity))
    yield SiteFigure("cost of capital", _percent(site.discount_rate.value), _source(site.discount_rate))


def _percent(share: float) -> str:
    return percent(share, significant(100 * share, 2))


def _source(figure: Sourced) -> str:
    year = f" ({figure.year})" if figure.year is not None else ""
    return shorten(figure.source, LONGEST, placeholder=" …") + year
