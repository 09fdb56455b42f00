from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from influxdb_client import Point as Reference

from connectors.line_protocol import Unfit, line_of
from twin.ports import Point

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
WHOLE = st.integers(-(2**63), 2**63 - 1)
# The client writes 3.0 as 3, the same number to InfluxDB.
BROKEN = st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not value.is_integer())
VALUE = TEXT | WHOLE | st.booleans() | BROKEN


@given(
    TEXT.filter(lambda name: name[0] != "#"),
    st.dictionaries(TEXT, TEXT),
    st.dictionaries(TEXT, VALUE, min_size=1),
    WHOLE,
)
def test_a_point_is_written_as_the_clients_own(name: str, tags: dict, fields: dict, time_ns: int) -> None:
    series, text = line_of(Point(name, tags, dict(sorted(fields.items())), time_ns))
    reference = Reference(name)
    for key, value in tags.items():
        reference.tag(key, value)
    for key, value in fields.items():
        reference.field(key, value)
    assert f"{series} {text} {time_ns}" == reference.time(time_ns).to_line_protocol()


def test_floats_are_written_to_the_bit_and_numbers_of_numpy_as_pythons() -> None:
    fields = {"a": 0.1 + 0.2, "b": np.float64(1e-7), "c": np.int64(3), "d": 1e22, "e": -0.0, "f": True}
    assert line_of(Point("m", {"t": "x y"}, fields, 0)) == (
        r"m,t=x\ y",
        "a=0.30000000000000004,b=1e-07,c=3i,d=1e+22,e=-0.0,f=true",
    )


def test_the_order_of_tags_makes_no_other_series() -> None:
    assert line_of(Point("m", {"b": "2", "a": "1"}, {"f": 1}, 0)) == line_of(
        Point("m", {"a": "1", "b": "2"}, {"f": 1}, 0)
    )


@pytest.mark.parametrize(
    ("point", "says"),
    [
        (Point("m", {"t": ""}, {"f": 1}, 0), "m: the tag t is empty"),
        (Point("m", {}, {}, 0), "m: there is no field"),
        (Point("m", {}, {"f": math.nan}, 0), "m: f is nan, no number"),
        (Point("m", {}, {"f": -math.inf}, 0), "m: f is -inf, no number"),
        (Point("m", {}, {"f": 2**63}, 0), "m: f is 9223372036854775808, a whole number of over 64 bits"),
        (Point("m", {}, {"f": None}, 0), "m: f is None, neither a number nor a text"),  # type: ignore[dict-item]
        (Point("m", {}, {"f": 1}, 2**63), "m: the time 9223372036854775808 ns is out of range"),
    ],
)
def test_what_has_no_place_in_a_line_is_refused(point: Point, says: str) -> None:
    with pytest.raises(Unfit) as error:
        line_of(point)
    assert str(error.value) == says
