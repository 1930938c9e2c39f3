"""How far a finding has come with people: found, told, taken, met about; everybody who was told, and the reply."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard.locales import Lang, t
from dashboard.words import clock
from ingest.settings import company
from warehouse.life import REPLIES, Treatment
from warehouse.queries.findings import FindingCard
from warehouse.queries.notifications import ToldRow


def draw(card: FindingCard, told: Sequence[ToldRow], lang: Lang) -> Component:
    """The steps, each with its time where it has one."""
    finding, is_taken = card.finding, card.treatment.status in ("taken", "in_treatment", "verified")
    taken = next((action.at for action in reversed(card.actions) if action.what == "take"), None)
    person = next((one.at for one in told if one.recipient == finding.responsible_id), None)
    steps = [
        ("found", finding.since, True),
        ("person", person, bool(person or finding.responsible_id)),
        ("taken", taken if is_taken else None, is_taken),
        ("room", card.treatment.met_at, bool(card.treatment.met_at)),
    ]
    return html.Ol([_step(key, at, done, lang) for key, at, done in steps], className="finding-chain")


def told(rows: Sequence[ToldRow], names: Mapping[str, str], lang: Lang) -> str:
    """Everybody to whom it was told, and when; a room by its name."""
    zone = company().zone
    return " · ".join(
        f"{names.get(one.recipient, one.recipient).removeprefix('room:')} {clock(one.at, zone, lang)}" for one in rows
    )


def reply(treatment: Treatment, names: Mapping[str, str], lang: Lang) -> Component | None:
    """What the person named says to it, as large as the finding itself."""
    if not treatment.reply:
        return None
    said = t(f"mine.{treatment.reply}", lang) if treatment.reply in REPLIES else treatment.reply
    who = names.get(treatment.reply_by, treatment.reply_by)
    return html.Div([html.Strong(f"“{said}”"), html.Span(who, className="faint")], className="finding-reply")


def _step(key: str, at: datetime | None, done: bool, lang: Lang) -> Component:
    zone = company().zone
    time = f" {at.astimezone(zone):%H:%M}" if at else ""
    exact = clock(at, zone, lang) if at else None
    text = f"{t(f'findings.{key}', lang)}{time} {'●' if done else '○'}"
    return html.Li(text, className="done" if done else "open", title=exact)
