"""Spans of time: shifts and breaks made into the windows in which somebody works."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from twin.line.shift_times import WEEK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""Start and end [s]."""


class Window(NamedTuple):
    """A time of work, from `start` to `end` [s].

    `rests` says that a break begins at its end, within the shifts; `fresh` that the people of another shift begin with
    it.
    """

    start: float
    end: float
    rests: bool
    fresh: bool


def union(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch or overlap made one.

    Examples
    --------
    >>> union([(4, 6), (0, 2), (2, 3)])
    [(0, 3), (4, 6)]
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def without(span: Span, pauses: Sequence[Span]) -> list[Span]:
    """Return what pauses, in order and apart, leave of a span.

    Examples
    --------
    >>> without((0, 10), [(2, 3), (9, 12)])
    [(0, 2), (3, 9)]
    """
    left, (start, end) = [], span
    for begins, ends in pauses:
        if start < begins < end:
            left.append((start, begins))
        if begins < end and start < ends:
            start = ends
    if start < end:
        left.append((start, end))
    return left


def windows_of(shifts: Iterable[Span], pauses: Iterable[Span], *, each: bool) -> list[Window]:
    """Return the windows that shifts and the pauses in them make, cut where a week ends.

    Shifts that touch are one window, unless `each` is to be one of its own.
    """
    shifts, rests = sorted(shifts), union(pauses)
    begins, whole = [start for start, _ in shifts], union(shifts)
    ends = [end for _, end in whole]
    pieces = [
        part for span in (shifts if each else whole) for left in without(span, rests) for part in _cut_at_weeks(left)
    ]
    found = []
    for i, (start, end) in enumerate(pieces):
        before = pieces[i - 1][1] if i else start
        after = pieces[i + 1][0] if i + 1 < len(pieces) else end
        around = bisect_left(ends, after)
        in_break = end < after and around < len(whole) and whole[around][0] <= end
        comes = bisect_left(begins, before)
        fresh = comes < len(begins) and begins[comes] <= start and (each or before < start or i == 0)
        found.append(Window(float(start), float(end), rests=in_break, fresh=fresh))
    return found


def _cut_at_weeks(span: Span) -> list[Span]:
    start, end = span
    bounds = [start, *range((start // WEEK + 1) * WEEK, end, WEEK), end]
    return list(pairwise(bounds))
