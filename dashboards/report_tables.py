"""The tables beside the charts: what a unit is made of, and the levels of the frontier."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dashboards.numbers import FINEST, NOTHING, as_fitted, decimals_of, number, plus_minus, wage_text
from dashboards.palette import level_looks
from dashboards.report_charts import bar, compared
from dashboards.report_plane import drawn_levels
from twin.economics.unit_cost import COST_LINES, rounded_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboards.report_facts import Facts
    from twin.study.compare import WageThreshold


class PartsTable(NamedTuple):
    """What a unit costs by cost line: headings, and per line its name, its amounts and its difference with a bar."""

    headings: list[str]
    rows: list[tuple[str, list[str], str, str]]
    title: str


def parts_table(facts: Facts) -> PartsTable:
    """Set what a unit is made of side by side; the difference is the chosen level's less the last row's.

    Every column sums to its total as shown, to the digits of the simulation.
    """
    rows = compared(facts)
    places = [min(FINEST, decimals_of(as_fitted(level.cost.estimate))) for _, level in rows]
    lines = [*COST_LINES, "total"]
    columns = [
        _with_total(rounded_parts(level.parts, place), place) for (_, level), place in zip(rows, places, strict=True)
    ]
    headings, title = [name for name, _ in rows], "What a unit is made of"
    if len(rows) == 1:
        return PartsTable(headings, [(name, [columns[0][name]], "", "") for name in lines], title)
    (first, here), (last, there) = rows[0], rows[-1]
    known = here.difference if facts.other is None else here.standing["mode"].excess
    gaps = {name: here.parts[name] - there.parts[name] for name in COST_LINES}
    place = min(FINEST, decimals_of(as_fitted(known.estimate)))
    rounded = rounded_parts(gaps, place)
    written = _with_total(rounded, place, signed=True)
    sizes = {**rounded, "total": sum(rounded.values())}
    largest = max(map(abs, sizes.values()))
    body = [
        (
            name,
            [column[name] for column in columns],
            written[name],
            bar(sizes[name], largest, f"{name} {written[name]}"),
        )
        for name in lines
    ]
    return PartsTable([*headings, "difference"], body, f"Where the difference comes from: {first} less {last}")


def _with_total(parts: Mapping[str, float], places: int, *, signed: bool = False) -> dict[str, str]:
    """Write parts and their sum to a place."""
    amounts = {**parts, "total": sum(parts.values())}
    return {name: number(amount, places, signed=signed) for name, amount in amounts.items()}


class LevelRow(NamedTuple):
    """A level in the table of the frontier."""

    name: str
    colour: str
    people: str
    capital: str
    cost: str
    alone: str
    pays: str
    parity: str
    is_chosen: bool


def level_rows(facts: Facts) -> list[LevelRow]:
    """Tabulate the levels that the frontier draws."""
    size, _, places = facts.capital_unit
    levels = drawn_levels(facts)
    return [
        LevelRow(
            level.name,
            colour,
            number(level.people, 0),
            number((level.capex - facts.reference.capex) / size, places, signed=True),
            plus_minus(level.cost.estimate),
            plus_minus(level.cost.simulation) if level.cost.with_data else "",
            "reference" if level.pays is None else _pays(level.pays),
            wage_text(level.standing["mode"].parity) if level.standing else NOTHING,
            level is facts.chosen,
        )
        for level, (colour, _) in zip(levels, level_looks(len(levels)), strict=True)
    ]


def _pays(passing: WageThreshold) -> str:
    side = {"above": "from ", "below": "up to "}.get(passing.threshold.cheaper, "")
    return side + wage_text(passing)
