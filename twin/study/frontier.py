"""The labour-offset frontier: what a unit costs at any wage with each level, and which level is then the cheapest.

A unit cost is linear in the operator's wage, replication by replication, so that its mean is a line and its interval a
band about it. Which of two levels is cheaper is told by their differences, paired by luck and by sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from twin.study.input_uncertainty import Outcomes, difference_of, mean_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.economics.unit_cost import InWage
    from twin.study.intervals import Estimate


@dataclass(frozen=True, slots=True)
class CostInWage:
    """The unit cost of each replication as a function of the operator's wage: as fitted, and under samples if any."""

    fitted: tuple[InWage, ...]
    sampled: tuple[InWage, ...] = ()

    def at(self, wage: float) -> Outcomes:
        """Give the unit costs [EUR/unit] at a wage [EUR/h]."""
        return Outcomes(_at(self.fitted, wage), _at(self.sampled, wage))


@dataclass(frozen=True, slots=True)
class Cheapest:
    """The level that costs least at a wage, and whether it can be told from every other."""

    level: str
    is_told: bool


def cost_line(cost: CostInWage, wages: Sequence[float]) -> list[Estimate]:
    """Estimate the unit cost [EUR/unit] at each wage [EUR/h]."""
    return [mean_of(cost.at(wage)) for wage in wages]


def difference_line(first: CostInWage, second: CostInWage, wages: Sequence[float]) -> list[Estimate]:
    """Estimate the cost of `first` less that of `second` [EUR/unit] at each wage [EUR/h].

    Raises
    ------
    ValueError
        If the two differ in their number of replications.
    """
    return [difference_of(first.at(wage), second.at(wage)) for wage in wages]


def cheapest(levels: Mapping[str, CostInWage], wages: Sequence[float]) -> list[Cheapest]:
    """Find the cheapest level at each wage [EUR/h].

    It is told from the others where the interval of every difference excludes zero; as the level is picked after the
    fact, the intervals hold for all pairs of levels together (Bonferroni). Of one replication nothing is told.

    Raises
    ------
    ValueError
        If the levels differ in their number of replications.
    """
    pairs = max(1, len(list(combinations(levels, 2))))
    found = []
    for wage in wages:
        costs = {name: cost.at(wage) for name, cost in levels.items()}
        best = min(costs, key=lambda name: costs[name].mean)
        others = (cost for name, cost in costs.items() if name != best)
        told = all(difference_of(costs[best], other, comparisons=pairs).excludes(0) for other in others)
        found.append(Cheapest(best, told))
    return found


def _at(costs: tuple[InWage, ...], wage: float) -> tuple[float, ...]:
    return tuple(cost.rest + cost.slope * wage for cost in costs)
