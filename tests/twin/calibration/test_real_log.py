"""The real machine shop: how well the line that it was fitted to until mid-February foretells the rest of the month.

The score is the continuous ranked probability score as a share of what came. Nothing is tuned to this window, whose
output was four times that of the weeks before.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from connectors.log_mapping import load_mapping
from connectors.production_log import read_log
from twin.calibration.estimate import choose_laws
from twin.calibration.order_table import balance
from twin.calibration.structure import structure_of
from twin.calibration.validate import Validation, validate

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared/data/machine_shop_log/production_log.csv"


@pytest.fixture(scope="module")
def foretold() -> Validation:
    """Return what was foretold on 15 February, with fewer runs than the command makes."""
    if not REAL.is_file():
        pytest.skip(f"{REAL} is not here: the real log stays out of the product")
    log = read_log(REAL, load_mapping(ROOT / "lines/maps/machine_shop.yaml"))
    plant = structure_of(log, (datetime.fromisoformat("2012-02-15") - log.epoch).total_seconds())
    assert balance(plant.orders).wip > 0
    return validate(plant, choose_laws(plant, samples=0), structure_of(log), replications=40)


def test_pieces_and_hours_are_foretold_better_than_by_their_rate(foretold: Validation) -> None:
    packed, hours, *stations = foretold.cells
    assert len(stations) == 8
    assert packed.score("naive") == pytest.approx(0.73, abs=0.02)
    assert packed.score("given") < 0.25
    assert packed.score("blind") < packed.score("naive")
    assert max(hours.score("given"), hours.score("blind")) < 0.10
    assert foretold.hours_score("given") < 0.15
    # 17 % was hoped for; what is counted at Turning & Milling Q.C. halved, which nothing before shows.
    assert foretold.hours_score("blind") < foretold.hours_score("naive")
    assert foretold.pooled_hours_score("blind") < foretold.pooled_hours_score("naive")


def test_open_orders_leave_no_worse_foretold_than_by_past_lead_times(foretold: Validation) -> None:
    assert foretold.completions["given"] < foretold.completions["naive"]
    assert foretold.completions["blind"] < 1.05 * foretold.completions["naive"]


def test_intervals_of_four_fifths_hold_about_as_many(foretold: Validation) -> None:
    assert 0.65 <= foretold.coverage() <= 0.92
