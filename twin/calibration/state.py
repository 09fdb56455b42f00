"""Where the orders of a plant are at the end of what is known of it: the lots that a run from there starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from twin.calibration.estimate import LEAST, delays_of
from twin.calibration.log import Roles
from twin.calibration.visits import visits_of
from twin.calibration.waits import OUT
from twin.line.order_book import DatedOrder

CANDIDATES = 32
"""So many draws stand for a law when one is chosen by weight."""

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.calibration.estimate import Laws
    from twin.calibration.structure import Structure
    from twin.line.distributions import Distribution


class Standing(NamedTuple):
    """Where an open order stands: at a station that works on it, or waiting after its last.

    Attributes
    ----------
    order
        Its code.
    visit
        The visit that is not over, the first where several are, or the last that is.
    working
        Whether that visit is not over.
    """

    order: int
    visit: int
    working: bool


def standings(plant: Structure) -> list[Standing]:
    """Return where each open order stands, in the order of their codes: of one that has left in part, the rest."""
    visits, found = plant.visits, []
    leaving = np.isin(visits.station, _finish(plant))
    for order in np.flatnonzero(~plant.orders.finished).tolist():
        of_order = visits.order == order
        some = (np.flatnonzero(of_order & ~visits.rework & ~leaving), np.flatnonzero(of_order & ~leaving))
        own = next((own for own in some if len(own)), np.flatnonzero(of_order))
        under_way = own[~plant.ended[own]]
        found.append(Standing(order, int(under_way[0] if len(under_way) else own[-1]), bool(len(under_way))))
    return found


def more_than(distribution: Distribution, seen: float, rng: np.random.Generator, most: float = np.inf) -> float:
    """Draw a value known to lie above what was seen, and not above `most`; what was seen where hardly any does."""
    below, above = (float(distribution.cdf(value)) for value in (seen, most))
    drawn = float(distribution.quantile(below + (above - below) * rng.random()))
    return drawn if np.isfinite(drawn) and drawn > seen else seen


def pieces_of(
    plant: Structure, laws: Laws, order: int, rng: np.random.Generator, *, worked_at: int | None = None
) -> int:
    """Return how many pieces an order asks: as known, or drawn above what was seen of it.

    Whoever looks in at a station finds a lot there the more likely, the longer it is worked on: one that is found at
    the station `worked_at` is drawn with the time that it takes there as weight (inspection paradox; W. Feller, An
    Introduction to Probability Theory and Its Applications, vol. 2, 2nd ed., 1971, section I.4).
    """
    seen = int(plant.orders.pieces[order])
    if plant.orders.known[order]:
        return seen
    law = laws.demand.pieces.distribution
    if worked_at not in laws.cycles:
        return max(seen, round(more_than(law, float(seen), rng)))
    drawn = np.array([more_than(law, float(seen), rng) for _ in range(CANDIDATES)])
    weights = drawn ** laws.cycles[worked_at].exponent
    return max(seen, round(float(rng.choice(drawn, p=weights / weights.sum()))))


def work_left(plant: Structure, laws: Laws, visit: int, pieces: int, rng: np.random.Generator) -> float:
    """Draw the time of the machine that a lot still needs at a station where it was worked on [s], at least a minute.

    By the pieces counted there, as finished visits teach; where none was, what lies above the work done.
    """
    station = int(plant.visits.station[visit])
    cycle = laws.cycles.get(station)
    if cycle is None:
        return LEAST
    factor: float = cycle.level * pieces**cycle.exponent
    law = cycle.fit.distribution
    done, counted = float(plant.visits.work[visit]), float(plant.visits.done[visit])
    if counted and station in laws.progress:
        return max(factor * float(law.quantile(rng.random())) * laws.progress[station].left(counted, pieces), LEAST)
    return max(factor * more_than(law, done / factor, rng) - done, LEAST)


def open_lots(plant: Structure, laws: Laws, rng: np.random.Generator) -> list[DatedOrder]:
    """Draw the lots of the open orders: how many pieces each has, what is left to do, where it goes on, and when.

    What the log does not say is drawn as the laws have it, given what it says: the pieces above those seen, the work
    above that done, the wait above that waited.
    """
    lots = []
    for standing in standings(plant):
        here = int(plant.visits.station[standing.visit])
        pieces = pieces_of(plant, laws, standing.order, rng, worked_at=here if standing.working else None)
        if not _rest(plant, standing.order, pieces):
            continue  # all of it is packed or scrapped, but for a last report
        way = way_ahead(plant, standing, rng)
        if standing.working:
            route = _names(plant, [here, *way])
            left = work_left(plant, laws, standing.visit, pieces, rng)
            lots.append(lot_of(plant, standing.order, pieces, route, left=left))
        elif way:
            ready = wait_left(plant, laws, standing, way[0], rng)
            lots.append(lot_of(plant, standing.order, pieces, _names(plant, way), ready=ready))
    return lots


def way_ahead(plant: Structure, standing: Standing, rng: np.random.Generator) -> list[int]:
    """Draw the stations that an order still passes: as others went on, but to none that it has passed already.

    An order that nobody followed further goes to a station from which orders leave, where one is named.
    """
    visits, moves = plant.visits, plant.moves
    own = (visits.order == standing.order) & ~visits.rework
    finish = _finish(plant)
    passed = set(visits.station[own & plant.ended].tolist()) - set(finish) | {int(visits.station[standing.visit])}
    station, way = int(visits.station[standing.visit]), []
    while station not in finish:
        gone = moves.target[(moves.origin == station) & moves.over]
        free = [to for to in gone.tolist() if to not in passed and (to != OUT or not finish)]
        station = int(rng.choice(free)) if free else next((to for to in finish if to not in passed), OUT)
        if station == OUT:
            break
        way.append(station)
        passed.add(station)
    return way


def _finish(plant: Structure) -> list[int]:
    """Return the codes of the stations from which orders leave."""
    return [code for code, name in enumerate(plant.visits.stations) if name in plant.log.roles.finish]


def _names(plant: Structure, stations: Sequence[int]) -> list[str]:
    return [plant.visits.stations[station] for station in stations]


def wait_left(
    plant: Structure, laws: Laws, standing: Standing, station: int, rng: np.random.Generator, *, most: float = np.inf
) -> float:
    """Draw how long an order still waits before a station though nothing there is busy [s], given how long it has.

    `most` is how long it waits at most [s].
    """
    delay = laws.delays.get(station)
    if delay is None:
        return 0.0
    waited = float(delays_of(plant, np.flatnonzero(plant.moves.visit == standing.visit)).sum())
    if plant.orders.packed[standing.order]:
        # What has left in part went on; the rest waits since anything was last heard of the order.
        waited = max(waited, plant.end - float(plant.time.clock(plant.orders.idle_since[standing.order])))
    return more_than(delay.distribution, waited, rng, waited + most) - waited


def _rest(plant: Structure, order: int, pieces: int) -> int:
    """Return how many of an order's pieces have not left."""
    return pieces - int(plant.orders.packed[order] + plant.orders.scrapped[order])


