"""Upkeep: planned maintenance, and the scrap that a machine makes when it starts."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from twin.line.crews import REPAIR_FIRST, Crew, Priority
from twin.line.described import Described
from twin.line.distributions import TimeDistribution
from twin.units import Duration, Share, refused

MOST_PARTS = 1_000_000_000
"""More parts between two maintenances are taken for a slip of the pen."""


class Maintenance(Described):
    """One task of planned maintenance of each machine of a station.

    It is due after so much time (`every` [s]: of work, or of the calendar) or after so many `parts`, and begins when
    the part in work is done.
    """

    every: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, description="time from one to the next being due", examples=["200 h"]
    )
    parts: Annotated[int, Field(ge=1, le=MOST_PARTS)] | None = Field(
        default=None, description="parts from one to the next being due, instead of a time", examples=["500"]
    )
    clock: Literal["operating", "calendar"] = Field(
        default="operating", description="what counts: processing alone, or all time", examples=["calendar"]
    )
    lasts: TimeDistribution = Field(description="how long it takes", examples=["30 min"])
    by: Crew = Field(default_factory=dict, description="people held during it", examples=["{technician: 1}"])
    priority: Priority = Field(
        default=REPAIR_FIRST, description="which requests for people go first (lowest)", examples=["2"]
    )

    @model_validator(mode="after")
    def _one_way_to_be_due(self) -> Self:
        if (self.every is None) == (self.parts is None):
            found = "neither `every` nor `parts` is" if self.every is None else "both `every` and `parts` are"
            raise refused(f"{found} given; a maintenance is due by one of them; write every: 200 h, or parts: 500")
        return self


After = Literal["setup", "repair", "maintenance", "shift"]
"""What a machine starts after."""


class StartupScrap(Described):
    """The first parts after a stop: so many of them are scrapped with another share than the station's."""

    parts: Annotated[int, Field(ge=1, le=MOST_PARTS)] = Field(
        description="parts until the machine runs well", examples=["5"]
    )
    share: Share = Field(description="share of them scrapped", examples=["0.4"])
    after: tuple[After, ...] = Field(
        default=("setup", "repair", "maintenance", "shift"),
        description="the stops after which it does so (after all unless given)",
        examples=["[setup, repair]"],
    )

    @model_validator(mode="after")
    def _after_something(self) -> Self:
        if not self.after:
            raise refused("`after` names no stop; write after: [setup, repair], or leave it out for every stop")
        return self
