"""YAML as plain data with line numbers: mappings, lists and text, nothing that could run, grow or hide.

Every scalar stays text, so that `12 s`, `1e-3` and `no` mean what the model says, not what YAML guesses. The tree is
built from libyaml's stream of events and not by its recursive composer, which a deeply nested text can bring down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from twin.errors import InputError
from twin.line.names import Place, Problem

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1_000_000
"""A line of thousands of stations is below this; a larger file is not a description."""

MOST_EXPANDED = 10_000
"""Values that aliases may repeat, all together."""

DEEPEST = 30

NULLS = ("", "~", "null", "Null", "NULL")

YAML_TAG = "tag:yaml.org,2002:"

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Value = str | dict[str, "Value"] | list["Value"] | None


@dataclass(slots=True)
class Tree:
    """What a YAML text holds: its data, the line of each place, and what is wrong with the text itself."""

    data: Value = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """Return the line (from 1) of a place, or of the nearest one around it that the text holds."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come: its place, what it holds so far, and how much that is."""

    place: Place
    holds: dict[str, Value] | list[Value]
    anchor: str | None
    key: str | None = None
    size: int = 1


def read_text(path: Path) -> str:
    """Return a description's text.

    Raises
    ------
    InputError
        If the file cannot be read, is larger than `MOST_BYTES` (seen before it is read), or is not UTF-8 text.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(
                f"{path}: the file has {size:,} bytes; a description has at most {MOST_BYTES:,}; "
                "name a line file in YAML, not a log or a recording"
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8 text; a description is a text file; save it as UTF-8"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or 'cannot be read').lower()}; name a line file in YAML") from None


def parse_yaml(text: str, name: str) -> Tree:
    """Return what a YAML text holds.

    Raises
    ------
    InputError
        If the text is not YAML, is empty, nests too deeply, or repeats itself without bound.
    """
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(
            f"{name}:{line}: not YAML: {error.problem or error.context}; write `key: value` lines, indented by spaces"
        ) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise InputError(
            f"{name}: holds control characters; a description is a text file; write `key: value` lines"
        ) from None
    if builder.tree.data is None:
        raise InputError(f"{name}: is empty; a description begins with `line: NAME`, then `stations:` and `route:`")
    return builder.tree


class _Builder:
    """Takes YAML events one by one and grows the tree."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tree = Tree()
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.expanded = 0
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self.open.pop()
            self._keep(done.holds, done.anchor, done.size)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._refuse(line, "a second document begins; a file describes one line; leave `---` out")

    def _refuse(self, line: int, text: str) -> None:
        raise InputError(f"{self.name}:{line}: {text}")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        around = self.open[-1] if self.open else None
        if around and isinstance(around.holds, dict) and around.key is None:
            self._key(around, event.value, line)
            return
        place = self._place(line)
        self._plain_only(event.tag, place)
        self._keep(None if not event.style and event.value in NULLS else event.value, event.anchor)

    def _key(self, around: _Open, key: str, line: int) -> None:
        place = (*around.place, key)
        if key in around.holds:
            first = self.tree.lines.get(place, line)
            text = f"the key is given twice, on lines {first} and {line}; a key is given once; leave one out"
            self.tree.problems.append(Problem(place, text))
        self.tree.lines[place] = line
        around.key = key

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, line: int) -> None:
        around = self.open[-1] if self.open else None
        if around and isinstance(around.holds, dict) and around.key is None:
            self._refuse(line, "a mapping or list stands where a key should; a key is a word; write `key: value`")
        if len(self.open) >= DEEPEST:
            self._refuse(line, f"more than {DEEPEST} levels of nesting; a description needs ten; write it flatter")
        place = self._place(line)
        self._plain_only(event.tag, place)
        self.open.append(_Open(place, {} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _alias(self, anchor: str, line: int) -> None:
        around = self.open[-1] if self.open else None
        if anchor not in self.anchors or (around and isinstance(around.holds, dict) and around.key is None):
            self._refuse(line, f"*{anchor} names no value that is complete here; write the value itself")
        value, size = self.anchors[anchor]
        self.expanded += size
        if self.expanded > MOST_EXPANDED:
            self._refuse(
                line, f"aliases repeat more than {MOST_EXPANDED:,} values; a description repeats few; write them out"
            )
        self._place(line)
        self._keep(value, None, size)

    def _plain_only(self, tag: str | None, place: Place) -> None:
        if tag is not None:
            shown = "!!" + tag.removeprefix(YAML_TAG) if tag.startswith(YAML_TAG) else tag
            text = f"the tag {shown} is refused; a description holds plain values; leave the tag out"
            self.tree.problems.append(Problem(place, text))

    def _place(self, line: int) -> Place:
        """Return where the next value stands, and note its line unless its key has."""
        if not self.open:
            return ()
        around = self.open[-1]
        if isinstance(around.holds, dict):
            return (*around.place, around.key or "")
        place = (*around.place, len(around.holds))
        self.tree.lines[place] = line
        return place

    def _keep(self, value: Value, anchor: str | None, size: int = 1) -> None:
        if anchor:
            self.anchors[anchor] = (value, size)
        if not self.open:
            self.tree.data = value
            return
        around = self.open[-1]
        around.size += size
        if isinstance(around.holds, list):
            around.holds.append(value)
        else:
            around.holds.setdefault(around.key or "", value)
            around.key = None
