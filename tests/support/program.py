"""The program `twin`, run within the test: what it prints and how it ends."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from twin.cli.app import main


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and what it wrote to standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The first paragraph, on one line."""
        return " ".join(self.out.split("\n\n")[0].split())

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document that is all of the output."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def twin(*arguments: object, encoding: str = "utf-8") -> Answer:
    """Run a command as in a pipe."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))
    code: object = 0
    with patch.object(sys, "argv", ["twin", *map(str, arguments)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    texts = (stream.buffer.getvalue().decode(encoding) for stream in (out, err))  # type: ignore[attr-defined]
    return Answer(int(str(code)), *texts)
