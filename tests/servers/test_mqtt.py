"""MQTT against a real Mosquitto: what is published arrives, whatever the broker and the network do meanwhile."""

from __future__ import annotations

import threading
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from paho.mqtt import publish as paho_publish

import lines
from connectors.mqtt import LONGEST_PAYLOAD, Message, Publisher, Subscription
from connectors.mqtt_reading import Reader, Refused
from connectors.settings import MqttSettings, mqtt_settings
from support.mosquitto import PASSWORD, ROOT, USER, Broker
from twin.engine.simulation import simulate
from twin.errors import InputError
from twin.events import Event, to_json
from twin.line.load import load_line
from twin.line.scenario import scenario

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = load_line(lines.path("three_stations"))
READER = Reader(ROOT, LINE)
VERSIONS = pytest.mark.parametrize("version", ["3", "5"])


def settings(url: str, version: str = "5", root: str = ROOT, **environment: str) -> MqttSettings:
    return mqtt_settings(url, root=root, version=version, environment=environment)


def some_events(count: int) -> list[Event]:
    trace = simulate(scenario(LINE, None), horizon=8 * 3600.0, trace=True)[0].events or ()
    return list(islice(trace, count))


def taken(subscription: Subscription, until: Callable[[list[Message]], bool], longest_s: float = 30.0) -> list[Message]:
    """Take and acknowledge messages until there are enough, then for half a second more."""
    found: list[Message] = []
    deadline, rest = time.monotonic() + longest_s, None
    while time.monotonic() < (deadline if rest is None else rest):
        messages = subscription.take(0.1)
        subscription.acknowledge(messages)
        found += messages
        if rest is None and until(found):
            rest = time.monotonic() + 0.5
    return found


def sequences(messages: list[Message]) -> list[int]:
    """Return the numbers of the events, in the order in which each came first."""
    events = [READER.read(message) for message in messages]
    return list(dict.fromkeys(event.sequence for event in events if isinstance(event, Event)))


def listening(broker_settings: MqttSettings, name: str | None = None) -> Subscription:
    subscription = Subscription(broker_settings, LINE, durable_id=name)
    assert subscription.connect().connected
    assert subscription.take(0.3) == []
    return subscription


def publish_all(
    broker_settings: MqttSettings, events: list[Event], after: dict[int, Callable[[Publisher], Any]]
) -> bool:
    """Publish events, doing something after some of them; return whether the broker has acknowledged all."""
    publisher = Publisher(broker_settings, LINE)
    publisher.connect()
    for number, event in enumerate(events):
        publisher.publish(event)
        if number in after:
            after[number](publisher)
    arrived = publisher.flush(30)
    publisher.close()
    return arrived


@VERSIONS
def test_events_arrive_as_they_were_sent_and_in_order(mosquitto: Broker, version: str) -> None:
    events = some_events(2_000)
    subscription = listening(settings(mosquitto.url, version))

    assert publish_all(settings(mosquitto.url, version), events, {})
    read = [READER.read(message) for message in taken(subscription, lambda found: len(found) >= len(events))]
    subscription.stop()

    assert read == events


@VERSIONS
def test_a_plant_that_publishes_while_the_broker_restarts_loses_nothing(mosquitto: Broker, version: str) -> None:
    events = some_events(3_000)
    subscription = listening(settings(mosquitto.url, version))
    restarts = {
        700: lambda _: mosquitto.restart(), 1_500: lambda publisher: publisher.drop(),
        2_200: lambda _: mosquitto.restart(away_s=1.0),
    }  # fmt: skip
    arrived: list[bool] = []
    plant = threading.Thread(
        target=lambda: arrived.append(publish_all(settings(mosquitto.url, version), events, restarts))
    )
    plant.start()
    got = taken(subscription, lambda found: len(sequences(found)) == len(events), 60)
    plant.join()
    subscription.stop()

    assert arrived == [True]
    assert sequences([message for message in got if not message.retain]) == [event.sequence for event in events]


