from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import machine_rows
from connectors.machine_found import Found
from connectors.machine_log import read_machine_log
from connectors.machine_mapping import load_machine_mapping, load_machine_mapping_text
from support.machine_logs import (
    HEADER,
    MAPPING,
    REAL_LINE,
    REAL_MAP,
    ROWS,
    brief,
    cell,
    closes,
    read,
    real_log,
    sums,
    write,
)
from twin.events import from_json, to_json
from twin.line.load import load_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from twin.events import Event

SIX = 6 * 3600.0
MONDAY = datetime(2024, 5, 5, 22, tzinfo=UTC)
"""Monday 00:00 in Rome."""


def moments(events: Sequence[Event]) -> list[str]:
    """Return the times of state events in UTC."""
    return [
        f"{datetime.fromtimestamp(event.time + (event.epoch_ns or 0) / 1e9, UTC):%d %H:%M}"
        for event in events
        if event.kind == "state"
    ]


def test_a_log_is_told_to_the_second(tmp_path: Path) -> None:
    events, found = read(write(tmp_path / "log.csv"))
    assert brief(events) == [
        (SIX, "press1", "processing", None),
        (SIX, "press1", 3.5, 3.5),
        (SIX + 30, "weld1", "processing", None),
        (SIX + 30, "weld1", 1.0, 1.0),
        (SIX + 60, "press1", "good", 4),
        (SIX + 60, "press1", "scrap", 1),
        (SIX + 60, "weld1", "good", 2),
        (SIX + 60, "weld1", "off_shift", None),
        (SIX + 60, "weld1", 0.0, 0.0),
        (SIX + 60, "press1", "down", "jam"),
        (SIX + 60, "press1", 0.5, 0.5),
        (SIX + 180, "press1", "off_shift", None),
        (SIX + 180, "press1", 0.0, 0.0),
        (SIX + 300, "press1", "processing", "manual"),
        (SIX + 300, "press1", 0.5, 0.5),
        (SIX + 300, "press2", "down", "alarm"),
        (SIX + 300, "press2", 0.0, 0.0),
        (SIX + 360, "press1", "good", 1),
        (SIX + 360, "press1", "off_shift", None),
        (SIX + 360, "press1", 0.0, 0.0),
        (SIX + 360, "press2", "off_shift", None),
    ]
    assert {event.epoch_ns for event in events} == {int(MONDAY.timestamp()) * 10**9}
    assert closes(found)


def test_parts_say_where_they_go_and_what_they_are(tmp_path: Path) -> None:
    parts = [event.fields for event in read(write(tmp_path / "log.csv"))[0] if event.kind == "part"]
    assert [(part["part"], part["to"], part["product"], part["cycle_s"]) for part in parts] == [
        (1, "weld", "bracket", 48.0),
        (2, "scrap", "bracket", 12.0),
        (3, "out", "plate", 30.0),
        (4, "weld", "bracket", 60.0),
    ]


def test_events_have_identities_and_are_read_back(tmp_path: Path) -> None:
    events, _ = read(write(tmp_path / "log.csv"))
    assert all(from_json(to_json(event)) == event for event in events)
    assert read(tmp_path / "log.csv")[0] == events
    by_source: dict[str, list[int]] = {}
    for event in events:
        by_source.setdefault(event.source, []).append(event.sequence)
    assert set(by_source) == {"log/P1", "log/P2", "log/W"}
    assert all(numbers == list(range(len(numbers))) for numbers in by_source.values())


def test_signs_that_steer_a_terminal_do_not_get_through(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f'{HEADER}\n2024-05-06 06:00,P1,stop,60,0,0,1,,"tip \x1b[31m\nbroken {"x" * 300}"\n')
    events, _ = read(path)
    assert str(events[0].fields["reason"]).startswith("tip [31m broken xxx")
    assert all(from_json(to_json(event)) == event for event in events)


