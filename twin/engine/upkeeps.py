"""What upkeep and power are in numbers: tasks of maintenance, tables of wear, start-up scrap, standby, the meter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.records import BY_CALENDAR, BY_PARTS, BY_WORK, INFINITE, INTEGER, METERED
from twin.engine.rules.upkeep import AFTER_MAINTENANCE, AFTER_REPAIR, AFTER_SETUP, AFTER_SHIFT
from twin.errors import InputError
from twin.events import STATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from twin.engine.builder import Row
    from twin.engine.varied import Varied
    from twin.line.station import Station
    from twin.line.upkeep import Maintenance

MILLI = 1000.0
MOST_MILLIWATTS = 1 << 53
"""More than this of a whole line is no whole number of milliwatts as a float."""

AFTER = {
    "setup": AFTER_SETUP,
    "repair": AFTER_REPAIR,
    "maintenance": AFTER_MAINTENANCE,
    "shift": AFTER_SHIFT,
}


def station_upkeep(station: Station) -> Row:
    """Return what a station does when it starts, and while it has nothing to do."""
    power, start = station.power, station.startup_scrap
    fields: Row = {"warm_up": MILLI * power.warm_up}
    if power.standby is not None:
        fields |= {"standby_power": round(MILLI * power.standby), "standby_after": power.standby_after}
    if start is not None:
        after = sum(AFTER[stop] for stop in dict.fromkeys(start.after))
        fields |= {"startup_parts": start.parts, "startup_share": start.share, "startup_after": after}
    return fields


def machine_upkeep(v: Varied, name: str, number: int, station: Station, failures: tuple[int, int]) -> Row:
    """Note a machine's tasks behind its failures, which lie from the first to the last; what it names asks a timer."""
    b, last = v.b, failures[1]
    for row, failure in zip(b.failures[slice(*failures)], station.failures.values(), strict=True):
        row |= {"minor": int(failure.minor), "wear_first": len(v.numbers)}
        v.numbers += [point for points in failure.wear for point in points]
        row["wear_last"] = len(v.numbers)
    for task_name, task in station.maintenance.items():
        first_need, last_need = b.need(b.scaled(task.by))
        needs = {f"{whose}_{end}": n for whose in ("all", "own", "setup") for end, n in
                 (("first", first_need), ("last", last_need))}  # fmt: skip
        stream = b.stream(f"{name}.{task_name}", number, "lasts", task.lasts)
        b.failures.append(_task(task) | needs | {"due": INFINITE, "ttr_stream": stream, "priority": task.priority})
        b.failure_names.append(task_name)
    fields: Row = {"first_task": last, "last_task": len(b.failures)}
    if any(task.clock == "calendar" for task in station.maintenance.values()):
        fields["upkeep_timer"] = -1
    if station.power.standby is not None:
        fields["standby_timer"] = -1
    return fields


def _task(task: Maintenance) -> Row:
    if task.parts is not None:
        return {"task": BY_PARTS, "every": task.parts}
    return {"task": BY_WORK if task.clock == "operating" else BY_CALENDAR, "every": task.every}


def is_upkept(machine: Row) -> bool:
    """Whether a machine has a timer for the end of repairs: it can fail, or is maintained."""
    pairs = (("first_failure", "last_failure"), ("first_task", "last_task"))
    return any(machine.get(first, 0) < machine.get(last, 0) for first, last in pairs)


def powers_of(stations: Mapping[str, Station], owner: Sequence[int]) -> tuple[np.ndarray[Any, Any], int]:
    """Return the power of each machine in each state [mW], and whether the line has a meter (`METERED`, or 0).

    Raises
    ------
    InputError
        If all machines together may draw more than can be counted in milliwatts.
    """
    rows = [[round(MILLI * station.power.of(state)) for state in STATES] for station in stations.values()]
    most = sum(max(rows[s]) for s in owner)
    if most > MOST_MILLIWATTS:
        worst = max(range(len(rows)), key=lambda s: max(rows[s]))
        raise InputError(
            f"stations.{list(stations)[worst]}.power: the machines together may draw {most / MILLI:g} W; "
            f"write powers of no more than {MOST_MILLIWATTS / MILLI:g} W in all"
        )
    powers = np.array([rows[s] for s in owner], dtype=INTEGER).ravel()
    return powers, METERED if any(station.power.is_named for station in stations.values()) else 0


def standby_of(stations: Sequence[Station], owner: Sequence[int]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return each machine's power in standby [W] and the energy of its warm-up [J]."""
    powers = [stations[s].power for s in owner]
    return np.array([power.standby or 0.0 for power in powers]), np.array([power.warm_up for power in powers])
