from __future__ import annotations

import pytest

from support.program import twin


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "twin rnu: there is no such command; did you mean run?"),
        (["z"], "twin z: there is no such command; write lines, new, check, fit, run, explain, compare, plant, ..."),
        (["run"], "twin run: name a line, such as ceiling_tiles, or a file"),
        (["live", "x"], "twin live: write --mqtt mqtt://HOST, the address of the broker"),
        (["new"], "twin new: name the line to write, such as my_line"),
        (["run", "x", "--horzon", "1 h"], "--horzon: there is no such option of twin run; did you mean --horizon?"),
        (["run", "x", "--zzz"], "--zzz: there is no such option of twin run; twin run --help lists them"),
        (["--nope"], "--nope: there is no such option of twin; twin --help lists them"),
        (["run", "x", "--horizon"], "--horizon: write a value after it"),
        (["run", "x", "--json=3"], "--json: it takes no value; write it alone"),
        (["run", "x", "100", "h"], "twin run: 100 h is too much; leave it out, or quote what has spaces"),
    ],
)
def test_a_slip_on_the_command_line_is_answered_with_what_is_right(arguments: list[str], said: str) -> None:
    answer = twin(*arguments)

    assert (answer.code, answer.out, answer.err) == (2, "", f"{said}\n")


def test_the_program_alone_shows_its_help() -> None:
    answer = twin()

    assert answer.code == 2
    assert answer.err.startswith("Usage: twin")
