"""The moments of which the mirror keeps the sums: what windows are counted from, and what ticks are made of."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from twin.live.kept import pack, unpack
from twin.live.windows import HOUR_S, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from twin.kpi.machine_times import MachineTimes
    from twin.kpi.snapshot import Snapshot

KEPT_S = 50 * HOUR_S
"""How long the sums at the bounds of shifts and days are kept [s]: two days of the longest kind."""


class Moments:
    """The sums at each moment of the last hour and at bounds of shifts before it, and how the line stood at the latest.

    Parameters
    ----------
    times
        The machines' times, which tell what stops have turned out minor.
    """

    def __init__(self, times: MachineTimes) -> None:
        self._times = times
        self.at: list[float] = []
        """The times of the snapshots [s], in order."""
        self._snapshots: dict[float, Snapshot] = {}
        self._texts: dict[float, tuple[Snapshot, dict[str, Any]]] = {}
        self.stood: dict[float, Standing] = {}
        """How the line stood at the ticks that may be made again, in order."""
        self.minor: dict[tuple[int, float], float] = {}
        """When the stops ended that turned out minor, by machine and start [s]."""

    def keep(self, snapshot: Snapshot) -> None:
        """Keep the sums at a moment no earlier than those before."""
        if snapshot.time_s not in self._snapshots:
            self.at.append(snapshot.time_s)
        self._snapshots[snapshot.time_s] = snapshot

    def since(self, time_s: float) -> Snapshot:
        """Return the sums at the last moment kept up to a time [s], or at the first of all."""
        return self.settled(self._snapshots[self.at[max(0, bisect_right(self.at, time_s) - 1)]])

    def settled(self, snapshot: Snapshot) -> Snapshot:
        """Return the sums of a moment as they are now that minor stops are known."""
        return snapshot.settled(self.minor, self._times) if snapshot.open_stops else snapshot

    def learn(self) -> float:
        """Take the stops that have turned out minor; return the earliest start of one [s]."""
        first = min((start for _, start in self._times.minor), default=float("inf"))
        self.minor |= self._times.minor
        self._times.minor.clear()
        return first

    def let_go(self, again_s: float, oldest_s: float, held: Callable[[float], bool]) -> None:
        """Forget what is needed no more.

        Parameters
        ----------
        again_s
            Ticks before this are not made again [s].
        oldest_s
            Sums before this are kept only where `held` says so [s].
        held
            Whether the sums at a moment are still needed.
        """
        self.stood = {at: stood for at, stood in self.stood.items() if at >= again_s}
        self.minor = {stop: end for stop, end in self.minor.items() if end >= oldest_s}
        self._only([at for at in self.at if at >= oldest_s or held(at)])

    def go_back(self, time_s: float) -> None:
        """Forget all that came after a moment [s]."""
        self.stood = {at: stood for at, stood in self.stood.items() if at <= time_s}
        self.minor = {stop: end for stop, end in self.minor.items() if end < time_s}
        self._only(self.at[: bisect_right(self.at, time_s)])

    def _only(self, moments: Iterable[float]) -> None:
        self.at = list(moments)
        kept = set(self.at)
        self._snapshots = {at: snapshot for at, snapshot in self._snapshots.items() if at in kept}
        self._texts = {at: text for at, text in self._texts.items() if at in kept}

    def data(self, until_s: float, *, stood: bool) -> dict[str, Any]:
        """Return the moments up to a time [s] as data that JSON can hold, and how the line stood at them if asked."""
        return {
            "snapshots": [self._packed(at) for at in self.at if at <= until_s],
            "stood": [[at, *standing[1:]] for at, standing in self.stood.items() if stood and at <= until_s],
            "minor": [[*stop, end] for stop, end in self.minor.items() if end < until_s],
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        for snapshot in map(unpack, data["snapshots"]):
            self.keep(snapshot)
        for at, state_since, levels, people in data["stood"]:
            pools = tuple((present, busy, waiting) for present, busy, waiting in people)
            self.stood[at] = Standing(self._snapshots[at], tuple(state_since), tuple(levels), pools)
        self.minor = {(row, start): end for row, start, end in data["minor"]}

    def _packed(self, at: float) -> dict[str, Any]:
        """Return a snapshot as text; each is packed once."""
        snapshot = self._snapshots[at]
        found = self._texts.get(at)
        if found is None or found[0] is not snapshot:
            found = self._texts[at] = snapshot, pack(snapshot)
        return found[1]
