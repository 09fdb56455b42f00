"""How long an order is in the line at best, worked out without simulation: no queue, and nobody to wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.line.capacity import availability, pace_of
from twin.line.work_calendar import WEEK, scheduled_hours_per_week
from twin.line.workload import mean_pieces, workload

if TYPE_CHECKING:
    from twin.line.line import Line

HOUR = 3600.0


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
        Lots of rework are counted as if the order waited for each of them in turn.

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
    times = {
        name: (work.time_s / availability(line.stations[name]) + work.setup_s) * load.good * together
        for name, work in load.per_good.items()
    }
    apart = (pieces / together - 1) * max(time / line.stations[name].machines for name, time in times.items())
    worked = scheduled_hours_per_week(line.shifts) * HOUR / WEEK
    return (sum(times.values()) + apart) / worked + sum(
        load.lots.get((edge.from_, edge.to), 0.0) * way.mean
        for edge in line.edges
        if (way := edge.delay or edge.transport) is not None
    )
