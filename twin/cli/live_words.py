"""What `twin live` says in sentences: where the shift will end, what is wrong now, one line for a pipe."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboards.numbers import NO_BREAK_SPACE, NOTHING, decimals_for, interval, number, percent, significant, units
from twin.engine.remainders import remainders
from twin.live.points import SECOND, line_costs, line_row
from twin.live.words import STOPPED, lasted, spoken
from twin.live.words import stop_text as stop_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from twin.line.line import Line
    from twin.line.scenario import Scenario
    from twin.live.picture import Forecast, MachineNow, Picture, Row, Score, Tick
    from twin.live.points import Origin
    from twin.live.shift_calendar import Shift

ON_PLAN = 0.01
"""A P50 that differs from the plan by no more than this share of it is on plan [1]."""

SURE = 0.07
"""Half-width of the 95 % interval of a P50 of 200 runs over the distance from P10 to P90, for normal outcomes."""

ALARM_AFTER_S = 60.0
"""A stop is worth a sentence from this length on [s]."""

STOPS = ("down", "waiting_repair")
PARTS = np.array([0.1, 0.5, 0.9])
FEWEST_DIGITS = 3


class Frame(NamedTuple):
    """What stays the same while a line is watched: the line, where and when it is, and how its OEE is counted."""

    scenario: Scenario
    origin: Origin
    policy: str

    @property
    def line(self) -> Line:
        """The line."""
        return self.scenario.line

    @property
    def zone(self) -> tzinfo:
        """The site's time zone."""
        return self.origin.calendar.zone

    @property
    def unit(self) -> str:
        """The unit of the product, as it follows a number."""
        return units(self.line.product.unit)

    def clock(self, time_s: float, form: str = "%H:%M") -> str:
        """Write a time of the mirror [s] as the clock at the site shows it."""
        return datetime.fromtimestamp(self.origin.unix_ns(time_s) / SECOND, self.zone).strftime(form)


class Seen(NamedTuple):
    """What is shown beside the picture.

    `tick` is the last one; `counts` are the twin's books (events, quarantine, outbox, dead, contradictions, too_late);
    `age_s` is how long ago something was heard, on our own clock [s]; `connected` says whether the plant can be heard,
    `trouble` in a sentence what is not as it should be; `score` is of the last finished shift.
    """

    forecast: Forecast | None = None
    tick: Tick | None = None
    counts: Mapping[str, int] = {}
    age_s: float = 0.0
    connected: bool = True
    trouble: str | None = None
    score: Score | None = None


def verdict(picture: Picture, seen: Seen, frame: Frame) -> str:
    """Return the sentence that answers: where the shift is heading for."""
    shift, forecast = picture.shift, seen.forecast
    if shift is None:
        coming = frame.origin.calendar.next(frame.origin.unix_ns(picture.now_s))
        begins = datetime.fromtimestamp(coming.start_ns / SECOND, frame.zone)
        return f"The line is closed. The next shift, {coming.name}, begins on {begins:%A} at {begins:%H:%M}."
    if forecast is None or forecast.shift != shift:
        made = number(picture.good_units, _most_places(frame))
        return f"This shift has made {made}{NO_BREAK_SPACE}{frame.unit} so far."
    return foretold(forecast, frame)


def foretold(forecast: Forecast, frame: Frame) -> str:
    """Return where a shift is heading for, against its plan.

    A plan below P10 will be beaten; one from P10 to P90 with P50 within 1 % of it is met; else P50 says by how much it
    will be missed or passed.
    """
    places = forecast_places(forecast, frame)
    p50 = number(forecast.p50, places)
    said = f"{p50}{NO_BREAK_SPACE}{frame.unit}{NO_BREAK_SPACE}{_range(forecast, places)}"
    plan = forecast.plan
    if plan is None:
        return f"This shift is heading for {said}."
    # What is shown must add up: the difference is that of the numbers shown.
    over = round(forecast.p50, places) - round(plan, places)
    difference = number(abs(over), places)
    if plan < forecast.p10:
        return f"This shift will beat its plan: {said}, {difference} over."
    if plan <= forecast.p90 and abs(forecast.p50 - plan) <= ON_PLAN * plan:
        return f"This shift is on plan: {said} of {number(plan, places)}."
    return f"This shift is heading for {said}, {difference} {'over' if over > 0 else 'short of'} plan."


