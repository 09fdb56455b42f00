"""What `twin fit` says in sentences: what the log shows, what was read of it, and what could not be known."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from dashboards.fits import JUDGED
from dashboards.numbers import NO_BREAK_SPACE, number
from twin.calibration.calibrate import FEW
from twin.units import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from twin.calibration.calibrate import Calibration
    from twin.calibration.structure import Crew

MOST_NAMED = 4
"""Stations named in a sentence; the table has them all."""

MOST_PROBLEMS = 3
"""Rows shown that could not be read; unknown.txt has them all."""


class Waits(NamedTuple):
    """How long orders waited before a station, those that went on: their number, and means [s of working time]."""

    orders: int
    mean: float
    unexplained: float


def waits_before(found: Calibration, station: int) -> Waits | None:
    """Return the waits before a station (its code); None where no order came from another."""
    moves = found.plant.moves
    here = moves.over & (moves.target == station)
    if not here.any():
        return None
    return Waits(int(here.sum()), float(moves.wait[here].mean()), float(moves.unexplained[here].mean()))


def many(count: int, one: str, several: str = "") -> str:
    """Write a number of things: "1 order", "2,050 reports"."""
    return f"{number(count, 0)}{NO_BREAK_SPACE}{one if count == 1 else several or f'{one}s'}"


def enumerated(names: Sequence[str]) -> str:
    """List names in a sentence: "a, b and c"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def time_words(seconds: float) -> str:
    """Write a time that does not break at its unit."""
    return format_time(seconds).replace(" ", NO_BREAK_SPACE)


def moment_text(found: Calibration, moment: float) -> str:
    """Return a moment of the log's clock [s since its epoch] as people write it: the date alone at midnight."""
    at = found.plant.log.epoch + timedelta(seconds=moment)
    return f"{at:%Y-%m-%d}" if at.time() == datetime.min.time() else f"{at:%Y-%m-%d %H:%M}"


def answer(found: Calibration) -> str:
    """Return the sentence that answers: what was fitted to how much, and how well."""
    plant, count = found.plant, found.balance
    begin = moment_text(found, float(plant.reports["start"].min()) // 86400 * 86400)
    what = enumerated([
        many(len(plant.visits.stations), "station"), many(count.orders, "order"), many(count.released, "piece")
    ])  # fmt: skip
    judged = [row.fit.p_value for row in found.fits if row.fit.p_value is not None]
    fitting = sum(p >= JUDGED for p in judged)
    some = f"all {len(judged)}" if fitting == len(judged) else f"{fitting} of the {len(judged)}"
    well = f"it agrees with {some} laws that a test can judge" if judged else "no law could be put to a test"
    return f"{PurePath(plant.log.source).name} shows {what} from {begin} to {moment_text(found, plant.end)}; {well}."


def balance_text(found: Calibration) -> str:
    """Return where the pieces and the orders are."""
    count = found.balance
    released, packed, scrapped, wip = (number(each, 0) for each in count[2:])
    parts = f"{packed} packed + {scrapped} scrapped + {wip} in the plant"
    are = "is" if count.open_orders == 1 else "are"
    return f"{released} pieces released = {parts}; {count.open_orders} of {many(count.orders, 'order')} {are} open."


def waits(found: Calibration) -> str:
    """Return where orders wait though no machine is busy: the worst stations first."""
    labels, names = found.plant.log.labels, found.plant.visits.stations
    held = [(waits_before(found, s), labels[names[s]]) for s in found.laws.delays]
    worst = sorted(
        ((w, name) for w, name in held if w is not None), key=lambda each: -each[0].orders * each[0].unexplained
    )
    if not worst:
        return "Busy machines explain the waits: no further ones are in the line."
    named = [f"before {name} ({time_words(w.unexplained)})" for w, name in worst[:MOST_NAMED]]
    more = f" and {many(len(worst) - MOST_NAMED, 'more station', 'more stations')}" if len(worst) > MOST_NAMED else ""
    return (
        f"Waits that no busy machine explains, the most in all first: {', '.join(named)}{more}. The line holds them as "
        "`delay` on the way there; what they are for, the log does not say. Waits are means, in working time."
    )


def people(found: Calibration) -> str:
    """Return how many people work where."""
    labels = found.plant.log.labels
    counted = [f"{crew.people} at {where(crew, labels)}" for crew in found.plant.crews if crew.people is not None]
    if not counted:
        return "People: the log does not show how many there are."
    return f"People at a time: {'; '.join(counted)}."


def where(crew: Crew, labels: dict[str, str]) -> str:
    """Return the stations at which people work, by the log's names."""
    return enumerated([labels[name] for name in crew.stations])


def of_the_fits(found: Calibration) -> str:
    """Return how to read the table of fits, and what is not in it."""
    few = sum(row.fit.n - row.fit.censored < FEW for row in found.fits)
    left = f" {many(few, 'law')} of fewer than {FEW} seen: in the files alone." if few else ""
    return (
        "Mean of a cycle by pieces: of lots as large as those seen. p: how often a law that is true fits no better "
        "(Anderson-Darling; of orders, the spread of their numbers a week); not asked where some were not seen to "
        f"their end.{left}"
    )


def rows_read(found: Calibration) -> str:
    """Return what became of the log's rows, and the first that could not be read."""
    log = found.plant.log
    later = len(log.reports) - len(found.plant.reports)
    parts = [
        f"{many(len(found.plant.reports), 'report')} used",
        *([f"{number(later, 0)} that end later"] if later else []),
        f"{many(log.duplicates, 'duplicate row')} dropped",
        *([f"{many(log.left_out, 'row')} left out by the mapping"] if log.left_out else []),
        f"{many(len(log.problems), 'row')} not read",
    ]
    lines = [f"{many(log.rows, 'row')} of {PurePath(log.source).name}: {', '.join(parts)}."]
    lines += [f"Row {problem.row} {problem.sentence}." for problem in log.problems[:MOST_PROBLEMS]]
    if len(log.problems) > MOST_PROBLEMS:
        lines.append(f"{number(len(log.problems) - MOST_PROBLEMS, 0)} more: in the file of what could not be known.")
    return "\n".join(lines)


def unknown(found: Calibration) -> str:
    """Return what the log does not show, a line each."""
    return "\n".join(["What the log does not show:", *(f"- {sentence}" for sentence in found.unknown)])


def files(found: Calibration, written: Iterable[Path]) -> str:
    """Return what was written."""
    return f"Written: {enumerated(list(_files(found, written)))}."


def _files(found: Calibration, written: Iterable[Path]) -> Iterator[str]:
    for path in written:
        if path.suffix == ".csv":
            yield f"{path} ({many(len(found.samples), 'draw')} of {many(len(found.paths), 'number')})"
        elif path.suffix == ".fits":
            yield f"{path} (a table, {many(len(found.fits), 'picture')}, what could not be known)"
        else:
            yield str(path)
