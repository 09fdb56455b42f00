"""Who waited for whom: chains of sentences from traces told by hand, a trace for each thing a machine may wait for."""

from __future__ import annotations

import pytest

from support.told import Told
from twin.errors import InputError
from twin.kpi.why import Explanation, explain
from twin.line.week_clock import read_moment

LINE = """
line: hand
operators: {operator: 2, technician: 1}
stations:
  press:
    machines: 2
    cycle: 10 s
    crew: {operator: 1}
    failures: {jam: {ttf: 1 h, ttr: 5 min, repaired_by: {technician: 1}}}
  weld: {cycle: 10 s, failures: {arc: {ttf: 1 h, ttr: 5 min, repaired_by: {technician: 1}}}}
  inspect: {cycle: 10 s, crew: {operator: 1}}
route:
  - {from: press, to: weld, buffer: 3}
  - {from: weld, to: inspect, buffer: 0}
  - {from: inspect, to: out}
"""


def told() -> Told:
    """Return a trace in which everything stands starved from 08:00 on, and everybody is free."""
    trace = Told(LINE)
    for machine in (1, 2):
        trace.state("08:00", "press", "starved", machine=machine)
    for station in ("weld", "inspect"):
        trace.state("08:00", station, "starved")
    trace.level("08:00", "press->weld", 0)
    trace.crew("08:00", "operator", 2, 0, 0)
    trace.crew("08:00", "technician", 1, 0, 0)
    return trace


def at(trace: Told, clock: str, station: str, machine: int | None = None) -> Explanation:
    return explain(trace.history, station, read_moment(f"mon {clock}"), machine)


def test_a_blocked_machine_waits_for_the_next_whose_people_are_elsewhere() -> None:
    trace = told()
    trace.state("08:03:10", "press", "processing", machine=1)
    trace.state("08:05", "press", "processing", machine=2)
    trace.crew("08:05", "operator", 2, 2, 0)
    trace.state("08:06", "weld", "processing")
    trace.state("08:10:02", "inspect", "waiting_operator", "operator")
    trace.crew("08:10:02", "operator", 2, 2, 1)
    trace.state("08:12:31", "weld", "blocked", "inspect")
    trace.state("08:19:02", "inspect", "processing")
    trace.part("08:19:12", "inspect", 1, "out")
    trace.part("08:19:12", "weld", 2, "inspect")
    trace.state("08:19:12", "weld", "starved")

    found = at(trace, "08:15", "weld")

    assert found.paragraphs == (
        (
            "weld stood blocked from Mon 08:12:31 to 08:19:12 (6 min 41 s): inspect, the next station, had no room. "
            "There is no buffer between them, so weld waits until inspect takes the part itself."
        ),
        (
            "inspect waited for 1 operator, asked at Mon 08:10:02, until 08:19:02 (9 min). All 2 operators were busy: "
            "at press 1 (since 08:03:10) and press 2 (since 08:05:00)."
        ),
    )
    assert found.roots == ("all 2 operators were busy",)


def test_a_chain_goes_on_through_a_full_buffer_to_a_failure_that_waits_for_its_technician() -> None:
    trace = told()
    trace.state("08:01", "press", "processing", machine=1)
    trace.state("08:02", "press", "processing", machine=2)
    trace.state("08:04", "press", "waiting_repair", "jam", machine=2)
    trace.state("08:04", "press", "down", "jam", machine=2)
    trace.crew("08:04", "technician", 1, 1, 0)
    trace.state("08:05", "weld", "processing")
    trace.state("08:07", "weld", "waiting_repair", "arc")
    trace.crew("08:07", "technician", 1, 1, 1)
    trace.level("08:08", "press->weld", 3)
    trace.state("08:09", "press", "blocked", "weld", machine=1)
    trace.part("08:30", "weld", 1, "inspect")

    found = at(trace, "08:10", "press", 1)

    assert found.paragraphs == (
        (
            "press 1 stood blocked from Mon 08:09:00 until the log ends at 08:30:00 (21 min so far): weld, the next "
            "station, had no room. The buffer between them was full (3 of 3 places taken)."
        ),
        (
            "weld was broken (arc) and waited for 1 technician, asked at Mon 08:07:00, until the log ends at 08:30:00 "
            "(23 min so far). The only technician was busy: at press 2 (repairing since 08:04:00)."
        ),
    )
    assert found.roots == ("the only technician was busy",)


def test_of_several_machines_the_one_is_told_of_that_stood() -> None:
    trace = told()
    trace.state("08:01", "press", "processing", machine=1)
    trace.state("08:02", "press", "down", "jam", machine=2)
    trace.state("08:06", "press", "starved", machine=2)

    found = at(trace, "08:05", "press")

    assert found.machine == ("press", 2)
    assert found.paragraphs == (
        (
            "Of the 2 machines of press, 1 was processing and 1 was down. press 2 was down (jam) from Mon 08:02:00 to "
            "08:06:00 (4 min), under repair by 1 technician."
        ),
    )
    assert found.roots == ("the failure jam of press 2",)


