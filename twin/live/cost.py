"""What a good unit costs in labour and energy in a window of a shift: the same reckoning as that of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twin.economics.operating import energy_cost
from twin.economics.unit_cost import labour_of, prices_of
from twin.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from twin.line.scenario import Scenario
    from twin.line.site import Site


class Costs(NamedTuple):
    """What a line at a site costs: all its posts for an hour within the shifts [EUR/h], and electricity [EUR/kWh]."""

    hour: float
    electricity: float

    def labour_per_unit(self, scheduled_s: float, good_units: float) -> float | None:
        """Give the labour in a good unit [EUR/unit] of a time within the shifts [s]; None where none was made.

        Posts are paid for every hour within the shifts, busy or not.

        Examples
        --------
        >>> Costs(hour=800.0, electricity=0.1).labour_per_unit(1800.0, 1000.0)
        0.4
        """
        return self.hour * scheduled_s / SECONDS_PER_HOUR / good_units if good_units > 0 else None

    def energy_per_unit(self, kwh_per_unit: float | None) -> float | None:
        """Give the electricity in a good unit [EUR/unit] from the energy in it [kWh/unit]; None where that is unknown.

        Examples
        --------
        >>> Costs(hour=800.0, electricity=0.1).energy_per_unit(0.5)
        0.05
        """
        return None if kwh_per_unit is None else energy_cost(kwh_per_unit, self.electricity)


def costs_of(scenario: Scenario, site: Site) -> Costs:
    """Return what a line costs at a site, at its most plausible wages.

    Raises
    ------
    InputError
        If the site knows no wage for a skill of the line, or no premium for its shift pattern.
    """
    prices = prices_of(site, scenario)
    return Costs(hour=labour_of(scenario, 1.0, prices), electricity=prices.electricity)
