"""A meeting of the trade as a matter: what it is about, with what its kind wants filled in from the board."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from dashboard.locales import Lang, t
from dashboard.meetings.matter import Matter
from dashboard.meetings.minutes import action, is_agreed_in
from dashboard.meetings.trade import parts_of, people_of
from dashboard.notifications.content import Wording, ids_of
from dashboard.notifications.people import Directory
from dashboard.notifications.seeing import names_of
from ingest.calendar import business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.queries.findings import FindingCard, findings
from warehouse.queries.meetings import meetings_on
from warehouse.queries.tasks import tasks
from warehouse.viewer import Viewer

MOST_FINDINGS = 5
MatterOf = Callable[[AsyncWarehouse, Viewer, str, Lang, Directory, datetime], Awaitable[Matter | None]]


async def trade_matter(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, lang: Lang, directory: Directory, now: datetime,
    matter_of: MatterOf,
) -> Matter | None:  # fmt: skip
    """The matter; None where the viewer may not see what it is about. `matter_of` knows that."""
    if (parts := parts_of(subject)) is None:
        return None
    kind, about = parts
    inner = await matter_of(warehouse, viewer, about, lang, directory, now)
    if inner is None:
        return None
    cards = [
        card
        for card in await findings(warehouse, viewer, now)
        if card.treatment.is_active and inner.unit_id in directory.path_of(card.finding)
    ]
    owner = next((one.person_id for one in inner.proposed if one.why == "owner"), None)
    called = people_of(kind, inner.unit_id, owner, [card.finding for card in cards], directory)
    inputs = await asyncio.gather(
        _off(warehouse, cards, lang, now) if "findings" in kind.inputs else _none(),
        _carried(warehouse, viewer, subject, lang, now) if "actions" in kind.inputs else _none(),
    )
    lines = (*(inner.lines if "figures" in kind.inputs else ()), *inputs[0], *inputs[1])
    name, title = (f"{kind.called(lang)} · {one}" for one in (inner.name, inner.title))
    agenda = kind.points(lang)
    return replace(inner, subject=subject, name=name, title=title, lines=lines, proposed=called, agenda=agenda)


async def _none() -> list[str]:
    return []


async def _off(warehouse: AsyncWarehouse, cards: Sequence[FindingCard], lang: Lang, now: datetime) -> list[str]:
    """The largest findings of the place, a line each."""
    most = sorted(cards, key=lambda card: card.finding.gap)[:MOST_FINDINGS]
    ids = frozenset[str]().union(*(ids_of(card) for card in most))
    words = Wording(lang, "", await names_of(warehouse, ids, business_day(now, company().zone)))
    return [f"▼ {words.headline(card)}" for card in most]


async def _carried(warehouse: AsyncWarehouse, viewer: Viewer, subject: str, lang: Lang, now: datetime) -> list[str]:
    """What was agreed before and is not done."""
    held = [one for one in await meetings_on(warehouse, [subject]) if one.opened_at is not None]
    if not held:
        return []
    today = business_day(now, company().zone)
    left = [one for one in await tasks(warehouse, viewer, today) if one.standing(today) in ("open", "overdue")]
    agreed = [card for card in left if any(is_agreed_in(one, card) for one in held)]
    return [t("meet.carried", lang, what=action(one, today, lang)) for one in agreed]
