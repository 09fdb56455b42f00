"""Tests of the helper that plays the documentation's commands."""

from __future__ import annotations

import pytest

from support.transcripts import Step, apply_diff, blocks, commands, lasting, renew

PAGE = """Text.

```console
$ twin run a
one
two
$ twin check a
```
"""


def test_a_console_block_is_split_into_commands_and_their_output() -> None:
    (block,) = blocks(PAGE)

    assert list(commands(block)) == [("twin run a", "one\ntwo"), ("twin check a", "")]


def test_a_diff_replaces_the_lines_it_marks() -> None:
    assert apply_diff("a\nb\nc\n", " a\n-b\n+B\n") == "a\nB\nc\n"


@pytest.mark.parametrize("text", ["x\n", "b\nb\n"])
def test_a_diff_that_does_not_fit_once_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="times"):
        apply_diff(text, "-b\n+B\n")


def test_an_output_is_renewed_only_where_one_is_shown() -> None:
    steps = [Step("twin run a", "one\ntwo", "three"), Step("twin check a", "", "new")]

    assert renew(PAGE, steps) == PAGE.replace("one\ntwo", "three")


def test_the_same_command_twice_is_renewed_each_in_its_place() -> None:
    page = "$ twin run a\n…\n$ twin run a\n…\n"
    steps = [Step("twin run a", "…", "first"), Step("twin run a", "…", "second")]

    assert renew(page, steps) == "$ twin run a\nfirst\n$ twin run a\nsecond\n"


def test_run_time_and_digest_do_not_last() -> None:
    assert lasting("seed 7, 0.9 s") == lasting("seed 7, 12 min")
    assert lasting("digest 0123456789abcdef") == lasting("digest fedcba9876543210")
    assert lasting("41 min") != lasting("42 min")
