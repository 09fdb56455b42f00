"""How long an order is in the line at best, worked out without simulation: no queue, and nobody to wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.rates import at_once, availability, hours, own_shifts, pace_of, through_s
from twin.line.station import HOLDERS
from twin.line.work_calendar import HOUR, WEEK, scheduled_hours_per_week
from twin.line.workload import mean_pieces, workload

if TYPE_CHECKING:
    from twin.line.line import Line
    from twin.line.workload import Work, Workload


def lead_time_at_best_s(line: Line) -> float:
    """Work out the mean time that an order needs at best, from its release until it leaves [s].

    Parameters
    ----------
    line : Line
        A line; one without orders is asked for a part.

    Returns
    -------
    float
        Cycles, setups and repairs, while the line works, and the waits and transports between stations, at any hour.
        Lots of rework, and parts that are cut or joined, are counted as if the order waited for each of them in turn.

    Raises
    ------
    InputError
        If no part can leave the line good.

    Notes
    -----
    With `l` lots that take a way for each that comes in (the traffic equations of `workload`) and a mean wait `d`
    there, with a mean time `t` of a station for a lot that comes in, and with a share `u` of the week that is worked,
    ``sum(t) / u + sum(l d)``. Of an order of `n` pieces that move one by one the last piece begins, at best,
    ``(n - 1) max(t / m)`` after the first, `m` being a station's machines: the makespan of a flow shop.

    References
    ----------
    Little, A proof for the queuing formula L = lambda W, Operations Research 9 (1961): without queues, W is this sum.
    """
    load = workload(line, pace_of(line))
    pieces = mean_pieces(line)
    together = pieces if line.move == "order" else 1.0
    whole = load.good * together
    times = [stay_s(line, load, name) * work.visits * whole for name, work in load.per_good.items()]
    apart = (pieces / together - 1) * max(
        _apart_s(line, name, work) * whole / line.stations[name].machines for name, work in load.per_good.items()
    )
    worked = scheduled_hours_per_week(line.shifts) * HOUR / WEEK
    return (sum(times) + apart) / worked + sum(
        load.lots.get((edge.from_, edge.to), 0.0) * way.mean
        for edge in line.edges
        if (way := edge.delay or edge.transport) is not None
    )


def stay_s(line: Line, load: Workload, name: str) -> float:
    """Return the least mean time of a part in a station, repairs included [scheduled s]."""
    station, work = line.stations[name], load.per_good[name]
    up = availability(station, own_shifts(line, station))
    if station.kind in HOLDERS or not work.visits:
        return through_s(station) / (up * hours(line, station))
    each = at_once(station) / work.visits
    return (work.time_s / up + work.setup_s) * each / hours(line, station)


def _apart_s(line: Line, name: str, work: Work) -> float:
    """Return the time of one machine of a station for each good part [scheduled s]."""
    station = line.stations[name]
    up = availability(station, own_shifts(line, station))
    return (work.time_s / up + work.setup_s) / hours(line, station)
