"""Pushing to Grafana, against an HTTP server that answers as a Grafana 12.4 was seen to."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from connectors import grafana
from connectors.grafana import Folder, Pushed, check, has_source, push
from connectors.settings import GrafanaSettings
from support.mosquitto import free_port
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITOR, VIEWER, TOKEN = "editor", "viewer", "glsa_right"
FOLDER = Folder("line-twin", "Line twin")
LIVE = {"uid": "line-twin-live", "title": "Live line", "panels": []}


class Stand(ThreadingHTTPServer):
    """What a Grafana keeps, and how it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokens = {TOKEN: EDITOR, "glsa_viewer": VIEWER}
        self.anonymous = False
        self.folders: dict[str, str] = {}
        self.boards: dict[str, dict[str, Any]] = {}
        self.sources = {"line-twin"}
        self.provisioned: set[str] = set()
        self.asked: list[str] = []
        self.answer_with: tuple[int, str] | None = None
        self.sleeps_s = 0.0
        self.moved_to = ""
        self.edited_meanwhile = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def settings(self, token: str = TOKEN) -> GrafanaSettings:
        return GrafanaSettings(self.url, token)

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that did not wait."""

    def respond(self, method: str, path: str, token: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Return status and body, as documented and as seen."""
        role = self.tokens.get(token, VIEWER if self.anonymous else None)
        if role is None or (path == "/api/user" and token not in self.tokens):
            return 401, {"message": "Invalid API key"}
        if path == "/api/user":
            return 200, {"login": "sa-1"}
        if path.startswith("/api/datasources/uid/"):
            there = path.rpartition("/")[2] in self.sources
            return (200, {"uid": "line-twin"}) if there else (404, {"message": "Data source not found"})
        if method == "POST" and role == VIEWER:
            return 403, {"message": "You'll need additional permissions: folders:create", "accessErrorId": "ACE1"}
        if path == "/api/folders":
            if body["uid"] in self.folders:
                return 412, {"message": "a folder with the same UID already exists"}
            self.folders[body["uid"]] = body["title"]
            return 200, body
        if path.startswith("/api/dashboards/uid/"):
            board = self.boards.get(path.rpartition("/")[2])
            return (200, board) if board else (404, {"message": "Dashboard not found"})
        if path == "/api/dashboards/db":
            return self.written(body)
        return 404, {"message": "Not found"}

    def written(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Keep a dashboard, a new version only if it differs."""
        board, folder = body["dashboard"], body.get("folderUid", "")
        if board["uid"] in self.provisioned:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if folder and folder not in self.folders:
            return 400, {"message": "folder not found"}
        if self.edited_meanwhile:
            return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
        assert board["id"] is None
        assert body["overwrite"] is True
        before = self.boards.get(board["uid"], {"dashboard": {"version": 0}})
        same = {**before["dashboard"], "version": 0} == {**board, "version": 0}
        version = before["dashboard"]["version"] + (not same)
        self.boards[board["uid"]] = {"dashboard": {**board, "version": version}, "meta": {"folderUid": folder}}
        return 200, {"uid": board["uid"], "version": version, "status": "success", "url": "/d/line-twin-live/live-line"}


class _Handler(BaseHTTPRequestHandler):
    server: Stand

    def do_GET(self) -> None:
        self.answer("GET")

    def do_POST(self) -> None:
        self.answer("POST")

    def answer(self, method: str) -> None:
        stand = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        stand.asked.append(f"{method} {self.path}")
        time.sleep(stand.sleeps_s)
        if stand.moved_to:
            self.send_response(301)
            self.send_header("Location", f"{stand.moved_to}{self.path}")
            self.end_headers()
            return
        if stand.answer_with is None:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, found = stand.respond(method, self.path, token, json.loads(body or b"null"))
            text = json.dumps(found)
        else:
            status, text = stand.answer_with
        self.send_response(status)
        self.send_header("Content-Length", str(0 if status == 204 else len(text.encode())))
        self.end_headers()
        if status != 204:
            self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def standing() -> Iterator[Stand]:
    stand = Stand()
    thread = threading.Thread(target=stand.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield stand
    finally:
        stand.shutdown()
        thread.join()
        stand.server_close()


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing() as found:
        yield found


def refused(settings: GrafanaSettings) -> str:
    """Return the one sentence with which a push is refused, without the address; it never holds the token."""
    with pytest.raises(InputError) as caught:
        push(settings, FOLDER, [LIVE])
    [sentence] = caught.value.problems
    assert settings.token not in sentence
    assert "\n" not in sentence
    assert sentence.startswith(f"{settings.url}: ")
    return sentence.removeprefix(f"{settings.url}: ")


def test_the_folder_is_made_and_the_dashboard_stands_in_it(stand: Stand) -> None:
    pushed = push(stand.settings(), FOLDER, [LIVE])

    assert pushed == [Pushed("Live line", 1, new=True, path="/d/line-twin-live")]
    assert stand.folders == {"line-twin": "Line twin"}
    assert stand.boards["line-twin-live"]["meta"]["folderUid"] == "line-twin"


def test_pushed_again_it_keeps_its_version_and_its_folder(stand: Stand) -> None:
    push(stand.settings(), FOLDER, [LIVE])
    again = push(stand.settings(), FOLDER, [LIVE])
    changed = push(stand.settings(), FOLDER, [{**LIVE, "panels": [{"id": 1}]}])

    assert again == [Pushed("Live line", 1, new=False, path="/d/line-twin-live")]
    assert [(each.version, each.new) for each in changed] == [(2, True)]
    assert stand.boards["line-twin-live"]["meta"]["folderUid"] == "line-twin"


def test_who_asks_is_asked_first_so_that_an_anonymous_reader_is_not_taken_for_the_token(stand: Stand) -> None:
    stand.anonymous = True

    assert refused(stand.settings("glsa_wrong")).startswith("it does not know this token")
    assert stand.asked == ["GET /api/user"]


def test_a_wrong_token(stand: Stand) -> None:
    assert refused(stand.settings("glsa_wrong")) == (
        "it does not know this token; set TWIN_GRAFANA_TOKEN to a service account's, role Editor"
    )


def test_the_token_of_a_viewer(stand: Stand) -> None:
    assert refused(stand.settings("glsa_viewer")) == (
        "this token may not do that (You'll need additional permissions: folders:create); "
        "give its service account the role Editor"
    )


def test_an_address_without_the_sub_path(stand: Stand) -> None:
    stand.answer_with = 404, "<html>nothing here</html>"

    assert refused(stand.settings()).startswith("there is no Grafana at this address (<html>nothing here</html>)")


def test_a_grafana_below_a_sub_path_is_asked_there(stand: Stand) -> None:
    settings = GrafanaSettings(f"{stand.url}/grafana", TOKEN)
    with pytest.raises(InputError):
        push(settings, FOLDER, [LIVE])

    assert stand.asked[0] == "GET /grafana/api/user"


def test_a_dashboard_that_somebody_changed_meanwhile(stand: Stand) -> None:
    stand.edited_meanwhile = True

    assert refused(stand.settings()) == (
        "somebody changed the dashboard meanwhile (The dashboard has been changed by someone else); push again"
    )


def test_a_dashboard_that_was_provisioned_from_a_file(stand: Stand) -> None:
    stand.provisioned.add("line-twin-live")

    assert "is changed there" in refused(stand.settings())


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_in_trouble(stand: Stand, status: int) -> None:
    stand.answer_with = status, '{"message": "database is locked"}'

    assert refused(stand.settings()) == (
        f"it is in trouble ({status}: database is locked); try again, and look into its log"
    )


def test_an_answer_that_does_not_come(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grafana, "PATIENCE_S", 0.2)
    stand.sleeps_s = 0.6

    assert refused(stand.settings()) == "no answer in 0.2 s; is it up, and does a firewall lie between?"


def test_nobody_there() -> None:
    settings = GrafanaSettings(f"http://127.0.0.1:{free_port()}", TOKEN)

    assert refused(settings) == "nothing answers there; is Grafana up, and the address right?"


def test_something_that_is_no_grafana(stand: Stand) -> None:
    stand.answer_with = 200, "<html>Welcome</html>"

    assert refused(stand.settings()) == "it answers, but not as Grafana does; is the address right?"


def test_an_address_that_sends_on_is_named_and_the_token_does_not_follow(stand: Stand) -> None:
    with standing() as other:
        stand.moved_to = other.url

        assert refused(stand.settings()) == f"it sends on to {other.url}; write that address"
        assert other.asked == []


def test_an_answer_without_content_is_no_error(stand: Stand) -> None:
    stand.answer_with = 204, ""

    with grafana._Grafana(stand.settings()) as server:
        assert server.ask("POST", "/folders", {}) is None


def test_a_long_answer_with_line_breaks_is_cut_to_a_sentence(stand: Stand) -> None:
    stand.answer_with = 418, "teapot\n" * 1000

    assert len(refused(stand.settings())) < 200


def test_check_says_what_is_wrong_or_nothing(stand: Stand) -> None:
    assert check(stand.settings(), "line-twin") is None
    assert check(stand.settings("glsa_wrong"), "line-twin") == (
        f"{stand.url}: it does not know this token; set TWIN_GRAFANA_TOKEN to a service account's, role Editor"
    )
    assert check(stand.settings(), "mine") == (
        f"{stand.url}: there is no data source mine; provision it, or name yours"
    )


def test_a_data_source_that_the_token_may_not_see_is_taken_to_be_there(stand: Stand) -> None:
    stand.answer_with = 403, '{"message": "Access denied"}'

    assert has_source(stand.settings(), "line-twin")
