"""What Grafana is provisioned with: the files are those of the code, and each is of the form that Grafana reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from grafana_foundation_sdk.models import alerting, expr
from jsonschema import Draft202012Validator

from connectors.influxdb import InfluxDb
from connectors.line_protocol import line_of
from dashboards.influxql import DATASOURCE
from dashboards.provision import DASHBOARDS_PATH, alerts, data_source, files, provider
from support.influx import Influx
from support.panels import filled
from twin.ports import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMITTED = Path(__file__).parents[2] / "dashboards" / "grafana"
TICK, MINUTE = 1_795_507_200_000_000_000, 60 * 10**9

TEXT, YES = {"type": "string", "minLength": 1}, {"type": "boolean"}


def of(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    """Return the schema of a mapping of these keys and no other."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def some(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


# As Grafana's documentation of provisioning describes the files.
VERSION = {"const": 1}
DATA_SOURCES = of({
    "apiVersion": VERSION,
    "datasources": some(of({
        "name": TEXT, "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"}, "type": {"const": "influxdb"},
        "access": {"const": "proxy"}, "url": TEXT, "editable": YES,
        "jsonData": of({
            "version": {"const": "InfluxQL"}, "dbName": TEXT, "httpMode": {"enum": ["GET", "POST"]},
            "httpHeaderName1": TEXT,
        }),
        "secureJsonData": of({"httpHeaderValue1": {"type": "string", "pattern": r"^Token \$\{\w+\}$"}}),
    })),
})  # fmt: skip
PROVIDERS = of({
    "apiVersion": VERSION,
    "providers": some(of({
        "name": TEXT, "folder": TEXT, "folderUid": TEXT, "type": {"const": "file"}, "disableDeletion": YES,
        "allowUiUpdates": YES, "updateIntervalSeconds": {"type": "integer", "minimum": 1},
        "options": of({"path": TEXT}),
    })),
})  # fmt: skip
STEP = of({
    "refId": {"type": "string", "pattern": "^[A-Z]$"}, "datasourceUid": TEXT,
    "model": {"type": "object", "required": ["refId"]},
    "relativeTimeRange": of({"from": {"type": "integer", "minimum": 10}, "to": {"type": "integer", "minimum": 0}}),
}, "relativeTimeRange")  # fmt: skip
DURATION = {"type": "string", "pattern": r"^\d+[smh]$"}
RULES = of({
    "apiVersion": VERSION,
    "groups": some(of({
        "orgId": {"type": "integer"}, "name": TEXT, "folder": TEXT, "interval": DURATION,
        "rules": some(of({
            "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"}, "title": TEXT, "condition": TEXT,
            "data": some(STEP), "for": DURATION,
            "noDataState": {"enum": ["NoData", "OK", "Alerting", "KeepLast"]},
            "execErrState": {"enum": ["Error", "OK", "Alerting", "KeepLast"]},
            "labels": {"type": "object", "additionalProperties": TEXT},
            "annotations": {"type": "object", "additionalProperties": TEXT},
        })),
    })),
})  # fmt: skip


@pytest.mark.parametrize(
    ("document", "schema"),
    [(data_source(), DATA_SOURCES), (provider(), PROVIDERS), (alerts(), RULES)],
    ids=["datasources", "dashboards", "alerting"],
)
def test_each_file_has_the_form_that_grafana_reads(document: dict[str, Any], schema: dict[str, Any]) -> None:
    problems = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(document)]

    assert problems == []


def test_the_files_that_are_kept_are_those_of_the_code() -> None:
    written = {name: (COMMITTED / name).read_bytes() for name, _ in files()}
    kept = {str(path.relative_to(COMMITTED)) for path in COMMITTED.rglob("*") if path.is_file()}

    assert written == {name: text.encode() for name, text in files()}, "run `twin dashboards build`"
    assert kept == set(written)


def test_a_dashboard_file_holds_the_dashboard_itself_and_no_two_have_one_uid() -> None:
    boards = [json.loads(text) for name, text in files() if name.startswith("dashboards/")]

    assert all("panels" in board and "dashboard" not in board for board in boards)
    assert len({board["uid"] for board in boards}) == len(boards)


