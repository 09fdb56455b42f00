from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.program import twin
from twin.cli import show
from twin.cli.app import COMMANDS

ROOT = Path(__file__).parents[3]
TWIN = [sys.executable, "-m", "twin"]


def started(*arguments: str, closed: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `python -m twin` in a process of its own, its output read by nobody if `closed`."""
    command = [*TWIN, *arguments]
    if not closed:
        return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    return subprocess.CompletedProcess(command, process.returncode, "", said)


def test_help_lists_every_command_in_order() -> None:
    answer = twin("--help")

    listed = [line.split()[0] for line in answer.out.split("Commands:")[1].splitlines() if line.strip()]
    assert tuple(listed) == COMMANDS
    assert answer.code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    answer = twin(name, "--help")

    assert answer.code == 0
    assert f"Usage: twin {name}" in answer.out
    assert importlib.import_module(f"twin.cli.{name}").__doc__


def test_version() -> None:
    answer = twin("--version")

    assert answer.out.startswith("line-twin 0.")
    assert answer.code == 0


def test_every_problem_of_the_input_is_a_line_on_standard_error(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("line: wrong\nstations:\n  press: {cycle: 12 sek, machins: 2}\n", encoding="utf-8")

    answer = twin("run", file)

    assert answer.code == 2
    assert answer.out == ""
    problems = answer.err.splitlines()
    assert len(problems) == 2
    assert all(problem.startswith(f"{file}:3 ") for problem in problems)


def test_it_starts_as_a_module_and_leaves_with_a_code_and_no_traceback() -> None:
    done = started("check", "ceiling_tilse")

    assert done.returncode == 2
    assert done.stderr == 'there is no line "ceiling_tilse"; did you mean ceiling_tiles?\n'


EVERY_WAY_TO_PRINT = [("schema",), ("check", "ceiling_tiles"), ("--help",), ("lines", "--json")]


@pytest.mark.parametrize("arguments", EVERY_WAY_TO_PRINT)
def test_a_closed_pipe_is_quiet(arguments: tuple[str, ...]) -> None:
    done = started(*arguments, closed=True)

    assert (done.returncode, done.stderr) == (show.PIPE_CLOSED, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("arguments", EVERY_WAY_TO_PRINT)
def test_an_output_without_room_is_one_sentence(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([*TWIN, *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 2
    assert done.stderr.decode().startswith("standard output: No space left on device")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes files otherwise there")
def test_a_closed_output_is_quiet() -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m twin schema >&-'], cwd=ROOT, capture_output=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="a program is asked to end otherwise there")
def test_a_program_asked_to_end_leaves_no_half_written_file(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    long = ["run", "three_stations", "--replications", "1", "--horizon", "60 shifts", "--engine", "compiled"]
    with subprocess.Popen([*TWIN, *long, "--trace", str(trace)], cwd=ROOT, stderr=subprocess.PIPE) as process:
        while process.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=10)

    assert (process.returncode, said) == (show.ENDED, b"")
    assert not list(tmp_path.iterdir())
