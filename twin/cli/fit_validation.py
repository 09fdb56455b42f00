"""What `twin fit --validate` says: what came, what was foretold of it, and how far to trust that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.numbers import NO_BREAK_SPACE, interval, number, percent, significant
from twin.calibration.validate import MODES
from twin.cli.fit_words import enumerated, many, moment_text
from twin.cli.show import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from twin.calibration.calibrate import Calibration
    from twin.calibration.validate import Cell, Validation

FORECASTS = ("naive", "blind", "given")

WITHIN = 0.25
"""A forecast whose score is at most this share of what came is close enough to be of use."""

CONDITIONS = {
    ("given", "blind"): "",
    ("given",): "once its orders are known",
    ("blind",): "while orders come as before",
}
"""What trust hangs on, by the forecasts that deserve it."""


def is_good(cell: Cell, mode: str) -> bool:
    """Return whether a forecast is to be trusted: better than the naive one, and within a quarter of what came."""
    return cell.score(mode) < cell.score("naive") and cell.score(mode) <= WITHIN


def trust(validation: Validation, labels: Mapping[str, str]) -> str:
    """Return in one sentence what the twin may be trusted with, and what not."""
    good: dict[tuple[str, ...], list[Cell]] = {}
    for cell in validation.cells:
        good.setdefault(tuple(mode for mode in MODES if is_good(cell, mode)), []).append(cell)
    bad = good.get((), [])
    trusted = []
    for modes, condition in CONDITIONS.items():
        with_what = [named(cell, labels) for cell in good.get(modes, [])]
        if _leaves_well(validation, modes):
            with_what.append("when open orders leave")
        if with_what:
            trusted.append(f"{f'{condition} ' if condition else ''}with {enumerated(with_what)}")
    lead = f"Trust this line {'; '.join(trusted)}" if trusted else "Do not trust this line with any of it"
    not_with = [named(cell, labels) for cell in bad] if trusted else []
    if not any(_leaves_well(validation, modes) for modes in CONDITIONS) and validation.open_orders and trusted:
        not_with.append("when open orders leave")
    return f"{lead}{f'; not with {enumerated(not_with)}' if not_with else ''}{_worst(bad, labels)}."


def named(cell: Cell, labels: Mapping[str, str]) -> str:
    """Return what a cell is of, within a sentence."""
    return {"packed": "pieces packed", "all hours": "all hours"}.get(cell.name) or f"hours at {labels[cell.name]}"


def _leaves_well(validation: Validation, modes: Sequence[str]) -> bool:
    """Return whether just these forecasts are no worse than past lead times at when open orders leave."""
    missed = validation.completions
    good = tuple(mode for mode in MODES if missed[mode] <= missed["naive"])
    return bool(validation.open_orders) and good == tuple(modes)


def _worst(bad: Sequence[Cell], labels: Mapping[str, str]) -> str:
    if not bad:
        return ""
    worst = max(bad, key=lambda cell: min(cell.score(mode) for mode in MODES))
    missed = min(worst.score(mode) for mode in MODES)
    if missed == float("inf"):
        return f" (worst: {named(worst, labels)}, of which nothing came)"
    return f" (worst: {named(worst, labels)}, missed by {percent(missed)}, naively by {percent(worst.score('naive'))})"


def blocks(validations: Sequence[Validation], found: Calibration) -> Iterator[RenderableType]:
    """Yield what is shown of validations, the first of them whole."""
    first, labels = validations[0], found.plant.log.labels
    until, end = moment_text(found, first.origin), moment_text(found, first.origin + first.ahead)
    yield f"Foretold of the time from {until} to {end}, as it stood when that began:"
    yield foretold(first, labels)
    yield scores(first, labels)
    yield held(first)
    yield (
        "Naive: working days so far, drawn anew; of open orders, the lead times of past ones (Kaplan-Meier). Blind: "
        "orders come as before. Given: release, pieces and stations of each order are known; a route breaks off where "
        "the log ends. Score: the continuous ranked probability score as a share of what came; 0 is perfect."
    )
    if len(validations) > 1:
        yield origins(validations, found)


def foretold(validation: Validation, labels: Mapping[str, str]) -> Table:
    """Tabulate what came and what was foretold: means, and intervals of 80 %."""
    return table(
        ("", "came", *(f"{name} [80 %]" for name in FORECASTS)),
        (
            (_begun(named(cell, labels)), number(cell.actual, 0), *(_ensemble(cell, name) for name in FORECASTS))
            for cell in validation.cells
        ),
    )


def _begun(text: str) -> str:
    return text.removeprefix("hours at ")


def _ensemble(cell: Cell, forecast: str) -> str:
    low, high = cell.interval(forecast)
    places = min(significant(high - low, 2), 1)
    return f"{number(float(getattr(cell, forecast).mean()), places)} {interval((low, high), places)}"


def scores(validation: Validation, labels: Mapping[str, str]) -> Table:
    """Tabulate the scores of each forecast."""
    rows = [
        (_begun(named(cell, labels)), *(percent(cell.score(name)) for name in FORECASTS)) for cell in validation.cells
    ]
    many_stations = many(len(validation.stations), "station")
    rows.append((f"hours, mean of {many_stations}", *(percent(validation.hours_score(name)) for name in FORECASTS)))
    rows.append(
        (f"hours, {many_stations} pooled", *(percent(validation.pooled_hours_score(name)) for name in FORECASTS))
    )
    days = (f"{number(validation.completions[name], 1)}{NO_BREAK_SPACE}d" for name in FORECASTS)
    rows.append(("when open orders leave", *days))
    return table(("score", *FORECASTS), rows)


def held(validation: Validation) -> str:
    """Return how many intervals held what came, and how many open orders left."""
    cells = len(validation.cells) * len(MODES)
    kept = round(validation.coverage() * cells)
    return (
        f"{kept} of the {cells} intervals of 80 % held what came. {number(validation.completed, 0)} of "
        f"{many(validation.open_orders, 'open order')} left in that time."
    )


def origins(validations: Sequence[Validation], found: Calibration) -> Table:
    """Tabulate the scores from several dates, a row each: naive, blind and given."""

    def cells(one: Validation) -> tuple[str, ...]:
        packed, hours, *_ = one.cells
        return (
            moment_text(found, one.origin),
            _three(packed.score(name) for name in FORECASTS),
            _three(hours.score(name) for name in FORECASTS),
            _three(one.hours_score(name) for name in FORECASTS),
            " / ".join(number(one.completions[name], 1) for name in FORECASTS),
            percent(one.coverage()),
        )

    return table(
        ("naive / blind / given from", "packed, %", "all hours, %", "hours, mean, %", "orders leave, d", "held"),
        map(cells, validations),
    )


def _three(found: Iterator[float]) -> str:
    return " / ".join(number(100 * score, 0) for score in found)
