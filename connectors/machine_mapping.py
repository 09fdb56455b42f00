"""Mapping files of machine logs: which column says what, what its states are, and which machine is which.

columns: {time: ts, machine: asset, state: status, duration: status_time, pieces: items, power: power_avg}
time: {zone: Europe/Rome, stamp: end}
units: {duration: s, power: kW}
machines: {lathe: ["0"], press: ["1", "2"]}
states: {"1": {state: processing, reason: automatic}, "3": {state: down, reason: alarm}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from connectors.log_mapping import Names, Separator, Time, ZoneName
from twin.errors import InputError
from twin.events import STATES
from twin.line.described import Described
from twin.line.load import load_model
from twin.line.names import Problem, nearest
from twin.line.yaml_file import read_text
from twin.units import Duration, quoted, refused, seconds, watts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from twin.line.line import Line

COUNTS = ("pieces", "good", "scrap", "rework")


def label(text: str) -> str:
    """Return a label as it is compared: without blanks around it, and a whole number without its point.

    Examples
    --------
    >>> label(" 2.0 "), label("A 07")
    ('2', 'A 07')
    """
    text = text.strip()
    whole, point, rest = text.partition(".")
    return whole if point and not rest.strip("0") and whole.removeprefix("-").isdigit() else text


def _state(text: str) -> str:
    if text not in STATES:
        raise refused(f"there is no state {nearest(text, STATES)}")
    return text


StateName = Annotated[str, AfterValidator(_state)]
"""One of `twin.events.STATES`."""


class MachineColumns(Described):
    """Which column holds what; a row says what one machine did from one moment to another."""

    time: str = Field(description="column of the time stamp", examples=["ts"])
    state: str = Field(description="column of the machine's state", examples=["status"])
    machine: str | None = Field(
        default=None, description="column of the machine (may be left out where there is but one)", examples=["asset"]
    )
    duration: str | None = Field(
        default=None,
        description="column of how long the state lasted; without it a state holds until the machine's next row",
        examples=["status_time"],
    )
    pieces: str | None = Field(
        default=None, description="column of all pieces made; the good ones are what is left of them", examples=["made"]
    )
    good: str | None = Field(default=None, description="column of the good pieces, instead of all", examples=["ok"])
    scrap: str | None = Field(default=None, description="column of the pieces scrapped", examples=["nok"])
    rework: str | None = Field(default=None, description="column of the pieces to be reworked", examples=["rework"])
    power: str | None = Field(default=None, description="column of the mean power", examples=["power_avg"])
    product: str | None = Field(default=None, description="column of the product", examples=["product"])
    reason: str | None = Field(
        default=None,
        description="column that tells why a machine stands; it goes before the reason of the state",
        examples=["alarm_text"],
    )


class SampleTime(Time):
    """How the time stamps of a machine log are written, whose they are, and what they mark."""

    zone: ZoneName = Field(description="the plant's time zone", examples=["Europe/Paris"])
    clock: Literal["local", "utc"] = Field(
        default="local", description="the clock of time stamps that name no zone: the plant's, or UTC", examples=["utc"]
    )
    stamp: Literal["start", "end"] = Field(
        default="start", description="which end of its span a row's time stamp marks", examples=["end"]
    )


class SampleUnits(Described):
    """The units of columns that hold bare numbers."""

    duration: Literal["ms", "s", "min", "h"] = Field(default="s", description="unit of the duration", examples=["min"])
    power: Literal["W", "kW", "MW"] = Field(default="kW", description="unit of the power", examples=["W"])


class StateMeaning(Described):
    """What a value of the column `state` is to the twin."""

    state: StateName = Field(description="the machine's state", examples=["processing"])
    reason: str | None = Field(default=None, min_length=1, description="what is known of it", examples=["automatic"])


Meaning = Annotated[
    StateMeaning, BeforeValidator(lambda written: {"state": written} if isinstance(written, str) else written)
]
"""A state alone may stand for one without a reason."""


class MachineMapping(Described):
    """How a machine log is read: samples of what each machine does, one row a span of time."""

    columns: MachineColumns = Field(
        description="which column holds what",
        examples=["{time: ts, machine: asset, state: status, duration: status_time, pieces: items}"],
    )
    time: SampleTime = Field(description="how times are written", examples=["{zone: Europe/Paris, stamp: end}"])
    delimiter: Separator = Field(default=",", description="what separates the cells of a CSV file", examples=['";"'])
    decimal: Literal[".", ","] = Field(
        default=".", description="what separates the decimals of a number", examples=['","']
    )
    units: SampleUnits = Field(
        default=SampleUnits(), description="units of bare numbers", examples=["{duration: s, power: kW}"]
    )
    counts: Literal["span", "running"] = Field(
        default="span",
        description="whether pieces are those of the row, or a counter that runs on and may begin anew",
        examples=["running"],
    )
    machines: dict[str, Names] = Field(
        description="the log's machines by the station they are at, in the order of the station's machines",
        examples=["{press: [P1, P2], weld: [W1]}"],
    )
    states: dict[str, Meaning] = Field(
        min_length=1,
        description="what each value of the state is",
        examples=['{"2": {state: processing, reason: automatic}, "3": down}'],
    )
    products: dict[str, Names] = Field(
        default_factory=dict,
        description="the log's products by the line's; one not named here is looked for under its own name",
        examples=["{bracket: [B-100, B-101]}"],
    )
    reasons: dict[str, Names] = Field(
        default_factory=dict,
        description="values of the column `reason` by what they are; one not named here stands as it is",
        examples=["{jam: ['17', '18'], no_material: ['4']}"],
    )
    unobserved: StateName = Field(
        default="off_shift", description="the state in time that no row covers", examples=["off_shift"]
    )
    silent: Duration = Field(
        default=900.0,
        description="without a row for longer a machine is silent; without durations a state holds no longer",
        examples=["15 min"],
    )

    @property
    def second(self) -> float:
        """How many seconds one of the log's units of duration has [s]."""
        return seconds(f"1 {self.units.duration}")

    @property
    def kilowatt(self) -> float:
        """How many kilowatts one of the log's units of power has [kW]."""
        return watts(f"1 {self.units.power}") / 1000


