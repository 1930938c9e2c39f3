"""Whom somebody has to coach, where they look at no one yet: who leads each unit below, the furthest behind first."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn
from dashboard.components.coaching import PARTS, body_of
from dashboard.components.headline import marked
from dashboard.components.links import link
from dashboard.components.panel import head
from dashboard.components.waterfall import figures
from dashboard.locales import t
from dashboard.theme import state_of, symbol
from dashboard.view_state import ViewState
from dashboard.words import called


class Member(NamedTuple):
    """A unit below: how it stands, and how it and who leads it are called, in Chinese and English."""

    id: str
    name: tuple[str, str]
    leader: tuple[str, str]
    pace: float | None
    gap: float | None


def draw(place: str, members: Sequence[Member], state: ViewState) -> Drawn:
    """The page's props: the members in the place of the agenda, and in the other places what will stand there."""
    lang = state.lang
    behind = sum(state_of(one.pace) == "behind" for one in members)
    said = t("coaching.team_sentence", lang, place=place, count=len(members), behind=behind)
    names = {part: t(f"coaching.{part if part != 'agenda' else 'team'}", lang) for part in PARTS}
    about = [(t("board.how", lang), t("coaching.about_team", lang))]
    later = {part: html.P(t("coaching.then", lang, what=t(f"coaching.about_{part}", lang)), className="faint small")
             for part in PARTS}  # fmt: skip
    bodies = {**later, "agenda": _listed(members, state)}
    heads = {part: head(names[part], state, about=about if part == "agenda" else ()) for part in PARTS}
    return {
        "headline--text": plain.says(html.Span(marked(said))),
        **{f"coach-{part}--head": plain.says(heads[part]) for part in PARTS},
        **{body_of(part): plain.says(bodies[part]) for part in PARTS},
    }


def beside(members: Sequence[Member], state: ViewState) -> Drawn:
    """The members in the place of the skills of who leads them."""
    about = [(t("board.how", state.lang), t("coaching.about_team", state.lang))]
    return {
        "coach-skills--head": plain.says(head(t("coaching.team_below", state.lang), state, about=about)),
        body_of("skills"): plain.says(_listed(members, state)),
    }


def _listed(members: Sequence[Member], state: ViewState) -> Component:
    heads = [t(f"board.{name}", state.lang) for name in ("unit", "pace", "gap")]
    return figures(heads, [_row(one, state) for one in members])


def _row(one: Member, state: ViewState) -> Component:
    lang = state.lang
    to = link(called(one.id, *one.name, lang), state.drill(unit=one.id), className="row-link")
    leader: Any = called(one.leader[0], *one.leader, lang) if one.leader[0] else amounts.NOTHING
    return html.Tr(
        [
            html.Th([to, " ", html.Span(leader, className="faint")], scope="row"),
            html.Td([symbol(one.pace), " ", amounts.pace(one.pace)], className=f"num state-{state_of(one.pace)}"),
            html.Td(amounts.short(one.gap, lang, sign=True), className="num", title=amounts.exact(one.gap, sign=True)),
        ]
    )
