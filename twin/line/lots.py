"""Cycles of lots: how the time on a machine goes with the pieces of what is worked on."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any

from pydantic import ConfigDict, Field, PlainSerializer, PlainValidator, model_validator

from twin.errors import InputError
from twin.line.described import Described, wrong_inside
from twin.line.distributions import (
    DISTRIBUTIONS,
    Constant,
    Distribution,
    NumberDistribution,
    TimeDistribution,
    read_time,
    write_distribution,
)
from twin.units import TIME, count, parse, quoted, refused, write

MOST_PIECES = 1_000_000
"""More pieces than this in one lot are taken for a slip of the pen."""

MEAN_ONE = 1e-6
"""A spread changes no mean: its own is 1 to this."""

Table = tuple[tuple[int, float], ...]


def read_table(written: Any) -> Table:  # noqa: ANN401 -- whatever was written
    """Read {1: 9 min, 10: 40 min}; what is wrong is placed at its number of pieces."""
    if isinstance(written, tuple):
        return written
    if not isinstance(written, dict) or not written:
        raise refused(f"{quoted(written)} is not a table of times by pieces; write {{1: 9 min, 10: 40 min}}")
    points: dict[int, float] = {}
    problems = []
    for pieces, time in written.items():
        try:
            points[lot_size(pieces)] = _above_none(time)
        except InputError as error:
            problems.append(((str(pieces),), str(error)))
    if problems:
        raise wrong_inside(problems, written)
    return tuple(sorted(points.items()))


def _above_none(written: object) -> float:
    if (time := parse(written, TIME)) <= 0:
        raise InputError(f"{quoted(written)} is no time for a lot; write a time above 0 s, such as 9 min")
    return time


def lot_size(written: object) -> int:
    """Read a number of pieces, at least 1.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        pieces = count(written)
    except InputError:
        raise InputError(f"{quoted(written)} is not a number of pieces; write 1 or more") from None
    if not 1 <= pieces <= MOST_PIECES:
        raise InputError(f"{quoted(written)} pieces are no lot; write 1 to {MOST_PIECES:,}")
    return pieces


def _write_table(table: Table) -> dict[str, str]:
    return {str(pieces): write(time, TIME) for pieces, time in table}


def check_spread(spread: Distribution | None) -> None:
    """Refuse a spread whose mean is not 1.

    Raises
    ------
    PydanticCustomError
        With the sentence, if it would change the mean of what it spreads.
    """
    if spread is not None and abs(spread.mean - 1) > MEAN_ONE:
        raise refused(
            f"a `spread` of mean {spread.mean:.6g} would change the mean; write one of mean 1: "
            "{lognormal: {mean: 1, cv: 0.3}}"
        )


class LotCycle(Described):
    """The time of a cycle by the pieces of the lot: so much a piece, or from a table.

    Between its points the table is linear, outside them level. One number is drawn a cycle, `drawn`, and its product
    with `factor(pieces)` is the time.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["per_piece"]}, {"required": ["by_pieces"]}]},
    )

    per_piece: TimeDistribution | None = Field(default=None, description="time for each piece", examples=["40 s"])
    by_pieces: Annotated[Table, PlainValidator(read_table), PlainSerializer(_write_table, return_type=dict)] = Field(
        default=(), description="time of a lot by its pieces", examples=["{1: 9 min, 10: 40 min, 100: 4 h}"]
    )
    spread: NumberDistribution | None = Field(
        default=None,
        description="how the time by pieces varies: factors of mean 1",
        examples=["{lognormal: {mean: 1, cv: 0.3}}"],
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> LotCycle:
        if (self.per_piece is None) == (not self.by_pieces):
            raise refused(
                "a cycle of lots has one of `per_piece` and `by_pieces`; write per_piece: 40 s, or by_pieces: "
                "{1: 9 min, 10: 40 min}"
            )
        if self.spread is not None and not self.by_pieces:
            raise refused("`spread` varies a time by pieces; leave it out: the time per piece varies by itself")
        check_spread(self.spread)
        return self

    @property
    def drawn(self) -> Distribution:
        """What is drawn once a cycle: a time per piece [s], or a factor of mean 1."""
        if self.per_piece is not None:
            return self.per_piece
        return Constant(1.0) if self.spread is None else self.spread

    @property
    def mean(self) -> float:
        """Mean time for one piece [s]."""
        return self.mean_of(1)

    def factor(self, pieces: float) -> float:
        """Return by what the number drawn is multiplied: the pieces, or the table's time for them [s].

        Examples
        --------
        >>> LotCycle.model_validate({"by_pieces": {"1": "10 s", "11": "60 s"}}).factor(3)
        20.0
        """
        if self.per_piece is not None:
            return float(pieces)
        first, last = self.by_pieces[0], self.by_pieces[-1]
        if pieces <= first[0]:
            return first[1]
        for (few, short), (many, long) in pairwise(self.by_pieces):
            if pieces < many:
                return short + (long - short) * ((pieces - few) / (many - few))
        return last[1]

    def mean_of(self, pieces: float) -> float:
        """Return the mean time of a lot [s]."""
        if self.per_piece is not None:
            return pieces * self.per_piece.mean
        return self.factor(pieces)


LOT_KEYS = tuple(LotCycle.model_fields)
"""The keys by which a cycle is seen to be one of lots."""


def read_cycle(written: Any) -> Distribution | LotCycle:  # noqa: ANN401 -- whatever was written
    """Read a field that holds a cycle; what is wrong is placed inside it."""
    if isinstance(written, LotCycle):
        return written
    if isinstance(written, dict) and any(_means_lots(str(key)) for key in written):
        return LotCycle.model_validate(written)
    return read_time(written)


def _means_lots(key: str) -> bool:
    """Whether a key is one of a lot's, or a slip of the pen that comes nearest to one."""
    return get_close_matches(key, (*LOT_KEYS, *DISTRIBUTIONS), n=1)[:1] in ([lot_key] for lot_key in LOT_KEYS)


def _write_cycle(cycle: Distribution | LotCycle) -> object:
    if isinstance(cycle, LotCycle):
        return cycle.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return write_distribution(cycle)


Cycle = Annotated[
    Distribution | LotCycle, PlainValidator(read_cycle), PlainSerializer(_write_cycle, return_type=object)
]
"""A Pydantic field that holds the time of a cycle: whatever the pieces, or by them."""


def mean_of(cycle: Distribution | LotCycle, pieces: float) -> float:
    """Return the mean time of a cycle on a lot of so many pieces [s]; a plain time is that of any lot.

    Examples
    --------
    >>> from twin.line.distributions import parse_distribution
    >>> mean_of(parse_distribution("12 s"), 50), mean_of(LotCycle(per_piece=parse_distribution("12 s")), 50)
    (12.0, 600.0)
    """
    return cycle.mean_of(pieces) if isinstance(cycle, LotCycle) else cycle.mean


def drawn_of(cycle: Distribution | LotCycle) -> Distribution:
    """Return what is drawn once a cycle: the time [s], a time per piece [s], or a factor of mean 1."""
    return cycle.drawn if isinstance(cycle, LotCycle) else cycle
