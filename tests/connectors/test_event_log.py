from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.event_log import COLUMNS, read_events, write_events
from twin.errors import InputError
from twin.events import KINDS, Event

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = [
    Event("sim", 0, 1, 2, 0.1 + 0.2, "tiles", "press", 1, "state", {"state": "down", "reason": "jam"}),
    Event("sim", 0, 2, 2, 1e-300, "tiles", "press", 1, "state", {"state": "starved", "reason": None}),
    Event("sim", 0, 3, 2, 1 / 3, "tiles", "press", None, "arrival", {"part": -1, "accepted": False, "pieces": 3}),
    Event("sim", 0, 4, 2, 2.0, "tiles", "weld", None, "level", {"buffer": "press->weld", "level": 0}),
    Event(
        "plant", 1, 5, 0, 9.0, "tiles", "press", None, "note",
        {"author": "shift lead", "text": 'belt, "left"\nside; né', "start_s": 1.0, "end_s": 3.0, "reason": None},
    ),
]  # fmt: skip


def rows(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_events_read_back_to_the_bit(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    assert write_events(EVENTS, path) == len(EVENTS)
    assert list(read_events(path)) == EVENTS


def test_columns_are_the_same_whatever_the_kinds(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    write_events(EVENTS[3:4], path)
    header, row = rows(path)
    assert header.split(",") == list(COLUMNS)
    cells = dict(zip(COLUMNS, row.split(","), strict=True))
    assert {name: cell for name, cell in cells.items() if cell} == {
        "source": "sim", "boot": "0", "sequence": "4", "run": "2", "time": "2.0", "line": "tiles", "station": "weld",
        "kind": "level", "buffer": "press->weld", "level": "0",
    }  # fmt: skip


def test_every_field_of_every_kind_has_a_column_of_its_own() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    for model in KINDS.values():
        assert set(model.model_fields) <= set(COLUMNS[9:])


def test_events_are_written_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    seen = 0

    def many() -> Iterator[Event]:
        nonlocal seen
        for _ in range(20_000):
            seen = max(seen, sum(file.stat().st_size for file in tmp_path.iterdir()))
            yield EVENTS[0]

    write_events(many(), path)
    assert seen > 0.9 * path.stat().st_size


def test_a_log_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[Event]:
        yield EVENTS[0]
        raise RuntimeError("the run failed")

    with pytest.raises(RuntimeError, match="the run failed"):
        write_events(broken(), tmp_path / "trace.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_older_log_survives_a_run_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    write_events(EVENTS[:1], path)
    with pytest.raises(ZeroDivisionError):
        write_events((EVENTS[1 // zero] for zero in (1, 0)), path)
    assert list(read_events(path)) == EVENTS[:1]


def test_a_link_is_written_through_and_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.touch()
    link.symlink_to(target)
    write_events(EVENTS, link)
    assert link.is_symlink()
    assert list(read_events(target)) == EVENTS


@pytest.mark.parametrize("name", ["missing/trace.csv", "."])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_events(EVENTS, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("source,boot", "boot,source", ":1: these are not the columns"),
        ("press->weld", "", r":2: event fields\.buffer"),
        (",level,", ",dance,", ":2: .*dance"),
        ("level,,", "level,down,", ":2: an event of kind level has no state"),
        (",2.0,", ",soon,", ":2: event time: 'soon'"),
        (",2.0,", ",nan,", ":2: event time"),
        ("sim,", "sim,0,0,", ":2: event: .*kind"),
        ("->weld,0,", "->weld,0,,", ":2: an event of kind level has no further cells"),
    ],
)
def test_a_log_that_is_wrong_is_refused_by_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "trace.csv"
    write_events(EVENTS[3:4], path)
    header, row = rows(path)
    place = (header.replace(old, new), row) if old.startswith("source") else (header, row.replace(old, new, 1))
    path.write_text("\n".join(place), encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        list(read_events(path))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b'"source'])
def test_what_is_no_text_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trace.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"trace\.csv"):
        list(read_events(path))


def test_a_log_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"no/such\.csv"):
        list(read_events(Path("no/such.csv")))
