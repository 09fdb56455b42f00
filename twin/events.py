"""The one vocabulary: all that a machine, a buffer, a crew or a part can be said to do.

A plant over MQTT, a historic log and the simulation speak in the same events, so that one piece of code reads the KPIs
of all three. Inside the program an event is a plain `Event`; where it comes in or goes out it is one JSON object, held
to the models below, which make the JSON Schema too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_SHOWN = 80

UNNAMED = "hash"
"""The source of an event whose plant numbers none: its sequence is then made of what it says."""

_NO_SIGN = "string_pattern_mismatch"
_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"))

Value = str | int | float | bool | None
"""What one field of an event may hold."""


class StateNames(NamedTuple):
    """What other vocabularies call one machine state."""

    meaning: str
    iso_22400_2: str
    """The time of ISO 22400-2 that the state adds to."""
    packml: str
    """State of PackML (ANSI/ISA-TR88.00.02)."""
    semi_e10: str
    """Basic equipment state of SEMI E10."""


STATE_NAMES: dict[str, StateNames] = {
    "off_shift": StateNames("outside the shifts", "outside planned busy time (PBT)", "Stopped", "non-scheduled"),
    "maintenance": StateNames(
        "planned maintenance", "outside planned busy time (PBT)", "Stopped", "scheduled downtime"
    ),
    "waiting_repair": StateNames(
        "broken, no technician free", "actual unit down time (ADOT)", "Aborted", "unscheduled downtime"
    ),
    "down": StateNames("under repair", "actual unit down time (ADOT)", "Aborted", "unscheduled downtime"),
    "setup": StateNames("being set up", "actual unit setup time (AUST)", "Idle", "scheduled downtime"),
    "waiting_operator": StateNames("has a part, no operator free", "actual unit delay time (ADET)", "Held", "standby"),
    "processing": StateNames("works on a part", "actual production time (APT)", "Execute", "productive"),
    "blocked": StateNames(
        "holds a finished part, no room downstream", "actual unit delay time (ADET)", "Suspended", "standby"
    ),
    "starved": StateNames("has no part", "actual unit delay time (ADET)", "Suspended", "standby"),
}
"""The machine states. They exclude each other; where several hold, the first of this table counts.

The PackML column is a reading, not a rule: the technical report lets a machine builder map its own modes.
"""

STATES: tuple[str, ...] = tuple(STATE_NAMES)
"""The machine states by code: a state's index here is its column in `twin.accounts.Accounts.states`."""

OUTCOMES: tuple[str, ...] = ("good", "scrap", "rework")
"""What became of a part that leaves a machine."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a line.

    Attributes
    ----------
    source, boot, sequence
        The event's identity: who says it, since which start of the speaker, and its number since then.
    run
        The replication, or 0 for a plant.
    time
        Seconds since the run's epoch [s].
    line
        Name of the line.
    station, machine
        Where it happened; a station's machines count from 1. A buffer is at the station before which its parts wait.
        None where the kind has no such place.
    kind
        One of `KINDS`.
    fields
        The fields of the kind, all of them.
    epoch_ns
        When `time` is 0 [ns UTC since 1970]; None where the run has no date, such as a study's.
    """

    source: str
    boot: int
    sequence: int
    run: int
    time: float
    line: str
    station: str | None
    machine: int | None
    kind: str
    fields: dict[str, Value]
    epoch_ns: int | None = None


LONGEST_NAME = 200
LONGEST_TEXT = 2_000
LARGEST = 2**63 - 1
"""What a whole number may be at most: stores hold 64 bits."""
MOST = 1_000_000_000
"""More than there is of any one thing in a plant."""
LONGEST_S = LARGEST / 1e9
"""The longest time, some 292 years [s]: 64 bits hold no more nanoseconds."""

