"""What a reading of events does with what cannot be: it refuses it, or counts it and goes on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from twin.errors import InputError

if TYPE_CHECKING:
    from twin.events import Event


class Doubts:
    """What the events of a line have said that contradicts what is known; a strict reading refuses the first of it."""

    def __init__(self, *, tolerant: bool) -> None:
        self.tolerant = tolerant
        self.contradictions: Counter[str] = Counter()

    def odd(self, what: str) -> None:
        """Count a contradiction by what it was."""
        self.contradictions[what] += 1

    def find(self, known: dict[Any, Any], key: object, event: Event) -> Any:  # noqa: ANN401 -- a row, or a time
        """Return what is known of the thing that an event is of; None where a tolerant reading knows nothing."""
        found = known.get(key)
        if found is None:
            if not self.tolerant:
                raise unknown(event, key)
            if event.kind != "order":
                self.odd(f"a {event.kind} event was of something that the line does not have")
        return found


def unknown(event: Event, what: object) -> InputError:
    """Return the error of a strict reading about something that it has not heard of."""
    return wrong(event, f"{what} is unknown; the log must begin with an empty line and be of the line given")


def wrong(event: Event, problem: str) -> InputError:
    """Return an error about an event."""
    return InputError(f"event {event.sequence} of {event.source} at {event.time} s ({event.kind}): {problem}")
