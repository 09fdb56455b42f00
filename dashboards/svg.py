"""The few strokes of which a drawing is made, as SVG text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from dashboards.palette import Pattern

CORNER = 6.0


def path(points: list[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    """Draw a line through corners [px], each rounded, with the marker "arrow" at its end."""
    kept = [points[0]]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        straight = (before[0] == at[0] == after[0]) or (before[1] == at[1] == after[1])
        if at not in (before, after) and not straight:
            kept.append(at)
    kept.append(points[-1])
    drawn = [f"M{kept[0][0]:.1f} {kept[0][1]:.1f}"]
    for (before, at), (_, after) in pairwise(pairwise(kept)):
        near, far = _towards(at, before), _towards(at, after)
        drawn.append(f"L{near[0]:.1f} {near[1]:.1f}Q{at[0]:.1f} {at[1]:.1f} {far[0]:.1f} {far[1]:.1f}")
    drawn.append(f"L{kept[-1][0]:.1f} {kept[-1][1]:.1f}")
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path d="{"".join(drawn)}" fill="none" stroke="{colour}" stroke-width="2"{dash} marker-end="url(#arrow)"/>'


def _towards(corner: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Find the point at which a rounded corner begins; of a short piece, its middle."""
    length = abs(end[0] - corner[0]) + abs(end[1] - corner[1])
    share = min(CORNER, length / 2) / length
    return corner[0] + share * (end[0] - corner[0]), corner[1] + share * (end[1] - corner[1])


def box(x: float, y: float, width: float, height: float, fill: str, *, more: str = "") -> str:
    """Draw a filled rectangle [px]; `more` holds further attributes."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.2f}" height="{height:.1f}" fill="{fill}" {more}/>'


def words(
    x: float, y: float, text: str, colour: str, *, size: float = 13, weight: int = 400, anchor: str = "start"
) -> str:
    """Write words, of which (x, y) is the foot of the first letter, the middle or the end as `anchor` says [px]."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size:g}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


_TILES: dict[Pattern, str] = {
    "vertical": 'width="5" height="5"><rect width="2" height="5" fill="{c}"/>',
    "diagonal": 'width="5" height="5" patternTransform="rotate(45)"><rect width="3" height="5" fill="{c}"/>',
    "horizontal": 'width="4" height="4"><rect width="4" height="2" fill="{c}"/>',
    "dark_diagonal": 'width="4" height="4" patternTransform="rotate(-45)"><rect width="4" height="4" fill="{c}"/>'
    '<rect width="1" height="4" fill="#FFFFFF" fill-opacity="0.75"/>',
    "dots": 'width="4" height="4"><circle cx="2" cy="2" r="1.4" fill="{c}"/>',
    "wide_diagonal": 'width="9" height="9" patternTransform="rotate(-45)"><rect width="5" height="9" fill="{c}"/>',
    "outline": 'width="4" height="4"><rect width="4" height="4" fill="{c}" fill-opacity="0.25"/>',
    "solid": 'width="4" height="4"><rect width="4" height="4" fill="{c}"/>',
}


def pattern(name: str, pattern: Pattern, colour: str) -> str:
    """Define the fill of a state, to be used as `url(#state-NAME)`."""
    tile = _TILES[pattern].replace("{c}", colour)
    return f'<pattern id="state-{name}" patternUnits="userSpaceOnUse" {tile}</pattern>'
