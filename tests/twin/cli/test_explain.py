"""`twin explain` on the traces of simulated lines, in both kinds of file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connectors.event_log import description_of, read_events
from support.program import twin
from twin.kpi.history import History
from twin.kpi.why import explain
from twin.line.load import load_line_text

if TYPE_CHECKING:
    from pathlib import Path

DAYS = {"three_stations": "2 h", "ceiling_tiles": "1 h", "machine_shop": "Fri 12:00"}


def traced(folder: Path, line: str, suffix: str = "parquet") -> Path:
    file = folder / f"{line}.{suffix}"
    assert twin("run", line, "--engine", "simpy", "--until", DAYS[line], "--trace", str(file)).code == 0
    return file


@pytest.mark.parametrize("line", DAYS)
def test_every_stretch_of_waiting_ends_in_a_root(tmp_path: Path, line: str) -> None:
    file = traced(tmp_path, line)
    description = description_of(file)
    assert description is not None
    history = History(load_line_text(description), read_events(file))
    waits = [
        (machine, (spell.start_s + min(spell.end_s, history.end_s)) / 2)
        for machine, spells in history.spells.items()
        for spell in spells
        if spell.state != "processing" and spell.start_s < history.end_s
    ]

    for (station, number), time_s in waits[:: max(1, len(waits) // 200)]:
        found = explain(history, station, time_s, number)
        assert found.roots
        assert all(text.endswith((".", ")")) for text in found.paragraphs)
        assert not any("does not say" in text for text in found.paragraphs)


def test_the_chain_is_printed_and_its_root_last(tmp_path: Path) -> None:
    printed = twin("explain", str(traced(tmp_path, "three_stations")), "--station", "weld", "--at", "Mon 06:30")

    assert printed.code == 0
    blocks = [" ".join(block.split()) for block in printed.out.split("\n\n")]
    assert blocks[0].startswith("weld stood starved from Mon 06:29:")
    assert "press 2 was down (jam)" in blocks[1]
    assert blocks[-1] == "Root cause: the failure jam of press 2."


def test_csv_needs_its_line_named_and_then_says_the_same(tmp_path: Path) -> None:
    asked = ("--station", "weld", "--at", "Mon 06:30")
    table, text = (traced(tmp_path, "three_stations", suffix) for suffix in ("parquet", "csv"))

    unnamed = twin("explain", str(text), *asked)

    assert unnamed.code == 2
    assert "does not say of which line it is; name it with --line LINE" in unnamed.err
    assert twin("explain", str(text), *asked, "--line", "three_stations").out == twin("explain", str(table), *asked).out


def test_json_holds_the_same_in_parts(tmp_path: Path) -> None:
    file = traced(tmp_path, "three_stations")

    told = json.loads(
        twin("explain", str(file), "--station", "press", "--machine", "2", "--at", "23400 s", "--json").out
    )

    assert {key: told[key] for key in ("line", "station", "machine", "state", "at_s")} == {
        "line": "three-stations", "station": "press", "machine": 2, "state": "down", "at_s": 23400.0,
    }  # fmt: skip
    assert told["roots"] == ["the failure jam of press 2"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--station": "wled"}, '--station: there is no station "wled"; did you mean weld?'),
        ({"--at": "noon"}, '--at: "noon" is no moment'),
        ({"--at": "Sat 08:00"}, "--at: the log begins at Mon 00:00:00"),
        ({"--at": "2026-01-05 08:00"}, "--at: "),
        ({"--machine": "7"}, "--machine: weld has one machine; 7 is none of them"),
        ({"--line": "ceiling_tiles"}, 'the log is of the line "three-stations", not of "ceiling-tiles"'),
    ],
)
def test_wrong_input_is_one_sentence(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    asked = {"--station": "weld", "--at": "Mon 06:30"} | changed

    printed = twin(
        "explain", str(traced(tmp_path, "three_stations")), *(word for pair in asked.items() for word in pair)
    )

    assert printed.code == 2
    assert says in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    for name in ("none.parquet", "none.csv"):
        printed = twin("explain", str(tmp_path / name), "--station", "a", "--at", "1 h", "--line", "three_stations")
        assert printed.code == 2
        assert name in printed.err
