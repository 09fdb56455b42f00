from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import ALWAYS, SHOP, Said, reports
from twin.calibration.log import Roles
from twin.calibration.order_table import Balance, OrderTable, balance, order_table
from twin.calibration.visits import visits_of
from twin.calibration.working_time import WorkingTime
from twin.line.work_calendar import HOUR


def table(*said: Said, roles: Roles = SHOP, gone_after: float | None = None) -> OrderTable:
    return order_table(visits_of(reports(*said), roles, WorkingTime(ALWAYS)), roles, gone_after=gone_after)


CASES = {
    "packed, but for a reject": (
        (Said("a", "turn", 0, 1, 20), Said("a", "check", 1, 2, 9, 1), Said("a", "pack", 2, 3, 9)),
        (10, True, 9, 1, True),
    ),
    "packed in part": ((Said("a", "check", 1, 2, 10), Said("a", "pack", 2, 3, 4)), (10, True, 4, 0, False)),
    "almost all packed": ((Said("a", "check", 1, 2, 100), Said("a", "pack", 2, 3, 96)), (96, True, 96, 0, True)),
    "at the check, where more may be counted": ((Said("a", "check", 1, 2, 7),), (7, False, 0, 0, False)),
    "past the check": ((Said("a", "check", 1, 2, 7), Said("a", "turn", 2, 3)), (7, True, 0, 0, False)),
    "before any check": ((Said("a", "turn", 1, 2, 30),), (30, False, 0, 0, False)),
    "nothing counted": ((Said("a", "turn", 1, 2),), (1, False, 0, 0, False)),
    "checked but for a reject, and in the plant": (
        (Said("a", "turn", 0, 1, 20, 1), Said("a", "check", 1, 2, 8, 2), Said("a", "wash", 2, 3)),
        (11, True, 0, 3, False),
    ),
    "all rejected": ((Said("a", "check", 1, 2, 0, 5), Said("a", "turn", 2, 3)), (5, True, 0, 5, True)),
    "rework counts no piece anew": (
        (Said("a", "check", 1, 2, 10), Said("a", "check", 2, 3, 4, rework=True), Said("a", "pack", 3, 4, 10)),
        (10, True, 10, 0, True),
    ),
    "more packed than checked": ((Said("a", "check", 1, 2, 8), Said("a", "pack", 2, 3, 9)), (9, True, 9, 0, True)),
}


@pytest.mark.parametrize("case", CASES)
def test_what_an_order_asks_and_what_became_of_it(case: str) -> None:
    said, wanted = CASES[case]
    found = table(*said)
    columns = (found.pieces, found.known, found.packed, found.scrapped, found.finished)
    assert tuple(column.item() for column in columns) == wanted


def test_orders_begin_with_their_first_work_and_are_seen_from_report_to_report() -> None:
    found = table(Said("a", "turn", 3, 5), Said("a", "pack", 8, 9, 2), Said("b", "turn", 4, 6), Said("b", "turn", 8, 8))
    assert (found.seen / HOUR).tolist() == [3, 4]
    assert (found.idle_since / HOUR).tolist() == [9, 8]
    assert (found.release / HOUR).tolist() == [3, 4]


def test_pieces_close() -> None:
    said = [Said(str(i), *one[1:]) for i, (reports_of, _) in enumerate(CASES.values()) for one in reports_of]
    found = balance(table(*said))
    assert found == Balance(11, 6, 196, 128, 9, 59)
    assert found.released == found.packed + found.scrapped + found.wip


def test_where_no_station_is_the_last_an_order_is_gone_when_nothing_is_heard_of_it() -> None:
    said = (Said("a", "turn", 0, 1, 5), Said("a", "check", 1, 2, 4, 1), Said("b", "turn", 90, 91, 6))
    roles = Roles(checks=frozenset({"check"}))
    found = table(*said, roles=roles, gone_after=24.0 * HOUR)
    assert np.array_equal(found.finished, [True, False])
    assert np.array_equal(found.packed, [4, 0])
    assert table(*said, roles=roles).finished.all()
