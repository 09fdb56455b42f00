"""The containers: their configuration is in order, keeps its secrets, and its broker lets each do its own and no more.

No container engine runs here: the configuration is checked by Compose and by the schema of its format, and the broker's
files drive a Mosquitto of this machine.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import paho.mqtt.client as mqtt
import pytest
import typer
import yaml
from paho.mqtt.enums import CallbackAPIVersion

from connectors.mqtt import RETAINED, presence_topic
from support.mosquitto import find, free_port
from twin.cli.app import application
from twin.events import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yml"
EMPTY = re.compile(r"^([A-Z_]+)=$", re.MULTILINE)
SECRETS = {"PLANT_MQTT_PASSWORD": "p", "TWIN_MQTT_PASSWORD": "t", "HEALTH_MQTT_PASSWORD": "h"}


def checked(folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Let Compose check the configuration with the .env of a folder, which holds these variables."""
    file = folder / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")
    command = [find("docker-compose"), "--file", str(COMPOSE), "--env-file", str(file), "config", "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})


def example() -> dict[str, str]:
    """Return the variables of .env.example, those that are empty there filled in."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value or "secret" for name, value in written.items()}


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


def test_compose_takes_the_configuration_with_the_example_filled_in(tmp_path: Path) -> None:
    answer = checked(tmp_path, example())

    assert (answer.returncode, answer.stderr) == (0, "")


def test_it_keeps_to_the_schema_of_compose() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", [name for name in example() if name != "INFLUX_RETENTION"])
def test_no_variable_has_a_default_and_a_missing_one_is_named(tmp_path: Path, name: str) -> None:
    answer = checked(tmp_path, {other: value for other, value in example().items() if other != name})

    assert answer.returncode != 0
    assert f"set {name} in .env" in answer.stderr


def test_every_image_is_pinned_and_every_service_is_watched_and_comes_back() -> None:
    for name, service in services().items():
        assert re.search(r":(v?\d+\.\d+\.\d+|\$\{TWIN_VERSION)", service["image"]), name
        assert service["restart"] == "unless-stopped"
        assert "healthcheck" in service or name == "plant", name  # nothing waits for the plant


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [port for service in services().values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [volume for service in services().values() for volume in service.get("volumes", ())]
    paths = [volume.split(":")[0] for volume in mounted if volume.startswith(".")]

    assert len(paths) == 3
    assert all((ROOT / path).is_dir() for path in paths)


def test_grafana_loads_no_plug_in_and_tells_nobody() -> None:
    grafana = services()["grafana"]["environment"]

    assert grafana["GF_PLUGINS_PREINSTALL_DISABLED"] == "true"
    quiet = ("REPORTING_ENABLED", "CHECK_FOR_UPDATES", "CHECK_FOR_PLUGIN_UPDATES")
    assert {grafana[f"GF_ANALYTICS_{name}"] for name in quiet} == {"false"}


def test_the_commands_of_twin_and_plant_are_commands_of_the_program() -> None:
    program = typer.main.get_command(application())
    for name in ("twin", "plant"):
        words = services()[name]["command"]
        if words[0] not in program.commands:  # type: ignore[attr-defined]
            pytest.skip(f"twin {words[0]} is not there yet")
        known = {option for each in program.commands[words[0]].params for option in each.opts}  # type: ignore[attr-defined]
        assert {word.split("=")[0] for word in words if word.startswith("--")} <= known


# The image


def test_the_image_runs_as_nobody_special_and_holds_all_packages() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    assert "USER twin" in text
    for package in ("twin", "lines", "connectors", "dashboards"):
        assert f"COPY {package} {package}" in text
        assert f"!{package}" in ignored
    assert ignored[0] == "*"  # what is not named stays out: .env, stores, .git


# `make up`


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what `make up` needs."""
    for name in ("docker-compose.yml", ".env.example", "Makefile", "Dockerfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    return tmp_path


@pytest.fixture
def up(checkout: Path) -> Callable[[], subprocess.CompletedProcess[str]]:
    """Return what runs `make up` there, where Compose is and a container engine is not."""
    folder = checkout / "bin"
    folder.mkdir()
    for program in ("sh", "dirname", "od", "tr", "mv", "make", "test", "printf", "echo", "cat", "chmod"):
        found = shutil.which(program)
        if found:
            (folder / program).symlink_to(found)
    (folder / "docker-compose").symlink_to(find("docker-compose"))

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "up"], cwd=checkout, capture_output=True, text=True, check=False, env={"PATH": str(folder)}
        )

    return run


def test_make_up_writes_secrets_and_checks_where_nothing_can_run(
    checkout: Path, up: Callable[[], subprocess.CompletedProcess[str]]
) -> None:
    answer = up()

    assert answer.returncode == 0, answer.stderr
    assert "docker-compose.yml is in order, but no Docker engine runs here" in answer.stdout
    written = (checkout / ".env").read_text("utf-8")
    asked = EMPTY.findall((ROOT / ".env.example").read_text("utf-8"))
    secrets = [re.search(rf"^{name}=([0-9a-f]{{48}})$", written, re.MULTILINE) for name in asked]
    assert all(secrets)
    assert len({found[1] for found in secrets if found}) == len(asked)
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == 0o600


def test_make_up_never_writes_over_an_env(checkout: Path, up: Callable[[], subprocess.CompletedProcess[str]]) -> None:
    kept = "".join(f"{name}={value}\n" for name, value in example().items())
    (checkout / ".env").write_text(kept, encoding="utf-8")

    answer = up()

    assert answer.returncode == 0, answer.stderr
    assert "Kept .env as it is" in answer.stdout
    assert (checkout / ".env").read_text("utf-8") == kept


