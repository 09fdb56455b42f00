from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from twin.line.failure import Failure
from twin.line.power import Power
from twin.line.station import HOLDERS, STATION_KINDS, Option, Station
from twin.line.upkeep import Maintenance

STATES = (
    "off_shift",
    "maintenance",
    "waiting_repair",
    "down",
    "setup",
    "waiting_operator",
    "processing",
    "blocked",
    "starved",
)


def station(**keys: Any) -> Station:  # noqa: ANN401 -- as a line file has them
    return Station.model_validate({"cycle": "12 s", **keys})


def test_a_station_needs_its_cycle_and_nothing_else() -> None:
    press = station()
    assert (press.kind, press.machines, press.ideal, press.reject, press.crew, press.failures) == (
        "machine",
        1,
        12,
        0,
        {},
        {},
    )
    assert [press.power.of(state) for state in STATES] == [0] * 9
    with pytest.raises(ValidationError):
        Station.model_validate({})


NEEDED = {
    "split": {"parts": 12},
    "batch": {"size": 8},
    "conveyor": {"length": "12 m", "speed": "18 m/min", "capacity": 24},
}


def of_kind(kind: str, **keys: object) -> Station:
    cycle = {} if kind in HOLDERS else {"cycle": "12 s"}
    return Station.model_validate({"kind": kind, **cycle, **NEEDED.get(kind, {}), **keys})


def test_every_kind_of_station_can_be_written() -> None:
    assert [of_kind(kind).kind for kind in STATION_KINDS] == list(STATION_KINDS)
    assert of_kind("conveyor").belt_s == pytest.approx(40, rel=1e-15)
    assert of_kind("storage").stay.mean == 0


