"""What a simulated plant counts itself: a row for each shift as it ends, and one for the whole."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.accounts import Accounts
    from twin.line.line import Line
    from twin.live.plant import Stretch

HEADINGS = ("shift", "good", "scrap", "good/h", "OEE", "availability", "effectiveness", "quality", "of station")
WIDTHS = (33, 8, 7, 9, 8, 14, 15, 9)
HOUR = 3600.0


class PlantTable:
    """Prints the plant's own KPIs, shift by shift.

    Parameters
    ----------
    line
        The line. OEE is that of its named bottleneck, else of the station that waited least.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._counted: list[Accounts] = []
        self._rows = 0

    def add(self, stretch: Stretch) -> None:
        """Take what was counted in a stretch of time, and print it if that was a shift."""
        from twin.accounts import total
        from twin.live.clock import SECOND

        self._counted = [total([*self._counted, stretch.accounts])]
        if stretch.shift is not None:
            shift = stretch.shift
            whole_s = (shift.end_ns - shift.start_ns) / SECOND
            part = "" if abs(whole_s - (stretch.end_s - stretch.start_s)) < 1 else " (part)"
            self._print(f"{date.fromisoformat(shift.day):%a %Y-%m-%d} {shift.name}{part}", stretch.accounts)

    def end(self) -> None:
        """Print the whole, if anything was counted."""
        if self._counted:
            self._print("whole", self._counted[0])

    def _print(self, name: str, accounts: Accounts) -> None:
        from dashboards.numbers import number, percent
        from twin.kpi.bottleneck import bottleneck
        from twin.kpi.definitions import availability, effectiveness, oee, quality_ratio
        from twin.kpi.elements import machines_of, work_unit

        station = self._line.bottleneck or bottleneck(accounts)
        unit = work_unit(accounts, machines_of(accounts, station))
        if self._rows == 0:
            print(_row(HEADINGS))
        self._rows += 1
        rate = accounts.departed / accounts.span_s * HOUR if accounts.span_s > 0 else None
        counts = (f"{accounts.departed:,}", f"{accounts.scrapped:,}", number(rate, 1))
        ratios = (percent(kpi(unit), 1) for kpi in (oee, availability, effectiveness, quality_ratio))
        print(_row((name, *counts, *ratios, station)), flush=True)


def _row(cells: tuple[str, ...]) -> str:
    first, *numbers, last = cells
    middle = "".join(cell.rjust(width) for cell, width in zip(numbers, WIDTHS[1:], strict=True))
    return f"{first.ljust(WIDTHS[0])}{middle}   {last}"
