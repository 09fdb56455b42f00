"""People: whom somebody asks, and what is special about a pool."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveInt

from twin.line.described import Described
from twin.line.work_calendar import Shifts
from twin.units import Share

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
