"""The line's electrical power as its machines tell it: the peak, and the highest mean over 10 minutes by the clock."""

from __future__ import annotations

from copy import copy
from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from twin.accounts import Floats

WINDOW_S = 600.0
"""Length of a window [s]; windows are aligned to time 0."""
MOST_STEPS = 1_000
"""Steps kept of a stair."""

Stair = list[tuple[float, float]]
"""Times, rising, each with the highest value since the time before; the values fall."""

_PLAIN = ("_read_s", "_end_s", "_power", "_energy")


class Meter:
    """Reads the line's power; a power that lasts no time is no peak.

    Of the past it keeps *stairs*: the highest power, and the highest mean of a whole window, from any moment until now.
    Power is whole milliwatts, as the simulation meters it.

    Parameters
    ----------
    machines
        How many machines there are.

    Examples
    --------
    >>> meter = Meter(1)
    >>> for minute, watts in enumerate((6000, 12000, 3000)):
    ...     meter.draw(0, 300.0 * minute, watts)
    >>> peaks, means = meter.stairs(1200.0)
    >>> peak_since(peaks, 0.0), peak_since(peaks, 600.0), mean_since(means, 0.0), mean_since(means, 1.0)
    (12000.0, 3000.0, 9000.0, 3000.0)
    """

    def __init__(self, machines: int) -> None:
        self._each = [0] * machines
        self._power = 0
        self._read_s, self._end_s = inf, -inf
        self._energy = 0.0
        self.peaks: Stair = []
        """Until when each power lasted."""
        self.means: Stair = []
        """When the window of each mean began."""

    def draw(self, row: int, time_s: float, watts: float) -> None:
        """A machine draws so much from now on [W]."""
        milliwatts = round(watts * 1000)
        more = milliwatts - self._each[row]
        if more:
            self.read(time_s)
            self._each[row] = milliwatts
            self._power += more

    def take(self, time_s: float, joules: float) -> None:
        """A machine takes so much at once [J]."""
        if joules:
            self.read(time_s)
            self._energy += joules * 1000

    def stairs(self, time_s: float) -> tuple[Floats, Floats]:
        """Return the stairs of peaks and means as they are at a moment, no earlier than the last event [s]."""
        ahead = copy(self)
        ahead.peaks, ahead.means = self.peaks[:], self.means[:]
        ahead.read(time_s)
        peaks, means = (np.array(stair).reshape(-1, 2) for stair in (ahead.peaks, ahead.means))
        return peaks, means

    def read(self, time_s: float) -> None:
        """Count what has been drawn up to a moment [s]."""
        if self._read_s == inf:
            self._begin(time_s // WINDOW_S * WINDOW_S)
            self._energy = 0.0 if self._end_s == time_s + WINDOW_S else -inf
        elif time_s > self._read_s:
            _step(self.peaks, time_s, self._power)
            if time_s >= self._end_s:
                whole = (self._energy + self._power * (self._end_s - self._read_s)) / WINDOW_S
                _step(self.means, self._end_s - WINDOW_S, whole)
                begins = time_s // WINDOW_S * WINDOW_S
                if begins > self._end_s:
                    _step(self.means, begins - WINDOW_S, self._power)
                self._begin(begins)
            self._energy += self._power * (time_s - self._read_s)
        self._read_s = time_s

    def _begin(self, begins_s: float) -> None:
        self._read_s, self._end_s, self._energy = begins_s, begins_s + WINDOW_S, 0.0

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        plain = {name: getattr(self, name) for name in _PLAIN} if self._read_s < inf else None
        energy = None if self._energy == -inf else self._energy
        return {"plain": plain and {**plain, "_energy": energy}, "each": self._each[:], "stairs": self._stairs()}

    def _stairs(self) -> list[list[list[float]]]:
        return [[list(step) for step in stair] for stair in (self.peaks, self.means)]

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        self._read_s, self._end_s, self._energy, self._power = inf, -inf, 0.0, 0
        for name, value in (data["plain"] or {}).items():
            setattr(self, name, -inf if value is None else value)
        self._each = list(data["each"])
        self.peaks, self.means = ([(time, value) for time, value in stair] for stair in data["stairs"])


def _step(stair: Stair, time_s: float, value: float) -> None:
    """The stair goes on to a time with a value: what was no higher before is hidden behind it."""
    if value == -inf:
        return
    while stair and stair[-1][1] <= value:
        stair.pop()
    stair.append((time_s, value))
    if len(stair) > MOST_STEPS:
        del stair[0]


def peak_since(peaks: Floats, time_s: float) -> float:
    """Return the highest power since a moment [W]."""
    later = np.flatnonzero(peaks[:, 0] > time_s)
    return float(peaks[later[0], 1]) / 1000 if len(later) else 0.0


def mean_since(means: Floats, time_s: float) -> float:
    """Return the highest mean of the whole windows that began at a moment or later [W]; not a number without any."""
    later = np.flatnonzero(means[:, 0] >= time_s)
    return float(means[later[0], 1]) / 1000 if len(later) else nan
