"""The program `twin`: the table of its commands, and how it ends.

It exits with 0 when the work is done, 1 when the answer is no, 2 when the input is wrong, 130 when it was interrupted,
141 when nobody reads its output any more and 143 when it was asked to end, as any program does.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli.show import INTERRUPTED, PIPE_CLOSED, ends_cleanly, hush, speak_plainly
from twin.cli.slips import SLIP, Commands, sentence
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    "lines",
    "new",
    "check",
    "fit",
    "run",
    "explain",
    "compare",
    "plant",
    "replay",
    "live",
    "note",
    "schema",
    "demo",
    "dashboards",
)
"""The commands in the order of `twin --help`; each is the function of that name in the file of that name.

One that has commands of its own is a Typer of that name, and stands behind those that have none.
"""

WRONG_INPUT = 2


def application() -> typer.Typer:
    """Return the program with all its commands."""
    program = typer.Typer(
        name="twin",
        cls=Commands,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    program.callback()(start)
    for name in COMMANDS:
        command = getattr(importlib.import_module(f"twin.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            program.add_typer(command)
        else:
            program.command(name)(command)
    return program


def _version(asked: bool) -> None:
    if asked:
        import twin

        print(f"line-twin {twin.__version__}")
        raise typer.Exit


def start(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Simulate a production line, find what limits it, and see what a unit costs at home and abroad.

    A LINE is the name of a line that comes along (`twin lines`) or a file of your own (`twin new NAME` writes one).
    """


def main() -> None:
    """Run the program on the arguments of the command line."""
    if sys.stdout is None:  # closed by who called; what is opened next must not take its place
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- for as long as the program runs
    speak_plainly(sys.stdout, sys.stderr)
    # What the program holds goes with it: to look through it for what is left over takes half a second.
    atexit.register(gc.freeze)
    with ends_cleanly():
        code = _ended(sys.argv[1:])
    if code:
        sys.exit(code)


def _ended(arguments: Sequence[str]) -> int:
    """Run a command and return the exit code, every error told in sentences on standard error."""
    try:
        try:
            # Not by its own `main`, which has words and exit codes of its own for errors.
            command = typer.main.get_command(application())
            with command.make_context("twin", list(arguments)) as context:
                command.invoke(context)
        finally:
            sys.stdout.flush()
    except typer.Exit as end:
        return end.exit_code
    except InputError as error:
        return _refused(str(error))
    except SLIP as slip:
        return _refused(sentence(slip))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        hush()
        return PIPE_CLOSED
    except OSError as error:
        if error.filename is None:
            hush()
        return _refused(f"{error.filename or 'standard output'}: {error.strerror}; name another file, or make room")
    return 0


def _refused(problem: str) -> int:
    print(problem, file=sys.stderr)
    return WRONG_INPUT