def forecast_places(forecast: Forecast, frame: Frame) -> int:
    """Give the places after the point to which a forecast is known; never finer than a part."""
    width = forecast.p90 - forecast.p10
    if width <= 0 or not isfinite(width):
        return _most_places(frame)
    return min(decimals_for(SURE * width), _most_places(frame))


def _most_places(frame: Frame) -> int:
    """Give the places that tell one part from the next."""
    return max(0, significant(frame.line.product.per_part, 1))


def _range(forecast: Forecast, places: int) -> str:
    return interval((forecast.p10, forecast.p90), places).replace(" ", NO_BREAK_SPACE)


def stopped_machines(picture: Picture) -> list[MachineNow]:
    """Return the machines that have been stopped for a while, the one that stands longest first.

    Where repair has just begun, the strip tells of the wait before.
    """
    found = [
        machine
        for machine in picture.machines
        if machine.state in STOPS
        and (picture.now_s - machine.since_s >= ALARM_AFTER_S or machine.strip[-2][0] in STOPS)
    ]
    return sorted(found, key=lambda machine: machine.since_s)


def alarm(picture: Picture, frame: Frame) -> tuple[str, str] | None:
    """Return the one alarm: what stands, and what is known of it; None where nothing has been stopped for a while."""
    stopped = stopped_machines(picture)
    if not stopped:
        return None
    worst = stopped[0]
    for_ = lasted(picture.now_s - worst.since_s)
    name = machine_name(worst, frame)
    said = stop_words(name, worst.state or "", for_, worst.reason)
    known = (_who(worst, picture, frame), _others(stopped[1:], frame))
    return f"{said}.", " ".join(sentence for sentence in known if sentence)


def machine_name(machine: MachineNow, frame: Frame) -> str:
    """Return what a machine is called: by its station, and by its number where there are several."""
    name = frame.origin.names[machine.station]
    several = frame.line.stations[machine.station].machines > 1
    return f"{name}{NO_BREAK_SPACE}{machine.machine}" if several else name


def _others(stopped: Sequence[MachineNow], frame: Frame) -> str:
    if not stopped:
        return ""
    names = list(dict.fromkeys(machine_name(machine, frame) for machine in stopped))
    return f"Also stopped: {names[0]}." if len(names) == 1 else f"{len(names)} more are stopped."


def _who(machine: MachineNow, picture: Picture, frame: Frame) -> str:
    """Return who is at work on a stopped machine since when, and when it is likely back."""
    failure = frame.line.stations[machine.station].failures.get(machine.reason or "")
    skills = list(failure.repaired_by) if failure else []
    if machine.state == "waiting_repair":
        return " ".join(_busy(skill, picture) for skill in skills if skill in picture.crews)
    since = frame.clock(machine.since_s)
    at_work = f"{spoken(skills[0]).capitalize()} on it since {since}" if skills else f"Stopped since {since}"
    if failure is None:
        return f"{at_work}."
    left = remainders(failure.ttr, picture.now_s - machine.since_s, PARTS).tolist()
    low, middle, high = (frame.clock(picture.now_s + more) for more in left)
    ends = "" if low == high else f"{NO_BREAK_SPACE}[{low},{NO_BREAK_SPACE}{high}]"
    return f"{at_work}, likely back {middle}{ends}."


def _busy(skill: str, picture: Picture) -> str:
    present, busy, _ = picture.crews[skill]
    if present == 0:
        return f"No {spoken(skill)} is on duty."
    return f"{busy} of {present} {spoken(skill)}{'s are' if present > 1 else ' is'} busy."


def oee_text(value: float | None, station: str, frame: Frame) -> tuple[str, str]:
    """Return the OEE of a station with its value, and how far it is from the target; "" where there is none."""
    name = frame.origin.names.get(station, station)
    target = frame.line.targets.oee
    beside = ""
    if value is not None and target is not None:
        points = round(100 * value, 1) - round(100 * target, 1)
        side = "over" if points > 0 else "under"
        beside = "on target" if points == 0 else f"{number(abs(points), 1)} {side} {100 * target:g}"
    return f"OEE of {name} {percent(value, 1)}", beside


