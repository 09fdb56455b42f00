"""Whether a line keeps up with its orders: where it does not, what waits grows without end, and figures mean little."""

from __future__ import annotations

from math import sqrt
from statistics import mean, stdev
from typing import TYPE_CHECKING

from dashboards.numbers import number, significant, units

if TYPE_CHECKING:
    from twin.line.line import Line
    from twin.study.replicate import Study

SURE = 3.0
"""Standard errors from which a growth is no luck."""

MUCH = 0.5
"""Growth in the time measured that is no luck of a run, as a share of what is in the line on average."""


def overload(study: Study) -> str | None:
    """Say that a line does not keep up with its orders, and what is too little; None where it does.

    On paper that is so where a station or a pool of people can do less than the orders ask. In a run, what is in the
    line may grow even so: its luck, or a warm-up that was too short.
    """
    if study.scenario.line.source.orders is None:
        return None
    return _on_paper(study.scenario.line) or _in_the_runs(study)


def too_tight(line: Line) -> tuple[str, float, float] | None:
    """Return what can do less than the drawn orders ask, what it can do and what they ask [parts/h]; else None."""
    from twin.cli import at_best
    from twin.line.capacity import static_capacity

    capacity = static_capacity(line)
    asked, tightest = capacity.arrivals_per_h, at_best.tightest(line, capacity)
    if line.source.orders is None or asked is None or not tightest.rate < asked * (1 - at_best.SAME):
        return None
    return tightest.name, tightest.rate, asked


def _on_paper(line: Line) -> str | None:
    found = too_tight(line)
    if found is None:
        return None
    name, *rates = found
    can, asks = (
        number(rate, max(0, significant(rate, 3))) for rate in (rate * line.product.per_part for rate in rates)
    )
    return (
        f"the line cannot keep up with its orders: {name} allows {can} {units(line.product.unit)}/h, and the orders "
        f"ask {asks}. What waits grows without end, and lead time and work in progress with the time measured."
    )


def _in_the_runs(study: Study) -> str | None:
    """Judge the growth of what is in the line; pieces count, so that orders wholly scrapped are none that stay."""
    grown = [run.accounts.arrived - run.accounts.departed - run.accounts.scrapped for run in study.runs]
    held = study.pooled.wip_s / study.pooled.span_s
    error = stdev(grown) / sqrt(len(grown)) if len(grown) > 1 else 0.0
    if mean(grown) <= MUCH * held or mean(grown) <= SURE * error:
        return None
    more = number(mean(grown), min(0, significant(mean(grown), 2)))
    return (
        f"what is in the line still grew, by {more} pieces in the time measured: the line does not keep up with its "
        "orders, or --warmup is too short."
    )
