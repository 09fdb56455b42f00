"""Stops as people speak of them: one from when a machine broke until it went on, in parts where notes split it."""

from __future__ import annotations

import lines
from twin.events import Event
from twin.line.load import load_line
from twin.live.stops import MachineStop, stops_of

LINE = load_line(lines.path("three_stations"))


def state(time: float, state: str, reason: str | None = None) -> Event:
    fields = {"state": state, "reason": reason}
    return Event("plant", 1, int(time), 0, time, LINE.line, "weld", 1, "state", fields)


def note(start_s: float, end_s: float, reason: str, sequence: int) -> Event:
    fields = {"author": "shift lead", "text": reason, "start_s": start_s, "end_s": end_s, "reason": reason}
    return Event("note", 1, sequence, 0, 900.0, LINE.line, "weld", 1, "note", fields)


EVENTS = [
    state(0, "processing"),
    state(100, "waiting_repair", "tip"),
    state(160, "down", "tip"),
    state(400, "processing"),
    state(700, "down"),
]


def test_waiting_for_repair_and_repair_are_one_stop_and_one_may_last() -> None:
    assert stops_of(LINE, EVENTS, []) == [
        MachineStop("weld", 1, 100.0, 400.0, "tip"),
        MachineStop("weld", 1, 700.0, None, None),
    ]


def test_a_note_splits_a_stop_and_the_last_one_holds() -> None:
    notes = [note(100, 400, "cutter", 0), note(200, 300, "no_part", 1), note(700, 900, "jam", 2)]
    assert stops_of(LINE, EVENTS, notes) == [
        MachineStop("weld", 1, 100.0, 200.0, "cutter"),
        MachineStop("weld", 1, 200.0, 300.0, "no_part"),
        MachineStop("weld", 1, 300.0, 400.0, "cutter"),
        MachineStop("weld", 1, 700.0, 900.0, "jam"),
        MachineStop("weld", 1, 900.0, None, None),
    ]
