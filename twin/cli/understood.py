"""What a line file was understood to say, as words and tables."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from dashboards.numbers import NOTHING, number, significant, units
from twin.cli.show import table
from twin.line.basis import ASSUMPTION
from twin.line.capacity import takt_s
from twin.line.discrete import Constant
from twin.line.lots import LotCycle, drawn_of
from twin.line.rates import availability, own_shifts, through_s
from twin.line.shift_times import written_shift
from twin.line.station import HOLDERS
from twin.line.work_calendar import DAYS, opening_hours, shift_hours, shifts_per_week
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.table import Table

    from twin.line.basis import Guess
    from twin.line.distributions import Distribution
    from twin.line.failure import Failure
    from twin.line.line import Line
    from twin.line.setup import Setup
    from twin.line.station import Option, Station
    from twin.line.work_calendar import Day, Shifts

MILLION = 1e6
KILO = 1e3
ASSUMED = 36
"""Columns for what is assumed, beside which a path finds room."""
MOST_PATHS = 4
"""Numbers, or stations, that share a guess are named one by one up to this many."""


def digits(value: float, places: int = 3) -> str:
    """Write a number that is not measured to `places` significant digits.

    Examples
    --------
    >>> digits(2651.4), digits(0.5), digits(12), digits(2375, 4)
    ('2,650', '0.5', '12', '2,375')
    """
    text = number(value, significant(value, places))
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(value: float) -> str:
    """Write a share as a percentage of three digits at most; an en dash for none."""
    return f"{digits(100 * value)} %" if value else NOTHING


def spread(time: Distribution | LotCycle) -> str:
    """Say how a time varies about its mean: its family and its coefficient of variation.

    Examples
    --------
    >>> from twin.line.distributions import parse_distribution
    >>> spread(parse_distribution({"lognormal": {"mean": "12 s", "cv": 0.2}})), spread(parse_distribution("12 s"))
    ('lognormal 0.2', 'never')
    """
    drawn = drawn_of(time)
    if isinstance(drawn, Constant):
        return "never"
    return f"{drawn.name} {digits(drawn.variance**0.5 / drawn.mean, 2)}"


def cycle_in_words(cycle: Distribution | LotCycle) -> str:
    """Say how long a cycle takes on average: whatever the pieces, for each, or from the smallest lot to the largest.

    Examples
    --------
    >>> from twin.line.lots import LotCycle
    >>> cycle_in_words(LotCycle.model_validate({"by_pieces": {"1": "9 min", "100": "4 h"}}))
    '9 min to 4 h'
    """
    if not isinstance(cycle, LotCycle):
        return format_time(cycle.mean)
    if cycle.per_piece is not None:
        return f"{format_time(cycle.per_piece.mean)} each"
    ends = dict.fromkeys(format_time(time) for _, time in (cycle.by_pieces[0], cycle.by_pieces[-1]))
    return " to ".join(ends)


def setup_in_words(setup: Setup | None) -> str:
    """Say how long a setup takes on average, of a matrix from the shortest change to the longest."""
    if setup is None:
        return NOTHING
    if setup.time is not None:
        return format_time(setup.time.mean)
    times = [time for row in setup.changeover.values() for time in row.values()] or [0.0]
    return " to ".join(dict.fromkeys(format_time(time) for time in (min(times), max(times))))


def crew(people: Mapping[str, int]) -> str:
    """Say whom a machine, or a repair, asks.

    Examples
    --------
    >>> crew({"operator": 1, "technician": 2}), crew({})
    ('1 operator, 2 technicians', 'nobody')
    """
    return ", ".join(f"{count} {skill}{'s' if count > 1 else ''}" for skill, count in people.items()) or "nobody"


def shifts_in_words(shifts: Shifts) -> str:
    """Say when a line works."""
    begin = "".join((f" {_days(shifts.days)}" if shifts.days else "", _from(shifts.start)))
    pattern = shifts.pattern or "at times of its own"
    weekly = f"{shifts_per_week(shifts)} shifts of {digits(shift_hours(shifts))} h a week"
    return f"{pattern}{begin}; {weekly}{_rest(shifts)}, {opening_hours(shifts):,.0f} h a year"


def _rest(shifts: Shifts) -> str:
    """Say when nobody works within the shifts: in breaks, on holidays."""
    breaks = f", breaks {' and '.join(map(written_shift, shifts.breaks))} left out" if shifts.breaks else ""
    days = len(shifts.holidays)
    return breaks + (
        f", none on {days} holiday{'s' if days > 1 else ''} from {min(shifts.holidays)} on" if days else ""
    )


def _days(days: tuple[Day, ...]) -> str:
    """Say on which days, as short as it was written."""
    first, last = DAYS.index(days[0]), DAYS.index(days[-1])
    together = len(days) > 1 and last - first == len(days) - 1
    return f"{days[0]}-{days[-1]}" if together else ", ".join(days)


def _from(start: int | None) -> str:
    return "" if start is None else f" from {start // 3600:02d}:{start % 3600 // 60:02d}"


def facts(line: Line) -> Table:
    """Return what was understood of the line as a whole."""
    product = line.product
    part = f"one {product.unit}" if product.per_part == 1 else f"{digits(product.per_part)} {units(product.unit)}"
    rows = [("product", f"a part is {part}")]
    if product.demand_per_year is not None:
        rows.append(("demand", f"{product.demand_per_year:,.0f} {units(product.unit)} a year: {_pace(line)}"))
    rows += [("shifts", shifts_in_words(line.shifts)), ("source", source_in_words(line))]
    result = table(("", ""), rows, left=(0, 1))
    result.show_header = False
    return result


def _pace(line: Line) -> str:
    """Say what the demand asks of a shift and of an hour, and the takt."""
    takt, plan = takt_s(line) or 0.0, line.plan_per_shift or 0.0
    hourly = plan / shift_hours(line.shifts)
    return f"{digits(plan, 4)} a shift, {digits(hourly, 4)} an hour, a part every {format_time(takt)} (takt)"


def source_in_words(line: Line) -> str:
    """Say where parts come from."""
    fed = " and ".join(line.fed)
    arrivals = line.source.arrivals
    if line.source.orders is not None:
        return f"orders, at {fed if len(line.fed) <= MOST_PATHS else f'{len(line.fed)} stations'}"
    if arrivals is None:
        return f"parts are always there, at {fed}"
    waiting = "any number" if line.source.capacity is None else f"at most {line.source.capacity:,}"
    each = "each of " if len(line.fed) > 1 else ""
    varies = "" if isinstance(arrivals, Constant) else f" on average ({arrivals.name})"
    return f"a part every {format_time(arrivals.mean)}{varies} at {each}{fed}, where {waiting} may wait"


def stations(line: Line) -> Table:
    """Return what was understood of each station; how long lots take has a table of its own."""
    stations = line.stations.values()
    columns = {"station": list(line.stations), "machines": [str(station.machines) for station in stations]}
    if line.move == "piece":
        columns["cycle"] = [cycle_in_words(_passes(station)) for station in stations]
        columns["varies, cv"] = [spread(_passes(station)) for station in stations]
        columns["ideal"] = [NOTHING if station.kind in HOLDERS else format_time(station.ideal) for station in stations]
    columns |= {
        "up": [share(availability(station, own_shifts(line, station))) for station in stations],
        "scrap": [share(station.reject) for station in stations],
        "kW": [_power(station) for station in stations],
        "crew": [crew(station.crew) for station in stations],
    }
    left = [place for place, heading in enumerate(columns) if heading in {"station", "varies, cv", "crew"}]
    return table(list(columns), zip(*columns.values(), strict=True), left=left)


def _passes(station: Station) -> Distribution | LotCycle:
    """Return how long a part is in a station: its cycle, the length of a belt, or its stay."""
    return (
        station.cycle
        if station.kind not in HOLDERS
        else station.stay
        if station.stay.mean
        else Constant(through_s(station))
    )


def _power(station: Station) -> str:
    """Write the power of a machine [kW] at work and idle."""
    working, idle = (station.power.of(state) / KILO for state in ("processing", "starved"))
    return f"{digits(working)} / {digits(idle)}" if working or idle else NOTHING


def failures(line: Line) -> Table:
    """Return what was understood of each way to fail."""
    rows = [
        (
            name,
            title,
            format_time(failure.time_to_failure.mean),
            spread(failure.time_to_failure),
            format_time(failure.ttr.mean),
            spread(failure.ttr),
            crew(failure.repaired_by),
        )
        for name, title, failure in _failures(line)
    ]
    headings = ("station", "failure", "after", "varies, cv", "repair", "varies, cv", "by")
    return table(headings, rows, left=(0, 1, 3, 5, 6))


def _failures(line: Line) -> Iterator[tuple[str, str, Failure]]:
    for name, station in line.stations.items():
        for title, failure in station.failures.items():
            marks = ([failure.clock] if failure.clock != "operating" else []) + ["minor stop"] * failure.minor
            yield name, f"{title} ({', '.join(marks)})" if marks else title, failure


def given_as_availability(line: Line) -> list[tuple[str, Failure]]:
    """Return the failures, of stations and their options, that are given as an availability, each with its path."""
    found = []
    for name, station in line.stations.items():
        versions = {name: station.failures} | {
            f"{name}, {option}": choice.failures or {} for option, choice in station.automation.items()
        }
        for owner, ways in versions.items():
            found += [(f"{owner}: {way}", failure) for way, failure in ways.items() if failure.availability is not None]
    return found


def availabilities(line: Line) -> Table:
    """Return what became of failures that are given as an availability."""
    rows = [
        (
            where,
            share(failure.availability or 0),
            format_time(failure.ttr.mean),
            format_time(failure.time_to_failure.mean),
        )
        for where, failure in given_as_availability(line)
    ]
    return table(("given as an availability", "up", "repair", "hence fails after"), rows)


def options(line: Line) -> Table:
    """Return every option: what it changes against the station, and what it costs."""
    rows = [
        (name, title, changes(station, option), _posts(option), millions(option.capex))
        for name, station in line.stations.items()
        for title, option in station.automation.items()
    ]
    return table(("station", "option", "changes", "posts", "capital, M EUR"), rows, left=(0, 1, 2, 3))


def millions(euros: float) -> str:
    """Write capital [EUR] in millions."""
    return number(euros / MILLION, 2) if euros else NOTHING


def changes(station: Station, option: Option) -> str:
    """Say what an option changes, from what to what."""
    after = station.model_copy(update={"automation": {"it": option}}).with_option("it")
    pairs = {
        "machines": (str(station.machines), str(after.machines)),
        "cycle": (cycle_in_words(station.cycle), cycle_in_words(after.cycle)),
        "setup": (setup_in_words(station.setup), setup_in_words(after.setup)),
        "crew": (crew(station.crew), crew(after.crew)),
        "attended": tuple("yes" if each.attended else "no" for each in (station, after)),
        "machines a person": (str(station.attend), str(after.attend)),
        "scrap": (share(station.reject), share(after.reject)),
        "up": (share(availability(station)), share(availability(after))),
        "kW": (_power(station), _power(after)),
    }
    found = [f"{what} {old} → {new}" for what, (old, new) in pairs.items() if old != new]
    found += [f"{name} carriers {digits_signed(more)}" for name, more in option.carriers.items()]
    found += ["its own maintenance"] * (after.maintenance != station.maintenance)
    found += ["its own start-up scrap"] * (after.startup_scrap != station.startup_scrap)
    return "\n".join(found) or NOTHING


def _posts(option: Option) -> str:
    return "\n".join(f"{skill} {digits_signed(change)}" for skill, change in option.posts.items()) or NOTHING


def digits_signed(value: float) -> str:
    """Write a change to three digits, with its sign."""
    return ("+" if value > 0 else "") + digits(value)


def guesses_text(found: Sequence[Guess], many: int) -> str:
    """Say what the answer is worth: how many of a line's numbers are guesses."""
    if not found:
        return f"Each of its {many:,} numbers names its source; none is an assumption."
    assumed = sum(guess.assumption is not None for guess in found)
    kinds = [(assumed, "an assumption", "assumptions"), (len(found) - assumed, "without a source", "without a source")]
    said = [f"{count:,} {'is ' + one if count == 1 else 'are ' + more}" for count, one, more in kinds if count]
    return f"Of its {many:,} numbers, {' and '.join(said)}; the answer is worth no more than these, listed at the end."


def guesses(found: Sequence[Guess]) -> Table:
    """Return the guesses by what is assumed; of many numbers, how many lie under which part of the file."""
    by_text: dict[str | None, list[str]] = {}
    for guess in found:
        by_text.setdefault(guess.assumption, []).append(guess.path)
    rows = [(str(len(paths)), textwrap.fill(_assumed(text), ASSUMED), _under(paths)) for text, paths in by_text.items()]
    return table(("guesses", "what is assumed", "where"), rows, left=(1, 2))


def _assumed(basis: str | None) -> str:
    if basis is None:
        return "nothing said, no source"
    return basis[len(ASSUMPTION) :].lstrip(" :,") or ASSUMPTION


def _under(paths: list[str]) -> str:
    if len(paths) <= MOST_PATHS:
        return ", ".join(paths)
    stations = Counter(path.split(".")[1] for path in paths if path.startswith("stations."))
    parts = Counter(path.split(".")[0] for path in paths)
    if len(stations) <= MOST_PATHS:
        parts = Counter({f"stations.{name}": count for name, count in stations.items()}) + parts
        del parts["stations"]
    return ", ".join(f"{part} ({count})" if count > 1 else part for part, count in parts.items())
