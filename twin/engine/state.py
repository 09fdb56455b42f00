"""A line's state as data: all that is needed to stop and go on, and the digest that two equal runs share."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from itertools import chain
from tokenize import TokenError
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from twin.engine.records import MORE, PLAIN
from twin.engine.rulebook import rules_key
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Tables = dict[str, np.ndarray[Any, Any]]

LAYOUT = {
    "line": {"flag", "top", "free", "free_count", "reserve", "event_count", "event_limit", "tracing"}
    | {"order_free", "order_free_count", "full", "setups", "orders"},
    "machines": {"part", "rest", "next_blocked", "promised", "crew_first", "crew_last"},
    "edges": {"head", "tail", "moving", "first_blocked", "last_blocked"},
    "pools": {"first", "last", "promised"},
    "streams": {"limit"},
    "rows": {"order"},
}
"""Fields that say where something lies in memory, not what it is; queues stand in the digest head to tail instead.

So do those that follow from the plan, or from a machine's phase."""


@dataclass(frozen=True, eq=False)
class LineState:
    """One replication, stopped: absolute event times, open interval starts, every stream where it stood.

    Attributes
    ----------
    key
        Key of the plan it belongs to.
    seed, replication
        Whose random streams it uses.
    time
        When it was stopped [s]; all events before it have happened.
    warmup_s
        The warm-up of the run [s]; its accounts begin there.
    deadlock
        Who waits for whom, if the line has locked.
    tables
        Every table and column of the world.
    draws
        Variates drawn and the words of the generator's state, by stream.
    """

    key: str
    seed: int
    replication: int
    time: float
    warmup_s: float
    deadlock: tuple[str, ...] | None
    tables: Tables
    draws: list[tuple[int, list[int]]]


def _chain(first: int, after: np.ndarray[Any, Any]) -> list[int]:
    found = []
    while first >= 0:
        found.append(first)
        first = int(after[first])
    return found


def _add(digest: Any, tables: Tables, of: Mapping[str, Mapping[str, str]], names: Sequence[str]) -> None:  # noqa: ANN401
    for name in names:
        for field in of[name]:
            if field not in LAYOUT.get(name, set()):
                digest.update(np.ascontiguousarray(tables[name][field]).tobytes())


def digest_of(tables: Tables) -> bytes:
    """Return SHA-256 over final state, accounts, counters and draws used, free of memory layout."""
    digest = hashlib.sha256()
    _add(digest, tables, PLAIN, ("line", "machines", "edges", "failures", "pools", "streams"))
    for name in ("timers", "times", "bins"):
        digest.update(tables[name].tobytes())
    parts, machines, edges = tables["parts"], tables["machines"], tables["edges"]
    queues = [machines["part"][machines["part"] >= 0].tolist()]
    queues += [_chain(int(edge["head"]), parts["next"]) for edge in edges if edge["level"]]
    fields: tuple[str, ...] = ("number", "entry", "since", "reworked")
    if tables["line"]["full"][0]:
        fields += ("pieces", "product", "step", "left")
        _add(digest, tables, MORE, ("line", "machines", "rows"))
        orders = tables["orders"][tables["orders"]["open"] == 1]
        for field in ("number", "release", "due", "pieces", "lots", "good"):
            digest.update(orders[field][np.argsort(orders["number"])].tobytes())
        queues += [_chain(int(first), parts["next"]) for first in machines["rest"] if first >= 0]
        queues += [_chain(int(edge["moving"]), parts["next"]) for edge in edges if edge["overtaking"]]
        # The order's number, not where its record lies; 0 for a part that is no order's.
        numbers = np.append(tables["orders"]["number"], 0)
        queued = list(chain(*queues))
        digest.update(numbers[parts["order"][queued]].tobytes())
    for queue in queues:
        for field in fields:
            digest.update(parts[field][queue].tobytes())
        digest.update(b"|")
    waiting = [_chain(int(first), machines["next_blocked"]) for first in edges["first_blocked"]]
    waits = tables["waits"]
    waiting += [waits["machine"][_chain(int(first), waits["after"])].tolist() for first in tables["pools"]["first"]]
    digest.update(json.dumps(waiting).encode())
    return digest.digest()


_SPOILT = (OSError, EOFError, ValueError, KeyError, TypeError, SyntaxError, TokenError, BadZipFile, zlib.error)
"""What NumPy, JSON and the zip format raise for a file that is no saved state."""


_HEAD = ("key", "seed", "replication", "time", "warmup_s", "deadlock", "draws")


def _seal(rows: list[dict[str, Any]], arrays: dict[str, np.ndarray[Any, Any]]) -> str:
    """Return a hash of all that a file of states holds: compiled rules do not look twice at what they read."""
    digest = hashlib.sha256(json.dumps(rows).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} ".encode() + arrays[name].tobytes())
    return digest.hexdigest()


def save_states(path: Path, states: Sequence[LineState]) -> None:
    """Write states to a NumPy archive; the file appears whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    rows = [{field: getattr(state, field) for field in _HEAD} for state in states]
    arrays = {f"{i}.{name}": column for i, state in enumerate(states) for name, column in state.tables.items()}
    head = {"rules": rules_key(), "seal": _seal(rows, arrays), "states": rows}
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, head=np.array(json.dumps(head)), **arrays)
        part.replace(path)
    except OSError as error:
        sentence = f"{path}: the state cannot be written ({error.strerror}); name a folder you may write to"
        raise InputError(sentence) from error
    finally:
        part.unlink(missing_ok=True)


def load_states(path: Path, key: str) -> list[LineState]:
    """Read states saved by `save_states`.

    Raises
    ------
    InputError
        If the file is none, or was saved from another line (`key` differs).
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            head = json.loads(str(archive["head"]))
            arrays = {name: archive[name] for name in archive.files if name != "head"}
            if head["seal"] != _seal(head["states"], arrays):
                raise ValueError("the file was changed")
            states = [
                LineState(
                    tables={name[len(f"{i}.") :]: arrays[name] for name in arrays if name.startswith(f"{i}.")},
                    draws=[(int(count), list(words)) for count, words in row.pop("draws")],
                    deadlock=None if (names := row.pop("deadlock")) is None else tuple(names),
                    **row,
                )
                for i, row in enumerate(head["states"])
            ]
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; save a state with --save-state") from error
    except _SPOILT as error:
        raise InputError(f"{path}: this is no saved state; save one with --save-state") from error
    if head["rules"] != rules_key():
        raise InputError(f"{path}: the state was saved by another version, whose rules differ; save it anew")
    if any(state.key != key for state in states):
        raise InputError(f"{path}: the state is of another line or other options; name the same line and options")
    return states
