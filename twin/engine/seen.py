"""How a line stands at one moment, as somebody sees it who looks at it: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lot(NamedTuple):
    """What a part is known to be, and when it came to where it waits [s]; None where it is not known."""

    pieces: int | None = None
    product: str | None = None
    entered_s: float | None = None


class MachineStands(NamedTuple):
    """How one machine stands.

    Attributes
    ----------
    state, reason
        One of `twin.events.STATES`, None where it is not known; the failure while it is broken.
    since_s
        When it entered the state [s on the engine's clock], None where it is not known.
    worked_s
        How long it has processed the part that it holds [s].
    holds
        The part on it, or None.
    last
        Product of the last part it was set up for.
    before
        Its state before it went off shift, where that is known.
    many
        How many parts are on it, if it is a belt or a store; None where it is not known.
    """

    state: str | None = None
    reason: str | None = None
    since_s: float | None = None
    worked_s: float = 0.0
    holds: Lot | None = None
    last: str | None = None
    before: str | None = None
    many: int | None = None


@dataclass(frozen=True)
class Standing:
    """How a line stands at one moment, as somebody sees it who looks at it.

    Attributes
    ----------
    time_s
        The moment on the engine's clock [s since a Monday 00:00 of shop-floor time].
    machines
        Every machine, in the order of the line file.
    levels
        Parts in front of a station by edge, those on their way included; 0 where nothing is said.
    queues
        What is known of them, the first to leave first; as far as it goes.
    arrived_s
        The last arrival at each fed station [s].
    released_s
        The last release of an order that was not in the book [s].
    present
        People on duty by skill, where they are not as many as the line file says.
    stays_open
        Whether the line works on from now, whatever its calendar says: to the end of a shift that a change of the clock
        made longer.
    """

    time_s: float
    machines: tuple[MachineStands, ...]
    levels: Mapping[str, int] = field(default_factory=dict)
    queues: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)
    arrived_s: Mapping[str, float] = field(default_factory=dict)
    released_s: float | None = None
    present: Mapping[str, int] = field(default_factory=dict)
    stays_open: bool = False
