"""Commands shown in the documentation: found, run in an empty folder, and their output compared or written anew.

A `console` block holds commands (`$ twin ...`) and what they print; where nothing is shown, a command has to succeed.
In a `console refused` block it has to be refused, with exit code 2, and what is shown is its message.
A block whose fence names a file (`yaml my_line.yaml`) is saved under that name; a `diff my_line.yaml` block changes it.
`cp FILE NAME` copies a file of the project.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
REFUSED = 2
"""The exit code of a command whose input is wrong."""
START = "import sys; sys.argv[0] = 'twin'; from twin.cli.app import main; main()"
"""The program as the installed script starts it, whether it is installed or not."""

_BLOCK = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_PASSING = (
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "DIGEST"),  # differs from one processor type to the next
    (re.compile(r",\s(?:\d+(?:\.\d+)?|<1) (?:ms|s|min)(?=\.?$)", re.MULTILINE), ", TIME"),  # how long it took here
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: the words after the fence, its text, and where the text stands in the page."""

    info: tuple[str, ...]
    body: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page, the output shown there, and what it printed when it was run."""

    command: str
    shown: str
    printed: str


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in order."""
    for match in _BLOCK.finditer(page):
        yield Block(tuple(match["info"].split()), match["body"], match.start("body"), match.end("body"))


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with the output shown under it."""
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown.rstrip("\n")


def run_twin(command: str, folder: Path, *, refused: bool = False) -> str:
    """Run a `twin` command line in a folder, as in a pipe 100 columns wide, and return what it prints.

    Raises
    ------
    subprocess.CalledProcessError
        If it does not exit with 0 (`refused`: with 2); the error's note holds what it wrote to stderr.
    """
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-c", START, *shlex.split(command)[1:]],
        cwd=folder,
        env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != (REFUSED if refused else 0):
        error = subprocess.CalledProcessError(done.returncode, command)
        error.add_note(done.stderr)
        raise error
    printed = done.stderr if refused else done.stdout
    return "\n".join(line.rstrip() for line in printed.splitlines()).strip("\n")


def apply_diff(text: str, diff: str) -> str:
    """Replace the lines that a diff marks with `-` (and leaves unmarked) by those with `+` (and unmarked).

    Raises
    ------
    ValueError
        If the lines do not occur exactly once.
    """
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    if text.count(old) != 1:
        raise ValueError(f"the lines to change occur {text.count(old)} times:\n{old}")
    return text.replace(old, new)


def play(page: str, folder: Path) -> Iterator[Step]:
    """Do in a folder what a page says, block by block; yield each `twin` command with its output."""
    for block in blocks(page):
        match block.info:
            case ("console", *refused):
                for command, shown in commands(block):
                    match command.split():
                        case ["cp", source, name]:
                            shutil.copy(ROOT / source, folder / name)
                        case [program, *_] if Path(program).name == "twin":
                            yield Step(command, shown, run_twin(command, folder, refused=bool(refused)))
            case ("diff", name):
                file = folder / name
                file.write_text(apply_diff(file.read_text(encoding="utf-8"), block.body), encoding="utf-8")
            case (_, name):
                (folder / name).write_text(block.body, encoding="utf-8")


def lasting(output: str) -> str:
    """Return an output without what differs from run to run or from one kind of processor to another."""
    for pattern, word in _PASSING:
        output = pattern.sub(word, output)
    return output


def renew(page: str, steps: Iterable[Step]) -> str:
    """Return the page with what its commands print now, wherever it shows an output; the steps are in its order."""
    place = 0
    for step in steps:
        old = f"$ {step.command}\n{step.shown}\n" if step.shown else f"$ {step.command}\n"
        new = f"$ {step.command}\n{step.printed}\n" if step.shown else old
        place = page.index(old, place)
        page = page[:place] + new + page[place + len(old) :]
        place += len(new)
    return page


def main(paths: Iterable[str]) -> int:
    """Write anew the outputs shown on some pages."""
    for path in map(Path, paths):
        page = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(renew(page, play(page, Path(folder))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
