"""Where the shift will end: the line simulated on from how it stands, and what such forecasts were worth."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from twin.engine.compiled_clock import is_compiled
from twin.engine.plan import make_plan
from twin.engine.seen import Lot, MachineStands, Standing
from twin.engine.simulation import chosen_clock, moves_per_s
from twin.engine.standing import MOST_PARTS, StandingStates, outlook
from twin.errors import InputError
from twin.line.station import HOLDERS
from twin.line.work_calendar import HOUR, opening_hours
from twin.live.clock import SECOND
from twin.live.picture import Forecast, Score
from twin.live.shift_calendar import with_calendars
from twin.study.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from twin.engine.plan import Plan
    from twin.line.line import Line
    from twin.line.scenario import Scenario
    from twin.line.work_calendar import Shifts
    from twin.live.picture import MachineNow, Picture
    from twin.live.shift_calendar import Shift, ShiftCalendar

REPLICATIONS = 200
SEED = 1
GRID = 16
"""A shift's path is told at so many moments, always the same: a later forecast tells them anew."""
QUANTILES = (0.1, 0.5, 0.9)


def forecast(
    scenario: Scenario,
    picture: Picture,
    calendar: ShiftCalendar,
    *,
    epoch_ns: int,
    plan: float | None = None,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    engine: str = "auto",
    workers: int | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> Forecast:
    """Return where the shift that runs will end.

    Parameters
    ----------
    scenario
        The line with its options chosen.
    picture
        How it stands.
    calendar
        The shifts at the site.
    epoch_ns
        When the picture's time is 0 [ns UTC].
    plan
        The output to be reached in the whole shift [units of the product].
    replications, seed
        How many runs. With the same seed two forecasts use the same luck, so that what differs is the line.
    engine, workers
        As in `twin.engine.simulate`.
    wanted
        Whether it is still of use, asked before each run; if not, `CancelledError` is raised.

    Returns
    -------
    Forecast
        Output from the shift's start to its end: what has been made and what the runs add.

    Raises
    ------
    InputError
        If there is no shift now, the picture is of another line, or nobody sees enough of the line: `not_foretold`.
    """
    shift = _shift(scenario, picture)
    numbers = make_plan(with_calendars(scenario, _without_holidays))
    left_s = (shift.end_ns - epoch_ns) / SECOND - picture.now_s
    begin_s = max(_on_the_wall(shift.end_ns, epoch_ns, calendar.zone) - left_s, 0.0)
    standing = standing_of(numbers, picture, begin_s)
    ahead = _grid(shift, epoch_ns, picture.now_s)
    if engine == "auto":
        engine = _clock(scenario, left_s * replications, full=numbers.full)
    states = StandingStates(numbers, standing, seed, replications)
    times = [begin_s + (time_s - picture.now_s) for time_s in ahead]
    pieces = outlook(states, times, engine, workers or os.cpu_count() or 1, wanted=wanted)
    digest = hashlib.sha256(f"{numbers.key} {seed} {standing}".encode() + pieces.tobytes()).hexdigest()
    units = picture.good_units + pieces * scenario.line.product.per_part
    return _told(units, ahead, made_s=picture.now_s, shift=shift, plan=plan, digest=digest)


def _without_holidays(shifts: Shifts) -> Shifts:
    """Return a calendar for the one shift that is simulated, which takes place."""
    return shifts.model_copy(update={"holidays": ()})


def _shift(scenario: Scenario, picture: Picture) -> Shift:
    """Return the shift that runs; raises as `forecast`."""
    if unknown := not_foretold(scenario.line):
        raise InputError(f"forecast: {unknown}")
    if picture.shift is None:
        raise InputError("forecast: the line is closed; ask again when a shift has begun")
    return picture.shift


def not_foretold(line: Line) -> str | None:
    """Return, in a sentence, why a line cannot be simulated on from how it is seen to stand; None where it can.

    Nobody sees how far each part on a belt or in a store is, which parts are on carriers, or what else is in a batch.
    """
    held = [name for name, station in line.stations.items() if station.kind in (*HOLDERS, "batch")]
    named = [*(f"what is in {name}" for name in held), *(f"which parts have a {name}" for name in line.carriers)]
    return f"nobody sees {', '.join(named)}, so that no forecast can begin with it yet" if named else None


def _clock(scenario: Scenario, seconds: float, *, full: bool) -> str:
    """Choose a clock for so much time of a line [s].

    A forecast comes again every minute: what is compiled anyway is taken, however short the work.
    """
    return "compiled" if is_compiled(full=full) else chosen_clock(moves_per_s(scenario) * seconds, full=full)


def _told(
    units: np.ndarray, ahead: Sequence[float], *, made_s: float, shift: Shift, plan: float | None, digest: str
) -> Forecast:
    """Return what runs that end with so many units say; one row of `units` for each run, a column for each moment."""
    at_end = units[:, -1]
    p10, p50, p90 = (float(value) for value in np.quantile(at_end, QUANTILES))
    path = np.quantile(units, QUANTILES, axis=0).T.tolist()
    reached = 0 if plan is None else int(np.count_nonzero(at_end >= plan))
    low, high = wilson(reached, len(at_end))
    return Forecast(
        made_s=made_s,
        shift=shift,
        p10=p10,
        p50=p50,
        p90=p90,
        mean=float(at_end.mean()),
        plan=plan,
        chance=None if plan is None else reached / len(at_end),
        chance_low=None if plan is None else low,
        chance_high=None if plan is None else high,
        path=tuple((time_s, *quantiles) for time_s, quantiles in zip(ahead, path, strict=True)),
        digest=digest,
    )


def _on_the_wall(unix_ns: int, epoch_ns: int, zone: ZoneInfo) -> float:
    """Return a moment on the engine's clock: what the wall shows, since the Monday before the epoch [s].

    The engine knows no summer time. Counted back from the shift's end, the shift is as long as it is.
    """
    moment, epoch = (datetime.fromtimestamp(ns / SECOND, zone).replace(tzinfo=None) for ns in (unix_ns, epoch_ns))
    monday = epoch.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=epoch.weekday())
    return (moment - monday).total_seconds()


