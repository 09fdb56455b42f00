"""What Grafana reads from files at its start: the dashboards, where they lie, the data source and the alert rule.

The same dashboards can be pushed to a Grafana that runs already; one that was provisioned from files refuses that.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from grafana_foundation_sdk.builders import alerting, expr
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import alerting as alert_model
from grafana_foundation_sdk.models import expr as expr_model
from grafana_foundation_sdk.models.common import DataSourceRef

from dashboards.influxql import DATASOURCE, IN_TIME, LAST_HOUR, WHOLE_LINE, Query
from dashboards.live_line import OEE_TARGET, UID, live_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grafana_foundation_sdk.cog.variants import Dataquery

FOLDER, FOLDER_UID = "Line twin", "line-twin"
ALERTS = "Line twin alerts"
"""The folder of the rules: one of their own, so that neither depends on which is made first."""

DASHBOARDS_PATH = "/etc/grafana/dashboards"
"""Where the dashboards lie in Grafana's container."""

EVALUATED_EVERY, UNDER_FOR = "1m", "15m"
LOOKED_BACK_S = 600
EXPRESSION = DataSourceRef(type_val="__expr__", uid="__expr__")
"""What computes the steps of a rule after the query: Grafana itself."""

_HEADER = "# Written by `twin dashboards build`.\n"


def files(oee_target: float = OEE_TARGET) -> Iterator[tuple[str, str]]:
    """Yield every file that Grafana is provisioned with: its path below the folder of the output, and its text."""
    for name, dashboard in documents(oee_target).items():
        yield f"dashboards/{name}.json", json.dumps(dashboard, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    yield "provisioning/datasources/line-twin.yaml", _yaml(data_source())
    yield "provisioning/dashboards/line-twin.yaml", _yaml(provider())
    yield "provisioning/alerting/line-twin.yaml", _yaml(alerts(oee_target))


def documents(oee_target: float = OEE_TARGET, source: str = DATASOURCE) -> dict[str, dict[str, Any]]:
    """Return every dashboard as its JSON, by the name of its file, over the data source of this uid."""
    return {"live-line": _document(live_line(oee_target).build(), source)}


def _document(built: object, source: str) -> dict[str, Any]:
    """Return what the builders made as plain JSON."""

    def put_right(found: dict[str, Any]) -> dict[str, Any]:
        if "iconColor" in found:
            found.pop("placement", None)  # of an annotation's switch; Grafana 12 does not take the kit's word for it
        return found | {"uid": source} if found.get("uid") == DATASOURCE and "type" in found else found

    plain: dict[str, Any] = json.loads(JSONEncoder().encode(built), object_hook=put_right)
    return plain


def data_source() -> dict[str, Any]:
    """Return the data source: InfluxDB, asked in InfluxQL; address and token come from Grafana's environment."""
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Line twin",
                "uid": DATASOURCE,
                "type": "influxdb",
                "access": "proxy",
                "url": "${TWIN_INFLUX_URL}",
                "editable": False,
                "jsonData": {
                    "version": "InfluxQL",
                    "dbName": "${TWIN_INFLUX_BUCKET}",
                    "httpMode": "POST",
                    "httpHeaderName1": "Authorization",
                },
                "secureJsonData": {"httpHeaderValue1": "Token ${TWIN_INFLUX_TOKEN}"},
            }
        ],
    }


def provider() -> dict[str, Any]:
    """Return where the dashboards lie, and their folder."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "line-twin",
                "folder": FOLDER,
                "folderUid": FOLDER_UID,
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "updateIntervalSeconds": 30,
                "options": {"path": DASHBOARDS_PATH},
            }
        ],
    }


def alerts(oee_target: float = OEE_TARGET) -> dict[str, Any]:
    """Return the group of alert rules: OEE of the last hour under its target for 15 minutes."""
    rule = _document(oee_rule(oee_target).build(), DATASOURCE)
    for name in ("folderUID", "orgID", "ruleGroup"):  # said by the group
        rule.pop(name, None)
    group = {"orgId": 1, "name": "Line twin", "folder": ALERTS, "interval": EVALUATED_EVERY, "rules": [rule]}
    return {"apiVersion": 1, "groups": [group]}


def oee_rule(oee_target: float) -> alerting.Rule:
    """Return the rule in its three steps: the OEE of each line, its last value, whether that is under the target.

    A line that is not to run has no OEE (-1) and raises no alert; while InfluxDB is away an alert stays as it is.
    """
    known = f'{WHOLE_LINE} AND {LAST_HOUR} AND "oee" >= 0 AND {IN_TIME}'
    oee = f'SELECT "oee" FROM "kpi" WHERE {known} GROUP BY "site", "line"'  # noqa: S608 -- fixed words, no input
    under = expr_model.ExprTypeThresholdConditions(
        evaluator=expr_model.ExprTypeThresholdConditionsEvaluator(params=[oee_target], type_val="lt")
    )
    range_s = alert_model.RelativeTimeRange(from_val=LOOKED_BACK_S, to=0)
    return (
        alerting.Rule("OEE under target for 15 minutes")
        .uid("line-twin-oee")
        .for_val(UNDER_FOR)
        .condition("C")
        .with_query(alerting.Query("A").datasource_uid(DATASOURCE).relative_time_range(range_s).model(Query(oee)))
        .with_query(_step("B", expr.TypeReduce().datasource(EXPRESSION).expression("A").reducer("last").ref_id("B")))
        .with_query(
            _step(
                "C", expr.TypeThreshold().datasource(EXPRESSION).expression("B").conditions([_Built(under)]).ref_id("C")
            )
        )
        .no_data_state("OK")
        .exec_err_state("KeepLast")
        .labels({"takes": "shift lead"})
        .annotations(
            {
                "summary": "OEE of {{ $labels.line }} at {{ $labels.site }} is under "
                f"{oee_target:.0%} for 15 minutes, counted over the last hour.",
                "action": "Shift lead: open the dashboard Live line; the longest bar of Stops names the station. "
                "Go there, see that someone works on it, and give the stop its reason.",
                "__dashboardUid__": UID,
                "__panelId__": "1",
            }
        )
    )


def _step(ref: str, expression: Builder[Dataquery]) -> alerting.Query:
    """Return a step that Grafana computes itself."""
    return alerting.Query(ref).datasource_uid("__expr__").model(expression)


class _Built(Builder[expr_model.ExprTypeThresholdConditions]):
    """A condition that is whole already, where the kit asks for something that builds one."""

    def __init__(self, condition: expr_model.ExprTypeThresholdConditions) -> None:
        self._condition = condition

    def build(self) -> expr_model.ExprTypeThresholdConditions:
        return self._condition


def _yaml(document: dict[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
