"""`twin lines`: the lines and sites that come along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.cli.resolve import JsonOption  # noqa: TC001 -- Typer reads the annotations

if TYPE_CHECKING:
    from twin.line.line import Line
    from twin.line.site import Site


def lines(as_json: JsonOption = False) -> None:
    """Name the lines and the sites that come along."""
    from lines import names, path, site_names, site_path
    from twin.cli.show import show_json
    from twin.line.load import load_line
    from twin.line.site import load_site

    known = {name: load_line(path(name)) for name in names()}
    sites = {name: load_site(site_path(name)) for name in site_names()}
    if as_json:
        show_json(document(known, sites))
    else:
        _show(known, sites)


def document(known: dict[str, Line], sites: dict[str, Site]) -> dict[str, Any]:
    """Return what comes along as a JSON document."""
    return {
        "lines": {
            name: {
                "line": line.line,
                "title": line.title,
                "stations": list(line.stations),
                "levels": list(line.levels),
                "unit": line.product.unit,
                "demand_per_year": line.product.demand_per_year,
            }
            for name, line in known.items()
        },
        "sites": {name: {"country": site.country, "currency": site.currency} for name, site in sites.items()},
    }


def _show(known: dict[str, Line], sites: dict[str, Site]) -> None:
    from dashboards.numbers import units
    from twin.cli.show import grey, show, table

    def demand(line: Line) -> str:
        asked = line.product.demand_per_year
        return "–" if asked is None else f"{asked:,.0f} {units(line.product.unit)}"

    show(
        f"{len(known)} lines and {len(sites)} sites come along.",
        table(
            ("line", "what it is", "asked a year", "levels of automation"),
            (
                (name, line.title or line.line, demand(line), ", ".join(line.levels) or "–")
                for name, line in known.items()
            ),
            left=(0, 1, 3),
        ),
        table(
            ("site", "country", "money", "an operator's hour, EUR"),
            ((name, site.country, site.currency, _wage(site)) for name, site in sites.items()),
            left=(0, 1, 2),
        ),
        grey("More about a line: twin check LINE. A line of your own to start from: twin new NAME."),
    )


def _wage(site: Site) -> str:
    from dashboards.numbers import money

    low, mode, high = (site.wage(case=case) for case in ("low", "mode", "high"))
    return money(mode) if low == high else f"{money(mode)} [{money(low)}, {money(high)}]"
