"""What `twin live` says in sentences: the forecast against its plan, the one alarm, the line for a pipe."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

import lines
from support.mirrored import EPOCH_NS, HOUR, feed, line_of, mirror_of, run_of
from twin.cli.live_words import (
    Frame,
    Seen,
    alarm,
    books_text,
    chance_text,
    cost_texts,
    foretold,
    oee_text,
    plain_line,
    score_text,
    verdict,
)
from twin.line.site import load_site
from twin.live.picture import Forecast, MachineNow, Picture, Score, Tick
from twin.live.points import line_row, origin

if TYPE_CHECKING:
    from twin.live.shift_calendar import Shift

HALF_PAST_TEN = 10.5 * HOUR


@cache
def seen_line(name: str = "three_stations", hours: float = 10.5) -> tuple[Picture, tuple[Tick, ...]]:
    mirror = mirror_of(line_of(name))
    ticks = feed(mirror, [event for event in run_of(name, 11 * HOUR)[1] if event.time < hours * HOUR])
    return mirror.picture(), tuple(ticks)


def frame(name: str = "three_stations", plan: float | None = 2_500.0) -> Frame:
    place, calendar = load_site(lines.site_path("france")), mirror_of(line_of(name)).calendar
    return Frame(line_of(name), origin(line_of(name), place, calendar, EPOCH_NS, lambda _: plan), "standard 1")


def shift() -> Shift:
    found = seen_line()[0].shift
    assert found is not None
    return found


def forecast(p10: float, p50: float, p90: float, plan: float | None = 19_000.0) -> Forecast:
    chance = (None, None, None) if plan is None else (0.09, 0.06, 0.14)
    low_to_high = dict(zip(("chance", "chance_low", "chance_high"), chance, strict=True))
    return Forecast(HALF_PAST_TEN, shift(), p10, p50, p90, p50, plan, path=(), digest="", **low_to_high)


def said(text: str) -> str:
    return text.replace("\u00a0", " ")


def machine(state: str | None, minutes: float, reason: str | None = None, **changes: object) -> MachineNow:
    now = seen_line()[0]
    before = next(m for m in now.machines if m.station == "weld")
    strip = (("processing", 1.0),) * 24
    told = before._replace(state=state, reason=reason, since_s=now.now_s - 60 * minutes, strip=strip)
    return told._replace(**changes)  # type: ignore[arg-type]


def stands(*machines: MachineNow, **changes: object) -> Picture:
    return seen_line()[0]._replace(machines=machines, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ((17_900, 18_560, 18_980), "This shift is heading for 18,560 pieces [17,900, 18,980], 440 short of plan."),
        ((17_900, 19_560, 20_980), "This shift is heading for 19,600 pieces [17,900, 21,000], 600 over plan."),
        ((19_100, 19_560, 20_180), "This shift will beat its plan: 19,560 pieces [19,100, 20,180], 560 over."),
        ((18_400, 18_850, 19_480), "This shift is on plan: 18,850 pieces [18,400, 19,480] of 19,000."),
        ((18_000, 18_890, 18_980), "This shift is heading for 18,890 pieces [18,000, 18,980], 110 short of plan."),
        ((18_500, 18_500, 18_500), "This shift is heading for 18,500 pieces [18,500, 18,500], 500 short of plan."),
        ((18_991, 18_993, 18_996), "This shift is heading for 18,993 pieces [18,991, 18,996], 7 short of plan."),
    ],
)
def test_a_forecast_is_told_against_its_plan(made: tuple[float, float, float], sentence: str) -> None:
    assert said(foretold(forecast(*made), frame())) == sentence


def test_the_difference_is_that_of_the_numbers_shown() -> None:
    # 18,556 against 19,004: to tens 18,560 and 19,000.
    assert "18,560 pieces" in said(foretold(forecast(17_900, 18_556, 18_980, plan=19_004.0), frame()))
    assert foretold(forecast(17_900, 18_556, 18_980, plan=19_004.0), frame()).endswith("440 short of plan.")


def test_without_a_plan_nothing_is_said_of_one() -> None:
    alone = foretold(forecast(17_900, 18_560, 18_980, plan=None), frame())
    assert said(alone) == "This shift is heading for 18,560 pieces [17,900, 18,980]."
    assert not chance_text(forecast(17_900, 18_560, 18_980, plan=None))


def test_without_a_forecast_of_this_shift_it_is_said_what_was_made() -> None:
    picture = seen_line()[0]
    made = f"This shift has made {picture.good_units:,.0f} pieces so far."
    old = forecast(1, 2, 3)._replace(shift=shift()._replace(day="2023-11-12"))
    assert said(verdict(picture, Seen(), frame())) == made
    assert said(verdict(picture, Seen(forecast=old), frame())) == made


def test_a_closed_line_says_when_it_opens() -> None:
    picture = seen_line()[0]._replace(shift=None, now_s=3.0 * HOUR)
    closed = "The line is closed. The next shift, 06:00-14:00, begins on Monday at 06:00."
    assert verdict(picture, Seen(), frame()) == closed


def test_the_alarm_is_of_the_machine_that_stands_longest() -> None:
    press = [machine("down", minutes, "jam", station="press", machine=n) for n, minutes in ((1, 3), (2, 5))]
    first, more = alarm(stands(*press, machine("down", 4, "tip")), frame()) or ("", "")
    assert said(first) == "Press 2 down 5 min: jam."
    assert said(more).endswith("2 more are stopped.")


def test_the_alarm_says_who_is_at_work_and_when_it_is_likely_back() -> None:
    picture = stands(machine("down", 5, "tip"))
    first, more = alarm(picture, frame()) or ("", "")
    assert said(first) == "Weld down 5 min: tip."
    # Triangular 3, 5, 10 min, of which 5 have gone: the rest has the tail (10 - x)^2, so half of it ends at
    # 10 - 5 / sqrt(2) = 6.46 min, a tenth at 10 - 5 sqrt(0.9) = 5.26, nine tenths at 10 - 5 sqrt(0.1) = 8.42.
    since, *times = (
        frame().clock(picture.now_s + 60 * (minutes - 5)) for minutes in (0, 6.464, 5.257, 8.419)
    )  # fmt: skip
    assert said(more) == f"Operator on it since {since}, likely back {times[0]} [{times[1]}, {times[2]}]."


def test_the_alarm_of_an_unknown_reason_foretells_nothing() -> None:
    for reason in (None, "cutter_jam"):
        first, more = alarm(stands(machine("down", 5, reason)), frame()) or ("", "")
        assert said(first) == f"Weld down 5 min{': cutter jam' if reason else ''}."
        assert more.startswith("Stopped since ")
        assert "likely" not in more


def test_a_machine_without_technician_says_where_they_are() -> None:
    crews = {"operator": (4, 3, 0), "technician": (1, 1, 1)}
    first, more = alarm(stands(machine("waiting_repair", 5, "controller"), crews=crews), frame()) or ("", "")
    assert said(first) == "Weld without technician 5 min: controller."
    assert more == "1 of 1 technician is busy."
    nobody = stands(machine("waiting_repair", 5, "controller"), crews={"technician": (0, 0, 1)})
    assert (alarm(nobody, frame()) or ("", ""))[1] == "No technician is on duty."


def test_a_short_stop_and_a_wait_are_no_alarm() -> None:
    assert alarm(stands(machine("down", 0.9, "tip"), machine("starved", 30)), frame()) is None


def test_the_alarm_stays_while_a_wait_turns_into_a_repair() -> None:
    strip = (*(("processing", 1.0),) * 22, ("waiting_repair", 1.0), ("waiting_repair", 0.9))
    assert alarm(stands(machine("down", 0.2, "tip", strip=strip)), frame()) is not None


def test_oee_is_told_against_its_target() -> None:
    assert tuple(map(said, oee_text(0.735, "weld", frame()))) == ("OEE of Weld 73.5 %", "1.5 under 75")
    assert oee_text(0.8123, "weld", frame())[1] == "6.2 over 75"
    assert oee_text(0.75, "weld", frame())[1] == "on target"
    assert said(oee_text(None, "weld", frame())[0]) == "OEE of Weld –"


def test_costs_are_those_of_the_shift_so_far() -> None:
    row, place = line_row(seen_line()[1][-1]), frame()
    assert row is not None
    labour, energy = cost_texts(row, place)
    hours, made = (row.end_s - row.start_s) / HOUR, row.extras["good_units"]
    hourly = 1.12 * (4 * 46.5 + 53.5)  # four operators and a technician, 12 % for three shifts
    assert float(labour.split()[1]) == pytest.approx(hourly * hours / made, rel=5e-3)
    assert labour.endswith("EUR/piece")
    assert float(energy.split()[1]) == pytest.approx(row.values["energy_per_unit"], rel=5e-3)


def test_books_and_score_are_told() -> None:
    counts = {"events": 1_284_210, "quarantine": 3, "outbox": 0, "dead": 0, "contradictions": 12, "too_late": 1}
    assert books_text(counts) == ("store 1,284,210 events, quarantine 3, outbox 0", "12 contradictions, 1 too late")
    told = score_text(Score(shift(), 100, 0.78, 41.2, 0.02, 2_400.0, 2_450.0), frame())
    assert told == "P10 to P90 held 78 of 100 forecasts of the shift 06:00-14:00; pinball loss 41 pieces"


def test_a_pipe_gets_one_line_a_tick() -> None:
    tick = seen_line()[1][-1]._replace(states=())
    told = plain_line(tick, Seen(forecast=forecast(2_300, 2_400, 2_500, plan=2_500.0)), frame())
    row = line_row(tick)
    assert row is not None
    oee = next(r.values["oee"] for r in tick.rows if (r.window, r.station) == ("shift", tick.oee_station))
    made, so_far = row.extras["good_units"], 2_500 * (row.end_s - row.start_s) / (8 * HOUR)
    assert told == (
        f"2023-11-13 {frame().clock(tick.time_s)}  output {made:,.0f} of {so_far:,.0f} pieces  "
        f"P50 2,400 [2,300, 2,500]  chance of plan 9 % [6, 14]  OEE of {frame().origin.names[tick.oee_station]} "
        f"{100 * (oee or 0):.1f} %"
    )
    assert "\n" not in told


def test_a_pipe_names_the_stop_that_lasts_longest() -> None:
    tick = seen_line()[1][-1]
    states = tuple(state._replace(state="down", reason="jam", time_s=tick.time_s - 300) for state in tick.states[:1])
    assert plain_line(tick._replace(states=states), Seen(), frame()).endswith("  Press down 5 min: jam")


def test_a_pipe_says_that_the_line_is_closed() -> None:
    tick = seen_line()[1][-1]._replace(rows=(), time_s=0.0)
    assert plain_line(tick, Seen(), frame()) == "2023-11-13 00:00  closed"


def test_times_are_those_of_the_site() -> None:
    # 25 March 2023, 23:30 UTC is 00:30 in Paris; a day later, summer time has begun: 01:30.
    night = np.datetime64("2023-03-25T23:30").astype("datetime64[s]").astype(int) - EPOCH_NS // 10**9
    assert [frame().clock(float(night) + later) for later in (0, 24 * HOUR)] == ["00:30", "01:30"]