def test_a_stamp_may_mark_the_end(tmp_path: Path) -> None:
    events, _ = read(write(tmp_path / "log.csv"), MAPPING.replace("Europe/Rome", "Europe/Rome, stamp: end"))
    assert brief(events)[0] == (SIX - 60, "press1", "processing", None)
    assert brief(events)[-1] == (SIX + 300, "press2", "off_shift", None)


def test_a_row_begins_where_the_last_has_ended(tmp_path: Path) -> None:
    rows = ["2024-05-06 06:00,P1,run,60,5,0,1,,", "2024-05-06 06:00:40,P1,stop,60,1,0,1,,"]
    events, found = read(write(tmp_path / "log.csv", rows))
    assert [said for said in brief(events) if isinstance(said[2], str)] == [
        (SIX, "press1", "processing", None),
        (SIX + 60, "press1", "good", 5),
        (SIX + 60, "press1", "down", "alarm"),
        (SIX + 120, "press1", "good", 1),
        (SIX + 120, "press1", "off_shift", None),
    ]
    assert found.moved == 1
    assert "1 rows began before" not in "".join(found.sentences())
    assert any(text.startswith("1 row began before the last of its machine had ended") for text in found.sentences())


def test_a_row_inside_a_long_one_is_not_moved_by_hours(tmp_path: Path) -> None:
    rows = ["2024-05-06 06:00,P1,run,60000,5,0,1,,", "2024-05-06 06:10,P1,stop,60,1,0,1,,"]
    events, found = read(write(tmp_path / "log.csv", rows))
    assert {event.fields["pieces"] for event in events if event.kind == "part"} == {5}
    assert "row 3: begins long before the row before it has ended; the unit of the duration" in found.sentences()[1]
    assert closes(found)


def test_without_durations_a_state_holds_until_the_next_or_the_machine_is_silent(tmp_path: Path) -> None:
    rows = [
        "2024-05-06 06:00,P1,run,0,1",
        "2024-05-06 06:05,P1,run,4,1",
        "2024-05-06 06:09,P1,stop,3,1",
        "2024-05-06 07:00,P1,run,0,1",
    ]
    text = MAPPING.replace("duration: d, ", "").replace(", scrap: bad", "").replace(", product: p, reason: why", "")
    text = text.replace('reasons: {jam: ["17"]}', "silent: 10 min")
    events, found = read(write(tmp_path / "log.csv", rows, "at,m,s,n,kw"), text)
    assert [said for said in brief(events) if isinstance(said[2], str)] == [
        (SIX, "press1", "processing", None),
        (SIX + 300, "press1", "good", 4),
        (SIX + 540, "press1", "good", 3),
        (SIX + 540, "press1", "down", "alarm"),
        (SIX + 1140, "press1", "off_shift", None),
        (SIX + 3600, "press1", "processing", None),
        (SIX + 4200, "press1", "off_shift", None),
    ]
    assert [event.fields["cycle_s"] for event in events if event.kind == "part"] == [300.0, 240.0]
    assert "Machine P1 sent nothing for over 10 min once; longest 51 min from 2024-05-06 06:09." in found.sentences()


def test_a_counter_runs_on_and_begins_anew(tmp_path: Path) -> None:
    counts = [(100, 7), (104, 7), (104, 7), (109, 9), (2, 0), (2, 0)]
    rows = [f"2024-05-06 06:0{n},P1,run,60,{made},{bad},1,," for n, (made, bad) in enumerate(counts)]
    events, _ = read(write(tmp_path / "log.csv", rows), f"{MAPPING}counts: running")
    assert [said[2:] for said in brief(events) if said[2] in {"good", "scrap"}] == [
        ("good", 4),
        ("good", 3),
        ("scrap", 2),
        ("good", 2),
    ]


