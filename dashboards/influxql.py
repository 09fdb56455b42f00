"""Questions to InfluxDB in InfluxQL, and how a panel of Grafana carries them.

InfluxQL is what InfluxDB 1.x, 2.x and 3 all understand. `$name` is a variable of the dashboard, `$timeFilter` and
`$__interval` are filled in by Grafana. Names of measurements, tags and fields: `twin.live.measurements`.
"""

from __future__ import annotations

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

from twin.live import measurements

DATASOURCE = "line-twin"
"""The uid of the data source, as it is provisioned."""

WHOLE_LINE = f"\"station\" = '{measurements.WHOLE_LINE}'"
IN_TIME = "$timeFilter"
SHIFT_SO_FAR = "\"window\" = 'shift'"
LAST_HOUR = "\"window\" = 'hour'"


class Query(Builder[Dataquery], Dataquery):
    """One question of a panel.

    Parameters
    ----------
    text : str
        In InfluxQL; `$tag_NAME` in `alias` is the value of a tag by which it groups.
    alias : str
        What each series is called.
    table : bool
        Answered as one table with the tags as columns, not as a series each.
    ref
        The letter of the question in its panel, and the uid of the data source.
    """

    def __init__(self, text: str, *, alias: str = "", table: bool = False, ref: str = "A") -> None:
        self.text, self.alias, self.table, self.ref = text, alias, table, ref

    def named(self, ref: str) -> Query:
        """Return the same question as that of this letter in a panel."""
        return Query(self.text, alias=self.alias, table=self.table, ref=ref)

    def build(self) -> Dataquery:
        """Return itself: it is what is sent."""
        return self

    def to_json(self) -> dict[str, object]:
        """Return the question as Grafana stores it; without `rawQuery` it would ignore the text."""
        return {
            "alias": self.alias,
            "datasource": reference(),
            "query": self.text,
            "rawQuery": True,
            "refId": self.ref,
            "resultFormat": "table" if self.table else "time_series",
        }


def reference() -> DataSourceRef:
    """Return how a panel names the data source."""
    return DataSourceRef(type_val="influxdb", uid=DATASOURCE)


def chosen(*tags: str) -> tuple[str, ...]:
    """Return the conditions that a tag is what the variable of its name says; of stations there may be several."""
    return tuple(f'"{tag}" =~ /^${tag}$/' if tag == "station" else f"\"{tag}\" = '${tag}'" for tag in tags)


def select(what: str, measurement: str, *conditions: str, by: str = "", end: str = "") -> str:
    r"""Return a query of the chosen site and line.

    Examples
    --------
    >>> select("last(level)", "buffer", by='"buffer"')
    'SELECT last(level) FROM "buffer" WHERE "site" = \'$site\' AND "line" = \'$line\' GROUP BY "buffer"'
    """
    where = " AND ".join((*chosen("site", "line"), *conditions))
    group = f" GROUP BY {by}" if by else ""
    return f'SELECT {what} FROM "{measurement}" WHERE {where}{group}{end}'  # noqa: S608 -- fixed words, no input


def last(field: str, measurement: str, *conditions: str, by: str = "") -> str:
    """Return the query of the latest value of a field."""
    return select(f'last("{field}") AS "{field}"', measurement, *conditions, by=by)


def course(field: str, measurement: str, *conditions: str, by: str = "") -> str:
    """Return the query of a field's course: means over the panel's interval, -1 for no value left out."""
    group = "time($__interval)" + (f", {by}" if by else "")
    known = (*conditions, f'"{field}" >= 0', IN_TIME)
    return select(f'mean("{field}") AS "{field}"', measurement, *known, by=group, end=" fill(none)")


def within(what: str, query: str) -> str:
    """Return a query of what another one answers."""
    return f"SELECT {what} FROM ({query})"  # noqa: S608 -- as above


def tag_values(tag: str, measurement: str, *among: str) -> str:
    """Return the query of the values that a tag has, where other variables are as chosen."""
    where = f" WHERE {' AND '.join(chosen(*among))}" if among else ""
    return f'SHOW TAG VALUES FROM "{measurement}" WITH KEY = "{tag}"{where}'
