"""The labour question: how far automation offsets what labour costs more here than there.

Every level of automation is priced at one site from runs on common random numbers, so that differences are paired by
replication; the same runs are priced at another site. What is compared is the conversion cost of a unit, ex works:
freight, duty and material are not in it.

Two kinds of range stand apart. An `Estimate` carries an interval, of the simulation's own noise and, where runs under
samples of a fitted line's numbers are given, of what its data leave open. The *low, mode, high*
of a wage is what the sources leave open; it has no confidence, and is shown beside the value at the mode.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from twin.economics.unit_cost import (
    COST_LINES,
    InWage,
    Threshold,
    UnitCost,
    in_wage,
    people_of,
    prices_of,
    threshold,
    unit_cost,
    year_of,
)
from twin.errors import InputError
from twin.line.scenario import Scenario, capital, posts, scenario
from twin.line.site import Site, WageCase
from twin.line.work_calendar import shift_hours
from twin.study.input_uncertainty import Outcomes, difference_of, mean_of, ratio_of
from twin.study.intervals import Estimate, bonferroni, variance_cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.accounts import Accounts
    from twin.line.line import Line

Verdict = Literal["reference", "cheaper", "dearer", "cannot tell"]
CASES: tuple[WageCase, ...] = get_args(WageCase)

AS_DESCRIBED = "as described"
"""In place of a level: no option chosen. No level can have this name."""


ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class WageThreshold:
    """The operator's wage here [EUR/h] at which a level's unit cost passes another, with its 95 % interval.

    Attributes
    ----------
    threshold
        The wage, and on which side of it the level is the cheaper one; or that it is so at any wage, or at none.
    interval
        The wages, none below zero, at which the two costs cannot be told apart; None where there are none or they have
        no upper end, or there is one replication.
    is_sure
        Where no wage makes the two equal: whether the 95 % intervals tell which is cheaper, free of labour and in what
        a higher wage adds.
    simulation, data_share
        As in `Estimate`: the interval of the simulation's noise alone, and what the data owe of the whole.
    """

    threshold: Threshold
    interval: tuple[float, float] | None
    is_sure: bool = True
    simulation: tuple[float, float] | None = None
    data_share: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a level here stands against the other site.

    Attributes
    ----------
    parity
        The operator's wage here at which the level costs what a unit costs there.
    gap_closed
        Share of the labour-cost gap that the level closes, *net*: what it saves on the whole unit cost against the
        reference. This is the share to show. None where the other site has no labour advantage.
    labour_gap_closed
        The same, *gross*: what it saves on labour alone, before the capital, energy and upkeep that it takes.
    excess
        Unit cost of the level here less the unit cost there [EUR/unit]. As a level is picked after the fact, the
        interval holds for all levels together.
    """

    parity: WageThreshold
    gap_closed: Estimate | None
    labour_gap_closed: Estimate | None
    excess: Estimate


