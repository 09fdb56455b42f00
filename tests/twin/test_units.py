"""Quantities: text to SI and back, and one clear sentence where the text is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from twin.errors import InputError
from twin.units import (
    LARGEST,
    MONEY,
    POWER,
    QUANTITIES,
    TIME,
    Count,
    Duration,
    Energy,
    EnergyPrice,
    HourlyCost,
    Money,
    Power,
    Quantity,
    Share,
    count,
    euros,
    format_time,
    joules,
    number,
    parse,
    quoted,
    seconds,
    share,
    watts,
    write,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 s", 12.0),
        ("12s", 12.0),
        ("  12   sec ", 12.0),
        ("250 ms", 0.25),
        ("0.2 min", 12.0),
        ("8 h", 28_800.0),
        ("3 d", 259_200.0),
        ("1 day", 86_400.0),
        ("2 days", 172_800.0),
        ("1 week", 604_800.0),
        ("2 weeks", 1_209_600.0),
        ("10 yr", 315_360_000.0),
        ("1 year", 31_536_000.0),
        ("1.5e3 s", 1_500.0),
        (".5 min", 30.0),
        ("0 s", 0.0),
    ],
)
def test_a_time_is_held_in_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("text", "quantity", "expected"),
    [
        ("500 W", "power", 500.0),
        ("3.5 kW", "power", 3_500.0),
        ("2 MW", "power", 2e6),
        ("900 J", "energy", 900.0),
        ("1 kWh", "energy", 3.6e6),
        ("1 MWh", "energy", 3.6e9),
        ("5 EUR", "money", 5.0),
        ("180 kEUR", "money", 180_000.0),
        ("1.2 MEUR", "money", 1.2e6),
        ("35.50 EUR/h", "hourly cost", 35.5),
        ("0.11 EUR/kWh", "energy price", 0.11),
        ("110 EUR/MWh", "energy price", 0.11),
    ],
)
def test_each_quantity_is_held_in_its_unit(text: str, quantity: str, expected: float) -> None:
    assert parse(text, quantity) == pytest.approx(expected, rel=1e-15)


def test_every_unit_that_may_be_written_is_read() -> None:
    for quantity in QUANTITIES.values():
        assert parse(f"1 {quantity.unit}", quantity) == 1.0
        assert all(parse(f"2 {unit}", quantity) > 0 for unit in quantity.units + quantity.also)


def test_an_unknown_unit_is_answered_by_the_units_that_may_be_written() -> None:
    with pytest.raises(InputError) as refusal:
        seconds("12 sek")

    assert str(refusal.value) == (
        '"12 sek" is not a time; write 12 s, 0.2 min or 1 h (units: ms, s, min, h, d, week, yr)'
    )


@pytest.mark.parametrize(
    "written",
    [
        12,
        12.0,
        True,
        None,
        "",
        "s",
        "12 kW",
        "12 S",
        "12 ss",
        "1,5 s",
        "1_000 s",
        "3 h + 2 h",
        "2 s**2",
        ["12 s"],
    ],
)
def test_what_is_not_a_time_is_refused(written: object) -> None:
    with pytest.raises(InputError, match="is not a time; write 12 s"):
        seconds(written)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("12", '"12" has no unit; write 12 s (units: ms, s, min, h, d, week, yr)'),
        (None, "no value is not a time"),
        (["12 s"], "a list is not a time"),
        ({"mean": "12 s"}, "a mapping is not a time"),
    ],
)
def test_what_was_found_is_named_as_people_name_it(written: object, sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        seconds(written)
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize("text", ["nan", "nan s", "inf s", "-inf s", "infinity h"])
def test_not_a_number_and_infinity_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a time"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "problem"), [("-3 s", "is negative"), ("1e999 s", "is too large"), ("1e300 yr", "is too large")]
)
def test_negative_and_overflowing_numbers_are_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        seconds(text)


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, seconds("-0 s")) == 1


def test_a_unit_of_another_quantity_is_refused() -> None:
    with pytest.raises(InputError, match=r'"12 s" is not a power; write 500 W, 3.5 kW or 1 MW \(units: W, kW, MW\)'):
        watts("12 s")
    with pytest.raises(InputError, match="is not an energy"):
        joules("3 kW")
    with pytest.raises(InputError, match="is not an amount of money"):
        euros("3 EUR/h")


@given(st.floats(min_value=0, max_value=LARGEST), st.sampled_from(list(QUANTITIES.values())))
def test_what_is_written_is_read_back_to_the_bit(value: float, quantity: Quantity) -> None:
    assert parse(write(value, quantity), quantity) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 s"),
        (0.9, "0.9 s"),
        (12, "12 s"),
        (59.999, "1 min"),
        (90, "1.5 min"),
        (192, "3.2 min"),
        (2400, "40 min"),
        (28_800, "8 h"),
        (604_800, "7 d"),
        (315_360_000, "10 yr"),
        (31_536_000_000, "1000 yr"),
    ],
)
def test_a_time_is_shown_in_the_unit_that_fits(value: float, text: str) -> None:
    assert format_time(value) == text


@pytest.mark.parametrize(("written", "expected"), [("0.2", 0.2), (" 3 ", 3.0), (-1.5, -1.5), ("1e-3", 0.001), (2, 2.0)])
def test_a_number_is_read(written: object, expected: float) -> None:
    assert number(written) == expected


@pytest.mark.parametrize("written", ["", "0.2 s", "nan", "inf", math.nan, math.inf, True, None, "1e999", [1], "0x10"])
def test_what_is_no_finite_number_is_refused(written: object) -> None:
    with pytest.raises(InputError, match="number; write"):
        number(written)


@pytest.mark.parametrize(("written", "expected"), [("5 %", 0.05), ("5%", 0.05), ("0.05", 0.05), (0.05, 0.05), (1, 1.0)])
def test_a_share_is_read(written: object, expected: float) -> None:
    assert share(written) == expected


@pytest.mark.parametrize("written", ["5", "101 %", "-1 %", -0.1, "nan", "half", "%", None, math.nan])
def test_what_is_no_share_is_refused(written: object) -> None:
    with pytest.raises(InputError, match=r"is not a share.*; write 0\.05 or 5 %"):
        share(written)


@pytest.mark.parametrize(("written", "expected"), [("3", 3), (3, 3), ("0", 0), (" 12 ", 12)])
def test_a_count_is_read(written: object, expected: int) -> None:
    assert count(written) == expected


@pytest.mark.parametrize("written", ["2.5", 2.5, 2.0, "-1", -1, True, None, "", "three", "9" * 400])
def test_what_is_no_count_is_refused(written: object) -> None:
    with pytest.raises(InputError, match="is not a whole number of at least 0"):
        count(written)


def test_what_was_found_is_quoted_on_one_line_and_not_at_length() -> None:
    assert quoted("a\n  b") == '"a b"'
    assert len(quoted("x" * 10_000)) < 80


class Machine(BaseModel):
    """A model with a field of each kind."""

    cycle: Duration
    life: Duration | None = Field(default=None, gt=0)
    power: Power = 0.0
    heat: Energy = 0.0
    capex: Money = 0.0
    wage: HourlyCost = 0.0
    tariff: EnergyPrice = 0.0
    scrap: Share = 0.0
    machines: Count = 1


WRITTEN = {
    "cycle": "12 s",
    "life": "10 yr",
    "power": "3.5 kW",
    "heat": "1 kWh",
    "capex": "180 kEUR",
    "wage": "35 EUR/h",
    "tariff": "110 EUR/MWh",
    "scrap": "5 %",
    "machines": "2",
}


def test_fields_hold_numbers_and_are_written_so_that_they_can_be_read() -> None:
    machine = Machine.model_validate(WRITTEN)

    assert (machine.cycle, machine.power, machine.capex, machine.scrap, machine.machines) == (
        12,
        3500,
        180_000,
        0.05,
        2,
    )
    assert machine.model_dump()["cycle"] == "12 s"
    assert Machine.model_validate(machine.model_dump()) == machine
    assert Machine.model_validate_json(machine.model_dump_json()) == machine


def test_a_field_says_the_sentence_and_nothing_else() -> None:
    with pytest.raises(ValidationError) as refusal:
        Machine.model_validate({"cycle": "12 {sek}", "life": "0 s", "machines": "0.5"})

    found = {error["loc"]: error["msg"] for error in refusal.value.errors()}
    assert found[("cycle",)].startswith('"12 {sek}" is not a time; write 12 s, 0.2 min or 1 h')
    assert found[("machines",)] == '"0.5" is not a whole number of at least 0; write 0, 1 or 2'
    assert ("life",) in found


def test_written_without_a_quantity_is_the_number_alone() -> None:
    assert (write(12.0), write(0.1), write(5.0, MONEY), write(1e16, POWER)) == ("12", "0.1", "5 EUR", "1e+16 W")
    assert str(TIME) == "a time"
