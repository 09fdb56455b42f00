from __future__ import annotations

import lines
from support.program import twin


def test_every_line_and_site_is_named_with_what_it_is() -> None:
    answer = twin("lines")

    assert answer.code == 0
    assert answer.sentence == f"{len(lines.names())} lines and {len(lines.site_names())} sites come along."
    assert all(f"\n{name} " in answer.out for name in (*lines.names(), *lines.site_names()))
    said = " ".join(answer.out.split())
    assert "Rock-wool ceiling tiles 19,000,000 m² manual, assisted, cells, auto" in said


def test_the_document_holds_the_same() -> None:
    document = twin("lines", "--json").document

    assert tuple(document["lines"]) == lines.names()
    assert tuple(document["sites"]) == lines.site_names()
    assert document["lines"]["three_stations"]["levels"] == ["manual", "cells"]


def test_no_row_is_wider_than_the_page() -> None:
    assert max(map(len, twin("lines").out.splitlines())) <= 100
