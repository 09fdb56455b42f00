"""How well a fitted line foretells what it has not seen, beside what one would foretell without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.calibration.naive import completion_forecast, lead_time_curve, rate_forecast
from twin.calibration.predict import Ensemble, foretell
from twin.calibration.scores import crps, crps_until, holds
from twin.errors import InputError
from twin.line.work_calendar import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.calibration.estimate import Laws
    from twin.calibration.predict import Mode
    from twin.calibration.structure import Structure

    Floats = NDArray[np.float64]

MODES: tuple[Mode, ...] = ("given", "blind")

MOST_STATIONS = 8
"""The stations of the most hours, whose hours are scored each."""

SHARE = 0.8
"""Probability of the intervals that are shown."""

MEMBERS = 2000
"""Members of a naive forecast's ensemble."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One quantity that came, and what was foretold of it.

    Attributes
    ----------
    name
        "packed", "all hours", or a station's name: the hours reported there.
    actual
        What came.
    naive, given, blind
        Ensembles of what was foretold.
    """

    name: str
    actual: float
    naive: Floats
    given: Floats
    blind: Floats

    def score(self, forecast: str) -> float:
        """Return the continuous ranked probability score as a share of what came; infinite where nothing did."""
        return crps(getattr(self, forecast), self.actual) / self.actual if self.actual else float("inf")

    def holds(self, forecast: str) -> bool:
        """Return whether the 80 % interval holds what came."""
        return holds(getattr(self, forecast), self.actual, SHARE)

    def interval(self, forecast: str) -> tuple[float, float]:
        """Return the ends of the 80 % interval."""
        low, high = np.quantile(getattr(self, forecast), [(1 - SHARE) / 2, (1 + SHARE) / 2])
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class Validation:
    """What was foretold from a date, and what came until the log's end.

    Attributes
    ----------
    origin, ahead
        The date [s on the log's clock], and how far it looked [s].
    cells
        Pieces packed, all hours, then the hours at each of the stations scored.
    completions
        How far, on average over the open orders, the time at which each leaves was missed, by forecast [d]: the
        score up to the log's end.
    open_orders, completed
        Orders in the plant at the date, and how many of them had left by the log's end.
    """

    origin: float
    ahead: float
    cells: tuple[Cell, ...]
    completions: dict[str, float]
    open_orders: int
    completed: int

    @property
    def stations(self) -> tuple[Cell, ...]:
        """The cells of the hours at single stations."""
        return self.cells[2:]

    def hours_score(self, forecast: str) -> float:
        """Return the mean score of the hours at the stations scored."""
        return float(np.mean([cell.score(forecast) for cell in self.stations]))

    def pooled_hours_score(self, forecast: str) -> float:
        """Return the scores of the hours at the stations scored, summed, as a share of all that came there, if any."""
        missed = sum(crps(getattr(cell, forecast), cell.actual) for cell in self.stations)
        came = sum(cell.actual for cell in self.stations)
        return missed / came if came else float("inf")

    def coverage(self) -> float:
        """Return the share of cells, given and blind, whose 80 % interval holds what came."""
        return float(np.mean([cell.holds(mode) for cell in self.cells for mode in MODES]))


def validate(
    plant: Structure,
    laws: Laws,
    whole: Structure,
    *,
    replications: int = 200,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Validation:
    """Foretell what came after the plant's end, twice and naively, and score it.

    Parameters
    ----------
    plant, laws
        The plant until the date, and the laws chosen by then.
    whole
        The plant of the whole log.
    replications, seed
        Runs of each forecast, and their seed.
    progress
        Called with (done, all) after each run.

    Raises
    ------
    InputError
        If nothing is reported after the date.
    """
    ahead = whole.end - plant.end
    if not (whole.reports["end"] > plant.end).any():
        raise InputError(f"{whole.log.source}: nothing is reported after --until; name an earlier date")
    ensembles: dict[str, Ensemble] = {}
    for turn, mode in enumerate(MODES):
        ensembles[mode] = foretell(
            plant, laws, mode, ahead, whole=whole, replications=replications, seed=seed,
            progress=_part(progress, turn, replications),
        )  # fmt: skip
    cells = (_packed(plant, whole, ensembles, seed), *_hours(plant, whole, ensembles, seed))
    gone = set(np.array(whole.visits.orders)[whole.orders.finished].tolist())
    stayed = [plant.visits.orders[code] for code in np.flatnonzero(~plant.orders.finished).tolist()]
    return Validation(
        plant.end, ahead, cells, _completions(plant, whole, ensembles), len(stayed), len(gone & set(stayed))
    )


def _part(progress: Callable[[int, int], None] | None, turn: int, each: int) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, _: progress(turn * each + done, len(MODES) * each)


def _packed(plant: Structure, whole: Structure, ensembles: dict[str, Ensemble], seed: int) -> Cell:
    leaving = whole.reports[whole.reports["station"].isin(plant.log.roles.finish)]
    after = leaving["end"] > plant.end
    naive = _naive(plant, whole, leaving["end"][~after].to_numpy(), leaving["done"][~after].to_numpy(), seed)
    actual = float(leaving["done"][after].sum())
    return Cell("packed", actual, naive, ensembles["given"].packed, ensembles["blind"].packed)


def _hours(plant: Structure, whole: Structure, ensembles: dict[str, Ensemble], seed: int) -> list[Cell]:
    """Return the cells of the hours: of all stations together, then of those that have had the most."""
    reports = whole.reports
    length = (reports["end"] - reports["start"]) / HOUR
    later = (reports["end"] - reports["start"].clip(lower=plant.end)) / HOUR
    before = reports["end"] <= plant.end
    so_far = length[before].groupby(reports["station"][before], sort=False).sum()
    named = so_far.sort_values(ascending=False, kind="stable").index.tolist()
    scored = [name for name in named if _is_scored(plant, name)] or named
    cells = []
    for name in ("all hours", *scored[:MOST_STATIONS]):
        here = reports["station"].isin(plant.visits.stations if name == "all hours" else [name])
        past, ahead = before & here, ~before & here
        stations = plant.visits.stations if name == "all hours" else (name,)
        foretold = {mode: np.sum([ensembles[mode].hours[station] for station in stations], axis=0) for mode in MODES}
        naive = _naive(plant, whole, reports["end"][past].to_numpy(), length[past].to_numpy(), seed)
        cells.append(Cell(name, float(later[ahead].sum()), naive, foretold["given"], foretold["blind"]))
    return cells


def _is_scored(plant: Structure, name: str) -> bool:
    return name not in plant.log.roles.rework | plant.log.roles.nominal


def _naive(plant: Structure, whole: Structure, moments: Floats, amounts: Floats, seed: int) -> Floats:
    ahead = float(plant.time.at(np.array(whole.end)) - plant.time.at(np.array(plant.end)))
    return rate_forecast(plant, moments, amounts.astype(np.float64), ahead, members=MEMBERS, seed=seed)


def _completions(plant: Structure, whole: Structure, ensembles: dict[str, Ensemble]) -> dict[str, float]:
    """Return by how much each forecast missed when open orders leave, on average over them [d]."""
    curve = lead_time_curve(plant)
    now = float(plant.time.at(np.array(plant.end)))
    end = (whole.end - plant.end) / DAY
    codes = {order: code for code, order in enumerate(whole.visits.orders)}
    missed: dict[str, list[float]] = {"naive": [], "given": [], "blind": []}
    for order in np.flatnonzero(~plant.orders.finished).tolist():
        name = plant.visits.orders[order]
        later = codes[name]
        left = float(whole.time.clock(whole.orders.idle_since[later])) if whole.orders.finished[later] else np.inf
        actual = (left - plant.end) / DAY
        past = completion_forecast(curve, now - float(plant.orders.release[order]), MEMBERS // 10)
        worked = np.where(np.isfinite(past), past, 0.0)
        at = np.where(np.isfinite(past), (plant.time.clock(now + worked) - plant.end) / DAY, np.inf)
        missed["naive"].append(crps_until(at, actual, end))
        for mode in MODES:
            missed[mode].append(crps_until(ensembles[mode].leaves[name] / DAY, actual, end))
    return {forecast: float(np.mean(values)) if values else 0.0 for forecast, values in missed.items()}
