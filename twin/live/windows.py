"""What is told of a line at a full minute: KPIs of the shift, the hour and the day so far, and where the time went."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twin.accounts import by_station
from twin.events import STATES
from twin.kpi.bottleneck import bottleneck
from twin.kpi.definitions import values
from twin.kpi.elements import whole_line, work_units
from twin.kpi.losses import losses_s
from twin.kpi.machine_times import STOPS
from twin.live.clock import SECOND
from twin.live.picture import Buffer, Change, Loss, Row, Stop, Stopped, Tick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twin.accounts import Accounts
    from twin.kpi.elements import WholeLine, WorkUnit
    from twin.kpi.machine_times import Entry, Spell
    from twin.kpi.snapshot import Snapshot
    from twin.kpi.tally import Tally
    from twin.line.line import Line
    from twin.live.shift_calendar import Day, Shift, ShiftCalendar

HOUR_S = 3600.0
NO_STOPS = ("processing", "off_shift")


class Standing(NamedTuple):
    """How the line stood at a moment, beside the sums up to it."""

    snapshot: Snapshot
    state_since: tuple[float, ...]
    levels: tuple[int | None, ...]
    people: tuple[tuple[float, float, int], ...]


class Window(NamedTuple):
    """A stretch of time that ends at a tick: its name, start [s], the snapshot there, and whether it is complete."""

    name: str
    start: Snapshot
    final: bool


def standing(tally: Tally, time_s: float) -> Standing:
    """Return how the line of a tally stands at a moment no earlier than its last event [s]."""
    return Standing(tally.snapshot(time_s), tuple(tally.times.state_since), tuple(tally.level), tuple(tally.people))


class Windows:
    """Makes ticks from what a tally summed.

    Parameters
    ----------
    tally
        The tally whose snapshots come.
    calendar
        The shifts at the site.
    epoch_ns
        When the mirror's time is 0 [ns UTC].
    policy
        Title of the policy by which is counted.
    """

    def __init__(self, tally: Tally, calendar: ShiftCalendar, epoch_ns: int, policy: str) -> None:
        self._tally, self.calendar, self.epoch_ns, self._policy = tally, calendar, epoch_ns, policy
        self.line: Line = tally.line
        self.frame = tally.frame

    def ns(self, time_s: float) -> int:
        """Return a moment of the mirror's time as UTC [ns]."""
        return self.epoch_ns + round(time_s * SECOND)

    def s(self, unix_ns: int) -> float:
        """Return a moment in the mirror's time [s]."""
        return (unix_ns - self.epoch_ns) / SECOND

    def shift_and_day(self, end_s: float) -> tuple[Shift | None, Day]:
        """Return the shift and the production day that a window ending at a moment belongs to."""
        before = self.ns(end_s) - 1
        return self.calendar.shift_at(before), self.calendar.day_of(before)

    def accounts(self, earlier: Snapshot, later: Snapshot) -> Accounts:
        """Return the accounts of the time between two snapshots."""
        scheduled = self.calendar.scheduled_s(self.ns(earlier.time_s), self.ns(later.time_s))
        return self._tally.accounts(earlier, later, scheduled, self.frame)

    def tick(
        self,
        stood: Standing,
        since: Callable[[float], Snapshot],
        changes: Sequence[Entry],
        ended: Sequence[Spell],
    ) -> Tick:
        """Return what is told at a moment.

        Parameters
        ----------
        stood
            How the line stood then.
        since
            Gives the snapshot from which a window is counted that begins at a time [s].
        changes, ended
            The states that machines entered, and the stretches that ended, since the tick before.
        """
        later = stood.snapshot
        end_s = later.time_s
        shift, day = self.shift_and_day(end_s)
        at_ns = self.ns(end_s)
        windows = [] if shift is None else [Window("shift", since(self.s(shift.start_ns)), shift.end_ns == at_ns)]
        windows += [
            Window("hour", since(end_s - HOUR_S), final=False),
            Window("day", since(self.s(day.start_ns)), day.end_ns == at_ns),
        ]
        accounts = [self.accounts(window.start, later) for window in windows]
        units = [work_units(counted) for counted in accounts]
        rows = tuple(
            row
            for window, counted, by_name in zip(windows, accounts, units, strict=True)
            for row in self._rows(window, counted, by_name, (end_s, shift, day))
        )
        first = -1 if shift is None else 0
        station = self.oee_station(accounts[first])
        lost_to = units[first][self.frame.stations.index(station)]
        return Tick(
            time_s=end_s,
            shift=shift,
            day=day.name,
            rows=rows,
            oee_station=station,
            losses=_losses(lost_to, _states(accounts[first], station)),
            stops=tuple(self._stops(windows[first].start, later)),
            buffers=self._buffers(accounts[first], stood),
            crews=dict(zip(self.frame.skills, stood.people, strict=True)),
            states=tuple(self._states_at(stood)),
            changes=self._changes(changes),
            stopped=tuple(
                Stopped(spell.start_s, spell.end_s, *self._tally.times.names[spell.row], spell.state, spell.reason)
                for spell in ended
                if spell.state in STOPS
            ),
        )

    def oee_station(self, accounts: Accounts) -> str:
        """Name the station that the line's OEE is of: the line's named bottleneck, else the one that waits least."""
        return self.line.bottleneck or bottleneck(accounts)

    def _rows(
        self,
        window: Window,
        accounts: Accounts,
        units: Sequence[WorkUnit],
        end: tuple[float, Shift | None, Day],
    ) -> Iterator[Row]:
        per_part = self.line.product.per_part
        whole = whole_line(accounts, per_part=per_part)
        times = by_station(accounts, accounts.states)
        end_s, shift, day = end

        def row(station: str | None, elements: WorkUnit | WholeLine, extras: dict[str, float]) -> Row:
            return Row(
                window=window.name,
                start_s=window.start.time_s,
                end_s=end_s,
                shift=None if shift is None else shift.name,
                day=day.name,
                final=window.final,
                station=station,
                values=values(elements),
                extras=extras,
                policy=self._policy,
            )

        for name, unit, states in zip(accounts.stations, units, times.tolist(), strict=True):
            good = unit.pq - unit.sq - unit.rq
            counts = {"produced": unit.pq, "good": good, "scrap": unit.sq, "rework": unit.rq}
            units_of = {"good_units": good * per_part, "planned_busy_s": unit.pbt}
            yield row(name, unit, {**counts, **units_of, **dict(zip(STATES, states, strict=True))})
        counts = {"produced": whole.pq, "good": whole.pq - whole.sq, "scrap": whole.sq, "rework": whole.rq}
        units_of = {"good_units": whole.units, "planned_busy_s": sum(unit.pbt for unit in units)}
        states = times.sum(axis=0).tolist()
        yield row(None, whole, {**counts, **units_of, **dict(zip(STATES, states, strict=True))})

    def _stops(self, earlier: Snapshot, later: Snapshot) -> Iterator[Stop]:
        """Yield the time by machine, state and reason that is no processing; minor stops are among it.

        What would have been but for a note is there too, with no time: who was told of it is told that it is gone.
        """
        times, before = self._tally.times, len(earlier.spent)
        carried = set(earlier.slots.tolist())
        sums: dict[tuple[int, str, str | None], tuple[float, int]] = {}
        spent, entries = later.spent.tolist(), later.entries.tolist()
        for slot, (row, state, reason, _) in enumerate(times.keys[: len(spent)]):
            seconds = spent[slot] - (earlier.spent[slot] if slot < before else 0.0)
            if state in NO_STOPS or (seconds <= 0 and times.passed_s[slot] < earlier.time_s):
                continue
            many = entries[slot] - (int(earlier.entries[slot]) if slot < before else 0)
            # One that goes on from before the window was counted before it.
            many += slot in carried and seconds > 0
            added, counted = sums.get((row, state, reason), (0.0, 0))
            sums[row, state, reason] = added + seconds, counted + many
        for (row, state, reason), (seconds, many) in sums.items():
            yield Stop(*times.names[row], state, reason, float(seconds), many)

    def _buffers(self, accounts: Accounts, stood: Standing) -> dict[str, Buffer]:
        span, capacity = accounts.span_s, self._tally.capacity
        return {
            name: Buffer(
                level=stood.levels[row],
                capacity=None if capacity[row] == float("inf") else int(capacity[row]),
                mean_level=float(accounts.level_s[row]) / span if span > 0 else None,
                share_full=float(accounts.full_s[row]) / span if span > 0 else None,
            )
            for row, name in enumerate(self.frame.edges)
        }

    def _states_at(self, stood: Standing) -> Iterator[Change]:
        times = self._tally.times
        for row, slot in enumerate(stood.snapshot.slots.tolist()):
            if slot >= 0:
                _, state, reason, _ = times.keys[slot]
                yield Change(stood.state_since[row], *times.names[row], state, reason)

    def _changes(self, entries: Sequence[Entry]) -> tuple[Change, ...]:
        """Return the states entered; of several that a machine entered at one instant, the last."""
        last = {(entry.time_s, entry.row): entry for entry in entries}
        names = self._tally.times.names
        return tuple(Change(entry.time_s, *names[entry.row], entry.state, entry.reason) for entry in last.values())


def _states(accounts: Accounts, station: str) -> dict[str, float]:
    seconds = by_station(accounts, accounts.states)[accounts.stations.index(station)]
    return dict(zip(STATES, seconds.tolist(), strict=True))


def _losses(unit: WorkUnit, states: dict[str, float]) -> dict[str, Loss]:
    return {
        cause: Loss(seconds, seconds / unit.pbt if unit.pbt > 0 else 0.0)
        for cause, seconds in losses_s(unit, states).items()
    }
