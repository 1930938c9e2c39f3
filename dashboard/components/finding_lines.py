"""The words around the list of findings: of which place, how many, as of when it was looked, and what is not listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn
from dashboard.components.links import switch
from dashboard.components.panel import nothing
from dashboard.finding_place import NARROWS, is_narrowed
from dashboard.locales import Lang, t
from dashboard.stake import together
from dashboard.view_state import ViewState
from dashboard.words import clock, cut_name
from ingest.settings import company
from warehouse.queries.findings import FindingCard

OLD = timedelta(minutes=10)
"""A look longer ago than this says nothing of now."""
_CUTS = ("segment", "route")


@dataclass(frozen=True)
class Counts:
    """How many ask for somebody, of the place looked at and of all."""

    here: int
    every: int


def title(counts: Counts | None, names: Mapping[str, tuple[str, str]], state: ViewState) -> Drawn:
    """The panel's head, and the number in the rail; `counts` None: not known."""
    lang, number = state.lang, "" if counts is None else str(_shown(counts, state))
    said: list[Component | str] = [
        t("findings.title", lang),
        html.Span(number, className=f"findings-count num{'' if number.strip('0') else ' is-none'}"),
    ]
    if counts and is_narrowed(state):
        here = f"{_place(names, state)} {counts.here}"
        every_one = t("findings.all", lang, count=counts.every)
        both = [(here, state.but(panel="here"), state.panel == "here"),
                (every_one, state.but(panel="all"), state.panel == "all")]  # fmt: skip
        said.append(switch(both, t("findings.which", lang)))
    every = counts.every if counts else 0
    if counts and _shown(counts, state) and not state.as_of:
        said.append(html.Span(t("findings.swipe", lang), className="swipe-hint faint small"))
    return {
        "findings--head": plain.says(said),
        "findings--count": plain.says("99+" if every > 99 else str(every or "")),
    }


def _shown(counts: Counts, state: ViewState) -> int:
    return counts.here if is_narrowed(state) and state.panel == "here" else counts.every


def _place(names: Mapping[str, tuple[str, str]], state: ViewState) -> str:
    lang, said = state.lang, []
    for name in NARROWS:
        if id := getattr(state, name):
            own = names.get(id, (id, id))[lang == "en"]
            said.append(cut_name(name, id, lang) if name in _CUTS else own)
    return " × ".join(said)


def empty(looked_at: datetime | None, state: ViewState) -> Component:
    """That nothing is off, or that nobody has looked yet, or not lately."""
    if state.as_of:
        return nothing(t("findings.none_then", state.lang), "", "●")
    key = "here" if is_narrowed(state) and state.panel == "here" else "hint"
    return nothing(*none_off(looked_at, state.lang, hint=f"findings.none_{key}"))


def none_off(
    looked_at: datetime | None,
    lang: Lang,
    *,
    none: str = "findings.none",
    hint: str = "findings.none_hint",
    old: str = "findings.looked_long_ago",
) -> tuple[str, str, str]:
    """What stands where nothing is listed (title, hint, mark): that nothing is off, as of when; else that nobody knows.

    `none`, `hint` and `old` are the keys of what is said where all was looked at, and where that is long ago.
    """
    if looked_at is None:
        return t("findings.not_looked", lang), t("findings.not_looked_hint", lang), ""
    if datetime.now(UTC) - looked_at > OLD:
        at = clock(looked_at, company().zone, lang)
        return t(old, lang, at=at), t("findings.not_looked_hint", lang), ""
    return t(none, lang), f"{t(hint, lang)} {last_look(looked_at, lang)}", "●"


def last_look(looked_at: datetime | None, lang: Lang) -> str:
    """As of when all was last looked at, or that nothing was yet."""
    if looked_at is None:
        return t("findings.not_looked", lang)
    return t("findings.looked", lang, at=clock(looked_at, company().zone, lang))


PHONE = 3
"""Findings that the board of a phone shows at least (board.css)."""


def headed(cards: Sequence[tuple[str | None, Component]], lang: Lang) -> list[Component]:
    """Cards, each with its kind, and a word before the first of each kind where there are several."""
    if len({kind for kind, _ in cards if kind}) < 2:
        return [card for _, card in cards]
    lines, before = list[Component](), None
    for kind, card in cards:
        if kind and kind != before:
            lines.append(html.Div(t(f"findings.kind_{kind}", lang), className="findings-kind"))
            before = kind
        lines.append(card)
    return lines


def rest(
    folded: Sequence[FindingCard], behind: Sequence[Component], left: int, state: ViewState, listed: int = 0
) -> Drawn:
    """The lines of what is not shown; `behind` the first are the cards it opens to. Of what is `listed` a phone's board
    shows the first few."""
    lang, lines = state.lang, list[Any]()
    if listed > PHONE:
        every = t("findings.all", lang, count=listed)
        lines.append(html.A(f"{every} ›", href="/findings" + state.to_query(), className="link findings-every"))
    if folded:
        said = t("findings.more", lang, count=len(folded), gap=together((card.finding for card in folded), lang))
        lines.append(html.Details([html.Summary(said), *behind]) if behind else html.Div(said))
    if left:
        others = html.A(t("findings.left", lang, count=left), href="/findings" + state.to_query(), className="link")
        lines.append(html.Div(others))
    return {"findings--rest": plain.says(lines or None)}
