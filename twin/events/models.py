"""Events as they come in and go out: one model a kind, which name, bound and describe its fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from twin.events.vocabulary import OutcomeName, StateName

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
Persons = (
    Count | Annotated[float, Field(ge=0, le=MOST), AfterValidator(lambda many: int(many) if many % 1 == 0 else many)]
)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class State(_Model):
    """The machine enters a state."""

    state: StateName
    reason: Annotated[
        Name | None,
        Field(
            description="the failure while down or waiting for repair, the task in maintenance, the people asked while "
            'waiting for them, the next station while blocked, "break" in a break; null where it is not known'
        ),
    ]


class Part(_Model):
    """A part leaves the machine; or it went into another at an assembly and is no more (joined)."""

    part: Whole
    outcome: OutcomeName
    cycle_s: Annotated[Seconds, Field(description="processing time of this part on this machine [s]")]
    to: Annotated[Name, Field(description='the next station, "out" or "scrap"; of a joined part the assembly')]
    pieces: Annotated[Count | None, Field(description="the pieces in it; null where every part is one piece")]
    product: Annotated[Name | None, Field(description="the product; null where there is but one")]
    parent: Annotated[
        Whole | None, Field(description="of a joined part the number of the part that it went into, else null")
    ] = None


class Arrival(_Model):
    """A part arrives at the line: accepted, or turned away because the queue is full; or it was cut from another."""

    part: Annotated[int, Field(ge=-1, le=LARGEST, description="the part's number; -1 if it is turned away")]
    accepted: bool
    pieces: Annotated[Count | None, Field(description="the pieces in it; null where every part is one piece")]
    parent: Annotated[
        Whole | None, Field(description="the number of the part that it was cut from; null where it came from outside")
    ] = None


class Level(_Model):
    """The number of parts in a buffer changed."""

    buffer: Annotated[
        Name,
        Field(
            description='"A->B"; the queue of arrivals before A is "source->A", the carriers that wait at A are '
            '"CARRIER->A", those on their way back included'
        ),
    ]
    level: Count


class Crew(_Model):
    """A pool of people changed."""

    skill: Name
    present: Annotated[Persons, Field(description="persons on duty")]
    busy: Annotated[Persons, Field(description="persons at work; a person who tends several machines in parts")]
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
"""The kinds of event; each kind's model names its fields. All are required but `parent`: plants may leave it out."""


class Header(_Model):
    """What every event says, whatever its kind."""

    source: Name
    boot: Whole
    sequence: Whole
    run: Whole
    time: Annotated[float, Field(description="seconds since the run's epoch [s]")]
    line: Name
    epoch_ns: Annotated[Whole | None, Field(description="when time is 0 [ns UTC since 1970]; null for no date")] = None


class _OfMachine(Header):
    station: Name
    machine: Annotated[int, Field(ge=1)]


class _OfStation(Header):
    station: Name
    machine: None


class _OfLine(Header):
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


class NoteEvent(Header):
    """A note about a machine, a station or the whole line."""

    station: Name | None
    machine: Annotated[int, Field(ge=1)] | None
    kind: Literal["note"]
    fields: Note


AnyEvent = Annotated[
    _StateEvent | _PartEvent | _ArrivalEvent | _LevelEvent | _CrewEvent | _PowerEvent | _OrderEvent | NoteEvent,
    Field(discriminator="kind"),
]
