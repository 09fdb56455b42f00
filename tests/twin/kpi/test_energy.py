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
