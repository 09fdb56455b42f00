"""From rows as read to reports in one order, whatever order they came in and whatever things are called."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from twin.line.names import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

LONGEST = 60
"""Letters of a station's name: files are called by it."""

_FACTS = ["start", "end", "kind", "rework", "done", "rejected", "review"]
"""What a report says without any name that people gave."""

_NAMES = ["order", "station", "worker"]


def station_name(label: str, taken: Iterable[str] = ()) -> str:
    """Return a name for an operation that may stand in a line file: its label in lower case with underscores, unique.

    Examples
    --------
    >>> station_name("Turn & Mill. & Screw Assem"), station_name("Round  Q.C."), station_name("Packing", ["packing"])
    ('turn_mill_screw_assem', 'round_qc', 'packing_2')
    >>> station_name("3. Höhnen")
    'station_3_hohnen'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", re.sub(r"[.']", "", plain))[:LONGEST].strip("_")
    if not name[:1].isalpha():
        name = f"station_{name}".rstrip("_")
    unavailable = {*taken, *RESERVED}
    return next(each for count in range(len(unavailable) + 1) if (each := _numbered(name, count)) not in unavailable)


def _numbered(name: str, count: int) -> str:
    return f"{name}_{count + 1}" if count else name


def in_order(reports: pd.DataFrame) -> pd.DataFrame:
    """Return reports sorted by what they say, not by how things are called.

    First by start, end, kind, rework and pieces. Reports equal in these are told apart by all that their order, station
    and worker report in the whole log; only what is alike in that too is sorted by name. So neither a shuffle of the
    rows nor new names can change a sum, or which order comes first.

    Parameters
    ----------
    reports
        With the columns of a log's reports; the index is dropped.
    """
    keys = reports.groupby(_FACTS).ngroup().to_frame("fact")
    for name in _NAMES * 2:  # a second time, now that the others are told apart
        known = keys.drop(columns=name, errors="ignore")
        keys[name] = _rank(known.groupby([*known]).ngroup(), reports[name])
    named = keys.join(reports[[*_NAMES, "row"]], rsuffix=" as named")
    return reports.loc[named.sort_values([*named]).index].reset_index(drop=True)


def _rank(values: pd.Series[int], names: pd.Series[str]) -> pd.Series[int]:
    """Return for each row the rank of its name among all: by the sorted values under the name; alike ranks equally."""
    held = {name: tuple(under) for name, under in values.sort_values().groupby(names)}
    ranks = {under: rank for rank, under in enumerate(sorted(set(held.values())))}
    return names.map({name: ranks[under] for name, under in held.items()})


def pseudonyms(workers: pd.Series[str]) -> pd.Series[str]:
    """Return "w01", "w02", ... for workers, numbered as they first appear; NA for an empty text.

    Of rows sorted by `in_order` the same worker has the same pseudonym however the file was shuffled.
    """
    known = [name for name in workers.unique() if name]
    width = max(2, len(str(len(known))))
    numbers = {name: f"w{number:0{width}d}" for number, name in enumerate(known, 1)}
    return workers.map(numbers).astype("string")
