"""`twin live`: hold a mirror up to a plant: its KPIs, its stops, and where the shift will end."""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connectors.store_schema import Unwritable
from twin.cli.resolve import LineArgument, OptionsOption, line_of, policy_path, site_of, whole_number
from twin.cli.wire import HOME, MqttOption, SiteOption, TopicOption, VersionOption, broker, say
from twin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectors.mqtt import Subscription
    from connectors.settings import InfluxSettings, MqttSettings
    from twin.cli.live_display import Display
    from twin.cli.live_loop import LiveTwin, Watched
    from twin.kpi.policy import Policy
    from twin.line.line import Line
    from twin.line.site import Site

InfluxOption = Annotated[
    str | None, typer.Option("--influx", metavar="URL", help="InfluxDB 2.x; the token is TWIN_INFLUX_TOKEN.")
]
OrgOption = Annotated[str, typer.Option("--influx-org", metavar="ORG", help="Its organisation.")]
BucketOption = Annotated[str, typer.Option("--influx-bucket", metavar="BUCKET", help="Its bucket.")]
GrafanaOption = Annotated[
    str | None, typer.Option("--grafana", metavar="URL", help="With --check; the token is TWIN_GRAFANA_TOKEN.")
]
StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="FILE", help="What is kept here.  [default: LINE.sqlite]")
]
PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="NAME", help="How OEE is counted: a policy that comes along, or a file.")
]
PlanOption = Annotated[
    float | None,
    typer.Option("--plan", metavar="UNITS", help="Output planned for a shift.  [default: of the year's demand]"),
]
EveryOption = Annotated[
    str, typer.Option("--every", metavar="TIME", help="How often KPIs are told, of the plant's time.")
]
RunsOption = Annotated[
    int,
    typer.Option(
        "--replications",
        metavar="N",
        parser=whole_number("--replications", 0, 100_000),
        help="Runs of a forecast; 0 for none.",
    ),
]
KeepOption = Annotated[str, typer.Option("--keep", metavar="TIME", help="How long events and KPIs stay in the store.")]
IdleOption = Annotated[
    str | None, typer.Option("--until-idle", metavar="TIME", help="Stop when nothing has come for so long.")
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Try broker, store, InfluxDB and Grafana, say what is wrong, and stop.")
]

REFRESH_S = 0.5
"""How often the screen is drawn anew [s]."""
DRAIN_S = 60.0
"""How long points may take to InfluxDB at the end of a plant that has fallen silent [s]."""
LAST_REQUEST_S = 1.0
"""How long a request under way may still take when the twin ends [s]; what it sent is sent again otherwise."""
FULL_DISK_S = 2.0
"""How long to wait where the store cannot be written [s]."""


def live(
    line: LineArgument,
    *,
    mqtt: MqttOption,
    mqtt_version: VersionOption = "5",
    topic: TopicOption = None,
    site: SiteOption = HOME,
    options: OptionsOption = None,
    store: StoreOption = None,
    influx: InfluxOption = None,
    influx_org: OrgOption = "twin",
    influx_bucket: BucketOption = "twin",
    policy: PolicyOption = "standard",
    plan: PlanOption = None,
    every: EveryOption = "1 min",
    replications: RunsOption = 200,
    keep: KeepOption = "90 d",
    until_idle: IdleOption = None,
    check: CheckOption = False,
    grafana: GrafanaOption = None,
) -> None:
    """Mirror a plant over MQTT: its KPIs, its stops, and where the shift will end.

    Nothing is lost: an event is acknowledged once it is in the store, and points wait there for InfluxDB.
    """
    chosen, place = line_of(line), site_of(site)
    settings = broker(mqtt, mqtt_version, topic, place)
    from connectors.settings import grafana_settings, influx_settings

    points = None if influx is None else influx_settings(influx, org=influx_org, bucket=influx_bucket)
    path = store or Path(f"{chosen.line}.sqlite")
    if path.is_dir():
        raise InputError(f"--store {path}: this is a folder; name a file in it")
    if plan is not None and plan <= 0:
        raise InputError(f"--plan {plan:g}: this is no plan; write the units planned for a shift, or leave it out")
    if check:
        from twin.cli.live_check import checked

        seen = None if grafana is None else grafana_settings(grafana)
        raise typer.Exit(0 if checked(settings, chosen, path, points, seen) else 1)
    watched = watched_line(
        chosen, place, options=options, root=settings.root, policy=policy, plan=plan, every=every,
        replications=replications, forwards=points is not None, keep=keep,
    )  # fmt: skip
    _run(watched, settings, path, points, None if until_idle is None else _time("--until-idle", until_idle))


