"""The latest course of the machines: the states they entered, the stretches that ended, the strips of the last hour."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from twin.kpi.machine_times import Entry, Spell
from twin.live.strips import Strips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.kpi.machine_times import MachineTimes

Strip = tuple[tuple[str | None, float], ...]


class Course:
    """What machines did lately, written down by their times as the events go by.

    Parameters
    ----------
    times
        The machines' times.
    """

    def __init__(self, times: MachineTimes) -> None:
        self._times = times
        self.begun: list[Entry] = []
        self.ended: list[Spell] = []
        times.begun, times.ended = self.begun, self.ended
        self._strips = Strips(len(times.names))

    def between(self, start_s: float, end_s: float) -> tuple[list[Entry], list[Spell]]:
        """Return the states entered, and the stretches that ended, from a time up to another [s]."""
        return (
            self.begun[_first(self.begun, start_s) : _first(self.begun, end_s)],
            self.ended[_first(self.ended, start_s) : _first(self.ended, end_s)],
        )

    def strips(self, now_s: float) -> list[Strip]:
        """Return the last hour of each machine up to now [s]."""
        return self._strips.at(now_s, self.ended, list(zip(self._times.state, self._times.began, strict=True)))

    def let_go(self, again_s: float, edge_s: float) -> None:
        """Forget what came before `again_s`; nothing before `edge_s` changes any more [s]."""
        self._strips.add(self.ended, edge_s)
        del self.begun[: _first(self.begun, again_s)]
        del self.ended[: _first(self.ended, again_s)]

    def go_back(self, time_s: float) -> None:
        """Forget all that came at or after a moment [s]."""
        del self.begun[_first(self.begun, time_s) :]
        del self.ended[_first(self.ended, time_s) :]

    def data(self, until_s: float) -> dict[str, Any]:
        """Return what came before a moment [s], as data that JSON can hold."""
        begun, ended = self.between(float("-inf"), until_s)
        return {"begun": [list(entry) for entry in begun], "ended": [list(spell) for spell in ended],
                "strips": self._strips.data()}  # fmt: skip

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        self.begun[:] = [Entry(*entry) for entry in data["begun"]]
        self.ended[:] = [Spell(*spell) for spell in data["ended"]]
        self._strips.restore(data["strips"])


def _first(events: Sequence[Entry] | Sequence[Spell], time_s: float) -> int:
    return bisect_left(events, time_s, key=itemgetter(0))
