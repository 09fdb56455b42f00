"""The live twin's part of `make bench`: through a real Mosquitto and into a real InfluxDB, on this machine.

What is measured runs in processes of its own, which are this file with the name of a part: `plant` writes messages to
its output, `bare` and `twin` read a backlog from a broker, `pace` publishes at a steady rate, `grow` mirrors messages
from its input and tells what memory it holds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

sys.path.append(str(Path(__file__).parents[1]))

import numpy as np
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

import lines
from connectors.forward import Forwarder
from connectors.influxdb import InfluxDb
from connectors.mqtt import Message, Subscription, topic_of
from connectors.settings import MqttSettings, mqtt_settings
from connectors.store import Store
from support.influx import Influx
from support.mosquitto import Broker
from twin.cli.live import watched_line
from twin.cli.live_loop import LiveTwin
from twin.events import to_json
from twin.line.load import load_line
from twin.line.scenario import scenario
from twin.line.site import load_site
from twin.live.clock import monday_before
from twin.live.forecast import forecast
from twin.live.plant import Plant
from twin.live.points import tick_points
from twin.live.shift_calendar import ShiftCalendar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINE, ROOT = "ceiling_tiles", "twin/france/plant"
ROUNDS, BACKLOG = 3, 60_000
PACE_PER_S, PACED_S = 2_000, 20
MANY, FEW = 1_000_000, 100_000
POINTS = 300_000
START_S = 6 * 3600.0
"""When the line's shift begins [s]."""


