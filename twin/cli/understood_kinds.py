"""What a line file was understood to say of kinds of station, upkeep, standby, carriers and pools, in words."""

from __future__ import annotations

import textwrap
from math import inf
from typing import TYPE_CHECKING

from dashboards.numbers import NOTHING, units
from twin.cli.show import table
from twin.cli.understood import crew, digits, share, shifts_in_words, spread
from twin.kpi.energy import JOULES_PER_KWH
from twin.line.capacity import static_capacity
from twin.line.crews import REPAIR_FIRST, WORK_FIRST
from twin.line.discrete import Constant
from twin.line.joined_work import feeds
from twin.line.names import listed
from twin.line.rates import own_shifts, part_s, wear
from twin.line.work_calendar import HOUR
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

    from twin.line.crews import Pool
    from twin.line.distributions import Distribution
    from twin.line.line import Line
    from twin.line.station import Station
    from twin.line.upkeep import Maintenance

WORDS = 76
"""Columns for what is said of a station or a pool."""

KILO = 1e3

STARTS = {"setup": "a setup", "repair": "a repair", "maintenance": "maintenance", "shift": "a shift's start"}
"""What a machine starts after, in words."""


def said(line: Line) -> Iterator[Table]:
    """Yield a table for each thing that such a line says: its kinds, maintenance, standby, carriers and pools."""
    kinds = [(name, _filled(text)) for name in line.stations for text in _of_station(line, name)]
    if kinds:
        yield table(("station", "what it is"), kinds, left=(0, 1))
    if any(station.maintenance for station in line.stations.values()):
        yield maintenance(line)
    standby = [(name, _filled(text)) for name, station in line.stations.items() if (text := standby_in_words(station))]
    if standby:
        yield table(("station", "standby and warm-up"), standby, left=(0, 1))
    if line.carriers:
        yield carriers(line)
    if line.pools:
        rows = [(name, _filled(_pool(pool))) for name, pool in line.pools.items()]
        yield table(("pool", "what is special"), rows, left=(0, 1))


def _filled(text: str) -> str:
    return textwrap.fill(text, WORDS)


def _time(time: Distribution) -> str:
    return format_time(time.mean) + ("" if isinstance(time, Constant) else f" on average ({time.name})")


def _hours(time: float) -> str:
    """Write a time of work, of which many hours are no days [s]."""
    return f"{digits(time / HOUR, 4)} h" if time >= HOUR else format_time(time) if time else "0 h"


def _of_station(line: Line, name: str) -> Iterator[str]:
    """Yield sentences on what is not said of every station."""
    station = line.stations[name]
    if station.kind in KINDS:
        yield KINDS[station.kind](line, name)
    if not station.attended:
        yield "unattended: works at all hours and needs nobody; its repair waits for people"
    if station.shifts is not None:
        yield f"shifts of its own: {shifts_in_words(station.shifts)}"
    if station.attend > 1:
        yield f"one person tends {station.attend} machines: each takes 1/{station.attend} of its crew"
    if station.priority != WORK_FIRST:
        yield f"asks for people with priority {station.priority}: after those of a lower number"
    yield from _stops(line, station)
    if station.startup_scrap is not None:
        start = station.startup_scrap
        after = listed(STARTS[stop] for stop in start.after)
        parts = "first part" if start.parts == 1 else f"first {start.parts:,} parts"
        yield f"of its {parts} after {after}, {share(start.share)} is scrapped"


def _stops(line: Line, station: Station) -> Iterator[str]:
    """Yield sentences on failures: what is a minor stop, whose people go first, what wears."""
    minor = [name for name, failure in station.failures.items() if failure.minor]
    if minor:
        yield f"{listed(minor, 'and')}: counted as minor stops, apart from breakdowns"
    for name, failure in station.failures.items():
        if failure.priority != REPAIR_FIRST:
            yield f"{name}: its repair asks for people with priority {failure.priority}"
        if failure.wear:
            points = ", ".join(f"{digits(times)} × from {_hours(age)} on" for age, times in failure.wear)
            mean = wear(station, failure, own_shifts(line, station))
            yield f"{name} wears with the work since maintenance: {points} as often as new, {digits(mean)} × on average"


def _assembly(line: Line, name: str) -> str:
    parts = [f"{takes} of {'the source' if feed == 'source' else feed}" for feed, takes in feeds(line, name)]
    return f"joins {listed(parts, 'and')} into one part, when all are there"


def _split(line: Line, name: str) -> str:
    return f"makes {line.stations[name].parts} parts of each that comes in"


def _batch(line: Line, name: str) -> str:
    station = line.stations[name]
    waits = "never on fewer"
    if station.timeout is not None:
        waits = f"on fewer once the first has waited {format_time(station.timeout)}"
    return f"works on {station.size} parts at once, {waits}; lets them go one by one"


def _inspection(line: Line, name: str) -> str:
    station = line.stations[name]
    to = next((edge.to for edge in line.route if edge.rejected and edge.from_ == name), None)
    where = "scrap" if to is None else f"sent to {to} as rework"
    if station.prevalence is None:
        return f"{share(station.scrap)} is found bad and {share(station.false_reject)} of the good rejected: {where}"
    return (
        f"{share(station.prevalence)} of what comes is bad; rejects {share(station.reject)} ({where}); of what it "
        f"accepts {share(accepted_bad(station))} is bad"
    )


