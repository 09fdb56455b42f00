from __future__ import annotations

import os
from pathlib import Path

import pytest

import lines
from support.program import twin
from twin.cli.resolve import line_of, line_path, output_file, site_of, times_of
from twin.errors import InputError
from twin.line.work_calendar import Shifts

HOUR = 3600.0
ALWAYS = Shifts()
DAY_SHIFT = Shifts(pattern="1x8", days="mon-fri")


def test_a_line_is_a_name_or_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text("line: mine\nstations: {press: {cycle: 1 s}}\n", encoding="utf-8")

    assert line_path("three_stations") == lines.path("three_stations")
    assert line_of("mine").line == "mine"
    assert line_of(str(tmp_path / "mine")).line == "mine"
    assert site_of("france").country == "France"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("three_station", "did you mean three_stations"),
        ("missing.yaml", "missing.yaml: there is no such line file"),
        ("./missing", "missing: there is no such line file"),
        ("my_line", 'there is no line "my_line"; did you mean my_line.yaml?'),
        (".", "this is a folder; name a line file in it"),
    ],
)
def test_what_is_no_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, said: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_line.yaml").write_text("line: mine\n", encoding="utf-8")

    with pytest.raises(InputError, match=said):
        line_of(named)


def test_a_site_is_refused_as_a_site() -> None:
    with pytest.raises(InputError, match=r"\.\./x: there is no such site file"):
        site_of("../x")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--replications", "0"), "--replications 0: write a whole number, 1 or more"),
        (("--replications", "100001"), "--replications 100001: write 100,000 at most"),
        (("--replications", "many"), "--replications many: write a whole number, 1 or more"),
        (("--workers", "0"), "--workers 0: write a whole number, 1 or more"),
        (("--seed", "-1"), "--seed -1: write a whole number, 0 or more"),
        (("--engine", "foo"), '--engine: there is no engine "foo"; write auto, simpy or compiled'),
        (("--options", "manual,cells"), "--options manual,cells: one level here; twin compare takes several"),
    ],
)
def test_what_an_option_cannot_mean_is_told_in_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    answer = twin("run", "three_stations", *arguments)

    assert (answer.code, answer.out, answer.err) == (2, "", f"{said}\n")


@pytest.mark.parametrize(
    ("horizon", "said"),
    [
        ("1000 yr", '--horizon: "1000 yr" is too long; write a time of less than 100 years in all'),
        ("999999999 shifts", '--horizon: "999999999 shifts" is too long'),
        (
            "1.5 shifts",
            '--horizon: "1.5 shifts" are no whole shifts; write 1 shift or 2 shifts, or a time such as 12 h',
        ),
    ],
)
def test_the_reason_is_the_true_one(horizon: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        times_of(ALWAYS, horizon, None)

    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("shifts", "horizon", "warmup", "hours"),
    [
        (ALWAYS, "20 shifts", None, (160, 8)),
        (ALWAYS, "100 h", "none", (100, 0)),
        (ALWAYS, "100 h", "0", (100, 0)),
        (ALWAYS, "2 d", "90 min", (48, 1.5)),
        # Monday 06:00 to 14:00 is the warm-up; the fifth shift after it ends a week later.
        (DAY_SHIFT, "5 shifts", None, (168, 14)),
        (DAY_SHIFT, "1 shift", "none", (14, 0)),
        (DAY_SHIFT, "5shifts", "0 s", (4 * 24 + 14, 0)),
    ],
)
def test_times_are_times_or_shifts_worked(
    shifts: Shifts, horizon: str, warmup: str | None, hours: tuple[float, float]
) -> None:
    assert times_of(shifts, horizon, warmup) == (hours[0] * HOUR, hours[1] * HOUR)


def test_both_times_are_named_if_both_are_wrong() -> None:
    with pytest.raises(InputError) as error:
        times_of(ALWAYS, "12 sek", "soon")

    assert [problem.split(":")[0] for problem in error.value.problems] == ["--warmup", "--horizon"]


@pytest.mark.parametrize("horizon", ["0 h", "0 shifts"])
def test_no_time_to_measure_is_refused(horizon: str) -> None:
    with pytest.raises(InputError, match="no time to measure"):
        times_of(ALWAYS, horizon, None)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("line.csv", "--trace line.csv: this file is read, and would be written over; name a file that ends in .csv"),
        ("link.csv", "this file is read"),
        (".", "this is a folder"),
        (os.devnull, "this is no regular file"),
        ("trace.txt", "a name here ends in .csv; write trace.csv"),
        ("nowhere/trace.csv", "there is no folder nowhere"),
        (f"{'long' * 100}.csv", "cannot be written"),
    ],
)
def test_a_file_that_had_better_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("line.csv").write_text("line: mine\n", encoding="utf-8")
    Path("link.csv").symlink_to("line.csv")

    with pytest.raises(InputError) as error:
        output_file(Path(file), ".csv", Path("line.csv"), option="--trace")

    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_the_right_suffix_may_be_written_over(tmp_path: Path) -> None:
    old = tmp_path / "trace.CSV"
    old.write_text("old", encoding="utf-8")

    output_file(old, ".csv", tmp_path / "line.yaml")


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(InputError, match="may not be written to"):
        output_file(tmp_path / "trace.csv", ".csv")
