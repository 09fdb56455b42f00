"""What `twin replay --check` shows of a machine log: time, power and pieces, to hold against one's own figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dashboards.numbers import NOTHING, number
from twin.cli.show import paragraph, show, state_word, table
from twin.events import MACHINE_OUTCOMES
from twin.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from rich.table import Table

    from connectors.machine_mapping import MachineMapping
    from twin.events import Event
    from twin.line.line import Line

NO_ROW = "no row"
"""The reason of a state that is that of time which no row covers."""

Machine = tuple[str | None, int | None]


@dataclass(slots=True)
class _Sums:
    """What the events of a machine add up to: by state and reason the time [s] and energy [kWs], pieces by product."""

    state: tuple[str, str | None] | None = None
    power_kw: float | None = None
    since_s: float = 0.0
    seconds: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    energy: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    pieces: Counter[tuple[str | None, str]] = field(default_factory=Counter)

    def take(self, event: Event) -> None:
        """Add one event."""
        fields: Any = event.fields
        if event.kind == "part":
            self.pieces[fields["product"], fields["outcome"]] += fields["pieces"]
            return
        if self.state is not None:
            passed: Any = event.time - self.since_s
            self.seconds[self.state] += passed
            self.energy[self.state] += passed * (self.power_kw or 0.0)
        self.since_s = event.time
        if event.kind == "state":
            self.state = fields["state"], fields["reason"]
        elif event.kind == "power":
            self.power_kw = fields["power_kw"]


def check(log: Path, mapping: MachineMapping, line: Line) -> None:
    """Read a machine log to its end, and show what it holds and what of it cannot be used.

    Raises
    ------
    InputError
        As `connectors.machine_log.read_machine_log`.
    """
    from connectors.machine_found import Found
    from connectors.machine_log import read_machine_log

    found = Found()
    sums = _sums(read_machine_log(log, mapping, line, found))
    sentences = (paragraph(sentence) for sentence in found.sentences())
    show(next(sentences), _times(sums, mapping), _pieces(sums), *sentences)


def _sums(events: Iterable[Event]) -> dict[Machine, _Sums]:
    sums: dict[Machine, _Sums] = {}
    for event in events:
        sums.setdefault((event.station, event.machine), _Sums()).take(event)
    return dict(sorted(sums.items()))


def _times(sums: Mapping[Machine, _Sums], mapping: MachineMapping) -> Table:
    """Return the time of each machine by state and reason, and the mean power in it."""
    meanings = [(meaning.state, meaning.reason) for meaning in mapping.states.values()]
    unobserved = None if (mapping.unobserved, None) in meanings else (mapping.unobserved, None)

    def rows() -> Iterator[tuple[str, ...]]:
        for machine, total in sums.items():
            for (state, reason), seconds in total.seconds.most_common():
                told = total.power_kw is not None and (state, reason) != unobserved
                why = reason or (NOTHING if (state, reason) != unobserved else NO_ROW)
                power = number(total.energy[state, reason] / seconds, 3) if told and seconds else NOTHING
                hours = number(seconds / SECONDS_PER_HOUR, 2)
                yield _name(machine), state_word(state), why, hours, power

    return table(("machine", "state", "reason", "h", "mean kW"), rows(), left=(0, 1, 2))


def _pieces(sums: Mapping[Machine, _Sums]) -> Table:
    """Return the pieces of each machine by product and outcome."""

    def rows() -> Iterator[tuple[str, ...]]:
        for machine, total in sums.items():
            for product in dict.fromkeys(product for product, _ in total.pieces):
                counts = (number(total.pieces[product, outcome], 0) for outcome in MACHINE_OUTCOMES)
                yield _name(machine), product or NOTHING, *counts

    return table(("machine", "product", *MACHINE_OUTCOMES), rows(), left=(0, 1))


def _name(machine: Machine) -> str:
    return f"{machine[0]} {machine[1]}"
