"""A real Mosquitto on free loopback ports, with a configuration of its own in a folder of the test."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

SEARCH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
USER, PASSWORD = "plant", "right-password"
ROOT = "twin/france/plant"
"""What the user may read and write is below this."""

CONFIGURATION = """
user {user}
per_listener_settings true
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 0
max_inflight_messages 0
log_dest file {folder}/log
listener {open} 127.0.0.1
allow_anonymous true
listener {guarded} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
listener {tls} 127.0.0.1
allow_anonymous true
cafile {folder}/ca.pem
certfile {folder}/server.pem
keyfile {folder}/server.key
"""


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find(program: str) -> str:
    """Return a server's program; the test is skipped where there is none, and fails where all must be there."""
    found = shutil.which(program, path=SEARCH)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not installed")
    return found


class Broker:
    """A Mosquitto with three listeners: open to all, guarded by a password, and encrypted."""

    def __init__(self, folder: Path) -> None:
        self.program = find("mosquitto")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.open, self.guarded, self.tls = free_port(), free_port(), free_port()
        self.ca = folder / "ca.pem"
        self._process: subprocess.Popen[bytes] | None = None
        _certify(folder)
        _admit(folder)
        ports = {"open": self.open, "guarded": self.guarded, "tls": self.tls}
        (folder / "mosquitto.conf").write_text(
            CONFIGURATION.format(user=getpass.getuser(), folder=folder, **ports), encoding="utf-8"
        )

    @property
    def url(self) -> str:
        """The address of the listener that is open to all."""
        return f"mqtt://127.0.0.1:{self.open}"

    @property
    def guarded_url(self) -> str:
        """The address of the listener that asks for the password of `USER`."""
        return f"mqtt://{USER}@127.0.0.1:{self.guarded}"

    @property
    def tls_url(self) -> str:
        """The address of the encrypted listener, whose certificate `ca` vouches for."""
        return f"mqtts://127.0.0.1:{self.tls}"

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = [self.program, "-c", str(self.folder / "mosquitto.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                for port in (self.open, self.guarded, self.tls):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
            else:
                return
        log = self.folder / "log"
        pytest.fail(f"mosquitto did not start: {log.read_text(encoding='utf-8') if log.exists() else 'no log'}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop as a service is stopped, keeping sessions and retained messages."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=20)
            self._process = None

    def kill(self) -> None:
        """Kill it: it forgets what it has not saved."""
        self.stop(signal.SIGKILL)

    def restart(self, away_s: float = 0.0) -> None:
        """Stop, stay away for a while and start again."""
        self.stop()
        time.sleep(away_s)
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.stop()


def _admit(folder: Path) -> None:
    """Write the passwords and the topics of the one user."""
    subprocess.run(
        [find("mosquitto_passwd"), "-b", "-c", str(folder / "passwords"), USER, PASSWORD],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "acl").write_text(f"user {USER}\ntopic readwrite {ROOT}/#\n", encoding="utf-8")
    for name in ("passwords", "acl"):
        (folder / name).chmod(0o600)


def _certify(folder: Path) -> None:
    """Make an authority, and a certificate for the loopback address that it vouches for."""
    openssl = find("openssl")

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    run("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n", encoding="utf-8")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "server.pem", "-days", "2", "-extfile", "names")  # fmt: skip
