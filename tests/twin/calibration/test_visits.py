from __future__ import annotations

import numpy as np

from support.hand_log import ALWAYS, Said, reports
from twin.calibration.log import Roles
from twin.calibration.visits import Visits, pauses, visits_of
from twin.calibration.working_time import WorkingTime
from twin.line.work_calendar import HOUR, Shifts

TIME = WorkingTime(ALWAYS)


def gathered(*said: Said, finish: str = "pack", time: WorkingTime = TIME) -> Visits:
    return visits_of(reports(*said), Roles(finish=frozenset({finish})), time)


def test_reports_of_an_order_at_a_station_are_one_visit() -> None:
    # Two people from 0 to 2 and from 1 to 3: three hours of the machine, four reported. Half of the four is done at 2.
    visits = gathered(Said("a", "turn", 0, 2, 5), Said("a", "turn", 1, 3, 6, 1), Said("a", "turn", 0, 1, kind="setup"))
    assert (visits.work / HOUR, visits.setup / HOUR, visits.broken, visits.reported / HOUR) == (3, 1, 0, 5)
    assert (visits.done, visits.rejected, visits.first, visits.last / HOUR) == (11, 1, 0, 3)


def test_its_work_lies_around_the_moment_when_half_was_done() -> None:
    visits = gathered(Said("a", "turn", 0, 1), Said("a", "turn", 10, 13))
    # Four hours, half of them at 11: from 9 to 13.
    assert (visits.begin / HOUR, visits.finish / HOUR) == (9, 13)


def test_visits_stand_in_the_order_in_which_they_were_made() -> None:
    visits = gathered(
        Said("b", "turn", 0, 1),
        Said("a", "check", 3, 4),
        Said("a", "turn", 1, 2),
        Said("b", "check", 1, 2),
        Said("a", "turn", 9, 9.1),  # a piece made up for: the lot had gone on
    )
    names = [(visits.orders[o], visits.stations[s]) for o, s in zip(visits.order, visits.station, strict=True)]
    assert names == [("b", "turn"), ("b", "check"), ("a", "turn"), ("a", "check")]
    assert visits.follows.tolist() == [False, True, False, True]


def test_the_finish_comes_last_whatever_its_times_say() -> None:
    visits = gathered(Said("a", "pack", 7, 8, 5), Said("a", "check", 9, 10, 5))
    assert [visits.stations[s] for s in visits.station] == ["check", "pack"]


def test_rework_by_flag_is_a_visit_of_its_own() -> None:
    visits = gathered(Said("a", "turn", 0, 2, 9), Said("a", "turn", 5, 6, 1, rework=True))
    assert visits.rework.tolist() == [False, True]
    assert visits.done.tolist() == [9, 1]
    assert visits.of(0).tolist() == [True, False]


def test_moments_are_those_of_working_time() -> None:
    time = WorkingTime(Shifts.model_validate({"times": {"mon": ["08:00-16:00"], "tue": ["08:00-16:00"]}}))
    visits = gathered(Said("a", "turn", 15, 16), Said("a", "turn", 32, 33), time=time)
    assert (visits.begin / HOUR, visits.finish / HOUR, visits.work / HOUR) == (7, 9, 2)


def test_breakdowns_are_times_of_the_machine_of_their_own() -> None:
    visits = gathered(Said("a", "turn", 0, 2), Said("a", "turn", 2, 5, kind="breakdown"))
    assert (visits.work / HOUR, visits.broken / HOUR) == (2, 3)
    assert (visits.begin / HOUR, visits.finish / HOUR) == (0, 5)


def test_a_visit_of_no_time_lies_at_its_moment() -> None:
    visits = gathered(Said("a", "turn", 4, 4, 3))
    assert (visits.begin / HOUR, visits.finish / HOUR, visits.work) == (4, 4, 0)


def test_pauses_lie_between_reports_of_one_visit() -> None:
    told = reports(
        Said("a", "turn", 0, 1),
        Said("a", "turn", 0.5, 2),
        Said("b", "turn", 2, 3),
        Said("a", "turn", 5, 6),
        Said("a", "turn", 6, 7),
    )
    assert np.array_equal(pauses(told, TIME), [3 * HOUR])