def test_numbers_are_in_the_units_and_the_writing_of_the_plant(tmp_path: Path) -> None:
    text = MAPPING.replace("Europe/Rome", 'Europe/Rome, format: "%d.%m.%Y %H:%M"')
    text += 'delimiter: ";"\ndecimal: ","\nunits: {duration: min, power: W}'
    path = write(tmp_path / "log.csv", ["06.05.2024 06:00;P1;run;1,5;5,0;1;2500,5;;"], HEADER.replace(",", ";"))
    assert brief(read(path, text)[0]) == [
        (SIX, "press1", "processing", None),
        (SIX, "press1", 2.5005, 2.5005),
        (SIX + 90, "press1", "good", 4),
        (SIX + 90, "press1", "scrap", 1),
        (SIX + 90, "press1", "off_shift", None),
        (SIX + 90, "press1", 0.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("time", "stamp"),
    [
        ("format: iso", "2024-05-06T04:00:00Z"),
        ("format: iso", "2024-05-06 08:00:00+04:00"),
        ("format: iso, clock: utc", "2024-05-06 04:00"),
        ("format: unix", "1714968000"),
        ("format: unix_ms", "1714968000000.0"),
        ('format: "%Y%m%d %H%M %z"', "20240506 0600 +0200"),
    ],
)
def test_times_are_the_plants_however_they_are_written(tmp_path: Path, time: str, stamp: str) -> None:
    path = write(tmp_path / "log.csv", [f"{stamp},P1,run,60,0,0,1,,"])
    assert read(path, MAPPING.replace("Europe/Rome", f"Europe/Rome, {time}"))[0][0].time == SIX


def test_an_hour_that_comes_twice_is_told_apart_by_the_step_back(tmp_path: Path) -> None:
    clock = ["01:30", "02:30", "02:50", "02:10", "02:40", "03:10"]
    rows = [f"2024-10-27 {at},{machine},run,60,0,0,1,," for at in clock for machine in ("P1", "P2")]
    events, found = read(write(tmp_path / "log.csv", rows))
    began = moments([event for event in events if event.fields.get("state") == "processing"])[::2]
    assert began == ["26 23:30", "27 00:30", "27 00:50", "27 01:10", "27 01:40", "27 02:10"]
    assert found.read.used == 12


def test_an_hour_that_the_clocks_skip_is_no_time(tmp_path: Path) -> None:
    rows = [f"2024-03-31 {at},P1,run,60,0,0,1,," for at in ("01:59", "02:30", "03:00")]
    events, found = read(write(tmp_path / "log.csv", rows))
    assert moments(events) == ["31 00:59", "31 01:01"]
    assert 'row 3: time "2024-03-31 02:30" is skipped by the clocks of Europe/Rome' in found.sentences()[1]
    assert closes(found)


def test_neither_the_order_of_rows_nor_the_kind_of_file_matters(tmp_path: Path) -> None:
    events, _ = read(write(tmp_path / "log.csv"))
    rows = list(ROWS)
    random.Random(1).shuffle(rows)  # noqa: S311 -- no secret
    assert read(write(tmp_path / "log.csv", rows))[0] == events
    pd.read_csv(tmp_path / "log.csv", parse_dates=["at"]).to_parquet(tmp_path / "log.parquet")
    assert read(tmp_path / "log.parquet")[0] == events


def test_a_log_is_read_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"2024-05-06 {n // 60:02}:{n % 60:02},P1,run,60,1,0,{n % 3},," for n in range(60, 600)]
    path = write(tmp_path / "log.csv", rows)
    events, found = read(path)
    monkeypatch.setattr(machine_rows, "WINDOW", 7)
    assert read(path)[0] == events
    moved = [*rows[:20], rows[25], *rows[20:25], *rows[26:]]
    assert read(write(path, moved))[0] == events
    far = [*rows[:20], *rows[21:100], rows[20], *rows[100:]]
    _, found = read(write(path, far))
    assert "row 101: lies before 7 rows that stand above it; sort the file by time" in found.sentences()[1]
    assert (found.read.used, closes(found)) == (539, True)


