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
    """The cycle, the ideal time of a piece [s] (None: the cycle's mean), the share that leaves as scrap.

    `many` parts leave after each cycle: more than one of a batch, or of what a split has cut.
    """

    cycle: Distribution | LotCycle
    ideal_cycle: float | None
    reject: float
    many: int = 1

    def ideal_s(self, pieces: int) -> float:
        """Return the ideal time of a cycle on so many pieces, for each of the parts that leave after it [s]."""
        return self.mean_s(pieces) if self.ideal_cycle is None else self.ideal_cycle * pieces / self.many

    def mean_s(self, pieces: int) -> float:
        """Return the mean time of a cycle on so many pieces, for each of the parts that leave after it [s]."""
        return mean_of(self.cycle, pieces) / self.many


def job_of(line: Line, name: str, product: str | None) -> Job:
    """Return what a station does with a product; None is a part that is no product's.

    A product's own cycle without an ideal one of its own has its mean for it. Where rejected parts go on by an edge of
    their own, none is scrap.
    """
    station, variant = line.stations[name], line.products.get(product or "")
    many = station.parts or station.size or 1
    keeps = station.kind == "inspection" and any(edge.rejected and edge.from_ == name for edge in line.route)
    if variant is None:
        return Job(station.cycle, station.ideal_cycle, 0.0 if keeps else station.reject, many)
    ideal = variant.ideal_cycle.get(name, None if name in variant.cycle else station.ideal_cycle)
    own = station.model_copy(update={"scrap": variant.scrap.get(name, station.scrap)})
    return Job(variant.cycle.get(name, station.cycle), ideal, 0.0 if keeps else own.reject, many)
