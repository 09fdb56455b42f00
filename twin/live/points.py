"""What the twin found, as points for InfluxDB: see `twin.live.measurements` for what each holds.

Everything here is a function of what it is given: made again after a restart or a correction, a point is the same
point with the same tags and time, and replaces the one before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from twin.events import STATES
from twin.line.diagram import station_names
from twin.live import measurements
from twin.live.cost import Costs, costs_of
from twin.live.measurements import ALL_MACHINES, NO_VALUE, NONE, WHOLE_LINE, Measurement
from twin.live.words import lasted, stop_text
from twin.ports import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from twin.events import Event
    from twin.line.scenario import Scenario
    from twin.line.site import Site
    from twin.live.picture import Change, Forecast, Row, Score, Stopped, Tick
    from twin.live.shift_calendar import Shift, ShiftCalendar

SECOND = 1_000_000_000
"""Nanoseconds."""

SECONDS_PER_MINUTE = 60.0


class Origin(NamedTuple):
    """What all points of a live twin have in common.

    `site` and `line` are tags of each; `epoch_ns` is the mirror's zero [ns UTC]; `plan` gives the output planned for a
    shift [units of the product], None where there is none; `names` calls stations as people do.
    """

    site: str
    line: str
    epoch_ns: int
    calendar: ShiftCalendar
    plan: Callable[[Shift], float | None]
    costs: Costs
    names: Mapping[str, str]
    since_ns: int = 0
    """Since when the plant has been heard [ns UTC]: what it made before is in no number, nor is the plan for it."""

    def planned(self, shift: Shift) -> float | None:
        """Return the output planned for the part of a shift in which the plant is heard [units of the product]."""
        plan = self.plan(shift)
        return None if plan is None else plan * self._heard(shift, shift.end_ns)

    def planned_until(self, shift: Shift, unix_ns: int) -> float | None:
        """Return the part of that until a moment [ns UTC], in proportion to time."""
        plan = self.plan(shift)
        return None if plan is None else plan * self._heard(shift, unix_ns)

    def _heard(self, shift: Shift, unix_ns: int) -> float:
        """Return the share of a shift that has been heard until a moment."""
        start_ns = max(shift.start_ns, self.since_ns)
        return max(0, min(unix_ns, shift.end_ns) - start_ns) / (shift.end_ns - shift.start_ns)

    def unix_ns(self, time_s: float) -> int:
        """Return a time of the mirror [s] as nanoseconds since 1970."""
        return self.epoch_ns + round(time_s * SECOND)


def origin(
    scenario: Scenario, site: Site, calendar: ShiftCalendar, epoch_ns: int, plan: Callable[[Shift], float | None]
) -> Origin:
    """Return what the points of a line at a site have in common.

    Raises
    ------
    InputError
        If the site knows no wage for a skill of the line, or no premium for its shift pattern.
    """
    line = scenario.line
    return Origin(site.name, line.line, epoch_ns, calendar, plan, costs_of(scenario, site), station_names(line))


def tick_points(tick: Tick, source: Origin) -> list[Point]:
    """Return the points of a full minute: KPIs, losses, stops, states, buffers, crews and output."""
    time_ns = source.unix_ns(tick.time_s)
    points = [_kpi(row, tick, source) for row in tick.rows]
    if (row := line_row(tick)) is not None:
        shift = {"shift": row.shift or NONE, "day": row.day or NONE}
        points += _losses(tick, {**shift, "policy": row.policy}, source)
        points += _stops(tick, shift, source)
        points.append(_output(row, shift, source))
    points += [_state(change, source.unix_ns(change.time_s), source) for change in tick.changes]
    points += [_state(state, time_ns, source) for state in tick.states]
    points += _buffers(tick, source)
    for skill, (present, busy, waiting) in tick.crews.items():
        values = {"present": present, "busy": busy, "waiting": waiting}
        points.append(_point(measurements.CREW, source, {"skill": skill}, values, time_ns))
    points += [_stopped(stop, source) for stop in tick.stopped]
    return points


def forecast_points(forecast: Forecast, source: Origin) -> list[Point]:
    """Return the points of a forecast: the end of the shift, and the way there."""
    tags = _shift_tags(forecast.shift)
    end = {name: getattr(forecast, name) for name in ("p10", "p50", "p90", "mean", "plan", *_CHANCE)}
    points = [_point(measurements.FORECAST, source, tags, end, source.unix_ns(forecast.made_s))]
    for time_s, *quantiles in forecast.path:
        time_ns = source.unix_ns(time_s)
        so_far = source.planned_until(forecast.shift, time_ns)
        values: dict[str, float | None] = {"plan_so_far": so_far}
        for part, value in zip((10, 50, 90), quantiles, strict=True):
            values |= {f"p{part}": value, f"d{part}": _difference(value, so_far)}
        points.append(_point(measurements.FORECAST_PATH, source, tags, values, time_ns))
    return points


_CHANCE = ("chance", "chance_low", "chance_high")


def score_points(score: Score, source: Origin) -> list[Point]:
    """Return the point of how good the forecasts of a finished shift were."""
    values = {field.name: getattr(score, field.name) for field in measurements.SCORE.fields}
    return [_point(measurements.SCORE, source, _shift_tags(score.shift), values, score.shift.end_ns)]


def note_point(note: Event, source: Origin) -> Point:
    """Return the point of a note, at the beginning of what it is about; its times are the mirror's."""
    start_s, end_s = (float(note.fields[name] or 0.0) for name in ("start_s", "end_s"))
    tags = {
        "station": note.station or WHOLE_LINE,
        "machine": ALL_MACHINES if note.machine is None else str(note.machine),
        "kind": "note",
    }
    values = {
        "text": f"{note.fields['author']}: {note.fields['text']}",
        "reason": note.fields["reason"] or "",
        "seconds": max(0.0, end_s - start_s),
    }
    return _point(measurements.EVENT, source, tags, values, source.unix_ns(start_s))


