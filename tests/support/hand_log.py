"""Logs of a few reports written by hand, in hours since Monday 00:00."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from twin.calibration.cleaning import in_order
from twin.calibration.log import COLUMNS, Log, Roles
from twin.line.work_calendar import HOUR, Shifts

MONDAY = datetime(2012, 1, 2)  # noqa: DTZ001 -- a log has no zone
ALWAYS = Shifts()


class Said(NamedTuple):
    """A report; times [h]."""

    order: str
    station: str
    start: float
    end: float
    done: int = 0
    rejected: int = 0
    kind: str = "production"
    rework: bool = False
    worker: str = "w01"


def reports(*said: Said) -> pd.DataFrame:
    """Return reports as a log holds them."""
    rows = [
        {**one._asdict(), "start": one.start * HOUR, "end": one.end * HOUR, "review": 0, "row": row}
        for row, one in enumerate(said, 1)
    ]
    return in_order(pd.DataFrame(rows)[[*COLUMNS]])


def log(*said: Said, roles: Roles = Roles()) -> Log:  # noqa: B008 -- frozen
    """Return a log of some reports."""
    told = reports(*said)
    labels = {name: name.title() for name in told["station"].unique()}
    return Log(told, (), "hand.csv", len(said), 0, 0, MONDAY, labels, roles)


SHOP = Roles(checks=frozenset({"check", "pack"}), finish=frozenset({"pack"}))
DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15)


def shop(*last: Said) -> Log:
    """Return a shop that is open from 8 to 16, Monday to Friday, and makes an order of 10 pieces a day.

    Sawn from 8 to 10; set up until 10:30 and turned until 12; checked until 13:15, where one piece is rejected; packed
    from 14 to 16. Twelve orders, over two weeks and two days; then what is said besides.
    """
    said = []
    for number, day in enumerate(DAYS):
        order, begin = f"o{number:02d}", 24.0 * day
        said += [
            Said(order, "saw", begin + 8, begin + 10, 10, worker="w01"),
            Said(order, "turn", begin + 10, begin + 10.5, kind="setup", worker="w02"),
            Said(order, "turn", begin + 10.5, begin + 12, 10, worker="w02"),
            Said(order, "check", begin + 12, begin + 13.25, 9, 1, worker="w03"),
            Said(order, "pack", begin + 14, begin + 16, 9, worker="w04"),
        ]
    return log(*said, *last, roles=SHOP)
