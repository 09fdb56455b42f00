"""How what comes into a line passes through it: its places, the shares of each way on, and how much comes in where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.line import traffic
from twin.line.jobs import job_of
from twin.line.rates import made
from twin.line.route import OUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twin.line.line import Line
    from twin.line.traffic import Route
    from twin.line.variates import Floats


@dataclass(frozen=True, slots=True)
class Way:
    """How what comes in goes on.

    Its product; the places it passes, each a station; how much of all comes in at each [1]; the shares that go onward
    (out last) and back from each; the share of good pieces there; the parts made there of each that comes.
    """

    product: str | None
    names: Sequence[str]
    entering: Floats
    onward: Floats
    back: Floats
    kept: Floats
    made: Floats


def ways(line: Line, pace: dict[str, float]) -> Iterator[Way]:
    """Yield the ways through the line, each of a product and its route, with its share of all that comes in.

    `pace` says how fast each station takes what a stock that never runs out feeds, relative.
    """
    found = traffic.drawn(line) or traffic.booked(line)
    weights = [entry.share * (pace[entry.start] if line.source.kind == "saturated" else 1.0) for entry in found]
    if not any(weights):
        # Nothing fed ever works on paper, such as where maintenance takes all its time.
        weights = [entry.share for entry in found]
    whole = sum(weights)
    alike: dict[tuple[str | None, Route | None], dict[str, float]] = {}
    for entry, weight in zip(found, weights, strict=True):
        starts = alike.setdefault((entry.product, entry.route), {})
        starts[entry.start] = starts.get(entry.start, 0.0) + weight / whole
    for (product, route), starts in alike.items():
        yield _way(line, product, route, starts)


def _way(line: Line, product: str | None, route: Route | None, starts: dict[str, float]) -> Way:
    names = list(line.stations) if route is None else list(route[:-1])
    many = len(names)
    onward, back = np.zeros((many, many + 1)), np.zeros((many, many))
    place = {name: index for index, name in enumerate([*line.stations, OUT])}
    # Where a lot moves piece by piece, what goes back goes as what goes on: one at a time.
    apart = line.move == "order"
    for edge, share in zip(line.route, line.probabilities, strict=True):
        returns = edge.rework or edge.rejected
        if route is None:
            (back if apart and returns else onward)[place[edge.from_], place[edge.to]] += share
        elif returns:
            for at in (at for at, name in enumerate(names) if name == edge.from_ and edge.to in names[: at + 1]):
                back[at, at - names[at::-1].index(edge.to)] += share
    if route is not None:
        onward[np.arange(many), np.arange(1, many + 1)] = 1 - back.sum(axis=1)
        if not apart:
            onward[:, :-1] += back
            back = np.zeros_like(back)
    entering = np.zeros(many)
    for name, share in starts.items():
        entering[names.index(name)] = share
    kept = np.array([1 - job_of(line, name, product).reject for name in names])
    cut = np.array([float(made(line.stations[name])) for name in names])
    return Way(product, names, entering, onward, back, kept, cut)
