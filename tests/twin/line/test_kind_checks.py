"""What must hold of kinds, time, sending, carriers and people, where a bad line of the folder does not show it."""

from __future__ import annotations

import pytest

from support.chairs import CHAIRS
from twin.engine.builder import MOST_PARTS_OF_A_PERSON as COUNTED
from twin.engine.kinds import MOST_HELD as HELD
from twin.engine.streams import BLOCK, RESERVE
from twin.errors import InputError
from twin.line.kind_checks import MOST_HELD
from twin.line.load import load_line_text
from twin.line.people_checks import MOST_PARTS_OF_A_PERSON
from twin.line.rooms import Rooms
from twin.line.scenario import scenario
from twin.line.time_checks import MOST_AT_AN_INSTANT


def changed(*changes: tuple[str, str]) -> str:
    text = CHAIRS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_limits_are_those_for_which_a_run_keeps_records_and_draws() -> None:
    assert (MOST_HELD, MOST_PARTS_OF_A_PERSON, MOST_AT_AN_INSTANT) == (HELD, COUNTED, BLOCK - RESERVE)


@pytest.mark.parametrize(
    "changes",
    [
        # A timeout lets a batch begin with fewer than find room.
        [("{from: belt, to: oven, buffer: 8}", "{from: belt, to: oven, buffer: 3}")],
        # What machines hand over counts as room.
        [("{from: seat, to: chair, buffer: 6}", "{from: seat, to: chair, buffer: 0}")],
        # Rejected parts may go back to a station on their way.
        [("{from: test, to: fix, rejected: true}", "{from: test, to: fix, rejected: true, rework: true, buffer: 9}")],
        # Few of a split may come back, as long as they do not multiply.
        [
            ("  - {from: fix, to: test}", "  - {from: fix, to: saw, probability: 0.5}\n  - {from: fix, to: out}"),
        ],
        # Carriers may be given and freed at one station.
        [("from: load, to: unload", "from: load, to: load")],
        # An assembly may be fed by the source, and take one of it.
        [("into: [saw, seat]", "into: [saw, chair, seat]")],
        # People of a pool may come at other hours than some of those who ask them work.
        [("absence: 0.05", "shifts: {pattern: 1x8, days: mon}")],
        # Orders and arrivals may come into a store.
        [
            ("{into: [saw, seat]}", "{arrivals: 60 s, into: [rack, saw, seat]}"),
        ],
        # A pool may be empty where others have its skill, or an option fills it.
        [
            ("also: [operator]", "also: [operator, packer]"),
            ("load: {cycle: 10 s, crew: {operator: 1}", "load: {cycle: 10 s, crew: {packer: 1}"),
        ],
    ],
)
def test_what_can_run_is_let_be(changes: list[tuple[str, str]]) -> None:
    load_line_text(changed(*changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            [("timeout: 10 min, ", ""), ("to: oven, buffer: 8", "to: oven, buffer: 7")],
            "8 parts must wait before oven works",
        ),
        ([("number: 12", "number: 7"), ("timeout: 10 min, ", "")], "oven waits for 8 parts that each hold one"),
        (
            [("  - {from: fix, to: test}", "  - {from: fix, to: chair, rework: true}")],
            "chair is an assembly",
        ),
        ([("also: [operator]", "also: [operater]")], "nobody asks for the skill"),
        (
            [
                ("to: oven, buffer: 8}", "to: oven, buffer: 8, transport: 5 s}"),
                ("size: 8", "size: 1000"),
                ("attended: false", "machines: 2"),
            ],
            "2,000 parts may set out at one instant",
        ),
    ],
)
def test_what_cannot_run_is_refused(changes: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        load_line_text(changed(*changes))


def test_the_room_before_a_station_counts_places_and_what_is_handed_over() -> None:
    line = load_line_text(changed(("{from: seat, to: chair, buffer: 6}", "{from: seat, to: chair, buffer: 0}")))
    rooms = Rooms(line)

    assert [rooms.before(name) for name in ("chair", "oven", "fix", "saw")] == [48 + 1, 8, float("inf"), float("inf")]
    assert [rooms.holds(name) for name in ("chair", "belt", "oven")] == [2, 24, 1]
    assert [rooms.let_go(name) for name in ("saw", "oven", "load")] == [12, 8, 0]
    assert [rooms.held_in(name) for name in ("saw", "chair", "oven")] == [12, 8, 8]


def test_options_that_leave_no_carrier_are_refused_by_name() -> None:
    robot = "{automation: {robot: {carriers: {pallet: -12}}}, kind: split, "
    line = load_line_text(changed(("{kind: split, ", robot)))

    with pytest.raises(InputError, match="0 carriers are left of pallet; one is the least"):
        scenario(line, "saw=robot")


def test_an_option_changes_the_number_of_carriers() -> None:
    robot = "{automation: {robot: {carriers: {pallet: 4}}}, kind: split, "
    line = load_line_text(changed(("{kind: split, ", robot)))

    assert scenario(line, "saw=robot").line.carriers["pallet"].number == 16
    assert scenario(line).line.carriers["pallet"].number == 12


def test_an_option_without_a_crew_needs_no_one_to_tend_its_machines() -> None:
    robot = "{automation: {robot: {crew: {}}}, kind: assembly, "
    line = load_line_text(changed(("{kind: assembly, ", robot)))

    assert scenario(line, "chair=robot").line.stations["chair"].attend == 1
