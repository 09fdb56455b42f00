"""A census of a state: every part and every carrier is in one place, and all that is counted is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.engine.plan import make_plan
from twin.engine.records import CONVEYOR, STORAGE

if TYPE_CHECKING:
    from twin.engine.results import Run
    from twin.engine.state import Tables
    from twin.line.scenario import Scenario


def chained(first: int, after: np.ndarray) -> list[int]:
    """Return the records of a list, from its first on."""
    found = []
    while first >= 0:
        found.append(first)
        first = int(after[first])
    return found


def check_census(chosen: Scenario, run: Run) -> None:
    """Assert that all parts in the line are on a machine, a belt, in a store or on an edge; carriers free, or with one.

    What a split has still to cut is counted, and nowhere yet.
    """
    assert run.state is not None
    tables: Tables = run.state.tables
    parts, edges, machines, line = (tables[name] for name in ("parts", "edges", "machines", "line"))
    is_carrier = edges["until"] >= 0
    held = _on_machines(tables)
    queued = [p for edge in edges[~is_carrier] if edge["level"] for p in _on_edge(edge, parts)]
    there = [*held, *queued]

    assert len(set(there)) == len(there)
    assert parts["pieces"][there].sum() + machines["copies"].sum() == line["wip"][0]
    accounts = run.accounts
    assert accounts.arrived == accounts.departed + accounts.scrapped + accounts.joined + line["wip"][0]
    at_first = make_plan(chosen).tables["edges"]["level"]
    with_parts = [t for p in there for t in chained(int(parts["carrier"][p]), parts["carrier"])]
    for e in np.flatnonzero(is_carrier):
        free = chained(int(edges["head"][e]), parts["next"]) if edges["ready"][e] else []
        moving = chained(int(edges["moving"][e]), parts["next"])
        away = [t for t in with_parts if parts["step"][t] == e]
        assert (len(free), len(free) + len(moving)) == (edges["ready"][e], edges["level"][e])
        assert sorted(parts["number"][[*free, *moving, *away]]) == list(range(1, at_first[e] + 1))


def _on_machines(tables: Tables) -> list[int]:
    """Return the parts on machines; no more on a belt or in a store than it holds, and there by when they are ready."""
    parts, stations, machines = (tables[name] for name in ("parts", "stations", "machines"))
    held: list[int] = machines["part"][machines["part"] >= 0].tolist()
    for machine in machines:
        station = stations[machine["station"]]
        on_it = chained(int(machine["head"]), parts["next"])
        held += on_it + chained(int(machine["rest"]), parts["next"])
        if station["kind"] >= CONVEYOR:
            assert machine["load"] == len(on_it) + (machine["part"] >= 0) <= station["many"]
        if station["kind"] == STORAGE:
            assert (np.diff(parts["since"][on_it]) >= 0).all()
    return held


def _on_edge(edge: np.void, parts: np.ndarray) -> list[int]:
    moving = chained(int(edge["moving"]), parts["next"]) if edge["overtaking"] else []
    return chained(int(edge["head"]), parts["next"]) + moving
