"""A real InfluxDB 1.6.7 that is spoken to as a 2.x: behind an nginx that rewrites `/api/v2/write` and asks for a token.

Debian has no 2.x; what a writer and InfluxQL see of the two is the same (docs/how-to/keep-it-running.md).
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from connectors.settings import InfluxSettings
from support.mosquitto import find, free_port

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

TOKEN, ORG, BUCKET = "right-token", "plant", "twin"

DATABASE = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
query-log-enabled = false
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:{inner}"
log-enabled = false
[logging]
level = "error"
"""

PROXY = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 128; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_buffer_size 16m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $arg_precision $short {{ default n; us u; ms ms; s s; }}
  map $arg_bucket $database {{ default $arg_bucket; "~*^(?<d>.+?)(?:/|%2F).+$" $d; }}
  map $arg_bucket $policy {{ default autogen; "~*^.+?(?:/|%2F)(?<p>.+)$" $p; }}
  map $http_authorization $known {{ default 0; "Token {token}" 1; }}
  server {{
    listen 127.0.0.1:{outer};
    proxy_set_header Authorization "";
    proxy_http_version 1.1;
    default_type application/json;
    location = /ping {{ proxy_pass http://127.0.0.1:{inner}/ping; }}
    location = /health {{ auth_request /ping; try_files /none @healthy; }}
    location @healthy {{ return 200 '{{"name":"influxdb","status":"pass"}}'; }}
    location = /api/v2/write {{
      if ($known = 0) {{ return 401 '{{"code":"unauthorized","message":"unauthorized access"}}'; }}
      rewrite ^ /write?db=$database&rp=$policy&precision=$short? break;
      proxy_pass http://127.0.0.1:{inner};
    }}
    location = /query {{
      if ($known = 0) {{ return 401 '{{"code":"unauthorized","message":"unauthorized access"}}'; }}
      proxy_pass http://127.0.0.1:{inner};
    }}
    location / {{ return 404 '{{"code":"not found","message":"path not found"}}'; }}
  }}
}}
"""


class Influx:
    """An InfluxDB with one bucket, on free loopback ports, in a folder of the test; a context manager starts it."""

    def __init__(self, folder: Path) -> None:
        self._programs = {"influxd": find("influxd"), "nginx": find("nginx")}
        self._inner, self._outer, rpc = free_port(), free_port(), free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        ports = {"inner": self._inner, "outer": self._outer, "rpc": rpc}
        for name, text in (("influxd.toml", DATABASE), ("nginx.conf", PROXY)):
            (folder / name).write_text(text.format(folder=folder, token=TOKEN, **ports), encoding="utf-8")

    @property
    def url(self) -> str:
        """The address that a client of InfluxDB 2.x is given."""
        return f"http://127.0.0.1:{self._outer}"

    def settings(self, *, token: str = TOKEN, bucket: str = BUCKET) -> InfluxSettings:
        """What `connectors.influxdb` is given."""
        return InfluxSettings(self.url, ORG, bucket, token)

    def start(self) -> None:
        """Start the database and the proxy, and wait until they answer."""
        if "nginx" not in self._running:
            command = [self._programs["nginx"], "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"),
                       "-e", str(self.folder / "nginx.log")]  # fmt: skip
            self._running["nginx"] = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        command = [self._programs["influxd"], "-config", str(self.folder / "influxd.toml")]
        with (self.folder / "influxd.log").open("ab") as log:
            self._running["influxd"] = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.url}/health", timeout=5):  # noqa: S310 -- the loopback address
                    self._ask("POST", q=f"CREATE DATABASE {BUCKET}")
                    return
            except (URLError, ConnectionError):
                time.sleep(0.05)
        logs = [(self.folder / name) for name in ("influxd.log", "nginx.log")]
        pytest.fail(
            "InfluxDB did not start: " + " ".join(log.read_text("utf-8")[-500:] for log in logs if log.exists())
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the database; the proxy then answers 502, as one does whose server is away."""
        self._end("influxd", how)

    def kill(self) -> None:
        """Kill the database."""
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """Let the database hang: connections are accepted and nothing answers."""
        self._running["influxd"].send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """End the hanging."""
        self._running["influxd"].send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Stop the database and the proxy."""
        for name in list(self._running):
            self._end(name, signal.SIGKILL)

    def query(self, text: str, *, bucket: str = BUCKET, method: str = "GET") -> list[dict[str, Any]]:
        """Ask in InfluxQL: the rows of every series, each with its tags, times in ns."""
        result = self._ask(method, q=text, db=bucket, epoch="ns")["results"][0]
        if "error" in result:
            pytest.fail(f"{text}: {result['error']}")
        return [
            {**series.get("tags", {}), **dict(zip(series["columns"], values, strict=True))}
            for series in result.get("series", ())
            for values in series["values"]
        ]

    def count(self, measurement: str, field: str) -> int:
        """Count the points of a measurement that have a field."""
        rows = self.query(f'SELECT count("{field}") FROM "{measurement}"')  # noqa: S608 -- names of the test
        return int(rows[0]["count"]) if rows else 0

    def _ask(self, method: str, **parameters: str) -> dict[str, Any]:
        headers = {"Authorization": f"Token {TOKEN}"}
        request = Request(f"{self.url}/query?{urlencode(parameters)}", method=method, headers=headers)  # noqa: S310
        with urlopen(request) as answer:  # noqa: S310 -- the loopback address
            found: dict[str, Any] = json.load(answer)
            return found

    def _end(self, name: str, how: signal.Signals) -> None:
        process = self._running.pop(name, None)
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(how)
            process.wait(timeout=20)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()
