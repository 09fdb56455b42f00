"""What `twin check` says of orders, products, lots and setups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.program import Answer, twin

if TYPE_CHECKING:
    from pathlib import Path

# Of 40 pieces an hour 0.98 become good. The press: 30 s a piece and, every other order, 10 min of setup at random:
# 30 + 600 * 2 * 0.6 * 0.4 / 40 = 37.2 s a piece, 37.96 s a good one: 94.8 an hour at best, 41.3 % of what is ordered.
SHOP = """
line: shop
move: order
dispatch: earliest_due_date
operators: {setter: 1}
source:
  orders:
    every: {exponential: {mean: 1 h}}
    pieces: {empirical: [20, 60]}
    product: {left: 0.6, plate: 0.4}
    due: 5 d
    book: orders.csv
products:
  left: {label: Left bracket, route: [saw, press]}
  plate: {route: [saw, press], cycle: {saw: 5 min}, scrap: {saw: 0}}
stations:
  saw: {cycle: {by_pieces: {1: 2 min, 101: 22 min}, spread: {lognormal: {mean: 1, cv: 0.3}}}}
  press:
    cycle: {per_piece: 30 s}
    scrap: 2 %
    dispatch: shortest_setup
    setup: {time: 10 min, crew: {setter: 1}}
    automation: {quick: {setup: {time: 2 min}, capex: 20 kEUR}}
levels: {quick: {press: quick}}
route:
  - {from: saw, to: press, delay: 4 h}
"""
BOOK = "order,release,pieces,product,at,due\nA1,-36 h,10,left,press,2 d\nA1,-36 h,5,left,saw,2 d\nB2,3 h,40,,press,\n"


def checked(folder: Path, *arguments: str, text: str = SHOP, book: str = BOOK) -> Answer:
    (folder / "line.yaml").write_text(text, "utf-8")
    (folder / "orders.csv").write_text(book, "utf-8")
    return twin("check", folder / "line.yaml", *arguments)


def rows(answer: Answer, heading: str) -> list[list[str]]:
    """Return the cells of the block in whose first line a heading stands; two spaces or more part them."""
    block = next(block for block in answer.out.split("\n\n") if heading in block.splitlines()[0])
    return [[cell.strip() for cell in row.split("  ") if cell.strip()] for row in block.splitlines()]


def test_the_sentence_and_the_load_are_those_of_the_orders(tmp_path: Path) -> None:
    answer = checked(tmp_path, text=SHOP.replace("    book: orders.csv\n", ""))

    assert answer.sentence == "shop is a valid line of 2 stations; at most 39.2 pieces/h, limited by the orders."
    assert rows(answer, "station   as ordered")[3][:2] == ["press", "41.3 %"]
    assert "The drawn orders ask a good part every 1.53 min." in answer.out
    assert "setups and repairs included" in " ".join(answer.out.split())


def test_it_says_how_orders_come_move_and_are_chosen(tmp_path: Path) -> None:
    text = SHOP.replace("{route: [saw, press], cycle", "{cycle").replace(
        "delay: 4 h}", "delay: 4 h}\n  - {from: press, to: out}"
    )

    assert rows(checked(tmp_path, text=text), "drawn orders  ") == [
        ["drawn orders", "one every 1 h on average (exponential), pieces: 40 on average (empirical)"],
        ["of product left 60 %, plate 40 %"],
        ["due 5 d after its release"],
        ["booked orders", "2 of 55 pieces in 3 lots"],
        ["released from −1.5 d to 3 h after the start; 1 there at the start"],
        ["1 with a due date"],
        ["moves", "an order as one lot: buffers count lots, all else pieces"],
        ["taken first", "the part due first; at press the part of the shortest setup"],
    ]


def test_it_says_what_differs_for_each_product(tmp_path: Path) -> None:
    text = SHOP.replace("    book: orders.csv\n", "")

    assert rows(checked(tmp_path, text=text), "of what is drawn")[-3:] == [
        ["left: Left bracket", "60 %", "saw → press", "–"],
        ["plate", "40 %", "saw → press", "saw cycle 5 min"],
        ["saw scrap 0 %"],
    ]


def test_it_says_what_lots_and_setups_take(tmp_path: Path) -> None:
    answer = checked(tmp_path, text=SHOP.replace("    book: orders.csv\n", ""))

    assert rows(answer, "time of a lot")[2:] == [
        ["saw", "1: 2 min, 101: 22 min", "lognormal 0.3"],
        ["saw, plate", "5 min", "never"],
        ["press", "30 s a piece", "never"],
    ]
    assert rows(answer, "setup ")[2:] == [["press", "products", "10 min", "never", "100 %", "1 setter"]]
    assert rows(answer, "station   machines")[2][:4] == ["saw", "1", "100 %", "–"]
    assert rows(answer, "station   option")[2:] == [["press", "quick", "setup 10 min → 2 min", "–", "0.02"]]


def test_the_arrows_say_who_takes_them_and_what_waits(tmp_path: Path) -> None:
    answer = checked(tmp_path, text=SHOP.replace("    book: orders.csv\n", ""))

    assert "saw ─∞, wait 4 h──▶ press ───▶ out" in answer.out
    assert "share of parts, products bound to it." in " ".join(answer.out.split())


def test_orders_beyond_what_a_station_can_do_are_seen(tmp_path: Path) -> None:
    text = SHOP.replace("    book: orders.csv\n", "").replace("mean: 1 h", "mean: 20 min")
    answer = checked(tmp_path, text=text)

    assert "limited by press" in answer.sentence
    assert rows(answer, "station   as ordered")[3][1] == "124.0 %"


def test_a_changeover_is_shown_by_its_products(tmp_path: Path) -> None:
    matrix = "setup: {changeover: {left: {plate: 20 min}, plate: {left: 5 min}}"
    text = SHOP.replace("setup: {time: 10 min", matrix).replace("    book: orders.csv\n", "")

    assert [row[1:3] for row in rows(checked(tmp_path, text=text), "setup ")[2:]] == [
        ["left → plate", "20 min"],
        ["plate → left", "5 min"],
    ]


def test_a_book_that_names_what_is_not_there_is_refused_with_its_row(tmp_path: Path) -> None:
    answer = checked(tmp_path, book=BOOK.replace("10,left", "10,lefft"))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[0] == (
        f"{tmp_path / 'line.yaml'}:12 source.orders.book: orders.csv row 2, column product: "
        'no product "lefft"; did you mean left?'
    )
