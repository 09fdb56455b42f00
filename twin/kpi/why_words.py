"""What the sentences of an explanation are made of: machines, stretches of time, people and parts in words."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

from twin.line.week_clock import clock, lasted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from twin.kpi.history import History, Left, Machine, Spell


class Link(NamedTuple):
    """What is said of one machine at a moment.

    Attributes
    ----------
    sentences
        How it stood, and for what it waited.
    causes
        The machines for which it waited in the end; their own sentences follow.
    root
        Where the chain ends: what it was that nobody else caused; None where `causes` say more.
    """

    sentences: tuple[str, ...]
    causes: tuple[Machine, ...] = ()
    root: str | None = None


def name_of(history: History, machine: Machine) -> str:
    """Return what a machine is called: its station, and its number where there are several."""
    station, number = machine
    return station if history.line.stations[station].machines == 1 else f"{station} {number}"


def span(history: History, spell: Spell) -> str:
    """Return from when to when, and how long: "from Mon 08:12:31 to 08:19:02 (6 min 31 s)"."""
    end = until(history, spell)
    return f"from {clock(spell.start_s)} {end if spell.end_s == inf else end.replace('until', 'to')}"


def until(history: History, spell: Spell) -> str:
    """Return until when, and how long in all: "until 08:19:02 (6 min 31 s)"."""
    if spell.end_s == inf:
        so_far = lasted(history.end_s - spell.start_s)
        return f"until the log ends at {clock(history.end_s, spell.start_s)} ({so_far} so far)"
    return f"until {clock(spell.end_s, spell.start_s)} ({lasted(spell.end_s - spell.start_s)})"


def people(asked: Mapping[str, float]) -> str:
    """Return people in words.

    Examples
    --------
    >>> people({"operator": 2, "setter": 1}), people({"operator": 0.25})
    ('2 operators and 1 setter', '1/4 operator')
    """
    return joined(f"{amount(count)} {plural(skill, count)}" for skill, count in asked.items())


def amount(count: float) -> str:
    """Return a number of people: whole ones, or a part of one as 1/4."""
    if 0 < count < 1 and abs(1 / count - round(1 / count)) < TOLERANCE:
        return f"1/{round(1 / count)}"
    return f"{count:.4g}"


TOLERANCE = 1e-6


def plural(word: str, count: float) -> str:
    """Return a skill, or what is counted, as so many are called."""
    word = word.replace("_", " ")
    return word if count <= 1 else f"{word}s"


def joined(texts: Iterable[str]) -> str:
    """Return texts as a person says them together.

    Examples
    --------
    >>> joined(["a", "b", "c"]), joined(["a"])
    ('a, b and c', 'a')
    """
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last


def part_words(left: Left | None) -> str:
    """Return a part by its number, and its product where there are several; "a part" where the log ends before."""
    if left is None:
        return "a part"
    return f"part {left.part}" + ("" if left.product is None else f" of product {left.product}")


def capital(sentence: str) -> str:
    """Return a sentence with its first letter large."""
    return sentence[:1].upper() + sentence[1:]
