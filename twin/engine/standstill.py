"""Lines that stand: who waits for whom when one has locked, and whether one stands for ever."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from twin.engine.reasons import people_of
from twin.engine.records import ASSEMBLY, BATCH, DONE, DOWN, IDLE, INFINITE, as_array

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.engine.plan import Plan
    from twin.engine.records import World
    from twin.engine.state import Tables

Table = np.ndarray[Any, Any]


def who_stands(plan: Plan, tables: Tables) -> tuple[str, ...] | None:
    """Return who waits for what where parts are in the line and nothing will ever move one; None where something may.

    Nobody works, none is stopped, and nothing is on its way or to come.

    An assembly whose other feed has run dry, a batch that will never be full, carriers that are too few. It is found at
    the end of a run, and leaves no mark in it.
    """
    line, machines = tables["line"][0], tables["machines"]
    if line["locked"] == 1 or line["wip"] == 0:
        return None
    at_rest = (machines["state"] > DOWN) & ((machines["phase"] == IDLE) | (machines["phase"] == DONE))
    if not at_rest.all() or (tables["timers"][: line["shift_end"]] < INFINITE).any():
        return None
    return who_waits(plan, cast("World", SimpleNamespace(**tables)))


def machine_name(plan: Plan, m: int) -> str:
    """Return "station" or, where it has several machines, "station 2"."""
    station = plan.machine_station[m]
    first = plan.machine_station.index(station)
    alone = plan.machine_station.count(station) == 1
    return plan.stations[station] if alone else f"{plan.stations[station]} {m - first + 1}"


def who_waits(plan: Plan, world: World) -> tuple[str, ...]:
    """Return who waits for whom in a line that has just locked: "a waits for b", by station and machine.

    Machines blocked towards each other, or those whose requests for people can never be granted; on a line that stands
    for ever all that wait for room or for parts.
    """
    full = plan.full
    machines, edges, needs, stations_ = (
        as_array(name, getattr(world, name), full=full) for name in ("machines", "edges", "needs", "stations")
    )
    stations = np.array(plan.machine_station)
    # All machines are blocked, and of a belt or a store nothing more can enter either.
    locked = set(
        np.flatnonzero(stations_["blocked"] == stations_["last_machine"] - stations_["first_machine"]).tolist()
    )
    towards = edges["to"][machines["edge"]]
    while leaving := {s for s in locked if not set(towards[stations == s].tolist()) <= locked}:
        locked -= leaving
    if locked:
        pairs = [(m, plan.stations[towards[m]]) for m in range(len(machines)) if plan.machine_station[m] in locked]
    else:
        people = [people_of(plan, need) for need in needs]
        pairs = [
            (m, " and ".join(filter(None, people[row["need_first"] : row["need_last"]])))
            for m, row in enumerate(machines)
            if row["waiting"] and not row["promised"]
        ] or list(_waiting_for_parts(plan, world, machines, edges, stations_))
    return tuple(f"{machine_name(plan, m)} waits for {what}" for m, what in pairs)


def _waiting_for_parts(
    plan: Plan, world: World, machines: Table, edges: Table, stations: Table
) -> Iterator[tuple[int, str]]:
    """Yield the machines that wait for room or carriers, and those of batches and assemblies that wait for parts."""
    for m, row in enumerate(machines):
        station = stations[row["station"]]
        feeds = list(world.ins[station["first_in"] : station["last_in"]])
        if row["phase"] == DONE:
            yield m, plan.stations[edges["to"][row["edge"]]]
        elif lacking := _lacking(station, edges, feeds):
            yield m, " and ".join(plan.edges[e].partition("->")[0] for e in lacking)
        elif station["kind"] == BATCH and edges["ready"][feeds].sum() > 0:
            more = int(station["many"] - edges["ready"][feeds].sum())
            yield m, f"{more} more {'part' if more == 1 else 'parts'}"
        elif station["kind"] == ASSEMBLY:
            lacking = [e for e in feeds if edges["ready"][e] < edges["takes"][e] and edges["capacity"][e] > 0]
            yield m, " and ".join(f"parts of {plan.edges[e].partition('->')[0]}" for e in lacking)


def _lacking(station: np.void, edges: Table, feeds: list[int]) -> list[int]:
    """Return the kinds of carriers of which a station finds too few for the parts that wait before it."""
    needed = station["many"] if station["kind"] == BATCH else 1
    waiting = edges["ready"][feeds].sum() >= needed
    kinds = range(station["first_carrier"], station["last_carrier"]) if waiting else ()
    return [e for e in kinds if edges["ready"][e] < needed]
