"""Production logs for tests: a small one by hand, as CSV, Parquet and XES."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import pandas as pd

from connectors.log_mapping import LogMapping, load_mapping_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

HEADER = ("case_id", "activity", "worker", "start", "complete", "qty", "rejected", "kind", "rework")

ROWS = [
    ("Case 7", "Turning & Milling", "ID4794", "2012-01-03T08:00:00", "2012-01-03T14:00:00", "0", "0", "S", ""),
    ("Case 7", "Turning & Milling", "ID4529", "2012-01-03T14:00:00", "2012-01-04T01:30:00", "40", "2", "D", ""),
    ("Case 7", "Round  Q.C.", "ID4163", "2012-01-04T02:00:00", "2012-01-04T03:15:00", "38", "0", "D", ""),
    ("Case 9", "Turning & Milling", "ID4529", "2012-01-04T07:00:00", "2012-01-04T07:00:00", "", "0", "B", ""),
    ("Case 9", "Round Q.C.", "", "2012-01-05T07:00:00", "2012-01-05T08:00:00", "5", "1", "D", "Y"),
]

MAPPING = """\
columns:
  {order: case_id, station: activity, worker: worker, start: start, end: complete, done: qty, rejected: rejected}
kind: {column: kind, setup: [S], production: [D], breakdown: [B]}
rework: {column: rework, values: [Y]}
stations: {round_qc: ["Round  Q.C.", Round Q.C.]}
checks: [round_qc]
"""

XES_MAPPING = """\
columns:
  order: case:concept:name
  station: concept:name
  worker: org:resource
  end: time:timestamp
  done: qty
  rejected: rejected
kind: {column: kind, setup: [S], production: [D], breakdown: [B]}
rework: {column: rework, values: [Y]}
stations: {round_qc: ["Round  Q.C.", Round Q.C.]}
checks: [round_qc]
lifecycle: {}
time: {zone: Europe/Paris}
"""


def mapping(text: str = MAPPING) -> LogMapping:
    return load_mapping_text(text, "map.yaml")


def write_csv(path: Path, rows: Iterable[Sequence[str]] = ROWS, header: Sequence[str] = HEADER, by: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=by, lineterminator="\n").writerows([header, *rows])
    return path


def write_parquet(path: Path, rows: Iterable[Sequence[str]] = ROWS) -> Path:
    """Write a log with times as times and pieces as whole numbers that may be missing."""
    frame = pd.DataFrame(rows, columns=HEADER)
    for name in ("start", "complete"):
        frame[name] = pd.to_datetime(frame[name])
    frame["qty"] = pd.to_numeric(frame["qty"]).astype("Int64")
    frame.to_parquet(path)
    return path


def write_xes(path: Path, rows: Iterable[Sequence[str]] = ROWS) -> Path:
    """Write a log as pairs of events, the end before the start in the file, as winter time of Paris."""
    traces: dict[str, list[str]] = {}
    for order, operation, worker, start, end, done, rejected, kind, rework in rows:
        same = {"concept:name": operation, "org:resource": worker}
        told = {"qty": done, "rejected": rejected, "kind": kind, "rework": rework}
        traces.setdefault(order, []).extend(
            [
                _event({**same, **told, "lifecycle:transition": "complete", "time:timestamp": f"{end}.000+01:00"}),
                _event({**same, "lifecycle:transition": "start", "time:timestamp": f"{start}.000+01:00"}),
            ]
        )
    body = "".join(
        f'<trace><string key="concept:name" value={quoteattr(order)}/>{"".join(events)}</trace>'
        for order, events in traces.items()
    )
    text = f'<?xml version="1.0"?><log xes.version="1.0" xmlns="http://www.xes-standard.org/">{body}</log>'
    path.write_text(text, encoding="utf-8")
    return path


def _event(attributes: dict[str, str]) -> str:
    kinds = {"time:timestamp": "date", "qty": "int", "rejected": "int"}
    cells = [
        f"<{kinds.get(key, 'string')} key={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in attributes.items()
        if value
    ]
    return f"<event>{''.join(cells)}</event>"
