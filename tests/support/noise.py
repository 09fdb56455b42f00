"""What a plant should never send, and what someone may: messages beside valid events, each to be refused."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors.mqtt import NO_STATION, topic_of
from twin.events import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twin.events import Event

ODD: tuple[Any, ...] = (
    None, True, -1, 0.5, 2**63, 2**64, -(2**63), 10**400, 1e308, -1e308, float("nan"), float("inf"), "", "x" * 9_000,
    [], {}, [[[[]]]], {"a": {"b": {}}}, "\ud800", "\x00", "\x1b[2J", "line\nbreak",
)  # fmt: skip
"""Values that fit no field of any event where they are put; `_wrong_type` says where."""

MAY_BE_LEFT_OUT = "parent"
"""The one field that an event may do without."""

CENTURY_S = 100 * 365 * 86_400.0
LONGEST_TOPIC = 60_000
TEN_MB = 10 * 2**20


class Noise(NamedTuple):
    """A message that is no event of the line."""

    topic: str
    payload: bytes


def noise(root: str, events: Sequence[Event], seed: int, large: int = 0) -> Iterator[Noise]:
    """Yield such messages for ever: valid events of the line spoilt in some way, and bytes that never were one.

    Parameters
    ----------
    root
        The levels of every topic before the line's name.
    events
        Events of the line, of the kinds state, part and level at least.
    seed
        Of the choice.
    large
        How many of 10 MB come first.
    """
    luck = random.Random(seed)  # noqa: S311 -- luck, not a secret
    by_kind = {kind: [event for event in events if event.kind == kind] for kind in ("state", "part", "level")}
    ways: tuple[Callable[[random.Random, Event], bytes], ...] = (
        _bytes, _cut, _no_text, _nested, _wrong_type, _wrong_type, _literal, _less, _more, _stranger, _of_another_time,
        _absurd, _note,
    )  # fmt: skip
    for _ in range(large):
        event = luck.choice(events)
        yield Noise(topic_of(root, event), to_json(event).encode().ljust(TEN_MB))
    while True:
        event = luck.choice(by_kind[luck.choice(list(by_kind))])
        topic = topic_of(root, event)
        if luck.random() < 0.1:
            yield Noise(_odd_topic(luck, root, event), to_json(event).encode())
            continue
        way = luck.choice(ways)
        if way is _note:
            topic = f"{root}/{event.line}/{NO_STATION}/note"
        if way is _absurd:
            event = luck.choice(by_kind[luck.choice(("part", "level"))])
            topic = topic_of(root, event)
        yield Noise(topic, way(luck, event))


def again(root: str, event: Event, luck: random.Random) -> Noise:
    """Return an event that goes by the name of one that came before, and says otherwise."""
    document = json.loads(to_json(event))
    document["time"] += luck.uniform(-50, 50)
    if event.kind == "state":
        document["fields"]["state"] = luck.choice(("down", "blocked", "starved"))
    return Noise(topic_of(root, event), json.dumps(document).encode())


def _bytes(luck: random.Random, _event: Event) -> bytes:
    return luck.choice((b"", b"\x00", luck.randbytes(luck.randrange(300)), b" " * luck.randrange(70_000)))


def _cut(luck: random.Random, event: Event) -> bytes:
    whole = to_json(event).encode()
    return whole[: luck.randrange(len(whole) - 1)]


def _no_text(luck: random.Random, event: Event) -> bytes:
    """Return an event with a byte in one of its names that no UTF-8 has."""
    whole = to_json(event).encode()
    place = whole.index(b'"kind"') - luck.randrange(3, 8)
    return whole[:place] + luck.choice((b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\x80")) + whole[place:]


def _nested(luck: random.Random, _event: Event) -> bytes:
    depth = luck.randrange(300, 30_000)
    return luck.choice((b"[" * depth, b'{"a":' * (depth // 5), b"[" * depth + b"]" * depth))


def _wrong_type(luck: random.Random, event: Event) -> bytes:
    document = json.loads(to_json(event))
    target = luck.choice((document, document["fields"]))
    name = luck.choice(list(target))
    may_be_null = {
        "epoch_ns",
        "station",
        "machine",
        "source",
        "boot",
        "sequence",
        "reason",
        "product",
        "pieces",
        "parent",
    }
    odd = [value for value in ODD if not (value is None and name in may_be_null) and not _fits(name, value)]
    target[name] = luck.choice(odd)
    return json.dumps(document).encode()


def _fits(name: str, value: object) -> bool:
    """Whether an odd value is one that a field of that name may hold."""
    return value in ((0.5, -1) if name == "time" else (0.5,) if name == "cycle_s" else ())


def _literal(luck: random.Random, event: Event) -> bytes:
    """Return an event with a number in it that JSON has not, or that no number type holds."""
    document = json.loads(to_json(event))
    name = luck.choice(("time", "sequence", "boot", "epoch_ns"))
    document[name] = "HERE"
    wild = luck.choice(("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 5_000, "0x10", "01", "1.", "1" * 400))
    return json.dumps(document).replace('"HERE"', wild).encode()


def _less(luck: random.Random, event: Event) -> bytes:
    document = json.loads(to_json(event))
    needed = ("time", "line", "station", "kind", "fields")
    if luck.random() < 0.5:
        del document[luck.choice(needed)]
    else:
        del document["fields"][luck.choice([name for name in document["fields"] if name != MAY_BE_LEFT_OUT])]
    return json.dumps(document).encode()


def _more(luck: random.Random, event: Event) -> bytes:
    document = json.loads(to_json(event))
    target = luck.choice((document, document["fields"]))
    target |= {f"more{number}": number for number in range(luck.choice((1, 10, 2_000)))}
    return json.dumps(document).encode()


def _stranger(luck: random.Random, event: Event) -> bytes:
    """Return an event of something that the line has not."""
    document = json.loads(to_json(event))
    name, value = luck.choice((
        ("line", "another_line"), ("station", "nowhere"), ("station", "../../etc"), ("kind", "explosion"),
        ("line", "x" * 60_000), ("source", "x" * 60_000),
    ))  # fmt: skip
    document[name] = value
    return json.dumps(document).encode()


def _of_another_time(luck: random.Random, event: Event) -> bytes:
    """Return an event whose time is a finite number, and no time of a plant."""
    document = json.loads(to_json(event))
    name, value = luck.choice((
        ("time", 1e15), ("time", -1e15), ("time", 1e300), ("time", 1e10), ("time", 50 * 365 * 86_400.0),
        ("time", -CENTURY_S), ("epoch_ns", 2**63 - 1), ("epoch_ns", 2**62), ("epoch_ns", 4_102_444_800_000_000_000),
    ))  # fmt: skip
    document[name] = value
    document["sequence"] = luck.randrange(2**62, 2**63)
    return json.dumps(document).encode()


def _absurd(luck: random.Random, event: Event) -> bytes:
    """Return an event with a whole number that 64 bits hold, and no plant has of anything."""
    document = json.loads(to_json(event))
    document["sequence"] = luck.randrange(2**62, 2**63)
    number = luck.choice((9 * 10**18, 2**62, 2**63 - 1, 2**53 + 1, 10**12))
    if event.kind == "level":
        document["fields"]["level"] = number
    else:
        name = luck.choice(("pieces", "cycle_s", "machine"))
        target = document if name == "machine" else document["fields"]
        target[name] = float(number) if name == "cycle_s" else number
    return json.dumps(document).encode()


def _note(luck: random.Random, event: Event) -> bytes:
    """Return a note about centuries, or about no time at all."""
    document = json.loads(to_json(event))
    start = luck.choice((-CENTURY_S / 2, event.time, event.time + 5.0, -1e18))
    end = luck.choice((start + CENTURY_S, start, start - 1.0, 1e18, start + 40 * 86_400.0))
    about = {"author": "x", "text": "x", "start_s": start, "end_s": end, "reason": "x"}
    document |= {"kind": "note", "station": None, "machine": None, "fields": about}
    document["sequence"] = luck.randrange(2**62, 2**63)
    return json.dumps(document).encode()


def _odd_topic(luck: random.Random, root: str, event: Event) -> str:
    line = f"{root}/{event.line}"
    return luck.choice((
        f"{line}/{event.station}/{event.kind}/1/2/3", f"{line}", f"{line}/", f"{line}//", f"{line}///",
        f"{line}/{event.station}", f"{line}/{event.station}/explosion", f"{line}/nowhere/{event.kind}",
        f"{line}/{event.station}/{event.kind}/{luck.randrange(2, 10**9)}",
        f"{line}/\U0001f525/\u202e/'; DROP TABLE event", f"{line}/$SYS/{luck.random()}", f"{line}/ /{event.kind}",
        f"{line}/{event.station}/{'x' * luck.randrange(1, LONGEST_TOPIC)}",
        f"{line}/{(event.station or '').upper()}/{event.kind}",
    ))  # fmt: skip
