from __future__ import annotations

import numpy as np

from support.accounts import make_accounts, times
from twin.kpi.energy import energy_j


def test_energy_is_power_times_time_summed_over_the_states() -> None:
    accounts = make_accounts(
        {"press": 1, "weld": 1},
        states=np.array([times(processing=100, starved=50), times(down=10, off_shift=3590)]),
        power_w=np.array([times(processing=18_000, starved=4000), times(down=1000, off_shift=200)]),
    )
    # 18 kW x 100 s + 4 kW x 50 s; 1 kW x 10 s + 200 W x 3590 s
    assert energy_j(accounts).tolist() == [2_000_000.0, 728_000.0]


def test_energy_of_standby_and_of_starts() -> None:
    accounts = make_accounts(
        {"press": 1},
        states=np.array([times(processing=100, starved=50, blocked=40)]),
        power_w=np.array([times(processing=10_000, starved=2000, blocked=3000)]),
        standby_s=np.array([times(starved=30, blocked=10)]),
        standby_w=np.array([500.0]),
        warm_up_j=np.array([36_000.0]),
        warm_ups=np.array([2]),
    )
    # 10 kW x 100 s, 2 kW x 20 s, 3 kW x 30 s, 500 W x 40 s, twice 36 kJ
    assert energy_j(accounts).tolist() == [1_000_000.0 + 40_000 + 90_000 + 20_000 + 72_000]
