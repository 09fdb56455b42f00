"""What people say that stops were: the reason of a stretch of time at a machine, a station or the whole line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twin.events import Event

Machine = tuple[str, int]
"""A station and the number of the machine in it."""


class _Span(NamedTuple):
    start_s: float
    end_s: float
    reason: str | None


class Notes:
    """The reasons that people gave, by machine and time.

    Of several notes about the same time the one said last holds; one without a reason gives the time back to the
    machine's own.

    Parameters
    ----------
    notes
        Events of kind "note", in the order in which they were said.
    machines
        Every machine of the line.
    after_s
        Notes about earlier times are left out [s].
    """

    def __init__(self, notes: Iterable[Event], machines: Sequence[Machine], after_s: float = float("-inf")) -> None:
        self._spans: dict[int, list[_Span]] = {}
        bounds: set[tuple[float, int]] = set()
        for note in notes:
            fields: Any = note.fields
            span = _Span(fields["start_s"], fields["end_s"], fields["reason"])
            if span.end_s <= max(after_s, span.start_s):
                continue
            for row, (station, number) in enumerate(machines):
                if note.station in (None, station) and note.machine in (None, number):
                    self._spans.setdefault(row, []).append(span)
                    bounds |= {(bound, row) for bound in (span.start_s, span.end_s) if bound >= after_s}
        self.bounds = sorted(bounds)
        """When a reason may change at a machine: (time [s], its row), in order."""

    def reasons(self, row: int, time_s: float, own: str | None) -> list[str | None]:
        """Return the reasons given at a machine for a moment, the one that holds last; the first is the machine's own.

        Where the last note gives none, the machine's own holds.
        """
        said = (span.reason for span in self._spans.get(row, ()) if span.start_s <= time_s < span.end_s)
        return [own, *(own if reason is None else reason for reason in said)]

    def reason(self, row: int, time_s: float, own: str | None) -> str | None:
        """Return the reason that holds at a machine at a moment."""
        return self.reasons(row, time_s, own)[-1]
