"""The route: which station a part goes to next, and the buffers on the way."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from twin.line.described import Described
from twin.line.distributions import TimeDistribution
from twin.units import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

OUT = "out"
"""Where finished parts go."""

NOTHING_REJECTED: Mapping[str, float] = MappingProxyType({})

LARGEST_BUFFER = 1_000_000_000
"""More places than this are no buffer; leave `buffer` out for one without limit."""


class Edge(Described):
    """A way from a station to the next, or out of the line, with the places between the two.

    `buffer` counts the places between the machines of the two stations, 0 included; None holds without limit.
    `transport` [s] passes before the part can be taken; it keeps its place in the buffer from departure on. `delay`
    [s] is a wait that each part has for itself: parts may overtake each other.
    """

    from_: str = Field(validation_alias="from", description="the station the part leaves", examples=["press"])
    to: str = Field(description="the station it goes to, or out", examples=[OUT])
    buffer: Annotated[int, Field(ge=0, le=LARGEST_BUFFER)] | None = Field(
        default=None, description="places between the two stations (without limit unless given)", examples=["10"]
    )
    transport: TimeDistribution | None = Field(default=None, description="time on the way", examples=["20 s"])
    delay: TimeDistribution | None = Field(
        default=None, description="wait that each part has for itself", examples=["{lognormal: {mean: 8 h, cv: 1}}"]
    )
    probability: Share | None = Field(
        default=None, description="share of the parts that go this way", examples=["0.97"]
    )
    rework: bool = Field(default=False, description="whether parts come back to be done again", examples=["true"])
    rejected: bool = Field(
        default=False, description="whether what an inspection rejects goes this way, as rework", examples=["true"]
    )

    @property
    def name(self) -> str:
        """The edge's name, "A->B"."""
        return f"{self.from_}->{self.to}"


def probabilities(route: Sequence[Edge], rejects: Mapping[str, float] = NOTHING_REJECTED) -> tuple[float, ...]:
    """Return the probability of each edge; an edge that names none takes what its station's others leave.

    Where what a station rejects has an edge of its own, that edge has the share in `rejects`, and the others share what
    is left.

    Examples
    --------
    >>> ways = [{"from": "inspect", "to": "weld", "probability": "0.03"}, {"from": "inspect", "to": "out"}]
    >>> probabilities([Edge.model_validate(way) for way in ways])
    (0.03, 0.97)
    >>> ways = [{"from": "test", "to": "fix", "rejected": True}, {"from": "test", "to": "out"}]
    >>> probabilities([Edge.model_validate(way) for way in ways], {"test": 0.25})
    (0.25, 0.75)
    """
    named: dict[str, float] = {}
    left: dict[str, float] = {}
    for edge in route:
        if edge.rejected:
            left[edge.from_] = 1.0 - rejects.get(edge.from_, 0.0)
        else:
            named[edge.from_] = named.get(edge.from_, 0.0) + (edge.probability or 0.0)

    def share(edge: Edge) -> float:
        if edge.rejected:
            return rejects.get(edge.from_, 0.0)
        own = max(0.0, 1 - named[edge.from_]) if edge.probability is None else edge.probability
        return own * left[edge.from_] if edge.from_ in left else own

    return tuple(map(share, route))


def reachable(start: Iterable[str], ways: Mapping[str, Iterable[str]]) -> AbstractSet[str]:
    """Return the names that can be reached from `start` along `ways`, the start included."""
    seen = set(start)
    ahead = list(seen)
    while ahead:
        new = set(ways.get(ahead.pop(), ())) - seen
        seen |= new
        ahead.extend(new)
    return seen


def loops(ways: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the loops of a graph: its strongly connected sets that hold a way, each in the order of `ways`.

    Tarjan (1972), Depth-first search and linear graph algorithms, SIAM J. Comput. 1(2), without recursion, so that a
    line of thousands of stations fits.

    Examples
    --------
    >>> loops({"press": ["weld"], "weld": ["inspect"], "inspect": ["weld"]})
    [('weld', 'inspect')]
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    waiting: list[str] = []
    done: set[str] = set()
    found: list[set[str]] = []

    def enter(name: str) -> tuple[str, Iterable[str]]:
        index[name] = low[name] = len(index)
        waiting.append(name)
        return name, iter(ways.get(name, ()))

    for root in ways:
        path = [] if root in index else [enter(root)]
        while path:
            name, after = path[-1]
            for other in after:
                if other not in index:
                    path.append(enter(other))
                    break
                if other not in done:
                    low[name] = min(low[name], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[name])
                if low[name] == index[name]:
                    place = waiting.index(name)
                    found.append(set(waiting[place:]))
                    done |= found[-1]
                    del waiting[place:]
    order = {name: place for place, name in enumerate(ways)}
    sets = [tuple(sorted(group, key=lambda name: order.get(name, len(order)))) for group in found]
    return sorted(
        (group for group in sets if len(group) > 1 or group[0] in ways.get(group[0], ())),
        key=lambda group: order.get(group[0], len(order)),
    )