def test_memory_does_not_grow_with_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_rows, "WINDOW", 1_000)
    stamps = (datetime.fromtimestamp(1_714_968_000 + 60 * n, UTC) for n in range(40_000))
    path = write(
        tmp_path / "log.csv", (f"{at:%Y-%m-%d %H:%M},P{n % 2 + 1},run,50,1,0,{n % 5},," for n, at in enumerate(stamps))
    )
    mapping, line = load_machine_mapping_text(MAPPING), cell()

    def most(events: int) -> int:
        tracemalloc.start()
        for _, _ in zip(range(events), read_machine_log(path, mapping, line), strict=False):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(5_000)
    assert most(150_000) < 1.2 * most(15_000)


LASTS = st.integers(0, 300)
ONE = st.tuples(
    st.sampled_from(["P1", "P2", "W"]),
    st.sampled_from(["run", "hand", "stop"]),
    st.integers(0, 3_000),
    LASTS,
    st.integers(0, 9),
    st.sampled_from([0, 0.5, 3]),
)


@given(st.lists(ONE, min_size=1, max_size=40, unique_by=lambda one: (one[0], one[2])))
def test_nothing_is_lost_and_nothing_added(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, str, int, int, int, float]]
) -> None:
    """Spans of a machine follow each other without overlap, however they were written: their sums are those of rows."""
    rows = [
        f"{1_714_968_000 + at},{machine},{state},{lasts},{made},0,{power},,"
        for machine, state, at, lasts, made, power in told
    ]
    path = write(tmp_path_factory.mktemp("logs") / "log.csv", rows)
    events, found = read(path, MAPPING.replace("Europe/Rome", "Europe/Rome, format: unix") + "silent: 1 d")
    assert found.read.used == len(rows)
    assert [event.time for event in events] == sorted(event.time for event in events)
    names = {("press", 1): "P1", ("press", 2): "P2", ("weld", 1): "W"}
    meaning = {"run": ("processing", None), "hand": ("processing", "manual"), "stop": ("down", "alarm")}
    seconds: Counter[tuple[str, tuple[str, str | None]]] = Counter()
    energy: Counter[tuple[str, tuple[str, str | None]]] = Counter()
    made_by: Counter[str] = Counter()
    for machine, state, _, lasts, made, power in told:
        seconds[machine, meaning[state]] += lasts
        energy[machine, meaning[state]] += lasts * power  # type: ignore[assignment]
        made_by[machine] += made
    for place, total in sums(events).items():
        name = names[place[0] or "", place[1] or 0]
        assert total.pieces["good"] == made_by[name]
        for key in meaning.values():
            assert total.seconds[key] == pytest.approx(seconds[name, key])
            assert total.energy[key] == pytest.approx(energy[name, key])
        assert total.energy["off_shift", None] == 0


def test_the_three_machines_add_up_to_what_pandas_finds() -> None:
    path = real_log()
    found = Found()
    totals = sums(read_machine_log(path, load_machine_mapping(REAL_MAP), load_line(REAL_LINE), found))
    frame = pd.read_csv(path)
    frame["energy"] = frame["power_avg"] * frame["status_time"]
    reasons = {1: ("processing", "manual"), 2: ("processing", "automatic"), 3: ("down", "alarm")}
    by_status = frame.groupby(["asset", "status"])[["status_time", "energy"]].sum()
    seen = 0
    for (asset, status), row in by_status.iterrows():  # type: ignore[misc]
        total = totals[f"machine_{asset}", 1]
        assert total.seconds[reasons[int(status)]] == pytest.approx(row["status_time"], rel=1e-12)
        assert total.energy[reasons[int(status)]] == pytest.approx(row["energy"], rel=1e-12)
        seen += 1
    assert seen == 8
    items = frame.groupby("asset")["items"].sum()
    assert {name: total.pieces["good"] for (name, _), total in totals.items()} == {
        f"machine_{asset}": int(count) for asset, count in items.items()
    }
    worked = frame[frame["status"] < 3].groupby("asset")["status_time"].sum()
    assert all(totals[f"machine_{asset}", 1].worked_s <= seconds for asset, seconds in worked.items())
    assert (found.read.used, found.moved, closes(found)) == (10_219, 0, True)
