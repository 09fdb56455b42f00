"""What the commands that speak MQTT share: where the broker is, which topics, which site, how fast."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.compare_question import HOME
from twin.errors import InputError

if TYPE_CHECKING:
    from connectors.settings import MqttSettings
    from twin.line.site import Site

__all__ = [
    "HOME",
    "MqttOption",
    "SiteOption",
    "SpeedOption",
    "TopicOption",
    "VersionOption",
    "broker",
    "say",
    "speed_of",
]

AT_MOST = "max"
"""The speed that holds nothing back."""

MqttOption = Annotated[
    str,
    typer.Option(
        "--mqtt",
        metavar="URL",
        help="The broker: mqtt://user@host:1883, or mqtts:// with TLS; the password is TWIN_MQTT_PASSWORD.",
    ),
]
VersionOption = Annotated[str, typer.Option("--mqtt-version", metavar="V", help="5, or 3 for MQTT 3.1.1.")]
TopicOption = Annotated[
    str | None,
    typer.Option("--topic", metavar="ROOT", help="Topics begin so: enterprise/site/area.  [default: twin/SITE/plant]"),
]
SiteOption = Annotated[str, typer.Option("--site", metavar="SITE", help="Where the plant is: its time zone and more.")]
SpeedOption = Annotated[
    str, typer.Option("--speed", metavar="N", help="Plant time in real time: 1, 60, any number, or max.")
]


def broker(url: str, version: str, topic: str | None, site: Site) -> MqttSettings:
    """Return how to reach the broker of a plant.

    Raises
    ------
    InputError
        As `connectors.settings.mqtt_settings`.
    """
    from connectors.settings import mqtt_settings

    return mqtt_settings(url, root=f"twin/{site.name}/plant" if topic is None else topic, version=version)


def speed_of(written: str) -> float | None:
    """Return the plant's seconds in a second; None for as fast as can be.

    Raises
    ------
    InputError
        If it is neither a number above 0 nor "max".
    """
    from twin.units import number

    if written == AT_MOST:
        return None
    try:
        speed = number(written)
    except InputError:
        speed = 0.0
    if speed <= 0:
        raise InputError(f'--speed: "{written}" is no speed; write 1, 60 or {AT_MOST}')
    return speed


def say(sentence: str) -> None:
    """Say on standard error how things stand."""
    print(sentence, file=sys.stderr, flush=True)
