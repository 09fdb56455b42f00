"""What carriers allow: how long each is away with a part at best, and hence how many parts they can take."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from twin.line.lead_time import stay_s
from twin.line.manning import scheduled_share_of
from twin.line.rates import made
from twin.line.work_calendar import HOUR

if TYPE_CHECKING:
    from twin.line.carriers import Carrier
    from twin.line.line import Line
    from twin.line.workload import Workload


@dataclass(frozen=True, slots=True)
class CarrierLimit:
    """What the carriers of one kind allow.

    Attributes
    ----------
    name : str
    number : int
    trip_s : float
        Mean time of a carrier from one part to the next, if neither ever waits [scheduled s].
    trips : float
        Carriers taken for each part that leaves the line good [1].
    capacity_per_h : float
        Good parts of the line that they allow [parts per scheduled hour]; infinite where a trip takes no time.
    """

    name: str
    number: int
    trip_s: float
    trips: float
    capacity_per_h: float


def carrier_limits(line: Line, load: Workload) -> tuple[CarrierLimit, ...]:
    """Return what each kind of carrier allows, in file order.

    Notes
    -----
    Of `n` carriers, each away for `T` seconds at least, no more than `n / T` are taken a second.

    References
    ----------
    Little, A proof for the queuing formula L = lambda W, Operations Research 9 (1961).
    """
    return tuple(_limit(line, load, name, carrier) for name, carrier in line.carriers.items())


def _limit(line: Line, load: Workload, name: str, carrier: Carrier) -> CarrierLimit:
    names = list(line.stations)
    moves, ways = _moves(line, load, carrier.to)
    calls = np.linalg.solve(np.eye(len(names)) - moves.T, np.eye(len(names))[names.index(carrier.from_)])
    in_stations = sum(often * stay_s(line, load, station) for often, station in zip(calls, names, strict=True) if often)
    # On its way a part, or a carrier, is at any hour.
    between = float(calls @ ways) + carrier.return_.mean
    trip = float(in_stations) + between * scheduled_share_of(line)
    trips = load.per_good[carrier.from_].visits / float(calls[names.index(carrier.from_)])
    asked = trip * trips
    return CarrierLimit(name, carrier.number, trip, trips, HOUR * carrier.number / asked if asked else inf)


def _moves(line: Line, load: Workload, to: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how likely a carried part goes from each station to each, and its mean time on the way on from each [s].

    At `to` its carrier is free.
    """
    place = {name: at for at, name in enumerate(line.stations)}
    moves, ways = np.zeros((len(place), len(place))), np.zeros(len(place))
    for edge in line.edges:
        worked = load.per_good[edge.from_].visits * load.good * made(line.stations[edge.from_])
        lots = load.lots.get((edge.from_, edge.to), 0.0)
        if edge.to in place and edge.from_ != to and worked:
            moves[place[edge.from_], place[edge.to]] += lots / worked
            way = edge.delay or edge.transport
            ways[place[edge.from_]] += 0.0 if way is None else way.mean * lots / worked
    return moves, ways
