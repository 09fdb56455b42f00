"""The line as one piece of data: product, shifts, people, source, stations, levels of automation and route."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.line.distributions import TimeDistribution
from twin.line.route import LARGEST_BUFFER, OUT, Edge, probabilities
from twin.line.station import MOST_PEOPLE, SHORTEST, Described, Station
from twin.line.work_calendar import Shifts, opening_hours, shift_hours
from twin.units import LARGEST, Money, Share, refused

Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]


class Product(Described):
    """What the line makes.

    `material_cost` [EUR per unit] is what a scrapped unit has cost in material; `demand_per_year` counts units.
    """

    unit: str = Field(default="piece", min_length=1, description="what the product is counted in", examples=["m2"])
    per_part: Positive = Field(default=1.0, description="units in one part", examples=["0.36"])
    demand_per_year: Positive | None = Field(default=None, description="units asked a year", examples=["19000000"])
    material_cost: Money = Field(default=0.0, description="material lost with a scrapped unit", examples=["1.2 EUR"])


class Source(Described):
    """Where parts come from: a stock that never runs out, or arrivals.

    `arrivals` is the time between two [s], for each fed station a stream of its own. With `capacity` an arrival that
    finds that many waiting is turned away.
    """

    kind: Literal["saturated", "arrivals"] = Field(
        default="saturated", description="whether parts are always there or arrive", examples=["saturated"]
    )
    arrivals: TimeDistribution | None = Field(
        default=None, description="time between arrivals", examples=["{exponential: {mean: 30 s}}"]
    )
    capacity: Annotated[int, Field(ge=0, le=LARGEST_BUFFER)] | None = Field(
        default=None, description="arrivals that may wait (without limit unless given)", examples=["20"]
    )
    into: tuple[str, ...] | None = Field(default=None, description="the stations fed", examples=["[press]"])

    @model_validator(mode="before")
    @classmethod
    def _arrivals_say_the_kind(cls, value: object) -> object:
        if isinstance(value, dict) and value.get("arrivals") is not None:
            return {"kind": "arrivals", **value}
        return value

    @model_validator(mode="after")
    def _kind_and_arrivals_agree(self) -> Source:
        if self.kind == "arrivals" and self.arrivals is None:
            raise refused("`arrivals` is missing; write arrivals: {exponential: {mean: 30 s}}")
        if self.kind == "saturated" and self.arrivals is not None:
            raise refused("a saturated source has no `arrivals`; leave out `kind` or `arrivals`")
        if self.arrivals is not None and self.arrivals.mean < SHORTEST:
            raise refused("arrivals after no time never end; write a time above 0 s")
        if self.arrivals is None and self.capacity is not None:
            raise refused("a saturated source has no queue; leave `capacity` out or give `arrivals`")
        return self


class Targets(Described):
    """What the line is measured against."""

    oee: Share | None = Field(default=None, description="overall equipment effectiveness asked", examples=["0.75"])


class Line(Described):
    """A production line, complete: what an engine needs to run it and a study to price it."""

    line: str = Field(description="the line's name", examples=["ceiling-tiles"])
    title: str | None = Field(default=None, description="the line's name for people", examples=["Ceiling tiles"])
    product: Product = Field(default=Product(), description="what it makes", examples=["{unit: m2, per_part: 0.36}"])
    shifts: Shifts = Field(
        default_factory=Shifts, description="when it works", examples=["{pattern: 3x8, days: mon-fri}"]
    )
    operators: dict[str, Annotated[int, Field(ge=0, le=MOST_PEOPLE)]] = Field(
        default_factory=dict, description="posts per shift by skill", examples=["{operator: 4, technician: 1}"]
    )
    source: Source = Field(default=Source(), description="where parts come from", examples=["{kind: saturated}"])
    stations: dict[str, Station] = Field(
        min_length=1,
        max_length=5_000,
        description="the stations in order of the flow",
        examples=["{press: {cycle: 12 s}}"],
    )
    levels: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="named sets of options", examples=["{cells: {press: robot_cell}}"]
    )
    route: tuple[Edge, ...] = Field(
        description="the ways from station to station", examples=["[{from: press, to: out}]"]
    )
    bottleneck: str | None = Field(
        default=None, description="the station the line's OEE is that of (found unless named)", examples=["press"]
    )
    targets: Targets = Field(default=Targets(), description="what it is measured against", examples=["{oee: 0.75}"])
    basis: dict[str, str] = Field(
        default_factory=dict,
        description="where the numbers under a path come from",
        examples=["{stations.press.cycle: 'assumption: data sheet'}"],
    )

    @model_validator(mode="before")
    @classmethod
    def _one_station_goes_out(cls, value: object) -> object:
        if isinstance(value, dict) and "route" not in value:
            stations = value.get("stations")
            if isinstance(stations, dict) and len(stations) == 1:
                return {**value, "route": [{"from": next(iter(stations)), "to": OUT}]}
        return value

    @property
    def fed(self) -> tuple[str, ...]:
        """The stations the source feeds, in file order: `into`, else the first and every one no edge enters."""
        if self.source.into is not None:
            return tuple(name for name in self.stations if name in self.source.into)
        entered = {edge.to for edge in self.route}
        return tuple(name for place, name in enumerate(self.stations) if place == 0 or name not in entered)

    @property
    def probabilities(self) -> tuple[float, ...]:
        """The probability of each edge of `route`."""
        return probabilities(self.route)

    @property
    def plan_per_shift(self) -> float | None:
        """Units asked of one shift: the yearly demand over the shifts of a year; None without a demand."""
        demand = self.product.demand_per_year
        return None if demand is None else demand * shift_hours(self.shifts) / opening_hours(self.shifts)