def accepted_bad(station: Station) -> float:
    """Return the share of bad parts among those that an inspection accepts.

    Examples
    --------
    >>> from twin.line.station import Station
    >>> test = {"kind": "inspection", "cycle": "9 s", "prevalence": 0.2, "false_accept": 0.25}
    >>> round(accepted_bad(Station.model_validate(test)), 4)
    0.0588
    """
    accepted = 1 - station.reject
    return (station.prevalence or 0.0) * station.false_accept / accepted if accepted > 0 else 0.0


def _conveyor(line: Line, name: str) -> str:
    station = line.stations[name]
    stands = "parts close up" if station.accumulating else "the belt stands"
    return (
        f"a belt of {digits(station.length or 0)} m at {digits(station.speed or 0)} m/s, {format_time(station.belt_s)} "
        f"long; up to {station.capacity:,} parts, one every {format_time(part_s(station))} at most; {stands} while "
        "the first cannot leave"
    )


def _storage(line: Line, name: str) -> str:
    station = line.stations[name]
    places = "any number of parts" if station.capacity is None else f"up to {station.capacity:,} parts"
    stay = "as short as can be" if not station.stay.mean else f"{_time(station.stay)} at least"
    return f"holds {places}, each {stay}, at all hours"


KINDS: dict[str, Callable[[Line, str], str]] = {
    "assembly": _assembly,
    "split": _split,
    "batch": _batch,
    "inspection": _inspection,
    "conveyor": _conveyor,
    "storage": _storage,
}
"""What is said of a station of each kind; of a machine there is nothing to say."""


def maintenance(line: Line) -> Table:
    """Return what was understood of each task of maintenance."""
    rows = [
        (name, title, _due(task), format_time(task.lasts.mean), spread(task.lasts), _by(task))
        for name, station in line.stations.items()
        for title, task in station.maintenance.items()
    ]
    return table(("station", "maintenance", "due after", "takes", "varies, cv", "by"), rows, left=(0, 1, 2, 4, 5))


def _due(task: Maintenance) -> str:
    if task.every is None:
        return f"{task.parts:,} parts"
    if task.clock == "calendar":
        return format_time(task.every)
    return f"{_hours(task.every)} of work"


def _by(task: Maintenance) -> str:
    return crew(task.by) + (f", priority {task.priority}" if task.priority != REPAIR_FIRST else "")


def standby_in_words(station: Station) -> str:
    """Say when a machine stands by, what its warm-up takes, and how long a standby must last to pay; "" for neither.

    Notes
    -----
    A standby saves the power of waiting less its own, and costs a warm-up: it pays from the time on that makes these
    even. Who goes there after just that time never needs more than twice the least energy, however long waits turn out.

    References
    ----------
    Karlin, Manasse, Rudolph and Sleator, Competitive snoopy caching, Algorithmica 3 (1988), 79-119 (to rent or to buy).
    """
    power = station.power
    warm_up = f"each start takes {digits(power.warm_up / JOULES_PER_KWH)} kWh to warm up"
    if power.standby is None or power.standby_after is None:
        return warm_up if power.warm_up else ""
    after = f"goes to {digits(power.standby / KILO)} kW after {format_time(power.standby_after)} of waiting"
    pays = pays_after_s(station)
    if not power.warm_up or pays == inf:
        return after
    return (
        f"{after}; {warm_up}, so a standby pays once it lasts {format_time(pays)}; to go there after "
        f"{format_time(pays)} never needs more than twice the least energy"
    )


def pays_after_s(station: Station) -> float:
    """Return how long a standby must last until it has saved what its warm-up takes [s]; infinite if it never does.

    Examples
    --------
    >>> from twin.line.station import Station
    >>> power = {"idle": "4 kW", "standby": "1 kW", "standby_after": "10 min", "warm_up": "1.5 kWh"}
    >>> pays_after_s(Station.model_validate({"cycle": "1 s", "power": power}))
    1800.0
    """
    power = station.power
    saved = min(power.of("starved"), power.of("blocked")) - (power.standby or 0.0)
    return power.warm_up / saved if saved > 0 else inf


def carriers(line: Line) -> Table:
    """Return what was understood of each kind of carrier, and what it allows at best."""
    limits = static_capacity(line).carriers
    rows = [
        (
            name,
            f"{carrier.number:,}",
            f"{carrier.from_} → {carrier.to}",
            _time(carrier.return_) if carrier.return_.mean else NOTHING,
            format_time(limit.trip_s),
            NOTHING if limit.capacity_per_h == inf else digits(limit.capacity_per_h * line.product.per_part),
        )
        for (name, carrier), limit in zip(line.carriers.items(), limits, strict=True)
    ]
    rate = f"{units(line.product.unit)}/h at best"
    return table(("carriers", "number", "held from, to", "way back", "trip at best", rate), rows, left=(0, 2))


def _pool(pool: Pool) -> str:
    parts = [f"its people also have the skill {listed(pool.also, 'and')}"] if pool.also else []
    parts += [f"works {shifts_in_words(pool.shifts)}"] if pool.shifts is not None else []
    parts += [f"{share(pool.absence)} do not come to a shift, drawn anew for each"] if pool.absence else []
    return "; ".join(parts) or "nothing"
