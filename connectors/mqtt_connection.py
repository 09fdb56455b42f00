"""A connection to a broker that lasts: it is made again for ever, and says in a sentence how it stands.

The connection is moved by whoever uses it, in one thread: nothing arrives, and nothing is sent again, but in `turn`. So
nobody reads faster than what is read is used, and messages keep their order through every reconnection.
"""

from __future__ import annotations

import random
import select
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.settings import MqttSettings

KEEPALIVE_S = 30
CONNECT_S = 3.0
"""How long a broker may take to take a connection [s]."""
ANSWER_S = 5.0
"""How long it may then take to answer, before the first connection is said to be away [s]."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 15.0
"""The pause before a new attempt is drawn from 0 up to this, doubled with each [s]."""
STEADY_S = 5.0
"""A connection that lasts so long is no cause for longer pauses [s]."""
SESSION_EXPIRY_S = 30 * 24 * 3600
"""How long an MQTT 5 broker keeps what comes while the twin is away [s]; with 3.1.1 the broker decides."""
SHUT_AT_FIRST = 3
"""So many first connections may be shut without an answer, before it is taken for a refusal."""

_TRANSIENT = {"Server unavailable", "Server busy", "Quota exceeded", "Connection rate exceeded", "Use another server"}
_TAKEN_OVER = "Session taken over"


class Status(NamedTuple):
    """How a connection stands: whether it is up, since when [s, Unix], and the sentence for people."""

    connected: bool
    since: float
    sentence: str


def _nobody(_sentence: str) -> None:
    """Tell nobody."""


class Connection:
    """One client of a broker.

    Parameters
    ----------
    settings
        The broker.
    client_id
        What the broker knows the client by.
    durable
        Whether the broker keeps the client's subscriptions and messages while it is away.
    will
        A topic and the text that the broker retains on it when the client is lost.
    say
        Told each sentence as the connection comes and goes.
    """

    def __init__(
        self,
        settings: MqttSettings,
        client_id: str,
        *,
        durable: bool = False,
        will: tuple[str, str] | None = None,
        say: Callable[[str], None] = _nobody,
    ) -> None:
        self.settings = settings
        self.status = Status(connected=False, since=time.time(), sentence=f"{settings.url}: not connected yet")
        self._say = say
        self._durable = durable
        self._ever = self._answered = False
        self._attempts = self._short = 0
        self._joined_at = 0.0
        self._next_try = 0.0
        self._problem: str | None = None
        self._closing = False
        self.client = _client(settings, client_id, durable=durable)
        if will is not None:
            self.client.will_set(*will, qos=1, retain=True)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        # With this set, packets wait until `turn` or `send` sends them.
        self.client.on_socket_register_write = _leave_to_turn

    def connect(self) -> Status:
        """Connect for the first time; a broker that is away is tried again by every later `turn`.

        Raises
        ------
        InputError
            If it refuses, cannot be trusted, or has no address: what no waiting heals.
        """
        until = time.monotonic() + ANSWER_S
        while not self.status.connected and time.monotonic() < until:
            self.turn(0.1)
            if self.client.socket() is None and self._attempts and self._next_try > until:
                break
            if self.client.socket() is None and self._attempts > SHUT_AT_FIRST:
                break
        return self.status

    def turn(self, timeout_s: float) -> None:
        """Wait at most so long for the broker, then read and send what there is; connect anew where that is due.

        Raises
        ------
        InputError
            If the broker refuses a connection that never was, or another client has taken its place.
        """
        sock: Any = self.client.socket()
        if sock is None:
            self._connect_when_due(timeout_s)
        else:
            waiting = hasattr(sock, "pending") and sock.pending() > 0
            readable, writable, _ = select.select(
                [sock], [sock] if self.client.want_write() else [], [], 0.0 if waiting else timeout_s
            )
            if readable or waiting:
                self._read()
            self.client.loop_misc()
            if writable or self.client.want_write():
                self.client.loop_write()
        if self._problem is not None:
            problem, self._problem = self._problem, None
            raise InputError(problem)

    def send(self) -> None:
        """Send what waits to be sent, as far as the broker takes it."""
        if self.client.want_write():
            self.client.loop_write()

    def close(self) -> None:
        """Say goodbye, as far as the broker listens."""
        self._closing = True
        self.client.disconnect()
        self.send()

    def joined(self, session_present: bool, most_under_way: int) -> None:  # noqa: FBT001 -- as the broker says it
        """Do what is to be done on every new connection; `most_under_way` messages may be unacknowledged at a time."""

    def left(self) -> None:
        """Do what is to be done when a connection is lost."""

    def _read(self) -> None:
        self.client.loop_read()

    def _connect_when_due(self, timeout_s: float) -> None:
        wait_s = self._next_try - time.monotonic()
        if wait_s > 0:
            time.sleep(min(wait_s, timeout_s))
            return
        self._attempts += 1
        self._answered = False
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(self._attempts, 16))
        self._next_try = time.monotonic() + random.uniform(0.05, longest)  # noqa: S311 -- no secret
        try:
            if self._attempts == 1 and not self._ever:
                self._connect()
            else:
                self.client.reconnect()
        except (ssl.SSLError, socket.gaierror) as error:
            self._refused(_unhealable(self.settings, error))
        except ConnectionResetError:
            self._shut()
        except OSError as error:
            self._stands(connected=False, sentence=f"cannot be reached ({error.strerror or error}); trying again")

    def _connect(self) -> None:
        settings = self.settings
        properties = None
        if settings.version == "5" and self._durable:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_EXPIRY_S
        if settings.version == "5":
            self.client.connect(
                settings.host, settings.port, KEEPALIVE_S, clean_start=not self._durable, properties=properties
            )
        else:
            self.client.connect(settings.host, settings.port, KEEPALIVE_S)

    def _on_connect(self, _client: Any, _data: Any, flags: Any, reason: Any, properties: Any) -> None:  # noqa: ANN401 -- paho's
        self._answered = True
        if reason.is_failure:
            name = str(reason)
            if name in _TRANSIENT:
                self._stands(connected=False, sentence=f"says {name.lower()}; trying again")
            else:
                self._refused(_refusal(self.settings, name))
            return
        self._ever, self._joined_at = True, time.monotonic()
        self._stands(connected=True, sentence="connected")
        self.joined(bool(flags.session_present), int(getattr(properties, "ReceiveMaximum", 65_535)))

    def _on_disconnect(self, _client: Any, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:  # noqa: ANN401 -- paho's
        was_connected = self.status.connected
        self.left()
        if self._closing:
            self._stands(connected=False, sentence="disconnected")
        elif flags.is_disconnect_packet_from_server and str(reason) == _TAKEN_OVER:
            self._problem = (
                f"{self.settings.url}: another client has connected under the same name; stop one of the two"
            )
        elif was_connected:
            self._lost()
        elif not self._answered:
            self._shut()

    def _lost(self) -> None:
        """Note that a connection was lost; pauses grow where that happens at once, again and again."""
        if time.monotonic() - self._joined_at > STEADY_S:
            self._attempts = self._short = 0
        self._short += 1
        sentence = "the connection was lost; trying again"
        if self._short > SHUT_AT_FIRST:
            sentence = (
                "the connection is lost again and again; is the user allowed these topics, "
                "and does no other client go by the same name?"
            )
        self._stands(connected=False, sentence=sentence)

    def _shut(self) -> None:
        """Note that a connection was shut before it was one; where that is so from the first on, it is a refusal."""
        if not self._ever and self._attempts >= SHUT_AT_FIRST:
            other = "mqtt" if self.settings.tls else "mqtts"
            self._refused(
                f"{self.settings.url}: shuts every connection without an answer; "
                f"is it a broker, and should the address begin with {other}://?"
            )
        else:
            self._stands(connected=False, sentence="shut the connection without an answer; trying again")

    def _refused(self, sentence: str) -> None:
        """Note what waiting does not heal: an error of a first connection, else a sentence and a long pause."""
        if self._ever:
            self._next_try = time.monotonic() + LONGEST_WAIT_S
            self._stands(connected=False, sentence=sentence.removeprefix(f"{self.settings.url}: "))
        else:
            self._problem = sentence

    def _stands(self, *, connected: bool, sentence: str) -> None:
        told = f"{self.settings.url}: {sentence}"
        if told != self.status.sentence:
            self.status = Status(connected=connected, since=time.time(), sentence=told)
            self._say(told)


def _leave_to_turn(_client: Any, _data: Any, _sock: Any) -> None:  # noqa: ANN401 -- paho's
    """Leave a packet to the next turn."""


def _client(settings: MqttSettings, client_id: str, *, durable: bool) -> paho.Client:
    version5 = settings.version == "5"
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if version5 else not durable,
        protocol=paho.MQTTv5 if version5 else paho.MQTTv311,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    client.connect_timeout = CONNECT_S
    if settings.user is not None:
        client.username_pw_set(settings.user, settings.password)
    if settings.tls:
        client.tls_set_context(_trusting(settings))
    return client


class _Greeted(ssl.SSLSocket):
    """A TLS connection whose other end must answer as soon as it must take a connection."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 -- the signature of the standard library
        self.settimeout(CONNECT_S)
        try:
            super().do_handshake(block)
        except TimeoutError:
            self.close()
            raise ssl.SSLError(0, "no answer to its greeting") from None
        except OSError:
            self.close()
            raise


