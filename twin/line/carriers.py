"""Carriers: pallets, fixtures or cards of which there is a fixed number between two points of the line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.line.described import Described
from twin.line.discrete import Constant
from twin.line.distributions import TimeDistribution

MOST_CARRIERS = 100_000
"""More carriers of one kind than this are taken for a slip of the pen."""


class Carrier(Described):
    """A fixed number of pallets, fixtures or cards, each with one part from one station to another.

    A part takes one when the station `from` takes the part, and has it until it leaves the station `to`, or the line.
    After `return` [s] the carrier is back. Closed loops, CONWIP and kanban are this one rule.
    """

    number: Annotated[int, Field(ge=1, le=MOST_CARRIERS)] = Field(description="how many there are", examples=["12"])
    from_: str = Field(validation_alias="from", description="the station that puts a part on one", examples=["load"])
    to: str = Field(description="the station whose part leaves it", examples=["unload"])
    return_: TimeDistribution = Field(
        default=Constant(0.0), validation_alias="return", description="time of its way back", examples=["30 s"]
    )
