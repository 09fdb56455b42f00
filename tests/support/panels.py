"""What Grafana does with a dashboard before InfluxDB is asked: variables filled in, each with its default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NANOSECONDS_PER_MS = 1_000_000
ALPHABETICAL_DOWNWARDS = 2


class PanelQuery(NamedTuple):
    """One question of a panel, as InfluxDB is asked it."""

    title: str
    query: str


def panel_queries(
    dashboard: Mapping[str, Any],
    values: Mapping[str, str | Sequence[str]],
    start_ns: int,
    end_ns: int,
) -> list[PanelQuery]:
    """Return every question of every panel, for these values of the variables and this range of time (UTC)."""
    return [
        PanelQuery(panel["title"], filled(target["query"], values, start_ns, end_ns))
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    ]


def default_values(
    dashboard: Mapping[str, Any], ask: Callable[[str], list[dict[str, Any]]]
) -> dict[str, str | Sequence[str]]:
    """Return what a reader sees chosen who has chosen nothing: the first value of each variable, or all of them.

    `ask` answers a query of InfluxDB with rows that have a "value".
    """
    values: dict[str, str | Sequence[str]] = {}
    for variable in dashboard["templating"]["list"]:
        found = [row["value"] for row in ask(filled(variable["query"]["query"], values, 0, 0))]
        if variable.get("regex"):
            found = [value for value in found if re.search(variable["regex"].strip("/"), value)]
        found.sort(reverse=variable.get("sort") == ALPHABETICAL_DOWNWARDS)
        values[variable["name"]] = found if variable.get("includeAll") else found[0]
    return values


def filled(query: str, values: Mapping[str, str | Sequence[str]], start_ns: int, end_ns: int) -> str:
    """Return a query with what Grafana's server and the browser put in: the range of time, the interval, variables."""
    start_ms, end_ms = start_ns // NANOSECONDS_PER_MS, -(-end_ns // NANOSECONDS_PER_MS)
    query = query.replace("$timeFilter", f"time >= {start_ms}ms and time <= {end_ms}ms").replace("$__interval", "1m")
    for name, value in values.items():
        several = value if isinstance(value, str) else f"({'|'.join(map(re.escape, value))})"
        query = query.replace(f"${name}", several)
    if left := re.findall(r"\$[A-Za-z_]\w*", query):
        raise AssertionError(f"{left} were not filled in: {query}")
    return query
