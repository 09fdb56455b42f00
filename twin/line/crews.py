"""People: whom somebody asks, and what is special about a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, PositiveInt

from twin.line.described import Described
from twin.line.work_calendar import Shifts
from twin.units import Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_PEOPLE = 100_000
"""More people than this in one pool are taken for a slip of the pen."""

REPAIR_FIRST, WORK_FIRST = 0, 1
"""The priorities of requests for people that name none: repairs and maintenance, and all other work."""

Crew = dict[str, PositiveInt]
"""People by skill, whole persons."""

Priority = Annotated[int, Field(ge=0, le=1_000)]
"""Which requests for people go first: those of the lowest number."""


class Pool(Described):
    """What is special about the people of a pool, whose own skill is the pool's name.

    Without `shifts` they work those of the line. `absence` is the chance that a person does not come to a shift.
    """

    also: tuple[str, ...] = Field(
        default=(), description="skills of other pools that its people have too", examples=["[operator]"]
    )
    shifts: Shifts | None = Field(
        default=None, description="when its people work (as the line unless given)", examples=["{pattern: 1x8}"]
    )
    absence: Annotated[Share, Field(lt=1)] = Field(
        default=0.0, description="chance that a person does not come to a shift", examples=["0.05"]
    )


def able(skill: str, posts: Mapping[str, int], pools: Mapping[str, Pool]) -> tuple[str, ...]:
    """Return the pools whose people have a skill, in the order in which they are asked.

    First the pool of that name, then those of the fewest skills, then the first in the file.

    Examples
    --------
    >>> pools = {"all-round": Pool(also=("turner", "miller")), "setter": Pool(also=("turner",))}
    >>> able("turner", {"all-round": 1, "turner": 2, "setter": 1}, pools)
    ('turner', 'setter', 'all-round')
    """
    others = [name for name in posts if name != skill and name in pools and skill in pools[name].also]
    own = (skill,) if skill in posts else ()
    return (*own, *sorted(others, key=lambda name: len(set(pools[name].also))))


def unmet(asked: Mapping[str, int], posts: Mapping[str, int], pools: Mapping[str, Pool]) -> Iterator[tuple[str, int]]:
    """Yield each skill of which more is asked at once than all its people can give, and how many they are.

    Each skill in turn takes whom it can from its pools in their order, and leaves the rest to the others.

    Examples
    --------
    >>> list(unmet({"operator": 2, "setter": 1}, {"operator": 1, "setter": 1}, {"setter": Pool(also=("operator",))}))
    [('setter', 0)]
    """
    left = dict(posts)
    for skill, count in asked.items():
        names = able(skill, posts, pools)
        there, still = sum(max(left[name], 0) for name in names), count
        for name in names:
            taken = min(max(left[name], 0), still)
            left[name] -= taken
            still -= taken
        if still > 0:
            yield skill, there
