"""Where a station's planned busy time went: what became good parts at the ideal rate, what was lost to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.kpi.elements import WorkUnit

CAUSES: Mapping[str, str] = {
    "breakdown": "down",
    "no_technician": "waiting_repair",
    "setup": "setup",
    "no_operator": "waiting_operator",
    "blocked": "blocked",
    "starved": "starved",
}
"""The losses of availability, each the time in one machine state."""


def losses_s(unit: WorkUnit, states: Mapping[str, float]) -> dict[str, float]:
    """Split the lost part of a work unit's planned busy time by cause [s].

    Parameters
    ----------
    unit
        The elements of a station.
    states
        Its time in each machine state [s].

    Returns
    -------
    dict of str to float
        Seconds by cause: those of `CAUSES` but for minor stops, then minor stops, speed, scrap and rework. Speed is
        below 0 where parts took less than their ideal time.

    Notes
    -----
    The losses add up to ``(1 - OEE) x PBT``. With ``OEE = ideal x GQ / (PQ x PBT)``, the production time that became
    no good part is lost to speed, ``APT - ideal``, and to quality, ``ideal x SQ / PQ`` and ``ideal x RQ / PQ``.
    """
    made = unit.pq or 1
    lost = {cause: states.get(state, 0.0) for cause, state in CAUSES.items()}
    lost["breakdown"] -= unit.minor_down
    lost["no_technician"] -= unit.minor_waiting
    return {
        **lost,
        "minor_stops": unit.admt,
        "speed": unit.apt - unit.ideal,
        "scrap": unit.ideal * unit.sq / made,
        "rework": unit.ideal * unit.rq / made,
    }