# The broker, by its own files

HERE = "twin/france/plant"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start a Mosquitto with the configuration of the container, on a free port; its paths are those of a test."""
    folder, port = tmp_path_factory.mktemp("broker"), free_port()
    text = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text("utf-8")
    text = text.replace("listener 1883", f"listener {port} 127.0.0.1").replace("/mosquitto/data", str(folder))
    text = text.replace("/mosquitto/config", str(ROOT / "deploy/mosquitto"))
    text += f"\nuser {getpass.getuser()}\n"  # else it gives up what root may read
    (folder / "mosquitto.conf").write_text(text, encoding="utf-8")
    environment = {
        "PATH": f"{os.environ['PATH']}:{Path(find('mosquitto')).parent}",
        "PLANT_NAME": "ceiling-tiles",
        "PASSWORDS_FILE": str(folder / "passwords"),
        "CONFIGURATION_FILE": str(folder / "mosquitto.conf"),
        **SECRETS,
    }
    folder.chmod(0o777)  # a broker that was started by root goes on as a user of its own
    folder.parent.chmod(0o755)
    folder.parent.parent.chmod(0o755)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", str(ROOT / "deploy/mosquitto/start.sh")], env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(lambda: _connected(port, "twin", "t") == "Success", (folder / "log").read_text)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(there: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    until = time.monotonic() + 15
    while not there():
        if time.monotonic() > until:
            pytest.fail(otherwise())
        time.sleep(0.05)


def _connected(port: int, user: str | None, password: str | None) -> str:
    """Return what the broker says to who connects."""
    said: list[str] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set(user, password) if user else None
    client.on_connect = lambda _client, _data, _flags, reason, _properties: said.append(str(reason))
    try:
        client.connect("127.0.0.1", port)
    except OSError:
        return "nobody there"
    until = time.monotonic() + 5
    while not said and time.monotonic() < until:
        client.loop(0.05)
    client.disconnect()
    return said[0] if said else "silence"


def heard(port: int, reader: tuple[str, str], writer: tuple[str, str], topics: list[str]) -> set[str]:
    """Return which of these topics a reader hears what a writer publishes on."""
    found: set[str] = set()
    last = []
    with_reader, with_writer = (mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5) for _ in range(2))
    with_reader.username_pw_set(*reader)
    with_writer.username_pw_set(*writer)
    with_reader.on_message = lambda _client, _data, message: found.add(message.topic)
    with_reader.on_subscribe = lambda *_: last.append("subscribed")
    for client in (with_reader, with_writer):
        client.connect("127.0.0.1", port)
        client.loop_start()
    try:
        with_reader.subscribe("#", qos=1)
        _wait_for(lambda: bool(last), lambda: "no subscription")
        for topic in topics:
            with_writer.publish(topic, b"x", qos=1).wait_for_publish(5)
        time.sleep(0.3)  # for what might still come
        return found
    finally:
        for client in (with_reader, with_writer):
            client.disconnect()
            client.loop_stop()


PLANT, TWIN = ("ceiling-tiles", "p"), ("twin", "t")


def test_a_plant_writes_every_kind_of_event_of_its_own_line_and_no_other(broker: int) -> None:
    own = [f"{HERE}/ceiling-tiles/press/{kind}" for kind in KINDS]
    own += [f"{HERE}/ceiling-tiles/press/{kind}/2" for kind in sorted(RETAINED)]
    other = [f"{HERE}/machine-shop/press/state", "elsewhere/ceiling-tiles/press/state"]
    of_the_twin = [presence_topic(HERE, "ceiling-tiles")]

    assert heard(broker, TWIN, PLANT, own + other + of_the_twin) == set(own)


def test_the_twin_writes_that_it_is_there_and_the_plant_reads_it(broker: int) -> None:
    presence = presence_topic(HERE, "ceiling-tiles")
    others = [presence_topic(HERE, "machine-shop"), f"{HERE}/ceiling-tiles/press/state"]

    assert heard(broker, PLANT, TWIN, [presence, *others]) == {presence}


@pytest.mark.parametrize(("user", "password"), [("twin", "wrong"), ("nobody", "t"), (None, None)])
def test_who_is_not_known_stays_out(broker: int, user: str | None, password: str | None) -> None:
    assert _connected(broker, user, password) == "Not authorized"


def test_more_than_a_thousand_messages_wait_for_a_twin_that_is_away(broker: int) -> None:
    topic = f"{HERE}/ceiling-tiles/press/part"
    got: list[int] = []

    def twin() -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, "away", clean_session=False)
        client.username_pw_set(*TWIN)
        client.on_message = lambda _client, _data, message: got.append(int(message.payload))
        client.connect("127.0.0.1", broker)
        client.loop_start()
        return client

    first = twin()
    first.subscribe(topic, qos=1)
    time.sleep(0.3)
    first.disconnect()
    first.loop_stop()
    plant = mqtt.Client(CallbackAPIVersion.VERSION2)
    plant.username_pw_set(*PLANT)
    plant.max_inflight_messages_set(500)
    plant.connect("127.0.0.1", broker)
    plant.loop_start()
    sent = [plant.publish(topic, str(number), qos=1) for number in range(5_000)]
    sent[-1].wait_for_publish(20)
    plant.disconnect()
    plant.loop_stop()
    second = twin()
    _wait_for(lambda: len(got) >= len(sent), lambda: f"{len(got)} of {len(sent)}")
    second.disconnect()
    second.loop_stop()

    assert got == list(range(5_000))
