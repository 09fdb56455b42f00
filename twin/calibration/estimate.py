"""From what a log shows to the numbers of a line: each law chosen once, then estimated of any choice of orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from twin.calibration.cycles import CycleFit, fit_cycle, refit_cycle
from twin.calibration.demand import Demand, demand_of, every_of, refit_pieces
from twin.calibration.families import Fit, fit_law, refit
from twin.calibration.progress import Progress, progress_at
from twin.calibration.waits import OUT
from twin.calibration.ways import counted_ways, probabilities, scrap_shares, shares_back
from twin.calibration.wording import distribution_text, number_text, time_text
from twin.line import route

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.calibration.structure import Structure

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

ENOUGH_FAILURES = 20
"""Fewer breakdowns at a station show no law of failing."""

ENOUGH_WAITS = 3
SHORTEST_DELAY = 15 * 60.0
"""A mean wait that nothing explains counts from so long on [s]: below lie handovers and stamps in round numbers."""

LEAST = 60.0
"""No time is taken for shorter than a minute [s], the grain of stamps."""


class Seen(NamedTuple):
    """The times that a law is fitted to, which of them are over, and the order of each."""

    values: Floats
    over: Bools
    order: Ints


@dataclass(frozen=True, eq=False)
class Laws:
    """The laws chosen for a plant, each by station code, and the times that they were chosen by.

    Attributes
    ----------
    cycles, setups, delays, repairs
        How long lots are worked on, set up for, wait without a busy machine to explain it, and repairs take.
    demand
        The orders that come.
    progress
        How the pieces counted at a station tell what is left of a lot.
    seen
        The times, by law and station code.
    """

    cycles: dict[int, CycleFit]
    setups: dict[int, Fit]
    delays: dict[int, Fit]
    repairs: dict[int, Fit]
    demand: Demand
    progress: dict[int, Progress]
    seen: dict[tuple[str, int], Seen]


def choose_laws(plant: Structure, samples: int = 200) -> Laws:
    """Choose the law of every time at every station.

    Parameters
    ----------
    plant
        What the log shows.
    samples
        Of the bootstrap behind the p-values.
    """
    seen = {}
    for station in range(len(plant.visits.stations)):
        for law, found in _times_at(plant, station).items():
            if found.over.any():
                seen[law, station] = found
    pieces = plant.orders.pieces.astype(float)

    def chosen(law: str) -> dict[int, Fit]:
        return {
            s: fit_law(found.values, censored=~found.over, samples=samples)
            for (of, s), found in seen.items()
            if of == law
        }

    cycles = {
        s: fit_cycle(found.values, pieces[found.order], found.over, samples=samples)
        for (of, s), found in seen.items()
        if of == "cycle"
    }
    progress = {s: progress_at(plant, s, cycle) for s, cycle in cycles.items()}
    return Laws(
        cycles=cycles,
        setups=chosen("setup"),
        delays=chosen("delay"),
        repairs=chosen("repair"),
        demand=demand_of(
            plant.visits, plant.orders, plant.time.clock(plant.orders.seen), plant.window, samples=samples
        ),
        progress={s: found for s, found in progress.items() if found is not None},
        seen=seen,
    )


def _times_at(plant: Structure, station: int) -> dict[str, Seen]:
    """Return the times seen at a station by the law that they follow."""
    visits, moves = plant.visits, plant.moves
    here = visits.of(station)
    breaks = _breakdowns(plant, station)
    fails = len(breaks.values) >= ENOUGH_FAILURES and bool(visits.work[visits.station == station].any())
    work = visits.work + (0.0 if fails else visits.broken)
    worked = here & (work > 0)
    found = {"cycle": Seen(np.maximum(work[worked], LEAST), plant.ended[worked], visits.order[worked])}
    if (set_up := here & (visits.setup > 0)).any():
        ended = np.ones(int(set_up.sum()), dtype=bool)
        found["setup"] = Seen(np.maximum(visits.setup[set_up], LEAST), ended, visits.order[set_up])
    waited = np.flatnonzero((moves.target == station) & plant.ended[moves.visit])
    delays = np.maximum(delays_of(plant, waited), LEAST)
    if len(waited) >= ENOUGH_WAITS and delays.mean() >= SHORTEST_DELAY:
        found["delay"] = Seen(delays, moves.over[waited], moves.order[waited])
    if fails:
        found["repair"] = breaks
    return found


def delays_of(plant: Structure, chosen: Ints) -> Floats:
    """Return the waits of some moves that no busy machine explains, on the clock, by which a line's delays go [s]."""
    moves = plant.moves
    return plant.time.lasting(plant.visits.finish[moves.visit[chosen]], moves.unexplained[chosen])


