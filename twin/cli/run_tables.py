"""What `twin run` shows in tables: measures with their intervals, stations, buffers, people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dashboards.numbers import NOTHING, decimals_of, interval, number, percent, significant, unit, units
from twin.accounts import lead_quantile
from twin.cli.run_words import arrivals_limit, label
from twin.cli.show import GAP, SHOWN, WIDTH, state_bar, state_legend, state_word, table
from twin.events import STATES
from twin.line.diagram import station_names
from twin.line.scenario import posts
from twin.line.work_calendar import WEEK, windows
from twin.study.intervals import Estimate
from twin.study.replicate import idle, state_shares, utilisation
from twin.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table
    from rich.text import Text

    from twin.accounts import Accounts
    from twin.line.line import Line
    from twin.study.replicate import Study

PERCENT = 100.0
TIMES = {"d": 86400.0, "h": SECONDS_PER_HOUR, "min": 60.0, "s": 1.0}
MOST_PLACES = 15
MOST_ENDLESS = 10
"""Buffers without limit that are shown, where there are many."""
LONGEST_BAR, SHORTEST_BAR = 30, 10
"""Cells of a bar of time."""


class Measure(NamedTuple):
    """A row of the measures; `places` after the point are shown at most, where there is a limit."""

    name: str
    estimate: Estimate | None
    unit: str
    remark: str = ""
    places: int | None = None


def measures(study: Study) -> Table:
    """Return the measures of the line, each with its 95 % interval."""
    rows = [_written(measure) for measure in _measures(study)]
    if len(study.runs) > 1:
        return table(("measure", "mean", "95 % interval", "unit", ""), rows, left=(0, 3, 4))
    without = [(name, value, *rest) for name, value, _, *rest in rows]
    return table(("measure", "one run", "unit", ""), without, left=(0, 2, 3))


def _written(measure: Measure) -> tuple[str, str, str, str, str]:
    estimate = measure.estimate
    if estimate is None:
        return measure.name, NOTHING, NOTHING, measure.unit, measure.remark
    places = min(decimals_of(estimate), measure.places if measure.places is not None else MOST_PLACES)
    return (
        measure.name,
        number(estimate.mean, places),
        interval(estimate.interval, places),
        measure.unit,
        measure.remark,
    )


def _measures(study: Study) -> Iterator[Measure]:
    line = study.scenario.line
    product = unit(line.product.unit)
    worked = "" if _never_closes(line) else "within shifts"
    yield Measure("good output", study.good_per_hour_worked, f"{units(line.product.unit)}/h", worked)
    yield from _effectiveness(study)
    yield Measure("first-pass yield", scaled(study.line_kpi("first_pass_ratio"), PERCENT), "%")
    if line.source.capacity is not None:
        yield Measure("turned away", scaled(study.estimate(_turned_away, 1.0), PERCENT), "%", "of what arrives")
    if line.source.orders is not None:
        yield _orders(study)
    yield _lead_time(study)
    each = "" if line.product.per_part == 1 else f"{line.product.per_part:g} {units(line.product.unit)} each"
    parts = units(line.product.unit) if line.move == "order" and not each else "parts"
    yield Measure("work in progress", study.line_kpi("wip"), parts, each)
    if study.pooled.power_w.any():
        yield Measure("energy", study.line_kpi("energy_per_unit"), f"kWh/{product}")
        yield Measure("peak power", study.line_kpi("peak_power"), "kW")
        starts = ", starts included" if study.pooled.warm_up_j.any() else ""
        yield Measure("  over 10 minutes", study.line_kpi("peak_mean_power"), "kW", f"highest mean{starts}")
    if people := sum(posts(study.scenario).values()):
        filled = f"{people} {'post' if people == 1 else 'posts'} a shift"
        yield Measure("labour", study.line_kpi("labour_hours_per_unit"), f"h/{product}", filled)


def _effectiveness(study: Study) -> Iterator[Measure]:
    station = study.oee_station
    oee = scaled(study.station_kpi("oee", station), PERCENT)
    yield Measure(f"OEE of {label(study.scenario.line, station)}", oee, "%", _against_target(study, oee))
    places = None if oee is None else decimals_of(oee)
    for kpi in ("availability", "effectiveness", "quality"):
        remark = _of_lots(study, station) if kpi == "effectiveness" else ""
        yield Measure(f"  {kpi}", scaled(study.station_kpi(kpi, station), PERCENT), "%", remark, places)
    if not _never_closes(study.scenario.line):
        yield Measure("  TEEP", scaled(study.station_kpi("teep", station), PERCENT), "%", "of all hours", places=places)


def _of_lots(study: Study, station: str) -> str:
    """Say against what time lots are held; nothing where the file gives an ideal one, or parts are alike."""
    line = study.scenario.line
    given = line.stations[station].ideal_cycle is not None
    return "" if line.alike or given else "against the mean time of each job"


def _orders(study: Study) -> Measure:
    """Return how many orders leave a week, and how many come."""
    came = scaled(study.estimate(lambda accounts: accounts.orders_arrived / accounts.span_s), WEEK)
    remark = "" if came is None else f"of {number(came.mean, decimals_of(came))} that come"
    done = scaled(study.line_kpi("orders_per_h"), WEEK / SECONDS_PER_HOUR)
    return Measure("orders done", done, "orders/week", remark)


def _against_target(study: Study, oee: Estimate | None) -> str:
    share = study.scenario.line.targets.oee
    if share is None or oee is None:
        return ""
    target, places = share * PERCENT, decimals_of(oee)
    apart = round(oee.mean - target, places)
    if not oee.excludes(target) or not apart:
        return f"target {target:g}"
    return f"{number(abs(apart), places)} {'over' if apart > 0 else 'under'} target {target:g}"


def _lead_time(study: Study) -> Measure:
    lead = study.line_kpi("lead_time")
    if lead is None:
        return Measure("lead time", None, "min")
    name, size = time_unit(lead.mean)
    # Few parts wait for a night or a week's end to pass, but these hours may raise the mean above what most parts take.
    closed = "" if _never_closes(study.scenario.line) else ",\nclosed hours included"
    remark = ", ".join(f"P{part} {lead_quantile_text(study, part, size)}" for part in (50, 90, 95)) + closed
    of_what = "lead time" if study.scenario.line.source.orders is None else "lead time by order"
    return Measure(of_what, scaled(lead, 1 / size), name, remark)


def time_unit(time: float) -> tuple[str, float]:
    """Return the largest unit of which a time [s] is at least one, and its size [s]."""
    return next((name, size) for name, size in TIMES.items() if time >= size or name == "s")


def lead_quantile_text(study: Study, hundredths: int, size: float) -> str:
    """Write the lead time that so many of a hundred did not exceed, in a unit of a size [s]."""
    value = lead_quantile(study.pooled, hundredths / PERCENT)
    return NOTHING if value is None else number(value / size, significant(value / size, 2))


def _turned_away(accounts: Accounts) -> float | None:
    came = accounts.arrived + accounts.turned_away
    return accounts.turned_away / came if came else None


def scaled(estimate: Estimate | None, factor: float) -> Estimate | None:
    """Return an estimate in a unit that is `factor` times as fine; None stays None."""
    if estimate is None:
        return None
    ends = None if estimate.interval is None else (estimate.interval[0] * factor, estimate.interval[1] * factor)
    values = tuple(value * factor for value in estimate.replications)
    return Estimate(estimate.mean * factor, ends, estimate.confidence, values, data_share=estimate.data_share)


def stations(study: Study) -> list[Table | Text]:
    """Return where each station's time goes, as bars and numbers, and what the bars mean."""
    line = study.scenario.line
    names = station_names(line)
    shares = {station: _within_shifts(row) for station, row in state_shares(study.pooled).items()}
    visible = [state for state in STATES if any(row[state] >= SHOWN for row in shares.values())]
    columns = [state for state in COLUMNS if any(row[state] >= SHOWN / 2 for row in shares.values())]
    texts = [
        max(names.values(), key=len),
        "limits",
        *(max("100.0 %", *heading(state).split("\n"), key=len) for state in columns),
    ]
    cells = WIDTH - sum(len(text) + GAP for text in texts)
    cells = min(LONGEST_BAR, max(SHORTEST_BAR, cells))
    limit = None if arrivals_limit(study) else next(iter(study.limits))
    rows = [
        (
            names[station],
            state_bar(row, cells),
            *(percent(row[state], 1 if state == "processing" else 0) for state in columns),
            "limits" if station == limit else "",
        )
        for station, row in shares.items()
    ]
    time = "share of time" if _never_closes(line) else "share of shift time"
    result = table(("station", time, *map(heading, columns), ""), rows, left=(0, 1, len(columns) + 2))
    return [result, state_legend(visible)]


