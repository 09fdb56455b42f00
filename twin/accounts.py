"""Times in state and counts of one replication: the one thing that KPIs read.

A part counts as the pieces in it: one, unless orders move as lots. Buffers hold parts.

The engine keeps these accounts while it runs; `twin.kpi.fold` makes the same accounts from events.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.events import STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _lead_edges() -> Floats:
    first, last, width = 1e-3, 1e10, 1.01
    steps = int(np.ceil(np.log(last / first) / np.log(width)))
    # Products instead of powers: they round alike on every processor, and the bins take part in digests.
    edges = np.multiply.accumulate(np.concatenate(([first], np.full(steps, width))))
    edges.setflags(write=False)
    return edges


LEAD_EDGES: Floats = _lead_edges()
"""Edges of the lead-time bins [s]: each 1 % above the one before, from 1 ms to over 300 years."""

LEAD_BINS: int = len(LEAD_EDGES) + 1
"""Number of bins: bin 0 lies below the first edge, bin i from edge i-1 up to (not including) edge i, the last is open.

The bin of a lead time is `bisect.bisect_right(LEAD_EDGES, lead_s)`.
"""


@dataclass(frozen=True, eq=False, slots=True)
class Accounts:
    """What happened on a line in the measured time. Arrays follow the order of `machine_station`, `edges`, `skills`.

    Attributes
    ----------
    span_s
        Measured time [s].
    scheduled_s
        Part of it inside the shifts [s].
    stations, machine_station
        Station names in file order; the station's index of every machine.
    states
        Time of every machine in every state of `STATES`, shape (machines, states) [s].
    parts, scrap, rework
        Pieces that left each machine whatever their outcome, and those among them that were scrap or rework.
    failures, repaired
        Failures that began and repairs that ended, by machine.
    unexplained_s
        Time of every machine down or waiting for repair for which nobody gave a reason [s].
    ideal_s
        Ideal time of the parts that left each machine, summed [s].
    power_w
        Electrical power of each machine in each state, shape (machines, states) [W].
    edges
        Names of the buffers, "A->B"; the queue of arrivals before A is "source->A".
    level_s, full_s, empty_s
        Integral of each buffer's level over time [part s]; time at its capacity and time at zero [s].
    skills
        Names of the pools of people.
    present_s, busy_s, waiting_s
        Person-seconds on duty and at work, and request-seconds of waiting, by pool [s].
    arrived, turned_away
        Pieces that entered the line, and pieces refused at its door.
    departed, scrapped, first_pass
        Pieces that left the line good, that left it as scrap, and that left it good without any rework.
    orders_arrived, orders_departed
        Orders released, and orders that have left, at least one of their pieces good; 0 on a line without orders.
    wip_s
        Integral over time of the pieces in the line [piece s].
    joined
        Pieces that went into others where parts are joined.
    lead_sum_s, lead_bins
        Sum of the lead times [s], and their counts in `LEAD_BINS` bins: of the departed orders, on a line without
        orders of the departed parts.
    """

    span_s: float
    scheduled_s: float
    stations: tuple[str, ...]
    machine_station: tuple[int, ...]
    states: Floats
    parts: Ints
    scrap: Ints
    rework: Ints
    failures: Ints
    repaired: Ints
    unexplained_s: Floats
    ideal_s: Floats
    power_w: Floats
    edges: tuple[str, ...]
    level_s: Floats
    full_s: Floats
    empty_s: Floats
    skills: tuple[str, ...]
    present_s: Floats
    busy_s: Floats
    waiting_s: Floats
    arrived: int
    turned_away: int
    departed: int
    scrapped: int
    first_pass: int
    orders_arrived: int
    orders_departed: int
    wip_s: float
    lead_sum_s: float
    lead_bins: Ints
    joined: int = 0

    def __post_init__(self) -> None:
        """Refuse arrays whose shapes contradict the names."""
        machines, edges, skills = (len(self.machine_station),), (len(self.edges),), (len(self.skills),)
        shapes = {
            **dict.fromkeys(("parts", "scrap", "rework", "failures", "repaired", "unexplained_s", "ideal_s"), machines),
            **dict.fromkeys(("states", "power_w"), (*machines, len(STATES))),
            **dict.fromkeys(("level_s", "full_s", "empty_s"), edges),
            **dict.fromkeys(("present_s", "busy_s", "waiting_s"), skills),
            "lead_bins": (LEAD_BINS,),
        }
        for name, shape in shapes.items():
            found = np.shape(getattr(self, name))
            if found != shape:
                message = f"Accounts.{name} has shape {found}; {shape} is right"
                raise ValueError(message)


_SHARED = ("stations", "machine_station", "power_w", "edges", "skills")


def total(accounts: Sequence[Accounts]) -> Accounts:
    """Sum the accounts of several replications of one scenario, measured times included.

    Raises
    ------
    ValueError
        If there are none, or they are not of one scenario.
    """
    if not accounts:
        message = "there are no accounts to sum"
        raise ValueError(message)
    first = accounts[0]
    _check_shared(accounts)
    shared: dict[str, Any] = {name: getattr(first, name) for name in _SHARED}
    summed = {
        field.name: sum((getattr(other, field.name) for other in accounts[1:]), start=getattr(first, field.name))
        for field in fields(Accounts)
        if field.name not in _SHARED
    }
    return Accounts(**shared, **summed)


def difference(later: Accounts, earlier: Accounts) -> Accounts:
    """Return the accounts of the time between two moments, from those of the times that end there.

    Parameters
    ----------
    later, earlier
        Accounts of one run of one scenario, both measured from the same moment on.

    Raises
    ------
    ValueError
        If they are of different scenarios.
    """
    _check_shared((later, earlier))
    shared: dict[str, Any] = {name: getattr(later, name) for name in _SHARED}
    between = {
        field.name: getattr(later, field.name) - getattr(earlier, field.name)
        for field in fields(Accounts)
        if field.name not in _SHARED
    }
    return Accounts(**shared, **between)


def _check_shared(accounts: Sequence[Accounts]) -> None:
    first = accounts[0]
    for name in _SHARED:
        if not all(np.array_equal(getattr(first, name), getattr(other, name)) for other in accounts):
            message = f"accounts of different scenarios do not go together: {name} differs"
            raise ValueError(message)


def by_station(accounts: Accounts, values: NDArray[Any]) -> NDArray[Any]:
    """Sum an array over the machines of each station.

    Parameters
    ----------
    accounts
        The accounts that say which machine belongs to which station.
    values
        One row per machine, such as `accounts.states` or `accounts.parts`.

    Returns
    -------
    ndarray
        One row per station, in the order of `accounts.stations`.
    """
    sums = np.zeros((len(accounts.stations), *values.shape[1:]), dtype=values.dtype)
    np.add.at(sums, np.asarray(accounts.machine_station), values)
    return sums


def lead_quantile(accounts: Accounts, probability: float) -> float | None:
    """Lead time that a share of the departed parts (or orders) did not exceed, good to the 1 % width of a bin [s].

    Pass the `total` of several replications for the quantile pooled over them.

    Parameters
    ----------
    accounts
        The accounts with the binned lead times.
    probability
        The share, from 0 to 1; 0.5 gives the median.

    Returns
    -------
    float or None
        The quantile, placed inside its bin in proportion to the counts there; None if nothing departed.

    Raises
    ------
    ValueError
        If `probability` is not between 0 and 1.
    """
    if not 0 <= probability <= 1:
        message = f"a probability lies between 0 and 1; got {probability}"
        raise ValueError(message)
    counts = accounts.lead_bins
    if not counts.any():
        return None
    reached = np.cumsum(counts)
    wanted = probability * reached[-1]
    chosen = int(np.flatnonzero((reached >= wanted) & (counts > 0))[0])
    low = LEAD_EDGES[chosen - 1] if chosen > 0 else 0.0
    high = LEAD_EDGES[min(chosen, len(LEAD_EDGES) - 1)]
    inside = (wanted - (reached[chosen] - counts[chosen])) / counts[chosen]
    return float(low + (high - low) * inside)
