"""The reference pages, written from the code that they describe: `make docs` writes them, a test holds them current."""

from __future__ import annotations

import re
import sys
import types
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typer
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, BeforeValidator, PlainValidator
from pydantic.fields import FieldInfo

from connectors.log_mapping import Clock, Columns, Kind, Lifecycle, LogMapping, Rework, Time
from connectors.machine_mapping import MachineColumns, MachineMapping, SampleTime, SampleUnits, StateMeaning
from support.transcripts import run_twin
from twin import units
from twin.cli.app import COMMANDS, application
from twin.kpi import elements
from twin.kpi.definitions import KPIS
from twin.kpi.policy import Policy
from twin.line.carriers import Carrier
from twin.line.crews import Pool
from twin.line.distributions import DISTRIBUTIONS, FORMS, Distribution
from twin.line.failure import Failure
from twin.line.line import Line, Product, Source, Targets
from twin.line.lots import LotCycle
from twin.line.orders import Orders
from twin.line.power import Power
from twin.line.products import Variant
from twin.line.route import Edge
from twin.line.setup import Setup
from twin.line.site import Figure, Site, Wage
from twin.line.station import Option, Station
from twin.line.upkeep import Maintenance, StartupScrap
from twin.line.work_calendar import Shifts
from twin.live.measurements import COMMON_TAGS, MEASUREMENTS, NO_VALUE, TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[2]

LINE_MODELS = (
    Line, Product, Shifts, Pool, Carrier, Source, Orders, Variant, Station, LotCycle, Setup, Failure, Maintenance,
    StartupScrap, Power, Option, Edge, Targets
)  # fmt: skip
MAPPING_MODELS = (LogMapping, Columns, Kind, Rework, Time, Lifecycle, Clock)
MACHINE_MODELS = (MachineMapping, MachineColumns, SampleTime, SampleUnits, StateMeaning)
SITE_MODELS = (Site, Wage, Figure)

_WRITTEN = {
    units.Duration: units.TIME,
    units.Power: units.POWER,
    units.Energy: units.ENERGY,
    units.Money: units.MONEY,
    units.Length: units.LENGTH,
    units.Speed: units.SPEED,
    units.HourlyCost: units.HOURLY_COST,
    units.EnergyPrice: units.ENERGY_PRICE,
}
QUANTITIES = {alias.__metadata__[0]: quantity for alias, quantity in _WRITTEN.items()}
SHARE = units.Share.__metadata__[0]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def first_sentence(thing: object) -> str:
    """Return the first paragraph of a docstring, on one line."""
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split())


# The line file and the site file


