"""Where servers are: addresses as they are written, and secrets that are shown nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.settings import grafana_settings, influx_settings, mqtt_settings
from twin.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "twin/france/plant"
SECRET = "right-password"  # noqa: S105 -- of nobody


def refused(url: str, root: str = ROOT, version: str = "5", **environment: str) -> str:
    with pytest.raises(InputError) as error:
        mqtt_settings(url, root=root, version=version, environment=environment)
    assert len(error.value.problems) == 1
    assert SECRET not in str(error.value)
    return str(error.value)


def test_an_address_names_host_port_user_and_tls() -> None:
    plain = mqtt_settings("mqtt://broker", root=ROOT, environment={})
    secure = mqtt_settings("mqtts://plant@[::1]:9000", root=ROOT, version="3", environment={})

    assert (plain.host, plain.port, plain.tls, plain.user, plain.version) == ("broker", 1883, False, None, "5")
    assert (secure.host, secure.port, secure.tls, secure.user, secure.version) == ("::1", 9000, True, "plant", "3")
    assert (plain.url, secure.url) == ("mqtt://broker:1883", "mqtts://plant@[::1]:9000")


def test_a_password_comes_from_the_environment_or_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    by_name = mqtt_settings("mqtt://plant@b", root=ROOT, environment={"TWIN_MQTT_PASSWORD": SECRET})
    by_file = mqtt_settings("mqtt://plant@b", root=ROOT, environment={"TWIN_MQTT_PASSWORD_FILE": str(file)})

    assert by_name.password == by_file.password == SECRET
    assert SECRET not in repr(by_name) + str(by_name) + by_name.url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mqtt://plant:{SECRET}@b", "holds no password"),
        ("http://b:1883", "is no address of mqtt or mqtts"),
        ("b:1883", "is no address"),
        ("mqtt://", "is no address"),
        ("mqtt://b:99999", "a part that is none"),
        ("mqtt://b:x", "a part that is none"),
        ("mqtt://b/twin/line", "ends after the port"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(url: str, said: str) -> None:
    assert said in refused(url)


@pytest.mark.parametrize("root", ["", "/twin", "twin//plant", "twin/+/plant", "twin/#", "$SYS/x", "twin/a\x00b"])
def test_a_root_that_is_no_topic_is_refused(root: str) -> None:
    assert "--topic" in refused("mqtt://b", root=root)


def test_what_the_environment_gets_wrong_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n", encoding="utf-8")

    assert "no user" in refused("mqtt://b", TWIN_MQTT_PASSWORD=SECRET)
    assert "set one of them" in refused("mqtt://u@b", TWIN_MQTT_PASSWORD=SECRET, TWIN_MQTT_PASSWORD_FILE=str(empty))
    assert "is empty" in refused("mqtt://u@b", TWIN_MQTT_PASSWORD_FILE=str(empty))
    assert "cannot be read" in refused("mqtt://u@b", TWIN_MQTT_PASSWORD_FILE=str(tmp_path / "none"))
    assert "there is no file" in refused("mqtt://b", TWIN_MQTT_CA=str(tmp_path / "none"))
    assert "no such version" in refused("mqtt://b", version="4")


def test_a_database_and_a_dashboard_want_a_token() -> None:
    influx = influx_settings(
        "http://localhost:8086/", org="plant", bucket="twin", environment={"TWIN_INFLUX_TOKEN": SECRET}
    )
    grafana = grafana_settings("https://grafana", environment={"TWIN_GRAFANA_TOKEN": SECRET})

    assert (influx.url, influx.token) == ("http://localhost:8086", SECRET)
    assert SECRET not in repr(influx) + repr(grafana)
    with pytest.raises(InputError, match="TWIN_INFLUX_TOKEN: is not set"):
        influx_settings("http://localhost", org="o", bucket="b", environment={})
    with pytest.raises(InputError, match="holds no password"):
        grafana_settings("http://u:p@localhost", environment={"TWIN_GRAFANA_TOKEN": SECRET})
