"""What each station has to do for a good piece: visits, time at work and time in setups, as long-run means.

Pieces are followed exactly: of what a station works on, the shares of scrap and rework leave it, whatever the lots. How
long that takes goes by lots: those that come in, less what they lost on the way, and those that rework makes of the
pieces sent back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import InputError
from twin.line.discrete import Constant, Empirical
from twin.line.jobs import job_of
from twin.line.lots import LotCycle, mean_of
from twin.line.passing import ways
from twin.line.rates import at_once, part_s
from twin.line.route import OUT
from twin.line.station import HOLDERS

if TYPE_CHECKING:
    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.passing import Way
    from twin.line.setup import Setup
    from twin.line.variates import Floats

Step = tuple[str, str]
"""A way from a station to the next, or to "out"."""

QUANTILES = 200
"""Sizes that stand for a distribution of pieces that is not on single values."""


@dataclass(slots=True)
class Work:
    """What a station does for each piece that comes into the line, or that leaves it good.

    Attributes
    ----------
    visits : float
        Pieces worked on [1].
    time_s : float
        Time of its machines at work, setups and repairs left out [s].
    setup_s : float
        Time of its machines in setups [s].
    jobs : dict
        Cycles by product [1].
    """

    visits: float = 0.0
    time_s: float = 0.0
    setup_s: float = 0.0
    jobs: dict[str | None, float] = field(default_factory=dict)

    def add_jobs(self, line: Line, name: str, product: str | None, parts: float) -> None:
        """Add the cycles that a station needs for so many parts (or lots) of a product."""
        cycles = parts / at_once(line.stations[name])
        self.jobs[product] = self.jobs.get(product, 0.0) + cycles


@dataclass(frozen=True, slots=True)
class Workload:
    """What the stations have to do, in file order, and how what comes in goes its way.

    Attributes
    ----------
    per_good : dict of str to Work
        What each station does for each piece that leaves good.
    good : float
        Pieces that leave good of each that comes in [1].
    lots : dict
        Lots that take each way, (from, to), of each that comes in [1]; those of rework count too.
    """

    per_good: dict[str, Work]
    good: float
    lots: dict[Step, float]


def workload(line: Line, pace: dict[str, float]) -> Workload:
    """Work out what each station has to do for a good piece.

    Parameters
    ----------
    line : Line
    pace : dict of str to float
        How fast each station takes what a stock that never runs out feeds, relative.

    Raises
    ------
    InputError
        If no piece can leave the line good.

    Notes
    -----
    The traffic equations ``visits = fed + visits (1 - reject) P`` of a network with routing matrix `P`, for each way
    into the line. Setups are counted as if products came at random, by their shares: two jobs in turn are of products
    i and j with probability ``q_i q_j``; where an order moves piece by piece, its pieces follow each other. Where parts
    are joined, each way in brings what a good part takes of it (`joined_work`). Batches are full; start-up scrap is
    left out.

    References
    ----------
    Jackson, Networks of waiting lines, Operations Research 5 (1957), 518-521.
    """
    total = {name: Work() for name in line.stations}
    lots: dict[Step, float] = {}
    passing = list(ways(line, pace))
    if any(station.kind == "assembly" for station in line.stations.values()):
        good = _add_joined(line, passing, total, lots)
    else:
        good = sum(_add(line, way, lot_sizes(line), total, lots) for way in passing)
    if not good > 0:
        raise InputError(f"{line.line}: no part can leave the line good; lower `scrap` or give `route` a way to {OUT}")
    for name, work in total.items():
        work.visits, work.time_s = work.visits / good, work.time_s / good
        work.jobs = {product: count / good for product, count in work.jobs.items()}
        work.setup_s = _setup_s(line.stations[name].setup, work.jobs) / _run_length(line)
    return Workload(total, good, lots)


def _add_joined(line: Line, passing: list[Way], total: dict[str, Work], lots: dict[Step, float]) -> float:
    """Add what comes in asks of each station where parts are joined; return what leaves good of it all."""
    from twin.line.joined_work import joined

    flows = joined(line, passing)
    good = 1 / flows.strain
    for way, visits in zip(passing, flows.visits, strict=True):
        came = visits * good
        for at, name in enumerate(way.names):
            total[name].visits += float(came[at])
            total[name].time_s += float(came[at]) * float(time_of(line, name, way.product, np.ones(1))[0])
            total[name].add_jobs(line, name, way.product, float(came[at]))
        onward = (came * way.kept * way.made)[:, None] * way.onward
        _add_lots(way, onward, np.zeros_like(way.back), lots)
    return good


def lot_sizes(line: Line) -> tuple[Floats, Floats]:
    """Return the pieces of the lots that come in, and the share of lots of each size.

    Of a book alone its rows; very many sizes, or a distribution that is not on single values, are stood for by equally
    likely quantiles.
    """
    one = np.ones(1)
    orders = line.source.orders
    if line.move == "piece" or orders is None:
        return one, one
    if orders.every is None:
        return _few(np.array([lot.pieces for lot in orders.book], dtype=np.float64), np.ones(len(orders.book)))
    return order_sizes(orders.pieces)


def order_sizes(pieces: Distribution) -> tuple[Floats, Floats]:
    """Return the pieces of drawn orders, rounded half up and at least 1, and the share of each."""
    if isinstance(pieces, Constant):
        values, weights = np.array([pieces.value]), np.ones(1)
    elif isinstance(pieces, Empirical):
        values = np.array(pieces.values)
        weights = np.ones(len(values)) if pieces.weights is None else np.array(pieces.weights)
    else:
        values, weights = pieces.quantile((np.arange(QUANTILES) + 0.5) / QUANTILES), np.ones(QUANTILES)
    return _few(np.maximum(np.floor(values + 0.5), 1.0), weights)


def _few(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return each value once with its share; of more than `QUANTILES`, so many equally likely quantiles."""
    values, at = np.unique(values, return_inverse=True)
    shares = np.bincount(at, weights) / weights.sum()
    if len(values) > QUANTILES:
        middle = (np.arange(QUANTILES) + 0.5) / QUANTILES
        return values[np.searchsorted(np.cumsum(shares), middle)], np.full(QUANTILES, 1 / QUANTILES)
    return values, shares


