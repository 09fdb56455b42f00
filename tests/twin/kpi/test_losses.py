from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.accounts import make_accounts, times
from twin.events import STATES
from twin.kpi.definitions import oee
from twin.kpi.elements import work_unit
from twin.kpi.losses import CAUSES, losses_s

SECONDS = st.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000)


@given(
    st.lists(SECONDS, min_size=len(STATES), max_size=len(STATES)),
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)),
    SECONDS,
)
def test_losses_add_up_to_what_oee_leaves_of_the_planned_busy_time(
    seconds: list[float], outcomes: tuple[int, int, int], ideal_s: float
) -> None:
    good, scrap, rework = outcomes
    made = good + scrap + rework
    accounts = make_accounts(
        {"press": 1},
        states=np.array([seconds]),
        parts=np.array([made]),
        scrap=np.array([scrap]),
        rework=np.array([rework]),
        ideal_s=np.array([ideal_s if made else 0.0]),
    )
    unit = work_unit(accounts, (0,))
    effective = oee(unit)
    if effective is None:
        return
    lost = losses_s(unit, dict(zip(STATES, seconds, strict=True)))
    assert sum(lost.values()) == pytest.approx((1 - effective) * unit.pbt, rel=1e-9, abs=1e-6)


def test_losses_worked_by_hand() -> None:
    """Of 1000 s planned 600 s made 50 parts that need 10 s each at best; 5 of them were scrap, 5 went back."""
    spent = {
        "processing": 600.0,
        "down": 150.0,
        "waiting_repair": 50.0,
        "setup": 80.0,
        "starved": 100.0,
        "blocked": 20.0,
    }
    accounts = make_accounts(
        {"press": 1},
        states=np.array([times(**spent, off_shift=5000.0)]),
        parts=np.array([50]),
        scrap=np.array([5]),
        rework=np.array([5]),
        ideal_s=np.array([500.0]),
    )
    assert losses_s(work_unit(accounts, (0,)), spent) == {
        "breakdown": 150,
        "no_technician": 50,
        "setup": 80,
        "no_operator": 0,
        "blocked": 20,
        "starved": 100,
        "minor_stops": 0,
        "speed": 100,
        "scrap": 50,
        "rework": 50,
    }


def test_minor_stops_are_lost_apart_from_breakdowns() -> None:
    """Of 150 s down 30 s were minor stops, and of 50 s of waiting for a technician 20 s."""
    spent = times(processing=600, down=150, waiting_repair=50)
    accounts = make_accounts(
        {"press": 1},
        states=np.array([spent]),
        minor_s=np.array([times(down=30, waiting_repair=20)]),
        minor_stops=np.array([5]),
    )

    lost = losses_s(work_unit(accounts, (0,)), dict(zip(STATES, spent, strict=True)))

    assert (lost["breakdown"], lost["no_technician"], lost["minor_stops"]) == (120, 30, 50)


def test_every_state_of_planned_busy_time_has_its_cause() -> None:
    assert {*CAUSES.values(), "processing", "off_shift", "maintenance"} == set(STATES)
