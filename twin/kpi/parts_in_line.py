"""The parts in a line: since when each is there, of how many pieces, and their number integrated over time."""

from __future__ import annotations

from typing import Any

MOST_REMEMBERED = 100_000
"""Parts of which a tolerant tally knows when they came; the oldest beyond are forgotten."""

_PLAIN = ("wip", "wip_since", "wip_s", "unseen", "hidden")


class PartsInLine:
    """What is in the line, as arrivals and departures say.

    `wip` counts the pieces, `wip_s` is its integral over time up to `wip_since` [piece s]; `unseen` counts parts that
    are there but were not seen to arrive, `hidden` further ones that may be: a belt, or a machine that works on several
    parts, was busy when somebody began to listen. A bounded one forgets the oldest beyond `MOST_REMEMBERED`.
    """

    def __init__(self, *, bounded: bool) -> None:
        self._bounded = bounded
        self.entered: dict[int, float | None] = {}
        """Since when each part is in the line [s]; None where that is not known."""
        self.pieces: dict[int, int] = {}
        """Of every part in the line."""
        self.cut_of: dict[int, int] = {}
        """Of a part just cut from a lot the pieces of that lot, until it leaves the machine; none where it was one."""
        self.reworked: set[int] = set()
        self.wip, self.wip_since, self.wip_s = 0, 0.0, 0.0
        self.unseen = self.hidden = 0

    def remember(self, part: int, entered_s: float | None, pieces: int) -> None:
        """A part is in the line."""
        self.entered[part], self.pieces[part] = entered_s, pieces
        if self._bounded and len(self.entered) > MOST_REMEMBERED:
            self.forget(next(iter(self.entered)))
            self.unseen += 1

    def forget(self, part: int) -> None:
        """A part is no longer in the line."""
        self.entered.pop(part, None)
        self.pieces.pop(part, None)
        self.cut_of.pop(part, None)
        self.reworked.discard(part)

    def change(self, time: float, pieces: int) -> bool:
        """Pieces come into the line or leave it; return whether more have left than were in it, as far as is known."""
        self.wip_s += self.wip * (time - self.wip_since)
        self.wip_since = time
        self.wip += pieces
        if self.wip >= 0 or not self._bounded:
            return False
        self.wip = 0
        return True

    def integral(self, time: float) -> float:
        """Return the pieces in the line, integrated up to a moment [piece s]."""
        return self.wip_s + self.wip * (time - self.wip_since)

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        parts = [list(self.entered), list(self.entered.values()), list(self.pieces.values())]
        cut = [list(self.cut_of), list(self.cut_of.values())]
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {**plain, "parts": parts, "cut": cut, "reworked": list(self.reworked)}

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        for name in _PLAIN:
            setattr(self, name, data[name])
        parts, entered, pieces = data["parts"]
        self.entered = dict(zip(parts, entered, strict=True))
        self.pieces = dict(zip(parts, pieces, strict=True))
        self.cut_of = dict(zip(*data["cut"], strict=True))
        self.reworked = set(data["reworked"])