@pytest.mark.parametrize(
    ("kind", "keys", "sentence"),
    [
        ("machine", {"parts": 3}, "a station of kind machine has no `parts`"),
        ("machine", {"prevalence": 0.1}, "a station of kind machine has no `prevalence`"),
        ("split", {"parts": None}, "a station of kind split needs `parts`"),
        ("split", {"parts": 1}, "greater than or equal to 2"),
        ("batch", {"size": None}, "a station of kind batch needs `size`"),
        ("batch", {"size": 1_001}, "less than or equal to 1000"),
        ("batch", {"timeout": "0 s"}, "greater than 0"),
        ("assembly", {"takes": {"wheels": 0}}, "greater than or equal to 1"),
        ("conveyor", {"speed": None}, "a station of kind conveyor needs `speed`"),
        ("conveyor", {"capacity": None}, "a station of kind conveyor needs `capacity`"),
        ("conveyor", {"cycle": "9 s"}, "a station of kind conveyor has no `cycle`"),
        ("conveyor", {"machines": 2}, "a station of kind conveyor has no `machines`"),
        ("conveyor", {"crew": {"operator": 1}}, "a station of kind conveyor has no `crew`"),
        ("storage", {"attended": False}, "a station of kind storage has no `attended`"),
        ("storage", {"failures": {"jam": {"ttf": "1 h", "ttr": "1 min"}}}, "a station of kind storage has no `fail"),
        ("inspection", {"prevalence": 0.1, "scrap": 0.1}, "`prevalence` says how many are bad"),
        ("inspection", {"false_accept": 0.1}, "bad parts are accepted only where some are bad"),
        ("machine", {"attended": False, "crew": {"operator": 1}}, "runs unattended, at all hours, has no `crew`"),
        ("machine", {"attend": 4}, "`attend` shares out the people of a crew"),
    ],
)
def test_a_station_that_makes_no_sense_is_refused(kind: str, keys: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        of_kind(kind, **keys)


def test_an_inspection_of_bad_parts_accepts_some_of_them() -> None:
    # Of 1,000 parts 30 are bad, of which 27 are found; of the 970 good ones 9.7 are rejected.
    test = of_kind("inspection", prevalence="3 %", false_accept="10 %", false_reject="1 %")
    assert test.reject == pytest.approx(0.0367, rel=1e-15)


def wearing(**table: object) -> Failure:
    return Failure.model_validate({"ttf": "40 h", "ttr": "1 h", **table})


def test_a_table_of_wear_is_read_by_age_and_comes_back_from_its_own_text() -> None:
    failure = wearing(wear={"800 h": 5, "0 h": 1, "400 h": "2"})
    assert failure.wear == ((0, 1), (1_440_000, 2), (2_880_000, 5))
    assert Failure.model_validate(failure.model_dump(exclude_none=True)) == failure


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("fast", '"fast" is not a table of wear; write wear: {0 h: 1, 400 h: 2, 800 h: 5}'),
        ({"400 h": 2}, "the table of wear begins at no age; write a point for 0 h first"),
        ({"0 h": 1, "0 s": 2}, 'the age "0 s" is named twice; name it once'),
        ({"0 h": 0}, '"0" times as fast is no clock that runs; write a number above 0'),
        ({"0 h": "nan"}, "is not a number"),
        ({"0": 1}, "has no unit"),
        ({f"{hour} h": 1 for hour in range(101)}, "is not a table of wear"),
    ],
)
def test_a_table_of_wear_that_makes_no_sense_is_refused(table: object, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        wearing(wear=table)


def test_only_a_clock_of_work_wears() -> None:
    with pytest.raises(ValidationError, match="only an operating clock wears"):
        wearing(wear={"0 h": 1}, clock="calendar")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({}, "neither `every` nor `parts` is given"),
        ({"every": "1 h", "parts": 5}, "both `every` and `parts` are given"),
        ({"parts": 0}, "greater than or equal to 1"),
    ],
)
def test_a_maintenance_is_due_by_one_thing(keys: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Maintenance.model_validate({"lasts": "1 h", **keys})


def test_standby_is_said_whole() -> None:
    with pytest.raises(ValidationError, match="`standby` and `standby_after` go together"):
        Power.model_validate({"standby": "500 W"})


def test_an_inspection_rejects_the_bad_parts_and_some_of_the_good() -> None:
    # Of 100 parts 10 are bad; of the 90 good ones 20 % are rejected: 10 + 18.
    assert station(kind="inspection", scrap="10 %", false_reject="20 %").reject == pytest.approx(0.28, rel=1e-15)


def test_the_ideal_cycle_is_the_mean_unless_given() -> None:
    assert station(cycle={"min": "8 s", "mode": "10 s", "max": "15 s"}).ideal == pytest.approx(11, rel=1e-15)
    assert station(ideal_cycle="9 s").ideal == 9


def test_power_not_named_is_idle_power_but_nothing_off_shift() -> None:
    power = Power.model_validate({"processing": "18 kW", "idle": "4 kW"})
    drawn = {state: power.of(state) for state in STATES}
    assert drawn == dict.fromkeys(STATES, 4_000) | {"processing": 18_000, "off_shift": 0, "maintenance": 0}


def test_power_while_waiting_for_repair_is_that_of_being_down() -> None:
    assert Power.model_validate({"idle": "4 kW", "down": "1 kW"}).of("waiting_repair") == 1_000
    assert Power.model_validate({"idle": "4 kW"}).of("waiting_repair") == 4_000
    assert Power.model_validate({"down": "1 kW", "waiting_repair": "2 kW"}).of("waiting_repair") == 2_000
    assert Power.model_validate({"idle": "4 kW", "off_shift": "200 W", "blocked": "0 W"}).of("off_shift") == 200
    assert Power.model_validate({"idle": "4 kW", "blocked": "0 W"}).of("blocked") == 0


def test_availability_becomes_the_exponential_that_yields_it() -> None:
    failure = Failure.model_validate({"availability": "0.98", "ttr": {"lognormal": {"mean": "3 min", "cv": 1}}})
    up = failure.time_to_failure
    # 0.98 = up / (up + 3 min), hence up = 147 min.
    assert up.standard[0] == "exponential"
    assert up.mean == pytest.approx(147 * 60, rel=1e-12)
    assert up.mean / (up.mean + failure.ttr.mean) == pytest.approx(0.98, rel=1e-12)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"ttr": "3 min"}, "neither `ttf` nor `availability` is given"),
        ({"ttr": "3 min", "ttf": "1 h", "availability": 0.9}, "both `ttf` and `availability` are given"),
        ({"ttr": "0 s", "availability": 0.9}, "fails after no time"),
        ({"ttr": "3 min", "availability": 5e-324}, "fails after no time"),
        ({"ttr": "3 min", "ttf": "0 s"}, "fails after no time"),
        ({"ttr": "3 min", "availability": 1}, "less than 1"),
        ({"ttr": "3 min", "availability": 0}, "greater than 0"),
        ({"ttr": "3 min", "availability": "nan"}, "is not a share"),
        ({"ttr": "3 min", "ttf": "1 h", "clock": "wall"}, "operating"),
        ({"ttr": "3 min", "ttf": "1 h", "repaired_by": {"technician": 0}}, "greater than 0"),
    ],
)
def test_a_failure_that_makes_no_sense_is_refused(keys: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Failure.model_validate(keys)


def test_an_option_replaces_the_keys_it_names_as_a_whole() -> None:
    press = station(
        machines=2,
        crew={"operator": 1, "helper": 1},
        scrap=0.02,
        power={"processing": "18 kW", "idle": "4 kW"},
        failures={"jam": {"ttf": "1 h", "ttr": "3 min"}},
        capex="400 kEUR",
        automation={
            "robot": {"crew": {}, "cycle": "9 s", "power": {"processing": "22 kW"}, "capex": "180 kEUR"},
            "other": {},
        },
    )
    robot = press.with_option("robot")
    assert (robot.cycle.mean, robot.crew, robot.power.of("processing"), robot.power.of("blocked")) == (9, {}, 22_000, 0)
    assert (robot.machines, robot.scrap, robot.failures, robot.capex) == (2, 0.02, press.failures, 400_000)
    assert robot.automation == {}
    assert press.with_option("other") == press.model_copy(update={"automation": {}})
    with pytest.raises(KeyError):
        press.with_option("absent")


def test_a_new_cycle_brings_its_own_ideal_cycle() -> None:
    press = station(
        ideal_cycle="11 s",
        automation={
            "faster": {"cycle": "9 s"},
            "stated": {"cycle": "9 s", "ideal_cycle": "8 s"},
            "better": {"scrap": 0},
        },
    )
    assert [press.with_option(name).ideal for name in ("faster", "stated", "better")] == [9, 8, 11]


def test_an_option_costs_nothing_and_lasts_ten_years_unless_told() -> None:
    option = Option()
    assert (option.capex, option.life, option.upkeep, option.posts) == (0, 10 * 365 * 86_400, 0, {})


def test_a_station_is_frozen_and_comes_back_from_its_own_text() -> None:
    press = station(failures={"jam": {"availability": 0.98, "ttr": "3 min"}}, power={"idle": "4 kW"}, capex="1.2 MEUR")
    with pytest.raises(ValidationError, match="frozen"):
        press.machines = 3  # type: ignore[misc]
    assert Station.model_validate(press.model_dump(exclude_none=True)) == press
