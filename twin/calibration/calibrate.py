"""A line from a log: the whole of it, with what was fitted to what, how well, and what the log could not show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.calibration.demand import sizes_known
from twin.calibration.estimate import ENOUGH_FAILURES, Laws, Seen, choose_laws, line_document
from twin.calibration.order_table import balance
from twin.calibration.samples import sampled
from twin.calibration.structure import Structure, structure_of
from twin.line.work_calendar import HOUR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from twin.calibration.families import Fit
    from twin.calibration.log import Log
    from twin.calibration.order_table import Balance

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FitRow:
    """A law fitted to times or sizes.

    Attributes
    ----------
    path
        Where it stands in the line: "stations.press.cycle".
    station
        The station's name in the log; None of orders.
    what
        "cycle", "setup", "wait before", "repair", "time between orders" or "pieces".
    form
        How a cycle goes with the pieces: "whole lot", "per piece" or "pieces ^ 0.49"; "" of other laws.
    values, over
        What was seen [s, or pieces; of a cycle what the form leaves], and whether it was seen to its end.
    fit
        The family, with its count and goodness.
    """

    path: str
    station: str | None
    what: str
    form: str
    values: Floats
    over: NDArray[np.bool_]
    fit: Fit


@dataclass(frozen=True, eq=False)
class Calibration:
    """A line fitted to a log.

    Attributes
    ----------
    plant, laws
        What the log shows, and the laws chosen.
    document
        The line as YAML has it, but for its name.
    basis
        Where its numbers come from, by path.
    paths, samples
        The numbers that the data leave open, and draws of them (bootstrap over orders).
    fits
        What was fitted to what.
    unknown
        What the log could not show, a sentence each.
    balance
        Where pieces and orders are at its end.
    """

    plant: Structure
    laws: Laws
    document: dict[str, Any]
    basis: dict[str, str]
    paths: tuple[str, ...]
    samples: list[tuple[str, ...]]
    fits: tuple[FitRow, ...]
    unknown: tuple[str, ...]
    balance: Balance


def calibrate(
    log: Log,
    *,
    until: float | None = None,
    samples: int = 200,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Fit a line to a log.

    Parameters
    ----------
    log
        The log.
    until
        Reports that end after it are left out [s since the log's epoch]; None: none is.
    samples, seed
        Draws of the numbers, and their seed.
    progress
        Called with (done, all) after each draw.

    Raises
    ------
    InputError
        If `until` lies outside the log, or the log is too short.
    """
    plant = structure_of(log, until)
    laws = choose_laws(plant)
    paths, rows = sampled(plant, laws, samples, seed, progress)
    fits = tuple(_fits(plant, laws))
    return Calibration(
        plant=plant,
        laws=laws,
        document=line_document(plant, laws),
        basis=_basis(plant, fits),
        paths=paths,
        samples=rows,
        fits=fits,
        unknown=tuple(_unknown(plant, laws)),
        balance=balance(plant.orders),
    )


def _fits(plant: Structure, laws: Laws) -> Iterator[FitRow]:
    names = plant.visits.stations
    for s, name in enumerate(names):
        label, at = plant.log.labels[name], f"stations.{name}"
        if s in laws.cycles:
            cycle, found = laws.cycles[s], laws.seen["cycle", s]
            pieces = plant.orders.pieces[found.order].astype(float)
            left = found.values / (cycle.level * pieces**cycle.exponent)
            yield FitRow(f"{at}.cycle", label, "cycle", cycle.said, left, found.over, cycle.fit)
        for law, fits, path in (
            ("setup", laws.setups, f"{at}.setup.time"),
            ("repair", laws.repairs, f"{at}.failures.breakdown.ttr"),
            ("delay", laws.delays, _first_edge_into(plant, s)),
        ):
            if s in fits:
                found = laws.seen[law, s]
                what = "wait before" if law == "delay" else law
                yield FitRow(path, label, what, "", found.values, found.over, fits[s])
    demand = laws.demand
    every = np.ones(len(demand.gaps), dtype=bool)
    yield FitRow("source.orders.every", None, "time between orders", "", demand.gaps, every, demand.every)
    pieces = sizes_known(plant.orders, demand.came)
    yield FitRow("source.orders.pieces", None, "pieces", "", pieces, np.ones(len(pieces), dtype=bool), demand.pieces)


def _first_edge_into(plant: Structure, station: int) -> str:
    names = plant.visits.stations
    origin = next((way.origin for way in plant.ways if way.target == station), None)
    return "" if origin is None else f"route.{names[origin]}->{names[station]}.delay"


def _basis(plant: Structure, fits: tuple[FitRow, ...]) -> dict[str, str]:
    """Return where each number comes from: the log, its time, and how many were seen."""
    first, last = (
        (plant.log.epoch + timedelta(seconds=moment)).date()
        for moment in (float(plant.reports["start"].min()), plant.end)
    )
    source = f"{plant.log.source.rsplit('/', 1)[-1]}, {first} to {last}"
    basis = {
        "operators": f"{source}: orders worked on at a time while others waited, on a good day",
        "source": f"{source}: {len(plant.orders.pieces)} orders",
        "route": f"{source}: how {len(plant.orders.pieces)} orders went on; waits that no busy machine explains",
        "stations": f"{source}: {len(plant.reports)} reports",
    }
    for row in fits:
        if row.station is not None and row.what != "wait before":
            seen = f"{row.fit.n} seen" + (f", {row.fit.censored} not to their end" if row.fit.censored else "")
            basis[row.path] = f"{source}: {seen}; {row.fit.family}"
    return basis


def _unknown(plant: Structure, laws: Laws) -> Iterator[str]:
    """Yield what the log could not show."""
    log, names, labels = plant.log, plant.visits.stations, plant.log.labels
    if log.ahead is None:
        yield "Clock: how far the log's clock is ahead of the plant's is not known; shifts are on the log's own clock."
    yield from _unknown_failures(plant, laws)
    for s, name in enumerate(names):
        found = laws.seen.get(("cycle", s), Seen(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)))
        if (seen := int(found.over.sum())) < FEW:
            yield f"{labels[name]}: how long it takes rests on too few visits to be trusted, {seen}."
    for crew in plant.crews:
        who = ", ".join(labels[name] for name in crew.stations)
        if crew.people is None:
            yield f"People at {who}: at work too seldom to tell how many posts that is; none is counted."
        elif crew.capacity is None:
            yield f"People at {who}: work hardly ever waited, so how much they can do at most does not show."
    for name in sorted(log.roles.nominal & set(names)):
        yield f"{labels[name]}: its times are entered as a matter of form; its hours count reports, not work."
    unsure = int((~plant.orders.known).sum())
    if unsure:
        yield f"Pieces of open orders: no check has counted those of {unsure} whole; at least as many as were seen."
    yield "Products, due dates, priorities, buffer places, costs and energy: not in the log."


FEW = 5
"""Fewer visits than this are named as too few."""


def _unknown_failures(plant: Structure, laws: Laws) -> Iterator[str]:
    broken = plant.reports[plant.reports["kind"] == "breakdown"]
    for name, of_station in broken.groupby("station", sort=False):
        if plant.visits.stations.index(str(name)) not in laws.repairs:
            hours = float((of_station["end"] - of_station["start"]).sum()) / HOUR
            yield (
                f"Failures of {plant.log.labels[str(name)]}: {len(of_station)} in {hours:.0f} h of repair show no law "
                f"({ENOUGH_FAILURES} would); their time is in the cycles."
            )
