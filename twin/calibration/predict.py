"""What a fitted line foretells of the time after a date, from the state at that date: an ensemble of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from twin.calibration.estimate import line_document
from twin.calibration.samples import orders_again
from twin.calibration.state import known_lots, open_lots, ways_known
from twin.engine.compiled_clock import is_compiled
from twin.engine.simulation import simulate
from twin.events import STATES
from twin.line.distributions import Empirical
from twin.line.line import Line
from twin.line.scenario import scenario
from twin.line.work_calendar import WEEK, rotated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from twin.calibration.estimate import Laws
    from twin.calibration.structure import Structure
    from twin.engine.results import Run
    from twin.line.distributions import Distribution
    from twin.line.order_book import DatedOrder

    Floats = NDArray[np.float64]

Mode = Literal["blind", "given"]
"""What a forecast knows of the time ahead: nothing, or the release, pieces and stations to pass of each order."""

QUANTILES = 50
"""By so many values a law is told that has no name."""

REPORTED = [STATES.index(state) for state in ("processing", "setup", "down")]
"""The states whose time a plant reports."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What runs foretell, one an element of each array.

    Attributes
    ----------
    packed
        Pieces that left good.
    hours
        Hours reported at each station.
    leaves
        For each open order, how long after the date it leaves [s on the clock]; infinite where not in the time ahead.
    """

    packed: Floats
    hours: dict[str, Floats]
    leaves: dict[str, Floats]


def foretell(
    plant: Structure,
    laws: Laws,
    mode: Mode,
    ahead: float,
    *,
    whole: Structure,
    replications: int = 200,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Ensemble:
    """Run the fitted line on from the plant's end.

    Each run has numbers of its own, drawn anew (bootstrap over orders), and its own luck: an interval over the runs
    holds the uncertainty of the data and that of the simulation.

    Parameters
    ----------
    plant, laws
        The plant until the date, and the laws chosen by then.
    mode
        What is known of the time ahead.
    ahead
        How far to look [s on the clock].
    whole
        The plant until later; of it only what `mode` says is known is used.
    replications, seed
        Runs, and their seed.
    progress
        Called with (done, all) after each run.
    """
    rng = np.random.default_rng(seed)
    # Each run is short, but a traced world of objects takes longer to make than to run.
    engine = "compiled" if is_compiled(full=True) else "simpy"
    ways = ways_known(plant, whole) if mode == "given" else {}
    runs = []
    for i in range(replications):
        document = line_document(plant, laws, orders_again(plant, laws, rng))
        lots = open_lots(plant, laws, rng) if mode == "blind" else known_lots(plant, laws, whole, ways, rng)
        line = _line_from(plant, document, lots) if mode == "blind" else _line_given(plant, document, lots, ahead)
        [run] = simulate(scenario(line), horizon=ahead, seed=seed + i, engine=engine, trace=True, workers=1)
        runs.append((run, _that_finish(plant, lots)))
        if progress is not None:
            progress(i + 1, replications)
    return _ensemble(plant, runs)


def _line_from(plant: Structure, document: dict[str, Any], lots: Sequence[DatedOrder]) -> Line:
    """Return the line as it stands at the plant's end: its week begins then, the lots are in it."""
    source = document["source"] | {"orders": document["source"]["orders"] | {"book": tuple(lots)}}
    shifts = rotated(plant.shifts, plant.end % WEEK)
    return Line.model_validate({"line": "plant"} | document | {"source": source, "shifts": shifts})


def _line_given(plant: Structure, document: dict[str, Any], lots: Sequence[DatedOrder], ahead: float) -> Line:
    """Return the line with the lots alone, no other orders.

    The way of each is known as far as it was gone by the later end; so no wait on it was longer than the time ahead.
    """
    line = _line_from(plant, document | {"source": {"orders": {}}}, lots)
    edges = [edge.model_copy(update={"delay": _below(edge.delay, ahead)}) for edge in line.route]
    return line.model_copy(update={"route": tuple(edges)})


def _below(delay: Distribution | None, longest: float) -> Distribution | None:
    """Return a distribution given that it stays below a value, by `QUANTILES` of its quantiles."""
    if delay is None:
        return None
    places = (np.arange(QUANTILES) + 0.5) / QUANTILES * float(delay.cdf(longest))
    # A draw of a law that hardly ever waits may have quantiles of 0 alone, which make no distribution.
    return Empirical(tuple(np.maximum(delay.quantile(places), 1.0).tolist()))


def _that_finish(plant: Structure, lots: Sequence[DatedOrder]) -> set[str]:
    """Return the orders of which a lot goes to where orders leave; the others' ways break off where the log does."""
    finish = plant.log.roles.finish
    return {lot.order for lot in lots if not finish or finish & set(lot.route or ())}


def _ensemble(plant: Structure, runs: list[tuple[Run, set[str]]]) -> Ensemble:
    names, visits = plant.visits.stations, plant.visits
    finish = [name for name in names if name in plant.log.roles.finish]
    machine_time = visits.work + visits.setup + visits.broken
    hours: dict[str, list[float]] = {name: [] for name in names}
    packed, leaves = [], []
    for run, finishing in runs:
        accounts = run.accounts
        owner = np.array(accounts.machine_station)
        by_station = {name: owner == accounts.stations.index(name) for name in names}
        for s, name in enumerate(names):
            here = visits.station == s
            ratio = float(visits.reported[here].sum()) / max(float(machine_time[here].sum()), 1.0)
            hours[name].append(float(accounts.states[by_station[name]][:, REPORTED].sum()) * ratio / 3600)
        leaving = [int((accounts.parts - accounts.scrap)[by_station[name]].sum()) for name in finish]
        packed.append(sum(leaving) if finish else accounts.departed)
        leaves.append(_leaves(run, finishing))
    open_orders = [visits.orders[order] for order in np.flatnonzero(~plant.orders.finished).tolist()]
    return Ensemble(
        np.array(packed, dtype=np.float64),
        {name: np.array(values) for name, values in hours.items()},
        {order: np.array([run.get(order, np.inf) for run in leaves]) for order in open_orders},
    )


def _leaves(run: Run, finishing: set[str]) -> dict[str, float]:
    """Return when each of some orders left, by its name [s]."""
    return {
        str(event.fields["order"]): event.time
        for event in run.events or ()
        if event.kind == "order" and event.fields["change"] == "ended" and event.fields["order"] in finishing
    }
