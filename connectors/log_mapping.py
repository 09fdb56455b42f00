"""Mapping files: which column of a plant's log says what, and what its operations are.

    columns: {order: case_id, station: activity, start: start, end: complete, done: qty_completed}
    kind: {column: report_type, setup: [S], production: [D], breakdown: [B]}
    stations: {round_qc: [Round  Q.C.]}
    checks: [round_qc]

A log in XES counts as a table of its events whose columns are their attributes, those of the trace with `case:` before
them: `order: case:concept:name`, `station: concept:name`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from twin.errors import InputError
from twin.line.described import Described
from twin.line.load import load_model
from twin.line.names import NAME, RESERVED, Problem
from twin.line.yaml_file import read_text
from twin.units import Duration, quoted, refused

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

ISO = "iso"
UNIX = {"unix": "s", "unix_ms": "ms"}
"""Times that are numbers since 1970 in UTC, and their units."""

UNKNOWN = "unknown"

Names = tuple[str, ...]


def _separator(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise refused(f'{quoted(text)} is not one character; write delimiter: ";" or delimiter: "\\t"')
    return text


def _time_format(text: str) -> str:
    if text != ISO and text not in UNIX and "%" not in text:
        raise refused(f'{quoted(text)} is not a way to write times; write format: iso or format: "%d.%m.%Y %H:%M"')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise refused(f"{quoted(text)} is not a time zone; write zone: Europe/Paris") from None
    return text


Separator = Annotated[str, AfterValidator(_separator)]
ZoneName = Annotated[str, AfterValidator(_zone)]


class Columns(Described):
    """Which column holds what."""

    order: str = Field(description="column of the production order", examples=["case_id"])
    station: str = Field(description="column of the operation", examples=["activity"])
    start: str | None = Field(
        default=None, description="column of the time work began (may be left out with lifecycle)", examples=["start"]
    )
    end: str = Field(description="column of the time work ended", examples=["complete"])
    worker: str | None = Field(
        default=None, description="column of who worked; read as pseudonyms", examples=["worker"]
    )
    done: str | None = Field(
        default=None, description="column of the pieces completed; empty is 0", examples=["qty_completed"]
    )
    rejected: str | None = Field(default=None, description="column of the pieces rejected", examples=["qty_rejected"])
    review: str | None = Field(
        default=None, description="column of the pieces sent to material review", examples=["qty_for_mrb"]
    )


class Kind(Described):
    """What a report is of: the column that says so, and the values that stand for each kind."""

    column: str = Field(description="column of the kind of report", examples=["report_type"])
    setup: Names = Field(default=(), description="values of a setup", examples=["[S]"])
    production: Names = Field(default=(), description="values of production", examples=["[D]"])
    breakdown: Names = Field(default=(), description="values of a breakdown", examples=["[B]"])


class Rework(Described):
    """What is rework: rows with one of some values in a column, and stations that do nothing else."""

    column: str | None = Field(default=None, description="column of the flag of rework", examples=["rework"])
    values: Names = Field(default=(), description="values that flag rework", examples=["[Y]"])
    stations: Names = Field(default=(), description="stations that are rework by name", examples=["[grinding_rework]"])


class Time(Described):
    """How times are written, and whose they are."""

    format: Annotated[str, AfterValidator(_time_format)] = Field(
        default=ISO,
        description="iso (2012-01-02 07:00:00), unix (seconds since 1970), unix_ms, or directives of strptime",
        examples=['"%d.%m.%Y %H:%M"'],
    )
    zone: ZoneName | None = Field(
        default=None,
        description="the plant's time zone, to which times that name one are converted; without it they are refused",
        examples=["Europe/Paris"],
    )


class Lifecycle(Described):
    """Rows that are the beginning or the end of an interval.

    Without `columns.start` each end is joined with the earliest beginning still open of the same order, operation and
    instance (worker where there is no `instance`); with it, ends alone are read.
    """

    column: str = Field(
        default="lifecycle:transition", description="column of the transition", examples=["lifecycle:transition"]
    )
    start: Names = Field(default=("start",), description="values of a beginning", examples=["[start]"])
    complete: Names = Field(default=("complete",), description="values of an end", examples=["[complete]"])
    instance: str | None = Field(
        default=None, description="column that tells intervals at one operation apart", examples=["concept:instance"]
    )


class Clock(Described):
    """The log's clock against the plant's."""

    ahead: Annotated[Duration | None, BeforeValidator(lambda written: None if written == UNKNOWN else written)] = Field(
        default=None, description="how far the log's clock is ahead, or unknown", examples=["unknown", "7 h"]
    )


class LogMapping(Described):
    """How a plant's log is read."""

    columns: Columns = Field(
        description="which column holds what",
        examples=["{order: case_id, station: activity, start: start, end: complete, done: qty_completed}"],
    )
    delimiter: Separator = Field(default=",", description="what separates the cells of a CSV file", examples=['";"'])
    time: Time = Field(default=Time(), description="how times are written", examples=['{format: "%d.%m.%Y %H:%M"}'])
    lifecycle: Lifecycle | None = Field(
        default=None, description="given where beginning and end are rows of their own", examples=["{start: [start]}"]
    )
    kind: Kind | None = Field(
        default=None,
        description="what tells setup, production and breakdown apart (without it all is production)",
        examples=["{column: report_type, setup: [S], production: [D], breakdown: [B]}"],
    )
    rework: Rework = Field(default=Rework(), description="what is rework", examples=["{column: rework, values: [Y]}"])
    stations: dict[str, Names] = Field(
        default_factory=dict,
        description="operations of the log by the station they are; one not named here is a station of its own",
        examples=["{round_qc: [Round Q.C.]}"],
    )
    leave_out: Names = Field(default=(), description="stations whose rows are left out", examples=["[nitration]"])
    checks: Names = Field(
        default=(),
        description="stations where pieces are counted: the largest sum over one of them is the order's quantity",
        examples=["[round_qc, packing]"],
    )
    nominal: Names = Field(
        default=(), description="stations whose times say nothing about work", examples=["[packing]"]
    )
    finish: Names = Field(default=(), description="stations where pieces leave the plant", examples=["[packing]"])
    inspection: Names = Field(default=(), description="stations that inspect", examples=["[round_qc]"])
    clock: Clock = Field(default=Clock(), description="the log's clock", examples=["{ahead: unknown}"])

    @property
    def named(self) -> dict[str, Names]:
        """Every list of stations, by the key under which it is written."""
        return {
            "leave_out": self.leave_out,
            "checks": self.checks,
            "nominal": self.nominal,
            "finish": self.finish,
            "inspection": self.inspection,
            "rework.stations": self.rework.stations,
        }


