"""Why a machine is in the state that it tells: the reason of a state event, out of the numbers that the rules log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.engine.records import BLOCKED, OFF_SHIFT, WAITING_OPERATOR
from twin.line.work_calendar import BREAK

if TYPE_CHECKING:
    import numpy as np

    from twin.engine.plan import Plan

IN_A_BREAK = 1
"""What the rules tell of a machine off shift where that is a break."""


class Reasons:
    """The reasons of a plan's machines, by what the rules tell with a state.

    Parameters
    ----------
    plan
        The plan that ran.
    """

    def __init__(self, plan: Plan) -> None:
        self._failures = plan.failures
        self._next = [name.partition("->")[2] for name in plan.edges]
        self._asked = asked(plan)

    def of(self, state: int, broken: int, told: int) -> str | None:
        """Return the reason of a state.

        Parameters
        ----------
        state
            Index of the state.
        broken
            The failure or the task of maintenance that the machine has, below 0 where it has none: it goes first.
        told
            The edge towards which the machine is blocked, or the first of the needs of people for which it waits.
        """
        if broken >= 0:
            return self._failures[broken]
        if state == BLOCKED:
            return self._next[told]
        if state == WAITING_OPERATOR:
            return self._asked[told]
        return BREAK if state == OFF_SHIFT and told == IN_A_BREAK else None


def asked(plan: Plan) -> dict[int, str]:
    """Return whom the machines ask for their cycles and setups, by the first of the needs: "2 operator + setter"."""
    needs = plan.tables["needs"]
    asking = (("machines", "crew"), ("stations", "setup")) if plan.full else (("machines", "crew"),)
    found: dict[int, str] = {}
    for table, kind in asking:
        rows = plan.tables[table]
        for first, last in zip(rows[f"{kind}_first"].tolist(), rows[f"{kind}_last"].tolist(), strict=True):
            if first < last:
                people = filter(None, (people_of(plan, need) for need in needs[first:last]))
                found[first] = " + ".join(each.removeprefix("1 ") for each in people)
    return found


def people_of(plan: Plan, need: np.void) -> str:
    """Return whom a row of needs asks: "2 operator"; "" for one that only says who else could come."""
    if plan.full and need["alternative"]:
        return ""
    return f"{need['count'] / plan.people_unit:g} {plan.skills[need['pool']]}"
