"""The accounts of the time between two moments, from what a tally held at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.accounts import Accounts
from twin.events import STATES
from twin.kpi.machine_times import STOPS
from twin.kpi.meter import mean_since, peak_since

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from twin.accounts import Floats, Ints
    from twin.kpi.machine_times import MachineTimes
    from twin.kpi.notes import Machine
    from twin.line.line import Line

Sums = TypeVar("Sums", bound=NDArray[Any])

COUNTS = ("arrived", "turned_away", "departed", "scrapped", "first_pass", "orders_arrived", "orders_departed", "joined")
"""What is counted of the line as a whole."""

OF_MACHINES = ("parts", "scrap", "rework", "failures", "repaired", "minor_stops", "maintained", "warm_ups")
"""What is counted of each machine."""

SHORTEST_S = 1e-6
"""A state of less time has no power of its own: what is left of sums is their rounding [s]."""

OpenStop = tuple[int, float, tuple[tuple[int, float, float], ...]]
"""A stop that may yet turn out minor: machine, start, and (slot, seconds, joules) of what it had put there by then."""


class Snapshot(NamedTuple):
    """All that a tally had summed at a moment [s]; slots that it did not know then are missing at the arrays' ends."""

    time_s: float
    spent: Floats
    joules: Floats
    stood_by: Floats
    entries: Ints
    slots: Ints
    """The slot of each machine then; -1 where its state was not known."""
    machines: Ints
    """By machine what `OF_MACHINES` names."""
    ideal_s: Floats
    buffers: Floats
    """Integral of the level, time full, time empty, by buffer."""
    pools: Floats
    """People present, people busy, requests waiting, integrated, by pool."""
    counts: Ints
    wip_s: float
    lead_sum_s: float
    lead_bins: Ints
    peaks: Floats
    means: Floats
    """The stairs of the meter: power and its means over 10 minutes [mW]."""
    open_stops: tuple[OpenStop, ...]

    def settled(self, minor: Collection[tuple[int, float]], times: MachineTimes) -> Snapshot:
        """Return the snapshot as it would have been, had the stops been known that turned out minor."""
        stops = [stop for stop in self.open_stops if (stop[0], stop[1]) in minor]
        if not stops:
            return self
        moves = [(slot, times.minor_slot(slot), s, j) for _, _, shares in stops for slot, s, j in shares if s > 0]
        many = max((slot for _, slot, _, _ in moves), default=-1) + 1
        spent, joules = _longer(self.spent, many).copy(), _longer(self.joules, many).copy()
        stood_by, entries = _longer(self.stood_by, many), _longer(self.entries, many).copy()
        for slot, into, seconds, energy in moves:
            for sums, moved in ((spent, seconds), (joules, energy)):
                sums[slot] -= moved
                sums[into] += moved
            entries[slot] -= 1
            entries[into] += 1
        machines = self.machines.copy()
        for row, _, shares in stops:
            kind = "minor_stops" if times.is_called_minor(shares[0][0]) else "failures"
            machines[OF_MACHINES.index(kind), row] -= 1
        left = tuple(stop for stop in self.open_stops if stop not in stops)
        return self._replace(
            spent=spent, joules=joules, stood_by=stood_by, entries=entries, machines=machines, open_stops=left
        )


class Frame(NamedTuple):
    """What all accounts of one line share."""

    stations: tuple[str, ...]
    machine_station: tuple[int, ...]
    power_w: Floats
    standby_w: Floats
    warm_up_j: Floats
    names_power: bool
    edges: tuple[str, ...]
    skills: tuple[str, ...]


def frame_of(line: Line, machines: Sequence[Machine], edges: tuple[str, ...]) -> Frame:
    """Return what all accounts of a line share."""
    order = {name: index for index, name in enumerate(line.stations)}
    return Frame(
        stations=tuple(line.stations),
        machine_station=tuple(order[name] for name, _ in machines),
        power_w=np.array([[line.stations[name].power.of(state) for state in STATES] for name, _ in machines]),
        standby_w=np.array([line.stations[name].power.standby or 0.0 for name, _ in machines]),
        warm_up_j=np.array([line.stations[name].power.warm_up for name, _ in machines]),
        names_power=any(station.power.is_named for station in line.stations.values()),
        edges=edges,
        skills=tuple(line.operators),
    )