def _grid(shift: Shift, epoch_ns: int, now_s: float) -> list[float]:
    """Return the moments of the shift still to come at which the path is told, its end the last [s]."""
    start_s, end_s = ((bound - epoch_ns) / SECOND for bound in (shift.start_ns, shift.end_ns))
    step_s = (end_s - start_s) / GRID
    times = [start_s + k * step_s for k in range(1, GRID)]
    return [*(time_s for time_s in times if time_s > now_s), end_s]


def standing_of(plan: Plan, picture: Picture, begin_s: float) -> Standing:
    """Return how a line stands as the engine takes it, its clock at `begin_s` [s].

    What the picture says of buffers that the line does not have, or of more parts than any line holds, is left out.
    """
    by_s = begin_s - picture.now_s
    most = MOST_PARTS // max(len(plan.edges), 1)
    known = {name: min(max(level or 0, 0), most) for name, level in picture.levels.items() if name in plan.edges}
    entered = getattr(picture, "entered", {})
    arrived: dict[str, float] = getattr(picture, "arrived_s", {})
    released: float | None = getattr(picture, "released_s", None)
    queues = {
        name: tuple(
            Lot(pieces, product, None if since is None else since + by_s)
            for (pieces, product), since in zip(
                parts, (*entered.get(name, ()), *[None] * len(parts))[: len(parts)], strict=True
            )
        )
        for name, parts in picture.queues.items()
        if name in known
    }
    return Standing(
        time_s=begin_s,
        machines=tuple(_machine(machine, by_s) for machine in picture.machines),
        levels=known,
        queues=queues,
        arrived_s={name: time_s + by_s for name, time_s in arrived.items()},
        released_s=None if released is None else released + by_s,
        present={skill: round(present) for skill, (present, _, _) in picture.crews.items()},
        stays_open=True,
    )


def _machine(now: MachineNow, by_s: float) -> MachineStands:
    holds = now.state != "starved" and (now.part is not None or now.pieces is not None or now.worked_s > 0)
    before = [state for state, _ in now.strip if state not in (None, "off_shift")]
    return MachineStands(
        state=now.state,
        reason=now.reason,
        since_s=None if now.state is None else now.since_s + by_s,
        worked_s=now.worked_s,
        holds=Lot(now.pieces, now.product) if holds else None,
        last=now.product,
        before=before[-1] if before else None,
    )


def shift_plan(line: Line, shift: Shift, calendar: ShiftCalendar) -> float | None:
    """Return the output asked of a shift: its share of the year's opening hours of the demand [units].

    None without a demand. A night on which the clock changes is asked as much as it is long, less its breaks.
    """
    demand = line.product.demand_per_year
    if demand is None:
        return None
    return demand * calendar.worked_s(shift) / HOUR / opening_hours(line.shifts)


def score(forecasts: Sequence[Forecast], actual: float) -> Score:
    """Return what the forecasts of a finished shift were worth, at least one, in the order in which they were made.

    The pinball loss of a quantile q that said x is q (y - x) where y came and x was too low, else (1 - q) (x - y); the
    Brier score is the mean square of the chance less 1 or 0, as the plan was reached or not.
    """
    told = np.array([(one.p10, one.p50, one.p90) for one in forecasts])
    short = actual - told
    loss = np.maximum(np.array(QUANTILES) * short, (np.array(QUANTILES) - 1.0) * short)
    squares = [
        (one.chance - float(actual >= one.plan)) ** 2
        for one in forecasts
        if one.chance is not None and one.plan is not None
    ]
    return Score(
        shift=forecasts[-1].shift,
        forecasts=len(forecasts),
        coverage=float(np.mean((told[:, 0] <= actual) & (actual <= told[:, 2]))),
        pinball=float(loss.mean()),
        brier=float(np.mean(squares)) if squares else None,
        actual=actual,
        p50_first=forecasts[0].p50,
    )


def score_sentence(scores: Sequence[Score], unit: str) -> str:
    """Return in a sentence what the forecasts of some shifts were worth.

    Parameters
    ----------
    scores
        One for each shift.
    unit
        What the product is counted in.
    """
    if not scores:
        return "no shift with a forecast has ended yet"
    many = sum(one.forecasts for one in scores)
    held = round(sum(one.coverage * one.forecasts for one in scores))
    pinball = sum(one.pinball * one.forecasts for one in scores) / many
    return f"P10 to P90 held {held} of {many} forecasts; pinball loss {pinball:.3g} {unit}"