COLUMNS = ("processing", "starved", "blocked", "setup", "down", "waiting_repair", "waiting_operator")
"""States in the order of the table."""


def heading(state: str) -> str:
    """Return the word for a state as a heading of a narrow column."""
    return state_word(state).replace(" ", "\n")


def _within_shifts(shares: dict[str, float]) -> dict[str, float]:
    """Return shares of the time within shifts; all 0 where there is none."""
    inside = {state: 0.0 if state == "off_shift" else share for state, share in shares.items()}
    open_ = sum(inside.values())
    return {state: share / open_ if open_ > 0 else 0.0 for state, share in inside.items()}


class Buffer(NamedTuple):
    """A buffer: between what, its places (None without limit), its mean level, and the shares it is full and empty."""

    name: str
    places: int | None
    level: float
    full: float
    empty: float


def buffers(study: Study) -> list[Table | str]:
    """Return how full the buffers are: of many without limit the fullest, and how many more there are."""
    found = list(_buffers(study))
    endless = sorted((row for row in found if row.places is None), key=lambda row: -row.level)
    left_out = endless[MOST_ENDLESS:] if len(endless) > MOST_ENDLESS + 1 else []
    shown = [row for row in found if row not in left_out]
    if left_out:
        shown.sort(key=lambda row: (row.places is None, -row.level))
    if not shown:
        return []
    level = "mean level" if study.scenario.line.move == "piece" else "mean orders"
    rows = [
        (
            row.name,
            "no limit" if row.places is None else f"{row.places:,}",
            _level(row.level),
            NOTHING if row.places is None else percent(row.full),
            percent(row.empty),
        )
        for row in shown
    ]
    tabulated = table(("buffer", "places", level, "full", "empty"), rows)
    together = _level(sum(row.level for row in left_out))
    more = f"{len(left_out)} more without limit hold {together} on average together; --json lists them."
    return [tabulated, more] if left_out else [tabulated]


