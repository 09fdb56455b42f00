"""Stations: what a work unit does to a part, what it needs, how it fails, and what could be automated about it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from twin.line.described import Described
from twin.line.distributions import Distribution, Exponential, TimeDistribution
from twin.line.lots import Cycle
from twin.line.setup import Setup
from twin.units import SECONDS_PER_YEAR, Duration, Money, Share, refused
from twin.units import Power as Watts

STATION_KINDS = {
    "machine": "works on one part at a time on each of its machines; a share of the parts is scrapped",
    "inspection": "as a machine; besides the bad parts (`scrap`) it rejects a share of the good ones (`false_reject`)",
}
"""The kinds of station, each with what it does."""

MOST_MACHINES = 10_000
"""More identical machines than this in one station are taken for a slip of the pen."""

MOST_PEOPLE = 100_000
"""More people than this in one pool are taken for a slip too."""

SHORTEST = 1e-6
"""A mean time below a microsecond [s] counts as none: the clock of a long run could not show that it passed."""

Machines = Annotated[int, Field(ge=1, le=MOST_MACHINES)]
Crew = dict[str, PositiveInt]
"""People by skill, whole persons."""


Dispatch = Literal["first_come", "earliest_due_date", "shortest_setup"]
"""Which of the parts that wait is taken first: the longest waiting, the first due, the one of the least setup."""


class Failure(Described):
    """One way in which a machine of a station fails.

    `ttf` is the time to failure and `ttr` the time to repair [s]. Where a data sheet gives the availability instead,
    the time to failure is exponential, on the failure's clock.
    """

    ttf: TimeDistribution | None = Field(
        default=None, description="time to failure", examples=["{exponential: {mean: 40 min}}"]
    )
    ttr: TimeDistribution = Field(description="time to repair", examples=["{lognormal: {mean: 3 min, cv: 1}}"])
    availability: Annotated[Share, Field(gt=0, lt=1)] | None = Field(
        default=None, description="share of the time in which this failure leaves the machine up", examples=["0.98"]
    )
    clock: Literal["operating", "calendar"] = Field(
        default="operating", description="what ages: processing alone, or all scheduled time", examples=["operating"]
    )
    repaired_by: Crew = Field(
        default_factory=dict, description="people held during the repair", examples=["{technician: 1}"]
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if (self.ttf is None) == (self.availability is None):
            found = "neither `ttf` nor `availability` is" if self.ttf is None else "both `ttf` and `availability` are"
            raise refused(
                f"{found} given; a failure has exactly one of them; write ttf: {{exponential: {{mean: 40 min}}}}"
            )
        if self._mean_time_to_failure < SHORTEST:
            raise refused("a machine that fails after no time makes no part; write a `ttf` (or a `ttr`) above 0 s")
        return self

    @property
    def time_to_failure(self) -> Distribution:
        """Time to failure [s]: `ttf`, or the exponential whose mean gives the `availability`.

        Of a machine that alternates between up times of mean `MTTF` and repairs of mean `MTTR` the share of time up is
        `A = MTTF / (MTTF + MTTR)`, hence `MTTF = MTTR * A / (1 - A)` (renewal-reward theorem).
        """
        if self.ttf is not None:
            return self.ttf
        return Exponential(mean=self._mean_time_to_failure)

    @property
    def _mean_time_to_failure(self) -> float:
        if self.ttf is not None:
            return self.ttf.mean
        up = self.availability or 0.0
        return self.ttr.mean * up / (1 - up)


class Power(Described):
    """Electrical power of one machine [W] by its state; not named, `waiting_repair` is as `down`, others as `idle`."""

    idle: Watts = Field(default=0.0, description="power in every state that is not named", examples=["4 kW"])
    processing: Watts | None = Field(default=None, description="power while processing", examples=["18 kW"])
    down: Watts | None = Field(default=None, description="power under repair", examples=["1 kW"])
    waiting_repair: Watts | None = Field(default=None, description="power while broken, no technician free")
    setup: Watts | None = Field(default=None, description="power during setup")
    waiting_operator: Watts | None = Field(default=None, description="power while waiting for its crew")
    blocked: Watts | None = Field(default=None, description="power while full downstream")
    starved: Watts | None = Field(default=None, description="power while empty upstream")
    maintenance: Watts = Field(default=0.0, description="power during planned maintenance")
    off_shift: Watts = Field(default=0.0, description="power outside the shifts", examples=["200 W"])

    def of(self, state: str) -> float:
        """Return the power in a state [W]: as named; `waiting_repair` as `down`; any other as `idle`.

        Examples
        --------
        >>> Power.model_validate({"idle": "4 kW", "down": "1 kW"}).of("waiting_repair")
        1000.0
        """
        named: float | None = getattr(self, state)
        if named is None and state == "waiting_repair":
            named = self.down
        return self.idle if named is None else named


class Option(Described):
    """A way to automate a station: the keys that change against the station, and what the change costs.

    A key that is given replaces the station's key as a whole. `capex` and `upkeep` come on top of the station's own.
    """

    label: str | None = Field(default=None, description="the option's name for people", examples=["Robot cell"])
    machines: Machines | None = Field(default=None, description="identical machines in parallel", examples=["2"])
    cycle: Cycle | None = Field(default=None, description="time per part on a machine", examples=["9 s"])
    setup: Setup | None = Field(default=None, description="what a change of product needs", examples=["{time: 2 min}"])
    ideal_cycle: Duration | None = Field(default=None, gt=0, description="time per part at best", examples=["8 s"])
    crew: Crew | None = Field(default=None, description="people held while processing", examples=["{operator: 1}"])
    scrap: Share | None = Field(default=None, description="share of the parts scrapped", examples=["0.01"])
    false_reject: Share | None = Field(default=None, description="share of the good parts rejected", examples=["0.003"])
    failures: dict[str, Failure] | None = Field(
        default=None, description="ways to fail", examples=["{jam: {ttf: 2 h, ttr: 3 min}}"]
    )
    power: Power | None = Field(default=None, description="power by state", examples=["{processing: 22 kW}"])
    capex: Money = Field(default=0.0, description="what it costs to buy and install", examples=["180 kEUR"])
    life: Duration = Field(default=10 * SECONDS_PER_YEAR, gt=0, description="years of use", examples=["10 yr"])
    upkeep: Share = Field(default=0.0, description="yearly upkeep as a share of capex", examples=["0.04"])
    posts: dict[str, Annotated[float, Field(ge=-MOST_PEOPLE, le=MOST_PEOPLE, allow_inf_nan=False)]] = Field(
        default_factory=dict, description="change of posts per shift by skill", examples=["{operator: -1.5}"]
    )
    redeployed: str | None = Field(
        default=None, description="who takes the freed fraction of a person", examples=["packs at the next line"]
    )


class Station(Described):
    """A work unit: one or several identical machines in parallel that take a part, work on it and pass it on."""

    kind: Literal["machine", "inspection"] = Field(
        default="machine", description="what the station is", examples=list(STATION_KINDS)
    )
    label: str | None = Field(default=None, description="the station's name for people", examples=["Edge milling"])
    short: str | None = Field(default=None, description="a name short enough for a drawing", examples=["mill"])
    machines: Machines = Field(default=1, description="identical machines in parallel", examples=["2"])
    cycle: Cycle = Field(description="time per part on a machine", examples=["12 s", "{per_piece: 12 s}"])
    ideal_cycle: Duration | None = Field(
        default=None, gt=0, description="time per part at best (default: the cycle's mean)", examples=["11 s"]
    )
    crew: Crew = Field(default_factory=dict, description="people held while processing", examples=["{operator: 1}"])
    scrap: Share = Field(default=0.0, description="share of the parts scrapped", examples=["0.01"])
    false_reject: Share = Field(default=0.0, description="share of the good parts rejected", examples=["0.003"])
    failures: dict[str, Failure] = Field(
        default_factory=dict, description="ways to fail", examples=["{jam: {ttf: 2 h, ttr: 3 min}}"]
    )
    setup: Setup | None = Field(
        default=None, description="what a change of product needs", examples=["{time: 20 min, crew: {setter: 1}}"]
    )
    dispatch: Dispatch | None = Field(
        default=None, description="which part is taken first (default: as the line says)", examples=["shortest_setup"]
    )
    power: Power = Field(default=Power(), description="power by state", examples=["{processing: 18 kW, idle: 4 kW}"])
    capex: Money = Field(default=0.0, description="what the station cost to buy and install", examples=["400 kEUR"])
    life: Duration = Field(default=10 * SECONDS_PER_YEAR, gt=0, description="years of use", examples=["10 yr"])
    upkeep: Share = Field(default=0.0, description="yearly upkeep as a share of capex", examples=["0.04"])
    automation: dict[str, Option] = Field(
        default_factory=dict, description="options to automate it", examples=["{robot: {cycle: 9 s, capex: 180 kEUR}}"]
    )

    @property
    def ideal(self) -> float:
        """Ideal time per part [s] of one piece: `ideal_cycle` where given, else the cycle's mean."""
        return self.cycle.mean if self.ideal_cycle is None else self.ideal_cycle

    @property
    def reject(self) -> float:
        """Share of the parts that leave as scrap: the bad ones, and of the good ones those falsely rejected."""
        return self.scrap + (1 - self.scrap) * self.false_reject

    def with_option(self, name: str) -> Station:
        """Return the station as the option makes it; its other options are gone.

        An option that changes `cycle` and gives no `ideal_cycle` takes its new mean.

        Raises
        ------
        KeyError
            If the station has no such option.
        """
        option = self.automation[name]
        keys = ("machines", "cycle", "ideal_cycle", "setup", "crew", "scrap", "false_reject", "failures", "power")
        changes = {key: value for key in keys if (value := getattr(option, key)) is not None}
        if "cycle" in changes:
            changes.setdefault("ideal_cycle", None)
        return self.model_copy(update={**changes, "automation": {}})
