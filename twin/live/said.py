"""What people have said of stops, as far as the mirror has heard of it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from twin.live.lateness import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twin.events import Event


class Said:
    """The notes known, and from when on a replay must apply those about a time that is closed.

    Parameters
    ----------
    notes
        What was said before the first event comes.
    """

    def __init__(self, notes: Iterable[Event]) -> None:
        self._notes = {in_order(note): note for note in notes}
        self.wants_replay_from: float | None = None

    @property
    def notes(self) -> list[Event]:
        """The notes in the order in which they were said."""
        return [self._notes[key] for key in sorted(self._notes)]

    def hear(self, notes: Sequence[Event], edge_s: float) -> float:
        """Take notes; return the earliest time still open that a new one is about [s], inf if none is new.

        Parameters
        ----------
        notes
            Notes, also such as are known.
        edge_s
            What came before this is closed: only a replay applies a note to it [s].
        """
        first = inf
        for note in notes:
            if in_order(note) in self._notes:
                continue
            self._notes[in_order(note)] = note
            start_s: Any = note.fields["start_s"]
            if start_s < edge_s:
                self.wants_replay_from = min(start_s, inf if self.wants_replay_from is None else self.wants_replay_from)
            first = min(first, max(start_s, edge_s))
        return first
