"""The line as one piece of data: product, shifts, people, source, stations, levels of automation and route."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.line import traffic
from twin.line.carriers import Carrier
from twin.line.crews import MOST_PEOPLE, REPAIR_FIRST, WORK_FIRST, Pool
from twin.line.described import Described
from twin.line.lots import LotCycle
from twin.line.products import Variant
from twin.line.route import OUT, Edge, probabilities
from twin.line.source import Source
from twin.line.station import Dispatch, Station
from twin.line.work_calendar import Shifts, opening_hours, shift_hours
from twin.units import LARGEST, Money, Share

Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]


class Product(Described):
    """What the line makes.

    `material_cost` [EUR per unit] is what a scrapped unit has cost in material; `demand_per_year` counts units.
    """

    unit: str = Field(default="piece", min_length=1, description="what the product is counted in", examples=["m2"])
    per_part: Positive = Field(default=1.0, description="units in one part", examples=["0.36"])
    demand_per_year: Positive | None = Field(default=None, description="units asked a year", examples=["19000000"])
    material_cost: Money = Field(default=0.0, description="material lost with a scrapped unit", examples=["1.2 EUR"])


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
    pools: dict[str, Pool] = Field(
        default_factory=dict,
        description="what is special about the people of a pool",
        examples=["{setter: {also: [operator], absence: 0.05}}"],
    )
    carriers: dict[str, Carrier] = Field(
        default_factory=dict,
        description="pallets, fixtures or cards of a fixed number",
        examples=["{pallet: {number: 12, from: load, to: unload, return: 30 s}}"],
    )
    source: Source = Field(default=Source(), description="where parts come from", examples=["{kind: saturated}"])
    move: Literal["piece", "order"] = Field(
        default="piece", description="whether an order moves piece by piece or as one lot", examples=["order"]
    )
    dispatch: Dispatch = Field(
        default="first_come", description="which part a machine takes first", examples=["earliest_due_date"]
    )
    products: dict[str, Variant] = Field(
        default_factory=dict,
        max_length=1_000,
        description="the products, where there are several",
        examples=["{a: {route: [press, weld]}, b: {cycle: {press: 14 s}}}"],
    )
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
    def _route_may_go_without_saying(cls, value: object) -> object:
        """A line of one station goes out from there; where products or orders bring routes, those may be all."""
        if not isinstance(value, dict) or "route" in value:
            return value
        stations, products, source = (value.get(key) for key in ("stations", "products", "source"))
        if isinstance(stations, dict) and len(stations) == 1:
            return {**value, "route": [{"from": next(iter(stations)), "to": OUT}]}
        if _brings_a_route(products) or (isinstance(source, dict) and source.get("orders") is not None):
            return {**value, "route": []}
        return value

    @property
    def plain(self) -> bool:
        """Whether the plain rules can run it: its parts are alike, and it uses nothing that only the full rules do."""
        return self.alike and not (
            self.carriers
            or self.pools
            or any(edge.rejected for edge in self.route)
            or any(
                station.kind not in ("machine", "inspection")
                or station.attend > 1
                or not station.attended
                or station.shifts
                or station.maintenance
                or station.startup_scrap
                or station.power.standby is not None
                or station.power.warm_up
                or station.priority != WORK_FIRST
                or any(how.minor or how.wear or how.priority != REPAIR_FIRST for how in station.failures.values())
                for station in self.stations.values()
            )
        )

    @property
    def alike(self) -> bool:
        """Whether all parts are alike, so that only their number counts."""
        return not (
            self.move == "order"
            or self.source.orders
            or self.products
            or self.dispatch != "first_come"
            or any(edge.delay for edge in self.route)
            or any(
                station.setup or isinstance(station.cycle, LotCycle) or station.dispatch not in (None, "first_come")
                for station in self.stations.values()
            )
        )

    @property
    def fed(self) -> tuple[str, ...]:
        """The stations where parts come in, in file order.

        `into`; else of a stock or arrivals the first and every one no edge enters, of products and orders where their
        routes begin, and for orders without a route the first.
        """
        return traffic.fed(self)

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The routes that products and booked orders are bound to, each once, "out" last."""
        return traffic.ways(self)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges of `route`, then an edge without limit for each step of `ways` that none of them joins."""
        return (*self.route, *traffic.implied_edges(self))

    @property
    def probabilities(self) -> tuple[float, ...]:
        """The probability of each edge of `route`."""
        return probabilities(self.route, self.rejects)

    @property
    def rejects(self) -> dict[str, float]:
        """The share of the parts that each station rejects whose rejected parts have an edge of their own."""
        return {edge.from_: self.stations[edge.from_].reject for edge in self.route if edge.rejected}

    def dispatch_at(self, station: str) -> Dispatch:
        """Return how a station chooses among the parts that wait."""
        return self.stations[station].dispatch or self.dispatch

    @property
    def plan_per_shift(self) -> float | None:
        """Units asked of one shift: the yearly demand over the shifts of a year; None without a demand."""
        demand = self.product.demand_per_year
        return None if demand is None else demand * shift_hours(self.shifts) / opening_hours(self.shifts)


def _brings_a_route(products: object) -> bool:
    ways = products.values() if isinstance(products, dict) else ()
    return any(isinstance(variant, dict) and variant.get("route") is not None for variant in ways)
