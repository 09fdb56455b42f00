"""The ground: what is installed, what starts, and what the files of the project do not say."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
PIN = re.compile(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.]*)")
PINS = {
    canonicalize_name(match[1]): match[2]
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if (match := PIN.fullmatch(line))
}
HEAVY = {"grafana_api", "influxdb_client", "numba", "numpy", "paho", "pandas", "pint", "scipy", "simpy"}
TEXT = {".md", ".py", ".toml", ".txt", ".yaml", ".yml", ".json", ".csv", ".svg", ""}


def project_files() -> list[Path]:
    """Every text file of the project, as far as it is not made by a tool."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    names = tracked.stdout.split("\0") if tracked.returncode == 0 else []
    return [path for name in names if name and (path := ROOT / name).is_file() and path.suffix in TEXT]


def test_constraints_hold_names_and_versions_alone() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#") and not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("requirement", PROJECT["dependencies"] + EXTRAS)
def test_every_requirement_is_pinned_to_a_version_it_admits(requirement: str) -> None:
    wanted = Requirement(requirement)

    assert wanted.specifier.contains(PINS[canonicalize_name(wanted.name)])


def test_every_package_pinned_and_installed_has_the_pinned_version() -> None:
    installed = {}
    for name in PINS:
        try:
            installed[name] = version(name).removeprefix("v")
        except PackageNotFoundError:
            continue

    assert installed == {name: PINS[name] for name in installed}


def test_help_loads_nothing_heavy() -> None:
    report = "import atexit, sys; atexit.register(lambda: print('loaded', *sorted(sys.modules)))"
    start = "sys.argv = ['twin', '--help']; from twin.cli.app import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", f"{report}; {start}"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8"
    )

    loaded = set(done.stdout.splitlines()[-1].split())
    assert "twin.cli.app" in loaded
    assert loaded & HEAVY == set()


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")

    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in project_files()
        if (match := place.search(path.read_text(encoding="utf-8")))
    ]

    assert found == []


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()

    assert [name for name in targets if not re.search(rf"^{name}:.*## \w", makefile, re.MULTILINE)] == []
