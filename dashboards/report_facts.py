"""What a report is told: the document of `twin compare --json`, with names and types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboards.numbers import unit, units
from twin.economics.unit_cost import InWage, Threshold
from twin.line.site import Site
from twin.study.compare import AS_DESCRIBED, WageThreshold
from twin.study.frontier import CostInWage
from twin.study.intervals import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MILLION, THOUSAND = 1e6, 1e3
SMALL = 10.0
"""Millions below this are shown to two places."""


@dataclass(frozen=True, slots=True)
class Known:
    """A mean, and how well it is known: from the simulation alone, and with what the data leave open.

    Attributes
    ----------
    simulation
        The mean with the interval of the simulation's own noise.
    with_data
        The 95 % interval of data and simulation together; None where the inputs are taken as given.
    data_share
        Share of the variance that the data owe.
    """

    simulation: Estimate
    with_data: tuple[float, float] | None = None
    data_share: float | None = None

    @property
    def mean(self) -> float:
        """The mean."""
        return self.simulation.mean

    @property
    def estimate(self) -> Estimate:
        """The mean with the widest interval known: the one by which the report judges."""
        return self.simulation if self.with_data is None else Estimate(self.mean, self.with_data)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a level here stands against the other site: parity wage, share of the labour gap closed net, excess cost."""

    parity: WageThreshold
    gap_closed: Known | None
    excess: Known


@dataclass(frozen=True, slots=True)
class Level:
    """A level at a site; the fields are those of `twin.study.compare.Row`."""

    name: str
    made: Known
    cost: Known
    parts: Mapping[str, float]
    wage_range: tuple[float, float]
    people: float
    posts: Mapping[str, int]
    capex: float
    difference: Known
    verdict: str
    in_wage: CostInWage
    pays: WageThreshold | None
    standing: Mapping[str, Standing]

    @property
    def at(self) -> str:
        """The level as it follows a place: "at auto"."""
        return self.name if self.name == AS_DESCRIBED else f"at {self.name}"


@dataclass(frozen=True, slots=True)
class Facts:
    """A comparison as its document states it."""

    line: str
    title: str
    unit: str
    units: str
    levels: tuple[Level, ...]
    reference: Level
    other: Level | None
    here: Site
    there: Site | None
    runner_up: tuple[str, str, Known] | None
    undecided: tuple[tuple[str, str, int | None], ...]
    replications: int
    seed: int
    digest: str

    @property
    def per_unit(self) -> str:
        """The unit of a cost."""
        return f"EUR/{self.unit}"

    @property
    def best(self) -> Level:
        """The level at which a unit costs least here."""
        return min(self.levels, key=lambda level: level.cost.mean)

    @property
    def is_one_run(self) -> bool:
        """Whether there is one replication alone, so that no interval can be stated."""
        return self.replications == 1

    @property
    def is_better(self) -> bool:
        """Whether the best level is cheaper than the reference; one run is taken at its word."""
        return self.best.difference.mean < 0 if self.is_one_run else self.best.verdict == "cheaper"

    @property
    def chosen(self) -> Level:
        """The level of which the report speaks: the best, or the reference if none is better."""
        return self.best if self.is_better else self.reference

    @property
    def capital_unit(self) -> tuple[float, str, int]:
        """In what differences of capital are shown: its size [EUR], its name and places after the point."""
        largest = max(abs(level.capex - self.reference.capex) for level in self.levels)
        if largest < MILLION:
            return THOUSAND, "k EUR", 0
        return MILLION, "M EUR", 2 if largest < SMALL * MILLION else 1


def facts(document: Mapping[str, Any], title: str) -> Facts:
    """Read the document of a comparison that has an answer.

    Parameters
    ----------
    document
        What `twin compare --json` prints.
    title
        The line's name for people.
    """
    levels = tuple(_level(row) for row in document["rows"])
    runner_up = document["runner_up"]
    return Facts(
        line=document["line"],
        title=title,
        unit=unit(document["unit"]),
        units=units(document["unit"]),
        levels=levels,
        reference={level.name: level for level in levels}[document["reference"]],
        other=None if document["other"] is None else _level(document["other"]),
        here=Site.model_validate(document["sites"]["here"]),
        there=None if document["sites"]["there"] is None else Site.model_validate(document["sites"]["there"]),
        runner_up=None if runner_up is None else (runner_up[0], runner_up[1], _known(runner_up[2])),
        undecided=tuple((pair["first"], pair["second"], pair["replications"]) for pair in document["undecided"]),
        replications=document["replications"],
        seed=document["seed"],
        digest=document["digest"],
    )


def _level(row: Mapping[str, Any]) -> Level:
    return Level(
        name=row["level"],
        made=_known(row["good_per_shift"]),
        cost=_known(row["unit_cost"]),
        parts=row["parts"],
        wage_range=(row["wage_range"][0], row["wage_range"][1]),
        people=sum(row["people"].values()),
        posts=row["posts"],
        capex=row["capex"],
        difference=_known(row["difference"]),
        verdict=row["verdict"],
        in_wage=CostInWage(_costs(row["in_wage"]), _costs(row.get("sampled_in_wage", ()))),
        pays=None if row["pays"] is None else _wage(row["pays"]),
        standing={
            case: Standing(
                _wage(found["parity"]),
                None if found["gap_closed"] is None else _known(found["gap_closed"]),
                _known(found["excess"]),
            )
            for case, found in row["standing"].items()
        },
    )


def _known(found: Mapping[str, Any]) -> Known:
    ends = found["interval"]
    estimate = Estimate(found["mean"], None if ends is None else (ends[0], ends[1]))
    with_data = found.get("ci95_data")
    return Known(estimate, None if with_data is None else (with_data[0], with_data[1]), found.get("data_share"))


def _costs(found: Sequence[Mapping[str, float]]) -> tuple[InWage, ...]:
    return tuple(InWage(**cost) for cost in found)


def _wage(found: Mapping[str, Any]) -> WageThreshold:
    ends = found.get("ci95_data", found["interval"])
    return WageThreshold(
        Threshold(**found["threshold"]), None if ends is None else (ends[0], ends[1]), is_sure=found["is_sure"]
    )
