"""Jobs: what a station does with a product, where the product says otherwise than the station does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.line.lots import mean_of

if TYPE_CHECKING:
    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.lots import LotCycle


@dataclass(frozen=True, slots=True)
class Job:
    """The cycle, the ideal time of a piece [s] (None: the cycle's mean), the share that leaves as scrap."""

    cycle: Distribution | LotCycle
    ideal_cycle: float | None
    reject: float

    def ideal_s(self, pieces: int) -> float:
        """Return the ideal time of a cycle on so many pieces [s]."""
        return mean_of(self.cycle, pieces) if self.ideal_cycle is None else self.ideal_cycle * pieces


def job_of(line: Line, name: str, product: str | None) -> Job:
    """Return what a station does with a product; None is a part that is no product's.

    A product's own cycle without an ideal one of its own has its mean for it.
    """
    station, variant = line.stations[name], line.products.get(product or "")
    if variant is None:
        return Job(station.cycle, station.ideal_cycle, station.reject)
    ideal = variant.ideal_cycle.get(name, None if name in variant.cycle else station.ideal_cycle)
    own = station.model_copy(update={"scrap": variant.scrap.get(name, station.scrap)})
    return Job(variant.cycle.get(name, station.cycle), ideal, own.reject)
