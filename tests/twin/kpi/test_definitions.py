from __future__ import annotations

from dataclasses import fields
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.accounts import make_accounts, times
from twin.accounts import LEAD_BINS, Accounts, total
from twin.events import STATES
from twin.kpi.definitions import KPIS, Kpi, values
from twin.kpi.elements import WholeLine, WorkUnit, machines_of, whole_line, work_unit

ASKED = {
    "availability", "effectiveness", "quality", "oee", "teep", "throughput_rate", "utilisation_efficiency",
    "setup_ratio", "scrap_ratio", "rework_ratio", "first_pass_ratio", "mtbf", "mttr", "mttf", "lead_time", "wip",
    "orders_per_h", "energy_per_unit", "labour_hours_per_unit", "unexplained_stop_ratio", "mtbm", "minor_stop_ratio",
    "energy_per_part", "peak_power", "peak_mean_power",
}  # fmt: skip

# One machine for 4,000 s: APT 2000, AUST 200, ADET 600, ADOT 600, so PBT 3400 and AUBT 2800; 190 parts of 10 s at best.
# Of ADOT 34 were minor stops.
HAND = make_accounts(
    {"press": 1},
    span_s=4000.0,
    states=np.array([
        times(
            processing=2000, setup=200, starved=300, blocked=100, waiting_operator=200, down=500, waiting_repair=100,
            maintenance=200, off_shift=400,
        )
    ]),
    parts=np.array([190]),
    scrap=np.array([10]),
    rework=np.array([9]),
    failures=np.array([4]),
    repaired=np.array([3]),
    minor_stops=np.array([11]),
    minor_s=np.array([times(down=30, waiting_repair=4)]),
    unexplained_s=np.array([150.0]),
    ideal_s=np.array([1900.0]),
    power_w=np.array([times(processing=3600, off_shift=0)]),
    peak_w=3600.0,
    peak_mean_w=2500.0,
    skills=("operator", "technician"),
    present_s=np.array([7200.0, 7200.0]),
    busy_s=np.array([2000.0, 500.0]),
    waiting_s=np.array([200.0, 100.0]),
    departed=160,
    scrapped=40,
    first_pass=120,
    orders_arrived=9,
    orders_departed=8,
    lead_sum_s=48_000.0,
    lead_bins=np.bincount([700], weights=[160], minlength=LEAD_BINS).astype(np.int64),
    wip_s=20_000.0,
)  # fmt: skip

BY_STATION = {
    "availability": 10 / 17,  # 2000 / 3400
    "effectiveness": 0.95,  # 10 x 190 / 2000
    "quality": 0.9,  # (190 - 10 - 9) / 190
    "oee": 171 / 340,  # 10 x 171 good / 3400
    "teep": 0.4275,  # 10 x 171 good / 4000
    "utilisation_efficiency": 5 / 7,  # 2000 / 2800
    "setup_ratio": 1 / 11,  # 200 / 2200
    "scrap_ratio": 1 / 19,
    "rework_ratio": 9 / 190,
    "mtbf": 691.5,  # (2200 + 600 - 34) / 4
    "mttf": 550.0,  # 2200 / 4
    "mttr": 566 / 3,  # (600 - 34) / 3
    "mtbm": 200.0,  # 2200 / 11
    "minor_stop_ratio": 0.01,  # 34 / 3400
    "energy_per_part": 2 / 171,  # 3.6 kW x 2000 s = 2 kWh over 171 good parts
    "unexplained_stop_ratio": 0.25,  # 150 / 600
}

BY_LINE = {
    "scrap_ratio": 0.2,  # 40 / 200
    "rework_ratio": 0.2,  # (160 - 120) / 200
    "first_pass_ratio": 0.6,  # 120 / 200
    "throughput_rate": 144.0,  # 160 in 4000 s
    "orders_per_h": 7.2,  # 8 in 4000 s
    "lead_time": 300.0,  # 48,000 of 160
    "wip": 5.0,
    "energy_per_unit": 0.025,  # 3.6 kW x 2000 s = 2 kWh over 80 units
    "peak_power": 3.6,
    "peak_mean_power": 2.5,
    "labour_hours_per_unit": 0.05,  # 14,400 person seconds = 4 h over 80 units
}


def test_kpis_of_a_station_worked_by_hand() -> None:
    assert values(work_unit(HAND, (0,))) == pytest.approx(BY_STATION)


