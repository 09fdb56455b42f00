"""What a log says of each order: how many pieces it asks, what became of them, and whether it is finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.calibration.log import Roles
    from twin.calibration.visits import Visits

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ALMOST_ALL = 0.95
"""An order of which this share has left is finished: counts of pieces differ by a few in a hundred."""


@dataclass(frozen=True, eq=False)
class OrderTable:
    """The orders of a log, one an element of each array, in the order of `Visits.orders`.

    Attributes
    ----------
    pieces
        Pieces released, at least 1.
    known
        Whether that is what the order asks; else it is what was seen so far, a lower bound.
    packed, scrapped
        Pieces that left good, and that were rejected.
    finished
        Whether it has left: `pieces` is then packed and scrapped together.
    release
        When its first work began [s of working time].
    seen, idle_since
        First and last moment reported [s of working time].
    """

    pieces: Ints
    known: Bools
    packed: Ints
    scrapped: Ints
    finished: Bools
    release: Floats
    seen: Floats
    idle_since: Floats


def order_table(visits: Visits, roles: Roles, *, gone_after: float | None = None) -> OrderTable:
    """Return what a log says of each of its orders.

    An order's quantity is the largest number of pieces counted at one of the checks, with those rejected by then. One
    that no check has counted is taken for as large as the largest count anywhere, and its quantity is not known until
    it is finished.

    Parameters
    ----------
    visits
        The log's visits.
    roles
        Which stations count pieces, and from which they leave.
    gone_after
        Where no station is the last, an order is finished when nothing was reported of it for so long before the
        log's end [s of working time]; None: all of them are.
    """
    count = len(visits.orders)
    usual = ~visits.rework
    checks = _codes(visits, roles.checks)
    at_check = usual & np.isin(visits.station, checks) if len(checks) else usual
    counted = _largest(visits, visits.accounted, at_check, count)
    anywhere = _largest(visits, visits.done, usual, count)
    seen, idle_since, release = (_extreme(values, visits.order, count, how) for values, how in (
        (visits.first, np.minimum), (visits.last, np.maximum), (visits.begin, np.minimum),
    ))  # fmt: skip
    scrapped = np.zeros(count, dtype=np.int64)
    np.add.at(scrapped, visits.order, visits.rejected)
    leaving = np.isin(visits.station, _codes(visits, roles.finish))
    packed = np.zeros(count, dtype=np.int64)
    np.add.at(packed, visits.order[leaving], visits.done[leaving])
    pieces = np.maximum(np.where(counted > 0, counted, anywhere), packed + scrapped)
    if roles.finish:
        some_left = (packed > 0) | (_passed(visits, checks, count) & (scrapped > 0))
        finished = some_left & (packed + scrapped >= ALMOST_ALL * pieces)
    else:
        finished = np.ones(count, dtype=bool)
        if gone_after is not None:
            finished = idle_since.max() - idle_since > gone_after
        packed = np.where(finished, pieces - scrapped, 0)
    left = packed + scrapped
    return OrderTable(
        pieces=np.maximum(np.where(finished, left, pieces), 1),
        known=finished | (_passed(visits, checks, count) & (counted > 0)),
        packed=packed,
        scrapped=scrapped,
        finished=finished,
        release=release,
        seen=seen,
        idle_since=idle_since,
    )


class Balance(NamedTuple):
    """Where the pieces are: those released have left good, were scrapped, or are in the plant."""

    orders: int
    open_orders: int
    released: int
    packed: int
    scrapped: int
    wip: int


def balance(orders: OrderTable) -> Balance:
    """Return the state of a plant: pieces, orders, scrap and work in process, which close."""
    is_open = ~orders.finished
    wip = (orders.pieces - orders.packed - orders.scrapped)[is_open]
    return Balance(
        len(orders.pieces), int(is_open.sum()), int(orders.pieces.sum()), int(orders.packed.sum()),
        int(orders.scrapped.sum()), int(wip.sum()),
    )  # fmt: skip


def _codes(visits: Visits, names: frozenset[str]) -> list[int]:
    return [code for code, name in enumerate(visits.stations) if name in names]


def _largest(visits: Visits, pieces: Ints, counted: Bools, count: int) -> Ints:
    """Return for each order the largest number of pieces at one of the visits counted."""
    largest = np.zeros(count, dtype=np.int64)
    np.maximum.at(largest, visits.order[counted], pieces[counted])
    return largest


def _extreme(values: Floats, order: Ints, count: int, how: np.ufunc) -> Floats:
    found = np.full(count, np.inf if how is np.minimum else -np.inf)
    how.at(found, order, values)
    return found


def _passed(visits: Visits, checks: list[int], count: int) -> Bools:
    """Whether each order has been at a check and has gone on from there."""
    before = np.concatenate((visits.follows[1:], [False]))
    passed = np.zeros(count, dtype=bool)
    passed[visits.order[before & ~visits.rework & np.isin(visits.station, checks)]] = True
    return passed
