"""The program `twin`: the table of its commands, and how it ends.

It exits with 0 when the work is done, 1 when the answer is no, 2 when the input is wrong, 130 when it was interrupted,
and 141 when nobody reads its output any more, as any program in a pipe.
"""

from __future__ import annotations

import importlib
import sys
from typing import Annotated

import typer

from twin.cli.show import INTERRUPTED, speak_plainly, stop_unheard
from twin.errors import InputError

COMMANDS = ("lines", "new", "check", "run", "compare", "schema", "demo")
"""The commands in the order of `twin --help`; each is the function of that name in the file of that name."""

WRONG_INPUT = 2


def application() -> typer.Typer:
    """Return the program with all its commands."""
    program = typer.Typer(
        name="twin",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    program.callback()(start)
    for name in COMMANDS:
        program.command(name)(getattr(importlib.import_module(f"twin.cli.{name}"), name))
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
    speak_plainly(sys.stdout, sys.stderr)
    try:
        try:
            application()(prog_name="twin")
        finally:
            sys.stdout.flush()
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(WRONG_INPUT)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        stop_unheard()