# Names and texts are shown on terminals: no sign in them may do anything there.
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]+$")]
Whole = Annotated[int, Field(ge=0, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=MOST)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST_S)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class State(_Model):
    """The machine enters a state."""

    state: Literal[
        "off_shift",
        "maintenance",
        "waiting_repair",
        "down",
        "setup",
        "waiting_operator",
        "processing",
        "blocked",
        "starved",
    ]
    reason: Annotated[
        Name | None,
        Field(description="the failure, the task, the next station while blocked, whom it asks; null if unknown"),
    ]


class Part(_Model):
    """A part leaves the machine."""

    part: Whole
    outcome: Literal["good", "scrap", "rework"]
    cycle_s: Annotated[Seconds, Field(description="processing time of this part on this machine [s]")]
    to: Annotated[Name, Field(description='the next station, "out" or "scrap"')]
    pieces: Annotated[Count | None, Field(description="the pieces in it; null where every part is one piece")]
    product: Annotated[Name | None, Field(description="the product; null where there is but one")]


class Arrival(_Model):
    """A part arrives at the line: accepted, or turned away because the queue is full."""

    part: Annotated[int, Field(ge=-1, le=LARGEST, description="the part's number; -1 if it is turned away")]
    accepted: bool
    pieces: Annotated[Count | None, Field(description="the pieces in it; null where every part is one piece")]


class Level(_Model):
    """The number of parts in a buffer changed."""

    buffer: Annotated[Name, Field(description='"A->B"; the queue of arrivals before A is "source->A"')]
    level: Count


class Crew(_Model):
    """A pool of people changed."""

    skill: Name
    present: Annotated[Count, Field(description="persons on duty")]
    busy: Annotated[Count, Field(description="persons at work")]
    waiting: Annotated[Count, Field(description="requests that wait for a person")]


class Power(_Model):
    """The machine's electrical power changed."""

    power_kw: Annotated[float, Field(description="electrical power [kW]")]


class Order(_Model):
    """A production order is released, starts, ends or changes."""

    order: Name
    change: Literal["released", "started", "ended", "changed"]
    pieces: Count


class Note(_Model):
    """A person says what a stop was. The author is a role, never a person."""

    author: Name
    text: Text
    start_s: Annotated[float, Field(description="start of the stop that the note is about [s]")]
    end_s: Annotated[float, Field(description="its end [s]")]
    reason: Name | None


KINDS: dict[str, type[BaseModel]] = {
    "state": State,
    "part": Part,
    "arrival": Arrival,
    "level": Level,
    "crew": Crew,
    "power": Power,
    "order": Order,
    "note": Note,
}
"""The kinds of event; each kind's model names its fields, all required."""


class _Header(_Model):
    source: Name
    boot: Whole
    sequence: Whole
    run: Whole
    time: Annotated[float, Field(description="seconds since the run's epoch [s]")]
    line: Name
    epoch_ns: Annotated[Whole | None, Field(description="when time is 0 [ns UTC since 1970]; null for no date")] = None


class _OfMachine(_Header):
    station: Name
    machine: Annotated[int, Field(ge=1)]


class _OfStation(_Header):
    station: Name
    machine: None


class _OfLine(_Header):
    station: None
    machine: None


class _StateEvent(_OfMachine):
    kind: Literal["state"]
    fields: State


class _PartEvent(_OfMachine):
    kind: Literal["part"]
    fields: Part


class _PowerEvent(_OfMachine):
    kind: Literal["power"]
    fields: Power


class _ArrivalEvent(_OfStation):
    kind: Literal["arrival"]
    fields: Arrival


class _LevelEvent(_OfStation):
    kind: Literal["level"]
    fields: Level


class _CrewEvent(_OfLine):
    kind: Literal["crew"]
    fields: Crew


class _OrderEvent(_OfLine):
    kind: Literal["order"]
    fields: Order


class _NoteEvent(_Header):
    station: Name | None
    machine: Annotated[int, Field(ge=1)] | None
    kind: Literal["note"]
    fields: Note


_AnyEvent = Annotated[
    _StateEvent | _PartEvent | _ArrivalEvent | _LevelEvent | _CrewEvent | _PowerEvent | _OrderEvent | _NoteEvent,
    Field(discriminator="kind"),
]