def _breakdowns(plant: Structure, station: int) -> Seen:
    name = plant.visits.stations[station]
    broken = plant.reports[(plant.reports["station"] == name) & (plant.reports["kind"] == "breakdown")]
    codes = {order: code for code, order in enumerate(plant.visits.orders)}
    lengths = (broken["end"] - broken["start"]).to_numpy(dtype=np.float64)
    order = np.array([codes[order] for order in broken["order"]], dtype=np.int64)
    return Seen(np.maximum(lengths, LEAST), np.ones(len(lengths), dtype=bool), order)


def line_document(plant: Structure, laws: Laws, counts: Ints | None = None) -> dict[str, Any]:
    """Return the line as YAML has it, estimated with each order counted so often (once each unless given).

    What the orders chosen say nothing of is as all of them say.
    """
    counts = np.ones(len(plant.visits.orders), dtype=np.int64) if counts is None else counts
    names = plant.visits.stations
    return {
        "product": {"unit": "piece"},
        "move": "order",
        "shifts": plant.shifts.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        or {"pattern": "continuous"},
        "operators": {crew.skill: crew.people for crew in plant.crews if crew.people is not None},
        "source": {"orders": _orders(plant, laws, counts), "into": _starts(plant, laws, counts)},
        "stations": {name: _station(plant, laws, s, counts) for s, name in enumerate(names)},
        "route": _route(plant, laws, counts),
    }


def _again(found: Seen, counts: Ints) -> Ints:
    """Return the elements of what was seen, each as often as its order counts."""
    return np.repeat(np.arange(len(found.values)), counts[found.order])


def _refit(fit: Fit, found: Seen, counts: Ints) -> Any:  # noqa: ANN401 -- as YAML has it
    again = _again(found, counts)
    if not found.over[again].any():
        again = np.arange(len(found.values))
    return distribution_text(refit(fit.family, found.values[again], censored=~found.over[again]))


def _station(plant: Structure, laws: Laws, s: int, counts: Ints) -> dict[str, Any]:
    name = plant.visits.stations[s]
    crew = next((crew for crew in plant.crews if name in crew.stations and crew.people is not None), None)
    needed = {} if crew is None else {crew.skill: 1}
    station: dict[str, Any] = {"label": plant.log.labels[name], "machines": plant.machines[s]}
    if name in plant.log.roles.inspection:
        station["kind"] = "inspection"
    station["cycle"] = _cycle(plant, laws, s, counts)
    if s in laws.setups:
        found = laws.seen["setup", s]
        station["setup"] = {"time": _refit(laws.setups[s], found, counts), "between": "orders"}
        station["setup"] |= {"share": _setup_share(plant, s, counts)} | ({"crew": needed} if needed else {})
    if needed:
        station["crew"] = needed
    scrap = scrap_shares(plant.visits, plant.orders, plant.ended, counts)[s]
    if plant.visits.rejected[plant.visits.station == s].any():
        station["scrap"] = float(number_text(scrap))
    if s in laws.repairs:
        found = laws.seen["repair", s]
        station["failures"] = {
            "breakdown": {
                "ttf": {"exponential": {"mean": time_text(_time_to_failure(plant, s, found, counts))}},
                "ttr": _refit(laws.repairs[s], found, counts),
            }
        }
    return station


def _cycle(plant: Structure, laws: Laws, s: int, counts: Ints) -> Any:  # noqa: ANN401 -- as YAML has it
    if s not in laws.cycles:
        return time_text(LEAST)
    found = laws.seen["cycle", s]
    again = _again(found, counts)
    if not found.over[again].any():
        again = np.arange(len(found.values))
    pieces = plant.orders.pieces[found.order[again]].astype(float)
    return refit_cycle(laws.cycles[s], found.values[again], pieces, found.over[again])


