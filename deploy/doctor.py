"""`oneboard doctor`: what this machine has and lacks, one line each, with what to do."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deploy import flow, reach
from deploy.errors import CannotRun
from deploy.local import chromium, disk, jars, ports, readiness
from deploy.local.stack import listening
from deploy.settings import LocalSettings
from ingest.settings import kafka
from ingest.sources.counters import Counters

OLDEST_PYTHON = (3, 11)
_ASKS_TO_LOG_IN = frozenset({"meet.jit.si"})


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `what` says how it stands, and what to do when it is not `ok`."""

    subject: str
    ok: bool
    what: str


Check = Callable[[LocalSettings], Iterator[Finding]]


def examine(settings: LocalSettings) -> Iterator[Finding]:
    """Every finding, in the order in which a newcomer meets them."""
    for check in CHECKS:
        yield from check(settings)


def _python(settings: LocalSettings) -> Iterator[Finding]:
    ok = sys.version_info >= OLDEST_PYTHON
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", ok, version if ok else f"{version} is too old: install 3.11 or newer")


def _disk(settings: LocalSettings) -> Iterator[Finding]:
    try:
        disk.require_room(settings.data_dir)
    except CannotRun as problem:
        yield Finding("disk", False, str(problem))
    else:
        yield Finding("disk", True, f"{disk.free_bytes(settings.data_dir) / 2**30:.0f} GB free for {settings.data_dir}")


def _jars(settings: LocalSettings) -> Iterator[Finding]:
    if settings.kafka_bootstrap:
        return
    ok = jars.are_present(settings.cache_dir)
    there = f"every jar in {settings.cache_dir} is what the lock says"
    yield Finding("Kafka's jars", ok, there if ok else "not downloaded yet: the first `make up` does it")


def _engines(settings: LocalSettings) -> Iterator[Finding]:
    log, warehouse = reach.kafka(settings), reach.warehouse(settings)
    url = settings.warehouse.rstrip("/")
    for subject, one, answers in (
        ("Kafka", log, readiness.kafka(_client(settings))),
        ("warehouse", warehouse, readiness.http(f"{url}/ping")),
    ):
        ok = answers()
        said = f"answers at {one.address}" if ok else f"does not answer at {one.address}: {reach.todo([one])}"
        yield Finding(subject, ok, said)


def _client(settings: LocalSettings) -> dict[str, Any]:
    """How every part connects to Kafka: TLS and passwords included."""
    return kafka().client_options() | {"bootstrap_servers": settings.bootstrap.split(",")}


def _flow(settings: LocalSettings) -> Iterator[Finding]:
    yield from (Finding(*told) for told in flow.look(settings))


def _ports(settings: LocalSettings) -> Iterator[Finding]:
    """Our own parts answer in a way that others do not; anything else on a port of ours is in the way."""
    ours = {
        settings.dashboard_port: readiness.http(f"http://{ports.LOOPBACK}:{settings.dashboard_port}/healthz"),
        settings.ingest_port: readiness.http(f"http://{ports.LOOPBACK}:{settings.ingest_port}/health"),
        settings.warehouse_port: readiness.http(f"http://{ports.LOOPBACK}:{settings.warehouse_port}/ping"),
        settings.kafka_port: readiness.embedded_kafka(settings.kafka_port),
    }
    for port, whose, setting in listening(settings):
        if ports.is_free(port):
            yield Finding(f"port {port}", True, f"free for {whose}")
        elif ours[port]():
            yield Finding(f"port {port}", True, f"{whose} runs here")
        else:
            what = f"{whose} wants it and another program has it: stop that, or set {setting} to another"
            yield Finding(f"port {port}", False, what)


def _streams(settings: LocalSettings) -> Iterator[Finding]:
    """The streams that stand still; nothing where the log or the warehouse does not answer, which was said already."""
    import asyncio

    from ingest.errors import IngestError
    from ingest.letters.standing import marks_of, standing
    from ingest.publisher import log_identity
    from ingest.reader import Reader
    from warehouse.client import AsyncWarehouse
    from warehouse.errors import WarehouseError
    from warehouse.queries.freshness import freshness

    async def stored() -> list[tuple[str, int, int]]:
        warehouse = AsyncWarehouse()
        try:
            return (await freshness(warehouse)).select("topic_id", "partition", "watermark").rows()
        finally:
            await warehouse.close()

    if not readiness.kafka(_client(settings))():
        return
    try:
        marks = marks_of(asyncio.run(stored()), log_identity())
        with Reader() as reader:
            still = standing(reader, marks)
    except (IngestError, WarehouseError):
        return
    for one in still:
        place = one.subject.removeprefix("standstill:")
        what = f"{place} stands still since {one.since:%Y-%m-%d %H:%M} UTC, {one.behind:,} events wait"
        todo = "see that the worker runs"
        if one.is_flood:
            todo = f"{one.bad} of the next {one.seen} are refused ({one.why}): mend the source, then `oneboard "
            todo += f"dead-letters let-through {place}`"
        yield Finding("streams", False, f"{what}; {todo}")
    if not still:
        yield Finding("streams", True, "none stands still")


def _chromium(settings: LocalSettings) -> Iterator[Finding]:
    try:
        yield Finding("Chromium", True, f"{chromium.require(settings)} (only the tests need it)")
    except CannotRun as problem:
        yield Finding("Chromium", False, str(problem))


def _meet(settings: LocalSettings) -> Iterator[Finding]:
    parts = urlsplit(settings.meet_base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        what = f"{settings.meet_base_url!r} is no address: set ONEBOARD_MEETINGS_JITSI_URL to https://your-jitsi-server"
        yield Finding("Meet", False, what)
    elif parts.hostname in _ASKS_TO_LOG_IN:
        what = (
            f"rooms open on {settings.meet_base_url}, a public server that asks the first person in a room to log in; "
            "a server of your own (ONEBOARD_MEETINGS_JITSI_URL) need not"
        )
        yield Finding("Meet", True, what)
    else:
        yield Finding("Meet", True, f"rooms open on {settings.meet_base_url}")
    yield from _provider()


def _provider() -> Iterator[Finding]:
    """The provider of meetings, where it is not the Jitsi that is spoken of above."""
    from dashboard.meetings import UnknownProvider, provider  # a second to load, with all that speaks with vendors
    from dashboard.meetings.settings import meetings

    if (name := meetings().provider) == "jitsi":
        return
    try:
        advice = provider().advice()
    except UnknownProvider as fault:
        yield Finding("Meet", False, f"{fault} (ONEBOARD_MEETINGS_PROVIDER); until then rooms are Jitsi's")
        return
    is_set_up = advice is None or "is not set up" not in advice
    said = advice or f"rooms are made by {name}; the page Ops has a button that tries it"
    yield Finding("Meet", is_set_up, said)


def _sources(settings: LocalSettings) -> Iterator[Finding]:
    """Live sources that have run here; one that waits, stopped or lost its rows is a problem."""
    now = time.time()
    for one in Counters.all_in(settings.data_dir / "sources"):
        worries = one.worries(now)
        ok = one.state == "running" and one.is_alive(now) and not one.losses
        yield Finding(f"source {one.name}", ok, "; ".join([one.said(now), *worries]))


CHECKS: tuple[Check, ...] = (_python, _disk, _ports, _jars, _engines, _flow, _sources, _streams, _chromium, _meet)