@cache
def _adapter() -> TypeAdapter[Any]:
    # Built on first use: a run without events never pays for it.
    return TypeAdapter(_AnyEvent)


@cache
def _adapter_of_unnamed() -> TypeAdapter[Any]:
    """Return the reader of events that may leave out who says them, and what is null."""
    kinds: Any = Union[tuple(_may_be_unnamed(kind) for kind in get_args(get_args(_AnyEvent)[0]))]  # noqa: UP007 -- made of a list
    return TypeAdapter(Annotated[kinds, Field(discriminator="kind")])


def _may_be_unnamed(kind: type[_Header]) -> type[BaseModel]:
    annotated = {name: kind.model_fields[name] for name in ("station", "machine")}
    left_out: dict[str, Any] = {
        "source": (Name | None, None),
        "boot": (Whole | None, None),
        "sequence": (Whole | None, None),
        "run": (Whole, 0),
        **{name: (None, None) for name, field in annotated.items() if field.annotation is type(None)},
    }
    if kind is _NoteEvent:
        left_out |= {"station": (Name | None, None), "machine": (Annotated[int, Field(ge=1)] | None, None)}
    return create_model(kind.__name__, __base__=kind, **left_out)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one event as a JSON object."""
    about = "As the twin writes it. Of a plant it also takes events without source, boot and sequence."
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Event", "description": about}
    return head | _adapter().json_schema()


def to_json(event: Event) -> str:
    """One event as one line of JSON."""
    return _ENCODER.encode({
        "source": event.source, "boot": event.boot, "sequence": event.sequence, "run": event.run, "time": event.time,
        "line": event.line, "station": event.station, "machine": event.machine, "kind": event.kind,
        "fields": event.fields, "epoch_ns": event.epoch_ns,
    })  # fmt: skip


def from_json(text: str | bytes, *, unnamed: Callable[[], int] | None = None) -> Event:
    """Read one event from JSON.

    Parameters
    ----------
    text
        The JSON object.
    unnamed
        Gives the sequence of an event that leaves out its source, boot or sequence; it may then leave out its run, and
        a station and machine that are null, too. Without it such events are refused.

    Raises
    ------
    InputError
        If the text is no JSON object, or not an event as `json_schema` says; every problem is named.
    """
    try:
        if unnamed is None:
            return _event(_adapter().validate_json(text, strict=True))
        model = _adapter_of_unnamed().validate_json(text, strict=True)
    except ValidationError as error:
        raise InputError(*_sentences(error)) from error
    event = _event(model)
    if model.source is None or model.boot is None or model.sequence is None:
        return replace(event, source=UNNAMED, boot=0, sequence=unnamed())
    return event


def from_text(values: dict[str, Any]) -> Event:
    """Build an event from values that may all be text, such as the cells of a CSV row.

    Raises
    ------
    InputError
        If the values are no event as `json_schema` says; every problem is named.
    """
    try:
        return _event(_adapter().validate_python(values))
    except ValidationError as error:
        raise InputError(*_sentences(error)) from error


def _event(model: Any) -> Event:  # noqa: ANN401 -- one of the models above
    # A model's fields as they lie in it; dumping them would copy them at thrice the cost.
    return Event(**{**model.__dict__, "fields": model.fields.__dict__})


def _sentences(error: ValidationError) -> list[str]:
    return [_sentence(problem) for problem in error.errors(include_url=False)]


def _sentence(problem: Mapping[str, Any]) -> str:
    # The path begins with the kind, by which Pydantic chose among the models; in the event that is no step.
    place = ".".join(str(step) for step in problem["loc"][1:])
    found = repr(problem["input"])
    shown = found if len(found) <= LONGEST_SHOWN else f"{found[:LONGEST_SHOWN]}..."
    said = "Signs that steer a terminal have no place in it" if problem["type"] == _NO_SIGN else problem["msg"]
    return f"event{place and f' {place}'}: {shown} does not fit: {said}"
