"""A simulated plant: a line that runs on and on, and tells its events as a real one does."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from twin.accounts import Accounts, difference
from twin.engine.plan import make_plan
from twin.engine.results import Trace
from twin.engine.rules.record import LOG_CREW, LOG_LEVEL, LOG_STANDBY, LOG_STATE
from twin.engine.simulation import LONGEST, simulate
from twin.events import Event
from twin.line.shift_times import DAY
from twin.line.work_calendar import rotated
from twin.live.clock import SECOND
from twin.live.shift_calendar import with_calendars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from twin.engine.results import Run
    from twin.engine.state import LineState
    from twin.line.scenario import Scenario
    from twin.line.work_calendar import Shifts
    from twin.live.shift_calendar import Shift, ShiftCalendar

STANDING = (LOG_STATE, LOG_STANDBY, LOG_LEVEL, LOG_CREW)
"""What holds until it is told anew: the rules' codes of states, standby, levels and crews."""


SILENT_S = 60.0
"""A plant that has told nothing for so long repeats how its machines stand [s]."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """What the plant itself counted in a shift, or between two of them.

    `shift` is None where the line is closed; `start_s` and `end_s` are the plant's clock [s].
    """

    shift: Shift | None
    start_s: float
    end_s: float
    accounts: Accounts


class Plant:
    """A line that is simulated for ever, shift by shift.

    Its clock starts on a Monday at 00:00 local time, and knows no summer time: a week has 168 h.

    Parameters
    ----------
    scenario
        The line with its options chosen.
    calendar
        The shifts at the site.
    epoch_ns
        When the plant's clock is 0 [ns UTC]: a Monday 00:00 local time.
    seed
        Seed of the plant's luck.
    boot
        Tells this start of the plant from others: a whole number, larger with each.
    source
        Who the plant says it is.
    """

    def __init__(
        self,
        scenario: Scenario,
        calendar: ShiftCalendar,
        *,
        epoch_ns: int,
        seed: int = 1,
        boot: int = 1,
        source: str = "plant",
    ) -> None:
        self._scenario = with_calendars(scenario, lambda shifts: self._from_epoch(shifts, calendar, epoch_ns))
        self._calendar = calendar
        self._epoch_ns = epoch_ns
        self._seed = seed
        self._boot = boot
        self._source = source
        self._state: LineState | None = None
        self._sequence = 0
        self._told_at_s = 0.0
        self._present: dict[tuple[str | None, int | None], Event] = {}
        self.locked: tuple[str, ...] | None = None

    def events(
        self,
        start_s: float = 0.0,
        end_s: float = math.inf,
        *,
        counted: Callable[[Stretch], None] | None = None,
    ) -> Iterator[Event]:
        """Yield all that happens from one moment to another, in order.

        Where the plant has run before, it first tells how it stands: the last state of each machine, level of each
        buffer and numbers of each crew, each with the time since when it holds. When nothing has happened for
        `SILENT_S`, and at the end, it repeats the states of its machines, so that who listens sees its clock go on.

        Parameters
        ----------
        start_s, end_s
            From when to when [s of the plant's clock]; it runs silently before.
        counted
            Told what the plant counted in each shift, and between shifts, once all its events have been taken.
        """
        before: Accounts | None = None
        if start_s > 0:
            standing, before = self._silently(start_s)
            self._told_at_s = start_s
            yield from self._told(self._with_signs_of_life(standing, start_s))
        at_s = start_s
        for until_s in self._cuts(start_s, end_s):
            run = self._run(until_s)
            yield from self._told(self._with_signs_of_life(run.events or (), until_s))
            if until_s == end_s or run.deadlock is not None:
                yield from self._told(self._sign_of_life(until_s))
            if counted is not None:
                accounts = run.accounts if before is None else difference(run.accounts, before)
                counted(Stretch(self._calendar.shift_at(self._unix_ns(at_s)), at_s, until_s, accounts))
            before, at_s = run.accounts, until_s
            if run.deadlock is not None:
                self.locked = run.deadlock
                return

    @staticmethod
    def _from_epoch(shifts: Shifts, calendar: ShiftCalendar, epoch_ns: int) -> Shifts:
        """Return a calendar whose time 0, and the days of its holidays with it, is that of the plant's clock."""
        monday = datetime.fromtimestamp(epoch_ns // SECOND, calendar.zone).date()
        return rotated(shifts, DAY * (monday - (shifts.first_day or monday)).days)

    def _silently(self, until_s: float) -> tuple[Trace, Accounts]:
        """Run without a word, and return the last of each thing that still holds, and what was counted."""
        plan = make_plan(self._scenario)
        kept: np.ndarray = np.empty(0)
        run = None
        for cut_s in self._cuts(0.0, until_s):
            run = self._run(cut_s)
            raw = (run.events or Trace(plan, kept, 0)).raw
            kept = _last_of_each(np.concatenate([kept, raw]) if len(kept) else raw)
        assert run is not None  # noqa: S101 -- there is a cut at least at the end
        return Trace(plan, kept, 0), run.accounts

    def _run(self, until_s: float) -> Run:
        run = simulate(
            self._scenario,
            horizon=LONGEST,
            seed=self._seed,
            until=until_s,
            initial=None if self._state is None else [self._state],
            trace=True,
        )[0]
        self._state = run.state
        return run

    def _cuts(self, start_s: float, end_s: float) -> Iterator[float]:
        """Yield where the run is cut: at the beginning and the end of each shift, and at the end."""
        at_s = start_s
        while at_s < end_s:
            bound_ns = self._calendar.next_bound(self._unix_ns(at_s))
            at_s = min((bound_ns - self._epoch_ns) / SECOND, end_s)
            yield at_s

    def _unix_ns(self, time_s: float) -> int:
        return self._epoch_ns + round(time_s * SECOND)

    def _with_signs_of_life(self, events: Iterable[Event], until_s: float) -> Iterator[Event]:
        """Yield events, and between those that lie far apart how the machines stand."""
        for event in events:
            yield from self._silence(event.time)
            self._told_at_s = max(self._told_at_s, event.time)
            if event.kind == "state":
                self._present[event.station, event.machine] = event
            yield event
        yield from self._silence(until_s)

    def _silence(self, until_s: float) -> Iterator[Event]:
        while self._told_at_s + SILENT_S < until_s:
            self._told_at_s += SILENT_S
            yield from self._sign_of_life(self._told_at_s)

    def _sign_of_life(self, time_s: float) -> Iterator[Event]:
        for event in self._present.values():
            yield replace(event, time=time_s)

    def _told(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield events under the plant's own name and numbers."""
        source, boot, epoch_ns = self._source, self._boot, self._epoch_ns
        for event in events:
            yield Event(
                source, boot, self._sequence, 0, event.time,
                event.line, event.station, event.machine, event.kind, event.fields, epoch_ns,
            )  # fmt: skip
            self._sequence += 1


def _last_of_each(raw: np.ndarray) -> np.ndarray:
    """Return the last record of each machine's state and standby, buffer's level and crew's numbers, in their order."""
    standing = raw[np.isin(raw["kind"], STANDING)]
    keys = np.stack([standing["kind"], standing["owner"]], axis=1)[::-1]
    _, last = np.unique(keys, axis=0, return_index=True)
    return standing[np.sort(len(standing) - 1 - last)]
