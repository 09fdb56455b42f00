"""The labour question on a line that can be priced on paper.

The line and its unit cost by hand stand at the head of tests/twin/economics/test_unit_cost.py. At home, 40 EUR/h for an
operator and 50 for a technician, a unit costs by hand 14.62876 EUR manually (labour 13.125) and 10.37876 with the cell
(labour 8.125). The other site pays a fifth, 8 and 10 EUR/h, all else being equal:

    labour there, manual   (4 * 8 + 10) * 1.25 * 5,000 / 100,000 = 2.625 EUR/m2
    unit cost there        14.62876 - 13.125 + 2.625             = 4.12876
    labour gap             13.125 - 2.625                        = 10.5
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.priced import ASSUMED, accounts, press_line, site
from twin.economics.unit_cost import InWage
from twin.errors import InputError
from twin.study.compare import AS_DESCRIBED, Comparison, WageThreshold, _passing, compare
from twin.study.intervals import mean_interval

if TYPE_CHECKING:
    from twin.line.site import Site

LINE = press_line()
SAME = [accounts(400, 20)] * 3
HOME = site()


def abroad(**operator: str) -> Site:
    wages = {"operator": {"mode": "8 EUR/h"} | operator | ASSUMED, "technician": {"mode": "10 EUR/h"} | ASSUMED}
    return site("abroad", cost_per_hour_worked=wages)


def compared(results: dict[str, Any] | None = None, **options: Any) -> Comparison:  # noqa: ANN401 -- options of compare
    settings: dict[str, Any] = {"levels": ["manual", "cells"], "reference": "manual", "site": HOME} | options
    return compare(LINE, results or {"manual": SAME, "cells": SAME}, **settings)


def test_rows_by_hand() -> None:
    manual, cells = compared().rows
    assert (manual.level, manual.site, manual.verdict) == ("manual", "home", "reference")
    assert manual.unit_cost.mean == pytest.approx(14.62876, rel=1e-12)
    assert cells.unit_cost.mean == pytest.approx(10.37876, rel=1e-12)
    assert dict(cells.parts) == pytest.approx(
        {"labour": 8.125, "energy": 0.10376, "scrap": 0.10, "upkeep": 0.45, "capital": 1.60}, rel=1e-12
    )
    assert cells.difference.mean == pytest.approx(-4.25, rel=1e-12)
    assert cells.verdict == "cheaper"
    assert (manual.capex, cells.capex) == (1_000_000.0, 1_300_000.0)
    assert cells.posts == {"operator": 2, "technician": 1}
    # 2 and 1 posts * 5,000 h / 1,500 h
    assert dict(cells.people) == pytest.approx({"operator": 20 / 3, "technician": 10 / 3})
    # 100,000 m2 / 5,000 h * 8 h
    assert manual.good_per_shift.mean == pytest.approx(160.0)


def test_the_wage_from_which_the_cell_pays_by_hand() -> None:
    manual, cells = compared().rows
    assert manual.pays is None
    assert cells.pays is not None
    # 0.75 EUR/m2 of capital and upkeep against 0.125 EUR/m2 of labour for each EUR/h
    assert cells.pays.threshold.wage == pytest.approx(6.0)
    assert cells.pays.threshold.cheaper == "above"
    assert cells.pays.interval == pytest.approx((6.0, 6.0))


def test_the_other_site_by_hand() -> None:
    comparison = compared(against=abroad())
    other = comparison.other
    assert other is not None
    assert (other.level, other.site, other.verdict) == ("manual", "abroad", "cheaper")
    assert other.unit_cost.mean == pytest.approx(4.12876, rel=1e-12)
    assert other.difference.mean == pytest.approx(-10.5, rel=1e-12)
    assert other.pays is None
    assert not other.standing
    assert comparison.comparisons == 2


def test_the_gap_closed_by_hand() -> None:
    comparison = compared(against=abroad())
    standing = comparison.row("cells").standing["mode"]
    assert standing.gap_closed is not None
    assert standing.labour_gap_closed is not None
    assert standing.gap_closed.mean == pytest.approx(4.25 / 10.5)  # net of capital and upkeep
    assert standing.labour_gap_closed.mean == pytest.approx(5.0 / 10.5)
    unchanged = comparison.row("manual").standing["mode"]
    assert unchanged.gap_closed is not None
    assert unchanged.gap_closed.mean == 0


def test_the_parity_wage_by_hand() -> None:
    comparison = compared(against=abroad())
    manual = comparison.row("manual").standing["mode"].parity.threshold
    cells = comparison.row("cells").standing["mode"].parity.threshold
    # With all else equal the same level is at par where the wages are.
    assert manual.wage == pytest.approx(8.0)
    # (4.12876 - 2.25376) / (8.125 / 40) = 1.875 / 0.203125 = 120 / 13
    assert cells.wage == pytest.approx(120 / 13)
    assert manual.cheaper == cells.cheaper == "below"


def test_what_a_level_costs_more_than_the_other_site_by_hand() -> None:
    comparison = compared(against=abroad(low="4 EUR/h", high="12 EUR/h"))
    standing = comparison.row("cells").standing
    assert standing["mode"].excess.mean == pytest.approx(10.37876 - 4.12876)
    assert standing["low"].excess.mean == pytest.approx(10.37876 - 3.12876)
    assert comparison.row("manual").standing["high"].excess.mean == pytest.approx(14.62876 - 5.12876)


def test_what_a_level_costs_more_is_paired_and_holds_for_all_levels_together() -> None:
    # The cell here less manual there: 10.37876 - 4.12876 = 6.25 at
    # 100,000 m2 a year, 5 at 125,000; half-width t(1 - 0.05 / 4; 1) * 1.25 / 2, with t = 25.4517.
    runs = [accounts(400), accounts(500)]
    excess = compared({"manual": runs, "cells": runs}, against=abroad()).row("cells").standing["mode"].excess
    assert excess.replications == pytest.approx((6.25, 5.0))
    assert excess.confidence == pytest.approx(0.975)
    assert excess.half_width == pytest.approx(25.4517 * 0.625, rel=1e-5)


def test_a_line_is_priced_as_described_where_no_level_is_chosen() -> None:
    (row,) = compared({AS_DESCRIBED: SAME}, levels=[AS_DESCRIBED], reference=AS_DESCRIBED).rows
    assert (row.level, row.unit_cost.mean) == ("as described", pytest.approx(14.62876))
    with pytest.raises(InputError, match=r"the line makes no good unit in replication 1.*`twin run`"):
        compared({AS_DESCRIBED: [accounts(0, 5)]}, levels=[AS_DESCRIBED], reference=AS_DESCRIBED)


def test_low_and_high_wages_there_move_the_other_site_and_what_is_held_against_it() -> None:
    comparison = compared(against=abroad(low="4 EUR/h", high="12 EUR/h"))
    assert comparison.other is not None
    # Labour at low wages (4 * 4 + 10) * 1.25 / 20 = 1.625, at high (4 * 12 + 10) * 1.25 / 20 = 3.625.
    assert comparison.other.wage_range == pytest.approx((3.12876, 5.12876))
    standing = comparison.row("manual").standing
    assert standing["low"].parity.threshold.wage == pytest.approx(1.625 / 0.328125)
    assert standing["high"].parity.threshold.wage == pytest.approx(3.625 / 0.328125)
    high = comparison.row("cells").standing["high"].gap_closed
    assert high is not None
    assert high.mean == pytest.approx(4.25 / (13.125 - 3.625))


def test_the_other_site_may_work_at_another_level() -> None:
    # (2 * 8 + 10) * 1.25 / 20 = 1.625 EUR/m2 of labour there, with the cell's 2.25376 beside it
    other = compared(against=abroad(), against_level="cells").other
    assert other is not None
    assert (other.level, other.unit_cost.mean) == ("cells", pytest.approx(1.625 + 2.25376))


def test_two_equal_sites_differ_by_exactly_zero() -> None:
    runs = [accounts(400, 20), accounts(431, 17), accounts(389, 3)]
    comparison = compared({"manual": runs, "cells": runs}, against=site("twin"))
    assert comparison.other is not None
    assert comparison.other.difference.mean == 0
    assert comparison.other.difference.interval == (0, 0)
    assert comparison.other.verdict == "cannot tell"
    # No labour is cheaper there, so there is no gap of which a share could be closed.
    assert comparison.row("cells").standing["mode"].gap_closed is None


def test_no_wage_here_reaches_a_site_that_costs_less_than_what_is_not_labour() -> None:
    free = site(
        "free",
        cost_per_hour_worked={
            "operator": {"mode": "0.01 EUR/h"} | ASSUMED,
            "technician": {"mode": "0.01 EUR/h"} | ASSUMED,
        },
        electricity={"value": "0 EUR/kWh"} | ASSUMED,
    )
    parity = compared(against=free).row("cells").standing["mode"].parity
    assert (parity.threshold.wage, parity.threshold.cheaper, parity.interval) == (None, "never", None)


def test_differences_are_paired_by_replication() -> None:
    # 425,000 EUR a year over 100,000 and 125,000 m2: 4.25 and 3.40 EUR/m2; t(0.975; 1) = 12.7062, half-width
    # 12.7062 * 0.85 / sqrt(2) / sqrt(2) = 12.7062 * 0.425.
    runs = [accounts(400), accounts(500)]
    difference = compared({"manual": runs, "cells": runs}).row("cells").difference
    assert difference.replications == pytest.approx((-4.25, -3.40))
    assert difference.half_width == pytest.approx(12.7062 * 0.425, rel=1e-5)


def test_a_wage_that_is_hardly_known_may_be_low_but_not_negative() -> None:
    runs = [accounts(400), accounts(404), accounts(407), accounts(395)]
    pays = (
        compared({"manual": runs, "cells": [accounts(310), accounts(520), accounts(480), accounts(330)]})
        .row("cells")
        .pays
    )
    assert pays is not None
    assert pays.threshold.wage is not None
    assert pays.interval is not None
    assert pays.interval[0] == 0 < pays.threshold.wage < pays.interval[1]


def test_every_row_beside_the_reference_widens_the_intervals() -> None:
    runs = [accounts(400), accounts(430), accounts(410)]
    results = {"manual": runs, "cells": runs[::-1]}
    alone = compared(results).row("cells").difference
    among_two = compared(results, against=abroad()).row("cells").difference
    assert alone.confidence == pytest.approx(0.95)
    assert among_two.confidence == pytest.approx(0.975)
    assert (among_two.half_width or 0) > (alone.half_width or 0)


def test_the_two_cheapest_are_held_against_each_other() -> None:
    runs = [accounts(400), accounts(430), accounts(410)]
    comparison = compared(
        {"manual": runs, "cells": runs, "press=cell": runs[::-1]}, levels=["manual", "press=cell", "cells"]
    )
    assert comparison.runner_up is not None
    first, second, difference = comparison.runner_up
    assert {first, second} == {"cells", "press=cell"}
    assert difference.confidence == pytest.approx(1 - 0.05 / 3)  # three pairs of three levels
    assert compared(levels=["manual"]).runner_up is None


def test_the_reference_is_a_row_even_where_it_was_not_asked_for() -> None:
    assert [row.level for row in compared(levels=["cells"]).rows] == ["cells", "manual"]


def test_one_run_has_means_and_no_verdict() -> None:
    comparison = compared({"manual": SAME[:1], "cells": SAME[:1]}, against=abroad())
    cells = comparison.row("cells")
    assert cells.unit_cost.interval is None
    assert cells.verdict == "cannot tell"
    assert cells.pays is not None
    assert cells.pays.interval is None


def test_the_parts_of_a_row_are_the_means_of_the_parts() -> None:
    runs = [accounts(400, 20), accounts(500, 10)]
    row = compared({"manual": runs, "cells": runs}).row("manual")
    assert sum(row.parts.values()) == pytest.approx(row.unit_cost.mean, rel=1e-14)
    assert row.parts["labour"] == pytest.approx(mean_interval([13.125, 10.5]).mean)


def test_a_level_without_a_good_unit_is_named_with_its_replication() -> None:
    with pytest.raises(InputError, match=r"level cells makes no good unit in replication 2.*twin run --options cells"):
        compared({"manual": SAME[:2], "cells": [accounts(400), accounts(0, 5)]})


def test_a_level_that_does_not_exist_is_met_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean cells"):
        compared({"manual": SAME, "cels": SAME}, levels=["cels"])


def test_a_skill_without_a_wage_is_named() -> None:
    bare = site(cost_per_hour_worked={"operator": {"mode": "40 EUR/h"} | ASSUMED})
    with pytest.raises(InputError, match='site home: cost_per_hour_worked has no skill "technician"'):
        compared(site=bare)


def test_results_that_do_not_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="no results for cells"):
        compared({"manual": SAME})
    with pytest.raises(ValueError, match="number of replications"):
        compared({"manual": SAME, "cells": SAME[:2]})


def passing(rests: list[float], slope: float) -> WageThreshold:
    """Set costs of these rests and this slope against a cost of 10 EUR and 0.21 EUR for each EUR/h of wage."""
    return _passing([InWage(rest, slope) for rest in rests], [InWage(10.0, 0.21)] * len(rests))


def test_that_a_level_pays_at_any_wage_is_said_only_if_it_can_be_told() -> None:
    # Means 9.9 and 0.20 against 10 and 0.21: cheaper at any wage, if only the rests could be told apart.
    hidden = passing([7.0, 12.5, 9.0, 11.2, 9.8], 0.20)
    told = passing([9.0, 9.1, 8.9, 9.2, 8.8], 0.20)

    assert (hidden.threshold.cheaper, hidden.is_sure) == ("always", False)
    assert hidden.interval == pytest.approx((0.0, 251.04), abs=0.01)  # (-0.1 + 2.7764 * 0.9402) / 0.01, none below 0
    assert (told.threshold.cheaper, told.is_sure) == ("always", True)
    assert not passing([9.0], 0.20).is_sure
    assert not passing([10.0, 10.0], 0.21).is_sure


def sampled(*departed: int) -> dict[str, Any]:
    return {level: [accounts(count) for count in departed] for level in ("manual", "cells")}


def test_intervals_hold_the_data_where_runs_under_samples_are_given() -> None:
    runs = sampled(400, 403, 399, 398, 401, 400)
    alone = compared(runs, against=abroad())
    both = compared(runs, against=abroad(), sampled=sampled(380, 383, 399, 398, 419, 418))

    for one, other in zip(alone.rows, both.rows, strict=True):
        assert (one.unit_cost.interval, one.unit_cost.data_share) == (other.unit_cost.simulation, None)
        assert (other.unit_cost.half_width or 0) > 2 * (one.unit_cost.half_width or 0)
        assert one.unit_cost.mean == other.unit_cost.mean
        assert len(other.sampled_in_wage) == len(other.in_wage) == 6
    narrow, wide = alone.row("cells").standing["mode"], both.row("cells").standing["mode"]
    assert wide.excess.simulation == narrow.excess.interval
    assert (wide.excess.half_width or 0) > (narrow.excess.half_width or 0)
    # Who loses no part with the cell wins the same share of the gap whatever the output: nothing is left open.
    assert narrow.gap_closed is not None
    assert wide.gap_closed is not None
    assert wide.gap_closed.interval == pytest.approx(narrow.gap_closed.interval)
    pays = both.row("cells").pays
    assert pays is not None
    assert pays.simulation == pytest.approx((6.0, 6.0))
    assert pays.interval == pytest.approx((6.0, 6.0))


def test_a_wage_from_which_a_level_pays_is_as_uncertain_as_the_data() -> None:
    runs = {"manual": [accounts(400)] * 6, "cells": [accounts(count) for count in (396, 401, 404, 399, 397, 403)]}
    under = {"manual": [accounts(400)] * 6, "cells": [accounts(count) for count in (376, 381, 404, 399, 417, 423)]}
    found = compared(runs, sampled=under).row("cells").pays

    assert found is not None
    assert found.interval is not None
    assert found.simulation is not None
    assert found.simulation == compared(runs).row("cells").pays.interval  # type: ignore[union-attr]
    assert found.interval[0] < found.simulation[0] < found.simulation[1] < found.interval[1]
    assert 0.8 < (found.data_share or 0) < 1


def test_a_level_without_a_good_unit_under_a_sample_is_named() -> None:
    with pytest.raises(InputError, match="makes no good unit in replication 2 under its sample"):
        compared(sampled(400, 410, 400, 390), sampled=sampled(400, 0, 400, 390))


def test_levels_that_lack_runs_under_samples_are_refused() -> None:
    under = sampled(400, 410, 400, 390)
    with pytest.raises(ValueError, match="number of replications"):
        compared(sampled(400, 410, 400, 390), sampled={"cells": under["cells"]})
