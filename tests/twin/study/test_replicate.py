"""A study of replications: its estimates against the accounts of its runs, and its document."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import replace
from statistics import fmean

import pytest

import lines
from support.lines import constant, describe, exponential, serial
from twin.errors import InputError
from twin.line.load import load_line
from twin.line.scenario import Scenario, scenario
from twin.study.intervals import mean_interval
from twin.study.replicate import Study, document, replicate, state_shares, utilisation

HOUR = 3600.0
KEYS = {
    "line", "options", "engine", "versions", "seed", "replications", "horizon_s", "warmup_s", "digest", "deadlocks",
    "oee_policy",
    "throughput_per_h", "orders_per_h", "good", "scrap", "rework", "lead_time_s", "wip", "stations", "buffers",
    "operators", "energy_kwh_per_unit", "peak_power_kw", "peak_mean_power_kw", "kpis",
}  # fmt: skip


@pytest.fixture(scope="module")
def chosen() -> Scenario:
    return scenario(load_line(lines.path("three_stations")), "cells")


@pytest.fixture(scope="module")
def study(chosen: Scenario) -> Study:
    return replicate(chosen, replications=3, horizon=8 * HOUR, warmup=7 * HOUR, engine="simpy")


def pairs() -> Scenario:
    """Return a line where all is known: a part each 60 s, two units a part, one operator, 6 kW at work."""
    station = {"cycle": constant(60), "crew": {"operator": 1}, "power": {"processing": "6 kW", "idle": "1 kW"}}
    return describe(
        {"press": station},
        [{"from": "press", "to": "out"}],
        operators={"operator": 1},
        product={"unit": "m2", "per_part": 2},
    )


def lock() -> Scenario:
    """Return a line that is certain to lock: more than its loop holds is pushed into it."""
    stations = {
        "feed": {"cycle": constant(1)},
        "make": {"cycle": constant(10)},
        "test": {"cycle": constant(9), "machines": 2},
    }
    route = [
        {"from": "feed", "to": "make", "buffer": 2},
        {"from": "make", "to": "test", "buffer": 1},
        {"from": "test", "to": "make", "buffer": 1, "probability": 0.9, "rework": True},
        {"from": "test", "to": "out", "probability": 0.1},
    ]
    return describe(stations, route)


def test_what_is_known_is_found_to_the_last_digit() -> None:
    found = document(replicate(pairs(), replications=2, horizon=10 * HOUR, engine="simpy"))

    # A part that ends at exactly the end belongs to what follows: 599 of 600 minutes.
    assert found["throughput_per_h"]["replications"] == pytest.approx([59.9, 59.9])
    assert found["good"]["mean"] == pytest.approx(119.8)
    assert found["scrap"]["mean"] == found["rework"]["mean"] == 0
    assert found["lead_time_s"]["mean"] == pytest.approx(60)
    assert found["wip"]["mean"] == pytest.approx(1)
    assert found["stations"]["press"]["states"]["processing"] == pytest.approx(1)
    assert found["operators"] == {"operator": {"utilisation": pytest.approx(1), "idle": pytest.approx(0)}}
    assert found["energy_kwh_per_unit"] == pytest.approx(6 * 10 / 1198)
    assert found["deadlocks"] == 0


def test_the_document_has_its_keys_and_is_json(study: Study) -> None:
    found = document(study)

    assert found.keys() == KEYS
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["versions"].keys() == {"python", "line-twin", "numpy", "numba", "simpy", "processor"}
    assert found["versions"]["processor"] == platform.machine()
    assert (found["line"], found["options"], found["seed"]) == ("three-stations", "cells", 1)


def test_rates_and_shares_follow_from_the_accounts(study: Study) -> None:
    found = document(study)
    accounts = [run.accounts for run in study.runs]

    assert found["good"]["replications"] == [one.departed / 8 for one in accounts]
    assert tuple(found["good"]["ci95"]) == mean_interval([one.departed / 8 for one in accounts]).interval
    assert found["scrap"]["mean"] == pytest.approx(fmean(one.scrapped / 8 for one in accounts))
    assert found["rework"]["mean"] == pytest.approx(fmean(int(one.rework.sum()) / 8 for one in accounts))
    for station in found["stations"].values():
        assert sum(station["states"].values()) == pytest.approx(1, rel=1e-9)
    assert found["stations"]["weld"]["oee"] == pytest.approx(
        fmean(
            one.parts[2] * 10.5 / (8 * HOUR) * (1 - (one.scrap[2] + one.rework[2]) / one.parts[2]) for one in accounts
        )
    )
    assert set(found["buffers"]) == {"press->weld", "weld->inspect", "inspect->weld"}


def test_lead_times_are_in_order(study: Study) -> None:
    lead = document(study)["lead_time_s"]

    assert lead["p50"] <= lead["p90"] <= lead["p95"]


def test_one_replication_has_no_interval(chosen: Scenario) -> None:
    found = document(replicate(chosen, replications=1, horizon=HOUR, warmup=7 * HOUR, engine="simpy"))

    assert found["good"]["ci95"] is None
    assert len(found["good"]["replications"]) == 1


def test_the_digest_is_over_the_digests_in_order(study: Study) -> None:
    parts = b"".join(bytes.fromhex(run.digest) for run in study.runs)

    assert study.digest == hashlib.sha256(parts).hexdigest()


def test_both_clocks_write_the_same_document(study: Study, chosen: Scenario) -> None:
    other = replicate(chosen, replications=3, horizon=8 * HOUR, warmup=7 * HOUR, engine="compiled")

    assert document(other) | {"engine": "simpy"} == document(study)


def test_good_units_are_counted_by_shifts_worked_and_by_hours_passed() -> None:
    scene = serial({"press": {"cycle": constant(60)}}, shifts={"pattern": "1x8", "days": "mon-fri"})

    study = replicate(scene, replications=2, horizon=7 * 24 * HOUR, engine="simpy")

    assert study.good_per_shift is not None
    assert study.good_per_shift.mean == pytest.approx(5 * 480 / 5, abs=0.2)
    assert study.good_per_hour.mean == pytest.approx(5 * 480 / 168, abs=0.02)
    assert study.good_per_hour_worked is not None
    assert study.good_per_hour_worked.mean == pytest.approx(60, abs=0.02)


def test_a_time_without_a_shift_gives_no_number_and_no_error() -> None:
    scene = serial({"press": {"cycle": constant(60)}}, shifts={"pattern": "1x8", "days": "mon-fri"})

    study = replicate(scene, replications=2, horizon=HOUR, engine="simpy")

    assert study.good_per_shift is None
    found = document(study)
    assert found["good"]["mean"] == 0
    assert found["lead_time_s"] == {"mean": None, "p50": None, "p90": None, "p95": None}
    assert found["stations"]["press"]["oee"] is None


def test_a_replication_without_a_number_leaves_the_pooled_one_without_an_interval() -> None:
    scene = serial({"press": {"cycle": exponential(1800)}})

    study = replicate(scene, replications=8, horizon=1500.0, engine="simpy")
    lead = study.line_kpi("lead_time")

    parts = [run.accounts.departed for run in study.runs]
    assert 0 in parts
    assert lead is not None
    assert lead.interval is None
    assert lead.mean == pytest.approx(sum(run.accounts.lead_sum_s for run in study.runs) / sum(parts))


def test_every_replication_names_a_station_that_limits(study: Study) -> None:
    assert sum(study.limits.values()) == len(study.runs)
    assert set(study.limits) <= {"press", "weld", "inspect"}
    assert study.oee_station == next(iter(study.limits))


def test_the_station_that_limits_most_replications_comes_first(monkeypatch: pytest.MonkeyPatch, study: Study) -> None:
    def limits(*found: str) -> list[tuple[str, int]]:
        """Return what a study of three replications makes of the bottleneck of each, and of all together."""
        names = iter(found)
        monkeypatch.setattr("twin.study.replicate.bottleneck", lambda _: next(names))
        return list(replace(study).limits.items())

    assert limits("weld", "press", "weld", "press") == [("weld", 2), ("press", 1)]
    assert limits("weld", "press", "inspect", "press") == [("press", 1), ("weld", 1), ("inspect", 1)]


def test_an_interval_ends_where_its_number_can_be_no_more() -> None:
    scene = serial({"press": {"cycle": constant(60)}})
    study = replicate(scene, replications=2, horizon=HOUR, engine="simpy")
    shares = iter([0.9, 1.0, 0.02, 0.1])

    high = study.estimate(lambda _: next(shares), highest=1.0)
    low = study.estimate(lambda _: next(shares), highest=1.0)

    assert high is not None
    assert high.interval is not None
    assert high.interval == (pytest.approx(0.95 - 12.706 * 0.05, abs=1e-3), 1.0)
    assert low is not None
    assert low.interval is not None
    assert low.interval[0] == 0.0


def test_the_line_s_own_bottleneck_gives_the_oee(chosen: Scenario) -> None:
    named = Scenario(chosen.line.model_copy(update={"bottleneck": "inspect"}), chosen.base)

    assert replicate(named, replications=1, horizon=8 * HOUR, engine="simpy").oee_station == "inspect"


def test_deadlocks_are_counted_and_the_study_goes_on() -> None:
    study = replicate(lock(), replications=3, horizon=HOUR, engine="simpy")

    assert document(study)["deadlocks"] == len(study.locked) == 3


def test_resuming_saved_states_keeps_their_seed(chosen: Scenario) -> None:
    times = {"warmup": 7 * HOUR, "engine": "simpy"}
    whole = replicate(chosen, replications=2, horizon=3 * HOUR, seed=9, **times)
    cut = replicate(chosen, replications=2, horizon=HOUR, seed=9, keep_state=True, **times)
    states = [run.state for run in cut.runs if run.state is not None]

    resumed = replicate(chosen, replications=2, horizon=3 * HOUR, initial=states, **times)

    assert document(resumed) == document(whole)


def test_a_cut_within_the_warm_up_is_refused(chosen: Scenario) -> None:
    with pytest.raises(InputError, match="within the warm-up"):
        replicate(chosen, replications=1, horizon=HOUR, warmup=HOUR, until=HOUR)


def test_shares_of_all_stations_and_people(study: Study) -> None:
    shares = state_shares(study.pooled)
    busy = utilisation(study.pooled)

    assert shares["press"]["processing"] == pytest.approx(study.pooled.states[:2, 6].sum() / (6 * 8 * HOUR))
    assert busy["operator"] == pytest.approx(study.pooled.busy_s[0] / study.pooled.present_s[0])
    nobody = serial(
        {"press": {"cycle": constant(60)}}, shifts={"pattern": "1x8", "days": "mon-fri"}, operators={"setter": 1}
    )
    assert utilisation(replicate(nobody, replications=1, horizon=HOUR, engine="simpy").pooled) == {"setter": None}
