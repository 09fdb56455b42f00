from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboards.numbers import NO_BREAK_SPACE
from twin.cli.show import (
    ENDED,
    INTERRUPTED,
    WIDTH,
    grey,
    paragraph,
    progress,
    show,
    show_json,
    speak_plainly,
    state_bar,
    state_legend,
    table,
    verdict,
)

ROOT = Path(__file__).parents[3]


def test_blocks_stand_apart_and_lines_end_without_spaces(capsys: pytest.CaptureFixture[str]) -> None:
    show(verdict("Yes."), table(("name", "value"), [("a", "1"), ("long name", "22")]), grey("end"))

    assert capsys.readouterr().out == (
        "Yes.\n\n"
        "name        value\n"
        "─────────────────\n"
        "a               1\n"
        "long name      22\n\n"
        "end\n"
    )  # fmt: skip


def test_a_paragraph_is_broken_at_the_width_and_not_between_number_and_unit() -> None:
    words = "a" * (WIDTH - 3)

    assert paragraph(f"{words} 12{NO_BREAK_SPACE}m²").plain == f"{words}\n12{NO_BREAK_SPACE}m²"


def test_a_narrow_reader_gets_narrow_sentences_and_whole_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "45")

    show("word " * 20, table(("what", "is it"), [("a long name " * 3, "a long remark " * 2)]))

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[:3])) <= 45
    assert "a long name a long name a long name" in lines[-1]
    assert len(lines[-1]) > 45


def test_a_table_wider_than_the_page_is_not_broken_inside_words(capsys: pytest.CaptureFixture[str]) -> None:
    show(table([f"heading{i}" for i in range(14)], [[f"{i}:word words" for i in range(14)]]))

    out = capsys.readouterr().out
    assert all(f"heading{i}" in out and f"{i}:word" in out for i in range(14))


def test_a_no_break_space_is_printed_as_a_space(capsys: pytest.CaptureFixture[str]) -> None:
    show(f"12{NO_BREAK_SPACE}m²")

    assert capsys.readouterr().out == "12 m²\n"


def test_square_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show("[red]", table(("x",), [("[1, 2]",)]))

    assert "[red]" in (out := capsys.readouterr().out)
    assert "[1, 2]" in out


@pytest.mark.parametrize(
    ("shares", "bar"),
    [
        ({"processing": 1.0}, "━" * 20),
        ({"processing": 0.5, "starved": 0.25, "down": 0.25}, "━" * 10 + "░" * 5 + "█" * 5),
        ({"processing": 0.989, "down": 0.011}, "━" * 19 + "█"),
        ({"processing": 0.995, "down": 0.005}, "━" * 20),
        ({"blocked": 0.98, "waiting_repair": 0.01, "waiting_operator": 0.01}, "▒" * 18 + "▓o"),
    ],
)
def test_a_bar_shows_every_state_of_at_least_a_hundredth(shares: dict[str, float], bar: str) -> None:
    assert state_bar(shares, 20).plain == bar


def test_the_legend_names_the_states_asked_in_the_order_of_the_bar() -> None:
    assert state_legend({"down", "processing"}).plain == f"━━{NO_BREAK_SPACE}running  ██{NO_BREAK_SPACE}down"


def test_what_knows_ascii_alone_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr("sys.stdout", out)
    speak_plainly(out)

    show("18,810 m² ± 80", table(("way", "share"), [("a → b", "−1"), ("abcdef", "2")]), state_bar({"starved": 1.0}, 3))

    written = out.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    assert "18,810 m2 +/- 80" in written
    assert "a -> b |    -1" in written
    assert written.endswith("...\n")


def test_colour_on_a_terminal_and_none_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    def printed() -> str:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        monkeypatch.setattr(out, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stdout", out)
        show(state_bar({"starved": 1.0}, 3))
        return str(out.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in printed()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in printed()


def test_json_refuses_what_is_no_json(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"a": [1, None]})

    assert capsys.readouterr().out == '{\n  "a": [\n    1,\n    null\n  ]\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        show_json({"a": float("nan")})


def test_progress_is_shown_on_a_terminal_alone() -> None:
    with progress("Simulating") as report:
        assert report is None


def test_a_bar_of_progress_goes_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    monkeypatch.setattr(err, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setenv("TERM", "xterm-256color")

    with progress("Simulating") as report:
        assert report is not None
        report(3, 4)

    shown = err.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    assert "Simulating" in shown
    assert "3/4" in shown
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are sent otherwise there")
@pytest.mark.parametrize(
    ("engine", "sent", "code"),
    [
        ("simpy", signal.SIGINT, INTERRUPTED),
        ("compiled", signal.SIGINT, INTERRUPTED),
        ("compiled", signal.SIGTERM, ENDED),
    ],
)
def test_an_interrupt_ends_a_simulation_at_once(engine: str, sent: signal.Signals, code: int) -> None:
    """Workers are at work by then: processes under SimPy's clock, threads under the compiled one."""
    long = [
        "run",
        "ceiling_tiles",
        "--horizon",
        "5000 shifts",
        "--replications",
        "50",
        "--engine",
        engine,
        "--workers",
        "2",
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "twin", *long],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        time.sleep(4)
        process.send_signal(sent)
        out, err = process.communicate(timeout=10)

    assert (process.returncode, out, err) == (code, "", "")


def test_names_too_long_for_the_page_are_broken_behind_an_underscore(capsys: pytest.CaptureFixture[str]) -> None:
    name = "operator_final_inspection_qc"
    show(table([name] * 4, [[f"1 {name}", "a", "b", "c"]]))
    printed = capsys.readouterr().out

    assert max(map(len, printed.splitlines())) <= WIDTH
    assert re.search(r"^operator_final_ .*\ninspection_qc ", printed)
    assert re.search(r"^1 operator_final_ .*\ninspection_qc", printed, re.MULTILINE)
    show(table([name], [["a"]]))
    assert capsys.readouterr().out.startswith(name)
