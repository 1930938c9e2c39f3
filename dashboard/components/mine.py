"""What is said of one person: each finding that names them, to whom it was shown, and their answer with one tap."""

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, finding_card, finding_lines
from dashboard.components.finding_forms import ACT
from dashboard.components.finding_shown import Shown
from dashboard.components.findings import Findings
from dashboard.components.form import does
from dashboard.components.links import data
from dashboard.components.panel import nothing
from dashboard.locales import t
from dashboard.session import name_of
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company
from warehouse.life import REPLIES
from warehouse.viewer import Viewer

_NONE = {"none": "mine.nothing", "hint": "mine.nothing_hint", "old": "mine.looked_long_ago"}


def draw(found: Findings, viewer: Viewer, state: ViewState) -> Drawn:
    """The props of the page."""
    lang = state.lang
    about = [found.shown(card, state) for card in found.cards if card.is_about(viewer.person_id)]
    unanswered = sum(not shown.card.treatment.reply for shown in about)
    said = t("mine.head", lang, person=name_of(viewer, lang), count=len(about), unanswered=unanswered)
    if not about:
        said = t("mine.none", lang, person=name_of(viewer, lang))
    listed = [
        *(_one(shown) for shown in about),
        html.P(finding_lines.last_look(found.looked_at, lang), className="faint"),
    ]
    if not about:
        listed = [nothing(*finding_lines.none_off(found.looked_at, lang, **_NONE))]
    return {"mine--head": plain.says(said), "mine--list": plain.says(listed)}


def _one(shown: Shown) -> Component:
    parts = [finding_card.draw(shown), _answers(shown), html.P(_seen(shown), className="faint small")]
    return html.Section(parts, className="panel mine-one", **data(key=f"mine-{shown.id}"))


def _answers(shown: Shown) -> Component:
    lang, reply = shown.lang, shown.card.treatment.reply
    buttons = [
        does(t(f"mine.{one}", lang), ACT, what="answer", finding=shown.id, reason=one)
        for one in REPLIES
        if one != reply
    ]
    ask = t("mine.say_else" if reply else "mine.say", lang)
    return html.Div([html.Span(ask, className="mine-ask"), *buttons], className="finding-buttons mine-answers")


def _seen(shown: Shown) -> str:
    """Who opened it; on whose boards it stands."""
    lang = shown.lang
    looks = [
        t("mine.look", lang, person=shown.name(who), at=clock(at, company().zone, lang))
        for who, at in shown.card.looks.items()
    ]
    return t("mine.seen", lang, looks=t("mine.and", lang).join(looks)) if looks else t("mine.unseen", lang)