def test_kpis_of_the_line_worked_by_hand() -> None:
    assert values(whole_line(HAND, per_part=0.5)) == pytest.approx(BY_LINE)


def test_each_kpi_has_one_row_and_a_hand_case_in_each_of_its_scopes() -> None:
    assert [kpi.id for kpi in KPIS] == list(dict.fromkeys(kpi.id for kpi in KPIS))
    assert {kpi.id for kpi in KPIS} == ASKED
    assert {kpi.id for kpi in KPIS if "station" in kpi.scopes} == set(BY_STATION)
    assert {kpi.id for kpi in KPIS if "line" in kpi.scopes} == set(BY_LINE)


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.id)
def test_rows_say_formula_unit_and_source(kpi: Kpi) -> None:
    for name in ("name", "symbol", "formula", "unit", "source"):
        assert getattr(kpi, name)


def test_a_ratio_with_an_upper_end_has_unit_1() -> None:
    assert {kpi.highest for kpi in KPIS} == {1, inf}
    assert {kpi.unit for kpi in KPIS if kpi.highest == 1} == {"1"}


def test_where_nothing_happened_there_is_no_ratio() -> None:
    idle = make_accounts({"press": 1}, span_s=0.0, states=np.zeros((1, len(STATES))))
    assert set(values(work_unit(idle, (0,))).values()) == {None}
    assert set(values(whole_line(idle, per_part=1.0)).values()) == {None}


def test_oee_of_a_station_that_only_waited_is_zero() -> None:
    starved = work_unit(make_accounts({"press": 1}), (0,))
    assert values(starved)["oee"] == 0.0
    assert values(starved)["teep"] == 0.0


def test_oee_of_a_station_whose_first_part_is_not_done_is_zero() -> None:
    accounts = make_accounts({"press": 1}, states=np.array([times(processing=3600)]))
    assert values(work_unit(accounts, (0,)))["oee"] == 0.0


def test_time_outside_the_shifts_lowers_teep_and_leaves_oee() -> None:
    states = np.array([times(processing=1800, off_shift=1800)])
    made = {"states": states, "parts": np.array([1800]), "ideal_s": np.array([1800.0])}
    kpis = values(work_unit(make_accounts({"press": 1}, **made), (0,)))
    assert (kpis["oee"], kpis["teep"]) == (1.0, 0.5)


seconds = st.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000)
unit_accounts = st.builds(
    lambda states, good, scrap, rework, failures, repaired: make_accounts(
        {"press": len(states)},
        span_s=9e6,
        states=np.array(states),
        parts=np.full(len(states), good + scrap + rework),
        scrap=np.full(len(states), scrap),
        rework=np.full(len(states), rework),
        failures=np.full(len(states), failures),
        repaired=np.full(len(states), repaired),
    ),
    st.lists(st.lists(seconds, min_size=len(STATES), max_size=len(STATES)), min_size=1, max_size=3),
    *[st.integers(0, 1000)] * 5,
)


@given(unit_accounts)
def test_kpis_stay_in_their_range(accounts: Accounts) -> None:
    rows = {kpi.id: kpi for kpi in KPIS}
    for name, value in values(work_unit(accounts, range(len(accounts.machine_station)))).items():
        assert value is None or 0 <= value <= rows[name].highest * (1 + 1e-12)


@given(unit_accounts)
def test_elements_of_a_station_are_the_sums_of_its_machines(accounts: Accounts) -> None:
    machines = machines_of(accounts, "press")
    whole = work_unit(accounts, machines)
    singles = [work_unit(accounts, (machine,)) for machine in machines]
    for field in fields(WorkUnit):
        assert getattr(whole, field.name) == pytest.approx(sum(getattr(unit, field.name) for unit in singles))


def test_elements_add_up_over_replications() -> None:
    both = whole_line(total([HAND, HAND]), per_part=0.5)
    one = whole_line(HAND, per_part=0.5)
    for field in fields(WholeLine):
        factor = 1 if field.name in ("peak", "peak_mean") else 2
        assert getattr(both, field.name) == pytest.approx(factor * getattr(one, field.name))
    assert values(both) == pytest.approx(values(one))


def test_machines_of_a_station_are_those_it_owns() -> None:
    accounts = make_accounts({"press": 2, "weld": 1})
    assert machines_of(accounts, "press") == (0, 1)
    assert machines_of(accounts, "weld") == (2,)
    with pytest.raises(ValueError, match="paint"):
        machines_of(accounts, "paint")
