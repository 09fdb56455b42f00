from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyarrow import table
from pyarrow.parquet import read_schema, read_table, write_table

from connectors.event_log import Origin, description_of, read_events, write_events
from connectors.event_parquet import ROWS
from connectors.event_rows import COLUMNS
from twin.errors import InputError
from twin.events import KINDS, Event, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = [
    Event("sim", 0, 1, 2, 0.1 + 0.2, "tiles", "press", 1, "state", {"state": "down", "reason": "jam"}),
    Event("sim", 0, 2, 2, 1e-300, "tiles", "press", 1, "state", {"state": "starved", "reason": None}),
    Event(
        "sim", 0, 3, 2, 1 / 3, "tiles", "press", None, "arrival",
        {"part": -1, "accepted": False, "pieces": 3, "parent": None},
    ),
    Event(
        "sim", 0, 7, 2, 0.5, "tiles", "join", 1, "part",
        {"part": 3, "outcome": "joined", "cycle_s": 0.0, "to": "join", "pieces": None, "product": None, "parent": 2},
    ),
    Event(
        "sim", 0, 8, 2, 0.5, "tiles", None, None, "crew",
        {"skill": "fitter", "present": 2, "busy": 0.25, "waiting": 1},
    ),
    Event("sim", 0, 4, 2, 2.0, "tiles", "weld", None, "level", {"buffer": "press->weld", "level": 0}),
    Event(
        "plant", 1, 5, 0, 9.0, "tiles", "press", None, "note",
        {"author": "shift lead", "text": 'belt, "left"\nside; né', "start_s": 1.0, "end_s": 3.0, "reason": None},
    ),
]  # fmt: skip


def rows(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["trace.csv", "trace.parquet", "TRACE.PARQUET"])
def test_events_read_back_to_the_bit(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write_events(EVENTS, path) == len(EVENTS)
    assert list(map(to_json, read_events(path))) == list(map(to_json, EVENTS))


def test_a_log_without_the_column_of_parents_is_read_as_one_where_nothing_has_any(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    write_events(EVENTS[2:3], path)
    cut = [
        ",".join(cell for name, cell in zip(COLUMNS, row.split(","), strict=True) if name != "parent")
        for row in rows(path)
    ]
    path.write_text("\n".join(cut), encoding="utf-8")

    assert list(read_events(path)) == EVENTS[2:3]


def test_columns_are_the_same_whatever_the_kinds(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    write_events(EVENTS[5:6], path)
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


@pytest.mark.parametrize("name", ["trace.csv", "trace.parquet"])
def test_a_log_that_breaks_off_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    def broken() -> Iterator[Event]:
        yield EVENTS[0]
        raise RuntimeError("the run failed")

    with pytest.raises(RuntimeError, match="the run failed"):
        write_events(broken(), tmp_path / name)
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
    write_events(EVENTS[5:6], path)
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


ORIGIN = Origin("tiles", '{"line": "tiles"}', seed=7, replication=2, versions={"numpy": "2.3.5"})


def test_parquet_has_the_columns_of_csv_each_of_its_type(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    write_events(EVENTS, path, ORIGIN)

    schema = read_schema(path)

    assert tuple(schema.names) == COLUMNS
    kinds = {name: str(schema.field(name).type) for name in ("time", "machine", "state", "accepted", "level", "part")}
    assert kinds == {
        "time": "double", "machine": "int64", "state": "string", "accepted": "bool", "level": "int64", "part": "int64",
    }  # fmt: skip


def test_parquet_says_of_which_run_it_is(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    write_events(EVENTS, path, ORIGIN)

    kept = {name.decode(): text.decode() for name, text in read_schema(path).metadata.items()}

    assert description_of(path) == ORIGIN.description
    assert kept == {
        "twin.line": "tiles", "twin.description": '{"line": "tiles"}', "twin.seed": "7", "twin.replication": "2",
        "twin.versions": '{"numpy": "2.3.5"}',
    }  # fmt: skip


def test_a_log_that_does_not_say_of_which_run_it_is_reads_all_the_same(tmp_path: Path) -> None:
    for name in ("trace.csv", "trace.parquet"):
        write_events(EVENTS, tmp_path / name)
        assert description_of(tmp_path / name) is None


def test_many_events_are_more_than_one_group_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    many = [replace(EVENTS[0], sequence=number) for number in range(ROWS + 1)]

    assert write_events(iter(many), path) == ROWS + 1
    assert list(read_events(path)) == many


def test_no_events_are_a_log_of_none(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    assert write_events([], path, ORIGIN) == 0
    assert list(read_events(path)) == []


@pytest.mark.parametrize("content", [b"", b"PAR1 but no more", b"source,boot"])
def test_what_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trace.parquet"
    path.write_bytes(content)
    for read in (lambda: list(read_events(path)), lambda: description_of(path)):
        with pytest.raises(InputError, match=r"trace\.parquet: cannot be read as an event log"):
            read()


def test_parquet_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    write_table(table({"time": [1.0]}), path)
    with pytest.raises(InputError, match="these are not the columns of an event log"):
        list(read_events(path))


def test_a_row_of_parquet_that_is_no_event_is_named(tmp_path: Path) -> None:
    path = tmp_path / "trace.parquet"
    write_events(EVENTS, path)
    whole = read_table(path)
    states = ["dancing" if kind == "state" else None for kind in whole["kind"].to_pylist()]
    write_table(whole.set_column(COLUMNS.index("state"), "state", [states]), path)
    with pytest.raises(InputError, match=r"trace\.parquet:1: event fields\.state"):
        list(read_events(path))
