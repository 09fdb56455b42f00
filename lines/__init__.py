"""Reference lines, sites and ways to count OEE that come with the project, found by name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from twin.errors import InputError
from twin.line.names import nearest

__all__ = ["names", "path", "policy_names", "policy_path", "site_names", "site_path", "validation"]


def names() -> tuple[str, ...]:
    """Names of the reference lines, in alphabetical order."""
    return _names(_lines())


def path(name: str) -> Path:
    """Find the file of a reference line.

    Raises
    ------
    InputError
        If there is no such line; the message names the nearest.
    """
    return _find("line", name, _lines())


def validation(name: str) -> str:
    """Return how far to trust a reference line that was fitted to a log, as `twin fit --validate` has found it.

    Raises
    ------
    InputError
        If there is no such line, or it was fitted to none.
    """
    file = path(name).with_suffix(".validation.txt")
    if not file.is_file():
        raise InputError(f"{name} was fitted to no log; its numbers are those that its file names")
    return file.read_text(encoding="utf-8")


def site_names() -> tuple[str, ...]:
    """Names of the sites, in alphabetical order."""
    return _names(_sites())


def site_path(name: str) -> Path:
    """Find the file of a site.

    Raises
    ------
    InputError
        If there is no such site; the message names the nearest.
    """
    return _find("site", name, _sites())


def policy_names() -> tuple[str, ...]:
    """Names of the ways to count OEE, in alphabetical order."""
    return _names(_policies())


def policy_path(name: str) -> Path:
    """Find the file that says how OEE is counted.

    Raises
    ------
    InputError
        If there is no such policy; the message names the nearest.
    """
    return _find("policy", name, _policies())


def _lines() -> Path:
    return Path(str(resources.files(__name__)))


def _sites() -> Path:
    return _lines() / "sites"


def _policies() -> Path:
    return _lines() / "policies"


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in folder.glob("*.yaml")))


def _find(what: str, name: str, folder: Path) -> Path:
    known = _names(folder)
    if name not in known:
        raise InputError(f"there is no {what} {nearest(name, known)}")
    return folder / f"{name}.yaml"