def kind(hint: Any) -> str:  # noqa: ANN401 -- a type hint has no type of its own
    """Say in words what may be written for a field of this type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        return " or ".join(kind(argument) for argument in arguments if argument is not types.NoneType)
    if origin is Literal:
        return " or ".join(f"`{argument}`" for argument in arguments)
    if origin is dict:
        names = "name" if arguments[0] is str else kind(arguments[0])
        return f"{kind(arguments[1])}, by {names}"
    if origin in (tuple, list):
        return f"list of {kind(arguments[0])}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _model(hint)
    return {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}.get(hint, "quantity")


def _model(model: type[BaseModel]) -> str:
    generic = model.__pydantic_generic_metadata__
    name = (generic["origin"] or model).__name__
    link = f"[{name.lower()}](#{name.lower()})"
    return f"{link} of {kind(generic['args'][0])}" if generic["args"] else link


def _annotated(bare: Any, marks: tuple[object, ...]) -> str:  # noqa: ANN401 -- as above
    readers = [mark for mark in marks if isinstance(mark, BeforeValidator | PlainValidator)]
    if not readers:
        return kind(bare) + _range(marks)
    reader = readers[0]
    if bare is Distribution:
        return "[distribution](#distributions)"
    if reader in QUANTITIES:
        quantity = QUANTITIES[reader]
        return f"{quantity.name.split(maxsplit=1)[1]} ({', '.join(quantity.units)})"
    return {SHARE: "share, 0 to 1 or in %"}.get(reader, "as in the example")


def _range(marks: Iterable[object]) -> str:
    """Say which of the numbers, or texts, are allowed."""
    for mark in marks:
        if isinstance(mark, FieldInfo):
            return _range(mark.metadata)
    low = [f"at least {mark.ge}" for mark in marks if isinstance(mark, Ge)]
    low += [f"above {mark.gt}" for mark in marks if isinstance(mark, Gt)]
    high = [f"at most {mark.le}" for mark in marks if isinstance(mark, Le)]
    high += [f"below {mark.lt}" for mark in marks if isinstance(mark, Lt)]
    return "".join(f", {limit}" for limit in low + high)


def default(field: FieldInfo) -> str:
    """Say what holds where the key is not written."""
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)  # type: ignore[call-arg]
    if value is None or value in ({}, (), []):
        return "none"
    if isinstance(value, BaseModel):
        return "its defaults"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f"`{value if isinstance(value, str) else str(value).lower()}`"


def fields(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each key of a model: key, meaning, what may be written, default, example."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        key = field.validation_alias if isinstance(field.validation_alias, str) else name
        is_time = hints[name] == units.Duration and field.default
        example = f"`{field.examples[0]}`" if field.examples else ""
        meaning = field.description or ""
        yield (
            f"`{key}`",
            meaning,
            kind(hints[name]),
            f"`{units.format_time(field.default)}`" if is_time else default(field),
            example,
        )


def model_section(model: type[BaseModel]) -> Iterator[str]:
    """Yield the lines of the section on one model."""
    yield f"## {model.__name__}"
    yield ""
    yield first_sentence(model)
    yield ""
    yield from table(("key", "meaning", "written as", "default", "example"), fields(model))
    yield ""


def distribution_rows() -> Iterator[tuple[str, ...]]:
    """Yield a row for each distribution: its name, what it is, the ways to give its parameters."""
    for name, family in DISTRIBUTIONS.items():
        forms = (", ".join(f"`{key}`" for key in form) for form in FORMS[name])
        yield f"`{name}`", first_sentence(family), " or ".join(forms)


def line_file_page() -> str:
    """Return the page on the line file and the site file."""
    lines = [
        "# The line file",
        "",
        "A line is a YAML file, and so is a site. Each table is one part of it, the line itself first. A quantity",
        "carries its unit as text (`12 s`, `3.5 kW`); a number without one is refused where a unit is needed, and so",
        "is a key that is not listed. `twin check FILE` says what was understood, and every mistake with its line and",
        "remedy.",
        "",
    ]
    for model in LINE_MODELS:
        lines += model_section(model)
    lines += [
        "## Distributions",
        "",
        "A random time is written `{lognormal: {mean: 12 s, cv: 0.2}}`; a plain time (`12 s`) is constant;",
        "`{min: 8 s, mode: 10 s, max: 15 s}` is triangular. `cv` is the coefficient of variation, standard deviation",
        "over mean.",
        "",
        *table(("name", "what it is", "parameters"), distribution_rows()),
        "",
        "# The site file",
        "",
    ]
    for model in SITE_MODELS:
        lines += model_section(model)
    lines += [
        "# The policy file",
        "",
        "How OEE is counted: `twin live --policy FILE`. Those that come along are in `lines/policies/`.",
        "",
        *model_section(Policy),
    ]
    lines += ["# The mapping file of a log", ""]
    for model in MAPPING_MODELS:
        lines += model_section(model)
    lines += [
        "# The mapping file of a machine log",
        "",
        "For `twin replay`: a log whose rows are samples of what each machine did.",
        "",
    ]
    for model in MACHINE_MODELS:
        lines += model_section(model)
    return "\n".join(lines)


# The KPIs


def element_rows() -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table of elements in the docstring of `twin.kpi.elements`."""
    lines = (elements.__doc__ or "").splitlines()
    body = list(dropwhile(lambda line: not line.startswith("==="), lines))[3:]
    for line in body:
        if line.startswith("==="):
            return
        yield tuple(re.split(r"\s{2,}", line.strip(), maxsplit=2))


