"""Machine logs written by hand, the published one of three retrofitted machines, and what their events add up to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connectors.machine_found import Found
from connectors.machine_log import read_machine_log
from connectors.machine_mapping import load_machine_mapping_text
from twin.line.load import load_line_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twin.events import Event
    from twin.line.line import Line

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared/data/retrofitted_machines/machine_states.csv"
REAL_LINE = ROOT / "tests/lines/retrofitted_machines.yaml"
REAL_MAP = ROOT / "tests/lines/retrofitted_machines.map.yaml"

LINE = """
line: cell
stations:
  press: {cycle: 12 s, machines: 2}
  weld: {cycle: 10 s}
route:
  - {from: press, to: weld, buffer: 4}
  - {from: weld, to: press, probability: 0.1, rework: true}
  - {from: weld, to: out}
products: {bracket: {}, plate: {route: [press]}}
source: {kind: saturated, product: {bracket: 0.5, plate: 0.5}}
"""

MAPPING = """
columns: {time: at, machine: m, state: s, duration: d, pieces: n, scrap: bad, power: kw, product: p, reason: why}
time: {zone: Europe/Rome}
machines: {press: [P1, P2], weld: [W]}
states: {run: processing, hand: {state: processing, reason: manual}, stop: {state: down, reason: alarm}}
products: {bracket: [B7]}
reasons: {jam: ["17"]}
"""

HEADER = "at,m,s,d,n,bad,kw,p,why"

ROWS = (
    "2024-05-06 06:00:00,P1,run,60,5,1,3.5,B7,",
    "2024-05-06 06:00:30,W,run,30,2,0,1,plate,",
    "2024-05-06 06:01:00,P1,stop,120,0,0,0.5,B7,17",
    "2024-05-06 06:05:00,P1,hand,60,1,0,0.5,B7,17",
    "2024-05-06 06:05:00,P2,stop,60,0,0,0,,",
)
"""Press 1 stands for two minutes from its first full minute on, then nothing is known of it until 06:05."""


def real_log() -> Path:
    """Return the published log; a test that needs it is skipped where it is not."""
    if not REAL.exists():
        pytest.skip(f"the log of the three machines is not at {REAL}")
    return REAL


def write(path: Path, rows: Iterable[str] = ROWS, header: str = HEADER) -> Path:
    """Write a log."""
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def cell() -> Line:
    """Return the line of the log above."""
    return load_line_text(LINE)


def read(path: Path, mapping: str = MAPPING) -> tuple[list[Event], Found]:
    """Return the events of a log, and what was found in it."""
    found = Found()
    return list(read_machine_log(path, load_machine_mapping_text(mapping, "map.yaml"), cell(), found)), found


def closes(found: Found) -> bool:
    """Return whether every row of a log is accounted for."""
    rest = found.read
    unknown = rest.machines.rows.total() + rest.states.rows.total()
    return rest.rows == rest.used + rest.duplicates + rest.problems.total() + unknown


def brief(events: Sequence[Event]) -> list[tuple[float, str, object, object]]:
    """Return of each event its time [s], its machine, and what it says, short."""
    said = []
    for event in events:
        what: dict[str, object] = dict(event.fields)
        one, two = {
            "state": ("state", "reason"),
            "power": ("power_kw", "power_kw"),
            "part": ("outcome", "pieces"),
        }[event.kind]
        said.append((event.time, f"{event.station}{event.machine}", what[one], what[two]))
    return said


@dataclass
class Sums:
    """What a machine's events add up to: time by state and reason [s], energy by the same [kWs], pieces by outcome."""

    seconds: dict[tuple[str, str | None], float] = field(default_factory=lambda: defaultdict(float))
    energy: dict[tuple[str, str | None], float] = field(default_factory=lambda: defaultdict(float))
    pieces: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    worked_s: float = 0.0
    state: tuple[str, str | None] | None = None
    power_kw: float = 0.0
    since: float = 0.0

    def _until(self, time: float) -> None:
        if self.state is not None:
            self.seconds[self.state] += time - self.since
            self.energy[self.state] += self.power_kw * (time - self.since)
        self.since = time

    def take(self, event: Event) -> None:
        """Add one event."""
        fields: dict[str, object] = dict(event.fields)
        self._until(event.time)
        if event.kind == "state":
            self.state = str(fields["state"]), fields["reason"]  # type: ignore[assignment]
        elif event.kind == "power":
            self.power_kw = float(str(fields["power_kw"]))
        else:
            self.pieces[str(fields["outcome"])] += int(str(fields["pieces"]))
            self.worked_s += float(str(fields["cycle_s"]))


def sums(events: Iterable[Event]) -> dict[tuple[str | None, int | None], Sums]:
    """Return what the events of each machine add up to, by plain addition."""
    totals: dict[tuple[str | None, int | None], Sums] = defaultdict(Sums)
    for event in events:
        totals[event.station, event.machine].take(event)
    return dict(totals)
