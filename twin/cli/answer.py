"""The answer to the labour question, as its words and its tables need it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from twin.cli.numbers import ROUNDING, decimals_of, interval, mean, mean_and_interval, number, percent
from twin.cli.show import unit
from twin.study.intervals import Estimate, paired_difference, replications_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.line.site import Site
    from twin.study.compare import Comparison, Row, WageThreshold

MOST_REPLICATIONS = 1_000_000
"""A difference that would take more replications than this to be seen is not worth seeing."""

FEWEST_TO_TRUST, FEWEST_TO_PLAN = 5, 10
"""Replications under which little is proven, and under which a variance says nothing of how many would be needed."""

FINEST = 9
"""Places after the point of a cost beyond which there is nothing but rounding."""


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
            costs = one.unit_cost.replications, other.unit_cost.replications
            difference = paired_difference(*costs, comparisons=len(pairs))
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


def is_exact(estimate: Estimate) -> bool:
    """Say whether an interval has no width but what rounding leaves: nothing differed from run to run."""
    return estimate.half_width is not None and estimate.half_width <= abs(estimate.mean) * ROUNDING


def column_places(estimates: Sequence[Estimate]) -> list[int]:
    """Give the places of a column's numbers: each its own, but one less where another is known less well.

    An exact number follows the others.
    """
    places = [min(FINEST, decimals_of(one)) for one in estimates]
    coarsest = min((place for place, one in zip(places, estimates, strict=True) if not is_exact(one)), default=None)
    if coarsest is None:
        return places
    return [
        coarsest if is_exact(one) else place - (place > coarsest) for place, one in zip(places, estimates, strict=True)
    ]


def in_percent(share: Estimate) -> Estimate:
    """Give a share as an estimate in percent."""
    ends = share.interval
    return Estimate(100 * share.mean, None if ends is None else (100 * ends[0], 100 * ends[1]))


def share_text(share: Estimate) -> str:
    """Write a share as a percentage, with its interval.

    Examples
    --------
    >>> share_text(Estimate(0.3325, (0.3248, 0.3402))).replace(chr(160), " ")
    '33.2 % [32.5, 34.0]'
    """
    hundredths = in_percent(share)
    written = percent(share.mean, decimals_of(hundredths))
    return written if _is_bare(hundredths) else f"{written} {interval(hundredths.interval, decimals_of(hundredths))}"


def wage_text(passing: WageThreshold) -> str:
    """Write the wage at which a level begins, or ceases, to be the cheaper one; or that it is so at any, or at none."""
    found = passing.threshold
    if found.wage is None:
        if not passing.is_sure:
            bounded = found.cheaper == "always" and passing.interval is not None
            return f"from at most {number(passing.interval[1], 1)}" if bounded and passing.interval else "cannot tell"
        return "any" if found.cheaper == "always" else "none"
    wage = Estimate(found.wage, passing.interval)
    return f"about {mean(wage)}" if wage.interval is None else mean_and_interval(wage)


def difference_text(difference: Estimate, places: int) -> str:
    """Write a difference with its sign and, where it has one, its interval."""
    written = number(difference.mean, places, signed=True)
    return written if _is_bare(difference) else f"{written} {interval(difference.interval, places)}"


def _is_bare(estimate: Estimate) -> bool:
    return estimate.interval is None or is_exact(estimate)
