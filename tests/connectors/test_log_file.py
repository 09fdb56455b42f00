from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from connectors import log_file
from connectors.log_file import read_table
from support.logs import HEADER, ROWS, write_csv, write_parquet, write_xes
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOMB = """<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE log SYSTEM "file:///etc/hostname"><log/>'

WRITERS: dict[str, Callable[[Path], Path]] = {".csv": write_csv, ".parquet": write_parquet, ".xes": write_xes}


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_table(path)
    assert len(refused.value.problems) == 1
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    table = read_table(write_csv(tmp_path / "log.csv"))
    assert list(table.cells.index) == [2, 3, 4, 5, 6]
    assert list(table.cells.columns) == list(HEADER)
    assert (table.rows, table.duplicates, table.problems) == (5, 0, ())


def test_an_exact_duplicate_is_counted_once_for_each_time_it_comes_again(tmp_path: Path) -> None:
    ragged = ("Case 8", "Packing")
    path = write_csv(tmp_path / "log.csv", [*ROWS, ROWS[1], ragged, ROWS[1], ragged])
    table = read_table(path)
    assert (table.rows, table.duplicates, len(table.cells)) == (9, 3, 5)
    assert table.problems == ((8, "has 2 cells where the header has 9"),)


def test_a_byte_order_mark_and_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"\xef\xbb\xbfa;b\r\n\r\n 1 ;2\r\n")
    table = read_table(path, ";")
    assert table.cells.to_dict("index") == {3: {"a": "1", "b": "2"}}


def test_events_hold_the_attributes_of_their_trace(tmp_path: Path) -> None:
    table = read_table(write_xes(tmp_path / "log.xes"))
    assert table.rows == 10
    assert table.cells.loc[1, "case:concept:name"] == "Case 7"
    assert table.cells.loc[1, "concept:name"] == "Turning & Milling"
    assert table.cells.loc[2, "qty"] == ""


def test_attributes_inside_attributes_are_not_an_events_own(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    inner = '<string key="name" value="outer"><string key="name" value="inner"/></string>'
    path.write_text(f"<log><trace><event>{inner}</event></trace></log>")
    assert read_table(path).cells.to_dict("records") == [{"name": "outer"}]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_log_of_too_many_bytes_or_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = WRITERS[suffix](tmp_path / f"log{suffix}")
    monkeypatch.setattr(log_file, "MOST_ROWS", 4)
    assert "holds more than 4 rows; cut it to fewer months" in refusal(path)
    monkeypatch.setattr(log_file, "MOST_BYTES", 100)
    assert "a log has at most 100; cut it to fewer months" in refusal(path)


def test_parquet_is_refused_for_what_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.parquet"
    pd.DataFrame({"a": range(50_000), "b": [i // 2 for i in range(50_000)]}).to_parquet(path, compression="zstd")
    monkeypatch.setattr(log_file, "MOST_BYTES", path.stat().st_size)
    assert "unpacks to more than" in refusal(path)


@pytest.mark.parametrize("suffix", WRITERS)
def test_an_empty_file_holds_nothing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"log{suffix}"
    path.touch()
    assert "is empty; name a log that holds rows" in refusal(path)


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_file_that_is_not_there_is_asked_for(tmp_path: Path, suffix: str) -> None:
    assert "name a file .csv, .parquet or .xes" in refusal(tmp_path / f"none{suffix}")


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_header_without_rows_is_no_log(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"log{suffix}"
    if suffix == ".xes":
        path.write_text("<log/>")
    elif suffix == ".csv":
        write_csv(path, [])
    else:
        write_parquet(path, [])
    assert "holds no row; name a log that does" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("log.xlsx", b"PK", "a log is not read from .xlsx; name a file .csv, .parquet or .xes"),
        ("log", b"a,b", "a log is not read from a file without suffix"),
        ("log.csv", b"PAR1\xff\xfe\x00", "is not UTF-8 text; save it as CSV in UTF-8"),
        ("log.csv", b'a,b\n1,"2\n', "is not CSV (unexpected end of data); mend its quotes"),
        ("log.csv", b'a,b\n1,"2"3\n', "row 2 is not CSV"),
        ("log.csv", b"a,a\n1,2\n", 'has two columns "a"; give each a name of its own'),
        ("log.parquet", b"a,b\n1,2\n", "is not Parquet"),
        ("log.xes", b"a,b\n1,2\n", "is not XML"),
        ("log.xes", b"<log><trace></log>", "is not XML"),
        ("log.xes", b"<html></html>", "its XML is no <log> but <html>; name a file in XES"),
        ("log.xes", BOMB.encode(), "declares a document type or entities; a log needs none; take them out"),
        ("log.xes", OUTSIDE.encode(), "declares a document type or entities"),
    ],
)
def test_a_file_of_another_kind_gets_one_sentence(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert problem in refusal(path)


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "log.csv").mkdir()
    refusal(tmp_path / "log.csv")


def test_an_encoding_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text('<?xml version="1.0" encoding="foo-99"?><log/>')
    assert "unknown encoding: foo-99" in refusal(path)
