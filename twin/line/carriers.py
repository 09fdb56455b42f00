"""Carriers: pallets, fixtures or cards of which there is a fixed number between two points of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from twin.line.described import Described
from twin.line.discrete import Constant
from twin.line.distributions import TimeDistribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def buffers_of(carriers: Mapping[str, Carrier], stations: Iterable[str]) -> dict[str, Carrier]:
    """Return the kinds of carriers by the name of the buffer in which they wait, those of one station together.

    Examples
    --------
    >>> list(buffers_of({"pallet": Carrier.model_validate({"number": 4, "from": "b", "to": "c"})}, ["a", "b", "c"]))
    ['pallet->b']
    """
    place = {name: s for s, name in enumerate(stations)}
    by_start = sorted(carriers.items(), key=lambda kind: place[kind[1].from_])
    return {f"{name}->{kind.from_}": kind for name, kind in by_start}
