"""The screen of `twin live`: true to the picture, at 100 columns, with and without colour, and in ASCII."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

import lines
from dashboards.palette import STATES
from support.mirrored import EPOCH_NS, HOUR, UNTIL_H, feed, line_of, mirror_of, run_of
from twin.cli.live_rows import Look, look_of
from twin.cli.live_screen import Frame, Seen, screen
from twin.line.site import load_site
from twin.live.points import origin

if TYPE_CHECKING:
    from twin.live.picture import MachineNow, Picture, Tick

WIDTH = 100
WORDS = "|".join(look.word.lower() for look in STATES.values())


@cache
def seen_line(name: str) -> tuple[Picture, tuple[Tick, ...]]:
    mirror = mirror_of(line_of(name))
    ticks = feed(mirror, run_of(name, UNTIL_H[name] * HOUR)[1])
    return mirror.picture(), tuple(ticks)


def frame(name: str) -> Frame:
    place, calendar = load_site(lines.site_path("france")), mirror_of(line_of(name)).calendar
    return Frame(line_of(name), origin(line_of(name), place, calendar, EPOCH_NS, lambda _: 2_500.0), "standard 1")


def drawn(
    name: str,
    picture: Picture | None = None,
    *,
    look: Look | None = None,
    height: int | None = None,
    width: int = WIDTH,
    colour: bool = False,
    **seen: object,
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=colour, color_system="truecolor" if colour else None)
    shown = Seen(**{"tick": seen_line(name)[1][-1], "counts": {"events": 7}} | seen)  # type: ignore[arg-type]
    console.print(screen(picture or seen_line(name)[0], shown, frame(name), look=look, height=height))
    return file.getvalue()


def rows(text: str) -> list[str]:
    """Return the lines of the table."""
    body = text.split("─\n", 1)[1] if "─" in text else text.split("-\n", 1)[1]
    return body.split("\n\n")[0].splitlines()


def changed(name: str, station: str, machine: int = 1, **values: object) -> Picture:
    picture = seen_line(name)[0]

    def told(m: MachineNow) -> MachineNow:
        return m._replace(**values) if (m.station, m.machine) == (station, machine) else m  # type: ignore[arg-type]

    return picture._replace(machines=tuple(map(told, picture.machines)))


@pytest.mark.parametrize("name", lines.names())
def test_every_station_has_one_row_and_no_line_is_too_wide(name: str) -> None:
    text = drawn(name)
    names = [frame(name).origin.names[station] for station in line_of(name).line.stations]

    assert [row for row in text.splitlines() if cell_len(row) > WIDTH] == []
    assert len(rows(text)) == len(names)
    assert [called for called, row in zip(names, rows(text), strict=True) if called not in row] == []


@pytest.mark.parametrize("name", lines.names())
def test_colour_repeats_what_words_and_signs_say(name: str) -> None:
    coloured = drawn(name, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == drawn(name)


@pytest.mark.parametrize("name", lines.names())
def test_in_ascii_the_signs_of_the_table_are_ascii(name: str) -> None:
    text = drawn(name, look=Look(ascii=True))
    # What is left (m², –) is written as its nearest sign by the file.
    assert set(re.sub(r"[²–]", "", text)) <= set(map(chr, range(128)))
    plain = drawn(name)
    assert re.findall(WORDS, text) == re.findall(WORDS, plain)
    assert [cell_len(row) for row in text.splitlines()] == [cell_len(row) for row in plain.splitlines()]


def test_a_console_says_whether_it_knows_more_than_ascii() -> None:
    ascii_file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert look_of(Console(file=ascii_file, width=120)) == Look(ascii=True, light=False, width=WIDTH)
    utf_file = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert look_of(Console(file=utf_file, width=80)) == Look(ascii=False, light=False, width=80)


def test_a_light_ground_takes_the_dark_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", "0;15")
    assert look_of(Console(file=io.StringIO())).light
    assert Look(light=True).colour(STATES["down"].colour) == STATES["down"].colour.light


def test_the_rows_show_states_oee_and_buffers_of_the_picture() -> None:
    picture = seen_line("ceiling_tiles")[0]
    table = dict(zip(line_of("ceiling_tiles").line.stations, rows(drawn("ceiling_tiles")), strict=True))
    places = {edge.from_: edge for edge in line_of("ceiling_tiles").line.route if edge.buffer and not edge.rework}

    for station, row in table.items():
        value = picture.oee[station]
        assert row.rstrip().endswith("–" if value is None else f"{100 * value:.1f}")
        if station in places:
            level, room = picture.levels[places[station].name], places[station].buffer
            assert {0: "empty", room: "full"}.get(level, f"{level}/{room}") in row
    for machine in picture.machines:
        if line_of("ceiling_tiles").line.stations[machine.station].machines == 1:
            assert STATES[machine.state or ""].word.lower() in table[machine.station]


def test_a_strip_is_the_last_hour_of_the_machine() -> None:
    strip = (*(("processing", 1.0),) * 20, ("starved", 0.9), ("down", 0.6), ("down", 1.0), (None, 1.0))
    row = rows(drawn("ceiling_tiles", changed("ceiling_tiles", "mill", strip=strip)))[5]
    assert "━" * 20 + "░██·" in row


def test_a_strip_of_several_machines_is_what_most_of_them_did() -> None:
    both = seen_line("three_stations")[0].machines[:2]
    assert [m.station for m in both] == ["press", "press"]
    first, second = (("processing", 0.6),) * 12 + (("down", 0.7),) * 12, (("processing", 1.0),) * 24
    picture = changed("three_stations", "press", 1, strip=first)
    picture = picture._replace(
        machines=tuple(
            m._replace(strip=second) if (m.station, m.machine) == ("press", 2) else m for m in picture.machines
        )
    )
    assert "━" * 24 in rows(drawn("three_stations", picture))[0]


def test_one_stopped_machine_stands_for_its_station() -> None:
    since = seen_line("three_stations")[0].now_s - 300
    text = drawn("three_stations", changed("three_stations", "press", 2, state="down", reason="jam", since_s=since))
    assert re.search(r"^✕ +Press +down 1 of 2 +5 min", rows(text)[0])
    assert "✕ Press 2 down 5 min: jam." in text


def test_several_states_give_that_of_most_machines() -> None:
    picture = changed("three_stations", "press", 1, state="blocked")
    picture = picture._replace(
        machines=tuple(m._replace(state="blocked") if m.station == "press" else m for m in picture.machines)
    )
    assert "blocked 2 of 2" in rows(drawn("three_stations", picture))[0]


def test_how_long_is_told_from_a_minute_on() -> None:
    now = seen_line("three_stations")[0].now_s
    for seconds, told in ((59, ""), (60, "1 min"), (750, "12 min")):
        row = rows(drawn("three_stations", changed("three_stations", "weld", state="starved", since_s=now - seconds)))
        assert re.search(rf"starved +{told} ", row[1])
        assert ("min" in row[1]) == bool(told)


def test_a_machine_that_was_never_heard_is_unknown() -> None:
    picture = changed("three_stations", "weld", state=None, heard_s=None, strip=((None, 1.0),) * 24)
    row = rows(drawn("three_stations", picture))[1]
    assert re.search(r"^\? +Weld +unknown", row)
    assert "·" * 24 in row


def test_a_machine_that_works_and_tells_nothing_is_silent() -> None:
    now = seen_line("three_stations")[0].now_s
    working = {"state": "processing", "pieces": 1}
    fine = drawn("three_stations", changed("three_stations", "weld", **working, heard_s=now - 100))
    silent = drawn("three_stations", changed("three_stations", "weld", **working, heard_s=now - 240))
    assert "running" in rows(fine)[1]  # ten cycles of 11 s
    assert re.search(r"Weld +silent +4 min", rows(silent)[1])


def test_a_machine_that_waits_may_tell_nothing() -> None:
    now = seen_line("three_stations")[0].now_s
    row = rows(drawn("three_stations", changed("three_stations", "weld", state="starved", heard_s=now - 3600)))[1]
    assert "starved" in row


def test_the_station_of_the_oee_is_bold() -> None:
    station = seen_line("three_stations")[1][-1].oee_station
    called = frame("three_stations").origin.names[station]
    assert re.search(rf"\x1b\[1m *{called}", drawn("three_stations", colour=True))


def test_what_is_old_says_how_old() -> None:
    assert drawn("three_stations", age_s=29.0).splitlines()[0].endswith(" live")
    old = drawn("three_stations", age_s=180.0).splitlines()[0]
    assert old.endswith(" 3 min old")
    assert drawn("three_stations", age_s=5.0, connected=False).splitlines()[0].endswith("5 s old")


def test_trouble_has_a_bar_of_its_own_and_does_not_make_the_picture_old() -> None:
    text = drawn("three_stations", trouble="InfluxDB is away since 17:20; 310 points wait here.")
    assert text.splitlines()[0].endswith(" live")
    assert "InfluxDB is away since 17:20; 310 points wait here." in text.splitlines()[1]


def test_before_the_first_event_it_says_that_nothing_was_heard() -> None:
    file = io.StringIO()
    Console(file=file, width=WIDTH).print(
        screen(None, Seen(trouble="Waiting for the broker."), frame("three_stations"))
    )
    first, second = file.getvalue().splitlines()
    assert first == "Nothing has been heard of Brackets, pressed and welded yet."
    assert "Waiting for the broker." in second


def test_on_a_low_window_calm_stations_go_first() -> None:
    now = seen_line("machine_shop")[0].now_s
    last = list(line_of("machine_shop").line.stations)[-1]
    picture = changed("machine_shop", last, state="down", since_s=now - 30, reason=None)
    text = drawn("machine_shop", picture, height=24)
    called = frame("machine_shop").origin.names[last]

    assert len(text.splitlines()) <= 24
    assert any(called in row for row in rows(text))
    shown = [row for row in rows(text) if "calm" not in row]
    hidden = len(line_of("machine_shop").line.stations) - len(shown)
    assert f"{hidden} calm stations are not shown; the window is too low." in text


def test_a_narrow_window_cuts_no_number() -> None:
    for width in (80, 90):
        text = drawn("ceiling_tiles", look=Look(width=width), width=width)
        assert [row for row in text.splitlines() if cell_len(row) > width] == []
        for station, value in seen_line("ceiling_tiles")[0].oee.items():
            assert value is None or f"{100 * value:.1f}" in text, station


def test_the_books_stand_in_the_last_lines() -> None:
    text = drawn("three_stations", counts={"events": 1_284_210, "quarantine": 2, "contradictions": 4})
    assert "store 1,284,210 events, quarantine 2, outbox 0, 4 contradictions" in text
    assert "OEE counted by standard 1" in text
