"""What `twin run` says in sentences: how much a line makes, what limits it, how sure that is, whether it locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.numbers import (
    DIGITS_OF_THE_EXACT,
    NO_BREAK_SPACE,
    PLUS_MINUS,
    decimals_for,
    decimals_of,
    number,
    percent,
    plus_minus,
    significant,
    units,
)
from twin.cli.overload import overload, too_tight
from twin.cli.resolve import SHIFTS
from twin.kpi.policy import STANDARD
from twin.line.diagram import station_names
from twin.line.names import listed
from twin.line.work_calendar import HOUR, WEEK, scheduled_s, shift_hours, windows
from twin.study.intervals import Estimate, spread
from twin.study.replicate import state_shares
from twin.units import format_time

if TYPE_CHECKING:
    from twin.line.line import Line
    from twin.study.replicate import Study

FEWEST_FOR_A_SPREAD = 20
"""Replications from which a tenth of them says something."""

QUANTILE_TO_MEAN = 1.7
"""Sampling error of a tenth's quantile over that of the mean, for normal outcomes: sqrt(0.1 * 0.9) / phi(1.28)."""

ROUNDING = 1e-9
"""What sums of times leave, relative."""

DAY = 86400.0
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SPARE = 0.05
"""Share of time: a station that waits longer than that for parts has time to spare."""


def label(line: Line, station: str) -> str:
    """Return the name of a station within a sentence, the same as in the tables."""
    return station_names(line)[station]


def answer(study: Study) -> str:
    """Return the sentences that answer how much the line makes and what limits it."""
    if len(study.locked) == len(study.runs):
        every = "the run" if len(study.runs) == 1 else f"all {len(study.runs)} replications"
        return f"The line locks: {every} came to a deadlock."
    good = study.good_per_shift
    if good is None:
        return (
            f"The time measured holds no shift, so nothing was made. A run begins on Monday 00:00, and the first shift "
            f'starts on {_first_shift(study.scenario.line)}; measure longer, such as --horizon "{SHIFTS}".'
        )
    return f"{_output(study, good)} {_limit(study)}"


def _first_shift(line: Line) -> str:
    """Return when the week's first shift starts: Monday 06:00."""
    day, seconds = divmod(windows(line.shifts)[0][0], DAY)
    return f"{WEEKDAYS[int(day)]} {int(seconds // HOUR):02}:{int(seconds % HOUR // 60):02}"


def _output(study: Study, good: Estimate) -> str:
    line = study.scenario.line
    a_shift = f"{units(line.product.unit)} a shift"
    places = decimals_of(good)
    plan = line.plan_per_shift
    if good.interval is None:
        planned = "" if plan is None else f", against {number(plan, significant(plan, DIGITS_OF_THE_EXACT))} planned"
        return f"In one run the line makes about {number(good.mean, places)} {a_shift}{planned}."
    value, sign, half = plus_minus(good).partition(PLUS_MINUS)
    made = f"The line makes {value} {a_shift}{sign}{half}"
    if plan is None:
        return f"{made}."
    short = round(plan, places) - round(good.mean, places)
    if not short or not good.excludes(plan):
        return f"{made}; its plan of {number(plan, places)} lies within that."
    way = "short of" if short > 0 else "over"
    return f"{made}, {number(abs(short), places)} {way} the {number(plan, places)} planned."


def _limit(study: Study) -> str:
    line, count = study.scenario.line, len(study.runs)
    station, *others = study.limits
    name, times = label(line, station), study.limits[station]
    if arrivals_limit(study):
        starved = percent(_starved(study, station))
        if line.source.orders is not None:
            return f"The orders limit it: {name}, which waits least, is without work {starved} of the time."
        return f"What arrives limits it: {name}, which waits least, is starved {starved} of the time."
    tight = too_tight(line)
    if tight is not None and tight[0].endswith(" pool"):
        return f"{tight[0].capitalize()} limits it."
    if times == count:
        return f"{name} limits it."
    if times > count / 2:
        return f"{name} limits it, in {times} of {count} replications."
    other = others[0]
    either = f"in {times} and {study.limits[other]} of {count} replications"
    return f"{name} limits it, {label(line, other)} about as much ({either})."


def arrivals_limit(study: Study) -> bool:
    """Say whether no station limits the line, because even the one that waits least waits for parts to arrive."""
    source = study.scenario.line.source
    comes = source.arrivals is not None or source.orders is not None
    return comes and overload(study) is None and _starved(study, next(iter(study.limits))) > SPARE


def _starved(study: Study, station: str) -> float:
    """Return the share of the time within shifts for which a station waits for parts."""
    shares = state_shares(study.pooled)[station]
    return shares["starved"] / (1 - shares["off_shift"])