def mean_pieces(line: Line) -> float:
    """Return the mean pieces of a drawn order, else of a row of the book; 1 without orders."""
    orders = line.source.orders
    if orders is None:
        return 1.0
    if orders.every is None:
        return float(np.mean([lot.pieces for lot in orders.book]))
    sizes, weights = order_sizes(orders.pieces)
    return float(sizes @ weights)


def _run_length(line: Line) -> float:
    """Return how many jobs of one order follow each other."""
    return mean_pieces(line) if line.move == "piece" else 1.0


def time_of(line: Line, name: str, product: str | None, sizes: Floats) -> Floats:
    """Return the mean time that a machine of a station needs for a lot of each size [s]; of a batch, each its share."""
    station = line.stations[name]
    if station.kind in HOLDERS:
        return np.full_like(sizes, part_s(station))
    cycle = job_of(line, name, product).cycle
    return _mean_times(cycle, sizes) / at_once(station)


def _solved(moves: Floats, entering: Floats) -> Floats:
    """Solve ``x = entering + x moves``; of a loop that nothing leaves, nothing."""
    try:
        return np.asarray(np.linalg.solve(np.eye(len(moves)) - moves.T, entering), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.zeros(len(moves))


def _add(
    line: Line, way: Way, lot_sizes: tuple[Floats, Floats], total: dict[str, Work], lots: dict[Step, float]
) -> float:
    """Add what comes in by a way asks of each station, and the ways it takes; return what leaves good of it all."""
    sizes, weights = lot_sizes
    mean_size = float(sizes @ weights)
    leaves = (way.kept * way.made)[:, None]
    first = _solved(leaves * way.onward[:, :-1], way.entering)
    again, size_again = np.zeros(len(first)), 1.0
    count = first
    leaving = way.onward.sum(axis=1)
    spread = way.onward / np.where(leaving > 0, leaving, 1.0)[:, None]
    sent = leaves * way.back
    if way.back.any() or mean_size > 1:
        count = _solved(_goes_on(way, mean_size)[:, None] * spread[:, :-1], way.entering)
        again = _solved(sent + leaves * way.onward[:, :-1], first @ sent)
        size_again = _size_sent_back((first + again)[:, None] * sent, way.back, sizes, weights)
    lots_again = again * mean_size / size_again
    onward = (count * _goes_on(way, mean_size) + lots_again * _goes_on(way, size_again))[:, None] * spread
    back = (first + again)[:, None] * sent * mean_size / size_again
    _add_lots(way, onward, back, lots)
    for at, name in enumerate(way.names):
        if first[at] + again[at] == 0:
            continue
        work = total[name]
        left = first[at] / count[at] if count[at] else 1.0
        each = float(time_of(line, name, way.product, sizes * left) @ weights)
        each_again = float(time_of(line, name, way.product, np.full(1, size_again))[0])
        anew, jobs_again = count[at] / mean_size, again[at] / size_again
        work.visits += first[at] + again[at]
        work.time_s += anew * each + jobs_again * each_again
        work.add_jobs(line, name, way.product, anew + jobs_again)
    return float((first + again) @ (way.kept * way.made * way.onward[:, -1]))


def _goes_on(way: Way, size: float) -> Floats:
    """Return the lots that go on from each place for each that comes: not all is scrapped, nor all sent back."""
    kept, onward = size * way.kept, size * (1 - way.back.sum(axis=1))
    return np.asarray(np.minimum(kept, 1.0) * np.minimum(onward, 1.0) * way.made, dtype=np.float64)


def _add_lots(way: Way, onward: Floats, back: Floats, lots: dict[Step, float]) -> None:
    """Add the lots that go onward (out last) and back from each place of a way to those that take each step."""
    for moves in (onward, back):
        for at, to in np.argwhere(moves > 0):
            step = way.names[at], OUT if to == len(way.names) else way.names[to]
            lots[step] = lots.get(step, 0.0) + float(moves[at, to])


def _mean_times(cycle: Distribution | LotCycle, sizes: Floats) -> Floats:
    """Return the mean time of a lot of each size [s], as `mean_of` does."""
    if isinstance(cycle, LotCycle) and cycle.per_piece is None:
        pieces, times = np.array(cycle.by_pieces).T
        return np.asarray(np.interp(sizes, pieces, times), dtype=np.float64)
    return mean_of(cycle, 1) * (sizes if isinstance(cycle, LotCycle) else np.ones_like(sizes))


def _size_sent_back(sent: Floats, back: Floats, sizes: Floats, weights: Floats) -> float:
    """Return the mean pieces of the lots that rework makes.

    Of lots of `n` pieces a share `p` is sent back as one lot, in expectation ``p n`` pieces with probability
    ``min(1, p n)``.
    """
    pieces, lots = 0.0, 0.0
    for share, flow in zip(back[back > 0], sent[back > 0], strict=True):
        pieces += flow
        lots += flow * float(np.minimum(share * sizes, 1.0) @ weights) / (share * float(sizes @ weights))
    return pieces / lots if lots else 1.0


def _setup_s(setup: Setup | None, jobs: dict[str | None, float]) -> float:
    """Time in setups of jobs that come at random, each product by its share [s]."""
    whole = sum(jobs.values())
    if setup is None or not whole:
        return 0.0
    if setup.between == "orders":
        return whole * setup.share * setup.drawn.mean
    changes = sum(
        before * after * setup.mean_between(one, other) for one, before in jobs.items() for other, after in jobs.items()
    )
    return setup.share * changes / whole
