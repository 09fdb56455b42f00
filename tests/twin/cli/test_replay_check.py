from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from support.machine_logs import LINE, MAPPING, REAL_LINE, REAL_MAP, real_log, write
from support.program import Answer, twin

if TYPE_CHECKING:
    from pathlib import Path

UNSEEN = 'states that the mapping does not know (s): "idle" (1 row).'


def check(folder: Path, rows: tuple[str, ...] | None = None, mapping: str = MAPPING) -> Answer:
    log = write(folder / "log.csv") if rows is None else write(folder / "log.csv", rows)
    (folder / "line.yaml").write_text(LINE)
    (folder / "map.yaml").write_text(mapping)
    return twin("replay", log, "--map", folder / "map.yaml", "--line", folder / "line.yaml", "--check")


def test_a_log_is_shown_by_state_and_by_product(tmp_path: Path) -> None:
    answer = check(tmp_path)
    assert answer.code == 0
    cells = [line.split() for line in answer.out.splitlines()]
    assert ["press", "1", "down", "jam", "0.03", "0.500"] in cells
    assert ["press", "1", "running", "–", "0.02", "3.500"] in cells
    assert ["press", "1", "off", "shift", "no", "row", "0.03", "–"] in cells
    assert ["press", "1", "bracket", "5", "1", "0"] in cells
    assert ["weld", "1", "plate", "2", "0", "0"] in cells
    assert "log.csv: 5 rows, all used." in answer.sentence


def test_what_is_not_used_is_said(tmp_path: Path) -> None:
    answer = check(tmp_path, ("2024-05-06 06:00,P1,run,60,5,1,3.5,,", "2024-05-06 06:01,P1,idle,60,5,1,3.5,,"))
    said = " ".join(answer.out.split())
    assert "2 rows, 1 used, 1 not used." in said
    assert UNSEEN in said
    assert "Machine W is not in the log." in said


def test_a_mapping_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    answer = check(tmp_path, mapping=MAPPING.replace("[P1, P2], weld: [W]", "[A, B]"))
    assert (answer.code, answer.out) == (2, "")
    assert 'no row is of a machine that the mapping knows ("A", "B"); the log has "P1" (3 rows)' in answer.err


def test_a_trace_has_no_mapping_to_check(tmp_path: Path) -> None:
    answer = twin("replay", tmp_path / "trace.csv", "--line", "three_stations", "--check")
    assert answer.code == 2
    assert "--check: is for a machine log; name its mapping, --map MAP.yaml" in answer.err


def test_the_three_machines_are_shown_as_pandas_finds_them() -> None:
    path = real_log()
    out = twin("replay", path, "--map", REAL_MAP, "--line", REAL_LINE, "--check").out
    cells = [line.split() for line in out.splitlines()]
    frame = pd.read_csv(path)
    frame["energy"] = frame["power_avg"] * frame["status_time"]
    shown = {1: ("running", "manual"), 2: ("running", "automatic"), 3: ("down", "alarm")}
    for (asset, status), row in frame.groupby(["asset", "status"])[["status_time", "energy"]].sum().iterrows():  # type: ignore[misc]
        hours, power = row["status_time"] / 3600, row["energy"] / row["status_time"]
        assert [f"machine_{asset}", "1", *shown[int(status)], f"{hours:.2f}", f"{power:.3f}"] in cells


@pytest.mark.parametrize("option", ["--start", "--map"])
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, option: str) -> None:
    log = write(tmp_path / "log.csv")
    (tmp_path / "map.yaml").write_text(MAPPING)
    value = "2026-11-23" if option == "--start" else tmp_path / "nowhere.yaml"
    known = ("--map", tmp_path / "map.yaml") if option == "--start" else ()
    answer = twin("replay", log, "--line", "three_stations", *known, option, value)
    assert answer.code == 2
    assert answer.err.startswith("--start: a machine log brings" if option == "--start" else str(value))