def accounts_between(
    earlier: Snapshot, later: Snapshot, frame: Frame, times: MachineTimes, scheduled_s: float
) -> Accounts:
    """Return the accounts of the time between two snapshots of one tally.

    Parameters
    ----------
    earlier, later
        The snapshots.
    frame
        What the line's accounts share.
    times
        The machines' times of the tally, which knows what its slots mean.
    scheduled_s
        The part of the time inside the shifts [s].

    Notes
    -----
    Where a machine has told its power, `power_w` is the mean of what it told in each state, standby apart, so that
    power times time is the energy measured; elsewhere it is the line's own.
    """
    many, shape = len(later.spent), (len(frame.machine_station), len(STATES))
    spent = later.spent - _longer(earlier.spent, many)
    cells = np.array(times.cells[:many], dtype=np.intp)
    states = _by_state(cells, spent, shape)
    standby_s = _by_state(cells, later.stood_by - _longer(earlier.stood_by, many), shape)
    joules = _by_state(cells, later.joules - _longer(earlier.joules, many), shape)
    made = dict(zip(OF_MACHINES, later.machines - earlier.machines, strict=True))
    metered = frame.names_power or bool((later.peaks[:, 1] > 0).any())
    level_s, full_s, empty_s = later.buffers - earlier.buffers
    present_s, busy_s, waiting_s = later.pools - earlier.pools
    return Accounts(
        span_s=later.time_s - earlier.time_s,
        scheduled_s=scheduled_s,
        stations=frame.stations,
        machine_station=frame.machine_station,
        states=states,
        **made,
        minor_s=_by_state(cells, np.where(_in_minor_stops(cells, times), spent, 0.0), shape),
        unexplained_s=_unexplained(spent, times, shape[0]),
        ideal_s=later.ideal_s - earlier.ideal_s,
        power_w=_power(frame, times, joules - standby_s * frame.standby_w[:, None], states - standby_s),
        standby_w=frame.standby_w,
        standby_s=standby_s,
        warm_up_j=frame.warm_up_j,
        peak_w=peak_since(later.peaks, earlier.time_s),
        peak_mean_w=mean_since(later.means, earlier.time_s) if metered else 0.0,
        edges=frame.edges,
        level_s=level_s,
        full_s=full_s,
        empty_s=empty_s,
        skills=frame.skills,
        present_s=present_s,
        busy_s=busy_s,
        waiting_s=waiting_s,
        wip_s=later.wip_s - earlier.wip_s,
        lead_sum_s=later.lead_sum_s - earlier.lead_sum_s,
        lead_bins=later.lead_bins - earlier.lead_bins,
        **dict(zip(COUNTS, (later.counts - earlier.counts).tolist(), strict=True)),
    )


def _power(frame: Frame, times: MachineTimes, joules: Floats, ready_s: Floats) -> Floats:
    """Return the power by machine and state, standby apart: the mean of what was told, else the line's own."""
    measured = [row for row, watts in enumerate(times.watts) if watts is not None]
    power = frame.power_w.copy()
    power[measured] = np.divide(
        joules[measured], ready_s[measured], out=power[measured], where=ready_s[measured] > SHORTEST_S
    )
    return power


def _by_state(cells: NDArray[np.intp], sums: Floats, shape: tuple[int, int]) -> Floats:
    added: Floats = np.bincount(cells, sums, minlength=shape[0] * shape[1]).astype(np.float64).reshape(shape)
    return added


def _in_minor_stops(cells: NDArray[np.intp], times: MachineTimes) -> NDArray[np.bool_]:
    """Return of which slots the time counts as that of stops which the line file calls minor."""
    called = np.array([times.is_called_minor(slot) for slot in range(len(cells))], dtype=bool)
    return called & np.isin(cells % len(STATES), list(_STOPS))


_STOPS = frozenset(STATES.index(state) for state in STOPS)


def _unexplained(spent: Floats, times: MachineTimes, machines: int) -> Floats:
    unexplained = np.zeros(machines)
    for slot, (row, _, reason, _) in enumerate(times.keys[: len(spent)]):
        if reason is None and times.cells[slot] % len(STATES) in _STOPS:
            unexplained[row] += spent[slot]
    return unexplained


def _longer(sums: Sums, many: int) -> Sums:
    if len(sums) >= many:
        return sums
    longer: Any = np.concatenate((sums, np.zeros(many - len(sums), sums.dtype)))
    return longer  # type: ignore[no-any-return]
