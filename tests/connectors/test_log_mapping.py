from __future__ import annotations

from pathlib import Path

import pytest

from connectors.log_mapping import load_mapping, load_mapping_text
from support.logs import MAPPING
from twin.errors import InputError

COLUMNS = "columns: {order: a, station: b, start: c, end: d}\n"
MACHINE_SHOP = Path(__file__).parents[2] / "lines/maps/machine_shop.yaml"


def test_what_is_not_said_is_as_plain_as_can_be() -> None:
    mapping = load_mapping_text(COLUMNS)
    assert (mapping.delimiter, mapping.time.format, mapping.time.zone) == (",", "iso", None)
    assert (mapping.kind, mapping.lifecycle, mapping.clock.ahead) == (None, None, None)
    assert set(mapping.named.values()) == {()}


def test_the_clock_is_some_hours_ahead_or_nobody_knows() -> None:
    assert load_mapping_text(f"{COLUMNS}clock: {{ahead: 7 h}}").clock.ahead == 7 * 3600
    assert load_mapping_text(f"{COLUMNS}clock: {{ahead: unknown}}").clock.ahead is None


def test_a_tab_separates_as_any_other_character() -> None:
    assert load_mapping_text(f'{COLUMNS}delimiter: "\\t"').delimiter == "\t"


def test_a_label_keeps_its_blanks() -> None:
    assert load_mapping_text(MAPPING).stations == {"round_qc": ("Round  Q.C.", "Round Q.C.")}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "m.yaml: is empty; a mapping begins with `columns:`"),
        (
            "columns: {order: a, station: b, start: c}",
            "columns.end: is missing; expected column of the time work ended",
        ),
        ("columns: {order: a, station: b, end: d}", "m.yaml:1 columns: `start` is missing; write the column"),
        (f"{COLUMNS}cheks: [a]", 'm.yaml:2 cheks: unknown key "cheks"; did you mean checks?'),
        (f"{COLUMNS}stations: {{2nd: [x]}}", 'm.yaml:2 stations.2nd: "2nd" is no name for a station; write a letter'),
        (f"{COLUMNS}stations: {{out: [x]}}", 'm.yaml:2 stations.out: "out" is no name for a station'),
        (f"{COLUMNS}stations: {{a: [x], b: [x]}}", 'm.yaml:2 stations.b: "x" is a already; write it under one of them'),
        (f"{COLUMNS}kind: {{column: k, setup: [S], production: [S]}}", 'kind: "S" stands for two kinds'),
        (f"{COLUMNS}delimiter: ab", 'm.yaml:2 delimiter: "ab" is not one character'),
        (f"{COLUMNS}time: {{format: day}}", 'm.yaml:2 time.format: "day" is not a way to write times'),
        (f"{COLUMNS}time: {{zone: Mars}}", 'm.yaml:2 time.zone: "Mars" is not a time zone; write zone: Europe/Paris'),
        (f"{COLUMNS}clock: {{ahead: 7}}", 'm.yaml:2 clock.ahead: "7" has no unit; write 7 s'),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_remedy(text: str, problem: str) -> None:
    with pytest.raises(InputError) as refusal:
        load_mapping_text(text, "m.yaml")
    assert len(refusal.value.problems) == 1
    assert problem in str(refusal.value)


def test_a_mapping_that_is_not_there_is_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: there is no such file; name a mapping file in YAML"):
        load_mapping(tmp_path / "none.yaml")


def test_every_station_of_the_machine_shops_mapping_is_one_it_names() -> None:
    mapping = load_mapping(MACHINE_SHOP)
    used = {name for names in mapping.named.values() for name in names}
    assert used
    assert used <= set(mapping.stations)
