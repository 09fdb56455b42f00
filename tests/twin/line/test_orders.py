"""Orders as they are written, and the source that brings them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from twin.line.distributions import Constant, Exponential
from twin.line.orders import Orders
from twin.line.source import Source


@pytest.mark.parametrize(
    "pieces",
    [
        "20",
        "2.5e1",
        {"min": "5", "mode": "20", "max": "100"},
        {"lognormal": {"mean": "40", "cv": "0.8"}},
        {"empirical": {"values": ["10", "20"], "weights": ["1", "3"]}},
        {"erlang": {"mean": "40", "k": "3"}},
        {"weibull": {"scale": "40", "shape": "1.5"}},
    ],
)
def test_pieces_are_numbers_without_a_unit_and_written_as_they_can_be_read(pieces: Any) -> None:  # noqa: ANN401
    orders = Orders.model_validate({"every": "5 h", "pieces": pieces})

    assert orders.pieces.mean > 1
    assert Orders.model_validate(orders.model_dump(mode="json", exclude_none=True)) == orders


def test_an_order_is_of_one_piece_unless_it_says_more() -> None:
    assert Orders.model_validate({"every": {"exponential": {"mean": "5 h"}}}) == Orders(
        every=Exponential(18_000.0), pieces=Constant(1.0)
    )


@pytest.mark.parametrize("pieces", ["-1", "nan", "20 s", "many", ["1"], {"exponential": {"mean": "20 h"}}])
def test_what_is_no_number_of_pieces_is_refused(pieces: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValidationError):
        Orders.model_validate({"every": "5 h", "pieces": pieces})


@pytest.mark.parametrize(
    ("written", "kind"),
    [({}, "saturated"), ({"arrivals": "30 s"}, "arrivals"), ({"orders": {"every": "5 h"}}, "orders")],
)
def test_what_comes_says_of_what_kind_the_source_is(written: dict[str, Any], kind: str) -> None:
    assert Source.model_validate(written).kind == kind


@pytest.mark.parametrize("into", [["saw"], {"saw": 0.25, "press": 0.75}])
def test_the_stations_fed_are_written_as_they_can_be_read(into: Any) -> None:  # noqa: ANN401
    source = Source.model_validate({"orders": {"every": "5 h"}, "into": into})

    assert source.into == (tuple(into) if isinstance(into, list) else into)
    assert Source.model_validate(source.model_dump(mode="json", exclude_none=True)) == source


@pytest.mark.parametrize("into", ["saw", [["saw"]], {"saw": "2"}, 3])
def test_what_names_no_stations_is_refused(into: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValidationError):
        Source.model_validate({"orders": {"every": "5 h"}, "into": into})