def lot_of(
    plant: Structure,
    order: int,
    pieces: int,
    route: Sequence[str],
    *,
    left: float | None = None,
    ready: float | None = None,
) -> DatedOrder:
    """Return the lot of an open order: what has not left of its pieces; times from the plant's end on [s]."""
    return DatedOrder(
        order=plant.visits.orders[order],
        release=float(plant.time.clock(plant.orders.release[order])) - plant.end,
        pieces=max(_rest(plant, order, pieces), 1),
        route=tuple(route),
        left=left,
        ready=ready,
    )


def known_lots(
    plant: Structure, laws: Laws, whole: Structure, ways: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> list[DatedOrder]:
    """Draw the lots of open and of coming orders whose release, pieces and stations still to pass are known.

    Parameters
    ----------
    plant, laws
        The plant until a moment.
    whole
        The plant until a later one, which says what came.
    ways
        The stations still to pass, by order, as `ways_known` gives them.
    rng
        Draws the work and the waits that are left.
    """
    codes = {order: code for code, order in enumerate(plant.visits.orders)}
    stands = {standing.order: standing for standing in standings(plant)}
    lots = []
    for later, name in enumerate(whole.visits.orders):
        route = ways.get(name)
        if not route:
            continue
        pieces, order = int(whole.orders.pieces[later]), codes.get(name)
        if order is None:
            release = max(float(whole.time.clock(whole.orders.seen[later])) - plant.end, 0.0)
            lots.append(DatedOrder(order=name, release=release, pieces=pieces, route=tuple(route)))
        elif order in stands:
            lots.append(_known_lot(plant, laws, stands[order], route, pieces, later=whole.end, rng=rng))
    return lots


def _known_lot(
    plant: Structure,
    laws: Laws,
    standing: Standing,
    route: Sequence[str],
    pieces: int,
    *,
    later: float,
    rng: np.random.Generator,
) -> DatedOrder:
    first = plant.visits.stations.index(route[0])
    own = np.flatnonzero((plant.visits.order == standing.order) & plant.visits.of(first))
    if len(own):
        left = work_left(plant, laws, int(own[-1]), pieces, rng)
        return lot_of(plant, standing.order, pieces, route, left=left)
    # A way is known because it was gone before the later end: so was the wait over.
    ready = wait_left(plant, laws, standing, first, rng, most=later - plant.end)
    return lot_of(plant, standing.order, pieces, route, ready=ready)


def ways_known(plant: Structure, whole: Structure) -> dict[str, list[str]]:
    """Return the stations that report of each order after the plant's end, by when half of that was done.

    Parameters
    ----------
    plant
        The plant until a moment; stations that it does not know are left out.
    whole
        The plant until a later one, which says what came.
    """
    later = whole.reports[whole.reports["end"] > plant.end]
    ways: dict[str, list[str]] = {}
    if len(later):
        ahead = visits_of(later, Roles(), whole.time)
        for order, station in zip(
            ahead.order[~ahead.rework].tolist(), ahead.station[~ahead.rework].tolist(), strict=True
        ):
            if ahead.stations[station] in plant.visits.stations:
                ways.setdefault(ahead.orders[order], []).append(ahead.stations[station])
    return ways
