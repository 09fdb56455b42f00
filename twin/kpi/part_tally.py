"""What parts, arrivals and orders add up to: pieces by machine and for the line, work in process, lead times."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.accounts import LEAD_BINS, LEAD_EDGES
from twin.kpi.doubts import unknown
from twin.kpi.parts_in_line import MOST_REMEMBERED, PartsInLine
from twin.kpi.snapshot import COUNTS
from twin.line.jobs import job_of
from twin.line.lots import MOST_PIECES
from twin.line.route import OUT

if TYPE_CHECKING:
    from twin.events import Event
    from twin.kpi.doubts import Doubts
    from twin.kpi.policy import Policy
    from twin.line.line import Line

_EDGES: list[float] = LEAD_EDGES.tolist()
_PARTS, _SCRAP, _REWORK = range(3)
_ARRIVED, _TURNED_AWAY, _DEPARTED, _SCRAPPED, _FIRST_PASS, _ORDERS_ARRIVED, _ORDERS_DEPARTED, _JOINED = range(8)
_PLAIN = ("lead_sum_s", "tells_arrivals")
_LISTS = ("ideal_s", "gone", "counts")


class PartTally:
    """Sums of what a line's part, arrival and order events say.

    A part that was cut from another is as old as that; one into which others went is as old as the oldest of them.
    """

    def __init__(self, line: Line, policy: Policy, machines: int, doubts: Doubts) -> None:
        self._line, self._policy, self._doubts, self._tolerant = line, policy, doubts, doubts.tolerant
        self.made = [[0] * machines for _ in range(3)]
        """Parts, scrap and rework by machine."""
        self.ideal_s = [0.0] * machines
        self.gone = [0] * machines
        """Pieces that have left a machine while the rest of their lot is still on it."""
        self.counts = [0] * len(COUNTS)
        self.parts = PartsInLine(bounded=self._tolerant)
        # Of an order that was there before the events begin the book knows since when.
        book = () if line.source.orders is None else line.source.orders.book
        self.released: dict[str, float] = {lot.order: lot.release for lot in book if lot.release < 0}
        self.lead_sum_s = 0.0
        self.lead_bins = np.zeros(LEAD_BINS, dtype=np.int64)
        self.tells_arrivals = False
        self._ideal_of = cache(self._ideal)

    def arrive(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401 -- an event's fields
        """A part arrives, is turned away, or has been cut from another."""
        self.tells_arrivals = True
        if not fields["accepted"]:
            self.counts[_TURNED_AWAY] += 1
            return
        part, pieces, parent = fields["part"], self._pieces(fields), fields.get("parent")
        if self._tolerant and part in self.parts.entered:
            self._doubts.odd("a part arrived that was in the line already")
        self.counts[_ARRIVED] += pieces
        self.parts.remember(part, time if parent is None else self._entered(event, parent), pieces)
        if parent in self.parts.reworked:
            self.parts.reworked.add(part)
        if (lot := self.parts.pieces.get(parent, 1)) > 1:
            self.parts.cut_of[part] = lot
        self._change_wip(time, pieces)

    def leave(self, event: Event, row: int, time: float, fields: Any) -> None:  # noqa: ANN401
        """A part leaves a machine."""
        part, outcome, out = fields["part"], fields["outcome"], fields["to"] == OUT
        lot = fields["pieces"]
        pieces = self._pieces(fields)
        knows = self.tells_arrivals or not self._tolerant
        if outcome == "rework" and lot is not None and part not in self.parts.entered and knows:
            # Part of a lot goes back, as a lot of its own.
            self.parts.remember(part, time, pieces)
            self.gone[row] += pieces
        else:
            self._finish(event, row, time, fields)
        self.made[_PARTS][row] += pieces
        if outcome == "rework":
            self.made[_REWORK][row] += pieces
            if knows:
                self.parts.reworked.add(part)
        elif outcome == "scrap":
            self.made[_SCRAP][row] += pieces
        if out and outcome != "rework":
            self._depart(time, part, pieces)
        elif outcome == "scrap":
            self.counts[_SCRAPPED] += pieces
        if out or outcome == "scrap":
            self._change_wip(time, -pieces)
            if out or not self.parts.pieces.get(part):
                self.parts.forget(part)

    def join(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        """A part has gone into another one at an assembly."""
        part, parent, pieces = fields["part"], fields.get("parent"), self._pieces(fields)
        if part not in self.parts.entered:
            self._stranger(event, time, part, pieces)
        self.counts[_JOINED] += pieces
        entered, whole = self.parts.entered.get(part), None if parent is None else self._entered(event, parent)
        if parent in self.parts.entered:
            self.parts.entered[parent] = None if entered is None or whole is None else min(entered, whole)
            if part in self.parts.reworked:
                self.parts.reworked.add(parent)
        self.parts.forget(part)
        self._change_wip(time, -pieces)

    def change_order(self, event: Event, time: float, fields: Any) -> None:  # noqa: ANN401
        """An order is released, or ends."""
        order = fields["order"]
        if fields["change"] == "released":
            self.counts[_ORDERS_ARRIVED] += 1
            self.released.setdefault(order, time)
            if self._tolerant and len(self.released) > MOST_REMEMBERED:
                del self.released[next(iter(self.released))]
        elif fields["change"] == "ended":
            released_s = self._doubts.find(self.released, order, event)
            if fields["pieces"] > 0:
                self.counts[_ORDERS_DEPARTED] += 1
                if released_s is not None:
                    self._lead(time - released_s)
            if self._tolerant:
                self.released.pop(order, None)

    def was_there(self, time: float, parts: int, most: int) -> None:
        """Parts are in the line that came before anybody listened: so many at least, and at most."""
        self.parts.unseen += parts
        self.parts.hidden += most - parts
        self._change_wip(time, parts)

    def _entered(self, event: Event, part: int) -> float | None:
        """Return since when a part is in the line that an event is also about [s]."""
        if part not in self.parts.entered and not self._tolerant:
            raise unknown(event, part)
        return self.parts.entered.get(part)

    def _pieces(self, fields: Any) -> int:  # noqa: ANN401
        pieces: int = fields["pieces"] or 1
        if self._tolerant and pieces > MOST_PIECES:
            self._doubts.odd("a part was of more pieces than an order can have")
            return 1
        return pieces

    def _depart(self, time: float, part: int, pieces: int) -> None:
        self.counts[_DEPARTED] += pieces
        if part not in self.parts.reworked:
            self.counts[_FIRST_PASS] += pieces
        entered = self.parts.entered.get(part)
        if self._line.source.orders is None and entered is not None:
            self._lead(time - entered)

    def _finish(self, event: Event, row: int, time: float, fields: Any) -> None:  # noqa: ANN401
        """Count the ideal time of a cycle when the last of its lot leaves the machine."""
        part, scrap, pieces = fields["part"], fields["outcome"] == "scrap", self._pieces(fields)
        whole = self.parts.pieces.get(part)
        if whole is None:
            self._stranger(event, time, part, pieces)
        whole = whole or self.gone[row] + pieces
        if scrap and self.gone[row] + pieces < whole:
            self.gone[row] += pieces
            return
        self.gone[row] = 0
        if part in self.parts.pieces:
            self.parts.pieces[part] = 0 if scrap else pieces
        self.ideal_s[row] += self._ideal_of(event.station, fields["product"], self.parts.cut_of.pop(part, whole))

    def _stranger(self, event: Event, time: float, part: int, pieces: int) -> None:
        """A part leaves a machine that was never seen to arrive."""
        if not self._tolerant:
            raise unknown(event, part)
        if not self.tells_arrivals:
            return
        if self.parts.unseen > 0:
            self.parts.unseen -= 1
        elif self.parts.hidden > 0:
            self.parts.hidden -= 1
            self._change_wip(time, pieces)
        else:
            self._doubts.odd("a part left a machine that never arrived")
        self.parts.remember(part, None, pieces)

    def _lead(self, lead_s: float) -> None:
        self.lead_sum_s += lead_s
        self.lead_bins[bisect_right(_EDGES, lead_s)] += 1

    def _change_wip(self, time: float, pieces: int) -> None:
        if self.parts.change(time, pieces) and self.tells_arrivals:
            self._doubts.odd("more pieces left the line than were in it")

    def _ideal(self, station: str, product: str | None, pieces: int) -> float:
        """Return the ideal time of a cycle on so many pieces, for each of the parts that leave after it [s]."""
        job = job_of(self._line, station, product)
        if pieces > 1 and self._line.move == "piece":
            # Several pieces told as one: the machine made them one after the other.
            return pieces * self._ideal_of(station, product, 1)
        return job.mean_s(pieces) if self._policy.ideal == "mean_cycle" else job.ideal_s(pieces)

    def data(self) -> dict[str, Any]:
        """Return all that is needed to go on, as data that JSON can hold."""
        bins = np.flatnonzero(self.lead_bins)
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: list(getattr(self, name)) for name in _LISTS},
            "made": [list(row) for row in self.made],
            "parts": self.parts.data(),
            "released": dict(self.released),
            "lead_bins": [bins.tolist(), self.lead_bins[bins].tolist()],
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Go on from what `data` returned."""
        for name in _PLAIN:
            setattr(self, name, data[name])
        for name in _LISTS:
            setattr(self, name, list(data[name]))
        self.made = [list(row) for row in data["made"]]
        self.parts.restore(data["parts"])
        self.released = dict(data["released"])
        bins, counts = data["lead_bins"]
        self.lead_bins[:] = 0
        self.lead_bins[bins] = counts
