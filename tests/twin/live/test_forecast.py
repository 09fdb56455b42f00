"""A shift foretold from the mirror's picture: what it says, what it was worth, and the two odd nights of the year."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import lines
from support.lines import describe, seconds
from twin.engine import simulate
from twin.engine.plan import make_plan
from twin.errors import InputError
from twin.kpi.policy import load_policy
from twin.line.load import load_line
from twin.line.scenario import Scenario, scenario
from twin.live.clock import SECOND, monday_before
from twin.live.forecast import forecast, score, score_sentence, shift_plan, standing_of
from twin.live.mirror import Mirror
from twin.live.picture import Forecast, MachineNow, Picture
from twin.live.shift_calendar import Shift, ShiftCalendar

ZONE = "Europe/Paris"
HOUR = 3600.0
A_MONDAY = monday_before(1_790_000_000_000_000_000, ZoneInfo(ZONE))


@cache
def mirrored(name: str, until: float) -> tuple[Scenario, ShiftCalendar, Picture]:
    """Return a reference line, its calendar, and the mirror's picture of it after a run of `until` seconds."""
    chosen = scenario(load_line(lines.path(name)))
    calendar = ShiftCalendar(chosen.line.shifts, ZONE)
    [run] = simulate(chosen, horizon=until, trace=True, engine="compiled")
    assert run.events is not None
    mirror = Mirror(chosen, calendar, load_policy(lines.policy_path("standard")), epoch_ns=A_MONDAY)
    mirror.take([replace(event, epoch_ns=A_MONDAY) for event in run.events])
    return chosen, calendar, mirror.picture()


@pytest.mark.parametrize("name", lines.names())
def test_every_reference_line_is_foretold_to_the_end_of_its_shift(name: str) -> None:
    chosen, calendar, picture = mirrored(name, 24 * HOUR + 8 * HOUR)
    assert picture.shift is not None
    plan = shift_plan(chosen.line, picture.shift, calendar)

    told = forecast(chosen, picture, calendar, epoch_ns=A_MONDAY, plan=plan, replications=40)
    again = forecast(chosen, picture, calendar, epoch_ns=A_MONDAY, plan=plan, replications=40)

    assert told == again
    assert picture.good_units <= told.p10 <= told.p50 <= told.p90
    assert told.chance is not None
    assert told.chance_low is not None
    assert told.chance_high is not None
    assert told.chance_low <= told.chance <= told.chance_high
    times = [time_s for time_s, *_ in told.path]
    assert times == sorted(times)
    assert times[0] > picture.now_s
    assert times[-1] * SECOND == told.shift.end_ns - A_MONDAY
    assert told.path[-1][1:] == (told.p10, told.p50, told.p90)
    for column in (1, 2, 3):
        assert all(np.diff([moment[column] for moment in told.path]) >= 0)


def test_the_clocks_foretell_alike() -> None:
    chosen, calendar, picture = mirrored("bracket_shop", 24 * HOUR + 8 * HOUR)

    one, other = (
        forecast(chosen, picture, calendar, epoch_ns=A_MONDAY, replications=16, engine=engine)
        for engine in ("simpy", "compiled")
    )

    assert one == other
    assert one.chance is None
    assert one.plan is None


def test_what_the_mirror_shows_is_what_the_run_left() -> None:
    chosen, _, picture = mirrored("three_stations", 24 * HOUR + 8 * HOUR)
    [run] = simulate(chosen, horizon=40 * HOUR, until=24 * HOUR + 8 * HOUR, engine="compiled")
    assert run.state is not None
    plan = make_plan(chosen)

    standing = standing_of(plan, picture, 1000.0)

    table = run.state.tables["machines"]
    for m, machine in enumerate(standing.machines):
        row = table[m]
        if machine.state == "processing":
            spent = row["cycle"] - row["work"] + run.state.time - row["start"]
            behind = run.state.time - picture.now_s
            assert machine.worked_s == pytest.approx(spent - behind)
        assert (machine.holds is not None) == (row["phase"] != 0)
        assert machine.since_s is None or machine.since_s <= 1000.0