def _trusting(settings: MqttSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if settings.ca is None else str(settings.ca))
    except (ssl.SSLError, OSError) as error:
        raise InputError(f"TWIN_MQTT_CA: {settings.ca} holds no certificates ({error}); name a file in PEM") from None
    context.sslsocket_class = _Greeted
    return context


def _unhealable(settings: MqttSettings, error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{settings.url}: the broker's certificate cannot be trusted ({error.verify_message}); "
            "name the file of who vouches for it in TWIN_MQTT_CA"
        )
    if isinstance(error, ssl.SSLError):
        return f"{settings.url}: does not speak TLS ({error.reason or error.strerror}); write mqtt:// if that is meant"
    return f'{settings.url}: there is no host "{settings.host}" ({error.strerror or error}); write another address'


def _refusal(settings: MqttSettings, reason: str) -> str:
    if reason in {"Not authorized", "Bad user name or password", "Bad authentication method", "Banned"}:
        who = f'the user "{settings.user}" or the password' if settings.user else "a client without a user"
        return (
            f"{settings.url}: the broker refuses {who} ({reason.lower()}); "
            "write mqtt://USER@HOST and set TWIN_MQTT_PASSWORD"
        )
    if reason == "Unsupported protocol version":
        return f"{settings.url}: the broker does not speak MQTT {settings.version}; write another --mqtt-version"
    return f"{settings.url}: the broker refuses the connection ({reason.lower()}); look into its log"
