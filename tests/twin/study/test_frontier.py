"""The labour-offset frontier on levels priced by hand.

Of two levels, `hands` costs 1 + 0.10 w and `cell` 2 + 0.05 w: they cost the same, 3, at a wage of 20.
"""

from __future__ import annotations

import pytest

from twin.economics.unit_cost import InWage
from twin.study.frontier import Cheapest, CostInWage, cheapest, cost_line, difference_line
from twin.study.intervals import mean_interval

HANDS = CostInWage(tuple(InWage(1 + luck, 0.10) for luck in (-0.1, 0.0, 0.1)))
CELL = CostInWage(tuple(InWage(2 + luck, 0.05) for luck in (-0.1, 0.0, 0.1)))
STRAY = CostInWage(tuple(InWage(2 + luck, 0.05) for luck in (0.3, -0.3, 0.0)))


def test_the_cost_at_a_wage_is_the_mean_of_the_replications_with_its_interval() -> None:
    at_nothing, at_twenty = cost_line(HANDS, (0.0, 20.0))

    assert at_nothing.mean == pytest.approx(1.0)
    assert at_twenty.interval == pytest.approx(mean_interval([2.9, 3.0, 3.1]).interval)


def test_the_difference_is_paired_so_that_shared_luck_falls_out() -> None:
    (difference,) = difference_line(CELL, HANDS, (10.0,))

    assert difference.mean == pytest.approx(0.5)
    assert difference.half_width == pytest.approx(0.0, abs=1e-12)


def test_the_cheapest_level_changes_where_the_lines_cross() -> None:
    found = cheapest({"hands": HANDS, "cell": CELL}, (0.0, 19.0, 21.0, 40.0))

    assert found == [
        Cheapest("hands", is_told=True),
        Cheapest("hands", is_told=True),
        Cheapest("cell", is_told=True),
        Cheapest("cell", is_told=True),
    ]


def test_where_luck_hides_the_cheapest_it_is_not_told() -> None:
    # The differences have a standard deviation of 0.36 to 0.4 and three replications: t is 4.3, so about 1 is not told.
    near, far = cheapest({"hands": HANDS, "stray": STRAY}, (20.0, 80.0))

    assert (near.is_told, far) == (False, Cheapest("stray", is_told=True))


def test_of_one_replication_nothing_is_told() -> None:
    one = {name: CostInWage(cost.fitted[:1]) for name, cost in (("hands", HANDS), ("cell", CELL))}

    assert cheapest(one, (0.0,)) == [Cheapest("hands", is_told=False)]


def test_a_single_level_is_the_cheapest() -> None:
    assert cheapest({"hands": HANDS}, (5.0,)) == [Cheapest("hands", is_told=True)]


def test_samples_of_the_numbers_widen_the_band() -> None:
    lucks = (-0.1, 0.0, 0.1, 0.05, -0.05, 0.0)
    fitted = tuple(InWage(1 + luck, 0.1) for luck in lucks)
    sampled = tuple(
        InWage(1 + luck + shift, 0.1) for luck, shift in zip(lucks, (0.5, 0.5, -0.5, -0.5, 0.1, 0.1), strict=True)
    )
    (alone,), (both,) = cost_line(CostInWage(fitted), (10.0,)), cost_line(CostInWage(fitted, sampled), (10.0,))

    assert both.mean == alone.mean
    assert both.half_width is not None
    assert alone.half_width is not None
    assert both.half_width > 3 * alone.half_width


def test_levels_of_unequal_counts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        difference_line(HANDS, CostInWage(CELL.fitted[:2]), (1.0,))