def _run(
    watched: Watched, settings: MqttSettings, path: Path, points: InfluxSettings | None, idle_s: float | None
) -> None:
    """Mirror the plant until asked to stop, or until it has been idle for so long [s]."""
    from connectors.forward import Forwarder
    from connectors.influxdb import InfluxDb
    from connectors.mqtt import Subscription
    from connectors.store import Store
    from twin.cli.live_display import displayed
    from twin.cli.live_loop import LiveTwin
    from twin.engine.compile_once import compile_once

    line = watched.scenario.line
    with _asked_to_stop() as stopping, ExitStack() as stack:
        kept = stack.enter_context(closing(Store(path, line.line)))
        subscription = Subscription(settings, line, durable_id=f"line-twin-{line.line}-{kept.session}", say=say)
        stack.callback(subscription.stop)
        subscription.connect()
        say(f"Listening to {settings.root}/{line.line}/#")
        if watched.replications:
            compile_once(sys.stderr)
        forwarder = None if points is None else Forwarder(kept.outbox, InfluxDb(points), say=say)
        if forwarder is not None:
            forwarder.start()
            stack.callback(forwarder.stop, LAST_REQUEST_S)

        def meanwhile() -> None:
            subscription.turn(0.0)
            if stopping():
                raise typer.Exit

        twin = stack.enter_context(closing(LiveTwin(watched, kept, meanwhile=meanwhile)))
        trouble = (lambda: None) if forwarder is None else (lambda: forwarder.status.sentence or None)
        display = stack.enter_context(displayed(trouble))
        watch(twin, subscription, display, stopping=stopping, idle_s=idle_s)
        if forwarder is not None and not stopping():
            forwarder.drain(DRAIN_S)


def watched_line(
    line: Line,
    site: Site,
    *,
    root: str,
    options: str | None = None,
    policy: str = "standard",
    plan: float | None = None,
    every: str = "1 min",
    replications: int = 200,
    forwards: bool = False,
    keep: str = "90 d",
) -> Watched:
    """Return what a live twin of a line at a site watches; the rest is as on the command line.

    Raises
    ------
    InputError
        If there is no such level or policy, or `every` is no time.
    """
    from twin.cli.live_loop import Watched
    from twin.line.scenario import scenario
    from twin.live.forecast import shift_plan
    from twin.live.shift_calendar import ShiftCalendar

    calendar = ShiftCalendar(line.shifts, site.zone)
    return Watched(
        scenario=scenario(line, options),
        site=site,
        calendar=calendar,
        policy=policy_of(policy),
        root=root,
        plan=lambda shift: shift_plan(line, shift, calendar) if plan is None else plan,
        forwards=forwards,
        every_s=_time("--every", every),
        replications=replications,
        keep_s=_time("--keep", keep),
    )


def watch(
    twin: LiveTwin,
    subscription: Subscription,
    display: Display,
    *,
    stopping: Callable[[], bool],
    idle_s: float | None = None,
) -> None:
    """Mirror what comes until asked to stop, or until nothing has come for so long [s]."""
    heard = drawn = time.monotonic()
    while not stopping():
        messages = subscription.take(REFRESH_S)
        now = time.monotonic()
        if messages:
            heard = now
            display.heard()
            if not _went(partial(twin.take, messages), subscription, stopping):
                break
            subscription.acknowledge(messages)
        elif idle_s is not None and now - heard > idle_s:
            break
        else:
            twin.pass_time()
        _went(lambda: display.told(twin.tell(), twin), subscription, stopping)
        if now - drawn >= REFRESH_S:
            display.draw(twin, subscription.status)
            drawn = now
    display.draw(twin, subscription.status)


def _went(do: Callable[[], None], subscription: Subscription, stopping: Callable[[], bool]) -> bool:
    """Do what writes to the store, again while the disk refuses; False if asked to stop before it went."""
    said = False
    while True:
        try:
            do()
        except Unwritable as error:
            if not said:
                say(f"{error}; the broker keeps what comes meanwhile")
            said = True
        else:
            return True
        until = time.monotonic() + FULL_DISK_S
        while time.monotonic() < until:
            if stopping():
                return False
            subscription.turn(0.2)


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Give what says whether the program was asked to end (SIGTERM, or an interrupt)."""
    asked = threading.Event()
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def policy_of(named: str) -> Policy:
    """Load a policy: by the name of one that comes along, or a file.

    Raises
    ------
    InputError
        If there is none, with every problem of its file.
    """
    from twin.kpi.policy import load_policy

    return load_policy(policy_path(named))


def _time(option: str, written: str) -> float:
    from twin.units import parse

    try:
        found = parse(written)
    except InputError:
        found = 0.0
    if found < 1:
        raise InputError(f'{option}: "{written}" is no time of 1 s or more; write 1 min')
    return found
