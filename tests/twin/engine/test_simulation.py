"""What `simulate` promises: the same seed, the same answer, whoever works; wrong settings are refused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from support.lines import constant, exponential, serial
from support.same import assert_same
from twin.engine import simulate, simulation
from twin.engine.simulation import WORTH_COMPILING, WORTH_LOADING, chosen_clock, moves_per_s
from twin.errors import InputError
from twin.line.line import Line
from twin.line.scenario import scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.engine.results import Run
    from twin.line.scenario import Scenario


@pytest.fixture
def line() -> Scenario:
    jam = {"ttf": exponential(300), "ttr": exponential(60)}
    return serial({"a": {"cycle": exponential(10), "failures": {"jam": jam}}, "b": {"cycle": exponential(9)}}, [2])


def digests(runs: Sequence[Run]) -> list[str]:
    return [run.digest for run in runs]


def test_there_is_one_run_for_each_replication_in_order(line: Scenario) -> None:
    runs = simulate(line, engine="simpy", horizon=600, warmup=60, replications=3)

    assert [run.replication for run in runs] == [0, 1, 2]
    assert {run.engine for run in runs} == {"simpy"}
    assert {run.accounts.span_s for run in runs} == {600.0}
    assert {(run.state, run.events, run.deadlock) for run in runs} == {(None, None, None)}


def test_replications_differ_and_the_same_seed_repeats_them(line: Scenario) -> None:
    first = simulate(line, engine="simpy", horizon=600, replications=3)
    again = simulate(line, engine="simpy", horizon=600, replications=3)
    other = simulate(line, engine="simpy", horizon=600, replications=3, seed=2)

    assert digests(again) == digests(first)
    assert len(set(digests(first) + digests(other))) == 6


def test_a_replication_does_not_depend_on_how_many_there_are(line: Scenario) -> None:
    assert digests(simulate(line, engine="simpy", horizon=600, replications=4))[:2] == digests(
        simulate(line, engine="simpy", horizon=600, replications=2)
    )


def test_each_replication_may_have_a_scenario_of_its_own_on_the_same_luck(line: Scenario) -> None:
    slower = serial({"a": {"cycle": exponential(12)}, "b": {"cycle": constant(3)}}, [5])
    settings: dict[str, Any] = {"replications": 3, "horizon": 3600.0, "engine": "simpy"}
    fast, slow = simulate(line, **settings), simulate(slower, **settings)

    mixed = simulate([line, slower, line], **settings)

    assert [run.digest for run in mixed] == [fast[0].digest, slow[1].digest, fast[2].digest]
    assert fast[1].digest != slow[1].digest


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_the_number_of_workers_changes_nothing(engine: str, line: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "WORTH_A_PROCESS", 0.0)  # so that so short a work is spread over processes at all

    alone = simulate(line, engine=engine, horizon=600, replications=5, workers=1)
    spread = simulate(line, engine=engine, horizon=600, replications=5, workers=3)

    for one, other in zip(alone, spread, strict=True):
        assert_same(one, other)


def test_a_trace_changes_nothing(line: Scenario) -> None:
    [plain] = simulate(line, engine="simpy", horizon=600)
    [traced] = simulate(line, engine="simpy", horizon=600, trace=True)

    assert_same(plain, traced)
    assert traced.events


def test_progress_is_told_after_each_replication(line: Scenario) -> None:
    told: list[tuple[int, int]] = []

    simulate(line, engine="simpy", horizon=60, replications=3, progress=lambda done, of: told.append((done, of)))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_run_stopped_early_accounts_for_what_was_run_and_keeps_its_state(line: Scenario) -> None:
    [run] = simulate(line, engine="simpy", horizon=600, warmup=60, until=200)

    assert run.accounts.span_s == 140.0
    assert run.state is not None
    assert (run.state.time, run.state.warmup_s, run.state.seed, run.state.replication) == (200.0, 60.0, 1, 0)


def test_states_bring_their_own_seed_and_replications(line: Scenario) -> None:
    whole = simulate(line, engine="simpy", horizon=600, replications=2, seed=9)

    cut = simulate(line, engine="simpy", horizon=600, replications=2, seed=9, until=200)
    resumed = simulate(line, engine="simpy", horizon=600, seed=1, initial=[run.state for run in cut if run.state])

    assert digests(resumed) == digests(whole)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"horizon": 0.0}, "horizon: 0.0 s is no time to measure"),
        ({"horizon": -1.0}, "horizon"),
        ({"horizon": math.inf}, "horizon"),
        ({"horizon": math.nan}, "horizon"),
        ({"warmup": -1.0}, "warmup: -1.0 s is no time"),
        ({"warmup": math.inf}, "warmup"),
        ({"warmup": math.nan}, "warmup"),
        ({"replications": 0}, "replications: 0 is too few"),
        ({"seed": -1}, "seed: -1 is below 0"),
        ({"workers": 0}, "workers: 0 is too few"),
        ({"until": math.nan}, "until: nan s is not within the run"),
        ({"until": -1.0}, "until"),
        ({"until": 1e6}, "until"),
        ({"engine": "compield"}, "compiled"),
    ],
)
def test_a_wrong_setting_is_refused(wrong: dict[str, Any], sentence: str, line: Scenario) -> None:
    with pytest.raises(InputError, match=sentence):
        simulate(line, **({"horizon": 60.0, "engine": "simpy"} | wrong))


def test_a_state_that_does_not_fit_is_refused(line: Scenario) -> None:
    [run] = simulate(line, engine="simpy", horizon=600, until=200)
    states = [run.state] if run.state else []

    with pytest.raises(InputError, match="another line or other options"):
        simulate(serial({"a": {"cycle": constant(10)}}), engine="simpy", horizon=600, initial=states)
    with pytest.raises(InputError, match="a warm-up of 0 s"):
        simulate(line, engine="simpy", horizon=600, warmup=60, initial=states)
    with pytest.raises(InputError, match=r"stands at 3\.33 min, after the end"):
        simulate(line, engine="simpy", horizon=100, initial=states)


@pytest.mark.parametrize(
    ("seconds", "is_compiled", "clock"),
    [
        (0.5 * WORTH_LOADING, True, "simpy"),
        (0.5 * (WORTH_LOADING + WORTH_COMPILING), True, "compiled"),
        (0.5 * (WORTH_LOADING + WORTH_COMPILING), False, "simpy"),
        (2 * WORTH_COMPILING, True, "compiled"),
        (2 * WORTH_COMPILING, False, "compiled"),
    ],
)
def test_the_clock_follows_from_the_work(
    seconds: float,
    is_compiled: bool,  # noqa: FBT001 - a case of a table
    clock: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(simulation, "is_compiled", lambda **_: is_compiled)

    assert chosen_clock(seconds / simulation.SECONDS_A_MOVE) == clock


def test_short_work_runs_under_simpys_clock(line: Scenario) -> None:
    assert simulate(line, horizon=600)[0].engine == "simpy"


def test_the_first_of_several_replications_is_traced(line: Scenario) -> None:
    runs = simulate(line, horizon=3600, replications=2, engine="simpy", trace=True)

    assert runs[1].events is None
    assert runs[0].events is not None
    events = list(runs[0].events)
    assert len(runs[0].events) == len(events) > 0
    assert [event.sequence for event in events] == list(range(len(events)))
    assert list(runs[0].events) == events


def test_moves_are_reckoned_at_the_pace_of_the_slowest_station_and_by_what_is_cut_and_joined() -> None:
    # A log of 30 s makes 12 slats; 4 of them and a seat make a chair. Belts and ovens let parts go one by one.
    made = Line.model_validate(
        {
            "line": "x",
            "stations": {
                "saw": {"kind": "split", "parts": 12, "cycle": "30 s"},
                "seat": {"cycle": "5 s"},
                "chair": {"kind": "assembly", "takes": {"saw": 4}, "cycle": "2 s"},
                "belt": {"kind": "conveyor", "length": "4 m", "speed": "1 m/s", "capacity": 4},
                "oven": {"kind": "batch", "size": 8, "cycle": "8 s"},
                "rack": {"kind": "storage"},
            },
            "route": [
                {"from": "saw", "to": "chair"},
                {"from": "seat", "to": "chair"},
                {"from": "chair", "to": "belt"},
                {"from": "belt", "to": "oven"},
                {"from": "oven", "to": "rack"},
                {"from": "rack", "to": "out"},
            ],
        }
    )

    # A log every 30 s: 12 slats, and 3 chairs at each of the four stations behind; a seat counts as one.
    assert moves_per_s(scenario(made)) == pytest.approx((12 + 1 + 4 * 3) / 30)
