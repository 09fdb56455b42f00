from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.calibration.cleaning import in_order, pseudonyms, station_name
from twin.line.names import NAME, RESERVED

FACTS = {"start": 0.0, "end": 1.0, "kind": "production", "rework": False, "done": 1, "rejected": 0, "review": 0}


def reports(*named: tuple[float, str, str, str]) -> pd.DataFrame:
    """Reports of a start, an order, a station and a worker, alike in all else."""
    rows = [
        {**FACTS, "start": start, "order": order, "station": station, "worker": worker, "row": row}
        for row, (start, order, station, worker) in enumerate(named)
    ]
    return pd.DataFrame(rows)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_every_label_gets_a_name_of_its_own_that_may_stand_in_a_line_file(labels: list[str]) -> None:
    names: list[str] = []
    for label in labels:
        names.append(station_name(label, names))
    assert len(set(names)) == len(labels)
    assert all(NAME.fullmatch(name) and name == name.lower() and name not in RESERVED for name in names)


@pytest.mark.parametrize(("label", "name"), [("Out", "out_2"), ("2nd pass", "station_2nd_pass"), ("…", "station")])
def test_a_label_that_makes_no_name_still_gets_one(label: str, name: str) -> None:
    assert station_name(label) == name


def test_reports_alike_are_told_apart_by_what_else_their_order_reports() -> None:
    # Orders a and b start alike; b goes on sooner, and so comes first, whatever either is called.
    rows = [(0.0, "a", "s", "x"), (0.0, "b", "s", "x"), (0.5, "b", "s", "x"), (0.7, "a", "s", "x")]
    other = {"a": "b", "b": "a"}
    first = in_order(reports(*rows))
    second = in_order(reports(*((start, other[order], station, worker) for start, order, station, worker in rows)))
    assert list(first["order"]) == ["b", "a", "b", "a"]
    assert list(second["order"]) == ["a", "b", "a", "b"]


def test_workers_are_numbered_as_they_appear() -> None:
    assert list(pseudonyms(pd.Series(["Zoe", "", "Al", "Zoe"])).fillna("-")) == ["w01", "-", "w02", "w01"]


def test_many_workers_have_names_of_one_width() -> None:
    names = pseudonyms(pd.Series([f"ID{number}" for number in range(120)]))
    assert (names[0], names[119], names.nunique()) == ("w001", "w120", 120)
