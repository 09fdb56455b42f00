"""`everything.yaml` uses all that a line file can say, and what can be asked of a line can be asked of it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from twin.line.distributions import DISTRIBUTIONS, Distribution
from twin.line.line import Line
from twin.line.load import load_line
from twin.line.order_book import DatedOrder
from twin.line.station import STATION_KINDS

EVERYTHING = Path(__file__).with_name("everything.yaml")

NOT_HERE = {
    ("Source", "arrivals"): "parts come one way, and here they are ordered",
    ("Source", "capacity"): "orders are never turned away",
    ("Source", "product"): "orders say their product themselves",
}
"""The keys that it cannot use beside others, and why."""


@pytest.fixture(scope="module")
def line() -> Line:
    return load_line(EVERYTHING)


def models(hint: Any, known: set[type[BaseModel]]) -> set[type[BaseModel]]:  # noqa: ANN401 -- a type hint
    """Return the models that values of a type hold."""
    if isinstance(hint, type) and issubclass(hint, BaseModel) and hint not in known:
        known.add(hint)
        for field in hint.model_fields.values():
            models(field.annotation, known)
    for argument in get_args(hint):
        models(argument, known)
    return known


def given(value: Any, keys: dict[str, set[str]], families: set[str]) -> None:  # noqa: ANN401 -- any value of a line
    """Collect the keys that are given anywhere in a value, by the name of their model, and its distributions."""
    if isinstance(value, BaseModel):
        keys[type(value).__name__] |= value.model_fields_set
        for name in value.model_fields_set:
            given(getattr(value, name), keys, families)
    elif isinstance(value, dict | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            given(each, keys, families)
    elif isinstance(value, Distribution):
        families.add(type(value).name)


def test_it_uses_every_key_and_every_distribution(line: Line) -> None:
    keys: dict[str, set[str]] = defaultdict(set)
    families: set[str] = set()
    given(line, keys, families)

    every = {(model.__name__, name) for model in models(Line, set()) for name in model.model_fields}
    used = {(model, name) for model, names in keys.items() for name in names}
    assert every - used == set(NOT_HERE)
    assert families == set(DISTRIBUTIONS)


def test_it_has_every_kind_of_station_and_every_column_of_a_book(line: Line) -> None:
    assert {station.kind for station in line.stations.values()} == set(STATION_KINDS)
    assert line.source.orders is not None
    columns = set(DatedOrder.__slots__) - {"row"}
    assert {name for lot in line.source.orders.book for name in columns if getattr(lot, name) is not None} == columns
