"""What somebody sees of a line that a run has left: the state of each machine, and what waits where, nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import DONE, IDLE, PROCESSING
from twin.engine.standing import Lot, MachineStands, Standing
from twin.events import STATES

if TYPE_CHECKING:
    import numpy as np

    from twin.engine.plan import Plan
    from twin.engine.state import LineState


def standing_of(plan: Plan, state: LineState) -> Standing:
    """Return how a line stands that a run has left."""
    tables = state.tables
    parts = tables["parts"]
    queues = {}
    for e, edge in enumerate(tables["edges"]):
        waiting = _chain(int(edge["head"]), parts, int(edge["level"]))
        if plan.products and edge["overtaking"] and edge["level"]:
            waiting = _chain(int(edge["head"]), parts, int(edge["ready"]))
            waiting += _chain(int(edge["moving"]), parts, int(edge["level"] - edge["ready"]))
        queues[plan.edges[e]] = tuple(_lot(plan, parts[p]) for p in waiting)
    return Standing(
        state.time,
        tuple(_machine(plan, state, m) for m in range(len(plan.machine_station))),
        {plan.edges[e]: int(edge["level"]) for e, edge in enumerate(tables["edges"])},
        queues,
    )


def _machine(plan: Plan, state: LineState, m: int) -> MachineStands:
    machine = state.tables["machines"][m]
    worked = 0.0
    if machine["phase"] != IDLE:
        worked = machine["cycle"] - (0.0 if machine["phase"] == DONE else machine["work"])
        if machine["state"] == PROCESSING:
            worked += state.time - machine["start"]
    return MachineStands(
        STATES[machine["state"]],
        plan.failures[machine["broken"]] if machine["broken"] >= 0 else None,
        float(machine["since"]),
        float(worked),
        None if machine["phase"] == IDLE else _lot(plan, state.tables["parts"][machine["part"]]),
        plan.products[machine["product"]] if plan.products and machine["product"] >= 0 else None,
    )


def _lot(plan: Plan, part: np.void) -> Lot:
    return Lot(int(part["pieces"]), plan.products[part["product"]]) if plan.products else Lot(1)


def _chain(first: int, parts: np.ndarray, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        found.append(first)
        first = int(parts[first]["next"])
    return found
