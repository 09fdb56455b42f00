"""The marks of a drawing that say what a station is."""

from __future__ import annotations

from support.chairs import CHAIRS
from twin.line.diagram_marks import carrier_texts, mark, marks_text
from twin.line.diagram_text import flow_text
from twin.line.load import load_line_text

LINE = load_line_text(CHAIRS)


def test_a_station_that_is_more_than_a_machine_has_a_mark() -> None:
    assert {name: mark(LINE, name) for name in LINE.stations} == {
        "saw": "×12", "seat": "", "chair": "4+1", "load": "", "belt": "belt 24", "oven": "batch 8", "unload": "",
        "test": "", "fix": "", "rack": "store 200",
    }  # fmt: skip


def test_a_store_without_limit_says_so() -> None:
    line = load_line_text(CHAIRS.replace("capacity: 200, ", ""))
    assert mark(line, "rack") == "store ∞"


def test_a_line_of_machines_says_nothing_of_marks() -> None:
    assert marks_text(load_line_text("line: a\nstations: {a: {cycle: 1 s}}\n")) == ""


def test_carriers_are_said_below() -> None:
    assert list(carrier_texts(LINE)) == ["pallet: 12, each held from load to unload"]


def test_the_flow_shows_marks_rejected_parts_and_carriers() -> None:
    drawn = flow_text(LINE, width=200)
    assert drawn.splitlines()[0].startswith("saw (×12) ─48─┐")
    assert "├▶ chair (4+1) ─4──▶ load ─0──▶ belt (belt 24) ─8──▶ oven (batch 8) ─8──▶ unload ─4──▶ test ──┤" in drawn
    assert "∞, 3.67 % rejected─▶ fix" in drawn
    assert drawn.splitlines()[-1] == "pallet: 12, each held from load to unload"


def test_the_flow_needs_no_signs_beyond_ascii() -> None:
    assert flow_text(LINE, ascii_only=True).isascii()
