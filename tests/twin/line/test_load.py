from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.errors import InputError
from twin.line.line import Line
from twin.line.load import MOST_SHOWN, load_line, load_line_text
from twin.line.lots import mean_of

BAD_LINES = sorted((Path(__file__).parents[2] / "bad_lines").glob("*.yaml"))
EXPECT = "# expect: "

GOOD = """\
line: frames
operators: {operator: 2, technician: 1}
source: {arrivals: {exponential: {mean: 30 s}}, capacity: 20}
stations:
  press:
    machines: 2
    cycle: {lognormal: {mean: 12 s, cv: 0.2}}
    crew: {operator: 1}
    scrap: 1 %
    failures:
      jam: {ttf: 40 min, ttr: {min: 1 min, mode: 3 min, max: 8 min}, repaired_by: {technician: 1}}
    power: {processing: 18 kW}
    automation:
      robot: {crew: {}, cycle: 9 s, capex: 180 kEUR}
  weld: {cycle: 10 s}
levels: {cells: {press: robot}}
route:
  - {from: press, to: weld, buffer: 10, transport: 20 s}
  - {from: weld, to: press, probability: 0.03, rework: true}
  - {from: weld, to: out, probability: 0.97}
basis: {stations.press: "assumption: like the old press"}
"""


SHOP = """\
line: shop
move: order
dispatch: earliest_due_date
operators: {operator: 2, setter: 1}
source: {orders: {every: 5 h, pieces: {empirical: [10, 50]}, product: {a: 0.6, b: 0.4}, due: 10 d}, into: {saw: 1}}
products: {a: {route: [saw, press], cycle: {press: {per_piece: 9 s}}, scrap: {saw: 1 %}}, b: {}}
stations:
  saw: {cycle: {by_pieces: {1: 9 min, 10: 40 min}, spread: {lognormal: {mean: 1, cv: 0.3}}}, dispatch: first_come}
  press:
    cycle: 5 min
    setup: {changeover: {a: {b: 20 min}, b: {a: 5 min}}, spread: {exponential: {mean: 1}}, crew: {setter: 1}}
    automation: {robot: {cycle: {per_piece: 9 s}, setup: {time: 2 min, between: orders, share: 0.7}}}
levels: {cells: {press: robot}}
route:
  - {from: saw, to: press, delay: {lognormal: {mean: 8 h, cv: 1}}}
  - {from: press, to: saw, probability: 0.03, rework: true}
  - {from: press, to: out}
basis: {stations.saw.cycle.by_pieces.10: "assumption: a guess"}
"""


@pytest.mark.parametrize("path", BAD_LINES, ids=lambda path: path.stem)
def test_a_bad_line_gets_exactly_the_sentences_kept_beside_it(path: Path) -> None:
    expected = [line.removeprefix(EXPECT) for line in path.read_text().splitlines() if line.startswith(EXPECT)]
    with pytest.raises(InputError) as refusal:
        load_line(path)
    assert [problem.removeprefix(str(path)).removeprefix(":").strip() for problem in refusal.value.problems] == expected


def test_there_are_dozens_of_bad_lines() -> None:
    assert len(BAD_LINES) >= 100


def test_a_good_line_is_read_in_si_units() -> None:
    line = load_line_text(GOOD)
    press = line.stations["press"]
    assert list(line.stations) == ["press", "weld"]
    assert (press.machines, press.cycle.mean, press.scrap, press.power.of("processing")) == (2, 12, 0.01, 18_000)
    assert press.failures["jam"].ttr.mean == 240
    assert press.automation["robot"].capex == 180_000
    assert line.source.arrivals is not None
    assert (line.source.kind, line.source.arrivals.mean, line.source.capacity) == ("arrivals", 30, 20)
    assert [(edge.name, edge.buffer, edge.rework) for edge in line.route] == [
        ("press->weld", 10, False),
        ("weld->press", None, True),
        ("weld->out", None, False),
    ]


def test_a_line_of_orders_is_read_in_si_units() -> None:
    line = load_line_text(SHOP)
    orders, setup = line.source.orders, line.stations["press"].setup
    assert orders is not None
    assert setup is not None
    assert orders.every is not None
    assert orders.due is not None
    assert (orders.every.mean, orders.pieces.mean, orders.due.mean, line.move) == (18_000, 30, 864_000, "order")
    assert (setup.mean_between("a", "b"), setup.crew) == (1200, {"setter": 1})
    assert (mean_of(line.stations["saw"].cycle, 10), mean_of(line.products["a"].cycle["press"], 10)) == (2400, 90)
    assert line.route[0].delay is not None
    assert line.route[0].delay.mean == 28_800


