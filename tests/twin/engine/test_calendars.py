"""Calendars and people in numbers: windows, odds, one answer under both clocks, a forecast that begins in a break."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from support.lines import describe, exponential
from support.same import assert_same
from support.seen import standing_of
from twin.engine import simulate
from twin.engine.calendars import Calendars, present_odds
from twin.engine.plan import make_plan
from twin.engine.standing import standing_states
from twin.errors import InputError
from twin.events import STATES
from twin.line.work_calendar import DAY, HOUR, WEEK, Shifts

if TYPE_CHECKING:
    from twin.line.scenario import Scenario

OFF_SHIFT = STATES.index("off_shift")


def peopled() -> Scenario:
    """Describe a line whose people and stations keep different times, with all that there is about people."""
    jam = {"ttf": exponential(900), "ttr": exponential(300), "repaired_by": {"technician": 1}}
    stations = {
        "saw": {
            "machines": 3,
            "cycle": exponential(60),
            "crew": {"operator": 1},
            "attend": 2,
            "failures": {"jam": jam},
        },
        "press": {
            "cycle": exponential(25),
            "crew": {"operator": 1, "setter": 1},
            "priority": 2,
            "failures": {"jam": jam | {"repaired_by": {"operator": 2}}},
        },
        "oven": {"cycle": exponential(20), "attended": False, "failures": {"jam": jam | {"priority": 3}}},
        "pack": {"cycle": exponential(20), "crew": {"operator": 1}, "attend": 3, "shifts": {"pattern": "1x8"}},
    }
    route = [
        {"from": "saw", "to": "press", "buffer": 20},
        {"from": "press", "to": "oven", "buffer": 20},
        {"from": "oven", "to": "pack"},
        {"from": "pack", "to": "out"},
    ]
    return describe(
        stations,
        route,
        operators={"operator": 3, "setter": 1, "technician": 2},
        pools={
            "setter": {"also": ["operator"], "absence": 0.1},
            "technician": {"also": ["setter"], "shifts": {"pattern": "3x8", "breaks": ["10:00-10:20"]}, "absence": 0.2},
        },
        shifts={
            "pattern": "2x8",
            "breaks": ["09:00-09:15", "13:50-14:10", "18:00-18:30"],
            "first_day": "2026-01-05",
            "holidays": ["2026-01-07"],
        },
    )


def test_both_clocks_give_one_answer_on_a_line_of_many_calendars() -> None:
    one, other = (
        simulate(peopled(), engine=engine, horizon=4.0 * DAY, warmup=0.5 * DAY, replications=1)[0]
        for engine in ("simpy", "compiled")
    )

    assert_same(one, other)
    states = one.accounts.states.sum(axis=1)
    assert states.tolist() == pytest.approx([4.0 * DAY] * len(states))


@pytest.mark.parametrize(
    "moment",
    [9.0 * HOUR, 9.1 * HOUR, 14.0 * HOUR, 22.0 * HOUR, 33.05 * HOUR, 2.4 * DAY, 3.0 * DAY + 14.0 * HOUR],
    ids=["a break begins", "in a break", "a shift in a break", "night", "a later break", "holiday", "hand-over"],
)
def test_a_run_cut_in_a_break_goes_on_under_the_other_clock(moment: float) -> None:
    chosen = peopled()
    [whole] = simulate(chosen, engine="compiled", horizon=4.0 * DAY)

    [cut] = simulate(chosen, engine="simpy", horizon=4.0 * DAY, until=moment)
    assert cut.state is not None
    [resumed] = simulate(chosen, engine="compiled", horizon=4.0 * DAY, initial=[cut.state])

    assert_same(resumed, whole)


def test_nobody_is_in_two_places() -> None:
    [run] = simulate(peopled(), engine="simpy", horizon=3.0 * DAY, trace=True)

    assert run.events is not None
    for event in run.events:
        if event.kind == "crew":
            present, busy = event.fields["present"], event.fields["busy"]
            assert busy >= 0
            # Who goes home is counted out after the machines have let them go.
            assert present == 0 or busy <= present


def test_people_who_come_are_counted_where_some_stay_away() -> None:
    [run] = simulate(peopled(), engine="simpy", horizon=float(WEEK))

    operators, setters, technicians = run.accounts.present_s.tolist()
    # Four days of 16 h, less breaks of 15, 20 and 30 minutes.
    worked = 4 * (16 * HOUR - 65 * 60)
    assert operators == pytest.approx(3 * worked)
    assert 0 < setters <= worked
    assert 0 < technicians <= 2 * (5 * 24 * HOUR - 5 * 20 * 60)


def test_each_calendar_is_kept_once_and_the_lines_own_first() -> None:
    own = Shifts.model_validate({"pattern": "2x8"})
    calendars = Calendars(own)

    assert calendars.row_of(own) == 0
    assert calendars.row_of(Shifts()) == 1
    # Two shifts that touch are one window, unless they are to be told apart.
    assert calendars.row_of(own, each=True) == 2
    assert calendars.row_of(Shifts.model_validate({"pattern": "2x8", "days": "mon-fri"})) == 0
    assert calendars.closing == [0, 2]
    assert [(row["first"], row["last"]) for row in calendars.rows] == [(0, 5), (5, 6), (6, 16)]


@pytest.mark.parametrize(("people", "absence"), [(1, 0.5), (5, 0.03), (40, 0.2), (100_000, 0.07)])
def test_the_odds_are_those_of_the_binomial(people: int, absence: float) -> None:
    odds = present_odds(people, absence)

    assert odds[-1] == 1.0
    mean = sum(1.0 - share for share in odds)
    assert mean == pytest.approx(people * (1 - absence), rel=1e-6)
    if people < 50:
        few = sum(math.comb(people, k) * (1 - absence) ** k * absence ** (people - k) for k in range(people // 2 + 1))
        assert odds[people // 2] == pytest.approx(few, rel=1e-9)


def test_people_cannot_be_shared_out_without_end() -> None:
    crew = {"cycle": "10 s", "crew": {"operator": 1}}
    stations = {f"s{n}": crew | {"attend": n} for n in (97, 89, 83, 79)}

    with pytest.raises(InputError, match=r"of the numbers 79, 83, 89, 97 the smallest share of a person"):
        describe(stations, [{"from": name, "to": "out"} for name in stations], operators={"operator": 1})


@pytest.mark.parametrize("moment", [9.1 * HOUR, 13.0 * HOUR, 23.0 * HOUR])
def test_a_forecast_begins_where_the_line_stands(moment: float) -> None:
    chosen = peopled()
    [run] = simulate(chosen, engine="simpy", horizon=2.0 * DAY, until=moment)
    plan = make_plan(chosen)
    assert run.state is not None

    [state] = standing_states(plan, standing_of(plan, run.state), seed=1, replications=1)

    for name in ("on", "resting", "week", "window"):
        assert state.tables["calendars"][name].tolist() == run.state.tables["calendars"][name].tolist()
    for name in ("stations", "pools"):
        assert state.tables[name]["on"].tolist() == run.state.tables[name]["on"].tolist()
    off = (run.state.tables["machines"]["state"] == OFF_SHIFT).tolist()
    assert (state.tables["machines"]["state"] == OFF_SHIFT).tolist() == off
    [under_simpy], [compiled] = (
        simulate(chosen, engine=engine, initial=[state], warmup=moment, horizon=10.0 * HOUR)
        for engine in ("simpy", "compiled")
    )
    assert_same(under_simpy, compiled)
