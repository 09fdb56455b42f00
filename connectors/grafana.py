"""Dashboards pushed to a running Grafana, in a folder of their own, again and again with the same outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from requests import Response

    from connectors.settings import GrafanaSettings

PATIENCE_S = 10.0
"""How long an answer is waited for [s]."""

NO_CONTENT, UNAUTHORISED, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, SERVER_ERROR = 204, 401, 403, 404, 412, 500

WORDS = {
    400: "it refuses the dashboard ({said}); one that it was provisioned with from a file is changed there",
    UNAUTHORISED: "it does not know this token; set TWIN_GRAFANA_TOKEN to a service account's, role Editor",
    FORBIDDEN: "this token may not do that ({said}); give its service account the role Editor",
    NOT_FOUND: "there is no Grafana at this address ({said}); name the one that its start page has, sub-path included",
    PRECONDITION_FAILED: "somebody changed the dashboard meanwhile ({said}); push again",
}
"""What is wrong and what to do, by the status of an answer."""


class Folder(NamedTuple):
    """Where dashboards stand."""

    uid: str
    title: str


class Pushed(NamedTuple):
    """What became of one dashboard: the version that Grafana has of it now, whether this push made it, and its page."""

    title: str
    version: int
    new: bool
    path: str


def push(settings: GrafanaSettings, folder: Folder, dashboards: Sequence[Mapping[str, Any]]) -> list[Pushed]:
    """Write dashboards into a folder, which is made where it is missing; one that is there already keeps its version.

    Raises
    ------
    InputError
        In one sentence, if Grafana is away, refuses, or is none. What was pushed before stays.
    """
    with _Grafana(settings) as grafana:
        grafana.who()
        _make(grafana, folder)
        return [_push(grafana, folder, dashboard) for dashboard in dashboards]


def check(settings: GrafanaSettings, source: str) -> str | None:
    """Return what is wrong with Grafana, its token or the data source of this uid, in a sentence, or None."""
    try:
        with _Grafana(settings) as grafana:
            grafana.who()
        missing = not has_source(settings, source)
    except InputError as error:
        return str(error)
    return f"{settings.url}: there is no data source {source}; provision it, or name yours" if missing else None


def has_source(settings: GrafanaSettings, source: str) -> bool:
    """Return whether there is a data source of this uid; it is taken to be there where the token may not look.

    Raises
    ------
    InputError
        As `push`.
    """
    unseen = {NOT_FOUND: False, FORBIDDEN: True}
    with _Grafana(settings) as grafana:
        answer = grafana.ask("GET", f"/datasources/uid/{source}", unless=unseen)
    return answer if isinstance(answer, bool) else True


def _make(grafana: _Grafana, folder: Folder) -> None:
    """Make the folder. Made first and not looked for: a missing one is "forbidden" to an Editor's token."""
    there = {PRECONDITION_FAILED: True}
    grafana.ask("POST", "/folders", {"uid": folder.uid, "title": folder.title}, unless=there)


def _push(grafana: _Grafana, folder: Folder, dashboard: Mapping[str, Any]) -> Pushed:
    """Write a dashboard. The folder is named each time: without it a dashboard would move out of it."""
    uid = dashboard["uid"]
    none = {"dashboard": {"version": 0}}
    before = grafana.ask("GET", f"/dashboards/uid/{uid}", unless={NOT_FOUND: none, FORBIDDEN: none})
    body = {"dashboard": {**dashboard, "id": None}, "folderUid": folder.uid, "overwrite": True}
    answer = grafana.ask("POST", "/dashboards/db", body)
    version = int(answer["version"])
    return Pushed(str(dashboard["title"]), version, version != before["dashboard"]["version"], f"/d/{uid}")


class _Grafana:
    """The HTTP interface of one Grafana; every trouble with it is an `InputError` of one sentence."""

    def __init__(self, settings: GrafanaSettings) -> None:
        from grafana_api.grafana_face import GrafanaFace

        parts = urlsplit(settings.url)
        path = parts.path.strip("/")
        self._url = settings.url
        self._api = GrafanaFace(
            auth=settings.token,
            host=f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname,
            port=parts.port,
            protocol=parts.scheme,
            url_path_prefix=f"{path}/" if path else "",
            timeout=PATIENCE_S,
        ).api
        self._status = 0
        self._api.s.hooks["response"].append(self._heard)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.s.close()

    def _heard(self, response: Response, **_: object) -> None:
        self._status = response.status_code
        if response.is_redirect:
            target = response.headers["location"].partition("/api")[0]
            response.close()
            raise InputError(f"{self._url}: it sends on to {target}; write that address")

    def who(self) -> None:
        """See that the token is known: a Grafana open to anonymous readers answers them as if it were."""
        self.ask("GET", "/user", unless={NOT_FOUND: None, FORBIDDEN: None})

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        unless: Mapping[int, Any] | None = None,
    ) -> Any:  # noqa: ANN401 -- whatever JSON the server answers
        """Return the answer to a request, None if it has no content, or what `unless` has for its status."""
        from grafana_api.grafana_api import GrafanaException
        from requests import RequestException

        request: Callable[..., Any] = getattr(self._api, method)
        self._status = 0
        try:
            return request(path, json=body)
        except GrafanaException as error:
            if unless is not None and error.status_code in unless:
                return unless[error.status_code]
            raise InputError(f"{self._url}: {_refusal(error.status_code, error.response)}") from None
        except RequestException as error:
            if self._status == NO_CONTENT:
                return None  # done; the library looks for JSON even there
            known = self._status != 0
            problem = "it answers, but not as Grafana does; is the address right?" if known else _trouble(error)
            raise InputError(f"{self._url}: {problem}") from None


def _refusal(status: int, response: object) -> str:
    said = response.get("message", "") if isinstance(response, dict) else str(response)
    shown = " ".join(str(said).split())[:120] or f"HTTP {status}"
    if status >= SERVER_ERROR:
        return f"it is in trouble ({status}: {shown}); try again, and look into its log"
    return WORDS.get(status, "it refuses (" + str(status) + ": {said}); see its log").format(said=shown)


def _trouble(error: Exception) -> str:
    from requests import ConnectTimeout, ReadTimeout
    from requests.exceptions import SSLError

    if isinstance(error, SSLError):
        return "its certificate is not trusted; name its authority in REQUESTS_CA_BUNDLE"
    if isinstance(error, ConnectTimeout | ReadTimeout):
        return f"no answer in {PATIENCE_S:g} s; is it up, and does a firewall lie between?"
    return "nothing answers there; is Grafana up, and the address right?"
