"""MQTT: a plant's events are published, and the twin subscribes to them; each arrives at least once.

A message is acknowledged only when whoever took it says that it is safe. What the broker has not acknowledged of a
plant's own messages is sent again on the next connection, in the same order.
"""

from __future__ import annotations

import hashlib
import secrets
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from paho.mqtt.subscribeoptions import SubscribeOptions

from connectors.mqtt_connection import Connection, _nobody
from twin.events import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from paho.mqtt import client as paho

    from connectors.settings import MqttSettings
    from twin.events import Event
    from twin.line.line import Line

LONGEST_PAYLOAD, KEPT_OF_LONGER = 65_536, 1_024
"""A longer payload is no event; so much of it is kept [bytes]."""
MOST_UNDER_WAY = 200
"""So many of a plant's messages may be unacknowledged at a time."""
ANNOUNCE_S = 2.0
"""How long a twin that stops tries to say so [s]."""

NO_STATION = "_"
"""Stands for the station in topics of what has none."""
ONLINE, OFFLINE = "online", "offline"
RETAINED = frozenset({"state", "level", "crew"})
"""The kinds whose last event the broker keeps for whoever joins later."""


class Message(NamedTuple):
    """One message as it came: `size` is that of the whole payload [bytes], of which a long one is not kept."""

    topic: str
    payload: bytes
    retain: bool
    mid: int
    qos: int
    size: int
    connection: int
    """On which connection it came: on another, the broker sends it again under a new number."""


def topic_of(root: str, event: Event, *, machines: int = 1, sources: int = 1) -> str:
    """Return the topic of an event: root/line/station/kind, and which one where a station has several.

    Parameters
    ----------
    root
        The levels before the line's name.
    event
        The event.
    machines, sources
        How many machines the station has, and how many buffers lead to it.

    Examples
    --------
    >>> from twin.events import Event
    >>> topic_of("twin/france/plant", Event("plc", 1, 0, 0, 0.0, "tiles", "press", 2, "power", {"power_kw": 1.0}))
    'twin/france/plant/tiles/press/power'
    """
    topic = f"{root}/{event.line}/{event.station or NO_STATION}/{event.kind}"
    if event.kind == "state" and machines > 1:
        return f"{topic}/{event.machine}"
    if event.kind == "level" and sources > 1:
        return f"{topic}/{str(event.fields['buffer']).partition('->')[0]}"
    return f"{topic}/{event.fields['skill']}" if event.kind == "crew" else topic


def presence_topic(root: str, line: str) -> str:
    """Return the topic on which a live twin says whether it listens."""
    return f"{root}/{line}/{NO_STATION}/twin"


