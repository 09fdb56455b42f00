"""What may be trusted follows from the scores alone: forecasts made up so that these are plain to see."""

from __future__ import annotations

import numpy as np
import pytest

from twin.calibration.validate import Cell, Validation
from twin.cli.fit_validation import trust

LABELS = {"cut": "Cutting", "packed": "Packing"}


def cell(name: str, naive: float, given: float, blind: float, came: float = 100.0) -> Cell:
    """Return a cell whose forecasts are each one number, so that the score is how far it is off."""
    return Cell(name, came, *(np.full(5, came + each) for each in (naive, given, blind)))


def validation(*cells: Cell, leave: tuple[float, float, float] = (2.0, 3.0, 3.0), open_orders: int = 4) -> Validation:
    missed = dict(zip(("naive", "given", "blind"), leave, strict=True))
    return Validation(0.0, 86_400.0, cells, missed, open_orders, 2)


def test_what_both_forecasts_tell_better_than_the_naive_one_is_trusted() -> None:
    found = validation(cell("packed", 30, 10, 20), cell("all hours", 9, 5, 8), cell("cut", 12, 3, 4))

    assert trust(found, LABELS) == (
        "Trust this line with pieces packed, all hours and the hours at Cutting; not with when open orders leave."
    )


def test_what_the_given_forecast_alone_tells_is_trusted_on_that_condition() -> None:
    found = validation(cell("packed", 30, 10, 26), cell("all hours", 9, 5, 8), leave=(2.0, 1.0, 2.5))

    assert trust(found, LABELS) == (
        "Trust this line with all hours; once its orders are known, also with pieces packed and when open orders leave."
    )


def test_what_is_no_better_than_naive_or_off_by_more_than_a_quarter_is_not_trusted_and_the_worst_named() -> None:
    found = validation(
        cell("packed", 73, 40, 60), cell("all hours", 5, 6, 7), cell("cut", 90, 1, 20), leave=(2.0, 2.0, 1.0)
    )

    assert trust(found, LABELS).replace("\u00a0", " ") == (
        "Trust this line with the hours at Cutting and when open orders leave; not with pieces packed and all hours "
        "(worst: pieces packed, missed by 40 %, naively by 73 %)."
    )


def test_a_station_called_packed_is_not_taken_for_the_pieces_packed() -> None:
    found = validation(cell("packed", 30, 10, 20), cell("all hours", 3, 5, 8), cell("packed", 1, 30, 40), open_orders=0)

    assert trust(found, LABELS).replace("\u00a0", " ") == (
        "Trust this line with pieces packed; not with all hours and the hours at Packing (worst: the hours at Packing, "
        "missed by 30 %, naively by 1 %)."
    )


@pytest.mark.parametrize("came", [100.0, 0.0])
def test_where_nothing_is_foretold_well_that_is_said(came: float) -> None:
    found = validation(cell("packed", 1, 60, 70, came), cell("all hours", 1, 2, 3))

    worst = "missed by 60 %, naively by 1 %" if came else "of which nothing came"
    assert trust(found, LABELS).replace("\u00a0", " ") == (
        f"Do not trust this line with any of it (worst: pieces packed, {worst})."
    )


def test_an_only_condition_stands_behind_a_comma() -> None:
    found = validation(cell("packed", 30, 20, 10), cell("all hours", 1, 2, 3), open_orders=0)
    given = validation(cell("packed", 30, 10, 31), cell("all hours", 1, 2, 3), open_orders=0)

    assert trust(found, LABELS).startswith("Trust this line with pieces packed; not with all hours")
    assert trust(given, LABELS).startswith("Trust this line, once its orders are known, with pieces packed; not with")


def test_of_stations_where_nothing_came_the_pooled_score_is_no_number() -> None:
    found = validation(cell("packed", 1, 2, 3), cell("all hours", 1, 2, 3), cell("cut", 1, 2, 3, came=0))

    assert found.pooled_hours_score("given") == np.inf
