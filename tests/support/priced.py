"""A line of one press, small enough to price on paper, and accounts of it made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.accounts import LEAD_BINS, Accounts
from twin.events import STATES
from twin.line.line import Line
from twin.line.site import Site

HOUR = 3600.0

ASSUMED = {"source": "assumption"}


def press_line(**product: Any) -> Line:  # noqa: ANN401 -- what a line file may hold
    """Return a press with 1,000 kEUR of equipment, 4 operators and 1 technician; a cell frees 2 operators."""
    return Line.model_validate(
        {
            "line": "pressing",
            "product": {"unit": "m2", "per_part": "0.5", "material_cost": "2 EUR"} | product,
            "shifts": {"pattern": "3x8", "hours_per_year": "5000"},
            "operators": {"operator": 4, "technician": 1},
            "stations": {
                "press": {
                    "cycle": "12 s",
                    "capex": "1000 kEUR",
                    "life": "10 yr",
                    "upkeep": "0.03",
                    "automation": {
                        "cell": {"capex": "300 kEUR", "life": "5 yr", "upkeep": "0.05", "posts": {"operator": -2}}
                    },
                }
            },
            "levels": {"manual": {}, "cells": {"press": "cell"}},
        }
    )


def site(name: str = "home", operator: str = "40 EUR/h", **changes: Any) -> Site:  # noqa: ANN401 -- as above
    """Return a site of round numbers: 40 and 50 EUR/h, 25 % for 3x8, 1,500 h, 0.10 EUR/kWh, 0 % interest."""
    return Site.model_validate(
        {
            "name": name,
            "country": name.title(),
            "cost_per_hour_worked": {
                "operator": {"mode": operator} | ASSUMED,
                "technician": {"mode": "50 EUR/h"} | ASSUMED,
            },
            "shift_premium": {"3x8": {"value": "25 %"} | ASSUMED},
            "hours_per_year": {"value": "1500"} | ASSUMED,
            "absence": {"value": "6 %"} | ASSUMED,
            "electricity": {"value": "0.10 EUR/kWh"} | ASSUMED,
            "discount_rate": {"value": "0"} | ASSUMED,
        }
        | changes
    )


def accounts(departed: int, scrapped: int = 0, *, scheduled_h: float = 10.0, off_shift_h: float = 0.0) -> Accounts:
    """Return the accounts of one press that processed all its scheduled time at 20 kW, and draws 1 kW off shift."""
    states, power = np.zeros((1, len(STATES))), np.zeros((1, len(STATES)))
    states[0, STATES.index("processing")] = scheduled_h * HOUR
    states[0, STATES.index("off_shift")] = off_shift_h * HOUR
    power[0, STATES.index("processing")] = 20_000.0
    power[0, STATES.index("off_shift")] = 1_000.0
    none, whole = np.zeros(1, dtype=np.int64), np.zeros(0)
    return Accounts(
        span_s=(scheduled_h + off_shift_h) * HOUR,
        scheduled_s=scheduled_h * HOUR,
        stations=("press",),
        machine_station=(0,),
        states=states,
        parts=np.array([departed + scrapped]),
        scrap=np.array([scrapped]),
        rework=none,
        failures=none,
        repaired=none,
        minor_stops=none,
        minor_s=np.zeros((1, len(STATES))),
        maintained=none,
        unexplained_s=np.zeros(1),
        ideal_s=np.array([12.0 * (departed + scrapped)]),
        power_w=power,
        standby_w=np.zeros(1),
        standby_s=np.zeros((1, len(STATES))),
        warm_up_j=np.zeros(1),
        warm_ups=none,
        peak_w=20_000.0,
        peak_mean_w=20_000.0,
        edges=(),
        level_s=whole,
        full_s=whole,
        empty_s=whole,
        skills=(),
        present_s=whole,
        busy_s=whole,
        waiting_s=whole,
        arrived=departed + scrapped,
        turned_away=0,
        departed=departed,
        scrapped=scrapped,
        first_pass=departed,
        orders_arrived=0,
        orders_departed=0,
        wip_s=0.0,
        lead_sum_s=0.0,
        lead_bins=np.zeros(LEAD_BINS, dtype=np.int64),
    )
