"""Names, places in a description, and what is wrong at a place."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""A name is a letter, then letters, digits, _ and -; it goes into topics, tags and file names as it is."""

RESERVED = {"out": "where finished parts go", "scrap": "where scrapped parts go", "source": "where parts come from"}
"""Names that no station may have, each with what it stands for."""

MOST_LISTED = 8

Place = tuple[str | int, ...]
"""Keys and list positions that lead to a part of a description: ("stations", "press", "cycle"), ("route", 0, "to")."""


class Problem(NamedTuple):
    """One thing that is wrong: where, and what was found, what was expected and what to write instead."""

    place: Place
    text: str


def path_text(place: Place, route: object = ()) -> str:
    """Return a place as people read it: stations.press.cycle; an edge by its ends, else by its position from 1.

    Examples
    --------
    >>> path_text(("route", 0, "buffer"), [{"from": "press", "to": "weld"}])
    'route.press->weld.buffer'
    >>> path_text(("route", 0, "buffer"))
    'route.1.buffer'
    """
    texts = [str(part + 1) if isinstance(part, int) else part for part in place]
    if place[:1] == ("route",) and len(place) > 1:
        position = place[1]
        edge = route[position] if isinstance(route, list) and isinstance(position, int) else None
        if isinstance(edge, dict) and {"from", "to"} <= edge.keys():
            texts[1] = f"{edge['from']}->{edge['to']}"
    return ".".join(texts)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `"name"` and what to write instead: the nearest of the names known, else all of them.

    Examples
    --------
    >>> nearest("cels", ["manual", "cells"])
    '"cels"; did you mean cells?'
    >>> nearest("x", ["manual", "cells"])
    '"x"; write manual or cells'
    >>> nearest("x", [])
    '"x"; there are none'
    """
    names = list(known)
    by_lower_case = {other.lower(): other for other in names}
    close = get_close_matches(name.lower(), by_lower_case, n=1)
    if close:
        return f'"{name}"; did you mean {by_lower_case[close[0]]}?'
    return f'"{name}"; ' + (f"write {listed(names)}" if names else "there are none")


def listed(names: Iterable[str], last: str = "or") -> str:
    """Return names as a person lists them, at most eight.

    Examples
    --------
    >>> listed(["manual", "cells", "auto"])
    'manual, cells or auto'
    """
    shown = list(names)
    if len(shown) > MOST_LISTED:
        return ", ".join(shown[:MOST_LISTED]) + ", ..."
    return f" {last} ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
