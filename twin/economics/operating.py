"""What a line uses up in a year: energy, the material of scrapped units, and the upkeep of its equipment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.events import STATES
from twin.kpi.energy import JOULES_PER_KWH, energy_j
from twin.units import SECONDS_PER_HOUR, SECONDS_PER_YEAR

if TYPE_CHECKING:
    from twin.accounts import Accounts


def energy_per_year(accounts: Accounts, opening_hours: float) -> float:
    """Give the electrical energy that a line draws in a year [kWh/yr].

    Parameters
    ----------
    accounts
        The measured time of one replication.
    opening_hours
        Hours a year within the shifts [h/yr].

    Raises
    ------
    ValueError
        If the measured time holds no scheduled hour.

    Notes
    -----
    What was drawn per scheduled hour, times the opening hours; and what the machines draw off shift, times the rest
    of the year's 8,760 hours, whatever part of a week was measured.
    """
    off_shift = STATES.index("off_shift")
    off_power_w = accounts.power_w[:, off_shift]
    in_shift_j = float(energy_j(accounts).sum() - (accounts.states[:, off_shift] * off_power_w).sum())
    in_shift = in_shift_j / JOULES_PER_KWH / _scheduled_hours(accounts) * opening_hours
    closed_s = SECONDS_PER_YEAR - min(opening_hours * SECONDS_PER_HOUR, SECONDS_PER_YEAR)
    return in_shift + float(off_power_w.sum()) * closed_s / JOULES_PER_KWH


def parts_per_year(parts: int, accounts: Accounts, opening_hours: float) -> float:
    """Scale a count of parts from the measured time to a year of opening hours [parts/yr].

    Raises
    ------
    ValueError
        If the measured time holds no scheduled hour.
    """
    return parts / _scheduled_hours(accounts) * opening_hours


def energy_cost(energy_kwh: float, price: float) -> float:
    """Give the cost of a year's energy [EUR/yr] from the energy [kWh/yr] and its price [EUR/kWh].

    Examples
    --------
    >>> energy_cost(2_000_000, 0.172)
    344000.0
    """
    return energy_kwh * price


def scrap_cost(scrapped_units: float, material_cost: float) -> float:
    """Give the cost of the material lost in a year's scrap [EUR/yr] from units [1/yr] and their material [EUR/unit].

    The labour, energy and capital spent on a scrapped unit are in their own lines, which the good units carry.

    Examples
    --------
    >>> scrap_cost(50_000, 1.5)
    75000.0
    """
    return scrapped_units * material_cost


def upkeep_cost(capex: float, share: float) -> float:
    """Give a year's maintenance and spares [EUR/yr] as a share [1/yr] of the equipment's price [EUR].

    Examples
    --------
    >>> upkeep_cost(180_000, 0.04)
    7200.0
    """
    return capex * share


def _scheduled_hours(accounts: Accounts) -> float:
    if not accounts.scheduled_s > 0:
        raise ValueError("the measured time holds no scheduled hour; nothing can be said of a year")
    return accounts.scheduled_s / SECONDS_PER_HOUR
