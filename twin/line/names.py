"""Names: how they are written, and what was probably meant by one that does not exist."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""A name is a letter, then letters, digits, _ and -; it goes into topics, tags and file names as it is."""

RESERVED = {"out": "where finished parts go", "scrap": "where scrapped parts go", "source": "where parts come from"}
"""Names that no station may have, each with what it stands for."""

MOST_LISTED = 8


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `"name"` and what to write instead: the nearest of the names known, else all of them.

    Examples
    --------
    >>> nearest("cels", ["manual", "cells"])
    '"cels"; did you mean cells?'
    >>> nearest("x", ["manual", "cells"])
    '"x"; write manual or cells'
    >>> nearest("x", [])
    '"x"; there is none at all'
    """
    names = list(known)
    close = get_close_matches(name, names, n=1) or [other for other in names if other.lower() == name.lower()]
    return f'"{name}"; ' + (f"did you mean {close[0]}?" if close else f"write {listed(names)}" if names else "there is none at all")


def listed(names: Iterable[str]) -> str:
    """Return names as a person lists them: "a, b or c", at most eight."""
    shown = list(names)
    if len(shown) > MOST_LISTED:
        return ", ".join(shown[:MOST_LISTED]) + ", ..."
    return " or ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else "nothing"
