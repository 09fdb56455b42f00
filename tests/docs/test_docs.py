"""The documentation does what it says: pages are current, commands run, code works, links lead somewhere."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from typing import TYPE_CHECKING

import pytest

from support.pages import PAGES, ROOT
from support.transcripts import blocks, commands, lasting, play, run_twin
from twin.cli.app import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
PACKAGES = ("twin", "lines", "connectors", "dashboards")


def name(path: Path) -> str:
    """Say how a document is called in the report of a test."""
    return str(path.relative_to(ROOT))


def documents_with(kind: str) -> list[Path]:
    """List the documents that hold a block of a kind."""
    return [path for path in DOCUMENTS if any(block.info[0] == kind for block in blocks(path.read_text("utf-8")))]


def modules() -> list[str]:
    """List every module of every package, by its full name."""
    found = []
    for package in PACKAGES:
        paths = importlib.import_module(package).__path__
        found += [package, *(module.name for module in pkgutil.walk_packages(paths, f"{package}."))]
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_written_from_the_code_is_current(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == PAGES[path](), "run `make docs`"


def test_every_command_has_a_file_of_its_name_and_a_page() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text("utf-8")

    assert [command for command in COMMANDS if not (ROOT / f"twin/cli/{command}.py").is_file()] == []
    assert [command for command in COMMANDS if f"\n## twin {command}\n" not in page] == []


def test_the_picture_of_the_readme_is_current(tmp_path: Path) -> None:
    run_twin("twin check ceiling_tiles --draw ceiling_tiles.svg", tmp_path)

    assert (ROOT / "docs/ceiling_tiles.svg").read_bytes() == (tmp_path / "ceiling_tiles.svg").read_bytes(), "make docs"


def test_the_picture_of_who_did_what_when_is_current(tmp_path: Path) -> None:
    run_twin('twin run ceiling_tiles --until "90 min" --gantt start.svg', tmp_path)

    assert (ROOT / "docs/how-to/find-out-why.svg").read_bytes() == (tmp_path / "start.svg").read_bytes(), "make docs"


@pytest.mark.parametrize("path", documents_with("console"), ids=name)
def test_the_commands_of_a_document_print_what_it_shows(path: Path, tmp_path: Path) -> None:
    for step in play(path.read_text("utf-8"), tmp_path):
        if step.shown:
            assert lasting(step.printed) == lasting(step.shown), f"$ {step.command}: run `make docs`"


@pytest.mark.parametrize("path", documents_with("console"), ids=name)
def test_every_make_target_shown_exists(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    shown = [command for block in blocks(path.read_text("utf-8")) for command, _ in commands(block)]
    targets = [word for command in shown if command.startswith("make ") for word in command.split()[1:]]

    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("path", documents_with("python"), ids=name)
def test_the_python_of_a_document_runs(path: Path) -> None:
    namespace: dict[str, object] = {"__name__": "document"}

    for block in blocks(path.read_text("utf-8")):
        if block.info == ("python",):
            exec(compile(block.body, str(path), "exec"), namespace)  # noqa: S102 -- the documents are our own


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    links = LINK.findall(path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("module", modules())
def test_the_examples_of_a_docstring_run(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0