def test_a_starved_machine_waits_for_the_one_from_which_the_next_part_came() -> None:
    trace = told()
    trace.state("08:01", "press", "processing", machine=1)
    trace.part("08:02", "press", 1, "scrap", machine=1)
    trace.part("08:06", "press", 2, "weld", machine=1)
    trace.state("08:06", "weld", "processing")

    found = at(trace, "08:04", "weld")

    assert found.paragraphs == (
        (
            "weld stood starved from Mon 08:00:00 to 08:06:00 (6 min): the buffer press->weld was empty. What press "
            "had let go since then went elsewhere: 1 as scrap."
        ),
        (
            "Of the 2 machines of press, 1 was processing and 1 was starved. press 1 was processing part 2 from Mon "
            "08:02:00 to 08:06:00 (4 min); a cycle takes 10 s on average."
        ),
    )
    assert found.roots == ("the pace of press",)


def test_a_machine_at_work_has_no_root() -> None:
    trace = told()
    trace.state("08:01", "press", "processing", machine=1)
    trace.part("08:06", "press", 7, "weld", machine=1)

    found = at(trace, "08:02", "press", 1)

    assert (found.state, found.roots) == ("processing", ())
    assert found.paragraphs[0].startswith("press 1 was processing part 7 from Mon 08:01:00 to 08:06:00 (5 min)")


def test_a_crew_stays_with_a_machine_that_breaks_at_work() -> None:
    trace = told()
    for machine in (1, 2):
        trace.state("08:01", "press", "processing", machine=machine)
    trace.crew("08:01", "operator", 2, 2, 0)
    trace.state("08:03", "press", "waiting_repair", "jam", machine=1)
    trace.crew("08:03", "technician", 0, 0, 1)
    trace.state("08:04", "inspect", "waiting_operator", "operator")
    trace.state("08:30", "inspect", "processing")

    found = at(trace, "08:10", "inspect")

    assert "press 2 (since 08:01:00) and press 1 (kept while it was broken since 08:03:00)" in found.paragraphs[0]
    assert found.paragraphs[1].startswith("Of the 2 machines of press, ") is True
    assert found.paragraphs[1].endswith("No technician was on duty.")
    assert found.roots == ("no technician on duty",)


def test_who_asked_before_comes_first() -> None:
    trace = told()
    trace.state("08:01", "press", "waiting_operator", "operator", machine=1)
    trace.state("08:02", "inspect", "waiting_operator", "operator")
    trace.crew("08:02", "operator", 2, 2, 2)
    trace.state("08:05", "inspect", "processing")

    assert at(trace, "08:03", "inspect").paragraphs[0].endswith("Press 1 had asked at 08:01:00, and came first.")


@pytest.mark.parametrize(
    ("state", "reason", "says", "root"),
    [
        ("off_shift", None, "weld was off shift from Mon 08:01:00 to 08:09:00 (8 min).", "the line was closed there"),
        ("off_shift", "break", "weld stood in a break from Mon 08:01:00 to 08:09:00 (8 min).", "the break"),
        ("off_shift", "arc", "It was broken (arc); its repair went on", "the line was closed there"),
        ("maintenance", "oil", "weld was in maintenance (oil) from", "planned maintenance of weld"),
        ("setup", None, "weld was being set up for a part from", "the setup of weld"),
        ("down", None, "weld was down from Mon 08:01:00", "a failure of weld"),
    ],
)
def test_what_nobody_else_causes_ends_the_chain(state: str, reason: str | None, says: str, root: str) -> None:
    trace = told()
    trace.state("08:01", "weld", state, reason)
    trace.state("08:09", "weld", "starved")

    found = at(trace, "08:05", "weld")

    assert says in found.paragraphs[0]
    assert found.roots == (root,)


def test_an_assembly_says_which_feed_it_lacked() -> None:
    trace = Told("""
line: hand
stations:
  frame: {cycle: 10 s}
  wheels: {cycle: 10 s}
  join: {kind: assembly, takes: {wheels: 4}, cycle: 10 s}
source: {kind: saturated}
route:
  - {from: frame, to: join, buffer: 4}
  - {from: wheels, to: join, buffer: 8}
  - {from: join, to: out}
""")
    trace.state("08:00", "frame", "blocked", "join")
    trace.state("08:00", "wheels", "down")
    trace.state("08:00", "join", "starved")
    trace.level("08:00", "frame->join", 4)
    trace.level("08:00", "wheels->join", 2)
    trace.state("08:09", "join", "processing")

    found = at(trace, "08:05", "frame")

    assert found.paragraphs[1] == (
        "join stood starved from Mon 08:00:00 to 08:09:00 (9 min): it joins parts, and had 4 from frame (needs 1) "
        "and 2 from wheels (needs 4)."
    )
    assert found.paragraphs[2].startswith("wheels was down from Mon 08:00:00")
    assert found.roots == ("a failure of wheels",)