@VERSIONS
def test_what_was_not_acknowledged_comes_again_and_what_came_meanwhile_too(mosquitto: Broker, version: str) -> None:
    events = some_events(3_000)
    first = listening(settings(mosquitto.url, version), "twin")
    publish_all(settings(mosquitto.url, version), events[:1_000], {})
    held: list[Message] = []
    while len(held) < 1_000:
        held += first.take(1.0)
    first.acknowledge(held[:600])
    time.sleep(0.3)  # the broker reads them
    first.client.socket().close()  # type: ignore[union-attr] -- killed, not stopped
    # More than the 1,000 that a Mosquitto keeps unless it is told to keep all.
    publish_all(settings(mosquitto.url, version), events[1_000:], {})

    second = Subscription(settings(mosquitto.url, version), LINE, durable_id="twin")
    second.connect()
    again = [message for message in taken(second, lambda found: len(sequences(found)) >= 2_400) if not message.retain]
    second.stop()

    assert sequences(again) == [event.sequence for event in events[600:]]


def test_an_acknowledgement_of_an_earlier_connection_is_not_taken_for_one_of_this(mosquitto: Broker) -> None:
    subscription = listening(settings(mosquitto.url))
    publish_all(settings(mosquitto.url), some_events(50), {})
    before = subscription.take(2.0)
    mosquitto.kill()
    (mosquitto.folder / "mosquitto.db").unlink(missing_ok=True)  # so that it numbers anew
    mosquitto.start()
    until = time.monotonic() + 20
    while subscription._number < 2 and time.monotonic() < until:
        subscription.take(0.1)
    subscription.take(0.3)
    publish_all(settings(mosquitto.url), some_events(50), {})
    held = subscription.take(2.0)
    subscription.acknowledge(before)
    subscription.client.socket().close()  # type: ignore[union-attr] -- killed, not stopped
    subscription = Subscription(settings(mosquitto.url), LINE)
    subscription.connect()

    assert len(sequences(taken(subscription, lambda found: len(sequences(found)) >= len(sequences(held)), 5))) == 50
    subscription.stop()


@VERSIONS
def test_who_joins_later_is_told_how_the_line_stands(mosquitto: Broker, version: str) -> None:
    events = some_events(3_000)
    publish_all(settings(mosquitto.url, version), events, {})
    subscription = Subscription(settings(mosquitto.url, version), LINE)
    subscription.connect()
    read = [READER.read(message) for message in taken(subscription, lambda found: len(found) > 3, 5)]
    subscription.stop()

    def last(kind: str, key: Callable[[Event], object]) -> dict[object, Event]:
        return {key(event): event for event in events if event.kind == kind}

    standing = {
        **last("state", lambda e: (e.station, e.machine)),
        **last("level", lambda e: e.fields["buffer"]),
        **last("crew", lambda e: e.fields["skill"]),
    }
    assert {event.sequence for event in read if isinstance(event, Event)} == {e.sequence for e in standing.values()}


@VERSIONS
def test_a_twin_says_whether_it_listens(mosquitto: Broker, version: str) -> None:
    plant = Publisher(settings(mosquitto.url, version), LINE)
    plant.connect()
    assert not plant.wait_for_twin(0.3)
    twin = listening(settings(mosquitto.url, version))
    assert plant.wait_for_twin(5.0)
    twin.stop()
    plant.idle(0.3)
    assert not plant.wait_for_twin(0.1)
    twin = listening(settings(mosquitto.url, version))
    assert plant.wait_for_twin(5.0)
    twin.client.socket().close()  # type: ignore[union-attr] -- its will is said by the broker
    plant.idle(0.5)
    assert not plant.wait_for_twin(0.1)
    plant.close()


def test_twenty_thousand_odd_payloads_come_beside_valid_events_and_do_no_harm(mosquitto: Broker) -> None:
    events = some_events(200)
    subscription = listening(settings(mosquitto.url))
    topic = f"{ROOT}/{LINE.line}/press/state"
    odd = [b"", b"\xff" * 40, b"{" * 500, b'{"time":NaN}', b"[" * 60_000, b"x" * (LONGEST_PAYLOAD + 1)]
    sent = [(topic, odd[number % len(odd)] if number % 500 else b"[" * 60_000, 1, False) for number in range(2_000)]
    sent += [(topic, bytes([number % 256]) * 30, 1, False) for number in range(18_000)]
    sent.append((topic, b"y" * 10_000_000, 1, False))
    threading.Thread(
        target=lambda: paho_publish.multiple(sent, hostname="127.0.0.1", port=mosquitto.open), daemon=True
    ).start()
    publish_all(settings(mosquitto.url), events, {})
    got = taken(subscription, lambda found: len(found) >= len(sent) + len(events), 60)
    subscription.stop()
    answers = [READER.read(message) for message in got]

    assert len(got) == len(sent) + len(events)
    assert [answer for answer in answers if isinstance(answer, Event)] == events
    assert all(answer.reason for answer in answers if isinstance(answer, Refused))
    assert max(message.size for message in got) == 10_000_000
    assert max(len(message.payload) for message in got) <= LONGEST_PAYLOAD


