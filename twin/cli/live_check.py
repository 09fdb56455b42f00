"""`twin live --check`: whether broker, store, InfluxDB and Grafana can be reached and do what is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.settings import GrafanaSettings, InfluxSettings, MqttSettings
    from twin.line.line import Line

SHOWN = 5
"""So many reasons of refusal, and so many dead letters, are shown."""
INDENT = 17


def checked(
    broker: MqttSettings, line: Line, store: Path, influx: InfluxSettings | None, grafana: GrafanaSettings | None
) -> bool:
    """Try each, say how it stands, one line each, and return whether all is well; nothing is written but the store."""
    tried: dict[str, Callable[[], str]] = {
        "broker": lambda: _broker(broker, line),
        "store": lambda: _store(store, line),
    }
    if influx is not None:
        tried["InfluxDB"] = lambda: _influx(influx)
    if grafana is not None:
        tried["Grafana"] = lambda: _grafana(grafana)
    well = [_said(what, attempt) for what, attempt in tried.items()]
    return all(well)


def _said(what: str, attempt: Callable[[], str]) -> bool:
    from connectors.influxdb import Away

    try:
        print(f"{what:<10}well   {attempt()}")
    except (InputError, Away) as error:
        print(f"{what:<10}wrong  {error}")
        return False
    return True


def _broker(settings: MqttSettings, line: Line) -> str:
    """Connect under a name of our own, so that a twin at work keeps its session."""
    from connectors.mqtt_connection import Connection

    connection = Connection(settings, f"line-twin-{line.line}-check")
    status = connection.connect()
    connection.close()
    if not status.connected:
        raise InputError(status.sentence.removesuffix("; trying again"))
    return status.sentence


def _store(path: Path, line: Line) -> str:
    """Read the store, which a twin at work may be writing; where there is none, see whether one can be made."""
    from contextlib import closing

    from connectors.store_reading import StoreReader
    from twin.cli.resolve import output_file

    if not path.exists():
        output_file(path, path.suffix, option="--store")
        return f"{path}: is made when the twin starts"
    with closing(StoreReader(path)) as store:
        if store.line != line.line:
            raise InputError(f"{path}: the store holds the line {store.line}, not {line.line}; name another file")
        counts, refused, dead = store.counts(), store.quarantine_reasons(), store.dead_letters(SHOWN)
    lines = [f"{path}: {counts.events:,} events, quarantine {counts.quarantine:,}, outbox {counts.outbox:,}"]
    lines += [f"refused {many:,} times: {reason}" for reason, many in list(refused.items())[:SHOWN]]
    lines += [f"taken by no database: {line} ({reason})" for line, reason in dead]
    return f"\n{' ' * INDENT}".join(lines)


def _influx(settings: InfluxSettings) -> str:
    from connectors.influxdb import InfluxDb

    InfluxDb(settings).ask()
    return f"{settings.url}: takes points for {settings.bucket}"


def _grafana(settings: GrafanaSettings) -> str:
    from connectors.grafana import check
    from dashboards.influxql import DATASOURCE

    if (problem := check(settings, DATASOURCE)) is not None:
        raise InputError(problem)
    return f"{settings.url}: takes dashboards, and knows the database"
