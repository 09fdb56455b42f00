from __future__ import annotations

from pathlib import Path

import pytest

from connectors.machine_mapping import check_names, load_machine_mapping, load_machine_mapping_text
from support.machine_logs import MAPPING, REAL_MAP, cell
from twin.errors import InputError

BARE = """columns: {time: t, state: s}
time: {zone: Europe/Rome}
machines: {press: [P1]}
states: {run: processing}
"""


def test_what_is_not_said_is_as_plain_as_can_be() -> None:
    mapping = load_machine_mapping_text(BARE)
    assert (mapping.delimiter, mapping.decimal, mapping.counts, mapping.unobserved) == (",", ".", "span", "off_shift")
    assert (mapping.time.format, mapping.time.clock, mapping.time.stamp) == ("iso", "local", "start")
    assert (mapping.second, mapping.kilowatt, mapping.silent) == (1.0, 1.0, 900.0)


def test_a_state_alone_has_no_reason() -> None:
    states = load_machine_mapping_text(MAPPING).states
    assert (states["run"].state, states["run"].reason) == ("processing", None)
    assert (states["stop"].state, states["stop"].reason) == ("down", "alarm")


def test_units_of_bare_numbers() -> None:
    mapping = load_machine_mapping_text(f"{BARE}units: {{duration: min, power: W}}")
    assert (mapping.second, mapping.kilowatt) == (60.0, 0.001)


def test_the_mapping_of_the_three_machines_is_read() -> None:
    mapping = load_machine_mapping(REAL_MAP)
    assert {state: meaning.reason for state, meaning in mapping.states.items()} == {
        "1": "manual",
        "2": "automatic",
        "3": "alarm",
    }


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (BARE, "", "m.yaml: is empty; a mapping begins with `columns:`"),
        ("state: s", "stat: s", 'm.yaml:1 columns.stat: unknown key "stat"; did you mean state?'),
        ("zone: Europe/Rome", "zone: Mars", 'm.yaml:2 time.zone: "Mars" is not a time zone; write zone: Europe/Paris'),
        ("zone: Europe/Rome", "stamp: start", "m.yaml:2 time.zone: is missing; expected the plant's time zone"),
        ("zone: Europe/Rome", "zone: Europe/Rome, stamp: end", "time.stamp: the end of a span needs its duration"),
        ("run: processing", "run: runing", 'm.yaml:4 states.run.state: there is no state "runing"; write off_shift'),
        ("run: processing", "run: proccessing", 'there is no state "proccessing"; did you mean processing?'),
        ("{run: processing}", "{}", "m.yaml:4 states: holds nothing"),
        ("{run: processing}", "{2: down, 2.0: down}", 'states.2.0: "2.0" is there already; write it once'),
        ("[P1]", "[P1, P2]", "m.yaml:1 columns: `machine` is missing; write the column of the machine"),
        ("press: [P1]", "press: [P1], weld: [P1]", 'machines.weld: "P1" is press already; write it under one of them'),
        ("state: s", "state: s, pieces: n, good: n", "columns.good: `pieces` is there too; write all pieces or"),
        ("state: s", "state: s, duration: d}\nunits: {duration: days", 'units.duration: "days" is not known'),
        ("machines:", "reasons: {jam: [a]}\nmachines:", "m.yaml:3 reasons: there is no column to find them in"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_remedy(old: str, new: str, problem: str) -> None:
    assert old in BARE
    with pytest.raises(InputError) as refusal:
        load_machine_mapping_text(BARE.replace(old, new), "m.yaml")
    assert problem in str(refusal.value)


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="there is no such file; name a mapping file in YAML"):
        load_machine_mapping(Path("nowhere.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("weld: [W]", "wled: [W]", 'cell: machines of the mapping names a station "wled"; did you mean weld?'),
        ("weld: [W]", "weld: [W, V]", "cell: machines.weld of the mapping names 2 machines where the line has 1"),
        ("bracket:", "brackets:", 'cell: products of the mapping names a product "brackets"; did you mean bracket?'),
    ],
)
def test_a_mapping_speaks_of_the_line(old: str, new: str, problem: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_names(load_machine_mapping_text(MAPPING.replace(old, new)), cell())
    assert problem in str(refusal.value)


def test_a_line_of_one_product_has_no_names_for_more() -> None:
    line = cell().model_copy(update={"products": {}})
    with pytest.raises(InputError, match='names "bracket" and the line has one product alone; leave it out'):
        check_names(load_machine_mapping_text(MAPPING), line)
