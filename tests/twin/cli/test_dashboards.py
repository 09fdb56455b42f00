from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.program import twin

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "dashboards" / "grafana"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_build_writes_the_files_that_are_kept(tmp_path: Path) -> None:
    answer = twin("dashboards", "build", "--out", tmp_path)

    assert answer.code == 0
    assert files(tmp_path) == files(KEPT)
    assert sorted(answer.out.splitlines()) == sorted(str(tmp_path / name) for name in files(KEPT))


def test_build_asks_for_the_oee_that_is_named(tmp_path: Path) -> None:
    assert twin("dashboards", "build", "--out", tmp_path, "--oee-target", "60 %").code == 0

    board = json.loads((tmp_path / "dashboards/live-line.json").read_text("utf-8"))
    assert board["panels"][0]["title"] == "OEE index, target 60%"
    assert "- 0.6\n" in (tmp_path / "provisioning/alerting/line-twin.yaml").read_text("utf-8")


@pytest.mark.parametrize("written", ["abc", "0", "1.2", "-3 %", "nan"])
def test_an_oee_that_is_none_is_refused(tmp_path: Path, written: str) -> None:
    answer = twin("dashboards", "build", "--out", tmp_path, f"--oee-target={written}")

    assert (answer.code, answer.err) == (2, f'--oee-target: "{written}" is no OEE; write 75 % or 0.75\n')
    assert files(tmp_path) == {}


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = twin("dashboards", "build", "--out", tmp_path / "file")

    assert answer.code == 2
    assert answer.err.startswith(f"{tmp_path}/file")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("buidl",), "twin dashboards buidl: there is no such command; did you mean build?"),
        (("push",), "twin dashboards push: write --url http://HOST:3000, the address of Grafana"),
        (("push", "--url", "http://localhost:3000"), "TWIN_GRAFANA_TOKEN: is not set"),
        (("push", "--url", "http://me:secret@localhost"), "http://me@localhost: an address holds no password"),
        (("push", "--url", "grafana"), '"grafana" is no address of http or https'),
        (("push", "--uri", "x"), "--uri: there is no such option of twin dashboards push; did you mean --url?"),
    ],
)
def test_a_slip_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.delenv("TWIN_GRAFANA_TOKEN", raising=False)
    answer = twin("dashboards", *arguments)

    assert answer.code == 2
    assert answer.err.startswith(sentence)
    assert "secret" not in answer.err