def load_mapping(path: Path) -> LogMapping:
    """Return the mapping that a YAML file holds.

    Raises
    ------
    InputError
        With every problem found, sorted by line number, each as `file:line key: found; expected; remedy`.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; name a mapping file in YAML")
    return load_mapping_text(read_text(path), str(path))


def load_mapping_text(text: str, name: str = "<text>") -> LogMapping:
    """Return the mapping that a text holds; `name` stands for the file in messages. Raises as `load_mapping`."""
    if not text.strip():
        raise InputError(f"{name}: is empty; a mapping begins with `columns:`")
    return load_model(text, name, LogMapping, _rules)


def _rules(mapping: LogMapping, _lost: Collection[str]) -> list[Problem]:
    """Return what is wrong across the keys of a mapping."""
    problems = [
        Problem(("stations", name), f"{quoted(name)} is no name for a station; write a letter, then letters, digits, _")
        for name in mapping.stations
        if not NAME.fullmatch(name) or name in RESERVED
    ]
    seen: dict[str, str] = {}
    problems += [
        Problem(("stations", name), f"{quoted(label)} is {seen[label]} already; write it under one of them")
        for name, labels in mapping.stations.items()
        for label in labels
        if seen.setdefault(label, name) != name
    ]
    if mapping.columns.start is None and mapping.lifecycle is None:
        problems.append(
            Problem(
                ("columns",),
                "`start` is missing; write the column of the time work began, or `lifecycle` where it is a row",
            )
        )
    if mapping.kind is not None:
        values = [
            value for kind in (mapping.kind.setup, mapping.kind.production, mapping.kind.breakdown) for value in kind
        ]
        problems += [
            Problem(("kind",), f"{quoted(value)} stands for two kinds; write it under one of them")
            for value in dict.fromkeys(values)
            if values.count(value) > 1
        ]
    return problems
