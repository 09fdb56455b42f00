"""Errors: what a person is told."""

from __future__ import annotations

import subprocess
import sys

import pytest

import twin
from twin.errors import Defect, InputError, TwinError


def test_input_error_keeps_each_problem_and_prints_one_a_line() -> None:
    error = InputError("x.yaml:3 a: found; write b", "x.yaml:9 c: found; write d")

    assert error.problems == ("x.yaml:3 a: found; write b", "x.yaml:9 c: found; write d")
    assert str(error) == "x.yaml:3 a: found; write b\nx.yaml:9 c: found; write d"


@pytest.mark.parametrize("kind", [InputError, Defect])
def test_every_family_is_a_twin_error(kind: type[TwinError]) -> None:
    with pytest.raises(TwinError, match="what is wrong"):
        raise kind("what is wrong")


def test_the_package_knows_no_name_it_does_not_have() -> None:
    with pytest.raises(AttributeError, match="'twin' has no attribute 'absent'"):
        twin.absent  # type: ignore[attr-defined]  # noqa: B018 -- the access is the test


@pytest.mark.parametrize("module", ["twin", "twin.units", "twin.line.distributions", "twin.line.work_calendar"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    heavy = "pandas", "scipy", "numba", "pint", "simpy"
    program = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"

    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert shown.stdout.split() == []
