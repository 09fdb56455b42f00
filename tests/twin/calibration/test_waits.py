from __future__ import annotations

import pytest

from support.hand_log import ALWAYS, SHOP, Said, reports
from twin.calibration.capacity import at_work, worked_spans
from twin.calibration.order_table import order_table
from twin.calibration.visits import visits_of
from twin.calibration.waits import OUT, Moves, moves_of
from twin.calibration.working_time import WorkingTime
from twin.line.work_calendar import HOUR

TIME = WorkingTime(ALWAYS)


def moves(*said: Said, end: float, machines: int = 1) -> tuple[Moves, tuple[str, ...]]:
    told = reports(*said)
    visits = visits_of(told, SHOP, TIME)
    worked = worked_spans(told, TIME)
    busy = {s: at_work(worked[name].values()) for s, name in enumerate(visits.stations)}
    servers = dict.fromkeys(busy, machines)
    return moves_of(visits, order_table(visits, SHOP), busy, servers, end * HOUR), visits.stations


QUEUE = (
    Said("a", "saw", 0, 1, 5),
    Said("a", "check", 1, 6, 5),
    Said("b", "saw", 1, 2, 5),
    Said("b", "check", 7, 9, 5),  # free from 6 on
    Said("a", "pack", 8, 9, 5),
)


def test_a_wait_is_explained_as_long_as_the_target_is_busy() -> None:
    found, stations = moves(*QUEUE, end=9)
    told = {
        (stations[origin], stations[target] if target != OUT else "out"): (wait / HOUR, unexplained / HOUR, over)
        for origin, target, wait, unexplained, over in zip(
            found.origin[found.order == 1],
            found.target[found.order == 1],
            found.wait[found.order == 1],
            found.unexplained[found.order == 1],
            found.over[found.order == 1],
            strict=True,
        )
    }
    # Order b waits at the check from 2 to 7, where order a is until 6; at the end, checked, it goes where a went.
    assert told == {("saw", "check"): (5, 1, True), ("check", "pack"): (0, 0, False)}


def test_two_machines_explain_less() -> None:
    found, _ = moves(*QUEUE, end=9, machines=2)
    assert (found.unexplained[found.order == 1] / HOUR).tolist() == [5, 0]


def test_an_order_that_left_waits_for_nothing() -> None:
    found, _ = moves(*QUEUE, end=20)
    left = (found.order == 0) & (found.target == OUT)
    assert left.sum() == 1
    assert (found.wait[left], found.over[left]) == (0, True)


def test_a_wait_that_is_not_over_lasts_until_the_end() -> None:
    found, stations = moves(*QUEUE, end=20)
    (waiting,) = (~found.over).nonzero()[0].tolist()
    assert found.wait[waiting] / HOUR == 11
    assert stations[found.target[waiting]] == "pack"
    assert found.visit[waiting] == found.visit.max()


def test_rework_is_no_move() -> None:
    again = Said("b", "saw", 3, 4, 1, rework=True)
    plain, _ = moves(*QUEUE, end=9)
    found, _ = moves(*QUEUE, again, end=9)
    assert found.wait == pytest.approx(plain.wait)
    assert found.origin.tolist() == plain.origin.tolist()
