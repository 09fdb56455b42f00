"""The tables of `twin compare`: what a unit costs, at which wages that turns, and what the cost is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from dashboards.numbers import (
    NOTHING,
    as_fitted,
    column_places,
    decimals_of,
    difference_text,
    mean_and_interval,
    number,
    percent,
    share_text,
    units,
    wage_text,
)
from dashboards.palette import TOKENS
from twin.cli.run_tables import lead_quantile_text, scaled, time_unit
from twin.cli.show import table
from twin.economics.unit_cost import COST_LINES, rounded_parts
from twin.line.work_calendar import WEEK
from twin.study.intervals import CONFIDENCE
from twin.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType
    from rich.table import Table

    from twin.cli.answer import Answer
    from twin.study.compare import Row, WageThreshold
    from twin.study.intervals import Estimate
    from twin.study.replicate import Study

MILLION, THOUSAND = 1e6, 1e3
SMALL = 10.0
"""Millions below this are shown to two places."""
COLOURS = {"cheaper": TOKENS["good"].dark, "dearer": TOKENS["bad"].dark}


def cost_table(answer: Answer) -> Table:
    """Tabulate what a unit costs at each level, and at the other site."""
    rows, places = answer.rows, answer.places
    compared = {name: row.difference for name, row in rows.items() if row.verdict != "reference"}
    differences = dict(zip(compared, column_places(list(compared.values())), strict=True))
    size, _ = capital_unit(answer)
    made = f"{units(answer.comparison.unit)} a shift"
    columns: dict[str, list[RenderableType]] = {
        "level": [_name(name, row, answer) for name, row in rows.items()],
        made: [number(row.good_per_shift.mean, decimals_of(row.good_per_shift)) for row in rows.values()],
        answer.per_unit: [number(row.unit_cost.mean, places[name]) for name, row in rows.items()],
    }
    if compared:
        heading = "difference" if answer.is_one_run else f"difference, {percent(CONFIDENCE)}"
        columns[heading] = [
            difference_text(row.difference, differences[name]) if name in differences else ""
            for name, row in rows.items()
        ]
    if compared and not answer.is_one_run:
        columns[""] = [Text(row.verdict, COLOURS.get(row.verdict, "dim")) for row in rows.values()]
    columns["people"] = [number(sum(row.people.values()), 0) for row in rows.values()]
    if len(answer.comparison.rows) > 1:
        columns["capital"] = [
            number((row.capex - answer.reference.capex) / size, _capital_places(answer), signed=True)
            for row in rows.values()
        ]
    return table(list(columns), zip(*columns.values(), strict=True), left=(0, *([4] if "" in columns else [])))


def wage_table(answer: Answer) -> Table:
    """Tabulate the operator's wages at which a level begins to pay, and at which it costs what it costs elsewhere."""
    rows = answer.comparison.rows
    columns: dict[str, list[RenderableType]] = {"level": [_name(row.level, row, answer) for row in rows]}
    if len(rows) > 1:
        columns["pays at wages"] = ["reference" if row.pays is None else _pays(row.pays) for row in rows]
    if len(rows) > 1 and answer.there:
        columns["gap closed, net"] = [_closed(row) for row in rows]
    if answer.there:
        columns[f"parity with {answer.there.country}"] = [wage_text(row.standing["mode"].parity) for row in rows]
        columns["low to high there"] = [_parities(row) for row in rows]
    return table(list(columns), zip(*columns.values(), strict=True), left=(0, 1) if len(rows) > 1 else (0,))


def parts_table(answer: Answer) -> Table:
    """Tabulate what a unit's cost is made of; the parts sum to the total as shown, to the digits of the simulation."""
    body: list[list[RenderableType]] = []
    known = column_places([as_fitted(row.unit_cost) for row in answer.rows.values()])
    for (name, row), places in zip(answer.rows.items(), known, strict=True):
        parts = rounded_parts(row.parts, places)
        low, high = (number(end, places) for end in row.wage_range)
        amounts = (number(amount, places) for amount in (*(parts[part] for part in COST_LINES), sum(parts.values())))
        body.append([_name(name, row, answer), *amounts, f"{low} to {high}"])
    return table((answer.per_unit, *COST_LINES, "total", "wages low to high"), body)


def orders_table(studies: Mapping[str, Study]) -> Table:
    """Tabulate how orders fare at each level: how many leave, how long they take, and what lies in the line."""
    leads = {level: study.line_kpi("lead_time") for level, study in studies.items()}
    name, size = time_unit(max((lead.mean for lead in leads.values() if lead is not None), default=0.0))
    unit = next(iter(studies.values())).scenario.line.product.unit
    body = [
        [
            level,
            _with_doubt(study.line_kpi("orders_per_h"), WEEK / SECONDS_PER_HOUR),
            _with_doubt(leads[level], 1 / size),
            *(lead_quantile_text(study, hundredths, size) for hundredths in (50, 90)),
            _with_doubt(study.line_kpi("wip"), 1.0),
        ]
        for level, study in studies.items()
    ]
    return table(
        ("level", "orders done a week", f"lead time by order, {name}", "P50", "P90", f"{units(unit)} in the line"), body
    )


def _with_doubt(estimate: Estimate | None, factor: float) -> str:
    shown = scaled(estimate, factor)
    return NOTHING if shown is None else mean_and_interval(shown)


def _name(name: str, row: Row, answer: Answer) -> Text:
    return Text(name, "bold" if row is answer.best and answer.is_better else "")


def _closed(row: Row) -> str:
    closed = row.standing["mode"].gap_closed
    return NOTHING if closed is None or row.verdict == "reference" else share_text(closed)


def _parities(row: Row) -> str:
    """Write the parity wages at the low and the high wages of the other site."""
    ends = [row.standing[case].parity.threshold.wage for case in ("low", "high")]
    known = sorted(end for end in ends if end is not None)
    return f"{number(known[0], 0)} to {number(known[-1], 0)}" if len(known) == len(ends) else NOTHING


def _pays(passing: WageThreshold) -> str:
    """Write the wages at which a level is cheaper than the reference."""
    side = {"above": "from ", "below": "up to "}.get(passing.threshold.cheaper, "")
    return side + wage_text(passing)


def capital_unit(answer: Answer) -> tuple[float, str]:
    """Give the unit in which differences of capital are shown: its size [EUR] and its name."""
    return (MILLION, "M EUR") if _largest_capital(answer) >= MILLION else (THOUSAND, "k EUR")


def _capital_places(answer: Answer) -> int:
    largest = _largest_capital(answer)
    return 0 if largest < MILLION else 2 if largest < SMALL * MILLION else 1


def _largest_capital(answer: Answer) -> float:
    return max(abs(row.capex - answer.reference.capex) for row in answer.comparison.rows)