def test_a_file_may_begin_with_a_byte_order_mark_and_repeat_itself_by_aliases(tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_bytes(
        b"\xef\xbb\xbfline: a\nstations:\n  press: &same {cycle: 12 s}\n  weld: *same\n"
        b"route: [{from: press, to: weld}, {from: weld, to: out}]\n"
    )
    line = load_line(path)
    assert line.stations["press"] == line.stations["weld"]


def test_a_problem_inside_an_alias_is_placed_where_the_alias_stands() -> None:
    text = (
        "line: a\nstations:\n  press: &same {cycle: 12 sek}\n  weld: *same\n"
        "route: [{from: press, to: weld}, {from: weld, to: out}]\n"
    )
    with pytest.raises(InputError) as refusal:
        load_line_text(text, "a.yaml")
    assert [problem.split(": ")[0] for problem in refusal.value.problems] == [
        "a.yaml:3 stations.press.cycle",
        "a.yaml:4 stations.weld.cycle",
    ]


def test_a_file_of_fifty_megabytes_is_refused_by_its_size_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.delattr(Path, "read_bytes")  # so that reading it would fail the test
    with pytest.raises(InputError, match="has 50,000,000 bytes; a description has at most 1,000,000"):
        load_line(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty; a description begins with"),
        (b"line: caf\xe9\n", "byte 9 is not UTF-8 text"),
        (b"line: a\x00b\n", "holds control characters"),
        (b"\x89PNG\r\n\x1a\n", "byte 0 is not UTF-8 text"),
        (bytes(range(1, 128)), "holds control characters"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "line.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence) as refusal:
        load_line(path)
    assert len(refusal.value.problems) == 1
    assert str(refusal.value).startswith(f"{path}: ")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or directory; name a line file"):
        load_line(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match="is a directory; name a line file"):
        load_line(tmp_path)


def test_nesting_that_would_bring_a_recursive_reader_down_is_refused() -> None:
    for opening in ("[", "{a: ", "- ", "? "):
        with pytest.raises(InputError, match=r"nesting|key should"):
            load_line_text("line: " + opening * 100_000 if opening in "[{a: " else opening * 100_000)


def test_of_very_many_problems_the_first_are_shown() -> None:
    keys = "".join(f"key{number}: 1\n" for number in range(60_000))
    with pytest.raises(InputError) as refusal:
        load_line_text(keys)
    assert len(refusal.value.problems) == MOST_SHOWN + 1
    assert "and more; mend these first" in refusal.value.problems[-1]


def test_a_line_of_thousands_of_stations_is_read_within_seconds() -> None:
    many = 3_000
    stations = "".join(f"  s{number}: {{cycle: 12 s}}\n" for number in range(many))
    route = "".join(f"  - {{from: s{number}, to: s{number + 1}, buffer: 5}}\n" for number in range(many - 1))
    line = load_line_text(f"line: long\nstations:\n{stations}route:\n{route}  - {{from: s{many - 1}, to: out}}\n")
    assert len(line.stations) == many


def test_reading_loads_no_heavy_library() -> None:
    program = (
        "import sys, twin.line.load, twin.line.scenario, twin.line.basis, twin.line.cautions\n"
        "print([name for name in ('pandas', 'scipy', 'numba', 'pint') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _refused_or_read(text: str) -> None:
    try:
        assert isinstance(load_line_text(text, "any.yaml"), Line)
    except InputError as refusal:
        sentences = refusal.problems
    else:
        return
    assert sentences
    assert all(sentence.startswith("any.yaml") and "\n" not in sentence for sentence in sentences)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    _refused_or_read(text)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from([GOOD, SHOP]))
def test_a_good_line_with_a_piece_replaced_is_read_or_refused(data: st.DataObject, good: str) -> None:
    start = data.draw(st.integers(0, len(good) - 1))
    end = data.draw(st.integers(start, min(len(good), start + 30)))
    piece = data.draw(
        st.sampled_from(
            [
                "",
                "0",
                "-1",
                "nan",
                ".inf",
                "1e999",
                "{",
                "}",
                "[]",
                "{}",
                "&a",
                "*a",
                "!!x",
                "~",
                "\n",
                ": ",
                "out",
                "'",
            ]
        )
    )
    _refused_or_read(good[:start] + piece + good[end:])
