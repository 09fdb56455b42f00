"""When the mirror tells how its line stands: at every full minute, and at the bounds of shifts and production days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.live.clock import SECOND
from twin.live.windows import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.live.shift_calendar import ShiftCalendar

LONGEST_REST_S = 8 * 24 * HOUR_S
"""Of a longer silence [s] only the last of it is told."""


class Beats:
    """The moments at which it is told how a line stands, on the mirror's clock.

    Parameters
    ----------
    calendar
        The shifts at the site.
    epoch_ns
        When the mirror's clock is 0 [ns UTC].
    every_s
        The time between two moments [s], counted from the start of the production day.
    """

    def __init__(self, calendar: ShiftCalendar, epoch_ns: int, every_s: float) -> None:
        self._calendar, self._epoch_ns, self._every_ns = calendar, epoch_ns, round(every_s * SECOND)

    def after(self, time_s: float) -> float:
        """Return the first moment after a time [s]."""
        at_ns = self._ns(time_s)
        start_ns = self._calendar.day_of(at_ns).start_ns
        full_ns = start_ns + ((at_ns - start_ns) // self._every_ns + 1) * self._every_ns
        return self._s(min(full_ns, self._calendar.next_bound(at_ns)))

    def is_bound(self, time_s: float) -> bool:
        """Say whether a shift or a production day begins or ends at a moment [s]."""
        at_ns = self._ns(time_s)
        return self._calendar.next_bound(at_ns - 1) == at_ns

    def between(self, first_s: float, time_s: float) -> Iterator[tuple[float, bool]]:
        """Yield the moments from one of them up to a time [s], each with whether ticks are made of it.

        Of a long silence these are the first, those of its last two hours (ticks are made of the last), and the bounds
        of shifts and days.
        """
        if time_s - first_s > LONGEST_REST_S:
            first_s = self.after(time_s - LONGEST_REST_S)
        at = first_s
        while at <= time_s:
            yield at, at == first_s or at > time_s - HOUR_S or self.is_bound(at)
            following = self.after(at)
            if at > first_s and following < time_s - 2 * HOUR_S:
                bound_s = self._s(self._calendar.next_bound(self._ns(at)))
                following = min(bound_s, self.after(time_s - 2 * HOUR_S))
            at = following

    def _ns(self, time_s: float) -> int:
        return self._epoch_ns + round(time_s * SECOND)

    def _s(self, unix_ns: int) -> float:
        return (unix_ns - self._epoch_ns) / SECOND