def output_text(row: Row | None, frame: Frame) -> str:
    """Return the good output of the shift so far, against its plan until now."""
    if row is None:
        return f"output {NOTHING}"
    places = _most_places(frame)
    shift = frame.origin.calendar.shift_at(frame.origin.unix_ns((row.start_s + row.end_s) / 2))
    plan = None if shift is None else frame.origin.planned_until(shift, frame.origin.unix_ns(row.end_s))
    made = number(row.extras["good_units"], places)
    return f"output {made}{'' if plan is None else f' of {number(plan, places)}'} {frame.unit}"


def chance_text(forecast: Forecast) -> str:
    """Return the chance of reaching the plan, with its interval; "" where there is no plan."""
    if forecast.chance is None or forecast.chance_low is None or forecast.chance_high is None:
        return ""
    ends = interval((100 * forecast.chance_low, 100 * forecast.chance_high), 0)
    return f"chance of plan {percent(forecast.chance)} {ends}"


def cost_texts(row: Row | None, frame: Frame) -> list[str]:
    """Return labour and energy of a good unit in the shift so far."""
    if row is None:
        return []
    labour, energy = line_costs(row, frame.origin)[0], row.values["energy_per_unit"]
    per = f"/{units_of_one(frame)}"
    return [
        f"{what} {number(value, significant(value, FEWEST_DIGITS))} {unit}{per}"
        for what, value, unit in (("labour", labour, "EUR"), ("energy", energy, "kWh"))
        if value is not None and (value > 0 or what == "labour")
    ]


def units_of_one(frame: Frame) -> str:
    """Return the unit of one product: m², piece."""
    from dashboards.numbers import unit

    return unit(frame.line.product.unit)


def books_text(counts: Mapping[str, int]) -> tuple[str, str]:
    """Return the twin's books, and what in them asks for a look."""
    shown = ", ".join(f"{name} {counts.get(name, 0):,}" for name in ("quarantine", "outbox"))
    odd = [
        f"{counts[name]:,} {words}"
        for name, words in (("dead", "points refused"), ("contradictions", "contradictions"), ("too_late", "too late"))
        if counts.get(name)
    ]
    return f"store {counts.get('events', 0):,} events, {shown}", ", ".join(odd)


def score_text(score: Score, frame: Frame) -> str:
    """Return how good the forecasts of the last finished shift were."""
    held = round(score.coverage * score.forecasts)
    places = min(_most_places(frame), significant(score.pinball, 2)) if score.pinball else 0
    return (
        f"P10 to P90 held {held} of {score.forecasts} forecasts of the shift {score.shift.name}; pinball loss "
        f"{number(score.pinball, places)} {frame.unit}"
    )


def shift_text(shift: Shift | None, frame: Frame) -> str:
    """Return which shift this is, and how its OEE is counted."""
    said = "off shift" if shift is None else f"shift {shift.name} of {shift.day}"
    return f"{said}, OEE counted by {frame.policy}"


def plain_line(tick: Tick, seen: Seen, frame: Frame) -> str:
    """Return one line for a tick, as it stands in a pipe: time, output, plan, forecast, OEE, worst stop."""
    row = line_row(tick)
    parts = [frame.clock(tick.time_s, "%Y-%m-%d %H:%M")]
    if row is None:
        return f"{parts[0]}  closed"
    parts.append(output_text(row, frame))
    forecast = seen.forecast
    if forecast is not None and forecast.shift == tick.shift:
        places = forecast_places(forecast, frame)
        parts.append(f"P50 {number(forecast.p50, places)} {_range(forecast, places)}")
        parts.append(chance_text(forecast))
    oee = next((r.values["oee"] for r in tick.rows if (r.window, r.station) == ("shift", tick.oee_station)), None)
    parts.append(oee_text(oee, tick.oee_station, frame)[0])
    parts.append(_worst_stop(tick, frame))
    return "  ".join(part for part in parts if part).replace(NO_BREAK_SPACE, " ")


def _worst_stop(tick: Tick, frame: Frame) -> str:
    """Return the machine that stands longest now."""
    standing = [state for state in tick.states if state.state in STOPS]
    if not standing:
        return ""
    worst = min(standing, key=lambda state: state.time_s)
    name, why = frame.origin.names[worst.station], f": {spoken(worst.reason)}" if worst.reason else ""
    return f"{name} {STOPPED[worst.state]} {lasted(tick.time_s - worst.time_s)}{why}"
