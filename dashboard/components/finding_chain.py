"""How far a finding has come with people, as five dots; everybody who was told, and the reply."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import effects
from dashboard.components.links import data
from dashboard.dots import Dot, Line, lasted
from dashboard.locales import Lang, t
from dashboard.words import clock
from ingest.settings import company
from warehouse.life import REPLIES, Treatment
from warehouse.queries.notifications import ToldRow


def draw(line: Line, lang: Lang) -> Component:
    """The five dots, each with how long after the first it came; pointed at, with its exact time."""
    return html.Ol([_dot(dot, line, lang) for dot in line.dots], className="finding-chain")


def signs(line: Line) -> str:
    """The same without words: "●●●○○"."""
    return "".join("●" if dot.is_reached else "○" for dot in line.dots)


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


def _dot(dot: Dot, line: Line, lang: Lang) -> Component:
    zone = company().zone
    said = t(f"dots.{dot.name}", lang)
    if dot.name == "found" and dot.at:
        said = f"{said} {dot.at.astimezone(zone):%H:%M:%S}"
    elif dot.name == "actions" and line.actions:
        said = t("dots.actions_count", lang, count=line.actions)
    elif dot.name == "effect" and line.effect:
        said = " ".join(filter(None, (effects.amount(line.effect, lang), t(f"actions.{line.verdict}", lang))))
    if dot.after is not None and dot.name in ("person", "connected", "actions"):
        said = f"{said} {lasted(dot.after, lang)}"
    exact = clock(dot.at, zone, lang) if dot.at else None
    reached = "done" if dot.is_reached else "open"
    return html.Li(f"{said} {'●' if dot.is_reached else '○'}", className=reached, title=exact, **data(dot=dot.name))
