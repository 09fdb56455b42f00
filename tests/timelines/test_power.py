"""Power on both clocks: standby, starts, the peak, the mean of 10 minutes; every time and joule worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from support.lines import Description, constant, serial
from support.same import assert_same
from support.timeline import power, states
from twin.engine import simulate
from twin.events import STATES
from twin.kpi.energy import energy_j

if TYPE_CHECKING:
    from support.timeline import Follow
    from twin.line.scenario import Scenario

SAVING: Description = {
    "processing": "10 kW",
    "idle": "2 kW",
    "blocked": "3 kW",
    "standby": "500 W",
    "standby_after": "30 s",
    "warm_up": "0.01 kWh",
}
MONDAY = {"times": {"mon": ["00:00-00:01", "00:02-00:03"]}}
STARVED, BLOCKED = STATES.index("starved"), STATES.index("blocked")


def saving() -> Scenario:
    """A 100 s, then b 10 s, which goes to standby after 30 s of nothing to do."""
    return serial({"a": {"cycle": constant(100)}, "b": {"cycle": constant(10), "power": SAVING}}, [1])


def test_a_starved_machine_goes_to_standby_and_warms_up_for_the_next_part(follow: Follow) -> None:
    run = follow(saving(), 250)

    assert states(run, "b") == [
        (0, "starved"),
        (100, "processing"),
        (110, "starved"),
        (200, "processing"),
        (210, "starved"),
    ]
    assert power(run, "b") == [
        (0, 2),
        (30, 0.5),
        (100, 10),  # starts: 36 kJ
        (110, 2),
        (140, 0.5),
        (200, 10),  # starts again
        (210, 2),
        (240, 0.5),
    ]
    accounts = run.accounts
    assert accounts.standby_s[1][STARVED] == 70 + 60 + 10
    assert accounts.warm_ups.tolist() == [0, 2]
    # 20 s at 10 kW, 90 s at 2 kW, 140 s at 500 W, two starts
    assert energy_j(accounts).tolist() == [0, 200_000 + 180_000 + 70_000 + 72_000]


def test_a_machine_stays_in_standby_from_blocked_to_starved(follow: Follow) -> None:
    """An order of two pieces: a 10 s, no place, b 100 s; a is blocked with the second from 20 to 110, then starved."""
    rows = [{"order": "A", "release": "0 s", "pieces": 2}]
    stations = {"a": {"cycle": constant(10), "power": SAVING}, "b": {"cycle": constant(100)}}

    run = follow(serial(stations, [0], source={"orders": {"book": rows}}), 200)

    assert states(run, "a") == [(0, "processing"), (20, "blocked"), (110, "starved")]
    assert power(run, "a") == [(0, 10), (20, 3), (50, 0.5)]
    assert list(run.accounts.standby_s[0][[BLOCKED, STARVED]]) == [60, 90]
    assert run.accounts.warm_ups[0] == 0
    # 20 s at 10 kW, 30 s at 3 kW, 150 s at 500 W
    assert energy_j(run.accounts)[0] == 200_000 + 90_000 + 75_000


def test_a_machine_warms_up_after_the_time_off_shift(follow: Follow) -> None:
    """Open to 60 s and from 120 to 180 s; a 42 s, then b 5 s."""
    stations = {"a": {"cycle": constant(42)}, "b": {"cycle": constant(5), "power": SAVING | {"off_shift": "100 W"}}}

    run = follow(serial(stations, [1], shifts=MONDAY), 190)

    assert power(run, "b") == [
        (0, 2),
        (30, 0.5),
        (42, 10),  # starts
        (47, 2),
        (60, 0.1),
        (120, 2),  # starts after off shift, with nothing to do; 24 s of a's second part are left
        (144, 10),
        (149, 2),
        (179, 0.5),
        (180, 0.1),  # switched off in standby: no start
    ]
    assert run.accounts.warm_ups[1] == 2


def test_standby_is_left_for_a_maintenance(follow: Follow) -> None:
    """B, in standby from 30 on, is overhauled at 50, for 10 s, and then waits its 30 s anew."""
    overhaul = {"every": "50 s", "clock": "calendar", "lasts": constant(10)}
    stations = {
        "a": {"cycle": constant(200)},
        "b": {"cycle": constant(10), "power": SAVING | {"maintenance": "1 kW"}, "maintenance": {"overhaul": overhaul}},
    }

    assert power(follow(serial(stations, [1]), 105), "b") == [(0, 2), (30, 0.5), (50, 1), (60, 2), (90, 0.5)]


ARRIVALS = {"arrivals": constant(900)}
METERED: Description = {"processing": "10 kW", "idle": "2 kW"}


def two_machines() -> Scenario:
    """A part every 900 s; a 300 s, b 200 s, both 10 kW at work, else 2 kW."""
    stations = {"a": {"cycle": constant(300), "power": METERED}, "b": {"cycle": constant(200), "power": METERED}}
    return serial(stations, [1], source=ARRIVALS)


def test_the_peak_and_the_highest_mean_of_ten_minutes(follow: Follow) -> None:
    """A works from 900 to 1200, 1800 to 2100, ...; b from 1200 to 1400, 2100 to 2300, ...; never both: 12 kW.

    0 to 600: 4 kW. To 1200: 300 s at 4, 300 s at 12: 8 kW. To 1800: 200 s at 12, 400 s at 4: 6.667 kW.
    To 2400: 500 s at 12, 100 s at 4: 10.667 kW.
    """
    line = two_machines()

    for until, peak, mean in (
        (500, 4_000, math.nan),  # no window is whole
        (900, 4_000, 4_000),
        (1_199, 12_000, 4_000),
        (1_200, 12_000, 8_000),
        (1_800, 12_000, 8_000),
        (2_399, 12_000, 8_000),
        (2_400, 12_000, 6.4e6 / 600),
        (3_000, 12_000, 6.4e6 / 600),
    ):
        accounts = follow(line, until).accounts
        assert accounts.peak_w == peak
        assert accounts.peak_mean_w == pytest.approx(mean, rel=1e-15, nan_ok=True)


def test_after_the_warm_up_only_whole_windows_count(follow: Follow) -> None:
    line = two_machines()

    assert follow(line, 1_500, warmup=1_150).accounts.peak_w == 12_000
    assert math.isnan(follow(line, 1_500, warmup=1_150).accounts.peak_mean_w)
    assert follow(line, 1_850, warmup=1_150).accounts.peak_mean_w == pytest.approx(4e6 / 600)  # 1200 to 1800
    assert follow(line, 1_850, warmup=600).accounts.peak_mean_w == 8_000  # 600 to 1200 is whole
    assert follow(line, 1_700, warmup=1_450).accounts.peak_w == 4_000


def test_two_at_work_at_once_are_the_peak_and_a_change_of_hands_is_none(follow: Follow) -> None:
    """B of 900 s still works when a begins at 1800; at 2100 a hands over to b, which has just handed out: no 3 x 10."""
    stations = {"a": {"cycle": constant(300), "power": METERED}, "b": {"cycle": constant(900), "power": METERED}}

    run = follow(serial(stations, [1], source=ARRIVALS), 2_400)

    assert states(run, "b")[:3] == [(0, "starved"), (1200, "processing")]
    assert run.accounts.peak_w == 20_000  # 1800 to 2100
    assert run.accounts.peak_mean_w == (300 * 20_000 + 300 * 12_000) / 600


def test_a_power_that_never_changes_is_its_own_mean(follow: Follow) -> None:
    """One machine that always works, cycle 5,000 s: one change in 8 windows."""
    accounts = follow(serial({"a": {"cycle": constant(5_000), "power": METERED}}), 4_900).accounts

    assert (accounts.peak_w, accounts.peak_mean_w) == (10_000, 10_000)


def test_a_start_counts_in_its_window(follow: Follow) -> None:
    """B starts at 100 with 36 kJ, 200, ..., 500; of 600 s it works 50, waits 30 after each, and stands by 370."""
    accounts = follow(saving(), 600).accounts

    joules = 50 * 10_000 + (30 + 5 * 30) * 2_000 + 370 * 500 + 5 * 36_000
    assert accounts.peak_mean_w == pytest.approx(joules / 600)
    assert energy_j(accounts).sum() == pytest.approx(joules)
    assert accounts.peak_w == 10_000


def test_without_power_there_is_no_peak(follow: Follow) -> None:
    accounts = follow(serial({"a": {"cycle": constant(10)}}), 1_300).accounts

    assert (accounts.peak_w, accounts.peak_mean_w) == (0, 0)


def cut_here(line: Scenario, moment: float) -> None:
    """Assert that a run cut at a moment and taken up by the other clock equals the run in one piece."""
    [whole] = simulate(line, engine="simpy", horizon=1_300)
    for first, second in (("simpy", "compiled"), ("compiled", "simpy")):
        [cut] = simulate(line, engine=first, horizon=1_300, until=moment)
        assert cut.state is not None
        [resumed] = simulate(line, engine=second, horizon=1_300, initial=[cut.state])
        assert_same(resumed, whole)


@pytest.mark.parametrize("moment", [20, 30, 65, 100, 105, 599, 600])
def test_a_run_is_cut_before_and_in_standby(moment: float) -> None:
    cut_here(saving(), moment)


@pytest.mark.parametrize("moment", [25, 30, 32, 37, 55, 130])
def test_a_run_is_cut_in_a_maintenance_and_as_one_waits(moment: float) -> None:
    """Cycle 10 s; overhauled for 7 s when 25 s are worked, and every 50 s of the calendar for 3 s; it wears."""
    tasks = {
        "overhaul": {"every": "25 s", "lasts": constant(7), "by": {"technician": 1}},
        "clean": {"every": "50 s", "clock": "calendar", "lasts": constant(3)},
    }
    jam = {"ttf": constant(40), "ttr": constant(6), "minor": True, "wear": {"0 s": 1, "20 s": 3}}
    station = {"cycle": constant(10), "machines": 2, "maintenance": tasks, "failures": {"jam": jam}, "power": METERED}

    cut_here(
        serial({"a": station | {"startup_scrap": {"parts": 2, "share": 0.5}}}, operators={"technician": 1}), moment
    )
