from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import lines
from support.chairs import CHAIRS
from support.json_schema import fits
from support.program import twin
from twin.cli.new import TEMPLATE
from twin.cli.schema import quantity_schema
from twin.events import Event, to_json
from twin.units import QUANTITIES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BAD = Path(__file__).parents[2] / "bad_lines"
LINE = twin("schema", "--line").document


def test_the_schema_of_events_holds_for_an_event() -> None:
    schema = twin("schema").document
    event = Event("plant", 1, 7, 0, 12.5, "three-stations", "press", 1, "state", {"state": "down", "reason": "jam"})
    written = json.loads(to_json(event))

    assert schema["$schema"] == DIALECT
    assert fits(written, schema, schema)
    assert not fits({**written, "kind": "flood"}, schema, schema)


def test_the_schema_of_a_line_file_knows_every_key_and_says_what_it_is() -> None:
    described = [definition for definition in LINE["$defs"].values() if "properties" in definition]

    assert LINE["$schema"] == DIALECT
    assert set(LINE["properties"]) >= {"line", "product", "shifts", "operators", "source", "stations", "route", "basis"}
    assert all("description" in entry for definition in described for entry in definition["properties"].values())


@pytest.mark.parametrize("name", lines.names())
def test_reference_lines_fit_the_schema(name: str) -> None:
    assert fits(yaml.safe_load(lines.path(name).read_text("utf-8")), LINE, LINE)


def test_a_line_of_all_kinds_fits_the_schema() -> None:
    assert fits(yaml.safe_load(CHAIRS), LINE, LINE)


def test_the_line_to_start_from_and_one_without_route_fit_the_schema() -> None:
    assert fits(yaml.safe_load(TEMPLATE.replace("{name}", "x")), LINE, LINE)
    assert fits({"line": "x", "stations": {"a": {"cycle": "1 s"}}}, LINE, LINE)


@pytest.mark.parametrize(
    "slip",
    [
        "unknown_unit",
        "unit_missing",
        "unit_of_another_quantity",
        "unknown_key_of_station",
        "unknown_key_of_edge",
        "unknown_distribution",
        "no_machines",
        "fraction_of_a_machine",
        "scrap_over_one",
        "negative_time",
        "stations_missing",
        "split_into_one",
        "length_in_seconds",
        "speed_without_unit",
        "warm_up_as_a_power",
        "wear_as_a_number",
        "wear_that_stops_the_clock",
        "startup_scrap_after_lunch",
        "carriers_misspelt",
        "maintenance_without_length",
    ],
)
def test_a_slip_that_an_editor_can_see_does_not_fit_the_schema(slip: str) -> None:
    assert not fits(yaml.safe_load((BAD / f"{slip}.yaml").read_text("utf-8")), LINE, LINE)


@pytest.mark.parametrize(
    ("cycle", "right"),
    [
        ("12 s", True),
        ("0.2min", True),
        ({"min": "1 s", "mode": "2 s", "max": "4 s"}, True),
        ({"lognormal": {"mean": "12 s", "cv": 0.2}}, True),
        ({"constant": "12 s"}, True),
        ({"empirical": ["9 s", "11 s"]}, True),
        ({"empirical": {"values": ["9 s", "11 s"], "weights": [1, 3]}}, True),
        (12, False),
        ("twelve", False),
        ({"lognormal": {"mean": "12 s"}}, False),
        ({"lognormal": {"mean": "12 s", "cv": 0.2}, "normal": {"mean": "12 s", "cv": 0.2}}, False),
        ({}, False),
    ],
)
def test_a_time_may_be_written_in_all_its_forms_and_no_other(cycle: object, right: bool) -> None:  # noqa: FBT001
    assert fits({"line": "x", "stations": {"a": {"cycle": cycle}}}, LINE, LINE) is right


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_unit_of_a_quantity_is_known(name: str) -> None:
    quantity = QUANTITIES[name]
    schema = quantity_schema(quantity)

    assert all(fits(f"1.5 {unit}", schema, schema) for unit in quantity.units + quantity.also)
    assert not fits("1.5 furlong", schema, schema)