@VERSIONS
def test_a_wrong_password_gets_nowhere_and_says_so_at_once(mosquitto: Broker, version: str) -> None:
    for environment in ({"TWIN_MQTT_PASSWORD": "wrong"}, {}):
        subscription = Subscription(settings(mosquitto.guarded_url, version, **environment), LINE)
        with pytest.raises(InputError, match=f'refuses the user "{USER}" or the password'):
            subscription.connect()


@VERSIONS
def test_the_right_password_opens_the_plants_topics_and_no_others(mosquitto: Broker, version: str) -> None:
    right = {"TWIN_MQTT_PASSWORD": PASSWORD}
    inside = listening(settings(mosquitto.guarded_url, version, **right))
    events = some_events(50)
    assert publish_all(settings(mosquitto.guarded_url, version, **right), events, {})
    assert len(sequences(taken(inside, lambda found: len(found) >= 50))) == 50
    inside.stop()

    elsewhere = settings(mosquitto.guarded_url, version, root="other/site/area", **right)
    outside = Subscription(elsewhere, LINE)
    outside.connect()
    if version == "5":  # with 3.1.1 a broker has no way to say no
        with pytest.raises(InputError, match="lets plant not publish"):
            publish_all(elsewhere, events, {})
    else:
        publisher = Publisher(elsewhere, LINE)
        publisher.connect()
        publisher.publish(events[0])
        publisher.flush(2)
        publisher.close()
    assert outside.take(0.5) == []
    outside.stop()


def test_another_lines_topic_is_not_heard(mosquitto: Broker) -> None:
    subscription = listening(settings(mosquitto.url))
    event = to_json(some_events(1)[0])
    for topic in (f"{ROOT}/other/press/state", f"twin/china/plant/{LINE.line}/press/state"):
        paho_publish.single(topic, event, qos=1, hostname="127.0.0.1", port=mosquitto.open)

    assert subscription.take(0.5) == []
    subscription.stop()


@VERSIONS
def test_tls_is_spoken_with_whom_it_can_be_trusted_and_with_nobody_else(mosquitto: Broker, version: str) -> None:
    trusted = listening(settings(mosquitto.tls_url, version, TWIN_MQTT_CA=str(mosquitto.ca)))
    assert publish_all(settings(mosquitto.tls_url, version, TWIN_MQTT_CA=str(mosquitto.ca)), some_events(500), {})
    assert len(sequences(taken(trusted, lambda found: len(found) >= 500))) == 500
    trusted.stop()

    refused = {
        "cannot be trusted": mosquitto.tls_url,
        "should the address begin with mqtts": mosquitto.tls_url.replace("mqtts", "mqtt"),
        "should the address begin with mqtt:": mosquitto.url.replace("mqtt", "mqtts"),
        "there is no host": "mqtt://no-such-host.invalid",
    }
    for said, url in refused.items():
        with pytest.raises(InputError, match=said):
            Subscription(settings(url, version), LINE).connect()


def test_a_broker_that_is_away_is_tried_until_it_is_there(mosquitto: Broker) -> None:
    mosquitto.stop()
    said: list[str] = []
    subscription = Subscription(settings(mosquitto.url), LINE, say=said.append)
    assert not subscription.connect().connected
    assert "cannot be reached" in subscription.status.sentence
    mosquitto.start()
    until = time.monotonic() + 20
    while not subscription.status.connected and time.monotonic() < until:
        subscription.take(0.1)
    subscription.stop()

    assert [sentence.partition(": ")[2].split(" (")[0] for sentence in said] == [
        "cannot be reached", "connected", "disconnected"
    ]  # fmt: skip


def test_two_twins_of_one_name_are_told_why_they_lose_their_connections(mosquitto: Broker) -> None:
    twins = [listening(settings(mosquitto.url)) for _ in range(2)]
    until = time.monotonic() + 30
    while not any("by the same name" in twin.status.sentence for twin in twins) and time.monotonic() < until:
        for twin in twins:
            twin.take(0.05)

    assert any("by the same name" in twin.status.sentence for twin in twins)
    for twin in twins:
        twin.stop()
