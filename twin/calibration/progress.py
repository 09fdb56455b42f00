"""How far a lot is at a station by the pieces counted there: what the log's finished visits teach of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from twin.calibration.cycles import CycleFit
    from twin.calibration.structure import Structure

    Floats = NDArray[np.float64]

TOUCH_UP = 0.1
"""What is left of a lot whose pieces are all counted, as a share of the whole: another pass, or what was missed."""


class Progress(NamedTuple):
    """How counted pieces tell what is left of a lot's work.

    Attributes
    ----------
    counted
        How often each piece has been counted when the lot is done.
    longer
        The work that was left in finished visits, over what the pieces to come would have taken of the lot's mean time.
    """

    counted: float
    longer: float

    def left(self, counted: float, pieces: float) -> float:
        """Return what is left, as a share of the time of such a lot, where so many pieces were counted."""
        return self.longer * max(1 - counted / (self.counted * pieces), TOUCH_UP)


def progress_at(plant: Structure, station: int, cycle: CycleFit) -> Progress | None:
    """Learn from finished visits to a station how the pieces counted tell what is left; None where none tells.

    After each report but the last of a visit the work that was left is known; the ratio of its sum to what the pieces
    to come would have taken, at the mean time of such a lot, is `longer`.
    """
    visits, orders = plant.visits, plant.orders
    over = np.flatnonzero(visits.of(station) & plant.ended)
    asked = float(orders.pieces[visits.order[over]].sum())
    counted = float(visits.done[over].sum()) / asked if asked else 0.0
    if counted <= 0:
        return None
    plain = Progress(counted, 1.0)
    known = {visits.orders[code]: float(orders.pieces[code]) for code in visits.order[over].tolist()}
    left = foretold = 0.0
    for order, work, done in _reported(plant, visits.stations[station], known):
        mean = cycle.level * known[order] ** cycle.exponent * cycle.fit.distribution.mean
        moments = np.flatnonzero(done[:-1] > 0)
        left += float((work[-1] - work[moments]).sum())
        foretold += mean * sum(plain.left(float(done[moment]), known[order]) for moment in moments.tolist())
    return Progress(counted, left / foretold if foretold else 1.0)


def _reported(plant: Structure, station: str, known: dict[str, float]) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield each order with its time worked and its pieces counted up to each report at a station."""
    reports = plant.reports
    here = reports[(reports["station"] == station) & ~reports["rework"] & (reports["kind"] != "setup")]
    for order, of_order in here.groupby("order", sort=False):
        if order in known:
            work = (of_order["end"] - of_order["start"]).cumsum().to_numpy(dtype=np.float64)
            yield str(order), work, of_order["done"].cumsum().to_numpy(dtype=np.float64)
