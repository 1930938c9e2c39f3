"""The head of the page for ops, and the streams that stand still."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.headline import marked
from dashboard.components.panel import head
from dashboard.letters import Inbox
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.letters.standing import Standing
from ingest.settings import company


def sentence(inbox: Inbox, still: Sequence[Standing], state: ViewState) -> list[Component | str]:
    """What is going on, in one sentence."""
    lang = state.lang
    if not inbox.waiting and not still:
        return marked(t("ops.all_well", lang))
    first = t("ops.some_wait", lang, count=f"{inbox.waiting:,}") if inbox.waiting else t("ops.none_waits", lang)
    second = t("ops.some_stand", lang, count=len(still)) if still else t("ops.all_move", lang)
    return marked(first + second)


def standing(still: Sequence[Standing], state: ViewState) -> list[Component]:
    """A line for each partition that stands still, with a button where bad events are what holds it; [] for none."""
    if not still:
        return []
    title = html.Header(head(t("ops.standing", state.lang), state), className="panel-head")
    lines = [_line(one, state) for one in still]
    return [html.Section([title, html.Div(lines, className="standing")], className="panel panel-standing")]


def _line(one: Standing, state: ViewState) -> Component:
    lang = state.lang
    what = t(
        "ops.stands",
        lang,
        topic=one.topic,
        partition=one.partition,
        offset=f"{one.offset:,}",
        behind=f"{one.behind:,}",
        since=clock(one.since, company().zone, lang),
    )
    parts: list[Component] = [html.P([html.Span("▼ ", className="state-behind"), html.Strong(what)])]
    if one.is_flood:
        parts.append(html.P(t("ops.stands_flood", lang, seen=one.seen, bad=one.bad, why=one.why), className="small"))
        id = {"type": "standing--pass", "subject": one.subject}
        parts.append(html.Button(t("ops.let_through", lang), id=id, className="button"))
    else:
        parts.append(html.P(t("ops.stands_idle", lang), className="small faint"))
    return html.Div(parts, className="standing-line")