def test_compose_mounts_each_file_where_grafana_looks() -> None:
    compose = yaml.safe_load((COMMITTED.parents[1] / "docker-compose.yml").read_text("utf-8"))
    mounted = [volume.split(":")[:2] for volume in compose["services"]["grafana"]["volumes"]]

    assert ["./dashboards/grafana/dashboards", DASHBOARDS_PATH] in mounted
    assert ["./dashboards/grafana/provisioning", "/etc/grafana/provisioning"] in mounted


def test_no_file_holds_a_secret_and_compose_sets_every_variable() -> None:
    text = yaml.safe_dump(data_source())
    compose = yaml.safe_load((COMMITTED.parents[1] / "docker-compose.yml").read_text("utf-8"))
    asked = {"TWIN_INFLUX_URL", "TWIN_INFLUX_BUCKET", "TWIN_INFLUX_TOKEN"}

    assert all(f"${{{name}}}" in text for name in asked)
    assert asked <= set(compose["services"]["grafana"]["environment"])


# The alert rule


@pytest.fixture(scope="module")
def rule() -> dict[str, Any]:
    [group] = alerts(0.75)["groups"]
    [found] = group["rules"]
    return dict(found)


def test_the_rule_is_a_query_its_last_value_and_a_threshold(rule: dict[str, Any]) -> None:
    query, reduce, threshold = rule["data"]
    kit = alerting.Rule.from_json({**rule, "orgID": 1, "folderUID": "x", "ruleGroup": "x"})

    assert [step.ref_id for step in kit.data] == ["A", "B", "C"]
    assert query["datasourceUid"] == DATASOURCE
    assert expr.TypeReduce.from_json(reduce["model"]).expression == "A"
    under = expr.TypeThreshold.from_json(threshold["model"])
    assert (under.expression, under.conditions[0].evaluator.type_val) == ("B", "lt")
    assert under.conditions[0].evaluator.params == [0.75]
    assert (rule["condition"], rule["for"]) == ("C", "15m")


def test_the_rule_says_what_to_do_and_who_does_it(rule: dict[str, Any]) -> None:
    assert rule["annotations"]["action"].startswith("Shift lead: open the dashboard Live line")
    assert rule["labels"]["takes"] == "shift lead"
    assert "{{ $labels.line }}" in rule["annotations"]["summary"]
    assert "$$" not in yaml.safe_dump(rule)


def test_an_alert_stays_as_it_is_while_the_database_is_away_and_none_comes_of_silence(rule: dict[str, Any]) -> None:
    assert (rule["execErrState"], rule["noDataState"]) == ("KeepLast", "OK")


def oee(line: str, value: float, time_ns: int, window: str = "hour", station: str = "_line") -> Point:
    tags = {"site": "france", "line": line, "station": station, "window": window}
    return Point(
        "kpi", {**tags, "shift": "06:00-14:00", "day": "2026-11-24", "policy": "standard 1"}, {"oee": value}, time_ns
    )


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """Start an InfluxDB with the OEE of three lines; one of them is not to run, one is old."""
    points = [
        oee("tiles", 0.80, TICK - 2 * MINUTE), oee("tiles", 0.70, TICK), oee("tiles", 0.1, TICK, "shift"),
        oee("tiles", 0.1, TICK, station="press"), oee("shop", 0.79, TICK), oee("asleep", -1.0, TICK),
        oee("gone", 0.2, TICK - 60 * MINUTE),
    ]  # fmt: skip
    with Influx(tmp_path_factory.mktemp("influx")) as server:
        database = InfluxDb(server.settings())
        lines = [f"{' '.join(line_of(point))} {point.time_ns}" for point in points]
        assert database.write(lines) == []
        database.close()
        yield server


def test_the_query_of_the_rule_gives_each_line_that_runs_its_oee(influx: Influx, rule: dict[str, Any]) -> None:
    query, *_ = rule["data"]
    start_ns = TICK - query["relativeTimeRange"]["from"] * 10**9
    rows = influx.query(filled(query["model"]["query"], {}, start_ns, TICK))

    last = {row["line"]: row["oee"] for row in rows}
    assert last == {"tiles": 0.70, "shop": 0.79}
    assert [line for line, value in last.items() if value < 0.75] == ["tiles"]