@dataclass(frozen=True, slots=True)
class Row:
    """One level at one site.

    Attributes
    ----------
    level, site
        Names.
    good_per_shift
        Good product units a shift [1/shift].
    unit_cost, parts
        Conversion cost ex works and its means by cost line, at the site's mode wages [EUR/unit].
    wage_range
        Mean unit cost at the site's low and high wages [EUR/unit]: a range of an input, no interval.
    people, posts
        People employed, full time, and whole posts per shift; by skill.
    capex
        Price of all stations and options [EUR].
    difference, verdict
        Unit cost less that of the reference level at the home site, with its Bonferroni interval [EUR/unit].
    variance_cut
        How many times the pairing cuts the variance of the difference; None where unknown.
    in_wage, sampled_in_wage
        The unit cost as a function of the operator's wage, replication by replication: as fitted, and under samples.
    pays
        The wage from which the level pays against the reference; None for the reference and for the other site.
    standing
        How the level stands against the other site at its low, mode and high wages; empty without one.
    """

    level: str
    site: str
    good_per_shift: Estimate
    unit_cost: Estimate
    parts: Mapping[str, float]
    wage_range: tuple[float, float]
    people: Mapping[str, float]
    posts: Mapping[str, int]
    capex: float
    difference: Estimate
    verdict: Verdict
    variance_cut: float | None
    in_wage: tuple[InWage, ...] = ()
    sampled_in_wage: tuple[InWage, ...] = ()
    pays: WageThreshold | None = None
    standing: Mapping[WageCase, Standing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer to the labour question.

    Attributes
    ----------
    reference
        Name of the reference level.
    unit
        What the product is counted in.
    wage
        The operator's cost per hour worked at the home site, at which the rows are priced [EUR/h].
    rows
        One a level, in the order asked for, at the home site.
    other
        The other site's row; None without one.
    comparisons
        How many intervals of differences hold together (Bonferroni): one a row besides the reference.
    runner_up
        The two cheapest levels at home and the unit cost of the first less that of the second. As they are picked
        after the fact, the interval holds for every pair of levels together. None with a single level.
    """

    reference: str
    unit: str
    wage: float
    rows: tuple[Row, ...]
    other: Row | None
    comparisons: int
    runner_up: tuple[str, str, Estimate] | None

    def row(self, level: str) -> Row:
        """Give the home row of a level; KeyError if there is none."""
        return {row.level: row for row in self.rows}[level]


@dataclass(frozen=True, slots=True)
class _Priced:
    """A level at a site: what each replication costs, at the low, mode and high wages.

    All `replications` as fitted come first, then those under samples, if there are any.
    """

    scenario: Scenario
    site: Site
    replications: int
    good_per_hour: tuple[float, ...]
    costs: Mapping[WageCase, tuple[UnitCost, ...]]

    def totals(self, case: WageCase = "mode") -> Outcomes:
        return Outcomes.split([cost.total for cost in self.costs[case]], self.replications)

    def part(self, name: str, case: WageCase = "mode") -> Outcomes:
        return Outcomes.split([cost.parts[name] for cost in self.costs[case]], self.replications)

    @property
    def in_wage(self) -> list[InWage]:
        return [in_wage(cost, self.site.wage()) for cost in self.costs["mode"]]


def compare(
    line: Line,
    results: Mapping[str, Sequence[Accounts]],
    *,
    levels: Sequence[str],
    reference: str,
    site: Site,
    against: Site | None = None,
    against_level: str | None = None,
    sampled: Mapping[str, Sequence[Accounts]] = MappingProxyType({}),
) -> Comparison:
    """Price runs of several levels of automation at a site, and one of them at another, and compare.

    Parameters
    ----------
    line
        The line as described.
    results
        The accounts of every level, replication by replication on common random numbers.
    levels
        Levels, or options as `scenario` takes them, or `AS_DESCRIBED`, in the order of the rows.
    reference
        The level that the others are compared with.
    site, against
        The home site and the other one.
    against_level
        The level at which the other site works; the reference unless given.
    sampled
        The accounts of every level once more, each replication under its sample of a fitted line's numbers, the same
        for all levels; none without samples. What is paid for (posts, prices, equipment) is in no sample.

    Raises
    ------
    InputError
        If a level does not exist, a site knows no wage for a skill, or a level makes no good unit.
    ValueError
        If a level has no results, or levels differ in their number of replications, as fitted or under samples.
    """
    there_level = against_level or reference
    wanted = dict.fromkeys((*levels, reference, *((there_level,) if against else ())))
    if missing := [level for level in wanted if not results.get(level)]:
        raise ValueError(f"there are no results for {', '.join(missing)}")
    if len({(len(results[level]), len(sampled.get(level, ()))) for level in wanted}) > 1:
        raise ValueError("the levels differ in their number of replications; differences are paired by replication")
    runs = {level: (results[level], sampled.get(level, ())) for level in wanted}
    home = {level: _price(line, level, runs[level], site) for level in dict.fromkeys((*levels, reference))}
    there = _price(line, there_level, runs[there_level], against) if against else None
    comparisons = max(1, len(home) - 1 + (there is not None))
    base = home[reference]
    rows = [_home_row(level, priced, base, there, comparisons) for level, priced in home.items()]
    return Comparison(
        reference=reference,
        unit=line.product.unit,
        wage=site.wage(),
        rows=tuple(rows),
        other=None if there is None else _row(there_level, there, base, comparisons),
        comparisons=comparisons,
        runner_up=_runner_up(home),
    )


def _price(line: Line, level: str, runs: tuple[Sequence[Accounts], Sequence[Accounts]], site: Site) -> _Priced:
    chosen, (fitted, sampled) = scenario(line, None if level == AS_DESCRIBED else level), runs
    years = [year_of(one, chosen) for one in (*fitted, *sampled)]
    for place, year in enumerate(years):
        if not year.good_units > 0:
            who, options = ("the line", "") if level == AS_DESCRIBED else (f"level {level}", f" --options {level}")
            raise InputError(
                f"{who} makes no good unit in replication {place % len(fitted) + 1}"
                f"{' under its sample' if place >= len(fitted) else ''}, so a unit has no cost; "
                f"look at its states with `twin run{options}`, or simulate a longer horizon"
            )
    prices = {case: prices_of(site, chosen, case) for case in CASES}
    return _Priced(
        scenario=chosen,
        site=site,
        replications=len(fitted),
        good_per_hour=tuple(year.good_units / year.opening_hours for year in years),
        costs={case: tuple(unit_cost(year, chosen, prices[case]) for year in years) for case in CASES},
    )


def _row(level: str, priced: _Priced, reference: _Priced, comparisons: int) -> Row:
    totals = priced.totals()
    difference = difference_of(totals, reference.totals(), comparisons=comparisons)
    hours = shift_hours(priced.scenario.line.shifts)
    return Row(
        level=level,
        site=priced.site.name,
        good_per_shift=mean_of(Outcomes.split([rate * hours for rate in priced.good_per_hour], priced.replications)),
        unit_cost=mean_of(totals),
        parts={name: priced.part(name).mean for name in COST_LINES},
        wage_range=(priced.totals("low").mean, priced.totals("high").mean),
        people=people_of(priced.scenario, priced.site),
        posts=posts(priced.scenario),
        capex=math.fsum(asset.capex for asset in capital(priced.scenario)),
        difference=difference,
        verdict="reference" if priced is reference else _verdict(difference, totals.mean),
        variance_cut=None if priced is reference else variance_cut(totals.fitted, reference.totals().fitted),
        in_wage=tuple(priced.in_wage[: priced.replications]),
        sampled_in_wage=tuple(priced.in_wage[priced.replications :]),
    )


def _home_row(level: str, priced: _Priced, reference: _Priced, there: _Priced | None, comparisons: int) -> Row:
    return replace(
        _row(level, priced, reference, comparisons),
        pays=None if priced is reference else _passing(priced.in_wage, reference.in_wage, priced.replications),
        standing={}
        if there is None
        else {case: _standing(priced, reference, there, case, comparisons) for case in CASES},
    )


def _verdict(difference: Estimate, cost: float) -> Verdict:
    """What rounding leaves of costs without any luck in them is no difference."""
    if not difference.excludes(0) or abs(difference.mean) <= ROUNDING * cost:
        return "cannot tell"
    return "cheaper" if difference.mean < 0 else "dearer"


def _passing(first: Sequence[InWage], second: Sequence[InWage], replications: int | None = None) -> WageThreshold:
    """Find the wage at which the mean unit costs pass each other, and the wages at which they cannot be told apart."""
    count = len(first) if replications is None else replications
    found = threshold(_mean_in_wage(first[:count]), _mean_in_wage(second[:count]))
    pairs = list(zip(first, second, strict=True))
    rests = Outcomes.split([one.rest - two.rest for one, two in pairs], count)
    slopes = Outcomes.split([two.slope - one.slope for one, two in pairs], count)
    told = [mean_of(values).excludes(0) for values in (rests, slopes) if any(values.fitted)]
    is_sure = found.wage is not None or (bool(told) and all(told))
    if not slopes.mean:
        return WageThreshold(found, None, is_sure)
    wage = ratio_of(rests, slopes)
    may_pass = found.wage is not None or not is_sure
    ends, alone = (_wages(within) if may_pass else None for within in (wage.interval, wage.simulation))
    return WageThreshold(found, ends, is_sure, alone, wage.data_share)


def _wages(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    """Give what of an interval is a wage, none below 0."""
    return (max(0.0, ends[0]), ends[1]) if ends is not None and ends[1] > 0 else None


def _standing(priced: _Priced, reference: _Priced, there: _Priced, case: WageCase, comparisons: int) -> Standing:
    fixed = [InWage(rest=cost.total, slope=0.0) for cost in there.costs[case]]
    gap = reference.part("labour").minus(there.part("labour", case))
    has_gap = gap.mean > 0
    together = bonferroni(comparisons)
    saved = reference.totals().minus(priced.totals())
    labour_saved = reference.part("labour").minus(priced.part("labour"))
    return Standing(
        parity=_passing(priced.in_wage, fixed, priced.replications),
        gap_closed=ratio_of(saved, gap, together) if has_gap else None,
        labour_gap_closed=ratio_of(labour_saved, gap, together) if has_gap else None,
        excess=difference_of(priced.totals(), there.totals(case), comparisons=comparisons),
    )


def _runner_up(home: Mapping[str, _Priced]) -> tuple[str, str, Estimate] | None:
    if len(home) == 1:
        return None
    first, second = sorted(home, key=lambda level: home[level].totals().mean)[:2]
    pairs = len(list(combinations(home, 2)))
    return first, second, difference_of(home[first].totals(), home[second].totals(), comparisons=pairs)


def _mean_in_wage(costs: Sequence[InWage]) -> InWage:
    return InWage(_mean([cost.rest for cost in costs]), _mean([cost.slope for cost in costs]))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
