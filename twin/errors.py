"""The families of error: the input is wrong, or the program is."""

from __future__ import annotations


class TwinError(Exception):
    """Any error that the twin raises on purpose."""


class InputError(TwinError):
    """The input is wrong: what a person wrote, in a file or on the command line.

    Parameters
    ----------
    *problems : str
        One sentence each, of the shape `place: what was found; what to write instead`.

    Examples
    --------
    >>> str(InputError('lines/x.yaml:31 stations.press.cycle: "12 sek" is not a time; write 12 s, 0.2 min or 1 h'))
    'lines/x.yaml:31 stations.press.cycle: "12 sek" is not a time; write 12 s, 0.2 min or 1 h'
    """

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(self.problems)


class Defect(TwinError):  # noqa: N818 -- the word says more than DefectError
    """The program is wrong: something that the rules say cannot happen has happened."""
