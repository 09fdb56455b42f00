"""What `twin fit --validate` says: what came, what was foretold of it, and how far to trust that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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

TENTHS = 100.0
"""Below this, a forecast may be shown to a tenth."""

CONDITIONS = {
    ("given", "blind"): "",
    ("given",): "once its orders are known",
    ("blind",): "while orders come as before",
}
"""What trust hangs on, by the forecasts that deserve it."""


def is_good(cell: Cell, mode: str) -> bool:
    """Return whether a forecast is to be trusted: better than the naive one, and within a quarter of what came."""
    return cell.score(mode) < cell.score("naive") and cell.score(mode) <= WITHIN


class Quantity(NamedTuple):
    """What a cell is of, as a table says it, and whether that is a station, whose hours are meant."""

    cell: Cell
    name: str
    station: bool

    @property
    def said(self) -> str:
        """Return it within a sentence."""
        return f"the hours at {self.name}" if self.station else self.name


def quantities(validation: Validation, labels: Mapping[str, str]) -> list[Quantity]:
    """Return what was scored: pieces packed, all hours, and the hours at single stations."""
    packed, hours, *_ = validation.cells
    stations = [Quantity(cell, labels[cell.name], station=True) for cell in validation.stations]
    return [Quantity(packed, "pieces packed", station=False), Quantity(hours, "all hours", station=False), *stations]


def trust(validation: Validation, labels: Mapping[str, str]) -> str:
    """Return in one sentence what the twin may be trusted with, and what not."""
    good: dict[tuple[str, ...], list[Quantity]] = {}
    for each in quantities(validation, labels):
        good.setdefault(tuple(mode for mode in MODES if is_good(each.cell, mode)), []).append(each)
    clauses: list[str] = []
    for modes, condition in CONDITIONS.items():
        if what := _things(good.get(modes, []), leaves=_leaves_well(validation, modes)):
            also = "also " if clauses else ""
            clauses.append(f"{condition}, {also}with {what}" if condition else f"with {what}")
    worst = _worst(good.get((), []))
    if not clauses:
        return f"Do not trust this line with any of it{worst}."
    bad = _things(good.get((), []), leaves=_leaves_well(validation, ()))
    comma = "" if clauses[0].startswith("with ") else ","
    return f"Trust this line{comma} {'; '.join(clauses)}{f'; not with {bad}' if bad else ''}{worst}."


def _things(some: Sequence[Quantity], *, leaves: bool) -> str:
    """Return quantities, and when open orders leave, as one list."""
    stations = [each.name for each in some if each.station]
    hours = [f"the hours at {enumerated(stations)}"] if stations else []
    whole = [each.name for each in some if not each.station]
    return enumerated([*whole, *hours, *(["when open orders leave"] if leaves else [])])


def _leaves_well(validation: Validation, modes: Sequence[str]) -> bool:
    """Return whether just these forecasts are no worse than past lead times at when open orders leave."""
    missed = validation.completions
    good = tuple(mode for mode in MODES if missed[mode] <= missed["naive"])
    return bool(validation.open_orders) and good == tuple(modes)


def _worst(bad: Sequence[Quantity]) -> str:
    if not bad:
        return ""
    worst = max(bad, key=lambda each: min(each.cell.score(mode) for mode in MODES))
    missed = min(worst.cell.score(mode) for mode in MODES)
    if missed == float("inf"):
        return f" (worst: {worst.said}, of which nothing came)"
    return f" (worst: {worst.said}, missed by {percent(missed)}, naively by {percent(worst.cell.score('naive'))})"


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
        ("pieces, or hours at", "came", *(f"{name} [80 %]" for name in FORECASTS)),
        (
            (name, number(cell.actual, 0), *(_ensemble(cell, forecast) for forecast in FORECASTS))
            for cell, name, _ in quantities(validation, labels)
        ),
    )


def _ensemble(cell: Cell, forecast: str) -> str:
    low, high = cell.interval(forecast)
    mean = float(getattr(cell, forecast).mean())
    places = min(significant(high - low, 2), 0 if mean >= TENTHS else 1)
    return f"{number(mean, places)} {interval((low, high), places)}"


def scores(validation: Validation, labels: Mapping[str, str]) -> Table:
    """Tabulate the scores of each forecast."""
    rows = [
        (name, *(percent(cell.score(forecast)) for forecast in FORECASTS))
        for cell, name, _ in quantities(validation, labels)
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