def doubts(study: Study) -> list[str]:
    """Return how well the mean is known, and how far single runs spread: two different things, a line each."""
    good = study.good_per_shift
    if good is None or not good.half_width:
        return []
    a_shift = f"{units(study.scenario.line.product.unit)} a shift"
    places = decimals_of(good)
    known = f"The average is known to ± {number(good.half_width, places)} {a_shift} ({_held(good)})."
    outcomes = spread(good.replications) if len(good.replications) >= FEWEST_FOR_A_SPREAD else None
    if outcomes is None:
        return [known]
    # The runs as fitted spread by luck alone, whatever the data leave open of their mean.
    alone = good if good.data_share is None else Estimate(good.mean, good.simulation)
    places = decimals_for(QUANTILE_TO_MEAN * (alone.half_width or good.half_width))
    low, high = number(outcomes.p10, places), number(outcomes.p90, places)
    one = {"one shift": "One shift in ten", "one week": "One week in ten"}.get(
        measured(study), f"Of runs of {measured(study)}{'' if good.data_share is None else ' as fitted'}, one in ten"
    )
    return [known, f"{one} falls below {low} {a_shift}, one in ten rises above {high}."]


def _held(estimate: Estimate) -> str:
    """Return what an interval holds, in words where that is more than the simulation's noise."""
    if estimate.data_share is None:
        return "95 % interval"
    owed = percent(estimate.data_share)
    return f"95 % interval: data and simulation; the data owe {owed} of its variance"


def measured(study: Study) -> str:
    """Return the measured time of a replication in words: in shifts where it is whole shifts."""
    if study.horizon_s == WEEK:
        return "one week"
    return _in_shifts(study, study.warmup_s, study.horizon_s)


def _in_shifts(study: Study, start: float, time: float) -> str:
    weeks, rest = divmod(time, WEEK)
    if not study.scenario.line.alike and weeks and not rest:
        return "one week" if weeks == 1 else f"{weeks:,.0f} weeks"
    shifts = study.scenario.line.shifts
    worked = scheduled_s(shifts, start, start + time) / (shift_hours(shifts) * HOUR)
    whole = round(worked)
    if whole < 1 or abs(worked - whole) > ROUNDING * whole:
        return in_whole(time)
    return "one shift" if whole == 1 else f"{whole:,} shifts"


def in_whole(time: float) -> str:
    """Return a time [s] in the largest unit of which it is a whole number, else to three digits.

    Examples
    --------
    >>> in_whole(360_000), in_whole(5_400), in_whole(1.5)
    ('100 h', '90 min', '1.5 s')
    """
    for size, unit in ((HOUR, "h"), (60, "min")):
        if time >= size and time % size == 0:
            return f"{time / size:,.0f} {unit}"
    return format_time(time)


def locks(study: Study) -> str | None:
    """Return who waited for whom where runs came to a deadlock, and the remedy; None where none did."""
    if not study.locked:
        return None
    waits = "; ".join(map(_kept_together, study.locked[0].deadlock or ()))
    several, every = len(study.runs) > 1, len(study.locked) == len(study.runs)
    counted = "" if every else f"{len(study.locked)} of {len(study.runs)} replications came to a deadlock. "
    first = "In the first, " if several else ""
    standstill = "" if every else " The figures count their standstill."
    return f"{counted}{first}{waits}, and none of them can move. {_remedy(study)}{standstill}"


def _remedy(study: Study) -> str:
    """Say what would keep the first locked run from locking: more people, or places without limit."""
    if any(_awaited(text)[0].isdigit() for text in study.locked[0].deadlock or ()):
        return "Add people to the pool, or let `repaired_by` ask for no more of a skill than the `crew` holds."
    ways = _returning(study)
    where = f"the returning way {listed(ways)}" if ways else "a way among them"
    return f"Leave {where} without `buffer`, so that it holds without limit, or give it more places."


def _awaited(waits: str) -> str:
    """Return what is waited for: a station, or a number of people ("a waits for 1 operator")."""
    return waits.partition(" waits for ")[2]


def _kept_together(waits: str) -> str:
    """Keep the number of a machine at the name of its station: "press 2 waits for weld"."""
    machine, sign, awaited = waits.partition(" waits for ")
    return machine.replace(" ", NO_BREAK_SPACE) + sign + awaited


def _returning(study: Study) -> list[str]:
    """Return the ways back with few places between the stations that wait for each other, in the first such run."""
    line = study.scenario.line
    waits = [text.split() for text in study.locked[0].deadlock or ()]  # "press 2 waits for weld"
    waiting, awaited = {words[0] for words in waits}, {words[-1] for words in waits}
    ways = [edge for edge in line.route if edge.buffer is not None and edge.from_ in waiting and edge.to in awaited]
    place = {name: position for position, name in enumerate(line.stations)}
    back = [edge for edge in ways if edge.rework] or [edge for edge in ways if place[edge.from_] >= place[edge.to]]
    return [edge.name for edge in back]


COUNTED = f"OEE counted by {STANDARD.title}"
"""Which policy the OEE of a simulation is counted by."""


def origin(study: Study, seconds: float, *notes: str) -> str:
    """Return how the answer was made: replications, times, seed, clock, digest, notes, and how long it took [s]."""
    count = len(study.runs)
    runs = "One run" if count == 1 else f"{count} replications"
    warmup = f"warm-up {_in_shifts(study, 0.0, study.warmup_s)}" if study.warmup_s else "no warm-up"
    clock = {"simpy": "SimPy's clock"}.get(study.engine, f"{study.engine} clock")
    took = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 -- two digits
    made = (f"{runs} of {measured(study)}", warmup, f"seed {study.seed}", clock, f"digest {study.digest[:12]}")
    return ", ".join((*made, COUNTED, *notes, took))
