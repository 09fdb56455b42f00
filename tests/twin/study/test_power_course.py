"""The course of a run's power, reckoned from its events, is what the engine's meter saw; its picture and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from dashboards.power import power_svg
from support.lines import Description, constant, exponential, serial
from twin.cli.power_files import power_csv
from twin.engine import simulate
from twin.kpi.energy import energy_j
from twin.study.power_course import PowerCourse, power_course
from twin.study.replicate import document, replicate

if TYPE_CHECKING:
    from twin.engine.results import Run
    from twin.line.scenario import Scenario

SAVING: Description = {
    "processing": "10 kW",
    "idle": "2 kW",
    "standby": "500 W",
    "standby_after": "30 s",
    "warm_up": "0.02 kWh",
    "off_shift": "100 W",
}


def saving_line() -> Scenario:
    stations = {
        "a": {"cycle": exponential(60), "machines": 2, "power": {"processing": "7 kW", "idle": "1 kW"}},
        "b": {"cycle": exponential(30), "power": SAVING},
        "c": {"cycle": exponential(20)},
    }
    shifts = {"times": {"mon": ["00:00-02:00", "02:30-23:00"]}}
    return serial(stations, [3, 3], source={"arrivals": exponential(40)}, shifts=shifts)


def course_of(line: Scenario, horizon: float, warmup: float = 0.0) -> tuple[Run, PowerCourse]:
    [run] = simulate(line, engine="simpy", horizon=horizon, warmup=warmup, trace=True)
    assert run.events is not None
    return run, power_course(run.events, warmup, warmup + horizon)


@pytest.mark.parametrize("warmup", [0.0, 1_000.0])
def test_the_course_agrees_with_the_meter(warmup: float) -> None:
    run, course = course_of(saving_line(), 20_000, warmup)

    assert course.stations == ("a", "b")
    assert run.accounts.warm_ups[2] > 20
    assert course.peak_w[0].max() == run.accounts.peak_w
    assert course.mean_w[0][course.whole].max() == pytest.approx(run.accounts.peak_mean_w, rel=1e-12)
    joules = (course.mean_w * (course.end_s - course.start_s)).sum(axis=1)
    by_machine = energy_j(run.accounts)
    np.testing.assert_allclose(joules, [by_machine.sum(), by_machine[:2].sum(), by_machine[2]], rtol=1e-9)
    np.testing.assert_allclose(course.mean_w[0], course.mean_w[1:].sum(axis=0), rtol=1e-9)


def test_windows_worked_by_hand() -> None:
    """900 s of work at 9 kW and 450 s off shift at 1 kW, from 300 s on: windows to 600, 1200 and 1350."""
    press = {"cycle": constant(2_000), "power": {"processing": "9 kW", "off_shift": "1 kW"}}

    _, course = course_of(serial({"a": press}, shifts={"times": {"mon": ["00:00-00:15"]}}), 1_050, 300)

    assert course.start_s.tolist() == [300, 600, 1200]
    assert course.end_s.tolist() == [600, 1200, 1350]
    assert course.mean_w.tolist() == [[9_000, 5_000, 1_000]] * 2
    assert course.peak_w.tolist() == [[9_000, 9_000, 1_000]] * 2
    assert course.whole.tolist() == [False, True, False]
    assert power_csv(course).splitlines() == [
        "start_s,end_s,line mean [kW],line peak [kW],station a mean [kW],station a peak [kW]",
        "300,600,9,9,9,9",
        "600,1200,5,9,5,9",
        "1200,1350,1,1,1,1",
    ]


def test_the_picture_says_in_words_what_it_shows() -> None:
    _, course = course_of(saving_line(), 700_000)
    drawn = power_svg(course, "Saving line", {"a": "Press", "b": "Oven & dryer"})

    root = ET.fromstring(drawn)  # noqa: S314 -- drawn here
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert {"whole line", "Press", "Oven & dryer", "days"} <= set(texts)
    assert texts[0] is not None
    assert texts[0].startswith("Saving line: 24.0 kW at most, and ")
    assert "Mean power of each 20 minutes" in str(texts[1])  # 1,167 windows, two a step


def test_the_energy_of_the_stations_adds_up_to_the_lines() -> None:
    found = document(replicate(saving_line(), replications=3, horizon=20_000, engine="simpy"))
    stations = [station["energy_kwh_per_unit"] for station in found["stations"].values()]

    assert sum(stations) == pytest.approx(found["energy_kwh_per_unit"])
    assert stations[2] == 0
    assert len(found["peak_power_kw"]["replications"]) == 3
    assert found["peak_power_kw"]["mean"] <= 24
    assert found["peak_mean_power_kw"]["ci95"][0] > 2
    assert found["kpis"]["peak_power"]["mean"] == found["peak_power_kw"]["mean"]


def test_without_power_the_document_has_no_peak() -> None:
    found = document(replicate(serial({"a": {"cycle": constant(10)}}), replications=2, horizon=2_000, engine="simpy"))

    assert found["peak_power_kw"]["mean"] is None
    assert found["stations"]["a"]["energy_kwh_per_unit"] == 0
