"""InfluxDB: points written by its HTTP API, and what it says when it takes them not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from twin.errors import TwinError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.settings import InfluxSettings

TIMEOUT_S = 10.0
"""How long one request may take [s]."""

DROPPED = re.compile(r"dropped=(\d+)")
NO_POINT = "check"
"""A line without fields, which every InfluxDB refuses after it has looked at the token and the bucket."""

BAD_REQUEST, TOO_LARGE, UNPROCESSABLE = 400, 413, 422
REJECTED = {BAD_REQUEST, TOO_LARGE, UNPROCESSABLE}


class Away(TwinError):  # noqa: N818 -- it says what the server is
    """The server does not answer, or not now; it may be asked again soon."""


class Barred(Away):
    """The server answers that it will not: the token, the bucket or the address is wrong, until a person changes it."""


class InfluxDb:
    """One bucket of an InfluxDB 2.x (or of a 1.8, which has the same way in).

    Parameters
    ----------
    settings
        Where it is, and the token.
    timeout_s
        How long one request may take [s].
    """

    def __init__(self, settings: InfluxSettings, *, timeout_s: float = TIMEOUT_S) -> None:
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS

        self._settings = settings
        self._timeout_s = timeout_s
        self._client = InfluxDBClient(
            url=settings.url, token=settings.token, org=settings.org, timeout=round(1000 * timeout_s)
        )
        self._api = self._client.write_api(write_options=SYNCHRONOUS)

    def write(self, lines: Sequence[str]) -> list[tuple[str, str]]:
        """Write lines, and return when they are safe there.

        Parameters
        ----------
        lines
            In line protocol, times in ns. Writing one again changes nothing.

        Returns
        -------
        list of (str, str)
            The lines that the server refuses whenever it is asked, with its reason; all others are written.

        Raises
        ------
        Away
            If the server does not take them now; some of them may be written.
        """
        if not lines:
            return []
        reason = self._refusal(lines)
        if reason is None:
            return []
        dropped = DROPPED.search(reason)
        if len(lines) == 1 or (dropped and int(dropped[1]) == len(lines)):
            return [(line, reason) for line in lines]
        # One bad line may have kept back the whole batch: its half is asked again, and its half.
        half = len(lines) // 2
        return self.write(lines[:half]) + self.write(lines[half:])

    def ask(self) -> None:
        """Ask whether points can be written, and leave nothing behind.

        Raises
        ------
        Away
            If they cannot, with the reason.
        """
        if self._refusal([NO_POINT]) is None:
            raise Barred(f"{self._settings.url}: this is no InfluxDB, for it takes anything; check the address")

    def check(self) -> str | None:
        """Say in one sentence why points cannot be written; None if they can."""
        try:
            self.ask()
        except Away as error:
            return str(error)
        return None

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _refusal(self, lines: Sequence[str]) -> str | None:
        """Post lines: None if they were taken, else why some were not."""
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError

        settings = self._settings
        try:
            self._api.write(settings.bucket, settings.org, "\n".join(lines).encode())
        except ApiException as error:
            return self._rejection(error)
        except HTTPError as error:
            raise Away(f"{settings.url}: InfluxDB {self._silence(error)}; points wait in the store") from error
        return None

    def _rejection(self, error: Any) -> str:  # noqa: ANN401 -- the client's exceptions bring no types
        """Return why points were rejected for good; anything else is raised."""
        settings, status, said = self._settings, int(error.status or 0), _message(error)
        if status in REJECTED and (said is not None or status == TOO_LARGE):
            return said or "the line is too long for the server"
        sentences = {
            0: f"the encrypted connection fails ({error.reason}); check the address and the certificate",
            401: "the token is refused; set TWIN_INFLUX_TOKEN to one that may write",
            403: f"the token may not write the bucket {settings.bucket}; give it that right",
            404: f"there is no bucket {settings.bucket} of {settings.org} ({said or 'not found'}); create it",
        }
        if status in sentences:
            raise Barred(f"{settings.url}: {sentences[status]}; points wait in the store") from error
        raise Away(
            f"{settings.url}: InfluxDB answers {status} {said or error.reason}; points wait in the store"
        ) from error

    def _silence(self, error: Exception) -> str:
        from urllib3.exceptions import NameResolutionError, NewConnectionError
        from urllib3.exceptions import TimeoutError as NoAnswer

        if isinstance(error, NameResolutionError):
            return "is not found: there is no such host"
        if isinstance(error, NewConnectionError):
            return "is not there: nothing listens"
        if isinstance(error, NoAnswer):
            return f"does not answer within {self._timeout_s:g} s"
        return f"broke off the connection ({type(error).__name__})"


def _message(error: Any) -> str | None:  # noqa: ANN401 -- as above
    """Return what an InfluxDB says in its answer: `message` of a 2.x, `error` of a 1.x; None of any other server."""
    try:
        answer = json.loads(error.body)
        return str(answer.get("message") or answer["error"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
