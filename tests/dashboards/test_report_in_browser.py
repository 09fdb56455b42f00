"""The report in a browser: four sheets of A4, nothing cut, nothing asked of the network, nothing that bars a reader."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from support.reports import ASKED, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

A4 = (595, 842)
WIDE = "html, svg { font-family: 'DejaVu Sans' !important; }"
"""The widest face that a bare Linux falls back to."""

CLIPPED = """() => [...document.querySelectorAll("main *")].filter(element => {
  const style = getComputedStyle(element), inside = element.closest("svg") !== null && element.tagName !== "svg";
  return !inside && style.overflow !== "visible" && !element.matches("svg")
    && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
}).map(element => element.outerHTML.slice(0, 80))"""

OUTSIDE = """() => [...document.querySelectorAll(".sheet")].flatMap(sheet => {
  const box = sheet.getBoundingClientRect(), margin = 56;
  return [...sheet.querySelectorAll("h1, h2, h3, p, li, td, th, dd, dt, footer, header, .chart text")].filter(part => {
    const at = part.getBoundingClientRect();
    const beside = at.left < box.left + margin - 1 || at.right > box.right - margin + 1;
    return at.width > 0 && (beside || at.bottom > box.bottom);
  }).map(part => sheet.id + " " + part.textContent);
})"""

OVERFULL = """() => [...document.querySelectorAll(".sheet")].filter(sheet =>
  sheet.getBoundingClientRect().height > 297 / 25.4 * 96 + 1).map(sheet => sheet.id)"""

OVERLAPPING = """() => [...document.querySelectorAll("svg.chart")].flatMap(chart => {
  const texts = [...chart.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([one, a], at) => texts.slice(at + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3
  ).map(([other]) => one + " | " + other));
})"""


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Page]]:
    """Open reports, each once; no request may be for more than the file itself, and the console must stay silent."""
    pages: dict[str, Page] = {}
    folder, complaints = tmp_path_factory.mktemp("reports"), list[str]()

    def only_the_file(route: Route) -> None:
        if not route.request.url.startswith("file://"):
            complaints.append(route.request.url)
        route.continue_()

    def opened(asked: str) -> Page:
        if asked not in pages:
            page = browser.new_page(viewport={"width": 900, "height": 1200})
            page.on("console", lambda message: complaints.append(message.text))
            page.route("**/*", only_the_file)
            page.goto(made(folder, asked).path.as_uri())
            pages[asked] = page
        assert complaints == []
        return pages[asked]

    yield opened
    for page in pages.values():
        page.close()


@pytest.fixture(params=list(ASKED))
def page(request: pytest.FixtureRequest, shown: Callable[[str], Page]) -> Page:
    return shown(request.param)


def test_every_page_is_one_sheet_and_nothing_lies_outside_its_margins(page: Page, tmp_path: Path) -> None:
    for number, sheet in enumerate(page.locator(".sheet").all(), start=1):
        sheet.screenshot(path=tmp_path / f"page-{number}.png")

    assert page.evaluate(OVERFULL) == []
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CLIPPED) == []
    assert len(list(tmp_path.iterdir())) == 4


def test_no_words_of_a_chart_lie_on_others(page: Page) -> None:
    assert page.evaluate(OVERLAPPING) == []


def test_it_holds_in_the_widest_face_too(page: Page) -> None:
    style = page.add_style_tag(content=WIDE)
    try:
        assert page.evaluate(OVERFULL) == []
        assert page.evaluate(CLIPPED) == []
    finally:
        style.evaluate("style => style.remove()")


def test_it_prints_on_four_pages_of_a4(page: Page) -> None:
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    texts = [sheet.extract_text() for sheet in printed.pages]

    assert [tuple(round(float(end)) for end in sheet.mediabox[2:]) for sheet in printed.pages] == [A4] * 4
    assert [f"{number} / 4" in text for number, text in enumerate(texts, start=1)] == [True] * 4
    assert ["seed 1" in text for text in texts] == [True] * 4


def test_nothing_bars_a_reader(page: Page) -> None:
    found = Axe().run(page).response["violations"]

    assert [fault["id"] for fault in found if fault["impact"] in {"serious", "critical"}] == []
