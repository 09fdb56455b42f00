"""Random streams: one for each (replication, owner, number, purpose), drawn in blocks that both clocks read.

A stream depends on names alone, so scenarios that share a station share its luck, and a new station changes no other's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from twin.engine.records import UNLIMITED, World
from twin.errors import Defect

if TYPE_CHECKING:
    from twin.line.distributions import Distribution
    from twin.line.variates import Floats

BLOCK = 1024
"""Variates drawn at a time; a stream's ring holds two blocks."""
BUFFER = 2 * BLOCK
RESERVE = 16
"""Variates left when a rule asks for more: above what one settling takes from a stream of which each move takes one."""

HARDLY_USED = 32
"""A stream that a sparing run found with so many variates above its reserve, and that has more yet, is hardly used."""


class Stream(NamedTuple):
    """Whose luck it is; a distribution of None stands for plain uniform variates (scrap, route).

    `burst` is how many variates one settling may take beyond a few.
    """

    owner: str
    number: int
    purpose: str
    distribution: Distribution | None
    burst: int = 0


def generator(seed: int, replication: int, stream: Stream) -> np.random.Generator:
    """Return the stream's generator, keyed by names (NumPy's SeedSequence, SFC64: the quickest of its generators)."""
    name = f"{stream.owner}/{stream.number}/{stream.purpose}".encode()
    words = np.frombuffer(hashlib.sha256(name).digest()[:16], dtype="<u4").tolist()
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(replication, *words))))


def variates(rng: np.random.Generator, distribution: Distribution | None, count: int) -> Floats:
    """Return `count` variates: drawn standard, then scaled, so that a changed mean keeps the draws."""
    drawn = np.empty(count)
    fill(rng, distribution, drawn)
    return drawn


def fill(rng: np.random.Generator, distribution: Distribution | None, drawn: Floats) -> None:
    """Fill an array with variates, as `variates` does."""
    if distribution is None:
        rng.random(out=drawn)
        return
    family, shape = distribution.standard
    if family == "exponential":
        rng.standard_exponential(out=drawn)
    elif family == "gamma":
        rng.standard_gamma(shape, out=drawn)
    elif family == "uniform":
        rng.random(out=drawn)
    elif family != "constant":
        rng.standard_normal(out=drawn)
    drawn[:] = distribution.scaled(drawn)


class Draws:
    """The streams of one replication: fills the world's rings, and can be taken up where a saved state left them.

    When one stream runs low, all that have room for a block are given one; `sparing` gives none to those hardly
    used, as suits a short run of many streams. The variates are the same.
    """

    def __init__(self, streams: tuple[Stream, ...], seed: int, replication: int, *, sparing: bool = False) -> None:
        self._streams = streams
        self._seed, self._replication = seed, replication
        self._generators: list[np.random.Generator | None] = [None] * len(streams)
        self._words: list[list[int] | None] = [None] * len(streams)
        self._random = np.array([not _is_constant(stream) for stream in streams], dtype=bool)
        self._reserves = np.array([RESERVE + stream.burst for stream in streams], dtype=np.int64)
        self._enough = self._reserves + HARDLY_USED if sparing else np.full(len(streams), BLOCK)
        self._filled = np.zeros(len(streams), dtype=np.int64)
        self._seen: Any = None
        self._rings: Floats
        self._positions: np.ndarray[Any, Any] | None
        self._limits: np.ndarray[Any, Any] | None

    def open(self, world: World) -> None:
        """Fill the first block of every random stream, and all of a constant one: it never runs low."""
        self._look_at(world)
        for k, random in enumerate(self._random):
            self._fill(k)
            if not random:
                self._fill(k)
        self._set_limits(world)

    def refill(self, world: World) -> None:
        """Draw a block for every stream that has not enough."""
        if self._seen is not world.streams:
            self._look_at(world)
        if self._positions is None:
            left = self._filled - np.array([row.position for row in world.streams])
        else:
            left = self._filled - self._positions.astype(np.int64)
        if left.min() < 0 and np.any((left < 0) & self._random):
            raise Defect("a random stream is exhausted: one settling took more variates than are kept ready")
        for k in ((left <= self._enough) & self._random).nonzero()[0].tolist():
            self._fill(k)
        self._set_limits(world)

    def _look_at(self, world: World) -> None:
        """Keep plain views of what is read and written at each refill: to find them costs more than to use them."""
        self._seen = world.streams
        self._rings = np.frombuffer(world.draws, dtype=np.float64)
        objects = isinstance(world.streams, list)
        self._positions, self._limits = (
            (None, None) if objects else (np.asarray(world.streams[name]) for name in ("position", "limit"))
        )

    def _fill(self, k: int) -> None:
        first = k * BUFFER + int(self._filled[k]) % BUFFER
        fill(self._generator(k), self._streams[k].distribution, self._rings[first : first + BLOCK])
        self._filled[k] += BLOCK
        self._enough[k] = BLOCK

    def _generator(self, k: int) -> np.random.Generator:
        """Return the generator of stream k, made when it is first asked: many streams of a short run never are."""
        made = self._generators[k]
        if made is None:
            made = self._generators[k] = generator(self._seed, self._replication, self._streams[k])
            words = self._words[k]
            if words is not None:
                bits = made.bit_generator
                bits.state = {**bits.state, "state": {"state": np.array(words, dtype=np.uint64)}}
        return made

    def _set_limits(self, world: World) -> None:
        limits = np.where(self._random, self._filled - self._reserves, UNLIMITED)
        if self._limits is not None:
            self._limits[:] = limits
            return
        for row, limit in zip(world.streams, limits.tolist(), strict=True):
            row.limit = limit

    def state(self) -> list[tuple[int, list[int]]]:
        """Return variates drawn so far and the words of the generator's state, by stream."""
        return [(int(filled), self._state_words(k)) for k, filled in enumerate(self._filled)]

    def _state_words(self, k: int) -> list[int]:
        words = self._words[k]
        if self._generators[k] is None and words is not None:
            return words
        found: list[int] = self._generator(k).bit_generator.state["state"]["state"].tolist()
        return found

    def restore(self, states: list[tuple[int, list[int]]]) -> None:
        """Go on from what `state` returned; the world's rings and positions are taken over with the world."""
        for k, (filled, words) in enumerate(states):
            self._filled[k] = filled
            self._words[k] = words
            self._generators[k] = None


def _is_constant(stream: Stream) -> bool:
    return stream.distribution is not None and stream.distribution.standard[0] == "constant"
