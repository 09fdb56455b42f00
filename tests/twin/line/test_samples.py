"""Samples beside a line: put in their places, validated as the file is, refused with file, row and path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twin.errors import InputError
from twin.line.distributions import Exponential, Lognormal
from twin.line.load import load_line, load_line_text
from twin.line.lots import LotCycle
from twin.line.samples import Samples, load_samples, samples_path, write_samples

if TYPE_CHECKING:
    from pathlib import Path

    from twin.line.line import Line

TEXT = """
line: shop
source: {arrivals: {exponential: {mean: 5 min}}}
stations:
  press:
    cycle: {lognormal: {mean: 2 min, cv: 0.5}}
    scrap: 0.01
  weld: {cycle: 90 s}
  test: {cycle: 20 s}
route:
  - {from: press, to: weld, probability: 0.7, buffer: 10}
  - {from: press, to: test, probability: 0.3}
  - {from: weld, to: test}
  - {from: test, to: out}
basis: {stations.press.cycle: log}
"""
PATHS = (
    "source.arrivals.exponential.mean",
    "stations.press.cycle.lognormal.mean",
    "stations.press.scrap",
    "stations.weld.cycle",
    "route.press->weld.probability",
    "route.press->test.probability",
)
ROW = ("4 min", "2.5 min", "0.02", "80 s", "0.6", "0.4")


@pytest.fixture
def line() -> Line:
    return load_line_text(TEXT)


def samples(paths: tuple[str, ...] = PATHS, *rows: tuple[str, ...]) -> Samples:
    return Samples("shop.samples.csv", paths, rows or (ROW,))


def refusal(line: Line, path: str, value: str) -> str:
    with pytest.raises(InputError) as error:
        samples((path,), (value,)).apply(line, 0)
    return str(error.value)


def test_every_value_takes_its_place_and_nothing_else_changes(line: Line) -> None:
    drawn = samples().apply(line, 0)

    press = drawn.stations["press"]
    assert drawn.source.arrivals == Exponential(240.0)
    assert (press.cycle, press.scrap) == (Lognormal(150.0, 0.5), 0.02)
    assert drawn.stations["weld"].cycle.mean == 80.0
    assert [edge.probability for edge in drawn.route] == [0.6, 0.4, None, None]
    assert [edge.buffer for edge in drawn.route] == [10, None, None, None]
    assert (drawn.stations["test"], drawn.basis) == (line.stations["test"], line.basis)


def test_the_line_s_own_values_give_the_line_itself(line: Line) -> None:
    own = ("5 min", "2 min", "0.01", "90 s", "0.7", "0.3")

    assert samples(PATHS, own).apply(line, 0) == line


def test_a_sample_written_is_the_sample_read(tmp_path: Path, line: Line) -> None:
    file = tmp_path / "shop.yaml"
    rows = [("4 min", "2.5 min", 0.02, "80 s", 0.6, 0.4), ("6 min", "2 min", 0, "1e2 s", 0.75, 0.25)]

    assert write_samples(file, PATHS, rows) == samples_path(file) == tmp_path / "shop.samples.csv"
    read = load_samples(file)

    assert read is not None
    assert (read.count, read.paths) == (2, PATHS)
    assert read.apply(line, 1).stations["press"].scrap == 0
    assert [path.name for path in tmp_path.iterdir()] == ["shop.samples.csv"]


def test_a_line_without_samples_has_none(tmp_path: Path) -> None:
    assert load_samples(tmp_path / "shop.yaml") is None


def test_probabilities_that_miss_one_by_their_digits_are_scaled(line: Line) -> None:
    paths = PATHS[-2:]

    drawn = samples(paths, ("0.66667", "0.33334")).apply(line, 0)

    assert sum(edge.probability or 0 for edge in drawn.route) == pytest.approx(1, abs=1e-15)
    assert drawn.route[0].probability == pytest.approx(0.66667 / 1.00001)


def test_probabilities_that_miss_one_by_more_are_refused_with_their_row(line: Line) -> None:
    with pytest.raises(InputError, match=r"shop.samples.csv:3 route.press->test.probability: .* sum to 0.9, not to 1"):
        samples(PATHS[-2:], ("0.7", "0.3"), ("0.6", "0.3")).apply(line, 1)


def test_a_draw_may_leave_a_station_out_of_reach(line: Line) -> None:
    drawn = samples(PATHS[-2:], ("0", "1")).apply(line, 0)

    assert drawn.probabilities == (0, 1, 1, 1)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("stations.pres.scrap", 'shop.samples.csv:1 no single value of the line is at "stations.pres.scrap"; did you'),
        ("stations.press.cycle", "no single value of the line is at"),
        ("stations.press.cycle.gamma.mean", "did you mean stations.press.cycle.lognormal.mean?"),
        ("stations.weld.scrap", "no single value of the line is at"),  # not given in the line
        ("route.press->weld", "no single value of the line is at"),
        ("route.weld->test.probability", "no single value of the line is at"),  # takes the rest
        ("staitons.press.scrap", "did you mean stations.press.scrap?"),
    ],
)
def test_a_path_that_leads_to_no_value_is_refused(line: Line, path: str, said: str) -> None:
    assert said in refusal(line, path, "0.5")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("stations.press.scrap", "1.2", "shop.samples.csv:2 stations.press.scrap: "),
        ("stations.weld.cycle", "90", 'shop.samples.csv:2 stations.weld.cycle: "90" has no unit; write 90 s'),
        ("stations.press.cycle.lognormal.mean", "-2 min", "stations.press.cycle.lognormal.mean: "),
        ("route.press->weld.probability", "often", "shop.samples.csv:2 route.press->weld.probability: "),
        ("source.arrivals.exponential.mean", "0 s", "2 source.arrivals.exponential: a mean of 0 makes no such"),
    ],
)
def test_a_value_that_makes_no_line_is_refused_with_its_row(line: Line, path: str, value: str, said: str) -> None:
    assert said in refusal(line, path, value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fewer than 2 samples"),
        ("a.b\n1\n", "fewer than 2 samples; write the paths in the first row"),
        ("a.b,a.b\n1,2\n3,4\n", '1 "a.b": the path stands there 2 times; write it once'),
        ("a.b,a.c\n1,2\n3\n", "3: 1 values for 2 paths; write one a path"),
        ("a.b,a.c\n1,2\n3,\n", "3 a.c: no value; write it as in the line file"),
        ('a.b,a.c\n1,2\n"3,4\n', "not CSV"),
        ("a.b\n\xff\n1\n", "byte 4 is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_table_of_samples_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "shop.samples.csv").write_bytes(text.encode("latin-1"))

    with pytest.raises(InputError) as error:
        load_samples(tmp_path / "shop.yaml")

    assert said in str(error.value)
    assert "shop.samples.csv" in str(error.value)


def test_what_cannot_be_read_back_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 values for 2 paths"):
        write_samples(tmp_path / "shop.yaml", ("a.b", "a.c"), [(1,), (2,)])
    with pytest.raises(InputError, match="cannot be written"):
        write_samples(tmp_path / "nowhere" / "shop.yaml", ("a.b",), [(1,), (2,)])

    assert not list(tmp_path.iterdir())


def test_times_by_pieces_and_orders_take_samples_too(tmp_path: Path) -> None:
    (tmp_path / "book.csv").write_text("order,release,pieces\nA1,-2 h,10\nA2,3 h,4\n", encoding="utf-8")
    file = tmp_path / "shop.yaml"
    file.write_text(
        "line: shop\nmove: order\n"
        "source: {orders: {every: {exponential: {mean: 5 h}}, pieces: {empirical: [10, 50]}, book: book.csv}}\n"
        "stations:\n"
        "  turn:\n"
        "    cycle: {by_pieces: {1: 9 min, 10: 40 min}, spread: {lognormal: {mean: 1, cv: 0.3}}}\n"
        "    setup: {time: {lognormal: {mean: 30 min, cv: 0.5}}}\n",
        encoding="utf-8",
    )
    line = load_line(file)
    paths = (
        "source.orders.every.exponential.mean",
        "stations.turn.cycle.by_pieces.10",
        "stations.turn.cycle.spread.lognormal.cv",
        "stations.turn.setup.time.lognormal.mean",
    )

    drawn = samples(paths, ("4 h", "50 min", "0.4", "20 min")).apply(line, 0)

    turn, orders = drawn.stations["turn"], drawn.source.orders
    assert isinstance(turn.cycle, LotCycle)
    assert (turn.cycle.mean_of(10), turn.cycle.mean_of(1), turn.cycle.spread) == (3000.0, 540.0, Lognormal(1.0, 0.4))
    assert turn.setup is not None
    assert turn.setup.time == Lognormal(1200.0, 0.5)
    assert orders is not None
    assert line.source.orders is not None
    assert (orders.every, orders.book) == (Exponential(4 * 3600.0), line.source.orders.book)
    assert samples(paths, ("5 h", "40 min", "0.3", "30 min")).apply(line, 0) == line


def test_probabilities_of_many_ways_may_each_miss_by_their_digits(line: Line) -> None:
    drawn = samples(PATHS[-2:], ("0.6669", "0.3334")).apply(line, 0)

    assert sum(edge.probability or 0 for edge in drawn.route) == pytest.approx(1, abs=1e-15)
