"""`twin live`: what is refused before anything is listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.program import twin

if TYPE_CHECKING:
    from pathlib import Path

MQTT = ("--mqtt", "mqtt://127.0.0.1:1")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--store", "."), "--store .: this is a folder; name a file in it"),
        (("--plan", "0"), "--plan 0: this is no plan; write the units planned for a shift, or leave it out"),
        (("--every", "0"), '--every: "0" is no time of 1 s or more; write 1 min'),
        (("--until-idle", "soon"), '--until-idle: "soon" is no time of 1 s or more; write 1 min'),
        (("--policy", "standart"), "there is no policy standart; did you mean standard?"),
        (("--site", "franc"), "there is no site franc; did you mean france?"),
    ],
)
def test_wrong_input_is_one_sentence(more: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    store = () if "--store" in more else ("--store", tmp_path / "kept.sqlite")
    answer = twin("live", "three_stations", *MQTT, *store, *more)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.strip().replace('"', "").startswith(sentence.replace('"', "").partition("; did")[0])
    assert list(tmp_path.iterdir()) == []