def _buffers(study: Study) -> Iterator[Buffer]:
    line, pooled = study.scenario.line, study.pooled
    names = station_names(line)
    places: dict[str, int | None] = {edge.name: edge.buffer for edge in line.route}
    levels = ((column / pooled.span_s).tolist() for column in (pooled.level_s, pooled.full_s, pooled.empty_s))
    for edge, level, full, empty in zip(pooled.edges, *levels, strict=True):
        room = places.get(edge, line.source.capacity)
        start, _, end = edge.partition("->")
        if room != 0:
            yield Buffer(f"{names.get(start, start)} → {names[end]}", room, level, full, empty)


def _level(level: float) -> str:
    """Return a mean number of parts or requests to two digits, at least to the whole."""
    return number(level, max(0, significant(level, 2)))


def people(study: Study) -> Table | None:
    """Return how busy the people are, and how long they wait for work; None where there are none."""
    pooled = study.pooled
    waiting = dict(zip(pooled.skills, (pooled.waiting_s / pooled.scheduled_s).tolist(), strict=True))
    busy = utilisation(pooled)
    rows = [
        (skill, str(count), percent(busy[skill]), percent(idle(busy[skill])), _level(waiting[skill]))
        for skill, count in posts(study.scenario).items()
        if count
    ]
    return table(("people", "posts a shift", "busy", "idle", "requests waiting"), rows) if rows else None


def energy(study: Study) -> Table | None:
    """Return what each station's machines draw for a good unit of the line; None where no power is named."""
    pooled = study.pooled
    if not pooled.power_w.any():
        return None
    line, estimates = study.scenario.line, [study.station_energy(name) for name in pooled.stations]
    names, known = station_names(line), [estimate.mean for estimate in estimates if estimate is not None]
    rows = []
    for name, estimate in zip(pooled.stations, estimates, strict=True):
        measure = Measure(names[name], estimate, "")
        share = NOTHING if estimate is None else percent(estimate.mean / sum(known) if sum(known) > 0 else 0.0)
        rows.append((*_written(measure)[:3], share))
    head = f"kWh/{unit(line.product.unit)}"
    if len(study.runs) > 1:
        return table(("energy", head, "95 % interval", "share"), rows)
    return table(("energy", head, "share"), [(name, mean, share) for name, mean, _, share in rows])


def _never_closes(line: Line) -> bool:
    return windows(line.shifts) == [(0.0, WEEK)]
