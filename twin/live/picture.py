"""How a line stands and what has come of it: the plain data that the mirror, the forecast and the views hand on.

Times are seconds since the mirror's epoch unless they end in `_ns`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.live.shift_calendar import Shift

STRIP_CELLS = 24
STRIP_S = 3600.0
"""The strip of a machine: its last hour in so many cells."""

Piece = tuple[int, str | None]
"""What waits as one part: how many pieces, of which product."""


class MachineNow(NamedTuple):
    """How a machine stands.

    `state` is None until an event says it; `worked_s` is the processing time since its cycle began [s]; `strip` holds
    the state that prevailed in each cell of the last hour, oldest first, with its share of the cell.
    """

    station: str
    machine: int
    state: str | None
    reason: str | None
    since_s: float
    part: int | None
    pieces: int | None
    product: str | None
    worked_s: float
    heard_s: float | None
    strip: tuple[tuple[str | None, float], ...]


class Picture(NamedTuple):
    """How the line stands now.

    `levels` by buffer, None where no event said it; `crews` by skill: people present, busy, requests waiting; `oee` by
    station, and `good_units` (of the product), of the shift so far; `queues` by buffer: what waits there, head first;
    `orders` are those released and not yet ended.
    """

    now_s: float
    shift: Shift | None
    machines: tuple[MachineNow, ...]
    levels: Mapping[str, int | None]
    crews: Mapping[str, tuple[float, float, int]]
    oee: Mapping[str, float | None]
    good_units: float
    wip: int
    queues: Mapping[str, tuple[Piece, ...]]
    orders: tuple[str, ...]


class Row(NamedTuple):
    """The KPIs of a station, or of the line (`station` None), in a window: the shift, the last hour or the day so far.

    `extras`: pieces good, scrap, rework and produced, good_units, planned_busy_s, and the seconds in each state.
    """

    window: str
    start_s: float
    end_s: float
    shift: str | None
    day: str | None
    final: bool
    station: str | None
    values: Mapping[str, float | None]
    extras: Mapping[str, float]
    policy: str


class Stop(NamedTuple):
    """Time of the shift so far that a machine stood in one state for one reason."""

    station: str
    machine: int
    state: str
    reason: str | None
    seconds: float
    times: int


class Loss(NamedTuple):
    """Planned busy time lost to one cause: seconds, and as a share of the planned busy time."""

    seconds: float
    points: float


class Buffer(NamedTuple):
    """A buffer: its level now, its places (None: without limit), mean level and share of time full in the shift."""

    level: int | None
    capacity: int | None
    mean_level: float | None
    share_full: float | None


class Change(NamedTuple):
    """A machine entered a state, notes applied."""

    time_s: float
    station: str
    machine: int
    state: str
    reason: str | None


class Stopped(NamedTuple):
    """A stop (down or waiting for repair) that has ended."""

    start_s: float
    end_s: float
    station: str
    machine: int
    state: str
    reason: str | None


class Tick(NamedTuple):
    """All that is told of the line at a full minute; a later tick of the same time replaces it."""

    time_s: float
    shift: Shift | None
    day: str
    rows: tuple[Row, ...]
    oee_station: str
    losses: Mapping[str, Loss]
    stops: tuple[Stop, ...]
    buffers: Mapping[str, Buffer]
    crews: Mapping[str, tuple[float, float, int]]
    states: tuple[Change, ...]
    changes: tuple[Change, ...]
    stopped: tuple[Stopped, ...]


class Forecast(NamedTuple):
    """Output at the end of the shift, foretold: quantiles and mean [units of the product], and the chance of the plan.

    `path` holds (time [s], P10, P50, P90); `digest` is that of the runs.
    """

    made_s: float
    shift: Shift
    p10: float
    p50: float
    p90: float
    mean: float
    plan: float | None
    chance: float | None
    chance_low: float | None
    chance_high: float | None
    path: tuple[tuple[float, float, float, float], ...]
    digest: str


class Score(NamedTuple):
    """How good the forecasts of a finished shift were.

    `forecasts`: how many; `coverage`: the share of them whose P10 to P90 held what came; `pinball`: pinball loss, mean
    over the three quantiles [units of the product]; `brier`: Brier score of the chance of the plan, None where there
    was none; `actual`: what came, `p50_first`: P50 of the first forecast [units].
    """

    shift: Shift
    forecasts: int
    coverage: float
    pinball: float
    brier: float | None
    actual: float
    p50_first: float
