"""The picture of who did what when: well formed, true to the run, small however long that is."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from dashboards.gantt import gantt_svg
from dashboards.gantt_sheet import MOST_LANES, PLOT, Sheet
from dashboards.palette import STATES
from support.told import Told
from twin.cli.resolve import line_of
from twin.engine import simulate
from twin.events import Event
from twin.kpi.history import History
from twin.line.scenario import scenario
from twin.line.work_calendar import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def history() -> History:
    chosen = scenario(line_of("three_stations"))
    [run] = simulate(chosen, engine="simpy", horizon=8 * HOUR, trace=True)
    return History(chosen.line, run.events or ())


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own drawing


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in drawn(svg).iter(f"{SVG}text")]


def short() -> Told:
    trace = Told("""
line: hand
title: Cells & packs <example>
operators: {operator: 1}
stations: {press: {cycle: 10 s, machines: 2, crew: {operator: 1}}, weld: {cycle: 10 s}}
route:
  - {from: press, to: weld, buffer: 3}
  - {from: weld, to: out}
""")
    for machine in (1, 2):
        trace.state("00:00", "press", "off_shift", machine=machine)
    trace.state("00:00", "weld", "off_shift")
    trace.crew("00:00", "operator", 0, 0, 0)
    trace.crew("06:00", "operator", 1, 1, 1)
    trace.state("06:00", "weld", "starved")
    trace.state("06:00", "press", "processing", machine=1)
    trace.state("06:00", "press", "waiting_operator", "operator", machine=2)
    trace.part("06:01", "press", 1, "weld")
    trace.state("06:01", "press", "blocked", "weld", machine=1)
    trace.state("06:01", "press", "processing", machine=2)
    trace.state("06:01", "weld", "processing")
    trace.part("06:02", "weld", 1, "out")
    return trace


END = 6 * HOUR + 120.0


def test_it_says_in_words_what_it_shows() -> None:
    root = drawn(gantt_svg(short().history, END))

    assert root.find(f"{SVG}title").text == "Cells & packs <example>: who did what when"  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc").text == (  # type: ignore[union-attr]
        "From Mon 06:00:00 to Mon 06:02:00. press 1: running 50 %, blocked 50 %. press 2: running 50 %, no operator "
        "50 %. weld: running 50 %, starved 50 %."
    )
    assert root.get("aria-labelledby") == "gantt-title gantt-desc"


def test_it_begins_when_the_line_opens() -> None:
    assert Sheet(short().history, END, "light").start_s == 6 * HOUR


def test_each_spell_stands_where_its_time_is_in_the_colour_of_its_state() -> None:
    svg = gantt_svg(short().history, END)

    first = next(group for group in drawn(svg).iter(f"{SVG}g") if group.get("id") == "lane-0")
    bars = [(float(bar.attrib["width"]), bar.attrib["fill"]) for bar in first.iter(f"{SVG}rect")]
    told = [title.text for title in first.iter(f"{SVG}title")]

    assert bars == [(PLOT / 2, STATES["processing"].colour.light), (PLOT / 2, "url(#state-blocked)")]
    assert told == [
        "press 1: running, Mon 06:00:00 to 06:01:00 (1 min)",
        "press 1: blocked: weld, Mon 06:01:00 to 06:02:00 (1 min)",
    ]


def test_machines_stand_under_their_station_and_people_below(history: History) -> None:
    found = texts(gantt_svg(history, 8 * HOUR))

    assert [found.index(name) for name in ("Press", "Weld", "Inspect", "People", "operator", "technician")] == sorted(
        found.index(name) for name in ("Press", "Weld", "Inspect", "People", "operator", "technician")
    )
    assert "Mon 06:00" in found


def test_parts_are_numbered_and_counted() -> None:
    found = texts(gantt_svg(short().history, END))

    assert found.count("1") >= 3  # machine 1, part 1 behind press and weld, and what they let go
    assert "parts" in found


def test_a_lane_of_many_short_spells_shows_shares_that_fill_it(history: History) -> None:
    svg = gantt_svg(history, 8 * HOUR)

    inspect = next(group for group in drawn(svg).iter(f"{SVG}g") if group.get("id") == "lane-3")

    assert {path.attrib["fill"] for path in inspect.iter(f"{SVG}path")} <= {
        look.colour.light for look in STATES.values()
    }
    assert not list(inspect.iter(f"{SVG}rect"))
    assert any("share its height" in text for text in texts(svg))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_are_well_formed(history: History, theme: str) -> None:
    assert drawn(gantt_svg(history, 8 * HOUR, theme=theme)).tag == f"{SVG}svg"  # type: ignore[arg-type]


def test_labels_of_the_axis_do_not_meet(history: History) -> None:
    for end_s in (6 * HOUR + 20.0, 7 * HOUR, 8 * HOUR, 5.0 * DAY, 30.0 * DAY, 700.0 * DAY):
        sheet = Sheet(history, end_s, "light")
        places = [sheet.x(tick) for tick in sheet.ticks()]
        assert 2 <= len(places) <= 15
        assert min(b - a for a, b in pairwise(places)) >= 78


def test_a_picture_stays_small_however_long_the_run_and_however_many_the_machines() -> None:
    stations = "".join(f"  s{number}: {{cycle: 10 s, machines: 2}}\n" for number in range(MOST_LANES))
    route = "".join(f"  - {{from: s{n}, to: s{n + 1}, buffer: 1}}\n" for n in range(MOST_LANES - 1))
    trace = Told(f"line: hand\nstations:\n{stations}route:\n{route}  - {{from: s{MOST_LANES - 1}, to: out}}\n")

    def events() -> Iterator[Event]:
        for step in range(60_000):
            place, state = step % (2 * MOST_LANES), ("processing", "starved", "blocked")[step // 7 % 3]
            yield Event(
                "hand", 0, step, 0, 1.0 * step, "hand", f"s{place // 2}", place % 2 + 1, "state",
                {"state": state, "reason": None},
            )  # fmt: skip

    history = History(trace.line, events())
    svg = gantt_svg(history, 60_000.0)

    assert len(Sheet(history, 60_000.0, "light").lanes) == MOST_LANES
    assert len(svg) < 4_000_000
    assert drawn(svg).tag == f"{SVG}svg"
