"""The ways of orders: with what probability they go on from a station to the next, go back, are scrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from twin.calibration.log import Roles
    from twin.calibration.order_table import OrderTable
    from twin.calibration.visits import Visits
    from twin.calibration.waits import Bools, Ints, Moves


class Way(NamedTuple):
    """A way from one station to another (codes; `OUT` out of the plant); of pieces sent back, `rework`."""

    origin: int
    target: int
    rework: bool


def counted_ways(moves: Moves, chosen: Ints) -> dict[Way, int]:
    """Count how often orders went each way; `chosen` are elements of the moves, repeated as often as they count."""
    over = chosen[moves.over[chosen]]
    pairs, counts = np.unique(np.stack([moves.origin[over], moves.target[over]]), axis=1, return_counts=True)
    return {
        Way(origin, target, rework=False): count
        for (origin, target), count in zip(pairs.T.tolist(), counts.tolist(), strict=True)
    }


def returns(visits: Visits, orders: OrderTable, roles: Roles) -> dict[Way, list[tuple[int, int]]]:
    """Return which orders had pieces sent back, by way: each with its code and how many pieces.

    Pieces were sent back to the first station that reports rework of the order, by the station that the order had
    visited last before; the rest of it may have gone on, and out, by then: nothing is sent back from the finish.
    """
    last = [code for code, name in enumerate(visits.stations) if name in roles.finish]
    senders = ~visits.rework & ~np.isin(visits.station, last)
    found: dict[Way, list[tuple[int, int]]] = {}
    for order in np.unique(visits.order[visits.rework]).tolist():
        of_order = np.flatnonzero(visits.order == order)
        again = of_order[visits.rework[of_order]]
        first = again[np.argmin(visits.first[again])]
        before = [v for v in of_order if senders[v] and visits.first[v] <= visits.first[first]]
        if before:
            sender = before[-1]  # visits stand in the order in which they were made
            pieces = min(max(int(visits.done[first] + visits.rejected[first]), 1), int(orders.pieces[order]))
            way = Way(int(visits.station[sender]), int(visits.station[first]), rework=True)
            found.setdefault(way, []).append((order, pieces))
    return found


def shares_back(
    sent: dict[Way, list[tuple[int, int]]], visits: Visits, orders: OrderTable, counts: Ints
) -> dict[Way, float]:
    """Return the share of the pieces that pass a station, and are not rejected there, which it sends back, by way.

    Parameters
    ----------
    sent
        As `returns` gives it.
    visits, orders
        The log's.
    counts
        How often each order counts.
    """
    passed: dict[int, float] = {}
    usual = np.flatnonzero(~visits.rework)
    order = visits.order[usual]
    pieces = np.maximum(orders.pieces[order] - visits.rejected[usual], 0) * counts[order]
    for station, many in zip(visits.station[usual].tolist(), pieces.tolist(), strict=True):
        passed[station] = passed.get(station, 0.0) + many
    return {
        way: sum(pieces * int(counts[order]) for order, pieces in each) / passed[way.origin]
        if passed[way.origin]
        else 0.0
        for way, each in sent.items()
    }


def probabilities(ways: dict[Way, int], known: list[Way]) -> dict[Way, float]:
    """Return the probability of each of the ways `known`, from how often each was gone; nothing of a station not left.

    Examples
    --------
    >>> from twin.calibration.waits import OUT
    >>> probabilities({Way(0, 1, False): 3, Way(0, OUT, False): 1}, [Way(0, 1, False), Way(0, OUT, False)])
    {Way(origin=0, target=1, rework=False): 0.75, Way(origin=0, target=-1, rework=False): 0.25}
    """
    left: dict[int, int] = {}
    for way, count in ways.items():
        left[way.origin] = left.get(way.origin, 0) + count
    return {way: ways.get(way, 0) / left[way.origin] for way in known if left.get(way.origin)}


def scrap_shares(visits: Visits, orders: OrderTable, ended: Bools, counts: Ints) -> dict[int, float]:
    """Return the share of the pieces done at each station, at first or again, that it rejects."""
    shares = {}
    for station in range(len(visits.stations)):
        here = visits.station == station
        passed = here & ended
        # Of a lot sent back what was counted, which is all that is known of it.
        came = np.where(visits.rework, visits.done + visits.rejected, orders.pieces[visits.order])
        pieces = float((came * counts[visits.order])[passed].sum())
        rejected = float((visits.rejected[here] * counts[visits.order[here]]).sum())
        shares[station] = min(rejected / pieces, 1.0) if pieces else 0.0
    return shares
