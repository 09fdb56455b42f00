"""What `twin fit` writes: the line, its samples and its fits, all of them or none."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import InputError
from twin.line.names import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from twin.calibration.calibrate import Calibration, FitRow

TABLE, UNKNOWN, VALIDATION = "fits.csv", "unknown.txt", "validation.txt"

COLUMNS = (
    "station", "what", "form", "family", "count", "not_to_their_end", "mean", "unit", "aic", "ad", "p_value", "path",
    "picture",
)  # fmt: skip
"""The columns of the table of fits; `mean` as `mean_seen` gives it, in `unit`."""


def places(line: Path) -> tuple[Path, Path, Path]:
    """Return where the line, its samples and the folder of its fits stand."""
    from twin.line.samples import samples_path

    return line, samples_path(line), line.with_name(f"{line.stem}.fits")


def check_places(line: Path, *, force: bool) -> None:
    """Find out before the work that a line cannot be named so, or would be written over something.

    Raises
    ------
    InputError
        If the name is none for a line; if something stands there and `force` is false, or is not what a fit writes.
    """
    if NAME.fullmatch(line.stem) is None:
        raise InputError(f"-o {line}: a line's name is a letter, then letters, digits, _ and -; write my_shop.yaml")
    there = [path for path in places(line) if path.exists() or path.is_symlink()]
    if there and not force:
        raise InputError(f"-o {line}: {there[0]} is there already; write --force to replace it, or name another line")
    *_, folder = places(line)
    if folder.exists() and not (folder.is_dir() and all(_is_ours(file) for file in folder.iterdir())):
        raise InputError(f"-o {line}: {folder} holds what no fit has written; move it, or name another line")


def _is_ours(file: Path) -> bool:
    return file.name in (TABLE, UNKNOWN, VALIDATION) or file.suffix == ".svg"


def write_fit(line: Path, found: Calibration, validation: str = "") -> list[Path]:
    """Write a fitted line, its samples and its fits, all or none of them, and return where.

    `validation` is what was found of how far to trust the line; it goes with the fits.

    Raises
    ------
    InputError
        If the log shows no line that can run, or one cannot be written; what stood there is untouched.
    """
    from twin.calibration.line_text import line_text
    from twin.line.samples import write_samples

    _, samples, fits = places(line)
    try:
        with tempfile.TemporaryDirectory(dir=line.parent, prefix=f".{line.stem}-") as name:
            staged = Path(name)
            beside = [f"{fits.name} (how well each law fits)"]
            if found.paths:
                beside.insert(0, f"{samples.name} (other values that the log allows)")
                write_samples(staged / line.name, found.paths, found.samples)
            said = f"Beside this file stand {' and '.join(beside)}."
            text = line_text(found, line.stem, beside=said)
            _check_line(text, found, line.name)
            (staged / line.name).write_text(text, encoding="utf-8")
            (staged / fits.name).mkdir()
            for file, text in _folder(found, validation):
                (staged / fits.name / file).write_text(text, encoding="utf-8", newline="")
            written = [path for path in places(line) if (staged / path.name).exists()]
            _put_in_place(staged, places(line))
    except OSError as error:
        raise InputError(f"-o {line}: cannot be written ({error.strerror}); name another place") from None
    return written


def _check_line(text: str, found: Calibration, name: str) -> None:
    """Refuse a line that no other command would read."""
    from twin.line.load import load_line_text

    try:
        load_line_text(text, name)
    except InputError as error:
        raise InputError(f"{found.plant.log.source}: shows no line that can run: {error.problems[0]}") from None


def _put_in_place(staged: Path, targets: Iterable[Path]) -> None:
    """Move what is staged to its places, and what stood there away; back again if anything stops it."""
    before = staged / "before"
    before.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for target in targets:
            for source, place in ((target, before / target.name), (staged / target.name, target)):
                if source.exists():
                    source.replace(place)
                    moved.append((source, place))
    except BaseException:
        for source, place in reversed(moved):
            place.replace(source)
        raise


def _folder(found: Calibration, validation: str) -> Iterator[tuple[str, str]]:
    """Yield the files of the folder of fits, each with its text."""
    from dashboards.fits import fit_svg, picture_name

    yield TABLE, _table(found)
    if validation:
        yield VALIDATION, validation
    yield UNKNOWN, "\n".join(_unknown(found)) + "\n"
    for row in found.fits:
        yield picture_name(row), fit_svg(row)


def _unknown(found: Calibration) -> Iterator[str]:
    yield from found.unknown
    yield from (f"Row {problem.row} of the log {problem.sentence}: not read." for problem in found.plant.log.problems)


def _table(found: Calibration) -> str:
    from dashboards.fits import picture_name

    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in found.fits:
        fit = row.fit
        numbers = ("" if value is None else f"{value:.6g}" for value in (fit.aic, fit.ad, fit.p_value))
        table.writerow((
            row.station or "", row.what, row.form, fit.family, fit.n, fit.censored, f"{mean_seen(found, row):.6g}",
            "pieces" if row.what == "pieces" else "s", *numbers, row.path, picture_name(row),
        ))  # fmt: skip
    return text.getvalue()


def mean_seen(found: Calibration, row: FitRow) -> float:
    """Return the mean of a fitted law [s, or pieces]: of a cycle by pieces, of lots as large as those seen."""
    mean = row.fit.distribution.mean
    if not row.form.startswith("pieces"):
        return mean
    station = found.plant.visits.stations.index(row.path.split(".")[1])
    cycle, seen = found.laws.cycles[station], found.laws.seen["cycle", station]
    pieces = found.plant.orders.pieces[seen.order].astype(float)
    return mean * cycle.level * float((pieces**cycle.exponent).mean())
