"""Which machines stand by, how often each has started, and how often its maintenance has ended, as events say it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from twin.events import STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.kpi.notes import Machine
    from twin.line.line import Line

IDLE = ("starved", "blocked")
"""The states in which a machine may stand by."""

_BY_MACHINE = ("state", "task", "idle_s", "stands_by", "metered", "warm_ups", "maintained")


class Starts:
    """Follows the states and powers that machines tell.

    A machine stands by from when it tells the power of its standby while it has nothing to do. It starts when it leaves
    standby to work, and after each time off shift where the line file names an energy for that. One that tells a power
    which the line file does not name has a meter: its standby and its starts are in what it tells.
    """

    def __init__(self, line: Line, names: Sequence[Machine]) -> None:
        many = len(names)
        powers = [line.stations[name].power for name, _ in names]
        self._named = [
            {_milliwatts(power.of(state)) for state in STATES} | {_milliwatts(power.standby or 0.0)} for power in powers
        ]
        self._standby = [None if power.standby is None else _milliwatts(power.standby) for power in powers]
        self._after_s = [power.standby_after or inf for power in powers]
        self._powers = powers
        self.state: list[str | None] = [None] * many
        self.task: list[str | None] = [None] * many
        """The maintenance under way, "" where nobody names it; it goes on after a time off shift."""
        self.idle_s = [inf] * many
        """Since when a machine has had nothing to do [s]."""
        self.stands_by, self.metered = [False] * many, [False] * many
        self.warm_ups, self.maintained = [0] * many, [0] * many

    def enter(self, row: int, time: float, state: str, reason: str | None) -> float:
        """A machine tells its state; return the energy that it takes to start, where it does [J]."""
        before, self.state[row] = self.state[row], state
        self._follow_task(row, state, reason)
        if state == before:
            return 0.0
        if state not in IDLE:
            self.idle_s[row] = inf
        elif before not in IDLE:
            self.idle_s[row] = time
        warm_up = self._powers[row].warm_up
        starts = self.stands_by[row] and state not in (*IDLE, "off_shift")
        starts |= before == "off_shift" and warm_up > 0 and not self.metered[row]
        if state not in IDLE:
            self.stands_by[row] = False
        self.warm_ups[row] += starts
        return warm_up if starts else 0.0

    def draw(self, row: int, time: float, watts: float) -> None:
        """A machine tells its power [W]."""
        told, state = _milliwatts(watts), self.state[row]
        if told not in self._named[row]:
            self.metered[row], self.stands_by[row] = True, False
        idle_s = time - self.idle_s[row]
        if told == self._standby[row] and idle_s > 0 and state is not None and not self.metered[row]:
            # A machine that draws no less in standby must have been idle for long enough.
            other = told != _milliwatts(self._powers[row].of(state))
            self.stands_by[row] |= other or idle_s >= self._after_s[row] * (1 - 1e-9)

    def _follow_task(self, row: int, state: str, reason: str | None) -> None:
        task = self.task[row]
        if state == "maintenance":
            self.maintained[row] += task is not None and task != (reason or "")
            self.task[row] = reason or ""
        elif task is not None and state != "off_shift":
            self.maintained[row] += 1
            self.task[row] = None

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        kept = {name: list(getattr(self, name)) for name in _BY_MACHINE}
        return kept | {"idle_s": [None if time == inf else time for time in self.idle_s]}

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        for name in _BY_MACHINE:
            setattr(self, name, list(data[name]))
        self.idle_s = [inf if time is None else time for time in data["idle_s"]]


def _milliwatts(watts: float) -> int:
    return round(watts * 1000)
