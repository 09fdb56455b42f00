from __future__ import annotations

import numpy as np
import pytest

from support.hand_log import ALWAYS, Said, reports
from twin.calibration.capacity import (
    AtWork,
    at_work,
    capacity_of,
    crews,
    machines_of,
    most_at_once,
    waiting_spans,
    worked_spans,
)
from twin.calibration.log import Roles
from twin.calibration.visits import visits_of
from twin.calibration.working_time import WorkingTime
from twin.line.work_calendar import DAY, HOUR

TIME = WorkingTime(ALWAYS)
THREE = at_work([[(0.0, 4.0)], [(1.0, 3.0)], [(2.0, 3.0), (8.0, 9.0)]])


def test_orders_at_once_are_a_step_function() -> None:
    assert THREE.edges.tolist() == [0, 1, 2, 3, 4, 8, 9]
    assert THREE.count.tolist() == [1, 2, 3, 1, 0, 1, 0]


def test_one_that_follows_at_once_on_another_makes_no_step() -> None:
    assert at_work([[(0.0, 1.0)], [(1.0, 2.0)]]).count.max() == 1


@pytest.mark.parametrize(("count", "time"), [(1, 5), (2, 2), (3, 1), (4, 0)])
def test_time_at_least_so_many(count: int, time: float) -> None:
    assert THREE.time_at_least(count, [(-5.0, 20.0)]) == time
    assert THREE.times_at_least(count, np.array([-5.0, 9.0]), np.array([20.0, 9.0])).tolist() == [time, 0]


def test_mean_over_a_part_of_the_time() -> None:
    assert THREE.mean([(0.0, 2.0), (6.0, 8.0)]) == (1 + 2) / 4


def busy(at_once: float, alone: float) -> AtWork:
    """A station that works on two orders for a time, and on one for another."""
    return at_work([[(0.0, at_once + alone)], [(0.0, at_once)]])


def test_machines_are_the_orders_at_once_but_for_hasty_stamps() -> None:
    assert machines_of(busy(3.0, 97.0)) == 2
    assert machines_of(busy(1.0, 99.0)) == 1
    assert machines_of(at_work([[(0.0, 1.0)]])) == 1


def test_worked_spans_are_by_station_and_order_and_apart() -> None:
    told = reports(Said("a", "turn", 0, 2), Said("a", "turn", 1, 3), Said("a", "turn", 5, 6), Said("b", "mill", 4, 4))
    assert worked_spans(told, TIME) == {"turn": {"a": [(0, 3 * HOUR), (5 * HOUR, 6 * HOUR)]}}


def test_an_order_waits_from_its_visit_before_until_its_last_report() -> None:
    told = reports(Said("a", "saw", 0, 1), Said("a", "turn", 3, 4), Said("a", "turn", 6, 7), Said("b", "turn", 6.5, 8))
    visits = visits_of(told, Roles(), TIME)
    waits = waiting_spans(visits, visits.stations.index("turn"), worked_spans(told, TIME)["turn"])
    # From 1, when sawn, but for its own work from 3 to 4; order b is not known before its first report.
    assert [(start / HOUR, end / HOUR) for start, end in waits] == [(1, 3), (4, 6)]


def test_people_show_on_a_good_day_on_which_orders_wait() -> None:
    # Ten days; on one of them two are worked on throughout, on nine one. A good day is as nine of ten do not exceed.
    days = at_work([[(0.0, 10.0 * DAY)], [(9.0 * DAY, 10.0 * DAY)]])
    assert capacity_of(days, [(0.0, 10.0 * DAY)], 3) == 1
    assert capacity_of(days, [(8.0 * DAY, 10.0 * DAY)], 3) == 2
    assert capacity_of(days, [(8.0 * DAY, 10.0 * DAY)], 1) == 1


def test_days_weigh_as_long_as_orders_wait() -> None:
    # Two at work on the first day, one on the second; orders wait for an hour of the first and all of the second.
    days = at_work([[(0.0, 2.0 * DAY)], [(0.0, 1.0 * DAY)]])
    assert capacity_of(days, [(0.0, HOUR), (DAY, 2.0 * DAY)], 5) == 1


def test_where_nothing_waits_nobody_knows_how_much_they_can_do() -> None:
    assert capacity_of(at_work([[(0.0, 100.0)]]), [(10.0, 12.0)], 1) is None
    assert capacity_of(at_work([[(0.0, 100.0)]]), [(10.0, 12.1)], 1) == 1


def test_the_most_orders_reported_at_one_moment() -> None:
    stamped = [Said(order, "pack", 7, 8) for order in "aabc"]
    assert most_at_once(reports(*stamped, Said("d", "pack", 8, 9))) == 3
    assert most_at_once(reports(Said("a", "pack", 7, 7))) == 1


def test_a_station_belongs_to_those_who_do_most_of_its_work() -> None:
    told = reports(
        Said("a", "turn", 0, 10, worker="w01"),
        Said("a", "mill", 10, 14, worker="w01"),
        Said("a", "mill", 10, 13, worker="w02"),
        Said("a", "check", 14, 24, worker="w02"),
        Said("b", "wash", 20, 21, worker="w03"),
    )
    assert crews(told) == [("turn", "mill"), ("check",), ("wash",)]


def test_where_no_worker_is_named_every_station_has_its_own() -> None:
    told = reports(Said("a", "turn", 0, 1), Said("a", "mill", 1, 2))
    assert crews(told.assign(worker=told["worker"].where(told["worker"].isna()).astype("string"))) == [
        ("turn",),
        ("mill",),
    ]


def test_stations_that_join_each_other_in_a_ring_are_one_crew() -> None:
    # Each has 5 hours of those at home there and 7 of the others, most of them of the next one's.
    hours = {"w01": {"turn": 5, "mill": 4, "wash": 3}, "w02": {"mill": 5, "wash": 4, "turn": 3}}
    hours |= {"w03": {"wash": 5, "turn": 4, "mill": 3}}
    told = [Said("a", at, 0, time, worker=who) for who, times in hours.items() for at, time in times.items()]
    (together,) = crews(reports(*told))
    assert set(together) == {"turn", "mill", "wash"}