def messages(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield topics and payloads of a plant of the line, from its shift's start on."""
    line, site = load_line(lines.path(LINE)), load_site(lines.site_path("france"))
    calendar = ShiftCalendar(line.shifts, site.zone)
    plant = Plant(scenario(line), calendar, epoch_ns=monday_before(time.time_ns(), calendar.zone))
    for event in islice(plant.events(START_S, START_S + 5 * 86_400.0), count):
        yield topic_of(ROOT, event), to_json(event).encode()


def twin_with(store: Store, *, forwards: bool = False) -> LiveTwin:
    """Return a live twin of the line that makes no forecasts."""
    line, site = load_line(lines.path(LINE)), load_site(lines.site_path("france"))
    return LiveTwin(watched_line(line, site, root=ROOT, replications=0, forwards=forwards), store)


@contextmanager
def opened(folder: str | Path) -> Iterator[Store]:
    """Give a new store in a folder."""
    with closing(Store(Path(folder) / "store.sqlite", load_line(lines.path(LINE)).line)) as store:
        yield store


# Parts that are processes of their own


def write_messages(count: int) -> None:
    """Write messages, a line each: topic, a space, payload."""
    for topic, payload in messages(count):
        sys.stdout.buffer.write(topic.encode() + b" " + payload + b"\n")


def read_messages(file: IO[bytes]) -> Iterator[Message]:
    """Yield what `write_messages` wrote."""
    for written in file:
        topic, _, payload = written.rstrip().partition(b" ")
        yield Message(topic.decode(), payload, retain=False, mid=1, qos=1, size=len(payload), connection=1)


def bare(url: str, version: str, count: int) -> None:
    """Read a backlog with paho alone, decode its JSON, and tell how many a second."""
    client, port = client_of("bare", version), mqtt_settings(url, root=ROOT, version=version).port
    seen, first_s = 0, 0.0

    def on_message(_client: Any, _data: Any, message: paho.MQTTMessage) -> None:  # noqa: ANN401 -- paho's
        nonlocal seen, first_s
        if message.retain or not message.payload.startswith(b"{"):
            return  # whether a twin listens
        if not seen:
            first_s = time.perf_counter()
        json.loads(message.payload)
        seen += 1
        if seen == count:
            print(count / (time.perf_counter() - first_s))
            client.disconnect()

    client.on_message = on_message
    connect(client, port, version)
    client.loop_forever()


def twin(url: str, version: str, count: int) -> None:
    """Read a backlog as a live twin does, and tell how many a second, from the first to the last acknowledged."""
    seen, first_s = 0, None
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        held_up, subscription = twin_with(store), subscribed(mqtt_settings(url, root=ROOT, version=version))
        while seen < count:
            some = subscription.take(0.5)
            if some and first_s is None:
                first_s = time.perf_counter()
            held_up.take(some)
            subscription.acknowledge(some)
            held_up.tell()
            seen += len(some)
        print(count / (time.perf_counter() - (first_s or 0.0)))
        subscription.stop()
        held_up.close()


def pace(url: str, rate: int, seconds: int) -> None:
    """Publish at a steady rate, and write when each message was published [ns]."""
    client = client_of("pace", "3")
    client.max_inflight_messages_set(0)
    connect(client, mqtt_settings(url, root=ROOT).port, "3")
    client.loop_start()
    sent, start, every = [], time.perf_counter(), 1.0 / rate
    for number, (topic, payload) in enumerate(list(messages(rate * seconds))):
        if not number:
            start = time.perf_counter()
        wait = start + number * every - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        sent.append(time.time_ns())
        last = client.publish(topic, payload, qos=1)
    last.wait_for_publish(60)
    client.loop_stop()
    print(" ".join(map(str, sent)))


def grow(few: int, many: int) -> None:
    """Mirror messages from the input, and tell the memory held after few and after many [MB]."""
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        held_up, source = twin_with(store), read_messages(sys.stdin.buffer)
        for taken in range(500, many + 500, 500):
            held_up.take(list(islice(source, 500)))
            held_up.tell()
            if taken in (few, many):
                pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
                print(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
        held_up.close()


def client_of(name: str, version: str) -> paho.Client:
    """Return a client whose session the broker keeps."""
    if version == "5":
        return paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
    return paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)


def connect(client: paho.Client, port: int, version: str) -> None:
    """Connect and keep the session."""
    if version == "3":
        client.connect("127.0.0.1", port)
        return
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    client.connect("127.0.0.1", port, clean_start=False, properties=properties)


def subscribed(settings: MqttSettings) -> Subscription:
    """Return the twin's subscription, connected."""
    subscription = Subscription(settings, load_line(lines.path(LINE)), durable_id="twin")
    subscription.connect()
    return subscription


# What is measured


def part(name: str, *arguments: object) -> list[str]:
    """Return the command of a part."""
    return [sys.executable, str(Path(__file__)), name, *map(str, arguments)]


def told(name: str, *arguments: object, stdin: IO[bytes] | None = None) -> list[float]:
    """Run a part and return the numbers that it tells."""
    done = subprocess.run(part(name, *arguments), check=True, stdout=subprocess.PIPE, stdin=stdin)
    return [float(number) for number in done.stdout.split()]


def backlog(broker: Broker, version: str) -> None:
    """Let the broker keep the same messages for a bare subscriber and for a twin."""
    held = client_of("bare", version)
    held.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/#", qos=1)
    held.on_subscribe = lambda client, *_: client.disconnect()
    connect(held, broker.open, version)
    held.loop_forever()
    settings = mqtt_settings(broker.url, root=ROOT, version=version)
    subscription = subscribed(settings)
    subscription.take(0.5)
    subscription.stop()
    publisher = paho.Client(CallbackAPIVersion.VERSION2)
    publisher.max_inflight_messages_set(0)
    publisher.connect("127.0.0.1", broker.open)
    publisher.loop_start()
    sent = [publisher.publish(topic, payload, qos=1) for topic, payload in messages(BACKLOG)]
    sent[-1].wait_for_publish(120)
    publisher.disconnect()
    publisher.loop_stop()


def ingest(version: str) -> str:
    """Measure how many messages a second a twin takes of a backlog, against a bare subscriber."""
    rates = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, Broker(Path(folder)) as broker:
            backlog(broker, version)
            rates.append((*told("bare", broker.url, version, BACKLOG), *told("twin", broker.url, version, BACKLOG)))
    ratio = statistics.median(mine / theirs for theirs, mine in rates)
    theirs, mine = (statistics.median(rate) for rate in zip(*rates, strict=True))
    return f"{ratio:.2f} × ({mine:,.0f} of {theirs:,.0f} events/s)"


def latency() -> str:
    """Measure the time from publishing an event to its KPIs at a steady rate."""
    with tempfile.TemporaryDirectory() as folder, Broker(Path(folder)) as broker, opened(folder) as store:
        held_up = twin_with(store)
        subscription = subscribed(mqtt_settings(broker.url, root=ROOT, version="3"))
        subscription.take(0.5)
        with subprocess.Popen(part("pace", broker.url, PACE_PER_S, PACED_S), stdout=subprocess.PIPE) as plant:
            seen: list[int] = []
            while len(seen) < PACE_PER_S * PACED_S and not plant.poll():
                some = [message for message in subscription.take(0.5) if not message.retain]
                held_up.take(some)
                subscription.acknowledge(some)
                held_up.tell()
                seen += [time.time_ns()] * len(some)
            sent = plant.communicate()[0].split()
        subscription.stop()
        held_up.close()
    took = (np.array(seen) - np.array(sent, dtype=np.int64)) / 1e6
    middle, high = np.percentile(took, (50, 99))
    return f"{high:.0f} ms (median {middle:.0f} ms)"


def memory() -> str:
    """Measure what more events cost in memory that is held."""
    with subprocess.Popen(part("plant", MANY), stdout=subprocess.PIPE) as plant:
        few, many = told("grow", FEW, MANY, stdin=plant.stdout)
    return f"{many - few:+.0f} MB ({few:.0f} to {many:.0f} MB)"


def drained() -> str:
    """Measure how fast points that waited in the outbox reach a database."""
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store, Influx(Path(folder) / "influx") as influx:
        fill(store)
        waiting = store.counts().outbox
        forwarder = Forwarder(store.outbox, InfluxDb(influx.settings()))
        begun = time.perf_counter()
        forwarder.start()
        arrived = forwarder.drain(120)
        rate = waiting / (time.perf_counter() - begun)
        forwarder.stop()
    return f"{rate:,.0f} points/s" if arrived else "not drained in 2 min"


def fill(store: Store) -> None:
    """Put the points of a twin's minutes into the outbox, the same ones a minute later each time."""
    with tempfile.TemporaryDirectory() as folder, opened(folder) as other:
        held_up = twin_with(other)
        held_up.take([Message(topic, payload, False, 1, 1, len(payload), 1) for topic, payload in messages(5_000)])  # noqa: FBT003
        tick = held_up.tell()[-1]
        source = held_up.source
        held_up.close()
    assert source is not None
    points = tick_points(tick, source)
    for minute in range(POINTS // len(points) + 1):
        later = minute * 60_000_000_000
        store.save(points=[point._replace(time_ns=point.time_ns + later) for point in points])


def foretold() -> str:
    """Measure a forecast of 200 runs of a whole shift, median of three after one to warm up."""
    with tempfile.TemporaryDirectory() as folder, opened(folder) as store:
        held_up = twin_with(store)
        held_up.take([Message(topic, payload, False, 1, 1, len(payload), 1) for topic, payload in messages(2_000)])  # noqa: FBT003
        mirror, watched = held_up.mirror, held_up.watched
        assert mirror is not None
        took = []
        for _ in range(ROUNDS + 1):
            begun = time.perf_counter()
            forecast(watched.scenario, mirror.picture(), watched.calendar, epoch_ns=mirror.epoch_ns, plan=1000.0)
            took.append(time.perf_counter() - begun)
        held_up.close()
    return f"{statistics.median(took[1:]):.2f} s"


def measure(keep: Callable[[str, str, str], None]) -> None:
    """Measure everything, and hand over each: what, asked, measured."""
    keep("ingest at QoS 1, MQTT 5, against bare paho", "at least 0.4 ×", ingest("5"))
    keep("ingest at QoS 1, MQTT 3.1.1, against bare paho", "at least 0.4 ×", ingest("3"))
    keep(f"event to KPI at {PACE_PER_S:,} events/s, 99 of 100", "under 1 s", latency())
    keep("memory from 10⁵ to 10⁶ events, live", "within 20 MB", memory())
    keep("outbox into InfluxDB", "20,000 points/s", drained())
    keep("forecast of 200 runs to the end of an 8 h shift", "under 2 s", foretold())


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    match name:
        case "plant":
            write_messages(*map(int, arguments))
        case "bare":
            bare(arguments[0], arguments[1], int(arguments[2]))
        case "twin":
            twin(arguments[0], arguments[1], int(arguments[2]))
        case "pace":
            pace(arguments[0], *map(int, arguments[1:]))
        case "grow":
            grow(*map(int, arguments))
