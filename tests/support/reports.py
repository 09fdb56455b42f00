"""Reports to test, of lines simulated briefly, and their text as a reader finds it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from support.press_file import PRESS_FILE, SHORT
from support.program import twin

if TYPE_CHECKING:
    from pathlib import Path

NO_LEVELS = "\n".join(PRESS_FILE.partition("levels:")[0].splitlines()[:-2])
TILES = ("--horizon", "2 h", "--warmup", "none", "--replications", "3", "--engine", "simpy")

BRIEF = ("--horizon", "10 min", "--warmup", "none", "--replications", "2", "--engine", "simpy")
MANY = 24


def long_line() -> str:
    """Return a line of more stations, levels, options and sources than the report has room for."""
    names = [f"station_{place:02}" for place in range(MANY)]
    option = "{label: A robot with a camera and a gripper that changes by itself, crew: {}, capex: 250 kEUR}"
    return "\n".join([
        "line: long",
        "title: A line whose title is rather longer than the head of a page has room for",
        "product: {unit: piece, demand_per_year: 600000}",
        "shifts: {pattern: continuous}",
        f"operators: {{operator_by_day: {MANY}, technician: 2}}",
        "stations:",
        *(f"  {name}: {{label: Station number {place}, cycle: 10 s, crew: {{operator_by_day: 1}}, capex: 100 kEUR,"
          f" automation: {{robot: {option}, cobot: {option}}}}}" for place, name in enumerate(names)),
        "levels:",
        "  manual: {}",
        *(f"  level_{count}: {{{', '.join(f'{name}: robot' for name in names[:3 * count])}}}" for count in range(1, 8)),
        "route:",
        *(f"  - {{from: {one}, to: {two}, buffer: 5}}" for one, two in pairwise([*names, "out"]) if two != "out"),
        f"  - {{from: {names[-1]}, to: out}}",
        "basis:",
        *(f'  stations.{name}: "fitted to {40 + place} reports of a log by maximum likelihood, p = 0.{place + 10}"'
          for place, name in enumerate(names)),
    ])  # fmt: skip


ASKED: dict[str, tuple[str, ...]] = {
    "tiles": ("ceiling_tiles", *TILES, "--against", "china"),
    "against": ("{line}", *SHORT, "--against", "china"),
    "alone": ("{line}", *SHORT),
    "one_run": ("{line}", *SHORT, "--replications", "1", "--against", "china"),
    "long": ("{long}", *BRIEF, "--against", "china"),
    "no_levels": ("{plain}", *SHORT, "--against", "china"),
}
"""Comparisons by what is odd about them; {line} has two levels, {plain} has none, {long} has more of all."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report and the document of the same comparison."""

    path: Path
    document: dict[str, Any]

    @property
    def html(self) -> str:
        """The file's text."""
        return self.path.read_text("utf-8")

    def text(self, name: str = "main") -> str:
        """The words within an element, or within what has an id, on one line with plain spaces."""
        return read(self.html).text(name)

    def table(self, name: str) -> list[list[str]]:
        """The cells of the table with an id, row by row."""
        return read(self.html).tables[name]


def made(folder: Path, asked: str) -> Report:
    """Compare, and return what was written."""
    files = {"line": PRESS_FILE, "plain": NO_LEVELS, "long": long_line()}
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    arguments = [word.format(**{name: folder / f"{name}.yaml" for name in files}) for word in ASKED[asked]]
    path = folder / f"{asked}.html"
    answer = twin("compare", *arguments, "--report", path, "--json")
    assert answer.code == 0, answer.err
    return Report(path, json.loads(answer.out))


@dataclass
class _Reader(HTMLParser):
    """Collects the words by element and by id, and the cells of tables by their id."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    _open: list[tuple[str, str | None]] = field(default_factory=list)
    _table: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        self.links += [value or "" for key, value in attrs if key in {"src", "href", "srcset", "action", "data"}]
        if tag == "table":
            self._table = self.tables.setdefault(named.get("id") or f"table {len(self.tables)}", [])
        if tag == "tr":
            self._table.append([])
        if tag in {"td", "th"}:
            self._table[-1].append("")
        if tag not in {"meta", "link", "br", "img"}:
            self._open.append((tag, named.get("id")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        plain = data.replace("\u00a0", " ")
        tags = [tag for tag, _ in self._open]
        if any(tag in {"td", "th"} for tag in tags):
            self._table[-1][-1] += plain
        for name in {name for pair in self._open for name in pair if name}:
            self.words.setdefault(name, []).append(plain)

    def text(self, name: str) -> str:
        return " ".join("".join(self.words.get(name, [])).split())


def read(html: str) -> _Reader:
    """Parse a page."""
    reader = _Reader()
    reader.feed(html)
    return reader