def one_machine(start: str = "22:00") -> Scenario:
    shifts = {"times": {day: [f"{start}-06:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
    return describe({"a": {"cycle": seconds(60.0)}}, [{"from": "a", "to": "out"}], shifts=shifts)


def idle(now_s: float, shift: Shift | None) -> Picture:
    machine = MachineNow("a", 1, "starved", None, now_s, None, None, None, 0.0, now_s, ())
    return Picture(now_s, shift, (machine,), {}, {}, {}, 5.0, 0, {}, ())


@pytest.mark.parametrize(
    ("evening", "hours"), [("2026-03-28T21:00", 7), ("2026-10-24T20:00", 9), ("2026-06-10T20:00", 8)]
)
def test_a_night_is_foretold_as_long_as_it_is(evening: str, hours: int) -> None:
    chosen = one_machine()
    calendar = ShiftCalendar(chosen.line.shifts, ZONE)
    start_ns = int(np.datetime64(evening, "ns").astype(np.int64))
    shift = calendar.shift_at(start_ns)
    assert shift is not None
    assert shift.start_ns == start_ns
    epoch_ns = monday_before(start_ns, ZoneInfo(ZONE))

    told = forecast(
        chosen, idle((start_ns - epoch_ns) / SECOND, shift), calendar, epoch_ns=epoch_ns, plan=100.0, replications=4
    )

    # One a minute; the one that leaves at the very end is of the shift that follows.
    assert told.p10 == told.p90 == 5 + 60 * hours - 1
    assert told.chance == 1.0
    assert len(told.path) == 16


@pytest.mark.parametrize(("clock", "minutes"), [(6.0, 450), (9.0 + 1 / 6, 270), (13.0, 60)])
def test_nothing_is_made_in_a_break(clock: float, minutes: int) -> None:
    """One a minute from 06:00 to 14:00 but for half an hour from 09:00; a Wednesday that is a holiday elsewhere."""
    shifts = {"pattern": "1x8", "breaks": ["09:00-09:30"], "first_day": "2026-06-01", "holidays": ["2026-06-03"]}
    chosen = describe({"a": {"cycle": seconds(60.0)}}, [{"from": "a", "to": "out"}], shifts=shifts)
    calendar = ShiftCalendar(chosen.line.shifts, ZONE)
    epoch_ns = monday_before(int(np.datetime64("2026-06-10T00:00", "ns").astype(np.int64)), ZoneInfo(ZONE))
    now_s = 2 * 24 * HOUR + clock * HOUR
    shift = calendar.shift_at(epoch_ns + int(now_s) * SECOND)
    assert shift is not None
    assert shift.day == "2026-06-10"

    told = forecast(chosen, idle(now_s, shift), calendar, epoch_ns=epoch_ns, replications=2, engine="simpy")

    assert told.p10 == told.p90 == 5 + minutes - 1


def test_without_a_shift_there_is_no_forecast() -> None:
    chosen = one_machine()
    calendar = ShiftCalendar(chosen.line.shifts, ZONE)

    with pytest.raises(InputError, match="the line is closed"):
        forecast(chosen, idle(HOUR * 12, None), calendar, epoch_ns=A_MONDAY)


def test_a_picture_without_sense_is_foretold_all_the_same() -> None:
    chosen, calendar, picture = mirrored("ceiling_tiles", 24 * HOUR + 8 * HOUR)
    machines = tuple(
        now._replace(state=state, reason="?", part=None, pieces=None, product="?", worked_s=1e7)
        for now, state in zip(
            picture.machines,
            ("down", "setup", "off_shift", "maintenance", None, "blocked", "processing") * 2,
            strict=True,
        )
    )
    odd = picture._replace(machines=machines, levels=dict.fromkeys(picture.levels, 10**12) | {"x->y": 3})

    told = forecast(chosen, odd, calendar, epoch_ns=A_MONDAY, replications=4)

    assert told.p50 > picture.good_units


def test_the_plan_of_a_shift_is_its_share_of_the_year() -> None:
    line = load_line(lines.path("ceiling_tiles"))
    eight, seven = (Shift("2026-06-10", "06:00-14:00", 0, int(hours * HOUR) * SECOND) for hours in (8, 7))

    calendar = ShiftCalendar(line.shifts, "Europe/Paris")
    assert shift_plan(line, eight, calendar) == pytest.approx(19e6 * 8 / 8000)
    assert shift_plan(line, seven, calendar) == pytest.approx(19e6 * 7 / 8000)
    assert (
        shift_plan(
            line.model_copy(update={"product": line.product.model_copy(update={"demand_per_year": None})}),
            eight,
            calendar,
        )
        is None
    )


SHIFT = Shift("2026-06-10", "06:00-14:00", 0, 8 * 3600 * SECOND)


def made(p10: float, p50: float, p90: float, chance: float | None = None, plan: float | None = None) -> Forecast:
    return Forecast(0.0, SHIFT, p10, p50, p90, p50, plan, chance, None, None, (), "")


def test_forecasts_are_scored() -> None:
    found = score([made(80, 100, 120, 0.9, 95.0), made(101, 105, 110, 0.6, 95.0)], 100.0)

    assert (found.forecasts, found.coverage, found.actual, found.p50_first) == (2, 0.5, 100.0, 100.0)
    # By hand: 0.1 x 20, 0, 0.1 x 20 of the first; 0.9 x 1, 0.5 x 5, 0.1 x 10 of the second.
    assert found.pinball == pytest.approx((2 + 0 + 2 + 0.9 + 2.5 + 1.0) / 6)
    assert found.brier == pytest.approx((0.1**2 + 0.4**2) / 2)
    assert score([made(80, 100, 120)], 100.0).brier is None


def test_scores_are_told_in_a_sentence() -> None:
    scores = [score([made(80, 100, 120)] * 3, 100.0), score([made(80, 100, 120)], 130.0)]

    assert score_sentence(scores, "m2") == "P10 to P90 held 3 of 4 forecasts; pinball loss 3.42 m2"
    assert score_sentence([], "m2") == "no shift with a forecast has ended yet"
