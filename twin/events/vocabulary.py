"""What is said: an event, the states of a machine, and what became of a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

Value = str | int | float | bool | None
"""What one field of an event may hold."""

StateName = Literal[
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
"""A machine state."""

OutcomeName = Literal["good", "scrap", "rework", "joined"]
"""What became of a part that leaves a machine, or that went into another at an assembly (joined)."""


class StateNames(NamedTuple):
    """What other vocabularies call one machine state."""

    meaning: str
    iso_22400_2: str
    """The time of ISO 22400-2 that the state adds to."""
    packml: str
    """State of PackML (ANSI/ISA-TR88.00.02)."""
    semi_e10: str
    """Basic equipment state of SEMI E10."""


STATE_NAMES: dict[StateName, StateNames] = {
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

STATES: tuple[StateName, ...] = tuple(STATE_NAMES)
"""The machine states by code: a state's index here is its column in `twin.accounts.Accounts.states`."""

OUTCOMES: tuple[OutcomeName, ...] = get_args(OutcomeName)
"""The outcomes, in that order."""

MACHINE_OUTCOMES = OUTCOMES[:3]
"""The outcomes of a part that leaves a machine: good, scrap, rework."""


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
