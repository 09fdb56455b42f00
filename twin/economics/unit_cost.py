"""The conversion cost of a good unit, ex works: what it costs to turn material into one product at the plant's gate.

Freight, duty and the material in good units are not in it. A year's costs are shared by the year's good units, so that
every cost line is in EUR/unit and the lines add up to the total.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from twin.economics.capital import equivalent_annual_cost
from twin.economics.labour import absence_cover, labour_cost, people_employed, post_hour_cost
from twin.economics.operating import energy_cost, energy_per_year, parts_per_year, scrap_cost, upkeep_cost
from twin.errors import InputError
from twin.line.scenario import Scenario, capital, posts, shifts_of
from twin.line.work_calendar import opening_hours
from twin.units import SECONDS_PER_YEAR

if TYPE_CHECKING:
    from twin.accounts import Accounts
    from twin.line.site import Site, WageCase


@dataclass(frozen=True, slots=True)
class Year:
    """What a line does in a year of its opening hours, after one replication.

    Attributes
    ----------
    opening_hours
        Hours within the shifts [h/yr].
    good_units, scrapped_units
        Product units that leave the line good, and that it loses as scrap [1/yr].
    energy_kwh
        Electrical energy [kWh/yr].
    """

    opening_hours: float
    good_units: float
    scrapped_units: float
    energy_kwh: float


@dataclass(frozen=True, slots=True)
class Prices:
    """What a site asks for what a line uses, at the line's shift pattern.

    Attributes
    ----------
    post_hours
        Cost of filling a post for an hour, by skill [EUR/h].
    electricity
        Price of a kilowatt-hour [EUR/kWh].
    discount_rate
        Nominal interest a year [share/yr].
    """

    post_hours: Mapping[str, float]
    electricity: float
    discount_rate: float


@dataclass(frozen=True, slots=True)
class UnitCost:
    """The cost of a good unit, ex works, by cost line [EUR/unit]."""

    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        """Sum of the cost lines [EUR/unit]."""
        return math.fsum(self.parts.values())


CostLine = Callable[[Year, Scenario, Prices], float]


def _labour(year: Year, scenario: Scenario, prices: Prices) -> float:
    return labour_of(scenario, year.opening_hours, prices)


def labour_of(scenario: Scenario, hours: float, prices: Prices) -> float:
    """Give what all posts cost in so many opening hours of the line [EUR]."""
    paid = paid_hours(scenario, hours)
    return sum(labour_cost({skill: count}, paid[skill], prices.post_hours) for skill, count in posts(scenario).items())


def paid_hours(scenario: Scenario, hours: float) -> dict[str, float]:
    """Return the hours paid of each post in so many opening hours of the line [h]: all of them, or its pool's own."""
    of_line = scenario.line.shifts
    kept = {skill: shifts_of(scenario, skill) for skill in posts(scenario)}
    return {
        skill: hours if own is of_line else hours * opening_hours(own) / opening_hours(of_line)
        for skill, own in kept.items()
    }


def _energy(year: Year, _: Scenario, prices: Prices) -> float:
    return energy_cost(year.energy_kwh, prices.electricity)


def _scrap(year: Year, scenario: Scenario, _: Prices) -> float:
    return scrap_cost(year.scrapped_units, scenario.line.product.material_cost)


def _upkeep(_: Year, scenario: Scenario, __: Prices) -> float:
    return math.fsum(upkeep_cost(item.capex, item.upkeep) for item in capital(scenario))


def _capital(_: Year, scenario: Scenario, prices: Prices) -> float:
    return math.fsum(
        equivalent_annual_cost(item.capex, item.life / SECONDS_PER_YEAR, prices.discount_rate)
        for item in capital(scenario)
    )


COST_LINES: Mapping[str, CostLine] = MappingProxyType(
    {"labour": _labour, "energy": _energy, "scrap": _scrap, "upkeep": _upkeep, "capital": _capital}
)
"""The cost lines in the order in which they are shown; each gives EUR/yr."""


def year_of(accounts: Accounts, scenario: Scenario) -> Year:
    """Scale one replication to a year of the line's opening hours.

    Raises
    ------
    ValueError
        If the measured time holds no scheduled hour.

    Notes
    -----
    ``good units = departed parts / scheduled hours measured * opening hours a year * units per part``, and the scrapped
    units likewise.
    """
    hours, per_part = opening_hours(scenario.line.shifts), scenario.line.product.per_part
    return Year(
        opening_hours=hours,
        good_units=parts_per_year(accounts.departed, accounts, hours) * per_part,
        scrapped_units=parts_per_year(accounts.scrapped, accounts, hours) * per_part,
        energy_kwh=energy_per_year(accounts, hours),
    )


def prices_of(site: Site, scenario: Scenario, case: WageCase = "mode") -> Prices:
    """Give the prices of a site for the skills and the shift pattern of a scenario, at its low, mode or high wages.

    Raises
    ------
    InputError
        If the site knows no wage for a skill of the line, or no premium for its shift pattern.
    """
    cover = _cover(site)
    premiums = {skill: site.premium(shifts_of(scenario, skill)) for skill in posts(scenario)}
    return Prices(
        post_hours={
            skill: post_hour_cost(site.wage(skill, case), premium=premium, cover=cover)
            for skill, premium in premiums.items()
        },
        electricity=site.electricity.value,
        discount_rate=site.discount_rate.value,
    )


