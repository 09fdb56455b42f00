"""Stations: what a work unit does to a part, what it needs, how it fails, and what could be automated about it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from twin.line.crews import MOST_PEOPLE, WORK_FIRST, Crew, Priority
from twin.line.described import Described
from twin.line.distributions import Constant, TimeDistribution
from twin.line.failure import SHORTEST, Failure
from twin.line.lots import Cycle
from twin.line.names import listed
from twin.line.power import Power
from twin.line.route import LARGEST_BUFFER
from twin.line.setup import Setup
from twin.line.upkeep import Maintenance, StartupScrap
from twin.line.work_calendar import Shifts
from twin.units import SECONDS_PER_YEAR, Duration, Length, Money, Share, Speed, refused

STATION_KINDS = {
    "machine": "works on one part at a time on each of its machines; a share of the parts is scrapped",
    "assembly": "joins parts of each of its feeds (`takes`) into one",
    "split": "makes several parts (`parts`) of one",
    "batch": "works on several parts (`size`) at once, or after `timeout` on those that are there",
    "inspection": "as a machine; of what comes a share is bad (`prevalence`); it accepts a share of the bad parts "
    "(`false_accept`) and rejects a share of the good ones (`false_reject`)",
    "conveyor": "carries up to `capacity` parts over its `length` at its `speed`, in order",
    "storage": "holds parts (up to `capacity`), each for its `stay` at least",
}
"""The kinds of station, each with what it does."""

OF_KIND: dict[str, tuple[str, ...]] = {
    "takes": ("assembly",),
    "parts": ("split",),
    "size": ("batch",),
    "timeout": ("batch",),
    "prevalence": ("inspection",),
    "false_accept": ("inspection",),
    "length": ("conveyor",),
    "speed": ("conveyor",),
    "accumulating": ("conveyor",),
    "capacity": ("conveyor", "storage"),
    "stay": ("storage",),
}
"""The keys that only some kinds have."""

NEEDS: dict[str, tuple[str, ...]] = {
    "split": ("parts",),
    "batch": ("size",),
    "conveyor": ("length", "speed", "capacity"),
}
"""The keys that a kind cannot do without; `cycle` is asked of all but conveyors and storages."""

OF_MACHINES = (
    "machines", "cycle", "ideal_cycle", "crew", "attend", "priority", "scrap", "false_reject", "setup", "startup_scrap",
    "automation", "dispatch",
)  # fmt: skip
"""The keys that conveyors and storages do not have: nobody works there."""

OF_WORK = ("failures", "maintenance", "shifts", "attended")
"""The keys that a storage has not either: it never stops."""

HOLDERS = ("conveyor", "storage")
"""The kinds that hold many parts at once, each on its own way through."""

MOST_MACHINES = 10_000
"""More identical machines than this in one station are taken for a slip of the pen."""

MOST_AT_ONCE = 1_000
"""Parts that a machine takes, or lets go, at one instant at most: both clocks draw so many times ahead."""

Machines = Annotated[int, Field(ge=1, le=MOST_MACHINES)]
AtOnce = Annotated[int, Field(ge=2, le=MOST_AT_ONCE)]

Dispatch = Literal["first_come", "earliest_due_date", "shortest_setup"]
"""Which of the parts that wait is taken first: the longest waiting, the first due, the one of the least setup."""


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
    attend: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        default=None, description="machines that one person of its crew tends", examples=["4"]
    )
    attended: bool | None = Field(default=None, description="whether it needs people", examples=["false"])
    failures: dict[str, Failure] | None = Field(
        default=None, description="ways to fail", examples=["{jam: {ttf: 2 h, ttr: 3 min}}"]
    )
    maintenance: dict[str, Maintenance] | None = Field(
        default=None, description="planned upkeep", examples=["{overhaul: {every: 200 h, lasts: 30 min}}"]
    )
    startup_scrap: StartupScrap | None = Field(
        default=None, description="scrap of the first parts after a stop", examples=["{parts: 5, share: 0.4}"]
    )
    power: Power | None = Field(default=None, description="power by state", examples=["{processing: 22 kW}"])
    capex: Money = Field(default=0.0, description="what it costs to buy and install", examples=["180 kEUR"])
    life: Duration = Field(default=10 * SECONDS_PER_YEAR, gt=0, description="years of use", examples=["10 yr"])
    upkeep: Share = Field(default=0.0, description="yearly upkeep as a share of capex", examples=["0.04"])
    posts: dict[str, Annotated[float, Field(ge=-MOST_PEOPLE, le=MOST_PEOPLE, allow_inf_nan=False)]] = Field(
        default_factory=dict, description="change of posts per shift by skill", examples=["{operator: -1.5}"]
    )
    carriers: dict[str, Annotated[int, Field(ge=-MOST_PEOPLE, le=MOST_PEOPLE)]] = Field(
        default_factory=dict, description="change of carriers by kind", examples=["{pallet: 4}"]
    )
    redeployed: str | None = Field(
        default=None, description="who takes the freed fraction of a person", examples=["packs at the next line"]
    )


class Station(Described):
    """A work unit: one or several identical machines in parallel that take a part, work on it and pass it on."""

    kind: Literal["machine", "assembly", "split", "batch", "inspection", "conveyor", "storage"] = Field(
        default="machine", description="what the station is", examples=list(STATION_KINDS)
    )
    label: str | None = Field(default=None, description="the station's name for people", examples=["Edge milling"])
    short: str | None = Field(default=None, description="a name short enough for a drawing", examples=["mill"])
    machines: Machines = Field(default=1, description="identical machines in parallel", examples=["2"])
    cycle: Cycle = Field(description="time per part on a machine", examples=["12 s", "{per_piece: 12 s}"])
    ideal_cycle: Duration | None = Field(
        default=None, gt=0, description="time per part at best (default: the cycle's mean)", examples=["11 s"]
    )
    takes: dict[str, Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]] = Field(
        default_factory=dict,
        description="parts joined, by the station they come from (1 of each unless named)",
        examples=["{wheels: 4}"],
    )
    parts: AtOnce | None = Field(default=None, description="parts made of one", examples=["12"])
    size: AtOnce | None = Field(default=None, description="parts worked on at once", examples=["8"])
    timeout: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None,
        description="wait after which fewer will do (for ever unless given)",
        examples=["10 min"],
    )
    length: Annotated[Length, Field(gt=0)] | None = Field(
        default=None, description="length of the belt", examples=["12 m"]
    )
    speed: Annotated[Speed, Field(gt=0)] | None = Field(
        default=None, description="speed of the belt", examples=["0.3 m/s"]
    )
    accumulating: bool = Field(
        default=True, description="whether parts close up while the first cannot leave", examples=["false"]
    )
    capacity: Annotated[int, Field(ge=1, le=LARGEST_BUFFER)] | None = Field(
        default=None, description="parts it holds at most (a storage without limit unless given)", examples=["24"]
    )
    stay: TimeDistribution = Field(default=Constant(0.0), description="least time in it", examples=["2 h"])
    crew: Crew = Field(default_factory=dict, description="people held while processing", examples=["{operator: 1}"])
    attend: Annotated[int, Field(ge=1, le=1_000)] = Field(
        default=1, description="machines that one person of its crew tends", examples=["4"]
    )
    attended: bool = Field(
        default=True, description="whether it needs people; if not, it runs on outside the shifts", examples=["false"]
    )
    shifts: Shifts | None = Field(
        default=None, description="when it works (as the line unless given)", examples=["{pattern: continuous}"]
    )
    priority: Priority = Field(
        default=WORK_FIRST, description="which requests for people go first (lowest)", examples=["2"]
    )
    prevalence: Share | None = Field(default=None, description="share of what comes that is bad", examples=["0.03"])
    false_accept: Share = Field(default=0.0, description="share of the bad parts accepted", examples=["0.1"])
    scrap: Share = Field(default=0.0, description="share of the parts scrapped", examples=["0.01"])
    false_reject: Share = Field(default=0.0, description="share of the good parts rejected", examples=["0.003"])
    failures: dict[str, Failure] = Field(
        default_factory=dict, description="ways to fail", examples=["{jam: {ttf: 2 h, ttr: 3 min}}"]
    )
    maintenance: dict[str, Maintenance] = Field(
        default_factory=dict, description="planned upkeep", examples=["{overhaul: {every: 200 h, lasts: 30 min}}"]
    )
    startup_scrap: StartupScrap | None = Field(
        default=None, description="scrap of the first parts after a stop", examples=["{parts: 5, share: 0.4}"]
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

    @model_validator(mode="before")
    @classmethod
    def _holders_have_no_cycle(cls, value: Any) -> Any:  # noqa: ANN401 -- whatever was written
        """Give a conveyor and a storage, where nothing is worked on, a cycle of no time."""
        if isinstance(value, dict) and value.get("kind") in HOLDERS and "cycle" not in value:
            return {**value, "cycle": Constant(0.0)}
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (wrong := self.fault()) is not None:
            raise refused(wrong)
        return self

    def fault(self) -> str | None:
        """Return what is wrong with its keys taken together, as an option can make them too; None where nothing is."""
        return self._fault_of_its_kind() or self._fault_of_quality() or self._fault_of_people()

    def _fault_of_its_kind(self) -> str | None:
        wrong = [key for key, kinds in OF_KIND.items() if self.kind not in kinds]
        wrong += OF_MACHINES if self.kind in HOLDERS else ()
        wrong += OF_WORK if self.kind == "storage" else ()
        wrong = [key for key in wrong if getattr(self, key) != self._unless_given(key)]
        if wrong:
            kinds = OF_KIND.get(wrong[0])
            remedy = "" if kinds is None else f", or write kind: {listed(kinds)}"
            return f"a station of kind {self.kind} has no `{wrong[0]}`; leave it out{remedy}"
        missing = [key for key in NEEDS.get(self.kind, ()) if getattr(self, key) is None]
        if missing:
            example = type(self).model_fields[missing[0]].examples or ["..."]
            return f"a station of kind {self.kind} needs `{missing[0]}`; write {missing[0]}: {example[0]}"
        if self.kind == "conveyor" and self.belt_s / (self.capacity or 1) < SHORTEST:
            return "parts would follow each other on the belt without time; write a longer `length`, or a lower `speed`"
        return None

    @classmethod
    def _unless_given(cls, key: str) -> Any:  # noqa: ANN401 -- of any field
        return Constant(0.0) if key == "cycle" else cls.model_fields[key].get_default(call_default_factory=True)

    def _fault_of_quality(self) -> str | None:
        if self.prevalence is not None and self.scrap:
            return "`prevalence` says how many are bad; leave out `scrap`"
        if self.prevalence is None and self.false_accept:
            return "bad parts are accepted only where some are bad; write prevalence: 0.03, or leave out `false_accept`"
        return None

    def _fault_of_people(self) -> str | None:
        if not self.attended and (self.crew or self.shifts):
            key = "crew" if self.crew else "shifts"
            return f"a station that runs unattended, at all hours, has no `{key}`; leave out `attended`, or `{key}`"
        if self.attend > 1 and not self.crew:
            return "`attend` shares out the people of a crew; write crew: {operator: 1}, or leave it out"
        return None

    @property
    def belt_s(self) -> float:
        """Time from a conveyor's start to its end [s]."""
        return (self.length or 0.0) / (self.speed or 1.0)

    @property
    def ideal(self) -> float:
        """Ideal time per part [s] of one piece: `ideal_cycle` where given, else the cycle's mean."""
        return self.cycle.mean if self.ideal_cycle is None else self.ideal_cycle

    @property
    def reject(self) -> float:
        """Share of the parts that it rejects: of the bad ones those found, of the good ones those falsely rejected."""
        bad = self.scrap if self.prevalence is None else self.prevalence
        return bad * (1 - self.false_accept) + (1 - bad) * self.false_reject

    def with_option(self, name: str) -> Station:
        """Return the station as the option makes it; its other options are gone.

        An option that changes `cycle` and gives no `ideal_cycle` takes its new mean; one without a crew needs no
        `attend`.

        Raises
        ------
        KeyError
            If the station has no such option.
        """
        option = self.automation[name]
        keys = (
            "machines", "cycle", "ideal_cycle", "setup", "crew", "attend", "attended", "scrap", "false_reject",
            "failures", "maintenance", "startup_scrap", "power",
        )  # fmt: skip
        changes = {key: value for key in keys if (value := getattr(option, key)) is not None}
        if "cycle" in changes:
            changes.setdefault("ideal_cycle", None)
        if "crew" in changes and not changes["crew"]:  # nobody is left whom machines could share
            changes.setdefault("attend", 1)
        return self.model_copy(update={**changes, "automation": {}})


def at_once(station: Station) -> int:
    """Return how many parts may be on one of its machines."""
    if station.kind in HOLDERS:
        return LARGEST_BUFFER if station.capacity is None else station.capacity
    return station.parts or station.size or 1
