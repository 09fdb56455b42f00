"""The line's electrical power as its machines tell it: the peak, and the highest mean over 10 minutes by the clock."""

from __future__ import annotations

from math import inf, nan

WINDOW_S = 600.0
"""Length of a window [s]; windows are aligned to time 0."""


class Meter:
    """Reads the line's power from its start on; a power that lasts no time is no peak.

    Power is whole milliwatts, as the simulation meters it.

    Parameters
    ----------
    machines
        How many machines there are.

    Examples
    --------
    >>> meter = Meter(1)
    >>> meter.draw(0, 0.0, 6000.0)
    >>> meter.start(0.0)
    >>> meter.draw(0, 300.0, 12000.0)
    >>> meter.draw(0, 900.0, 0.0)
    >>> meter.peak_w(1200.0), meter.peak_mean_w(1200.0)
    (12000.0, 9000.0)
    """

    def __init__(self, machines: int) -> None:
        self._each = [0] * machines
        self._power = 0
        self._read_s = self._end_s = inf
        self._peak = 0
        self._energy = 0.0
        self._mean = -1.0

    def draw(self, row: int, time_s: float, watts: float) -> None:
        """A machine draws so much from now on [W]."""
        milliwatts = round(watts * 1000)
        more = milliwatts - self._each[row]
        if more:
            self._read(time_s)
            self._each[row] = milliwatts
            self._power += more

    def take(self, time_s: float, joules: float) -> None:
        """A machine takes so much at once [J]."""
        if joules:
            self._read(time_s)
            self._energy += joules * 1000

    def start(self, time_s: float) -> None:
        """Peak and means count from now on; of the window under way only if it begins just now."""
        begins = time_s // WINDOW_S * WINDOW_S
        self._peak, self._mean = 0, -1.0
        self._read_s, self._end_s = time_s, begins + WINDOW_S
        self._energy = 0.0 if begins == time_s else -inf

    def peak_w(self, time_s: float) -> float:
        """Return the highest power up to a moment [W]."""
        self._read(time_s)
        return self._peak / 1000

    def peak_mean_w(self, time_s: float) -> float:
        """Return the highest mean of a whole window up to a moment [W]; not a number if there was none."""
        self._read(time_s)
        return self._mean / 1000 if self._mean >= 0 else nan

    def _read(self, time_s: float) -> None:
        if time_s <= self._read_s:
            return
        self._peak = max(self._peak, self._power)
        if time_s >= self._end_s:
            whole = self._energy + self._power * (self._end_s - self._read_s)
            begins = time_s // WINDOW_S * WINDOW_S
            self._mean = max(self._mean, whole / WINDOW_S, self._power if begins > self._end_s else -1.0)
            self._read_s, self._end_s, self._energy = begins, begins + WINDOW_S, 0.0
        self._energy += self._power * (time_s - self._read_s)
        self._read_s = time_s
