"""The dashboard "Live line": is the shift on plan, and what stops it.

Rows 0 to 13 fit a laptop and answer both; rows 0 to 21 fit 1920 x 1080; the rest is one scroll away. Numbers, losses
and stops are those of the chosen shift of the chosen production day, whatever the time on the clock; states, courses
and events follow the time range, which reaches to the end of the shift because the forecast does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders import barchart, bargauge, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders.dashboard import AnnotationQuery, Dashboard, QueryVariable
from grafana_foundation_sdk.builders.dashboard import Panel as AnyPanel
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as model

from dashboards import panels
from dashboards.influxql import (
    IN_TIME,
    LAST_HOUR,
    SHIFT_SO_FAR,
    WHOLE_LINE,
    Query,
    chosen,
    course,
    last,
    reference,
    select,
    tag_values,
    within,
)
from dashboards.palette import STATES
from dashboards.panels import BAND, COUNT, GREY, INK, KPI, MORE, SHARE, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

UID = "line-twin-live"
OEE_TARGET = 0.75
"""The OEE asked where nobody says another [1]."""

TITLE = "Live line"

SHIFT = chosen("shift", "day")
COUNTED = (*SHIFT, *chosen("policy"))
OWN_STOPS = '"state" !~ /^(starved|blocked|maintenance|off_shift)$/'
"""Not of waits for other stations, nor of time that was not planned for work."""

BACK = "8h"
"""How far back panels look that have no future, while the time range is relative to now [Grafana's time]."""

SCORED = "7d"
"""How far back the forecasts of finished shifts are shown."""

HEARTBEATS_MISSED_MS = 150_000
"""Without a state for so long, two of its heartbeats and a half, a machine is shown as unknown [ms]."""

CAUSES: dict[str, tuple[str, str | None]] = {
    "breakdown": ("Breakdowns", "down"),
    "no_technician": ("No technician", "waiting_repair"),
    "setup": ("Set-up", "setup"),
    "no_operator": ("No operator", "waiting_operator"),
    "blocked": ("Blocked", "blocked"),
    "starved": ("Starved", "starved"),
    "minor_stops": ("Minor stops", None),
    "speed": ("Slow running", None),
    "scrap": ("Scrap", None),
    "rework": ("Rework", None),
}
"""The causes of lost OEE: what they are called, and the machine state whose colour they have."""

FORETOLD = {"P10": "d10", "P50": "d50", "P90": "d90"}

TWIN = {
    "events": "events",
    "quarantine": "quarantine",
    "contradictions": "contradictions",
    "too_late": "too late",
    "outbox": "outbox",
    "dead": "dead",
}
"""The counts of the twin's own work, and what they are called."""


def live_line(oee_target: float = OEE_TARGET) -> Dashboard:
    """Return the dashboard of a line of which this OEE is asked [1]."""
    board = (
        Dashboard(TITLE)
        .uid(UID)
        .description("Is the shift on plan, and what stops it. Built by `twin dashboards build`.")
        .tags(["line-twin"])
        .refresh("5s")
        .time(f"now-{BACK}", f"now+{BACK}")
        .timezone("browser")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .annotation(_notes())
    )
    for variable in variables():
        board = board.with_variable(variable)
    for place, panel in enumerate(all_panels(oee_target), start=1):
        board = board.with_panel(panel.id(place))
    return board


def variables() -> Iterator[QueryVariable]:
    """Yield what the reader may choose; of days, shifts, ways to count the last first, as the default."""
    newest = model.VariableSort.ALPHABETICAL_DESC
    yield _variable("site", "Site", tag_values("site", "kpi"))
    yield _variable("line", "Line", tag_values("line", "kpi", "site"))
    station = tag_values("station", "state", "site", "line")
    everything = model.VariableOption(selected=True, text="All", value="$__all")
    yield (_variable("station", "Station", station).multi(multi=True).include_all(include_all=True).current(everything))
    yield _variable("day", "Production day", tag_values("day", "kpi", "site", "line")).sort(newest)
    shift = tag_values("shift", "kpi", "site", "line", "day")
    yield _variable("shift", "Shift", shift).sort(newest).regex(r"/^\d/")
    yield _variable("policy", "Counted by", tag_values("policy", "kpi", "site", "line", "day")).sort(newest)


def _variable(name: str, label: str, query: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(reference())
        .query({"query": query, "refId": name})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
    )


def _notes() -> AnnotationQuery:
    """Return the marks on every course: what people noted, at the time that it is about."""
    text = select('"text", "station" AS "tags"', "event", "\"kind\" = 'note'", IN_TIME)
    query = Query(text, table=True, ref="Notes")
    return AnnotationQuery().name("Notes").datasource(reference()).icon_color(GREY).enable(enable=True).target(query)


def all_panels(oee_target: float) -> Iterator[Any]:
    """Yield every panel, row by row."""
    yield from _factors(oee_target)
    yield from _outlook()
    yield _states()
    yield _difference_to_plan()
    yield _losses()
    yield _stops()
    yield _buffers()
    yield from _courses()
    yield from _scores()
    yield _alerts()
    yield _events()
    yield _twin()


def _factors(oee_target: float) -> Iterator[stat.Panel]:
    """Yield OEE and its factors in the shift so far."""
    for name, x, width in (("oee", 0, 4), ("availability", 4, 3), ("effectiveness", 7, 3), ("quality", 10, 3)):
        kpi = KPI[name]
        asked = name == "oee"
        colours = ((None, MORE), (oee_target, INK)) if asked else ()
        title = f"{kpi.name}, target {oee_target:.0%}" if asked else kpi.name
        said = f"{panels.meaning_of(kpi)} Of the line's OEE station, in the shift so far."
        query = Query(last(name, "kpi", WHOLE_LINE, SHIFT_SO_FAR, *COUNTED), alias=kpi.name)
        panel = panels.number(panels.unit_of(kpi), 1, *colours)
        yield panels.dressed(panel, title, said, (x, 0, width, 4), query)


def _outlook() -> Iterator[stat.Panel]:
    """Yield what was made, what will have been made, and whether that is enough."""
    for title, said, measurement, fields, unit, x, width in (
        (
            "Output so far",
            "Good units of the shift, in the product's unit, and what the plan asks until now.",
            "output", {"good_units": "good", "plan_so_far": "plan"}, COUNT, 13, 4,
        ),
        (
            "End of shift",
            "What the shift will have made: P50, and between P10 and P90 in 8 of 10 shifts; simulated from now on.",
            "forecast", {"p50": "P50", "p10": "P10", "p90": "P90"}, COUNT, 17, 4,
        ),
        (
            "Chance of the plan",
            "Share of the simulated shifts that reach the plan, with its 95 % interval (Wilson).",
            "forecast", {"chance": "chance", "chance_low": "from", "chance_high": "to"}, SHARE, 21, 3,
        ),
    ):  # fmt: skip
        queries = [Query(last(field, measurement, *SHIFT), alias=name) for field, name in fields.items()]
        yield panels.dressed(panels.number(unit, 0), title, said, (x, 0, width, 4), *queries)


def _states() -> statetimeline.Panel:
    said = f"What each machine does. {', '.join(f'{look.code} {look.word.lower()}' for look in STATES.values())}."
    query = select('"state"', "state", *chosen("station"), IN_TIME, by='"station", "machine"')
    panel = (
        statetimeline.Panel()
        .mappings(panels.state_mappings())
        .show_value(shapes.VisibilityMode.AUTO)
        .merge_values(merge_values=True)
        .insert_nulls(HEARTBEATS_MISSED_MS)
        .row_height(0.85)
        .fill_opacity(100)
        .line_width(0)
        .legend(panels.legend(shown=False))
        .time_from(BACK)
    )
    queries = [Query(query, alias="$tag_station $tag_machine")]
    return panels.dressed(panel, "Machine states", said, (0, 4, 14, 10), *queries)


def _difference_to_plan() -> timeseries.Panel:
    said = (
        "Good units made minus planned, in the product's unit: so far, and as foretold to the end of the shift (P50, "
        "the band from P10 to P90). The dashed line is the plan."
    )
    made = select('"difference"', "output", *SHIFT, IN_TIME)
    foretold = {name: select(f'"{field}"', "forecast_path", *SHIFT, IN_TIME) for name, field in FORETOLD.items()}
    edge = {"color": panels.fixed_colour(BAND), "custom.lineWidth": 0}
    panel = (
        panels.curve(COUNT, 0)
        .span_nulls(span_nulls=True)
        .thresholds(panels.steps((None, "transparent"), (0, INK)))
        .thresholds_style(panels.dashed())
        .override_by_name("P90", panels.properties({**edge, "custom.fillBelowTo": "P10", "custom.fillOpacity": 80}))
        .override_by_name("P10", panels.properties(edge))
        .override_by_name("so far", panels.properties({"color": panels.fixed_colour(INK), "custom.lineWidth": 3}))
    )
    queries = [Query(made, alias="so far"), *(Query(text, alias=name) for name, text in foretold.items())]
    return panels.dressed(panel, "Output minus plan, P10 to P90", said, (14, 4, 10, 10), *queries)


def _losses() -> barchart.Panel:
    said = "What OEE lost, in points of the planned busy time of the shift so far; with OEE they sum to 100 %."
    looks = {
        cause: Result(text=name, color=panels.colour_of_state(state) if state else GREY, index=place)
        for place, (cause, (name, state)) in enumerate(CAUSES.items())
    }
    panel = panels.bars("points", "cause", SHARE, 1, panels.without_time(), most=len(CAUSES))
    panel = panel.override_by_name("cause", panels.properties({"mappings": [model.ValueMap(looks)]}))
    queries = [Query(last("points", "loss", *COUNTED, by='"cause"'), table=True)]
    return panels.dressed(panel, "OEE losses", said, (0, 14, 8, 8), *queries)


def _stops() -> barchart.Panel:
    said = (
        "Minutes of the shift so far that machines stood, by station and reason: the six longest. Waits for parts or "
        "for room are left out: they come of other stations' stops."
    )
    in_rows = panels.transformation("reduce", mode="seriesToRows", reducers=["last"])
    panel = panels.bars("Last", "Field", "m", 0, in_rows, most=6)
    panel = panel.override_by_name("Field", panels.properties({"mappings": _stop_mappings()}))
    query = last("minutes", "stop", *SHIFT, OWN_STOPS, by='"station", "state", "reason"')
    queries = [Query(query, alias="$tag_station|$tag_state|$tag_reason")]
    return panels.dressed(panel, "Stops of the shift, min", said, (8, 14, 8, 8), *queries)


def _stop_mappings() -> list[model.ValueMapping]:
    """Return how "station|state|reason" is shown: the station and why it stood, in the colour of the state."""
    shown: list[model.ValueMapping] = []
    for state, look in STATES.items():
        colour = panels.colour_of_state(state)
        for reason, text in (("none", f"$1: {look.word.lower()}"), ("(.*)", "$1: $2")):
            result = Result(text=text, color=colour, index=len(shown))
            shown.append(model.RegexMap(model.DashboardRegexMapOptions(rf"/^(.*)\|{state}\|{reason}$/", result)))
    return shown


def _buffers() -> bargauge.Panel:
    said = "Parts in each buffer over its places: empty starves what comes after, full blocks what comes before."
    panel = (
        bargauge.Panel()
        .unit(SHARE)
        .decimals(0)
        .min(0)
        .max(1)
        .display_mode(shapes.BarGaugeDisplayMode.BASIC)
        .orientation(shapes.VizOrientation.HORIZONTAL)
        .thresholds(panels.steps((None, INK), (0.05, GREY), (0.95, INK)))
        .reduce_options(panels.latest())
        .time_from(BACK)
    )
    query = last("share_full", "buffer", '"share_full" >= 0', IN_TIME, by='"buffer"')
    return panels.dressed(panel, "Buffers, share full", said, (16, 14, 8, 8), Query(query, alias="$tag_buffer"))


def _courses() -> Iterator[timeseries.Panel]:
    """Yield what drifts: quality, speed and cost, each over the hour before."""
    line = (WHOLE_LINE, LAST_HOUR, *chosen("policy"))
    stations = (*chosen("station"), LAST_HOUR, *chosen("policy"))
    hour = "Over the hour before each moment."
    scrap, speed, energy = KPI["scrap_ratio"], KPI["effectiveness"], KPI["energy_per_unit"]
    labour = "Labour cost of the line over its good units, in the product's unit; lower is better."
    for place, (title, said, unit, decimals, query, alias) in enumerate(
        (
            (scrap.name, panels.meaning_of(scrap), SHARE, 1, course(scrap.id, "kpi", *line), scrap.name),
            (
                f"{speed.name} by station", panels.meaning_of(speed), SHARE, 0,
                course(speed.id, "kpi", *stations, by='"station"'), "$tag_station",
            ),
            (
                "Labour cost, EUR/unit", labour, "suffix: EUR", 2,
                course("labour_cost_per_unit", "kpi", *line), "Labour cost",
            ),
            (
                f"{energy.name}, {energy.unit}", panels.meaning_of(energy), "suffix: kWh", 2,
                course(energy.id, "kpi", *line), energy.name,
            ),
        )
    ):  # fmt: skip
        panel = panels.curve(unit, decimals).time_from(BACK)
        if alias.startswith("$"):
            panel = panel.color_scheme(panels.many()).legend(panels.legend(shown=True))
        box = (6 * place, 22, 6, 6)
        yield panels.dressed(panel, title, f"{said} {hour}", box, Query(query, alias=alias))


def _scores() -> Iterator[Any]:
    """Yield how well the forecasts of finished shifts did."""
    said = "Good units of each finished shift, and the P50 of its first forecast, in the product's unit."
    came = panels.fixed_colour(INK)
    panel = (
        panels.curve(COUNT, 0)
        .span_nulls(span_nulls=True)
        .time_from(SCORED)
        .show_points(shapes.VisibilityMode.ALWAYS)
        .point_size(7)
        .legend(panels.legend(shown=True))
        .override_by_name("came", panels.properties({"color": came}))
    )
    queries = [
        Query(select(f'"{field}"', "score", IN_TIME), alias=name)
        for name, field in {"came": "actual", "first P50": "p50_first"}.items()
    ]
    yield panels.dressed(panel, "Forecast and what came", said, (0, 28, 6, 6), *queries)
    said = (
        "Share of the forecasts of finished shifts whose P10 to P90 held what came: 80 % where they are honest. "
        "Forecasts of one shift are alike, so that only many shifts tell."
    )
    counts = select('"coverage" * "forecasts" AS "held", "forecasts" AS "made"', "score", IN_TIME)
    query = within('sum("held") / sum("made") AS "coverage"', counts)
    panel_of_share = panels.number(SHARE, 0).time_from(SCORED)
    yield panels.dressed(panel_of_share, "P10 to P90 held", said, (6, 28, 3, 6), Query(query, alias="coverage"))


def _alerts() -> AnyPanel:
    said = "What asks for someone: each alert of this line says what to do and who does it."
    options = {
        "alertInstanceLabelFilter": '{site="$site", line="$line"}',
        "alertName": "",
        "dashboardAlerts": False,
        "groupBy": [],
        "groupMode": "default",
        "maxItems": 20,
        "sortOrder": 1,
        "stateFilter": {"error": True, "firing": True, "noData": False, "normal": True, "pending": True},
        "viewMode": "list",
    }
    panel = AnyPanel().type("alertlist").title("Alerts").description(said).options(options)
    return panel.grid_pos(model.GridPos(x=9, y=28, w=6, h=6))


def _events() -> table.Panel:
    said = "Stops that ended and notes that were taken, newest first; a stop stands at the time when it began."
    query = select(
        '"station", "machine", "kind", "text", "seconds"',
        "event",
        f"({chosen('station')[0]} OR {WHOLE_LINE})",
        IN_TIME,
        end=" ORDER BY time DESC LIMIT 50",
    )
    names = {"station": "Station", "machine": "Machine", "kind": "What", "text": "Said", "seconds": "Lasted"}
    panel = (
        table.Panel()
        .time_from(BACK)
        .with_transformation(panels.transformation("organize", renameByName=names))
        .override_by_name("What", panels.properties({"mappings": panels.state_mappings()}))
        .override_by_name("Lasted", panels.properties({"unit": "s", "decimals": 0}))
    )
    return panels.dressed(panel, "Events", said, (15, 28, 9, 6), Query(query, table=True))


def _twin() -> stat.Panel:
    said = (
        "Events taken; events set aside with a reason (quarantine), at odds with what was known (contradictions) or "
        "after the lateness window (too late); points not yet in InfluxDB (outbox) and points it refused (dead)."
    )
    queries = [Query(last(field, "twin"), alias=name) for field, name in TWIN.items()]
    return panels.dressed(panels.number(COUNT, 0), "The twin itself", said, (0, 34, 24, 3), *queries)
