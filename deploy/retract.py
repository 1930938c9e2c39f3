"""`oneboard retract`: a bad file or source undone, as events like any other, with who and why."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.dead_letters import plain
from deploy.errors import CannotRun
from deploy.verify.log import ends
from deploy.verify.stored import Stored
from ingest.publisher import Publisher, log_identity
from ingest.retractions import Retraction, announced, identity, retractable, sealed
from ingest.settings import company, kafka
from ingest.topics import Topic
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.retractions import STATED, SUMMED, Retracted, Standing, Which, retracted, standing
from warehouse.viewer import Viewer

EXAMPLES = 3


@dataclass
class Found:
    """What stands of a topic and is meant: `amount` adds up the last version of each entity."""

    topic: Topic
    events: int = 0
    entities: int = 0
    amount: Decimal = Decimal(0)
    first: date | None = None
    last: date | None = None
    examples: list[str] = field(default_factory=list)

    def add(self, versions: list[Standing]) -> None:
        """Take in the versions of one entity, in their order."""
        said = json.loads(versions[-1].state, parse_float=Decimal)
        self.events += len(versions)
        self.entities += 1
        self.amount += Decimal(said.get("amount") or 0)
        days = [one.day for one in versions]
        self.first = min([*days, *([self.first] if self.first else [])])
        self.last = max([*days, *([self.last] if self.last else [])])
        if len(self.examples) < EXAMPLES:
            self.examples.append(versions[-1].state)


def found(warehouse: Warehouse, topics: list[Topic], which: Which) -> list[Found]:
    """What would be taken back, by topic; topics of which nothing is are left out."""
    every = []
    for topic in topics:
        one = Found(topic)
        for _, versions in groupby(standing(warehouse, topic.name, which), key=attrgetter("entity_id")):
            one.add(list(versions))
        every += [one] if one.events else []
    return every


def retract(
    warehouse: Warehouse, publisher: Publisher, topics: list[Topic], which: Which, who: str, why: str, at: datetime
) -> tuple[str, int]:
    """Take back what stands; the retraction's id and how many events. Killed on the way, the next one goes on.

    Returns when Kafka has all of it: the worker does the rest.
    """
    id = f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    publisher.publish("actions", [announced(which.source, id, who, why, at)])

    def of(topic: Topic) -> Iterator[Retraction]:
        for one in standing(warehouse, topic.name, which):
            raw = one.state.encode()
            given = json.loads(raw).get("event_id")
            yield Retraction(
                retracts=identity(topic.name, None if given is None else str(given), raw),
                entity=one.entity_id, version=one.version, retraction_id=id, who=who, why=why, occurred_at=at,
                source=which.source,
            )  # fmt: skip

    return id, sum(publisher.publish_many(topic.name, sealed(topic, of(topic))) for topic in topics)


def at_the_keyboard(
    which: Which, topic: str, who: str, why: str, out: Console, *, is_agreed: bool, is_dry: bool
) -> None:
    """Show what would be undone, ask, and undo it. Raises `CannotRun`, `NotRetractable`."""
    topics = retractable(topic)
    if not why.strip() and not is_dry:
        raise CannotRun("Events are taken back only for a reason: say it with --why.")
    warehouse, publisher = Warehouse(), Publisher(bulk=True, timeout_seconds=60)
    try:
        if behind := _to_come(warehouse, topics):
            out.print(f"{behind:,} events are still to be stored and not looked at; run this again afterwards.")
        every = found(warehouse, topics, which)
        if not every:
            out.print("Nothing so stands: there is nothing to take back.")
            return
        _show(every, out)
        if is_dry or not (is_agreed or typer.confirm("Take them back?")):
            out.print("Nothing was taken back.")
            return
        meant = [one.topic for one in every]
        id, events = retract(warehouse, publisher, meant, which, who, why.strip(), datetime.now(UTC))
        out.print(f"{events:,} events are taken back (retraction {id}); the board follows.", highlight=False)
    finally:
        publisher.close()
        warehouse.close()


def list_them(out: Console) -> None:
    """Every retraction, the newest first."""
    every = asyncio.run(_retracted())
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in ("retraction", "when", "source", "topic", "events", "who", "why"):
        table.add_column(column, overflow="fold" if column == "why" else "ellipsis", no_wrap=column != "why")
    for one in every:
        when = f"{one.at.astimezone(company().zone):%Y-%m-%d %H:%M}"
        row = (one.id, when, one.source, one.topic, f"{one.events:,}", one.who, one.why)
        table.add_row(*(Text(plain(cell)) for cell in row))
    out.print(table if every else "Nothing was ever taken back.")


async def _retracted() -> list[Retracted]:
    warehouse = AsyncWarehouse()
    try:
        return await retracted(warehouse, Viewer.system())
    finally:
        await warehouse.close()


def _to_come(warehouse: Warehouse, topics: list[Topic]) -> int:
    """Events of the topics that lie on the log and not yet in the warehouse."""
    ids, behind = log_identity(kafka()), 0
    for topic in topics:
        marks = Stored(warehouse, (SUMMED | STATED)[topic.name], [ids[topic.name]]).mark(ids[topic.name])
        behind += sum(max(0, end - marks.get(one, -1)) for one, end in ends(kafka(), topic.name).items())
    return behind


def _show(every: list[Found], out: Console) -> None:
    for one in every:
        amount = f", amount {one.amount:,.2f}" if one.amount else ""
        days = f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}"
        line = f"{one.topic.name}: {one.events:,} events of {one.entities:,} entities, {days}{amount}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
        for example in one.examples:
            out.print(f"  {plain(example):.200}", style="dim", markup=False, highlight=False, soft_wrap=True)
