"""Points as text, in the line protocol of InfluxDB.

Written here and not by `influxdb_client.Point`, whose text it equals, because that takes ten times as long and leaves
out what is no number or empty: the point would then be another.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from operator import index
from typing import TYPE_CHECKING, Any

from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.ports import Point

_NAME = str.maketrans({",": r"\,", " ": r"\ ", "\n": r"\n", "\t": r"\t", "\r": r"\r"})
_KEY = _NAME | str.maketrans({"=": r"\="})
_TEXT = str.maketrans({'"': r"\"", "\\": r"\\"})
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class Unfit(TwinError):  # noqa: N818 -- it says what the point is
    """The point cannot be written as one: what it holds has no place in a line."""


def line_of(point: Point) -> tuple[str, str]:
    """Write a point as its series and its fields; with a space between and its time [ns] behind them it is a line.

    Raises
    ------
    Unfit
        If a tag is empty, there is no field, a field is no number or text, or a whole number needs over 64 bits.
    """
    if not _SMALLEST <= point.time_ns <= _LARGEST:
        raise Unfit(f"{point.name}: the time {point.time_ns} ns is out of range")
    if not point.fields:
        raise Unfit(f"{point.name}: there is no field")
    fields = [f"{_key(name)}={_field(point, name, value)}" for name, value in point.fields.items()]
    return _series(point.name, tuple(point.tags.items())), ",".join(fields)


def _field(point: Point, name: str, value: Any) -> str:  # noqa: ANN401 -- what comes may be of any type
    if isinstance(value, float):
        if not isfinite(value):
            raise Unfit(f"{point.name}: {name} is {value}, no number")
        return float.__repr__(value)
    if isinstance(value, str):
        return f'"{value.translate(_TEXT)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        whole = index(value)
    except TypeError:
        raise Unfit(f"{point.name}: {name} is {value!r}, neither a number nor a text") from None
    if not _SMALLEST <= whole <= _LARGEST:
        raise Unfit(f"{point.name}: {name} is {whole}, a whole number of over 64 bits")
    return f"{whole}i"


@lru_cache(maxsize=20_000)
def _series(name: str, tags: tuple[tuple[str, str], ...]) -> str:
    parts = [name.translate(_NAME)]
    for key, value in sorted(tags):
        if not value:
            raise Unfit(f"{name}: the tag {key} is empty")
        escaped = value.translate(_KEY)
        # A backslash at the end would take away the meaning of the comma or space behind it.
        parts.append(f"{_key(key)}={escaped} " if escaped.endswith("\\") else f"{_key(key)}={escaped}")
    return ",".join(parts)


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    return name.translate(_KEY)
