from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from support.program import twin
from twin.cli import show
from twin.cli.app import COMMANDS

ROOT = Path(__file__).parents[3]


def started(*arguments: str, closed: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `python -m twin` in a process of its own, its output read by nobody if `closed`."""
    command = [sys.executable, "-m", "twin", *arguments]
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "Did you mean 'run'"),
        (["run", "three_stations", "--horzon", "1 h"], "--horizon"),
        (["run"], "LINE"),
        (["run", "three_stations", "--replications", "0"], "--replications"),
    ],
)
def test_a_slip_on_the_command_line_is_answered_with_what_is_right(arguments: list[str], said: str) -> None:
    answer = twin(*arguments)

    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


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


@pytest.mark.parametrize("arguments", [("schema",), ("check", "ceiling_tiles"), ("--help",)])
def test_a_closed_pipe_is_quiet(arguments: tuple[str, ...]) -> None:
    done = started(*arguments, closed=True)

    assert done.stderr == ""
    assert done.returncode in {1, show.PIPE_CLOSED}
