"""Panels of Grafana in the house's look: no gauges, no pies, colour on the value alone, the meaning in the description.

Colours are those of the dark theme, Grafana's own default; `INK` follows the theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from grafana_foundation_sdk.builders import barchart, bargauge, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig, ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as model

from dashboards.influxql import Query, reference
from dashboards.palette import STATES, TOKENS
from twin.kpi.definitions import KPIS, Kpi
from twin.live import measurements

if TYPE_CHECKING:
    from collections.abc import Mapping

KPI = {kpi.id: kpi for kpi in KPIS}

INK = "text"
GREY, ACCENT, BAND, MORE = (TOKENS[name].dark for name in ("total", "accent", "band", "more"))
RUNNING = "#3E6E91"
"""Processing, muted, so that stops stand out."""

SHARE, COUNT = "percentunit", "locale"
UNITS = {"1": SHARE, "s": "s"}

Result = model.ValueMappingResult
NO_VALUE = model.ValueMap({str(measurements.NO_VALUE): Result(text="–", color=GREY, index=0)})
"""In InfluxDB -1 says that there is no value: every KPI is 0 or more, and a point carries all its fields."""

Box = tuple[int, int, int, int]
"""Where a panel stands on the 24 columns: x, y, width, height."""

Panel = TypeVar("Panel", stat.Panel, timeseries.Panel, statetimeline.Panel, barchart.Panel, bargauge.Panel, table.Panel)


def colour_of_state(state: str) -> str:
    """Return the colour of a machine state."""
    return RUNNING if state == "processing" else STATES[state].colour.dark


def state_mappings() -> list[model.ValueMapping]:
    """Return how machine states are shown: by their short codes and colours."""
    looks = {
        state: Result(text=look.code, color=colour_of_state(state), index=place)
        for place, (state, look) in enumerate(STATES.items())
    }
    return [model.ValueMap(looks)]


def unit_of(kpi: Kpi) -> str:
    """Return Grafana's name of a KPI's unit: shares as percent, seconds as such, any other written behind the value."""
    return UNITS.get(kpi.unit, f"suffix: {kpi.unit}")


def meaning_of(kpi: Kpi) -> str:
    """Return what a KPI is, in a sentence, and which way is better."""
    sentence = " ".join((kpi.function.__doc__ or "").split("\n\n")[0].split())
    return f"{sentence} {kpi.symbol} = {kpi.formula}; {kpi.better} is better. Source: {kpi.source}."


def steps(*pairs: tuple[float | None, str]) -> ThresholdsConfig:
    """Return thresholds: from each value on, its colour; None is the lowest."""
    marks = [model.Threshold(value=value, color=colour) for value, colour in pairs]
    return ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(marks)


def latest() -> ReduceDataOptions:
    """Return how a panel of one value takes it: the last that is there."""
    return ReduceDataOptions().calcs(["lastNotNull"]).values(values=False)


def dressed(panel: Panel, title: str, description: str, box: Box, *queries: Query) -> Panel:
    """Return a panel with its title, meaning, place and questions."""
    x, y, width, height = box
    panel = panel.title(title).description(description).datasource(reference()).no_value("–")
    panel = panel.grid_pos(model.GridPos(x=x, y=y, w=width, h=height))
    for place, query in enumerate(queries):
        panel = panel.with_target(query.named(chr(ord("A") + place)))
    return panel


def number(unit: str, decimals: int, *colours: tuple[float | None, str]) -> stat.Panel:
    """Return a panel of one or a few numbers, the colour on the value alone; ink where no colours are named."""
    return (
        stat.Panel()
        .unit(unit)
        .decimals(decimals)
        .mappings([NO_VALUE])
        .thresholds(steps(*(colours or ((None, INK),))))
        .color_mode(shapes.BigValueColorMode.VALUE)
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .reduce_options(latest())
    )


def curve(unit: str, decimals: int) -> timeseries.Panel:
    """Return a panel of lines over time, in the twin's own colour."""
    return (
        timeseries.Panel()
        .unit(unit)
        .decimals(decimals)
        .interval("1m")
        .line_width(2)
        .show_points(shapes.VisibilityMode.NEVER)
        .legend(legend(shown=False))
        .color_scheme(fixed(ACCENT))
    )


def bars(
    field: str, label: str, unit: str, decimals: int, *first: model.DataTransformerConfig, most: int
) -> barchart.Panel:
    """Return lying bars of a field, the longest above, each called what `label` says and in the colour of that.

    `first` is done to the answer before it is sorted and the `most` longest are kept.
    """
    panel = (
        barchart.Panel()
        .unit(unit)
        .decimals(decimals)
        .orientation(shapes.VizOrientation.HORIZONTAL)
        .x_field(label)
        .x_tick_label_max_length(30)
        .color_by_field(label)
        .show_value(shapes.VisibilityMode.ALWAYS)
        .fill_opacity(100)
        .legend(legend(shown=False))
    )
    longest = transformation("sortBy", sort=[{"field": field, "desc": True}])
    for step in (*first, longest, transformation("limit", limitField=most)):
        panel = panel.with_transformation(step)
    return panel


def transformation(name: str, **options: object) -> model.DataTransformerConfig:
    """Return one step between the answer of the data source and the panel."""
    return model.DataTransformerConfig(id_val=name, options=options)


def without_time(**names: str) -> model.DataTransformerConfig:
    """Return the step that drops the time, and names columns anew."""
    return transformation("organize", excludeByName={"Time": True}, renameByName=names)


def properties(values: Mapping[str, object]) -> list[model.DynamicConfigValue]:
    """Return settings of single fields of a panel."""
    return [model.DynamicConfigValue(id_val=name, value=value) for name, value in values.items()]


def fixed_colour(colour: str) -> dict[str, str]:
    """Return a colour as a setting of a single field."""
    return {"mode": "fixed", "fixedColor": colour}


def fixed(colour: str) -> FieldColor:
    """Return a colour as the setting of all fields."""
    return FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color(colour)


def many() -> FieldColor:
    """Return a colour of its own for each series."""
    return FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME)


def legend(*, shown: bool) -> VizLegendOptions:
    """Return a list of the series below a panel, or none."""
    options = VizLegendOptions().show_legend(shown).display_mode(shapes.LegendDisplayMode.LIST)
    return options.placement(shapes.LegendPlacement.BOTTOM)


def dashed() -> GraphThresholdsStyleConfig:
    """Return thresholds drawn as dashed lines."""
    return GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED)