def test_a_batch_says_how_many_it_had() -> None:
    trace = Told("""
line: hand
stations:
  cut: {cycle: 10 s}
  oven: {kind: batch, size: 8, timeout: 10 min, cycle: 1 h}
route:
  - {from: cut, to: oven, buffer: 20}
  - {from: oven, to: out}
""")
    trace.state("08:00", "cut", "processing")
    trace.state("08:00", "oven", "starved")
    trace.level("08:04", "cut->oven", 5)
    trace.part("08:06", "cut", 6, "oven")

    found = at(trace, "08:05", "oven")

    assert "it collects 8 parts and had 5 (after 10 min it takes what is there)." in found.paragraphs[0]
    assert found.roots == ("the pace of cut",)


def test_a_line_of_carriers_says_that_none_was_free() -> None:
    trace = Told("""
line: hand
carriers: {pallet: {number: 3, from: load, to: unload}}
stations: {load: {cycle: 10 s}, unload: {cycle: 20 s}}
route:
  - {from: load, to: unload, buffer: 5}
  - {from: unload, to: out}
""")
    trace.state("08:00", "load", "starved")
    trace.state("08:00", "unload", "processing")
    trace.level("08:00", "pallet->load", 0)
    trace.part("08:10", "unload", 1, "out")

    found = at(trace, "08:05", "load")

    assert "no pallet was free, all 3 were with parts up to unload." in found.paragraphs[0]
    assert found.paragraphs[1].startswith("unload was processing part 1")
    assert found.roots == ("the pace of unload",)


def test_parts_on_the_way_and_parts_from_outside_are_named() -> None:
    trace = Told("""
line: hand
source: {arrivals: 1 min}
stations: {press: {cycle: 10 s}, weld: {cycle: 10 s}}
route:
  - {from: press, to: weld, buffer: 5, transport: 2 min}
  - {from: weld, to: out}
""")
    trace.state("08:00", "press", "starved")
    trace.state("08:00", "weld", "starved")
    trace.level("08:01", "press->weld", 2)
    trace.arrival("08:06", "press", 9)

    weld, press = at(trace, "08:05", "weld"), at(trace, "08:05", "press")

    assert "2 parts from press were on the way and not there yet." in weld.paragraphs[0]
    assert weld.roots == ("the way from press",)
    assert "nothing waited that had arrived from outside; the next part arrived at 08:06:00." in press.paragraphs[0]
    assert press.roots == ("too little arrived for press",)


def test_a_locked_loop_ends_where_it_began() -> None:
    trace = Told("""
line: hand
stations: {feed: {cycle: 5 s}, make: {cycle: 10 s}, test: {cycle: 10 s}}
route:
  - {from: feed, to: make, buffer: 2}
  - {from: make, to: test, buffer: 1}
  - {from: test, to: make, buffer: 1, probability: 0.4, rework: true}
  - {from: test, to: out, probability: 0.6}
""")
    trace.state("08:00", "feed", "blocked", "make")
    trace.state("08:00", "make", "blocked", "test")
    trace.state("08:00", "test", "blocked", "make")
    trace.level("08:30", "make->test", 1)

    found = at(trace, "08:10", "feed")

    assert len(found.paragraphs) == 3
    assert found.roots == ("a loop: make and test wait for each other",)


@pytest.mark.parametrize(
    ("station", "clock", "machine", "says"),
    [
        ("wled", "08:00", None, 'there is no station "wled"; did you mean weld?'),
        ("press", "08:00", 3, "press has machines 1 to 2; 3 is none of them"),
        ("weld", "08:00", 2, "weld has one machine; 2 is none of them"),
        ("weld", "07:00", None, "the log begins at Mon 08:00:00 and ends at Mon 08:00:00; Mon 07:00:00 is outside it"),
    ],
)
def test_what_the_log_does_not_hold_is_refused(station: str, clock: str, machine: int | None, says: str) -> None:
    with pytest.raises(InputError, match=says):
        at(told(), clock, station, machine)


def test_carriers_on_their_way_back_are_not_there() -> None:
    trace = Told("""
line: hand
carriers: {pallet: {number: 3, from: load, to: unload, return: 30 s}}
stations: {load: {cycle: 10 s}, unload: {cycle: 20 s}}
route:
  - {from: load, to: unload, buffer: 5}
  - {from: unload, to: out}
""")
    trace.state("08:00", "load", "starved")
    trace.state("08:00", "unload", "starved")
    trace.level("08:00", "pallet->load", 3)
    trace.part("08:10", "unload", 1, "out")

    found = at(trace, "08:05", "load")

    assert "no pallet was there; 3 were on the way back from unload." in found.paragraphs[0]
    assert found.roots == ("the way back of the pallets",)
