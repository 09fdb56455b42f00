"""Draws the picture of a line from what the mirror knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.kpi.definitions import oee
from twin.kpi.elements import whole_line, work_units
from twin.live.clock import SECOND
from twin.live.picture import MachineNow, Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twin.kpi.snapshot import Snapshot
    from twin.kpi.tally import Tally
    from twin.live.course import Strip
    from twin.live.whereabouts import Whereabouts
    from twin.live.windows import Windows


def draw(
    windows: Windows,
    tally: Tally,
    places: Whereabouts,
    *,
    strips: Sequence[Strip],
    now_s: float,
    since: Callable[[float], Snapshot] | None,
) -> Picture:
    """Return how a line stands at a moment [s]; `since` is None as long as nothing is counted."""
    at_ns = windows.ns(now_s)
    shift = windows.calendar.shift_at(at_ns)
    start_ns = windows.calendar.day_of(at_ns).start_ns if shift is None else shift.start_ns
    effective: dict[str, float | None] = dict.fromkeys(tally.line.stations)
    good = 0.0
    if since is not None:
        accounts = windows.accounts(since((start_ns - windows.epoch_ns) / SECOND), tally.snapshot(now_s))
        effective = dict(zip(accounts.stations, map(oee, work_units(accounts)), strict=True))
        good = whole_line(accounts, per_part=tally.line.product.per_part).units
    return Picture(
        now_s=now_s,
        shift=shift,
        machines=tuple(_machines(tally, places, strips, now_s)),
        levels=dict(zip(tally.edges, tally.level, strict=True)),
        crews=dict(zip(tally.skills, tally.people, strict=True)),
        oee=effective,
        good_units=good,
        wip=tally.parts.wip,
        queues={
            name: tuple((part.pieces or 1, part.product) for part in queue) for name, queue in places.queues.items()
        },
        orders=tuple(tally.flow.released),
    )


def _machines(tally: Tally, places: Whereabouts, strips: Sequence[Strip], now_s: float) -> Iterator[MachineNow]:
    times = tally.times
    for row, (station, machine) in enumerate(times.names):
        held, slot = places.holds[row], times.slot[row]
        yield MachineNow(
            station=station,
            machine=machine,
            state=times.state[row],
            reason=None if slot < 0 else times.keys[slot][2],
            since_s=times.state_since[row],
            part=None if held is None else held.part,
            pieces=None if held is None else held.pieces or 1,
            product=None if held is None else held.product,
            worked_s=times.worked_s(row, now_s),
            heard_s=times.heard_s[row],
            strip=strips[row],
        )