def twin_point(time_s: float, counts: Mapping[str, int], source: Origin) -> Point:
    """Return the point of the twin's own books; what is not counted is left out of `counts` and written as 0."""
    values = {field.name: counts.get(field.name, 0) for field in measurements.TWIN.fields}
    return _point(measurements.TWIN, source, {}, values, source.unix_ns(time_s))


def line_row(tick: Tick) -> Row | None:
    """Return the KPIs of the line in the shift so far; None outside the shifts."""
    return next((row for row in tick.rows if row.window == "shift" and row.station is None), None)


def line_costs(row: Row, source: Origin) -> tuple[float | None, float | None]:
    """Return what labour and energy a good unit took in the window of a row of the line [EUR/unit]."""
    start_ns, end_ns = source.unix_ns(row.start_s), source.unix_ns(row.end_s)
    labour = source.costs.labour_per_unit(source.calendar.scheduled_s(start_ns, end_ns), row.extras["good_units"])
    return labour, source.costs.energy_per_unit(row.values["energy_per_unit"])


def shift_of(row: Row, source: Origin) -> Shift | None:
    """Return the shift in whose course a row's window lies."""
    return source.calendar.shift_at(source.unix_ns((row.start_s + row.end_s) / 2))


def _kpi(row: Row, tick: Tick, source: Origin) -> Point:
    tags = {
        "station": row.station or WHOLE_LINE,
        "window": row.window,
        "shift": row.shift or NONE,
        "day": row.day or NONE,
        "policy": row.policy,
    }
    values: dict[str, Any] = {**row.values, **row.extras, "final": int(row.final)}
    measurement = measurements.KPI_OF_STATION
    if row.station is None:
        measurement = measurements.KPI_OF_LINE
        values |= _of_oee_station(row, tick)
        values["labour_cost_per_unit"], values["energy_cost_per_unit"] = line_costs(row, source)
    return _point(measurement, source, tags, values, source.unix_ns(row.end_s))


