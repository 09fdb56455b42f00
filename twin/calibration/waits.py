"""Waits between visits: what busy machines explain, and what they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from twin.calibration.capacity import AtWork
    from twin.calibration.order_table import OrderTable
    from twin.calibration.visits import Visits

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

OUT = -1
"""Where an order goes that leaves; the code of no station."""


@dataclass(frozen=True, eq=False)
class Moves:
    """How orders went on from visit to visit, one move an element of each array.

    Attributes
    ----------
    order
        Code of the order.
    visit
        The visit that it came from.
    origin, target
        Codes of the stations; of an order that still waits at the log's end, `target` is where most go from there.
    wait
        From the end of the work to the beginning of the next, so far where it is not over [s of working time].
    explained
        The part of it in which the target worked on as many orders as it can [s].
    over
        Whether the order has gone on.
    """

    order: Ints
    visit: Ints
    origin: Ints
    target: Ints
    wait: Floats
    explained: Floats
    over: Bools

    @property
    def unexplained(self) -> Floats:
        """The wait that no busy machine explains [s of working time]."""
        return self.wait - self.explained


def moves_of(
    visits: Visits, orders: OrderTable, busy: Mapping[int, AtWork], servers: Mapping[int, int], end: float
) -> Moves:
    """Return how orders went on.

    Parameters
    ----------
    visits, orders
        The log's.
    busy, servers
        By station code: how many orders were worked on, and how many it can work on at a time.
    end
        The log's end [s of working time].
    """
    usual = np.flatnonzero(~visits.rework)
    order, station = visits.order[usual], visits.station[usual]
    last = np.concatenate((order[1:] != order[:-1], [True]))
    gone = last & orders.finished[order]
    target = np.where(last, OUT, np.roll(station, -1))
    likely = _likeliest(station[~last], target[~last])
    open_ = last & ~gone
    target[open_] = [likely.get(code, OUT) for code in station[open_].tolist()]
    begins = np.where(last, end, np.roll(visits.begin[usual], -1))
    finish = visits.finish[usual]
    wait = np.where(gone, 0.0, np.maximum(begins - finish, 0.0))
    explained = np.zeros(len(wait))
    for to, at_work in busy.items():
        into = target == to
        explained[into] = at_work.times_at_least(servers[to], finish[into], finish[into] + wait[into])
    return Moves(order, usual, station, target, wait, explained, ~open_)


def _likeliest(origin: Ints, target: Ints) -> dict[int, int]:
    """Return where most orders went from each station; of several as many, where the first of them went."""
    ways: dict[int, dict[int, int]] = {}
    for here, there in zip(origin.tolist(), target.tolist(), strict=True):
        ways.setdefault(here, {})
        ways[here][there] = ways[here].get(there, 0) + 1
    return {here: max(counts, key=lambda there: counts[there]) for here, counts in ways.items()}