def kpis_page() -> str:
    """Return the page on the KPIs."""
    rows = (
        (
            f"`{kpi.id}`",
            kpi.name,
            f"{kpi.symbol} = {kpi.formula}",
            "share" if kpi.unit == "1" else kpi.unit,
            f"0 to {kpi.highest:g}" if kpi.highest < float("inf") else "0 and up",
            kpi.better,
            " and ".join(kpi.scopes),
            kpi.source,
        )
        for kpi in KPIS
    )
    header = ("id", "name", "formula", "unit", "range", "better", "of a", "source")
    lines = [
        "# KPIs",
        "",
        "Every KPI is computed from accounts (times in state and counts), the same from a simulation and from events.",
        "Where its denominator is 0 there is no value. Names follow ISO 22400-2; the source says where that left",
        "something open.",
        "",
        *table(header, rows),
        "",
        "## Elements of the formulas",
        "",
        *table(("symbol", "element", "from the accounts"), element_rows()),
        "",
    ]
    return "\n".join(lines)


# InfluxDB


def influxdb_page() -> str:
    """Return the page on what a live twin writes to InfluxDB."""
    lines = [
        "# What the twin writes to InfluxDB",
        "",
        "`twin live --influx URL` writes the points below: of each measurement its tags, which are text, and its",
        "fields. A point always carries all fields of its measurement: written again, after a late event, a note or a",
        "restart, it replaces the whole of the one before. All times are UTC, those of the plant's own clock.",
        "",
        f"A number that is not known is {NO_VALUE}, so leave what is below 0 out of a mean. Only differences to the",
        "plan and losses (of a machine that ran faster than its ideal) can be below 0; these are always known. A field",
        "has one type for ever: float, int (signed, 64 bits) or text.",
        "",
        "Written by the API of InfluxDB 2.x and asked in InfluxQL. Tested on 1.6 behind that API; 3.x is untested.",
        "",
        "The OEE of the shift so far, as it stood at each minute of the last 8 h:",
        "",
        "```sql",
        'SELECT "oee" FROM "kpi" WHERE "line" = \'ceiling-tiles\' AND "station" = \'_line\'',
        'AND "window" = \'shift\' AND "oee" >= 0 AND time > now() - 8h',
        "```",
        "",
        "## Tags",
        "",
        f"{' and '.join(f'`{tag}`' for tag in COMMON_TAGS)} are tags of every point.",
        "",
        *table(("tag", "meaning"), ((f"`{tag}`", meaning) for tag, meaning in TAGS.items())),
        "",
    ]
    for measurement in MEASUREMENTS:
        tags = ", ".join(f"`{tag}`" for tag in measurement.tags) or "only those of every point"
        rows = (
            (
                f"`{field.name}`",
                "text" if field.type is str else field.type.__name__,
                ("share" if field.type is float else "") if field.unit == "1" else field.unit,
                field.meaning,
            )
            for field in measurement.fields
        )
        lines += [
            f"## {measurement.title}",
            "",
            f"{measurement.meaning} Tags: {tags}. Time: {measurement.time}.",
            "",
            *table(("field", "type", "unit", "meaning"), rows),
            "",
        ]
    return "\n".join(lines)


# The commands


def commands() -> Iterator[str]:
    """Yield every command as it is typed, one that has commands of its own followed by these."""
    program = typer.main.get_command(application())
    yield "twin"
    for name in COMMANDS:
        yield f"twin {name}"
        for below in getattr(program.commands[name], "commands", ()):  # type: ignore[attr-defined]
            yield f"twin {name} {below}"


def commands_page() -> str:
    """Return the page on the commands: what each says of itself."""
    lines = [
        "# Commands",
        "",
        "Answers go to stdout, errors and progress to stderr. With `--json` stdout holds one JSON document and nothing",
        "else. Exit code 0: done; 1: the answer is no; 2: the input is wrong, or the output cannot be written; 130:",
        "interrupted; 141: nobody reads the output any more; 143: asked to end.",
        "",
    ]
    for command in commands():
        lines += [f"## {command}", "", "```text", run_twin(f"{command} --help", ROOT), "```", ""]
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/line-file.md": line_file_page,
    "docs/reference/kpis.md": kpis_page,
    "docs/reference/influxdb.md": influxdb_page,
    "docs/reference/commands.md": commands_page,
}
"""Every page that is written from the code, by its path in the repository."""


def main() -> int:
    """Write every page."""
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
