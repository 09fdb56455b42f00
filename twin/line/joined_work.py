"""What the stations have to do where assemblies join parts: each feed brings what its assemblies take, and no more.

Where parts are only passed on, what comes in says what goes out. An assembly takes as many sets as its scarcest feed
allows; the others wait. So the flows are those that make a good part while no way into the line has to give more than
it must: a linear program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import InputError
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from twin.line.line import Line
    from twin.line.passing import Way
    from twin.line.variates import Floats

SOURCE = "source"
"""What brings the parts that come in at an assembly."""

TOLERANCE = 1e-9

STRAIN = 0
"""The column of the strain."""

Row = Mapping[int, float]
"""Coefficients by column."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The flows that make one good part: what each place of each way works on [1], and how much must come in.

    `strain` counts all that comes in [1], while the scarcest way in brings all it can.
    """

    visits: tuple[Floats, ...]
    strain: float


def feeds(line: Line, name: str) -> list[tuple[str, int]]:
    """Return what feeds an assembly, and how many parts it takes of each at a time: the source first, then by edge."""
    takes = line.stations[name].takes
    before = [SOURCE] * (name in line.fed) + [edge.from_ for edge in line.edges if edge.to == name]
    return [(feed, takes.get(feed, 1)) for feed in before]


def joined(line: Line, ways: Sequence[Way]) -> Joined:
    """Work out the flows of a line with assemblies.

    Raises
    ------
    InputError
        If no part can leave the line good.

    Notes
    -----
    Variables are what each place works on (of an assembly, sets joined) and how much comes in at each station fed. Of
    a good part, ``min max u / w`` over the ways in, `u` of which `w` can come in at once; then the same of those that
    are not scarce, and so on (lexicographic min-max), so that what comes in is shared as evenly as can be.

    References
    ----------
    Ogryczak and Sliwinski, On solving linear programs with the ordered weighted averaging objective, European Journal
    of Operational Research 148 (2003), section 1 (lexicographic min-max).
    """
    program = _Program(line, ways)
    equal = program.matrix([*program.balances(), program.good()])
    most = program.matrix(program.sets())
    fixed: dict[int, float] = {}
    strain, flows = 0.0, np.zeros(program.columns)
    while free := [column for column in program.entries if column not in fixed]:
        found = _least_strain(equal, most, free, fixed)
        if found is None:
            break
        flows, scarce = found
        strain = max(strain, float(flows[STRAIN]))
        fixed |= {column: float(flows[column]) for column in scarce}
    if not fixed:
        raise InputError(f"{line.line}: no part can leave the line good; lower `scrap` or give `route` a way to {OUT}")
    visits = tuple(flows[at : at + len(way.names)] for way, at in program.placed)
    return Joined(visits, strain)


def _least_strain(
    equal: Floats, most: Floats, free: list[int], fixed: dict[int, float]
) -> tuple[Floats, list[int]] | None:
    """Return the flows of the least strain, and the free entries that cannot be lower; None where there are none."""
    from scipy.optimize import linprog

    columns = equal.shape[1]
    caps = np.zeros((len(free), columns))
    caps[np.arange(len(free)), free], caps[:, STRAIN] = 1.0, -1.0
    found = linprog(
        np.eye(columns)[STRAIN],
        A_ub=np.vstack([most, caps]),
        b_ub=np.zeros(len(most) + len(free)),
        A_eq=equal,
        b_eq=np.eye(len(equal))[-1],  # all balances are even, and one good part is made
        bounds=[(fixed.get(column, 0.0), fixed.get(column)) for column in range(columns)],
    )
    if not found.success:
        return None
    prices = found.ineqlin.marginals[len(most) :]
    scarce = [column for column, price in zip(free, prices, strict=True) if price < -TOLERANCE]
    return np.asarray(found.x), scarce or free


class _Program:
    """The linear program of a line: what its columns are, and its rows.

    Attributes
    ----------
    starts : dict of str to int
        The column of how much comes in at each station fed; orders start at all in the same proportion.
    placed : list of (Way, int)
        Each way, with the column of its first place.
    """

    def __init__(self, line: Line, ways: Sequence[Way]) -> None:
        self._line = line
        names = dict.fromkeys(
            name for way in ways for name, share in zip(way.names, way.entering, strict=True) if share
        )
        together = line.source.orders is not None
        self.starts = {name: 1 if together else 1 + at for at, name in enumerate(names)}
        self.placed: list[tuple[Way, int]] = []
        self.columns = len(self.entries) + 1
        for way in ways:
            self.placed.append((way, self.columns))
            self.columns += len(way.names)

    @property
    def entries(self) -> list[int]:
        """The columns of what comes in."""
        return sorted(set(self.starts.values()))

    def matrix(self, rows: Iterable[Row]) -> Floats:
        """Return rows as a matrix."""
        written = list(rows)
        found = np.zeros((len(written), self.columns))
        for at, row in enumerate(written):
            for column, value in row.items():
                found[at, column] = value
        return found

    def balances(self) -> Iterator[Row]:
        """Yield, of each place that joins nothing, that it works on what comes in and what others send."""
        for way, offset in self.placed:
            for at, name in enumerate(way.names):
                if self._line.stations[name].kind != "assembly":
                    yield _added([_sent(way, offset, at), self._brought(way, at), {offset + at: -1.0}])

    def sets(self) -> Iterator[Row]:
        """Yield, of each feed of each assembly, that no more is taken of it than comes.

        The joined part is one of the first feed, so what that brings is taken by product.
        """
        for name in (name for name, station in self._line.stations.items() if station.kind == "assembly"):
            for rank, (feed, takes) in enumerate(feeds(self._line, name)):
                rows = [
                    self._taken(way, offset, at, feed, takes)
                    for way, offset in self.placed
                    for at in (at for at, other in enumerate(way.names) if other == name)
                ]
                yield from rows if rank == 0 else [_added(rows)]

    def _taken(self, way: Way, offset: int, at: int, feed: str, takes: int) -> Row:
        """Return what a place of an assembly takes of a feed less what comes."""
        comes = self._brought(way, at) if feed == SOURCE else _sent(way, offset, at, feed)
        return _added([{column: -value for column, value in comes.items()}, {offset + at: float(takes)}])

    def _brought(self, way: Way, at: int) -> Row:
        """Return what comes in at a place."""
        share = float(way.entering[at])
        return {self.starts[way.names[at]]: share} if share else {}

    def good(self) -> Row:
        """Return what leaves the line good."""
        leaving = ((offset, way.made * way.kept * way.onward[:, -1]) for way, offset in self.placed)
        return {
            offset + place: float(much[place]) for offset, much in leaving for place in np.flatnonzero(much).tolist()
        }


def _added(rows: Iterable[Row]) -> Row:
    """Return the sum of rows."""
    total: dict[int, float] = {}
    for row in rows:
        for column, value in row.items():
            total[column] = total.get(column, 0.0) + value
    return total


def _sent(way: Way, offset: int, at: int, before: str | None = None) -> Row:
    """Return what comes to a place of a way from its others, or from one station."""
    moves = way.made * way.kept * way.onward[:, at]
    return {
        offset + place: float(moves[place])
        for place in np.flatnonzero(moves).tolist()
        if before is None or way.names[place] == before
    }
