"""Products: what a line makes where it makes several, and what is different about each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.line.described import Described
from twin.line.lots import Cycle
from twin.units import Duration, Share


class Variant(Described):
    """One of several products: its own way through the line, and what differs for it at a station.

    What it does not name is as the station says. A product without `route` goes by the line's, as its probabilities
    fall.
    """

    label: str | None = Field(default=None, description="the product's name for people", examples=["Left bracket"])
    route: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        default=None, description="the stations it passes, in order, then out", examples=["[press, weld]"]
    )
    cycle: dict[str, Cycle] = Field(
        default_factory=dict, description="its cycle at a station", examples=["{press: 14 s}"]
    )
    scrap: dict[str, Annotated[Share, Field(lt=1)]] = Field(
        default_factory=dict, description="its share scrapped at a station", examples=["{press: 0.02}"]
    )
    ideal_cycle: dict[str, Annotated[Duration, Field(gt=0)]] = Field(
        default_factory=dict, description="its time per piece at best at a station", examples=["{press: 12 s}"]
    )
