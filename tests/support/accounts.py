"""Accounts made by hand for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.accounts import LEAD_BINS, Accounts
from twin.events import STATES


def times(**seconds: float) -> list[float]:
    """One machine's time in each state; those not named are 0."""
    return [seconds.get(state, 0.0) for state in STATES]


def make_accounts(machines: dict[str, int], **changes: object) -> Accounts:
    """Accounts of one hour in which nothing happened at stations of so many machines, with changes."""
    owners = tuple(index for index, count in enumerate(machines.values()) for _ in range(count))
    counts = np.zeros(len(owners), dtype=np.int64)
    blank: dict[str, Any] = {
        "span_s": 3600.0,
        "scheduled_s": 3600.0,
        "stations": tuple(machines),
        "machine_station": owners,
        "states": np.array([times(starved=3600.0)] * len(owners)),
        **dict.fromkeys(("parts", "scrap", "rework", "failures", "repaired"), counts),
        **dict.fromkeys(("minor_stops", "maintained", "warm_ups"), counts),
        **dict.fromkeys(("unexplained_s", "standby_w", "warm_up_j"), np.zeros(len(owners))),
        "ideal_s": np.ones(len(owners)),
        **dict.fromkeys(("power_w", "minor_s", "standby_s"), np.zeros((len(owners), len(STATES)))),
        "peak_w": 0.0,
        "peak_mean_w": 0.0,
        "edges": (),
        **dict.fromkeys(("level_s", "full_s", "empty_s"), np.zeros(0)),
        "skills": (),
        **dict.fromkeys(("present_s", "busy_s", "waiting_s"), np.zeros(0)),
        **dict.fromkeys(("arrived", "turned_away", "departed", "scrapped", "first_pass"), 0),
        **dict.fromkeys(("orders_arrived", "orders_departed"), 0),
        "wip_s": 0.0,
        "lead_sum_s": 0.0,
        "lead_bins": np.zeros(LEAD_BINS, dtype=np.int64),
    }
    return Accounts(**{**blank, **changes})
