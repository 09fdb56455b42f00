"""Hostile input through a real broker: what is no event of the line changes nothing but the quarantine."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

import lines
from connectors.mqtt import Message, Publisher, topic_of
from connectors.mqtt_reading import Reader
from connectors.settings import mqtt_settings
from connectors.store import Store
from connectors.store_reading import StoreReader
from support.absurd import absurd_events
from support.live import Program, Scene, settled
from support.mirrored import EPOCH_NS, HOUR, line_of, run_of
from support.mosquitto import ROOT
from support.noise import Noise, again, noise
from twin.cli.compare_question import HOME
from twin.cli.live import watched_line
from twin.cli.live_loop import LiveTwin
from twin.cli.resolve import site_of
from twin.events import Event, to_json
from twin.line.load import load_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.mosquitto import Broker
    from twin.live.picture import Row

LINE = "three_stations"
MANY, OF_10_MB, AT_ONCE = 20_000, 10, 100
MOST_GROWN_MB = 16.0
IMPOSTOR = "another event came by the same source, boot and sequence"


def told() -> list[Event]:
    """Return what a plant tells of its line until 9 h."""
    events = run_of(LINE, 9 * HOUR)[1]
    return [replace(event, source="plant", boot=1, epoch_ns=EPOCH_NS) for event in events]


def message(event: Event) -> Message:
    payload = to_json(event).encode()
    return Message(topic_of(ROOT, event), payload, retain=False, mid=1, qos=1, size=len(payload), connection=1)


def twin_of(name: str, store: Store, policy: str = "standard", *, forwards: bool = False) -> LiveTwin:
    line, site = load_line(lines.path(name)), site_of(HOME)
    return LiveTwin(watched_line(line, site, root=ROOT, replications=0, policy=policy, forwards=forwards), store)


def rows_of(kept: StoreReader) -> list[Row]:
    return [row for window in ("shift", "hour", "day") for row in kept.kpis(window)]


def undisturbed(folder: Path, events: Sequence[Event]) -> list[Row]:
    """Return the KPIs of a twin that hears nothing but these events."""
    with closing(Store(folder / "undisturbed.sqlite", line_of(LINE).line.line)) as store:
        twin = twin_of(LINE, store)
        for first in range(0, len(events), AT_ONCE):
            twin.take([message(event) for event in events[first : first + AT_ONCE]])
            twin.tell()
        twin.close()
        return rows_of(store)


def memory_mb(program: Program) -> float:
    """Return what a program holds in memory [MB]."""
    status = Path(f"/proc/{program.process.pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Nuisance:
    """A client that publishes what it likes."""

    def __init__(self, broker: Broker) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", broker.open)
        self._client.loop_start()

    def publish(self, messages: Sequence[Noise]) -> None:
        """Publish messages, and wait until the broker has them."""
        for sent in [self._client.publish(topic, payload, qos=1) for topic, payload in messages]:
            sent.wait_for_publish(30)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def test_twenty_thousand_hostile_messages_change_nothing(tmp_path: Path, mosquitto: Broker) -> None:
    events, luck = told(), random.Random(1)  # noqa: S311 -- luck, not a secret
    scene = Scene(tmp_path, LINE, mosquitto.url, None, 9.0)
    hostile = noise(ROOT, events, seed=13, large=OF_10_MB)
    held: list[float] = []
    impostors = 0
    with scene.twin("--topic", ROOT) as twin, closing(Nuisance(mosquitto)) as nuisance:
        twin.says("connected")
        nuisance.publish(list(islice(hostile, AT_ONCE)))  # before the first event that is one, too
        with closing(Publisher(mqtt_settings(mosquitto.url, root=ROOT), line_of(LINE).line)) as plant:
            plant.connect()
            batches = MANY // AT_ONCE - 1
            size = -(-len(events) // batches)
            for number in range(batches):
                some = events[number * size : (number + 1) * size]
                for event in some:
                    plant.publish(event)
                assert plant.flush(30)
                nuisance.publish(list(islice(hostile, AT_ONCE)))
                nuisance.publish([again(ROOT, event, luck) for event in some[:10]])
                impostors += len(some[:10])
                if number in (batches // 4, batches - 1):
                    settled(scene.store, min(len(events), (number + 1) * size), within_s=60)
                    held.append(memory_mb(twin))
        ended = twin.ask_to_stop()
    assert (ended.code, ended.err.count("Traceback")) == (0, 0)
    with closing(StoreReader(scene.store)) as kept:
        assert list(kept.events()) == sorted(events, key=lambda event: (event.time, event.sequence))
        reasons = kept.quarantine_reasons()
        # Each exactly once: what is no event of the line, and what goes by the name of an event that came before.
        assert sum(count for reason, count in reasons.items() if reason.startswith(IMPOSTOR)) == impostors
        assert kept.counts().quarantine == MANY + impostors
        assert all(reason.isprintable() and 5 < len(reason) < 400 for reason in reasons)
        assert sum(count for reason, count in reasons.items() if "over 65536 bytes" in reason) >= OF_10_MB
        assert "its clock is ahead of the plant's and of ours" in reasons
        assert rows_of(kept) == undisturbed(tmp_path, events)
    assert held[-1] - held[0] < MOST_GROWN_MB


def test_a_first_event_with_a_wrong_clock_does_not_set_the_mirror_s(tmp_path: Path) -> None:
    first, *others = told()[:500]
    in_2090 = replace(first, sequence=2**40, time=67 * 366 * 86_400.0)
    epoch_in_2245 = replace(first, sequence=2**41, time=first.time - 7e9, epoch_ns=EPOCH_NS + 7 * 10**18)
    with closing(Store(tmp_path / "store.sqlite", line_of(LINE).line.line)) as store:
        twin = twin_of(LINE, store)
        twin.take([message(event) for event in (in_2090, epoch_in_2245, first, *others)])
        twin.close()

        assert store.epoch_ns == EPOCH_NS
        assert list(store.quarantine_reasons()) == ["its clock is ahead of the plant's and of ours"]
        assert twin.mirror is not None
        assert (twin.mirror.now_s, twin.mirror.too_late) == (others[-1].time, 0)


def test_events_of_a_quiet_line_that_come_in_one_batch_are_not_ahead_of_each_other(tmp_path: Path) -> None:
    event = told()[0]
    weeks = [replace(event, sequence=number, time=5 * 86_400.0 * number) for number in range(10)]
    ahead = 400 * 86_400 * 10**9  # a plant that is simulated faster than our clock goes
    future = [replace(event, epoch_ns=EPOCH_NS + ahead) for event in weeks]
    with closing(Store(tmp_path / "store.sqlite", line_of(LINE).line.line)) as store:
        twin = twin_of(LINE, store)
        twin.take([message(event) for event in future])
        twin.close()

        assert store.counts().quarantine == 0


@pytest.mark.parametrize(("name", "policy"), [*((name, "standard") for name in lines.names()), (LINE, "minor_stops")])
def test_whatever_the_reader_lets_through_breaks_nothing(tmp_path: Path, name: str, policy: str) -> None:
    line = line_of(name).line
    events = absurd_events(line, EPOCH_NS, seed=len(name))
    reader, path = Reader(ROOT, line), tmp_path / "store.sqlite"
    messages = [message(event) for event in islice(events, 1_200)]
    assert all(isinstance(reader.read(each), Event) for each in messages)
    store = Store(path, line.line)
    try:
        twin = twin_of(name, store, policy, forwards=True)
        for first in range(0, len(messages), AT_ONCE):
            twin.take(messages[first : first + AT_ONCE])
            twin.tell()
            if first == len(messages) // 2:
                twin.close()
                store.close()
                store = Store(path, line.line)
                twin = twin_of(name, store, policy, forwards=True)
        assert twin.mirror is not None
        twin.mirror.picture()
        twin.close()
        values = list(chain.from_iterable(row.values.values() for row in rows_of(store)))
        assert values
        assert all(value is None or abs(value) < float("inf") for value in values)
        assert (store.counts().events, store.counts().dead_letters) == (len(messages), 0)
    finally:
        store.close()
