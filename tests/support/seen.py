"""What somebody sees of a line that a run has left: the state of each machine, and what waits where, nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.plan import make_plan
from twin.engine.records import DONE, IDLE, PROCESSING
from twin.engine.standing import Lot, MachineStands, Standing
from twin.events import STATES

if TYPE_CHECKING:
    from random import Random

    import numpy as np

    from twin.engine.plan import Plan
    from twin.engine.state import LineState
    from twin.line.scenario import Scenario


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
        many=int(machine["load"]) if plan.full else None,
    )


def _lot(plan: Plan, part: np.void) -> Lot:
    return Lot(int(part["pieces"]), plan.products[part["product"]]) if plan.products else Lot(1)


def _chain(first: int, parts: np.ndarray, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        found.append(first)
        first = int(parts[first]["next"])
    return found


def any_standing(chosen: Scenario, random: Random, now: float) -> Standing:
    """Return a line as it may never stand: any state, any level, any product."""
    plan = make_plan(chosen)
    products = [*plan.products, "none of them"]
    reasons = [*plan.failures, None, "a reason nobody knows"]

    def lot() -> Lot | None:
        some = Lot(random.choice([None, 1, 7]), random.choice(products), random.choice([None, now - 50, now + 9]))
        return some if random.random() < 0.7 else None

    machines = tuple(
        MachineStands(
            random.choice([*STATES, None]),
            random.choice(reasons),
            random.choice([None, now, now - 1e4, now + 5, now - 3]),
            random.choice([0.0, 5.0, 1e5, -1.0]),
            lot(),
            random.choice(products),
            random.choice([*STATES, None]),
            random.choice([None, 0, 2, 50]),
        )
        for _ in plan.machine_station
    )
    levels = {name: random.choice([0, 1, 3, 40]) for name in plan.edges}
    queues = {name: tuple(filter(None, (lot(), lot()))) for name in plan.edges}
    present = {skill: random.choice([0, 1, 5]) for skill in plan.skills}
    return Standing(now, machines, levels, queues, {}, random.choice([None, now - 60]), present, random.random() < 0.5)
