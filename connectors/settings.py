"""Where servers are and who speaks to them: addresses from the command line, secrets from the environment alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import SplitResult, unquote, urlsplit

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

MqttVersion = Literal["3", "5"]
"""The versions of MQTT that are spoken: 3.1.1 and 5."""

MQTT_VERSIONS: tuple[str, ...] = get_args(MqttVersion)
MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883}
"""The schemes of a broker's address, without and with TLS, and their usual ports."""

HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class MqttSettings:
    """A broker, and how to speak to it.

    Attributes
    ----------
    host, port
        Its address.
    root
        The levels of every topic before the line's name, such as "twin/france/plant".
    tls
        Whether the connection is encrypted; `ca` is then the file (PEM) of who vouches for the broker, or None for
        those that the system trusts.
    user, password
        Who speaks; None where the broker asks nobody.
    version
        "3" for MQTT 3.1.1, "5" for MQTT 5.
    """

    host: str
    port: int
    root: str
    tls: bool = False
    ca: Path | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    version: MqttVersion = "5"

    @property
    def url(self) -> str:
        """The address as it is shown, without the password."""
        scheme, user = ("mqtts" if self.tls else "mqtt"), (f"{self.user}@" if self.user else "")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{user}{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class InfluxSettings:
    """An InfluxDB 2.x, and the bucket that points are written to."""

    url: str
    org: str
    bucket: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrafanaSettings:
    """A Grafana, and the token of a service account."""

    url: str
    token: str = field(repr=False)


def mqtt_settings(
    url: str, *, root: str, version: str = "5", environment: Mapping[str, str] = os.environ
) -> MqttSettings:
    """Return the broker of an address such as mqtt://user@host:1883 or mqtts://host:8883.

    The password is that of TWIN_MQTT_PASSWORD, or of the file that TWIN_MQTT_PASSWORD_FILE names; TWIN_MQTT_CA names
    the file of who vouches for a broker with TLS.

    Raises
    ------
    InputError
        If it is no such address or holds a password, if the root is no topic, or if a file cannot be read.
    """
    parts = _split(url, tuple(MQTT_PORTS), "mqtt://localhost:1883")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError(f"{_shown(parts)}: an MQTT address ends after the port; write the topics with --topic")
    if version not in MQTT_VERSIONS:
        raise InputError(f'MQTT {version}: there is no such version here; write "3" (for 3.1.1) or "5"')
    secret = _secret("TWIN_MQTT_PASSWORD", environment)
    user = unquote(parts.username) if parts.username else None
    if secret is not None and user is None:
        raise InputError(f"{url}: there is a password but no user; write {parts.scheme}://USER@{parts.hostname}")
    ca = environment.get("TWIN_MQTT_CA") or None
    if ca is not None and not Path(ca).is_file():
        raise InputError(f"TWIN_MQTT_CA: there is no file {ca}; name a file of certificates (PEM)")
    return MqttSettings(
        host=parts.hostname or "",
        port=parts.port or MQTT_PORTS[parts.scheme],
        root=topic_root(root),
        tls=parts.scheme == "mqtts",
        ca=None if ca is None else Path(ca),
        user=user,
        password=secret,
        version="3" if version == "3" else "5",
    )


def influx_settings(url: str, *, org: str, bucket: str, environment: Mapping[str, str] = os.environ) -> InfluxSettings:
    """Return the InfluxDB of an address such as http://localhost:8086, its token that of TWIN_INFLUX_TOKEN[_FILE].

    Raises
    ------
    InputError
        If it is no such address, holds a password, or there is no token.
    """
    return InfluxSettings(_web(url), org, bucket, _token("TWIN_INFLUX_TOKEN", environment))


def grafana_settings(url: str, *, environment: Mapping[str, str] = os.environ) -> GrafanaSettings:
    """Return the Grafana of an address such as http://localhost:3000, its token that of TWIN_GRAFANA_TOKEN[_FILE].

    Raises
    ------
    InputError
        If it is no such address, holds a password, or there is no token.
    """
    return GrafanaSettings(_web(url), _token("TWIN_GRAFANA_TOKEN", environment))


def topic_root(root: str) -> str:
    """Return the levels that every topic begins with.

    Raises
    ------
    InputError
        If a level is empty, or holds what MQTT keeps for itself.
    """
    levels = root.split("/")
    if not all(level and level.isprintable() and not set(level) & set("+#$") for level in levels):
        raise InputError(f'--topic: "{root}" is no beginning of topics; write enterprise/site/area, without +, # and $')
    return root


def _split(url: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port, password = parts.port, parts.password
    except ValueError as error:
        raise InputError(f"the address has a part that is none ({error}); write {example}") from None
    if password is not None:
        raise InputError(
            f"{_shown(parts)}: an address holds no password, since others may read it; put it into the environment"
        )
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise InputError(f'"{url}" is no address of {" or ".join(schemes)}; write {example}')
    return parts


def _web(url: str) -> str:
    parts = _split(url, ("http", "https"), "http://localhost:8086")
    return parts.geturl().rstrip("/")


def _shown(parts: SplitResult) -> str:
    """Return an address without its password."""
    user = f"{parts.username}@" if parts.username else ""
    return f"{parts.scheme}://{user}{parts.netloc.rpartition('@')[2]}{parts.path}"


def _token(name: str, environment: Mapping[str, str]) -> str:
    token = _secret(name, environment)
    if token is None:
        raise InputError(f"{name}: is not set; set it to the token, or {name}_FILE to a file that holds it")
    return token


def _secret(name: str, environment: Mapping[str, str]) -> str | None:
    """Return the secret of a variable or of the file that NAME_FILE names; None if neither is set."""
    given, file = environment.get(name) or None, environment.get(f"{name}_FILE") or None
    if given is not None and file is not None:
        raise InputError(f"{name}: is set, and {name}_FILE too; set one of them")
    if file is None:
        return given
    try:
        text = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name}_FILE: {file} cannot be read ({error}); name a text file") from None
    if not text:
        raise InputError(f"{name}_FILE: {file} is empty; write the secret into it")
    return text