def unit_cost(year: Year, scenario: Scenario, prices: Prices) -> UnitCost:
    """Give the conversion cost of a good unit, ex works, by cost line [EUR/unit].

    Raises
    ------
    InputError
        If the year makes no good unit, or a life spreads no price.
    """
    if not year.good_units > 0:
        raise InputError("the line makes no good unit, so a unit has no cost; look at its states with `twin run`")
    return UnitCost({name: line(year, scenario, prices) / year.good_units for name, line in COST_LINES.items()})


def people_of(scenario: Scenario, site: Site) -> dict[str, float]:
    """Give the people employed at a site to fill a scenario's posts, full time, by skill."""
    hours, cover = paid_hours(scenario, opening_hours(scenario.line.shifts)), _cover(site)
    return {
        skill: people_employed(count, hours[skill], site.hours_per_year.value, cover=cover)
        for skill, count in posts(scenario).items()
    }


def _cover(site: Site) -> float:
    return absence_cover(site.absence.value, site.published_absence)


@dataclass(frozen=True, slots=True)
class InWage:
    """A unit cost as a function of the operator's wage, the other skills' wages keeping their ratio to it.

    ``cost = rest + slope * wage``, with the wage as the cost of an operator's hour worked [EUR/h].
    """

    rest: float
    slope: float


def in_wage(cost: UnitCost, wage: float) -> InWage:
    """Write a unit cost, reckoned at an operator's `wage` [EUR/h], as a function of that wage.

    Raises
    ------
    InputError
        If the wage is not above zero.
    """
    if not wage > 0:
        raise InputError(f"the operator's cost per hour worked is {wage}; write one above zero, such as 46.5 EUR/h")
    return InWage(
        rest=math.fsum(value for name, value in cost.parts.items() if name != "labour"),
        slope=cost.parts["labour"] / wage,
    )


@dataclass(frozen=True, slots=True)
class Threshold:
    """The operator's wage at which one unit cost passes another [EUR/h], and on which side of it the first is cheaper.

    `wage` is None where no wage above zero makes the two equal: the first is then cheaper at any wage (`always`), or
    at none (`never`).
    """

    wage: float | None
    cheaper: Literal["above", "below", "always", "never"]


def threshold(first: InWage, second: InWage) -> Threshold:
    """Find the wage at which `first` begins, or ceases, to be cheaper than `second`.

    A fixed cost, such as that of another site, is an `InWage` of slope 0.

    Notes
    -----
    ``rest1 + slope1 * w = rest2 + slope2 * w`` gives ``w = (rest1 - rest2) / (slope2 - slope1)``. The first, if it
    takes less labour (slope2 > slope1), is cheaper above w; if it takes more, below. A w of zero or less lies outside.

    Examples
    --------
    >>> threshold(InWage(rest=5.0, slope=0.25), InWage(rest=2.0, slope=0.5))
    Threshold(wage=12.0, cheaper='above')
    """
    saved, extra = second.slope - first.slope, first.rest - second.rest
    if saved == 0:
        return Threshold(None, "always" if extra < 0 else "never")
    wage = extra / saved
    if saved > 0:
        return Threshold(wage, "above") if wage > 0 else Threshold(None, "always")
    return Threshold(wage, "below") if wage > 0 else Threshold(None, "never")


def rounded_parts(parts: Mapping[str, float], decimals: int = 2) -> dict[str, float]:
    """Round parts so that they sum to their rounded total (method of the largest remainder).

    Parameters
    ----------
    parts
        The parts by name, any unit; negative ones too.
    decimals
        Places after the point; negative for tens, hundreds...

    Raises
    ------
    ValueError
        If a part is not finite.

    Notes
    -----
    Each part is cut down to its place; the places that then lack to the rounded total go, one each, to the parts with
    the largest remainders (ties: the earlier part).

    References
    ----------
    M. L. Balinski and H. P. Young, *Fair Representation*, 2nd ed., 2001: Hamilton's method.

    Examples
    --------
    >>> rounded_parts({"labour": 0.333, "energy": 0.333, "capital": 0.334})
    {'labour': 0.33, 'energy': 0.33, 'capital': 0.34}
    """
    if not all(math.isfinite(value) for value in parts.values()):
        raise ValueError("a part to be rounded is not finite")
    places = 10.0**decimals
    scaled = {name: value * places for name, value in parts.items()}
    whole = {name: math.floor(value) for name, value in scaled.items()}
    lacking = round(round(math.fsum(parts.values()), decimals) * places) - sum(whole.values())
    for name in sorted(scaled, key=lambda name: whole[name] - scaled[name])[:lacking]:
        whole[name] += 1
    return {name: round(count / places, decimals) for name, count in whole.items()}