def _setup_share(plant: Structure, s: int, counts: Ints) -> float:
    """Return the share of the orders that needed a setup, of those that are done at the station."""
    visits = plant.visits
    here = visits.of(s) & (plant.ended | (visits.setup > 0))
    share = _weighted_share(here & (visits.setup > 0), here, counts[visits.order])
    return float(number_text(share or float((visits.setup > 0)[here].mean())))


def _weighted_share(part: Bools, whole: Bools, weights: Ints) -> float:
    total = float(weights[whole].sum())
    return float(weights[part].sum()) / total if total else 0.0


def _time_to_failure(plant: Structure, s: int, found: Seen, counts: Ints) -> float:
    """Return the mean working time of a machine between breakdowns [s]: all that was worked, over all breakdowns."""
    worked = plant.visits.work * (plant.visits.station == s)
    failures = float(counts[found.order].sum())
    chosen = float((worked * counts[plant.visits.order]).sum())
    return chosen / failures if chosen and failures else float(worked.sum()) / len(found.values)


def _orders(plant: Structure, laws: Laws, counts: Ints) -> dict[str, Any]:
    came = np.repeat(laws.demand.came, counts[laws.demand.came])
    some = came if plant.orders.known[came].any() else laws.demand.came
    return {
        "every": distribution_text(every_of(laws.demand, len(came))),
        "pieces": distribution_text(refit_pieces(laws.demand, plant.orders, some), number=True),
    }


def _starts(plant: Structure, laws: Laws, counts: Ints) -> dict[str, float]:
    """Return where orders start, by share; a station that only older orders reach starts as many as the log has."""
    demand, stations = laws.demand, plant.visits.stations
    starts = {s: 0.0 for s in dict.fromkeys(demand.start.tolist()) if s >= 0}
    for order, s in zip(demand.came.tolist(), demand.start.tolist(), strict=True):
        if s >= 0:
            starts[s] += float(counts[order])
    ways: dict[str, list[str]] = {}
    for way in plant.ways:
        ways.setdefault(stations[way.origin], []).append(stations[way.target] if way.target != OUT else route.OUT)
    firsts = plant.visits.station[~plant.visits.follows & ~plant.visits.rework].tolist()
    for s in sorted(set(range(len(stations)))):
        if stations[s] not in route.reachable([stations[code] for code in starts], ways):
            starts[s] = float(max(firsts.count(s), 1))
    total = sum(starts.values())
    shares = {stations[s]: float(number_text(count / total)) for s, count in sorted(starts.items())} if total else {}
    first = max(shares, key=lambda name: shares[name])
    rest = 1.0 - sum(share for name, share in shares.items() if name != first)
    return shares | {first: round(rest, 10)}


def _route(plant: Structure, laws: Laws, counts: Ints) -> list[dict[str, Any]]:
    stations = plant.visits.stations
    chosen = np.repeat(np.arange(len(plant.moves.order)), counts[plant.moves.order])
    usual = [way for way in plant.ways if not way.rework]
    whole = probabilities(plant.usual, usual)
    again = probabilities(counted_ways(plant.moves, chosen), usual)
    back = shares_back(plant.sent_back, plant.visits, plant.orders, counts)
    likeliest = {way.origin: max((w for w in usual if w.origin == way.origin), key=lambda w: whole[w]) for way in usual}
    delays = {s: _refit(fit, laws.seen["delay", s], counts) for s, fit in laws.delays.items()}
    edges = []
    for way in plant.ways:
        edge: dict[str, Any] = {"from": stations[way.origin]}
        edge["to"] = route.OUT if way.target == OUT else stations[way.target]
        left = 1.0 - sum(share for other, share in back.items() if other.origin == way.origin)
        if way.rework:
            edge |= {"probability": float(number_text(back[way])), "rework": True}
        elif likeliest[way.origin] != way:
            edge["probability"] = float(number_text(again.get(way, whole[way]) * left))
        if way.target in delays:
            edge["delay"] = delays[way.target]
        edges.append(edge)
    return edges
