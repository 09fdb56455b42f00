"""The order book: CSV beside the line file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twin.errors import InputError
from twin.line.line import Line
from twin.line.load import load_line, load_line_text
from twin.line.order_book import DatedOrder

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
line: shop
source: {orders: orders.csv}
products: {a: {route: [saw, press, weld]}}
stations: {saw: {cycle: 1 s}, press: {cycle: 1 s}, weld: {cycle: 1 s}}
route: [{from: saw, to: press}, {from: press, to: weld}, {from: weld, to: out}]
"""
ROWS = """\
Order,release,pieces,product,route,at,due
A1,-36 h,10,a,,press,5 d
A1,-36 h,4,a,,weld,5 d

B2,2.5 h,7,,press > weld,,
"C, 3",0 h,1,,,,-1 h
"""


def shop(folder: Path, rows: str | bytes, text: str = TEXT) -> Line:
    (folder / "shop.yaml").write_text(text, "utf-8")
    (folder / "orders.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    return load_line(folder / "shop.yaml")


def book(line: Line) -> tuple[DatedOrder, ...]:
    assert line.source.orders is not None
    return line.source.orders.book


def refusal(folder: Path, rows: str | bytes, text: str = TEXT) -> list[str]:
    with pytest.raises(InputError) as refused:
        shop(folder, rows, text)
    return [problem.split("source.orders.book: ")[1] for problem in refused.value.problems]


WORKED_OUT = (
    DatedOrder("A1", -129_600, 10, "a", None, "press", 432_000),
    DatedOrder("A1", -129_600, 4, "a", None, "weld", 432_000),
    DatedOrder("B2", 9_000, 7, None, ("press", "weld")),
    DatedOrder("C, 3", 0, 1, due=-3600),
)


def test_a_book_is_read_from_beside_the_line_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert book(shop(tmp_path, ROWS)) == WORKED_OUT


@pytest.mark.parametrize(
    "rows",
    [
        ROWS.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.replace('"C, 3"', "C. 3").replace(",", ";").replace("C. 3", "C, 3").encode(),
    ],
    ids=["windows", "byte order mark", "semicolons"],
)
def test_a_book_may_come_from_a_spreadsheet(tmp_path: Path, rows: bytes) -> None:
    if b";" in rows:
        rows = rows.replace(b"C, 3", b"C 3")
        assert [lot.pieces for lot in book(shop(tmp_path, rows))] == [10, 4, 7, 1]
    else:
        assert book(shop(tmp_path, rows)) == WORKED_OUT


def test_a_line_that_was_written_down_holds_its_orders_itself(tmp_path: Path) -> None:
    line = shop(tmp_path, ROWS)

    assert Line.model_validate(line.model_dump(mode="json", exclude_none=True, by_alias=False)) == line


def test_a_row_that_is_wrong_is_named_by_the_row_of_the_file_blank_rows_counted(tmp_path: Path) -> None:
    assert refusal(tmp_path, ROWS.replace("2.5 h", "soon"))[0].startswith(
        'orders.csv row 5, column release: "soon" is not a time'
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("order,release,pieces\nA,0 h,5,extra\n", "orders.csv row 2: has 4 cells for 3 columns"),
        ("", "orders.csv: the column order is missing"),
        (b"order,release,pieces\nA\xff,0 h,5\n", "orders.csv: byte 22 is not UTF-8 text"),
        ("order,release,pieces\nA,,5\n", "orders.csv row 2, column release: no value is not a time"),
        ("order,release,pieces\nA,12,5\n", 'orders.csv row 2, column release: "12" has no unit'),
    ],
)
def test_what_is_no_book_is_refused_in_one_sentence(tmp_path: Path, rows: str | bytes, sentence: str) -> None:
    assert refusal(tmp_path, rows)[0].startswith(sentence)


def test_a_folder_is_no_book(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"source.orders.book: \.: is a directory; name a CSV file"):
        load_line_text(TEXT.replace("orders.csv", "."), folder=tmp_path)


def test_of_a_book_that_cannot_be_read_the_rest_of_the_line_is_checked_all_the_same(tmp_path: Path) -> None:
    text = TEXT.replace("orders.csv", "{every: 5 h, book: lost.csv}").replace("to: out", "to: nowhere")
    with pytest.raises(InputError) as refused:
        load_line_text(text, "shop.yaml", folder=tmp_path)

    assert [problem.split(": ")[0] for problem in refused.value.problems] == [
        "shop.yaml:2 source.orders.book",
        "shop.yaml:5 route.weld->nowhere.to",
    ]


def test_ten_thousand_orders_are_read_within_seconds(tmp_path: Path) -> None:
    rows = "".join(f"A{n},{n} min,{n % 50 + 1},a,{n + 100} h\n" for n in range(10_000))
    rows = f"order,release,pieces,product,due\n{rows}"

    assert len(book(shop(tmp_path, rows))) == 10_000


def test_a_book_that_never_ends_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="/dev/zero: is a device or a pipe; name a CSV file"):
        shop(tmp_path, "", TEXT.replace("orders.csv", "/dev/zero"))
