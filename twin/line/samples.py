"""Samples of a fitted line's numbers: what else they might have been, had the log been another from the same plant.

Beside a fitted line NAME.yaml stands NAME.samples.csv: the first row names paths of the line, an edge by its name
(`stations.press.cycle.lognormal.mean`, `route.press->weld.probability`), and every further row is one draw of all these
numbers together, each written as in the line file ("12.3 min", "0.97").
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from twin.errors import InputError
from twin.line.checks import RULES
from twin.line.line import Line
from twin.line.load import sentence
from twin.line.names import nearest, path_text
from twin.line.route_checks import TOLERANCE, stations_are_reached
from twin.units import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_BYTES = 50_000_000
"""A thousand samples of a large line are below this; a larger file holds something else."""

FEWEST = 2
"""Fewer samples say nothing of how far a number may be off."""

ROUNDING = 1e-3
"""Probabilities written in few digits may miss 1 by this in their sum; they are then scaled to it."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Draws of a fitted line's numbers.

    Attributes
    ----------
    file
        Where they stand, for messages.
    paths
        Where in the line each number belongs.
    rows
        One a draw: the numbers as written, by path.
    """

    file: str
    paths: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        """How many draws there are."""
        return len(self.rows)

    def apply(self, line: Line, i: int) -> Line:
        """Return the line with the numbers of draw `i` (from 0) in place of its own.

        A station may be out of reach in it: a rare way to it was then not seen in that draw.

        Raises
        ------
        InputError
            If a path leads to no value of the line, or the line is none with these numbers; all that is wrong is said.
        """
        touched = {path.partition(".")[0] for path in self.paths} & set(type(line).model_fields)
        written = line.model_dump(exclude_unset=True, include=touched, exclude={"source": {"orders": {"book"}}})
        if "source" in written and line.source.orders is not None:
            written["source"]["orders"]["book"] = (
                line.source.orders.book
            )  # no numbers of it are fitted, and it may be long
        ways = _by_name(line, written)
        lost = [
            path
            for path, value in zip(self.paths, self.rows[i], strict=True)
            if not _put({**written, "route": ways}, path, value)
        ]
        if lost:
            whole = line.model_dump(exclude_unset=True, exclude={"basis"})
            known = list(_leaves({**whole, "route": _by_name(line, whole)}, ""))
            raise InputError(
                *(f"{self.file}:1 no single value of the line is at {nearest(path, known)}" for path in lost)
            )
        _scale_probabilities(ways)
        rest = {name: getattr(line, name) for name in line.model_fields_set - touched}
        return self._validated({**rest, **written}, i, [{"from": edge.from_, "to": edge.to} for edge in line.route])

    def _validated(self, written: dict[str, Any], i: int, ways: list[dict[str, str]]) -> Line:
        try:
            line = Line.model_validate(written)
            wrong = [problem for rule in RULES if rule is not stations_are_reached for problem in rule(line)]
        except ValidationError as error:
            wrong = [(each["loc"], sentence(each, Line)) for each in error.errors(include_url=False)]  # type: ignore[misc]
        if wrong:
            raise InputError(*(f"{self.file}:{i + 2} {path_text(place, ways)}: {text}" for place, text in wrong))
        return line


def samples_path(line: Path) -> Path:
    """Return where the samples of a line file stand: NAME.samples.csv beside NAME.yaml."""
    return line.with_name(f"{line.stem}.samples.csv")


def write_samples(line: Path, paths: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write samples beside a line file, whole or not at all, and return where.

    Parameters
    ----------
    line
        The line file.
    paths
        Where in the line each number belongs.
    rows
        One a draw: the numbers by path, each as it would be written in the line file.

    Raises
    ------
    InputError
        As `load_samples`, or if the file cannot be written.
    """
    target = samples_path(line)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(paths), *rows])
    _read(text.getvalue(), str(target))
    half = target.with_name(f"{target.name}.part")
    try:
        half.write_text(text.getvalue(), encoding="utf-8", newline="")
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise InputError(f"{target}: cannot be written ({error.strerror}); name another place for the line") from None
    return target


def load_samples(line: Path) -> Samples | None:
    """Read the samples beside a line file; None where there are none.

    Raises
    ------
    InputError
        If the file cannot be read, or is no table of at least two samples with one value a path.
    """
    path = samples_path(line)
    if not path.exists():
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: is larger than {MOST_BYTES:,} bytes; write fewer samples")
        return _read(path.read_bytes().decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or 'cannot be read').lower()}; make it readable") from None


def _read(text: str, file: str) -> Samples:
    try:
        rows = [tuple(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text), strict=True)]
    except csv.Error as error:
        raise InputError(f"{file}: not CSV: {error}; write values parted by commas") from None
    while rows and not any(rows[-1]):  # an empty line at the end of a file is nobody's slip
        rows.pop()
    if len(rows) <= FEWEST:
        raise InputError(
            f"{file}: holds fewer than {FEWEST} samples; write the paths in the first row and a sample in each "
            "row below, or delete the file"
        )
    problems = list(_unfit(rows, file))
    if problems:
        raise InputError(*problems)
    return Samples(file, rows[0], tuple(rows[1:]))


def _unfit(rows: list[tuple[str, ...]], file: str) -> Iterator[str]:
    """Yield what is wrong with a table: one value a path, and each path once."""
    paths = rows[0]
    for path in dict.fromkeys(path for path in paths if paths.count(path) > 1):
        yield f'{file}:1 "{path}": the path stands there {paths.count(path)} times; write it once'
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(paths):
            yield f"{file}:{number}: {len(row)} values for {len(paths)} paths; write one a path"
        else:
            empty = [path for path, cell in zip(paths, row, strict=True) if not cell]
            yield from (f"{file}:{number} {path}: no value; write it as in the line file" for path in empty)


def _put(tree: dict[str, Any], path: str, value: str) -> bool:
    """Put a value in its place in what a line holds as written; False where no single value stands there."""
    *around, last = path.split(".")
    holder: object = tree
    for key in around:
        holder = holder.get(_key(holder, key)) if isinstance(holder, dict) else None
    if not isinstance(holder, dict) or isinstance(holder.get(_key(holder, last)), dict | list | tuple | None):
        return False
    holder[_key(holder, last)] = value
    return True


def _key(holder: dict[Any, Any], text: str) -> object:
    """Return the key that is written so; those of a table by number of pieces are numbers."""
    return int(text) if text.isdecimal() and int(text) in holder else text


def _by_name(line: Line, written: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the edges of what a line holds as written, if they are in it, by their names."""
    return {edge.name: way for edge, way in zip(line.route, written.get("route", ()), strict=False)}


def _leaves(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
    elif not isinstance(value, list | tuple) and value is not None:
        yield path


def _scale_probabilities(ways: dict[str, dict[str, Any]]) -> None:
    """Scale the probabilities of the ways out of a station whose sum misses 1 by no more than their rounding."""
    by_station: dict[str, list[dict[str, Any]]] = {}
    for name, edge in ways.items():
        by_station.setdefault(name.partition("->")[0], []).append(edge)
    for edges in by_station.values():
        given = [edge for edge in edges if edge.get("probability") is not None]
        try:
            shares = [share(edge["probability"]) for edge in given]
        except InputError:
            continue  # said when the line is validated
        total = sum(shares)
        if TOLERANCE < abs(total - 1) <= ROUNDING and (len(given) == len(edges) or total > 1):
            for edge, one in zip(given, shares, strict=True):
                edge["probability"] = one / total
