"""What a live twin writes to InfluxDB: every measurement with its tags, its fields, their types and meanings.

A point carries all fields of its measurement, for one that is written again must replace all of it. What has no value
is -1; what may be below 0, differences to a plan and losses, always has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from twin.events import STATES
from twin.kpi.definitions import KPIS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.kpi.definitions import Scope

NO_VALUE = -1
"""What stands for an unknown number."""

NONE = "none"
"""The tag that stands for no shift, no production day, no reason."""

WHOLE_LINE = "_line"
"""The station of a point that is of the whole line."""

ALL_MACHINES = "_all"
"""The machine of a point that is of all machines."""


class Field(NamedTuple):
    """One field: its name, its type (float, int or str), its unit ("1" for a share, "" for a text) and its meaning."""

    name: str
    type: type
    unit: str
    meaning: str


class Measurement(NamedTuple):
    """One measurement: its name, meaning, tags beside site and line, fields, time, and whose it is if not all alike."""

    name: str
    meaning: str
    tags: tuple[str, ...]
    fields: tuple[Field, ...]
    time: str
    of: str = ""

    @property
    def title(self) -> str:
        """What it is called where one name has several sets of fields: "kpi of the line"."""
        return f"{self.name} {self.of}".strip()


COMMON_TAGS = ("site", "line")
"""Tags of every point."""

TAGS = {
    "site": "the site's name",
    "line": "the line's name",
    "station": f"the station's name; `{WHOLE_LINE}` for the whole line",
    "machine": f"the machine's number in its station, from 1; `{ALL_MACHINES}` for all of them",
    "window": "`shift`: the shift so far; `hour`: the last 60 minutes; `day`: the production day so far",
    "shift": f"the shift's name, such as `06:00-14:00`; `{NONE}` outside the shifts",
    "day": "the production day, such as `2026-11-24`: a night shift belongs to the day on which it began",
    "policy": "how OEE is counted: name and version, such as `standard 1`",
    "cause": "what the planned busy time was lost to",
    "state": "the machine state",
    "reason": f"why, as the machine or a note said; `{NONE}` where nobody did",
    "buffer": "the buffer's name, `A->B`; the queue of arrivals before A is `source->A`",
    "skill": "the pool of people",
    "kind": "the machine state of a stop that ended, or `note`",
}
"""Every tag and its meaning."""

_TICK = "the full minute"
_UNITS = "units of the product"


def _kpis(scope: Scope) -> Iterator[Field]:
    for kpi in KPIS:
        if scope in kpi.scopes:
            yield Field(kpi.id, float, kpi.unit, kpi.name)


_COUNTS = (
    Field("produced", float, "pieces", "pieces that left, whatever their outcome"),
    Field("good", float, "pieces", "those that were good; of a station, good at once"),
    Field("scrap", float, "pieces", "those that were scrap"),
    Field("rework", float, "pieces", "of a station, those sent back; of the line, good ones that had been reworked"),
    Field("good_units", float, _UNITS, "good output"),
    Field("planned_busy_s", float, "s", "planned busy time"),
    Field("final", int, "1", "1 when the window has ended, 0 while it runs"),
)
_OF_OEE_STATION = tuple(
    Field(kpi.id, float, kpi.unit, f"{kpi.name} of the line's OEE station")
    for kpi in KPIS
    if kpi.id in ("availability", "effectiveness", "quality", "oee")
)
_PLAN = Field("plan", float, _UNITS, "what is planned for the shift")
_PLAN_SO_FAR = Field("plan_so_far", float, _UNITS, "its part until then, in proportion to time")
_QUANTILES = (
    Field("p10", float, _UNITS, "output that 9 of 10 simulated shifts exceed"),
    Field("p50", float, _UNITS, "output that half of them exceed"),
    Field("p90", float, _UNITS, "output that 1 of 10 exceeds"),
)

KPI_OF_STATION = Measurement(
    "kpi",
    "The KPIs of a station in a window.",
    ("station", "window", "shift", "day", "policy"),
    (*_kpis("station"), *_COUNTS),
    "the end of the window; while it runs, the full minute",
    "of a station",
)
KPI_OF_LINE = Measurement(
    "kpi",
    f"The KPIs of the whole line in a window: station is `{WHOLE_LINE}`.",
    KPI_OF_STATION.tags,
    (
        *_kpis("line"),
        *_OF_OEE_STATION,
        *_COUNTS,
        Field("labour_cost_per_unit", float, "EUR/unit", "labour in a good unit: all posts, busy or not"),
        Field("energy_cost_per_unit", float, "EUR/unit", "electricity in a good unit"),
        Field("oee_station", str, "", "the station the line's OEE is that of"),
    ),
    KPI_OF_STATION.time,
    "of the line",
)
LOSS = Measurement(
    "loss",
    "What the OEE station's planned busy time was lost to in the shift so far; all causes sum to 1 - OEE.",
    ("cause", "shift", "day", "policy"),
    (
        Field("points", float, "1", "share of the planned busy time"),
        Field("minutes", float, "min", "the same as time"),
    ),
    _TICK,
)
STOP = Measurement(
    "stop",
    "Stops and waits of a station in the shift so far, summed over its machines.",
    ("station", "state", "reason", "shift", "day"),
    (Field("minutes", float, "min", "time so lost"), Field("count", int, "1", "how often")),
    _TICK,
)
STATE = Measurement(
    "state",
    "What a machine does, notes applied: at each change, and again at each full minute.",
    ("station", "machine"),
    (
        Field("state", str, "", "the machine state"),
        Field("code", int, "", f"its number: {', '.join(f'{code} {state}' for code, state in enumerate(STATES))}"),
        Field("reason", str, "", "why; empty where nobody said"),
    ),
    "the change, or the full minute",
)
BUFFER = Measurement(
    "buffer",
    "How full a buffer is.",
    ("buffer",),
    (
        Field("level", int, "parts", "parts in it"),
        Field("capacity", int, "parts", f"its places; {NO_VALUE} where it has no limit"),
        Field("share_full", float, "1", "level over places"),
        Field("mean_level", float, "parts", "mean level in the shift so far"),
        Field("time_full", float, "1", "share of the shift so far in which it was full"),
    ),
    _TICK,
)
CREW = Measurement(
    "crew",
    "What a pool of people does.",
    ("skill",),
    (
        Field("present", float, "people", "on duty"),
        Field("busy", float, "people", "at work; one who tends several machines in parts"),
        Field("waiting", int, "requests", "that wait for a person"),
    ),
    _TICK,
)
OUTPUT = Measurement(
    "output",
    "Good output of the shift so far against its plan.",
    ("shift", "day"),
    (
        Field("good_units", float, _UNITS, "good output"),
        Field("plan_units", float, _UNITS, "what is planned for the whole shift"),
        _PLAN_SO_FAR,
        Field("difference", float, _UNITS, "good output minus the plan so far; 0 where there is no plan"),
    ),
    _TICK,
)
FORECAST = Measurement(
    "forecast",
    "Output at the end of the shift, simulated from how the line stands.",
    ("shift", "day"),
    (
        *_QUANTILES,
        Field("mean", float, _UNITS, "mean output"),
        _PLAN,
        Field("chance", float, "1", "share of the simulated shifts that reach the plan"),
        Field("chance_low", float, "1", "lower end of its 95 % interval (Wilson)"),
        Field("chance_high", float, "1", "upper end"),
    ),
    "when it was made",
)
FORECAST_PATH = Measurement(
    "forecast_path",
    "The way there: output at moments ahead, each rewritten by later forecasts.",
    ("shift", "day"),
    (
        *_QUANTILES,
        _PLAN_SO_FAR,
        *(
            Field(f"d{part}", float, _UNITS, f"p{part} minus the plan so far; 0 where there is no plan")
            for part in (10, 50, 90)
        ),
    ),
    "the moment ahead",
)
SCORE = Measurement(
    "score",
    "How good the forecasts of a finished shift were.",
    ("shift", "day"),
    (
        Field("forecasts", int, "1", "how many there were"),
        Field("coverage", float, "1", "share of them whose P10 to P90 held what came"),
        Field("pinball", float, _UNITS, "pinball loss, mean over the three quantiles and all forecasts"),
        Field("brier", float, "1", "Brier score of the chance of reaching the plan"),
        Field("actual", float, _UNITS, "what came"),
        Field("p50_first", float, _UNITS, "P50 of the first forecast"),
    ),
    "the end of the shift",
)
EVENT = Measurement(
    "event",
    "What a person should read: each stop that ended, each note that was taken.",
    ("station", "machine", "kind"),
    (
        Field("text", str, "", "what was"),
        Field("reason", str, "", "why; empty where nobody said"),
        Field("seconds", float, "s", "how long"),
    ),
    "when it began",
)
TWIN = Measurement(
    "twin",
    "The twin's own books.",
    (),
    (
        Field("events", int, "1", "events in the store"),
        Field("quarantine", int, "1", "messages that could not be read"),
        Field("outbox", int, "1", "points that InfluxDB has yet to take"),
        Field("dead", int, "1", "points that InfluxDB refused"),
        Field("contradictions", int, "1", "events that contradicted what was known"),
        Field("too_late", int, "1", "events that came later than the lateness window"),
    ),
    _TICK,
)

MEASUREMENTS: tuple[Measurement, ...] = (
    KPI_OF_LINE, KPI_OF_STATION, LOSS, STOP, STATE, BUFFER, CREW, OUTPUT, FORECAST, FORECAST_PATH, SCORE, EVENT, TWIN
)  # fmt: skip
"""Every measurement."""
