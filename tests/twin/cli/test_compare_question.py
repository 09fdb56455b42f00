"""What `twin compare` is asked, and how it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.press_file import PRESS_FILE, line_file
from support.program import twin
from twin.cli.compare_question import _site_and_level, question
from twin.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("against", ["france", "france:cells"])
def test_a_site_is_not_compared_with_itself(tmp_path: Path, against: str) -> None:
    found = twin("compare", line_file(tmp_path), "--against", against)

    assert (found.code, found.err.strip()) == (2, f"--against {against}: it is --site already; name another site")


def test_a_colon_without_a_level_is_said_to_be_so(tmp_path: Path) -> None:
    found = twin("compare", line_file(tmp_path), "--against", "china:")

    assert found.code == 2
    assert found.err.strip() == "--against china: names no level after the colon; write china:LEVEL"


def test_a_level_named_twice_is_compared_once(tmp_path: Path) -> None:
    assert question(str(line_file(tmp_path)), options="manual,manual").levels == ("manual",)


def test_all_that_does_not_exist_is_named_at_once_with_the_nearest(tmp_path: Path) -> None:
    path = line_file(tmp_path)
    found = twin(
        "compare", path, "--options", "manul,cells", "--reference", "cell", "--site", "frence",
        "--against", "chin:sells", "--horizon", "2 hrs",
    )  # fmt: skip

    assert (found.code, found.out) == (2, "")
    problems = found.err.splitlines()
    assert problems[:5] == [
        'there is no site "frence"; did you mean france?',
        'there is no site "chin"; did you mean china?',
        '--options manul: pressing has no level "manul"; did you mean manual?',
        '--reference cell: pressing has no level "cell"; did you mean cells?',
        '--against chin:sells: pressing has no level "sells"; did you mean cells?',
    ]
    assert problems[5].startswith('--horizon: "2 hrs" is not a time')


def test_a_level_of_a_line_without_levels_is_refused_with_what_to_write(tmp_path: Path) -> None:
    found = twin("compare", line_file(tmp_path, PRESS_FILE.partition("levels:")[0]), "--options", "manual")

    assert (found.code, found.out) == (2, "")
    assert found.err.strip() == (
        '--options manual: pressing has no level "manual", nor any other; '
        "write levels: {manual: {}, automated: {press: cell}} in its file"
    )


def test_a_wage_that_a_site_does_not_know_is_asked_for_before_anything_runs(tmp_path: Path) -> None:
    path = line_file(tmp_path, PRESS_FILE.replace("technician: 1", "welder: 1"))

    with pytest.raises(InputError, match='site france: cost_per_hour_worked has no skill "welder"'):
        question(str(path))


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("china", ("china", None)),
        ("china:cells", ("china", "cells")),
        ("sites/far.yaml:cells", ("sites/far.yaml", "cells")),
        ("C:/sites/far.yaml", ("C:/sites/far.yaml", None)),
    ],
)
def test_a_site_may_name_its_level(written: str, parts: tuple[str, str | None]) -> None:
    assert _site_and_level(written) == parts


def test_a_time_without_a_shift_is_refused_before_anything_runs(tmp_path: Path) -> None:
    path = line_file(tmp_path)  # from 06:00 on Monday

    with pytest.raises(InputError, match='--horizon: no shift is worked in the "2 h" measured; measure longer'):
        question(str(path), horizon="2 h", warmup="none")
