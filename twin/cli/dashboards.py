"""`twin dashboards`: the dashboards of Grafana, written to files or pushed to a Grafana that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.slips import Commands
from twin.errors import InputError

FILES = Path("dashboards/grafana")


def _target(written: object) -> float:
    from twin.units import share

    try:
        found = share(str(written))
    except InputError:
        found = 0.0
    if not found:
        raise InputError(f'--oee-target: "{written}" is no OEE; write 75 % or 0.75')
    return found


TargetOption = Annotated[
    float, typer.Option("--oee-target", metavar="SHARE", parser=_target, help="The OEE asked: 75 % or 0.75.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")]
UrlOption = Annotated[str, typer.Option("--url", metavar="URL", help="Grafana, as http://localhost:3000.")]
SourceOption = Annotated[
    str, typer.Option("--source", metavar="UID", help="The uid of the data source: your InfluxDB, asked in InfluxQL.")
]

dashboards = typer.Typer(
    name="dashboards",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Write the dashboards of Grafana to files, or push them to it.",
)


@dashboards.command()
def build(*, out: OutOption = FILES, oee_target: TargetOption = 0.75) -> None:
    """Write what Grafana reads from files: dashboards, data source, alert rule.

    The same versions write the same bytes. docker-compose.yml gives the files of dashboards/grafana to Grafana.
    """
    from dashboards.provision import files

    for name, text in files(oee_target):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(path)


@dashboards.command()
def push(*, url: UrlOption, source: SourceOption = "line-twin", oee_target: TargetOption = 0.75) -> None:
    """Push the dashboards to a running Grafana, into the folder Line twin.

    The token of a service account with the role Editor is read from TWIN_GRAFANA_TOKEN, or from the file that
    TWIN_GRAFANA_TOKEN_FILE names. Pushing again changes nothing that has not changed.
    """
    from connectors.grafana import Folder, has_source
    from connectors.grafana import push as push_to
    from connectors.settings import grafana_settings
    from dashboards.provision import FOLDER, FOLDER_UID, documents

    settings = grafana_settings(url)
    for pushed in push_to(settings, Folder(FOLDER_UID, FOLDER), list(documents(oee_target, source).values())):
        change = "is now" if pushed.new else "was already"
        print(f"{pushed.title} {change} version {pushed.version} in the folder {FOLDER}: {settings.url}{pushed.path}")
    if not has_source(settings, source):
        raise InputError(
            f"{settings.url}: the dashboards are there, but no data source {source} for them; "
            "make one (docs/how-to/see-it-in-grafana.md), or name yours with --source UID"
        )
