"""A production log as rows of text, and the same log told otherwise: hours later, renamed, shuffled, doubled."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.log_mapping import LogMapping
from connectors.production_log import read_log
from support.plant_log import HEADER
from twin.calibration.cleaning import station_name
from twin.calibration.estimate import choose_laws, line_document
from twin.calibration.samples import sampled
from twin.calibration.structure import structure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from twin.calibration.log import Log

Rows = tuple[tuple[str, ...], ...]
ORDER, STATION, WORKER, START, END = range(5)
"""Columns of `HEADER`, which is also the real log's."""


class Table(NamedTuple):
    """A log: its mapping, and its rows, the names of the columns first."""

    mapping: LogMapping
    rows: Rows


class Fitted(NamedTuple):
    """What a log says of a plant: the line as YAML has it, and draws of its numbers."""

    document: dict[str, Any]
    paths: tuple[str, ...]
    samples: list[tuple[str, ...]]


def read_rows(path: Path) -> Rows:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = tuple(tuple(row) for row in csv.reader(file))
    assert rows[0] == HEADER
    return rows


def log_of(table: Table, folder: Path) -> Log:
    """Return the log that is read from a table written as a file."""
    path = folder / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table.rows)
    return read_log(path, table.mapping)


def fitted(log: Log, until: float | None = None) -> Fitted:
    """Return the line of a log, with a few draws."""
    plant = structure_of(log, until)
    laws = choose_laws(plant, samples=0)
    return Fitted(line_document(plant, laws), *sampled(plant, laws, 5))


def later(table: Table, hours: int) -> Table:
    """Return a log with all times so many hours later."""

    def moved(stamp: str) -> str:
        return (datetime.fromisoformat(stamp) + timedelta(hours=hours)).isoformat()

    return _each(table, lambda row: (*row[:START], moved(row[START]), moved(row[END]), *row[END + 1 :]))


def shuffled(table: Table, seed: int) -> Table:
    """Return a log with its rows in another order."""
    head, *rows = table.rows
    Random(seed).shuffle(rows)  # noqa: S311 -- rows, no secrets
    return table._replace(rows=(head, *rows))


def doubled(table: Table, every: int) -> Table:
    """Return a log in which one row of so many stands once more, at the end."""
    return table._replace(rows=(*table.rows, *table.rows[1::every]))


def renamed(table: Table, seed: int) -> tuple[Table, dict[str, str]]:
    """Return a log with other names for orders, operations and workers, and the new name of each station."""
    random = Random(seed)  # noqa: S311 -- as above
    held = {label: name for name, labels in table.mapping.stations.items() for label in labels}
    labels = sorted({row[STATION] for row in table.rows[1:]} | {*held})
    new = dict(zip(labels, random.sample([f"Other {i}" for i in range(100, 999)], len(labels)), strict=True))
    names = {held[label]: f"named_{new[label][-3:]}" for label in labels if label in held}
    names |= {station_name(label): station_name(new[label]) for label in labels if label not in held}
    orders = _others({row[ORDER] for row in table.rows[1:]}, "No ", random)
    workers = _others({row[WORKER] for row in table.rows[1:]}, "Who ", random) | {"": ""}
    rows = _each(table, lambda row: (orders[row[ORDER]], new[row[STATION]], workers[row[WORKER]], *row[START:]))
    return Table(_mapping_renamed(table.mapping, new, names), rows.rows), names


def document_renamed(document: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 -- as YAML has it
    """Return a line's description with other names for its stations, without labels."""
    if isinstance(document, dict):
        return {
            _name(key, names): value if key == "kind" else document_renamed(value, names)
            for key, value in document.items()
            if key != "label"
        }
    if isinstance(document, list):
        return [document_renamed(value, names) for value in document]
    return _name(document, names)


def path_renamed(path: str, names: dict[str, str]) -> str:
    """Return a path into a line with other names for its stations."""
    return ".".join("->".join(str(_name(end, names)) for end in step.split("->")) for step in path.split("."))


def _name(value: object, names: dict[str, str]) -> object:
    if isinstance(value, str) and value.startswith("operator_"):
        return f"operator_{_name(value.removeprefix('operator_'), names)}"
    return names.get(value, value) if isinstance(value, str) else value


def _each(table: Table, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Table:
    head, *rows = table.rows
    return table._replace(rows=(head, *map(change, rows)))


def _others(names: Iterable[str], begin: str, random: Random) -> dict[str, str]:
    known = sorted(names)
    numbers = random.sample(range(10_000, 99_999), len(known))
    return {name: f"{begin}{number}" for name, number in zip(known, numbers, strict=True)}


def _mapping_renamed(mapping: LogMapping, labels: dict[str, str], names: dict[str, str]) -> LogMapping:
    written = mapping.model_dump(exclude_unset=True)
    written["stations"] = {names[name]: [labels[label] for label in held] for name, held in mapping.stations.items()}
    for key in ("checks", "nominal", "finish", "inspection", "leave_out"):
        written[key] = [names[name] for name in getattr(mapping, key)]
    written["rework"]["stations"] = [names[name] for name in mapping.rework.stations]
    return LogMapping.model_validate(written)
