"""Messages to events: valid ones come through to the bit, and no bytes whatever do harm."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from typing import Any

import pytest

import lines
from connectors.mqtt import LONGEST_PAYLOAD, Message, topic_of
from connectors.mqtt_reading import Reader, Refused
from twin.engine.simulation import simulate
from twin.events import Event, to_json
from twin.line.load import load_line
from twin.line.scenario import scenario

ROOT = "twin/france/plant"
EPOCH_NS = 1_795_478_400_000_000_000
LINE = load_line(lines.path("three_stations"))
READER = Reader(ROOT, LINE)
STATE = Event("plc", 1, 7, 0, 60.0, LINE.line, "press", 1, "state", {"state": "down", "reason": "jam"}, EPOCH_NS)


def message(payload: bytes, topic: str = f"{ROOT}/{LINE.line}/press/state") -> Message:
    return Message(topic, payload, retain=False, mid=1, qos=1, size=len(payload), connection=1)


def changed(**values: Any) -> bytes:  # noqa: ANN401 -- whatever a plant may send
    document = json.loads(to_json(STATE))
    fields = document["fields"] | {key: value for key, value in values.items() if key in document["fields"]}
    header = {key: value for key, value in values.items() if key not in fields}
    return json.dumps(document | {"fields": fields} | header).encode()


def without(*names: str) -> bytes:
    document = json.loads(to_json(STATE))
    return json.dumps({key: value for key, value in document.items() if key not in names}).encode()


def reason(payload: bytes, topic: str = f"{ROOT}/{LINE.line}/press/state") -> str:
    answer = READER.read(message(payload, topic))
    assert isinstance(answer, Refused)
    assert 0 < len(answer.reason) < 400
    assert "\n" not in answer.reason
    return answer.reason


@pytest.mark.parametrize("name", lines.names())
def test_every_event_of_a_reference_line_comes_through_to_the_bit(name: str) -> None:
    line = load_line(lines.path(name))
    reader = Reader(ROOT, line)
    events = list(simulate(scenario(line, None), horizon=7 * 3600.0, trace=True)[0].events or ())[:20_000]

    for event in events:
        read = reader.read(message(to_json(event).encode(), topic_of(ROOT, event)))
        assert read == event


def test_an_event_of_a_plant_without_numbers_gets_the_same_number_each_time() -> None:
    payload = without("source", "boot", "sequence", "run")
    first, again, other = (READER.read(message(sent)) for sent in (payload, payload, payload.replace(b"60.0", b"61.0")))

    assert isinstance(first, Event)
    assert isinstance(other, Event)
    assert first == again
    assert (first.source, first.boot, first.run) == ("hash", 0, 0)
    assert 0 <= first.sequence < 2**63
    assert first.sequence != other.sequence


def test_what_is_null_may_be_left_out_of_such_an_event() -> None:
    document = {
        "time": 1.0, "line": LINE.line, "kind": "crew",
        "fields": {"skill": "technician", "present": 1, "busy": 0, "waiting": 0},
    }  # fmt: skip
    read = READER.read(message(json.dumps(document).encode(), f"{ROOT}/{LINE.line}/_/crew"))

    assert isinstance(read, Event)
    assert (read.station, read.machine, read.epoch_ns) == (None, None, None)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"[" * 60_000, "recursion limit"),
        (b"42", "object"),
        (changed(time=float("nan")), "finite"),
        (changed(time=1e300), "before 1970 or after 2262"),
        (changed(time="60"), "number"),
        (changed(sequence=2**63), "less than or equal"),
        (changed(sequence=-1), "greater than or equal"),
        (changed(machine=True), "integer"),
        (changed(machine=99), "there is no machine 99"),
        (changed(station="pres"), "the topic names the station"),
        (changed(line="other"), "the event is of the line"),
        (changed(state="broken"), "fields.state"),
        (changed(extra=1), "extra"),
        (without("time"), "time"),
        (b'{"a":' + b"9" * 5000 + b"}", "Invalid JSON"),
        (b" " * (LONGEST_PAYLOAD + 1), "over 65536 bytes"),
    ],
)
def test_what_is_no_event_of_the_line_is_refused_in_a_sentence(payload: bytes, said: str) -> None:
    assert said in reason(payload)


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("twin/france/plant/other/press/state", "the topic is not"),
        (f"{ROOT}/{LINE.line}/press", "the topic is not"),
        (f"{ROOT}/{LINE.line}/press/state/1/2", "the topic is not"),
        (f"{ROOT}/{LINE.line}/press/steak", "did you mean state"),
        (f"{ROOT}/{LINE.line}/press/power", 'names the kind "power"'),
        (f"{ROOT}/{LINE.line}/weld/state", 'names the station "weld"'),
        (f"{ROOT}/{LINE.line}/press/state/2", 'ends in "2"'),
        ("", "the topic is not"),
    ],
)
def test_another_topic_than_the_events_is_refused(topic: str, said: str) -> None:
    assert said in reason(to_json(STATE).encode(), topic)


@pytest.mark.parametrize(
    ("kind", "station", "machine", "fields", "said"),
    [
        ("level", "weld", None, {"buffer": "weld->press", "level": 1}, "no buffer"),
        ("level", "press", None, {"buffer": "press->weld", "level": 1}, "no buffer"),
        ("crew", None, None, {"skill": "welder", "present": 1, "busy": 0, "waiting": 0}, "no skill"),
        ("part", "press", 1, {"part": 1, "outcome": "good", "cycle_s": 1.0, "to": "nowhere", "pieces": None,
                              "product": None}, "a part goes to"),
        ("part", "press", 1, {"part": 1, "outcome": "good", "cycle_s": 1.0, "to": "weld", "pieces": None,
                              "product": "b"}, "no product"),
        ("note", None, None, {"author": "shift lead", "text": "jam", "start_s": 5.0, "end_s": 4.0, "reason": None},
         "about no time"),
        ("note", None, 1, {"author": "shift lead", "text": "jam", "start_s": 3.0, "end_s": 4.0, "reason": None},
         "no station is named"),
    ],
)  # fmt: skip
def test_names_that_the_line_has_not_are_refused(
    kind: str, station: str | None, machine: int | None, fields: dict[str, Any], said: str
) -> None:
    event = Event("plc", 1, 7, 0, 60.0, LINE.line, station, machine, kind, fields, EPOCH_NS)

    assert said in reason(to_json(event).encode(), topic_of(ROOT, event))


def test_no_payload_whatever_does_harm_and_memory_stays_flat() -> None:
    luck = random.Random(13)  # noqa: S311 -- no secret
    valid = message(to_json(STATE).encode())
    spoilt = [_spoilt(luck) for _ in range(1_000)]
    for payload in spoilt:
        READER.read(message(payload))
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]

    refused = 0
    for number in range(20_000):
        payload = _spoilt(luck)
        topic = valid.topic if number % 3 else "".join(luck.choices("twin/+#\x00é", k=luck.randrange(40)))
        refused += isinstance(READER.read(message(payload, topic)), Refused)
        if number % 100 == 0:
            assert READER.read(valid) == STATE
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert refused > 15_000
    assert grown < 8_000_000  # topics, of which 10,000 are remembered


def _spoilt(luck: random.Random) -> bytes:
    """Return an event with something wrong, or bytes that never were one."""
    odd = [
        None, True, -1, 0, 2**63, 2**64, 10**400, 1e308, -1e308, float("nan"), float("inf"), "", "x" * 9_000, "press",
        [], {}, [[[[]]]], {"a": {"b": {}}}, "\ud800", "\x00", 1.5,
    ]  # fmt: skip
    way = luck.randrange(6)
    if way == 0:
        return luck.randbytes(luck.randrange(300))
    if way == 1:
        whole = bytearray(to_json(STATE).encode())
        for _ in range(luck.randrange(1, 5)):
            whole[luck.randrange(len(whole))] = luck.randrange(256)
        return bytes(whole)
    if way == 2:
        return to_json(STATE).encode()[: luck.randrange(200)]
    if way == 3:
        depth = luck.randrange(1, 30_000)
        return b'{"a":' * depth if luck.random() < 0.5 else b"[" * depth
    document = json.loads(to_json(STATE))
    target = document if way == 4 else document["fields"]
    target[luck.choice([*target, "more"])] = luck.choice(odd)
    return json.dumps(document).encode()