class Subscription(Connection):
    """All events of one line, kept by the broker while the twin is away.

    Parameters
    ----------
    settings
        The broker.
    line
        The line whose topics are read.
    durable_id
        The name under which the broker keeps what comes while the twin is away; made of the line and the topics
        unless given.
    say
        Told each sentence as the connection comes and goes.
    """

    def __init__(
        self,
        settings: MqttSettings,
        line: Line,
        *,
        durable_id: str | None = None,
        say: Callable[[str], None] = _nobody,
    ) -> None:
        self._presence = presence_topic(settings.root, line.line)
        self._filter = f"{settings.root}/{line.line}/#"
        # A broker goes on sending what a name once subscribed to: other topics need another name.
        topics = hashlib.sha256(self._filter.encode()).hexdigest()[:8]
        super().__init__(
            settings,
            durable_id or f"line-twin-{line.line}-{topics}",
            durable=True,
            will=(self._presence, OFFLINE),
            say=say,
        )
        self._held: list[Message] = []
        self._wanted = 1
        self._number = 0
        self.client.on_message = self._on_message
        self.client.on_subscribe = self._on_subscribe

    def take(self, timeout_s: float, most: int = 2_000) -> list[Message]:
        """Return the messages that have come, waiting at most so long for the first; never more than `most`.

        Raises
        ------
        InputError
            As `turn`; or if the broker lets the user read no such topics.
        """
        self._wanted = most
        until = time.monotonic() + timeout_s
        self.turn(timeout_s)
        while not self._held and (left := until - time.monotonic()) > 0:
            self.turn(left)
        taken = list(self._held)
        self._held.clear()
        return taken

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that messages are safe. Those of an earlier connection come again, and are told then."""
        client, number = self.client, self._number
        for message in messages:
            if message.qos and message.connection == number:
                client.ack(message.mid, message.qos)
        self.send()

    def stop(self) -> None:
        """Say that the twin no longer listens, and disconnect; the broker keeps what comes from now on."""
        if self.status.connected:
            said = self.client.publish(self._presence, OFFLINE, qos=1, retain=True)
            until = time.monotonic() + ANNOUNCE_S
            while not said.is_published() and time.monotonic() < until:
                self.turn(0.05)
        self.close()

    def joined(self, session_present: bool, most_under_way: int) -> None:  # noqa: ARG002, FBT001 -- as the broker says it
        """Subscribe: also where the broker knows the subscription, since it then sends the retained states again."""
        if self._number and not session_present:
            self._say(
                f"{self.settings.url}: the broker has forgotten this twin's session; what the plant sent while it was "
                f"away is lost, unless the broker keeps sessions on disk (persistence)"
            )
        self._number += 1
        if self.settings.version == "5":
            self.client.subscribe(self._filter, options=SubscribeOptions(qos=1, noLocal=True))
        else:
            self.client.subscribe(self._filter, qos=1)

    def _read(self) -> None:
        # A call reads one packet. One that was no message ends the turn, so that the rest is looked after too.
        read, held, wanted = self.client.loop_read, self._held, self._wanted
        while len(held) < wanted:
            before = len(held)
            read()
            if len(held) == before:
                return

    def _on_subscribe(self, _client: Any, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:  # noqa: ANN401 -- paho's
        if any(reason.is_failure for reason in reasons):
            self._problem = (
                f"{self.settings.url}: the broker lets {self.settings.user or 'a client without a user'} read no "
                f'"{self._filter}" ({str(reasons[0]).lower()}); write another --topic, or allow it there'
            )
        else:
            self.client.publish(self._presence, ONLINE, qos=1, retain=True)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:  # noqa: ANN401 -- paho's
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        payload = bytes(message.payload)
        size = len(payload)
        if topic == self._presence:
            self.client.ack(message.mid, message.qos)
            return
        if size > LONGEST_PAYLOAD:
            payload = payload[:KEPT_OF_LONGER]
        self._held.append(Message(topic, payload, message.retain, message.mid, message.qos, size, self._number))


class Publisher(Connection):
    """A plant's voice: sends events in order, and keeps each until the broker has acknowledged it.

    Parameters
    ----------
    settings
        The broker.
    line
        The line: how many machines and incoming buffers a station has decides on topics.
    say
        Told each sentence as the connection comes and goes.
    """

    def __init__(self, settings: MqttSettings, line: Line, *, say: Callable[[str], None] = _nobody) -> None:
        super().__init__(settings, f"line-plant-{secrets.token_hex(6)}", say=say)
        self._line = line.line
        self._machines = {name: station.machines for name, station in line.stations.items()}
        self._sources = _sources(line)
        self._most = MOST_UNDER_WAY
        self._under_way = 0
        self._twin_is_there = self._asks_for_twin = False
        self.published = 0
        self.client.max_inflight_messages_set(0)  # `publish` bounds them, so that none ever queues out of order
        self.client.on_publish = self._on_publish
        self.client.on_message = self._on_message

    def publish(self, event: Event) -> None:
        """Send one event; waits where too many are under way, or the broker is away.

        Raises
        ------
        InputError
            If the broker does not let the user publish it.
        """
        station = event.station or ""
        topic = topic_of(
            self.settings.root,
            event,
            machines=self._machines.get(station, 1),
            sources=self._sources.get(station, 1),
        )
        while self._under_way >= self._most or not self.status.connected:
            self.turn(0.2)
        self._under_way += 1
        self.published += 1
        self.client.publish(topic, to_json(event), qos=1, retain=event.kind in RETAINED)
        self.send()

    def flush(self, timeout_s: float) -> bool:
        """Wait at most so long until the broker has acknowledged all, and return whether it has."""
        until = time.monotonic() + timeout_s
        while self._under_way and time.monotonic() < until:
            self.turn(0.2)
        return not self._under_way

    @property
    def under_way(self) -> int:
        """How many events the broker has not acknowledged."""
        return self._under_way

    def drop(self) -> None:
        """Lose the connection, as a network does; it is made again, and what was under way is sent again."""
        sock: Any = self.client.socket()
        if sock is not None:
            self._next_try, self._attempts, self._short = 0.0, 0, 0
            with suppress(OSError):  # it was lost already
                sock.shutdown(socket.SHUT_RDWR)

    def idle(self, seconds: float) -> None:
        """Let time pass, keeping the connection."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.turn(min(left, 1.0))

    def wait_for_twin(self, timeout_s: float) -> bool:
        """Wait at most so long for a live twin of the line to listen, and return whether one does."""
        self._asks_for_twin = True
        if self.status.connected:
            self._ask_for_twin()
        until = time.monotonic() + timeout_s
        while not self._twin_is_there and time.monotonic() < until:
            self.turn(0.2)
        return self._twin_is_there

    def joined(self, session_present: bool, most_under_way: int) -> None:  # noqa: ARG002, FBT001 -- as the broker says it
        """Keep to the number of messages that the broker takes at a time."""
        self._most = min(MOST_UNDER_WAY, most_under_way)
        if self._asks_for_twin:
            self._ask_for_twin()

    def _ask_for_twin(self) -> None:
        self.client.subscribe(presence_topic(self.settings.root, self._line), qos=1)

    def _on_publish(self, _client: Any, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:  # noqa: ANN401 -- paho's
        self._under_way -= 1
        if reason.is_failure:
            self._problem = (
                f"{self.settings.url}: the broker lets {self.settings.user or 'a client without a user'} not publish "
                f'under "{self.settings.root}/{self._line}" ({str(reason).lower()}); write another --topic, or allow it'
            )

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:  # noqa: ANN401 -- paho's
        self.client.ack(message.mid, message.qos)
        self._twin_is_there = message.payload == ONLINE.encode()


def _sources(line: Line) -> dict[str, int]:
    """Return how many buffers lead to each station, the queue of arrivals counted."""
    count = dict.fromkeys(line.stations, 0)
    for edge in line.edges:
        if edge.to in count:
            count[edge.to] += 1
    if line.source.kind != "saturated":
        for station in line.fed:
            count[station] += 1
    return count
