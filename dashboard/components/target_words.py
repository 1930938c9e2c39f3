"""Who changed which target when: every statement with what it replaced, the newest first."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn
from dashboard.components.links import link
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import clock, day_name, source_name
from warehouse.queries.target_words import MOST, TargetWord

BODY = "words--body"


def layout(state: ViewState) -> Component:
    """The panel, its place kept."""
    return panel("words", plain.place(BODY, skeleton(160), className="words-body"), state)


def node_of(word: TargetWord, shown: str) -> str:
    """The id of the row of the grid that a statement speaks of, by the split that is shown."""
    return {"units": word.unit_id, "people": word.person_id, "products": word.product_id}[shown]


def draw(
    words: Sequence[TargetWord], names: Mapping[str, str], shown: str, zone: ZoneInfo, about: About, state: ViewState
) -> Drawn:
    """`names` of the rows by id, that of the place itself under ''."""
    lang = state.lang
    tools = [link(t("targets.words_all", lang), state.but(row=None), className="link")] if state.row else []
    note = t("targets.words_most", lang, count=MOST) if len(words) == MOST else ""
    if state.row:
        note = names.get(state.row, state.row)
    drawn: Drawn = {
        "words--head": plain.says(head(t("targets.words", lang), state, about=about, note=note, tools=tools))
    }
    if not words:
        empty = nothing(t("targets.words_none", lang), t("targets.words_hint", lang))
        return drawn | {BODY: plain.says(empty)}
    rows = [_row(word, names.get(node_of(word, shown), node_of(word, shown)), zone, state) for word in words]
    return drawn | {BODY: plain.says(html.Ol(rows, className="versions"))}


def _row(word: TargetWord, name: str, zone: ZoneInfo, state: ViewState) -> Component:
    lang = state.lang
    who = word.who_name[lang == "en"] or word.who or source_name(word.source, lang)
    was: list[Any] = [html.S(amounts.exact(word.before)), " → "] if word.before is not None else []
    change = [*was, html.Strong(amounts.exact(word.value), className="num")]
    tier = t(f"targets.tier_{word.tier}", lang)
    since = t("targets.words_from", lang, day=day_name(word.valid_from, lang))
    return html.Li(
        [
            html.Div([html.Strong(f"{name} · {tier} "), *change]),
            html.Div(f"{clock(word.at, zone, lang)} · {who} · {since}", className="faint small"),
        ],
        className="version",
    )
