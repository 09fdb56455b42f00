"""The engine's long-run means are those of the stored exact lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.chains import check_steady, serial_edges, to_scenario
from support.markov import Station, Steady

CASES = json.loads((Path(__file__).parent / "exact_lines.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_engine_runs_every_stored_line(case: dict[str, Any]) -> None:
    stations = [Station(**station) for station in case["stations"]]
    scenario = to_scenario(stations, serial_edges(len(stations), case["buffers"]))

    check_steady(scenario, Steady(**case["expected"]), horizon=100_000.0)