def _of_oee_station(line: Row, tick: Tick) -> dict[str, Any]:
    """Return the OEE and its factors of the OEE station, in the window of a row of the line."""
    found: Mapping[str, float | None] = next(
        (
            row.values
            for row in tick.rows
            if (row.station, row.window, row.end_s, row.start_s)
            == (tick.oee_station, line.window, line.end_s, line.start_s)
        ),
        {},
    )
    factors = ("oee", "availability", "effectiveness", "quality")
    return {**{name: found.get(name) for name in factors}, "oee_station": tick.oee_station}


def _losses(tick: Tick, tags: Mapping[str, str], source: Origin) -> Iterator[Point]:
    for cause, loss in tick.losses.items():
        values = {"points": loss.points, "minutes": loss.seconds / SECONDS_PER_MINUTE}
        yield _point(measurements.LOSS, source, {"cause": cause, **tags}, values, source.unix_ns(tick.time_s))


def _stops(tick: Tick, tags: Mapping[str, str], source: Origin) -> Iterator[Point]:
    """Yield the stops of each station; time without a reason also where it is none.

    A note that names a reason takes the time from the point without one, which must then be written again.
    """
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0])
    for stop in tick.stops:
        _ = sums[stop.station, stop.state, NONE]
        total = sums[stop.station, stop.state, stop.reason or NONE]
        total[0] += stop.seconds
        total[1] += stop.times
    for (station, state, reason), (seconds, times) in sums.items():
        own = {"station": station, "state": state, "reason": reason, **tags}
        values = {"minutes": seconds / SECONDS_PER_MINUTE, "count": times}
        yield _point(measurements.STOP, source, own, values, source.unix_ns(tick.time_s))


def _output(row: Row, tags: Mapping[str, str], source: Origin) -> Point:
    shift, end_ns, good = shift_of(row, source), source.unix_ns(row.end_s), row.extras["good_units"]
    plan = None if shift is None else source.planned(shift)
    so_far = None if shift is None else source.planned_until(shift, end_ns)
    values = {"good_units": good, "plan_units": plan, "plan_so_far": so_far, "difference": _difference(good, so_far)}
    return _point(measurements.OUTPUT, source, tags, values, end_ns)


def _state(change: Change, time_ns: int, source: Origin) -> Point:
    tags = {"station": change.station, "machine": str(change.machine)}
    values = {"state": change.state, "code": STATES.index(change.state), "reason": change.reason or ""}
    return _point(measurements.STATE, source, tags, values, time_ns)


def _buffers(tick: Tick, source: Origin) -> Iterator[Point]:
    for name, buffer in tick.buffers.items():
        limited = buffer.level is not None and buffer.capacity
        values = {
            "level": buffer.level,
            "capacity": buffer.capacity,
            "share_full": buffer.level / buffer.capacity if limited else None,  # type: ignore[operator]
            "mean_level": buffer.mean_level,
            "time_full": buffer.share_full,
        }
        yield _point(measurements.BUFFER, source, {"buffer": name}, values, source.unix_ns(tick.time_s))


def _stopped(stop: Stopped, source: Origin) -> Point:
    tags = {"station": stop.station, "machine": str(stop.machine), "kind": stop.state}
    seconds = stop.end_s - stop.start_s
    name = source.names.get(stop.station, stop.station)
    values = {
        "text": stop_text(name, stop.state, lasted(seconds), stop.reason),
        "reason": stop.reason or "",
        "seconds": seconds,
    }
    return _point(measurements.EVENT, source, tags, values, source.unix_ns(stop.start_s))


def _shift_tags(shift: Shift) -> dict[str, str]:
    return {"shift": shift.name, "day": shift.day}


def _difference(value: float, so_far: float | None) -> float:
    return 0.0 if so_far is None else value - so_far


def _point(
    measurement: Measurement, source: Origin, tags: Mapping[str, str], values: Mapping[str, Any], time_ns: int
) -> Point:
    """Return a point with all tags and all fields of its measurement, each of its type."""
    tagged = {"site": source.site, "line": source.line, **{name: tags[name] for name in measurement.tags}}
    fields = {
        field.name: field.type(NO_VALUE if values[field.name] is None else values[field.name])
        for field in measurement.fields
    }
    return Point(measurement.name, tagged, fields, time_ns)
