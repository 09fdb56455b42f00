"""The report of a comparison: one file of HTML that needs nothing else, four pages of A4."""

from __future__ import annotations

from shlex import quote
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from dashboards import report_frontier_words as beside
from dashboards import report_words as say
from dashboards.palette import SANS, TOKENS
from dashboards.report_charts import cost_chart
from dashboards.report_facts import facts
from dashboards.report_frontier import frontier_chart
from dashboards.report_line import line_page
from dashboards.report_origins import origins_page
from dashboards.report_tables import level_rows, parts_table
from twin.line.basis import guesses, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboards.report_facts import Facts
    from twin.line.line import Line

PAGES, LONGEST_TITLE = 4, 44


def report_html(document: Mapping[str, Any], line: Line, named: str | None = None) -> str:
    """Write the report of a comparison.

    Parameters
    ----------
    document
        The document of `twin compare --json`, with an answer.
    line
        The line as described.
    named
        How the line is named on the command line; its name unless given.

    Returns
    -------
    str
        An HTML document: no script, no request, no font of its own; each of its pages is one of A4.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found, command = (
        facts(document, shorten(line.title or line.line, LONGEST_TITLE, placeholder=" …")),
        f"twin check {quote(named or line.line)}",
    )
    templates = Environment(
        loader=PackageLoader("dashboards"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("report.html").render(
        facts=found,
        line=line,
        tokens={name: colour.light for name, colour in TOKENS.items()},
        sans=SANS,
        pages=PAGES,
        **_answer(found, line, document["horizon_s"]),
        **_frontier(found),
        **line_page(found, line, command),
        **origins_page(found, line, command),
    )


def _answer(found: Facts, line: Line, horizon_s: float) -> dict[str, Any]:
    guessed, many = len(guesses(line)), len(numbers(line))
    return {
        "headline": say.headline(found),
        "lead": say.lead(found),
        "chip": f"{guessed:,} of {many:,} numbers are assumptions" if guessed else "every number has a source",
        "cost_key": say.cost_key(found),
        "cost_chart": cost_chart(found),
        "keys": say.keys(found),
        "parts": parts_table(found),
        "changes": say.changes(found),
        "surety": say.surety(found, guessed, many, horizon_s),
    }


def _frontier(found: Facts) -> dict[str, Any]:
    rows = level_rows(found)
    return {
        "frontier_title": beside.frontier_title(found),
        "frontier_lead": beside.frontier_lead(found),
        "frontier_chart": frontier_chart(found),
        "frontier_note": beside.frontier_note(found, len(rows)),
        "level_rows": rows,
        "has_data": any(row.alone for row in rows),
        "wage": f"{found.here.wage():g}",
    }
