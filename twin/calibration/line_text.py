"""A fitted line as text: the YAML file that a person reads, changes and gives to the twin."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.calibration.calibrate import Calibration

WIDTH = 120
"""Columns of the comments, and of a value in one piece."""


def line_text(found: Calibration, name: str, *, beside: str = "") -> str:
    """Return a fitted line as a line file has it.

    Parameters
    ----------
    found
        The line, and the log that it was fitted to.
    name
        The line's name.
    beside
        What else was written, a sentence for the header.
    """
    parts = dict(found.document)
    stations, route = parts.pop("stations"), parts.pop("route")
    lines = [*_comment(_header(found, beside)), f"line: {flow(name)}"]
    for key, value in parts.items():
        lines += _entry(key, value, 0)
    lines += ["", "stations:"]
    for station, described in stations.items():
        lines.append(f"  {flow(station)}:")
        for key, value in described.items():
            lines += _entry(key, value, 4, _how_well(found, f"stations.{station}.{key}"))
    lines += ["", "route:", *(f"  - {flow(edge)}" for edge in route)]
    lines += ["", "basis:", *(f"  {flow(path)}: {_quoted(text)}" for path, text in found.basis.items())]
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:  # noqa: ANN401 -- as YAML has it
    """Return a value in YAML's flow style, on one line.

    Examples
    --------
    >>> flow({"lognormal": {"mean": "12.3 min", "cv": 0.4}}), flow("press"), flow("on")
    ('{lognormal: {mean: 12.3 min, cv: 0.4}}', 'press', "'on'")
    """
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf"))
    return text.removesuffix("...\n").rstrip("\n")


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf")).rstrip("\n")


def _entry(key: str, value: Any, indent: int, note: str = "") -> Iterator[str]:  # noqa: ANN401 -- as YAML has it
    """Yield a key with its value, on one line where that is not too long; a note goes behind the key."""
    whole = f"{' ' * indent}{flow(key)}: {flow(value)}"
    if len(whole) + len(note) <= WIDTH or not isinstance(value, dict):
        yield whole + note
        return
    yield f"{' ' * indent}{flow(key)}:{note}"
    for inner, part in value.items():
        yield from _entry(inner, part, indent + 2)


def _how_well(found: Calibration, path: str) -> str:
    """Return the comment that says how well a law fits, of those that could be judged."""
    judged = [row.fit.p_value for row in found.fits if f"{row.path}.".startswith(f"{path}.")]
    return f"  # p {judged[0]:.2f}" if judged and judged[0] is not None else ""


def _header(found: Calibration, beside: str) -> Iterator[str]:
    plant, count = found.plant, found.balance
    begin, end = (
        plant.log.epoch + timedelta(seconds=moment) for moment in (float(plant.reports["start"].min()), plant.end)
    )
    yield (
        f"Fitted to {PurePath(plant.log.source).name}, {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} on the log's own "
        f"clock: {count.orders:,} orders, of which {count.open_orders:,} are open, and {len(plant.reports):,} reports."
    )
    yield (
        "Under basis stands what each number rests on; p, where a law could be judged, is how often one that is true "
        f"fits no better. {beside}".rstrip()
    )
    yield ""
    yield "What the log does not show:"
    yield from (f"- {sentence}" for sentence in found.unknown)


def _comment(paragraphs: Iterator[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        hanging = "  " if paragraph.startswith("- ") else ""
        # A line of the log may be called anything; a comment ends with its line.
        text = " ".join(paragraph.split())
        wrapped = textwrap.wrap(text, WIDTH - 2, subsequent_indent=hanging, break_on_hyphens=False) or [""]
        yield from (f"# {line}".rstrip() for line in wrapped)
