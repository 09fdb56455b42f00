from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import lines
from support.mirrored import HOUR, UNTIL_H, counted, disordered, feed, last_told, line_of, mirror_of, run_of
from support.same import assert_equal_accounts
from twin.kpi.definitions import values
from twin.kpi.elements import machines_of, whole_line, work_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.accounts import Accounts
    from twin.live.picture import Row, Tick


def assert_rows_equal(rows: Iterable[Row], accounts: Accounts, per_part: float) -> None:
    """Assert that every KPI of every station and of the line is that of the engine's own accounts, to 1e-9."""
    found = {row.station: row for row in rows}
    assert set(found) == {*accounts.stations, None}
    for station, row in found.items():
        own = whole_line(accounts, per_part=per_part) if station is None else None
        unit = own or work_unit(accounts, machines_of(accounts, station or ""))
        for kpi, value in values(unit).items():
            told = row.values[kpi]
            if value is None or told is None:
                assert (value, told) == (None, None), (station, kpi)
            else:
                np.testing.assert_allclose(told, value, rtol=1e-9, atol=1e-12, err_msg=f"{station} {kpi}")


def finals(ticks: Iterable[Tick]) -> list[tuple[float, float, list[Row]]]:
    """Return start, end and rows of every finished shift."""
    of = [[row for row in tick.rows if row.window == "shift" and row.final] for tick in last_told(ticks).values()]
    return [(rows[0].start_s, rows[0].end_s, rows) for rows in of if rows]


@pytest.mark.parametrize("name", lines.names())
@pytest.mark.parametrize("late", [0.0, 0.2])
def test_a_mirror_tells_the_kpis_that_the_plant_counted_itself(name: str, late: float) -> None:
    until_s = UNTIL_H[name] * HOUR
    run, events = run_of(name, until_s)
    mirror = mirror_of(line_of(name))
    ticks = feed(mirror, disordered(events, late, 59.0) if late else events)

    whole = mirror.accounts(end_s=until_s)
    assert whole is not None
    assert_equal_accounts(run.accounts, whole)
    assert (mirror.too_late, mirror.contradictions) == (0, {})
    shifts = finals(ticks)
    assert shifts or name == "ceiling_tiles"
    for start_s, end_s, rows in shifts:
        own = counted(name, start_s, end_s).accounts
        assert_rows_equal(rows, own, line_of(name).line.product.per_part)
