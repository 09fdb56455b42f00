"""The elements from which KPIs are built: the times and quantities of ISO 22400-2, summed from the accounts.

======  ============================  =====================================================
symbol  element                       from the accounts
======  ============================  =====================================================
APT     actual production time        processing
AUST    actual unit setup time        setup
AUPT    actual unit processing time   APT + AUST
ADET    actual unit delay time        starved + blocked + waiting_operator
AUBT    actual unit busy time         AUPT + ADET
ADOT    actual unit down time         down + waiting_repair
PBT     planned busy time             AUBT + ADOT: all but maintenance and off_shift
PRI     planned run time per item     the ideal cycle
PQ      produced quantity             parts that left, whatever their outcome
GQ      good quantity                 PQ - SQ - RQ
SQ      scrap quantity                scrap; at an inspection station the parts it rejected
RQ      rework quantity               parts sent back
FE      failure events                failures that began, minor stops left out
ADMT    actual unit minor stop time   the part of ADOT that went into minor stops
ME      minor stop events             minor stops that began
E       energy                        power x time in state, and what starts took
======  ============================  =====================================================
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.accounts import by_station
from twin.events import STATES
from twin.kpi.energy import energy_j

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.accounts import Accounts, Floats, Ints


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """The elements of one machine, or their sums over several, such as those of a station. Times in seconds."""

    calendar: float
    pbt: float
    apt: float
    aust: float
    adet: float
    adot: float
    ideal: float
    """PRI x PQ: what the parts made would have taken at the ideal cycle, summed over them where they differ [s]."""
    pq: int
    sq: int
    rq: int
    fe: int
    repairs: int
    """Repairs that ended."""
    unexplained: float
    """The part of ADOT for which nobody gave a reason [s]."""
    minor_down: float
    minor_waiting: float
    """The parts of ADOT in minor stops, under repair and waiting for a technician [s]."""
    minor_stops: int
    energy: float
    """Electrical energy [J]."""

    @property
    def admt(self) -> float:
        """The part of ADOT in minor stops [s]."""
        return self.minor_down + self.minor_waiting


@dataclass(frozen=True, slots=True)
class WholeLine:
    """The elements of a line from its door to its end. Times in seconds."""

    calendar: float
    pq: int
    """Parts that left the line, good or as scrap."""
    sq: int
    rq: int
    """Parts that left good, but not without rework."""
    units: float
    """Good parts that left, in units of the product."""
    orders: int | None
    """Orders that left; None on a line without orders."""
    leads: int
    """Lead times counted: of orders, on a line without orders of good parts."""
    wip_time: float
    """Integral over time of the parts in the line [part s]."""
    lead_sum: float
    """All lead times, summed [s]."""
    energy: float
    """Electrical energy of all machines [J]."""
    peak: float | None
    """Highest power of the line [W]; None where no power is named, or it is not known."""
    peak_mean: float | None
    """Highest mean power of a whole window of 10 minutes [W]."""
    present: float
    """Time on duty of all people [person s]."""


def machines_of(accounts: Accounts, station: str) -> tuple[int, ...]:
    """Return the rows of a station's machines in the accounts.

    Raises
    ------
    ValueError
        If there is no such station.
    """
    if station not in accounts.stations:
        raise ValueError(f"there is no station {station} among {', '.join(accounts.stations)}")
    index = accounts.stations.index(station)
    return tuple(row for row, owner in enumerate(accounts.machine_station) if owner == index)


def work_unit(accounts: Accounts, machines: Sequence[int]) -> WorkUnit:
    """Sum the elements of some machines, given by their rows in the accounts (see `machines_of`)."""
    rows = list(machines)
    times, counts = _table(accounts)
    return _unit(accounts.span_s * len(rows), times[rows].sum(axis=0).tolist(), counts[rows].sum(axis=0).tolist())


def work_units(accounts: Accounts) -> list[WorkUnit]:
    """Sum the elements of every station, in the order of `accounts.stations`."""
    times, counts = (by_station(accounts, table).tolist() for table in _table(accounts))
    machines = Counter(accounts.machine_station)
    return [
        _unit(accounts.span_s * machines[station], *sums)
        for station, sums in enumerate(zip(times, counts, strict=True))
    ]


def _table(accounts: Accounts) -> tuple[Floats, Ints]:
    """Return what work units add up, by machine: times (by state and others) and energy, and counts."""
    minor = accounts.minor_s[:, _DOWN], accounts.minor_s[:, _WAITING]
    sums = (accounts.states, accounts.ideal_s, accounts.unexplained_s, *minor, energy_j(accounts))
    counted = (
        accounts.parts, accounts.scrap, accounts.rework, accounts.failures, accounts.repaired, accounts.minor_stops
    )  # fmt: skip
    return np.column_stack(sums), np.column_stack(counted)


_DOWN, _WAITING = STATES.index("down"), STATES.index("waiting_repair")


def _unit(calendar: float, times: Sequence[float], counts: Sequence[int]) -> WorkUnit:
    *by_state, ideal, unexplained, minor_down, minor_waiting, energy = times
    time = dict(zip(STATES, by_state, strict=True))
    apt, aust = time["processing"], time["setup"]
    adet = time["starved"] + time["blocked"] + time["waiting_operator"]
    adot = time["down"] + time["waiting_repair"]
    pq, sq, rq, fe, repairs, minor_stops = counts
    return WorkUnit(
        calendar=calendar,
        pbt=apt + aust + adet + adot,
        apt=apt,
        aust=aust,
        adet=adet,
        adot=adot,
        ideal=ideal,
        pq=pq,
        sq=sq,
        rq=rq,
        fe=fe,
        repairs=repairs,
        unexplained=unexplained,
        minor_down=minor_down,
        minor_waiting=minor_waiting,
        minor_stops=minor_stops,
        energy=energy,
    )


def whole_line(accounts: Accounts, *, per_part: float) -> WholeLine:
    """Sum the elements of the line.

    Parameters
    ----------
    accounts
        The accounts of a replication, or the `total` of several.
    per_part
        Units of the product in one part.
    """
    return WholeLine(
        calendar=accounts.span_s,
        pq=accounts.departed + accounts.scrapped,
        sq=accounts.scrapped,
        rq=accounts.departed - accounts.first_pass,
        units=accounts.departed * per_part,
        orders=accounts.orders_departed if accounts.orders_arrived + accounts.orders_departed else None,
        leads=int(accounts.lead_bins.sum()),
        wip_time=accounts.wip_s,
        lead_sum=accounts.lead_sum_s,
        energy=float(energy_j(accounts).sum()),
        peak=accounts.peak_w if accounts.peak_w > 0 else None,
        peak_mean=accounts.peak_mean_w if accounts.peak_mean_w > 0 else None,
        present=float(accounts.present_s.sum()),
    )
