"""What was found in a machine log, said in sentences: rows not used, names not known, machines that fell silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connectors.machine_mapping import label, places
from connectors.machine_rows import Labels, Read
from twin.live.clock import SECOND
from twin.units import format_time, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connectors.machine_mapping import MachineMapping
    from connectors.machine_rows import Row

MOST_SHOWN = 8
OFTEN = 0.01
"""Share of rows from which on a fault is of the mapping and not of the rows."""


@dataclass(slots=True)
class Silence:
    """When a machine sent nothing for long: how often, how long in all and at most, and since when the longest."""

    times: int = 0
    total_ns: int = 0
    longest_ns: int = 0
    since_ns: int = 0


@dataclass(slots=True)
class Found:
    """What was read of a machine log: fill it by reading, then ask for `sentences`.

    Attributes
    ----------
    read
        Rows, and what is wrong with those not used.
    products
        Products that the line does not know.
    moved, moved_ns
        Rows that began before the last of their machine had ended, and the most by which one was moved on [ns].
    silences
        By the machine's label in the log.
    ends
        By the machine's label the end of its last row [ns UTC].
    """

    read: Read = field(default_factory=Read)
    products: Labels = field(default_factory=Labels)
    moved: int = 0
    moved_ns: int = 0
    silences: dict[str, Silence] = field(default_factory=dict)
    begins: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    _path: Path | None = None
    _mapping: MachineMapping | None = None
    _silent_ns: int = 0

    def begin(self, path: Path, mapping: MachineMapping) -> None:
        """Take the name of the log and its mapping."""
        self._path, self._mapping, self._silent_ns = path, mapping, round(mapping.silent * SECOND)

    def span(self, row: Row, last_ns: int | None, begin_ns: int, end_ns: int) -> None:
        """Count a row that is used; `last_ns` is when its machine last said something [ns UTC]."""
        self.read.used += 1
        if begin_ns > row.begin_ns:
            self.moved += 1
            self.moved_ns = max(self.moved_ns, begin_ns - row.begin_ns)
        self.begins.setdefault(row.machine, begin_ns)
        self.ends[row.machine] = end_ns
        if last_ns is not None and begin_ns - last_ns > self._silent_ns:
            silence = self.silences.setdefault(row.machine, Silence())
            silence.times += 1
            silence.total_ns += begin_ns - last_ns
            if begin_ns - last_ns > silence.longest_ns:
                silence.longest_ns, silence.since_ns = begin_ns - last_ns, last_ns

    def sentences(self) -> list[str]:
        """Return what there is to say once all was read: first how much was used, then what asks for a look."""
        return [] if self._mapping is None else [*self._sentences(self._mapping)]

    def nothing(self) -> str:
        """Return why no row was used."""
        read, mapping = self.read, self._mapping
        if mapping is not None and read.machines.rows.total() >= max(read.states.rows.total(), 1):
            known = ", ".join(quoted(text) for text in [*places(mapping)][:MOST_SHOWN])
            return f"no row is of a machine that the mapping knows ({known}); the log has {_listed(read.machines)}"
        if mapping is not None and read.states.rows:
            known = ", ".join(quoted(label(text)) for text in [*mapping.states][:MOST_SHOWN])
            return f"no row has a state that the mapping knows ({known}); the log has {_listed(read.states)}"
        first = min(read.first.values(), default=None)
        return f"none of its {read.rows:,} rows can be used" + (f" (row {first.row} {first.sentence})" if first else "")

    def _sentences(self, mapping: MachineMapping) -> Iterator[str]:
        read, columns = self.read, mapping.columns
        unused = read.rows - read.used - read.duplicates
        parts = [f"{read.used:,} used"]
        if read.duplicates:
            parts.append(f"{read.duplicates:,} dropped that {'repeats' if read.duplicates == 1 else 'repeat'} another")
        if unused:
            parts.append(f"{unused:,} not used")
        shown = ", ".join(parts) if len(parts) > 1 else "all used"
        yield f"{self._path}: {read.rows:,} {_rows(read.rows)}, {shown}."
        if read.machines.rows:
            yield f"Not used, of machines that the mapping does not know ({columns.machine}): {_listed(read.machines)}."
        if read.states.rows:
            yield f"Not used, in states that the mapping does not know ({columns.state}): {_listed(read.states)}."
        for kind, rows in read.problems.most_common(MOST_SHOWN):
            first = read.first[kind]
            alike = f", and {rows - 1:,} more alike" if rows > 1 else ""
            yield f"Not used, row {first.row}: {first.sentence}{alike}."
        if self.products.rows:
            yield (
                f"New to the line ({columns.product}): {_listed(self.products, self._moment)}; "
                "their pieces count as those of no product."
            )
        if self.moved > OFTEN * read.used:
            whose = "its" if self.moved == 1 else "their"
            yield (
                f"{self.moved:,} {_rows(self.moved)} began before the last of {whose} machine had ended, moved on by "
                f"up to {_time(self.moved_ns)}; does the time stamp mark the other end of its span (time: stamp)?"
            )
        yield from self._silent(mapping)

    def _silent(self, mapping: MachineMapping) -> Iterator[str]:
        """Say which machines were silent, which are so at the end, and which are not in the log at all."""
        last_ns = max(self.ends.values(), default=0)
        limit = format_time(mapping.silent)
        for text in places(mapping):
            if text not in self.ends:
                yield f"Machine {text} is not in the log."
                continue
            if (silence := self.silences.get(text)) is not None:
                often = "once" if silence.times == 1 else f"{silence.times:,} times, {_time(silence.total_ns)} in all"
                yield (
                    f"Machine {text} sent nothing for over {limit} {often}; longest {_time(silence.longest_ns)} "
                    f"from {self._moment(silence.since_ns)}."
                )
            if last_ns - self.ends[text] > self._silent_ns:
                rest = _time(last_ns - self.ends[text])
                yield f"Machine {text} is silent since {self._moment(self.ends[text])}, {rest} before the log ends."

    def _moment(self, time_ns: int) -> str:
        zone = "UTC" if self._mapping is None else self._mapping.time.zone
        return f"{datetime.fromtimestamp(time_ns // SECOND, ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _time(nanos: int) -> str:
    return format_time(nanos / SECOND)


def _listed(labels: Labels, moment: Callable[[int], str] | None = None) -> str:
    """List labels with their rows, the most frequent first; with a way to write moments by when they first came."""
    ranked = labels.rows.most_common() if moment is None else sorted(labels.rows.items(), key=labels.came)
    shown = []
    for text, rows in ranked[:MOST_SHOWN]:
        since = "" if moment is None else f" from {moment(labels.first_ns[text])}"
        shown.append(f"{quoted(text)} ({rows:,} {_rows(rows)}{since})")
    more = len(labels.rows) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
