"""The answer to the labour question, as its words and its tables need it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from dashboards.numbers import column_places, unit
from twin.study.input_uncertainty import Outcomes, difference_of
from twin.study.intervals import replications_for

if TYPE_CHECKING:
    from twin.line.site import Site
    from twin.study.compare import Comparison, Row
    from twin.study.intervals import Estimate

MOST_REPLICATIONS = 1_000_000
"""A difference that would take more replications than this to be seen is not worth seeing."""

FEWEST_TO_TRUST, FEWEST_TO_PLAN = 5, 10
"""Replications under which little is proven, and under which a variance says nothing of how many would be needed."""


class Undecided(NamedTuple):
    """Two rows that cannot be told apart, and about how many replications would do so, where that is known."""

    first: str
    second: str
    difference: Estimate
    replications: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A comparison and the sites of which it speaks."""

    comparison: Comparison
    here: Site
    there: Site | None

    @property
    def per_unit(self) -> str:
        """The unit in which costs are shown."""
        return f"EUR/{unit(self.comparison.unit)}"

    @property
    def rows(self) -> dict[str, Row]:
        """The rows by the name under which they are shown, the other site's last."""
        rows = {row.level: row for row in self.comparison.rows}
        if self.there is None or self.comparison.other is None:
            return rows
        return {**rows, f"{self.there.country}, {self.comparison.other.level}": self.comparison.other}

    @property
    def places(self) -> dict[str, int]:
        """The places after the point to which each row's costs are shown."""
        rows = self.rows
        return dict(zip(rows, column_places([row.unit_cost for row in rows.values()]), strict=True))

    @property
    def reference(self) -> Row:
        """The row of the reference level."""
        return self.comparison.row(self.comparison.reference)

    @property
    def best(self) -> Row:
        """The row of the level at which a unit costs least here."""
        return min(self.comparison.rows, key=lambda row: row.unit_cost.mean)

    @property
    def is_one_run(self) -> bool:
        """Whether there is one replication alone, so that no interval can be stated."""
        return self.count == 1

    @property
    def count(self) -> int:
        """How many replications there are."""
        return len(self.reference.unit_cost.replications)

    @property
    def holds_data(self) -> bool:
        """Whether the intervals hold what the line's data leave open, besides the noise of the simulation."""
        return self.reference.unit_cost.data_share is not None

    @property
    def can_plan(self) -> bool:
        """Whether there are replications enough to say how many more would be needed, and what the pairing gains."""
        return self.count >= FEWEST_TO_PLAN

    @property
    def is_better(self) -> bool:
        """Whether the best level is cheaper than the reference; one run is taken at its word."""
        return self.best.difference.mean < 0 if self.is_one_run else self.best.verdict == "cheaper"

    @property
    def is_less_automated(self) -> bool:
        """Whether the best level has less equipment than the reference, so that it is no automation that saves."""
        return self.best.capex < self.reference.capex

    def undecided(self) -> list[Undecided]:
        """List the pairs of rows that cannot be told apart, first those that could be told soonest.

        A row against the reference is judged as in its table; the pairs of the other levels hold together with all
        pairs of levels (Bonferroni).
        """
        reference = self.comparison.reference
        found = [(name, reference, row.difference) for name, row in self.rows.items() if row.verdict == "cannot tell"]
        pairs = list(combinations(self.comparison.rows, 2))
        for one, other in pairs:
            costs = (Outcomes(row.unit_cost.replications, row.unit_cost.sampled) for row in (one, other))
            difference = difference_of(*costs, comparisons=len(pairs))
            if reference not in {one.level, other.level} and not difference.excludes(0):
                found.append((one.level, other.level, difference))
        told = [
            Undecided(one, other, difference, _replications(difference) if self.can_plan else None)
            for one, other, difference in found
        ]
        return sorted(told, key=lambda pair: pair.replications or MOST_REPLICATIONS + 1)


def _replications(difference: Estimate) -> int | None:
    if difference.mean == 0:
        return None
    needed = replications_for(difference, abs(difference.mean))
    return None if needed is None or needed > MOST_REPLICATIONS else needed