def load_machine_mapping(path: Path) -> MachineMapping:
    """Return the mapping that a YAML file holds.

    Raises
    ------
    InputError
        With every problem found, sorted by line number, each as `file:line key: found; expected; remedy`.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; name a mapping file in YAML")
    return load_machine_mapping_text(read_text(path), str(path))


def load_machine_mapping_text(text: str, name: str = "<text>") -> MachineMapping:
    """Return the mapping that a text holds; `name` names the file in messages. Raises as `load_machine_mapping`."""
    if not text.strip():
        raise InputError(f"{name}: is empty; a mapping begins with `columns:`")
    return load_model(text, name, MachineMapping, _rules)


def by_label(named: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the name of each label."""
    return {label(text): name for name, texts in named.items() for text in texts}


def places(mapping: MachineMapping) -> dict[str, tuple[str, int]]:
    """Return the station of each of the log's machines, and its number there."""
    return {
        label(text): (station, number)
        for station, texts in mapping.machines.items()
        for number, text in enumerate(texts, 1)
    }


def check_names(mapping: MachineMapping, line: Line) -> None:
    """See that a mapping speaks of the stations, machines and products of a line.

    Raises
    ------
    InputError
        With a sentence for each that the line has not.
    """
    problems = []
    for name, texts in mapping.machines.items():
        if name not in line.stations:
            problems.append(f"machines of the mapping names a station {nearest(name, line.stations)}")
        elif len(texts) > (there := line.stations[name].machines):
            problems.append(
                f"machines.{name} of the mapping names {len(texts)} machines where the line has {there}; "
                f"write machines: {len(texts)} in the line, or fewer here"
            )
    problems += [
        f"products of the mapping names a product {nearest(name, line.products)}"
        if line.products
        else f"products of the mapping names {quoted(name)} and the line has one product alone; leave it out"
        for name in mapping.products
        if name not in line.products
    ]
    if problems:
        raise InputError(*(f"{line.line}: {problem}" for problem in problems))


def _rules(mapping: MachineMapping, lost: Collection[str]) -> list[Problem]:
    """Return what is wrong across the keys of a mapping."""
    columns = mapping.columns
    problems = [
        *_twice("machines", mapping.machines),
        *_twice("products", mapping.products),
        *_twice("reasons", mapping.reasons),
    ]
    if columns.pieces is not None and columns.good is not None:
        problems.append(Problem(("columns", "good"), "`pieces` is there too; write all pieces or the good ones"))
    if columns.duration is None and mapping.time.stamp == "end" and "duration" not in lost:
        problems.append(
            Problem(("time", "stamp"), "the end of a span needs its duration; write columns.duration, or stamp: start")
        )
    if columns.machine is None and "machine" not in lost and len(places(mapping)) != 1:
        problems.append(
            Problem(("columns",), "`machine` is missing; write the column of the machine, or one machine in `machines`")
        )
    if mapping.reasons and columns.reason is None and "reason" not in lost:
        problems.append(Problem(("reasons",), "there is no column to find them in; write columns.reason"))
    values = [label(text) for text in mapping.states]
    problems += [
        Problem(("states", text), f"{quoted(text)} is there already; write it once")
        for text in mapping.states
        if values.count(label(text)) > 1
    ]
    return problems


def _twice(key: str, named: Mapping[str, Names]) -> list[Problem]:
    """Return a problem for each label that stands under two names, or twice under one."""
    seen: dict[str, str] = {}
    problems = []
    for name, texts in named.items():
        for text in texts:
            if label(text) in seen:
                there = seen[label(text)]
                problems.append(Problem((key, name), f"{quoted(text)} is {there} already; write it under one of them"))
            seen[label(text)] = name
    return problems
