"""Logs that several tests read: of the plant whose numbers are known, and the real one where it is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.log_mapping import load_mapping
from support import plant_log
from support.plant_log import log_rows, plant, run_of, works
from twin.line.work_calendar import WEEK

if TYPE_CHECKING:
    from support.changed_log import Table

REAL = Path(__file__).parents[4] / "shared/data/machine_shop_log/production_log.csv"
REAL_MAPPING = Path(__file__).parents[3] / "lines/maps/machine_shop.yaml"


@pytest.fixture(scope="session", params=["known plant", "machine shop"])
def table(request: pytest.FixtureRequest) -> Table:
    """A log's mapping and rows: of ten weeks of the known plant with all defects, and the real one."""
    from support.changed_log import Table, read_rows

    if request.param == "known plant":
        line = plant()
        rows = log_rows(line, works(run_of(line, 22, seed=5)), (8 * WEEK, 18 * WEEK), seed=5)
        return Table(plant_log.mapping(), (plant_log.HEADER, *rows))
    if not REAL.is_file():
        pytest.skip(f"{REAL} is not here: the real log stays out of the product")
    return Table(load_mapping(REAL_MAPPING), read_rows(REAL))
