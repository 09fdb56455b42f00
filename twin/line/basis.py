"""Where the numbers of a line come from: what is known, what is assumed, and what says nothing of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

from twin.line.distributions import Distribution
from twin.line.route import Edge
from twin.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.line.line import Line

ASSUMPTION = "assumption"
"""A basis that begins with this word says that the number is a guess."""


class Guess(NamedTuple):
    """A number that rests on no source: its path, and the assumption it is, or None where nothing is said of it."""

    path: str
    assumption: str | None


def guesses(line: Line) -> list[Guess]:
    """Return those of the line's `numbers` that are assumptions or have no basis at all, in file order."""
    stated = ((path, basis_of(line, path)) for path in numbers(line))
    return [Guess(path, basis) for path, basis in stated if basis is None or is_assumption(basis)]


def numbers(line: Line) -> list[str]:
    """Return the paths of the numbers given in the line, in file order.

    A distribution counts as one number; a number left at its default does not count, and the shifts are a decision.
    """
    return [
        path
        for path, value in _parts(line.model_copy(update={"shifts": None}), "", given=True)
        if isinstance(value, int | float | Distribution) and not isinstance(value, bool)
    ]


def basis_of(line: Line, path: str) -> str | None:
    """Return what `basis` says of a path: the entry with the longest path that holds it, None if there is none.

    Examples
    --------
    The entry "stations.press" speaks of "stations.press.cycle" unless that has one of its own.
    """
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        text = line.basis.get(".".join(parts[:length]))
        if text is not None:
            return text
    return None


def is_assumption(basis: str) -> bool:
    """Return whether a basis says that the number is a guess."""
    return basis.lower().startswith(ASSUMPTION)


def paths(line: Line) -> Iterator[str]:
    """Yield every path that a basis may name; an edge goes by its name: route.press->weld.buffer.

    A point of a table goes by its pieces: stations.press.cycle.by_pieces.10; one of wear by its hours:
    stations.press.failures.jam.wear.400 h.
    """
    return (path for path, _ in _parts(line, "", given=False))


def _parts(value: object, path: str, *, given: bool) -> Iterator[tuple[str, object]]:
    """Yield a part of the description and what it consists of, each with its path; of `given`, no defaults."""
    if path:
        yield path, value
    inside: dict[str, object] = {}
    if isinstance(value, BaseModel) and not isinstance(value, Distribution):
        keys = value.model_fields_set if given else type(value).model_fields
        inside = {key.rstrip("_"): getattr(value, key) for key in type(value).model_fields if key in keys}
        inside.pop("basis", None)
    elif isinstance(value, dict):
        inside = value
    elif isinstance(value, tuple):
        inside = {item.name: item for item in value if isinstance(item, Edge)}
        inside |= {_point(item[0]): item[1] for item in value if isinstance(item, tuple)}
    for key, part in inside.items():
        yield from _parts(part, f"{path}.{key}" if path else key, given=given)


def _point(where: object) -> str:
    """Return how a point of a table is named: pieces are whole numbers, ages [s] are not."""
    return f"{where / SECONDS_PER_HOUR:g} h" if isinstance(where, float) else str(where)
