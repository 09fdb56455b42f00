"""The exact solver reproduces the stored exact lines, and what can be worked out on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.markov import OUT, Edge, Station, serial, solve

CASES = json.loads((Path(__file__).parent / "exact_lines.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_stored_line_is_reproduced(case: dict[str, Any]) -> None:
    steady = serial([Station(**station) for station in case["stations"]], case["buffers"])

    for name, expected in case["expected"].items():
        assert getattr(steady, name) == pytest.approx(expected, abs=1e-9), name


def test_branches_without_blocking_share_the_flow() -> None:
    """One machine of rate 1 sends 1 in 4 to the first branch; a loss of 1 in 10 lies before: 0.9 leave."""
    stations = [Station(1.0, scrap=0.1), Station(0.01), Station(0.01)]

    steady = solve(stations, [Edge(0, 1, 40, 0.25), Edge(0, 2, 40, 0.75), Edge(1, OUT), Edge(2, OUT)])

    assert steady.throughput == pytest.approx(0.9, abs=1e-9)
    assert steady.processing == pytest.approx([1.0, 0.9 * 0.25 * 0.01, 0.9 * 0.75 * 0.01], abs=1e-9)


def test_a_lone_machine_on_the_calendar_clock_is_available_as_mtbf_to_cycle() -> None:
    """Never blocked nor starved: up mtbf / (mtbf + mttr) = 18 / 20 of the time."""
    steady = serial([Station(1.0, 1, 18.0, 2.0, "calendar")], [])

    assert steady.throughput == pytest.approx(0.9, abs=1e-12)
    assert steady.down == pytest.approx([0.1], abs=1e-12)
