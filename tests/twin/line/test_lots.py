"""Cycles of lots: what is drawn, and by what it is multiplied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from twin.errors import InputError
from twin.line.distributions import Constant, Distribution, Lognormal
from twin.line.lots import MOST_PIECES, Cycle, LotCycle, drawn_of, lot_size, mean_of

CYCLE: TypeAdapter[Distribution | LotCycle] = TypeAdapter(Cycle)
TABLE = {"by_pieces": {"10": "40 min", "1": "9 min", "100": "4 h"}, "spread": {"lognormal": {"mean": "1", "cv": "0.3"}}}


@pytest.mark.parametrize(
    ("pieces", "minutes"), [(1, 9), (10, 40), (4, 9 + 31 / 3), (55, 140), (100, 240), (1000, 240), (0.5, 9)]
)
def test_a_table_is_linear_between_its_points_and_level_outside(pieces: float, minutes: float) -> None:
    cycle = LotCycle.model_validate(TABLE)

    assert cycle.mean_of(pieces) == pytest.approx(60 * minutes, rel=1e-15)
    assert cycle.factor(pieces) == cycle.mean_of(pieces)
    assert cycle.drawn == Lognormal(1.0, 0.3)
    assert cycle.mean == 540


def test_a_time_per_piece_is_drawn_and_multiplied_by_the_pieces() -> None:
    cycle = LotCycle.model_validate({"per_piece": {"lognormal": {"mean": "40 s", "cv": "0.2"}}})

    assert (cycle.drawn, cycle.factor(7), cycle.mean_of(7), cycle.mean) == (Lognormal(40.0, 0.2), 7.0, 280.0, 40.0)


def test_a_table_without_spread_never_varies() -> None:
    assert LotCycle.model_validate({"by_pieces": {"1": "9 min"}}).drawn == Constant(1.0)


def test_a_plain_time_is_that_of_a_lot_of_any_size() -> None:
    cycle = CYCLE.validate_python("12 s")

    assert (mean_of(cycle, 1), mean_of(cycle, 500), drawn_of(cycle)) == (12, 12, Constant(12.0))


@pytest.mark.parametrize("written", ["12 s", TABLE, {"per_piece": {"min": "1 s", "mode": "2 s", "max": "4 s"}}])
def test_a_cycle_is_written_as_it_can_be_read(written: object) -> None:
    cycle = CYCLE.validate_python(written)

    assert CYCLE.validate_python(CYCLE.dump_python(cycle, mode="json")) == cycle


@given(st.dictionaries(st.integers(1, 1000), st.integers(1, 10**6), min_size=1, max_size=6), st.floats(0.5, 2000))
def test_between_its_points_no_time_is_beyond_those_of_the_table(table: dict[int, int], pieces: float) -> None:
    written = {"by_pieces": {str(size): f"{time} s" for size, time in table.items()}}
    cycle = LotCycle.model_validate(written)

    assert min(table.values()) <= cycle.mean_of(pieces) <= max(table.values())
    assert all(cycle.mean_of(size) == time for size, time in table.items())


@pytest.mark.parametrize("key", ["per_pice", "bypieces", "spred"])
def test_a_slip_in_a_key_is_told_from_a_distribution(key: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        CYCLE.validate_python({key: "12 s"})
    assert {error["type"] for error in refusal.value.errors()} >= {"extra_forbidden"}


@pytest.mark.parametrize("written", ["0", "-1", "2.5", "many", str(MOST_PIECES + 1), None])
def test_what_is_no_number_of_pieces_is_refused(written: object) -> None:
    with pytest.raises(InputError, match="pieces"):
        lot_size(written)
