"""The page of actions: what was agreed, by how far it is or one below the other, with what it brought."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, action_card, skeletons
from dashboard.components.links import aria, data, link, switch
from dashboard.components.paging import offset_of, paging
from dashboard.components.panel import head, nothing, panel, skeleton
from dashboard.components.tasks import agree
from dashboard.locales import Lang, t
from dashboard.view_state import WHOSE, ViewState
from warehouse.task_life import COLUMNS, Column, TaskCard
from warehouse.viewer import Viewer

BOARD, FILTERS = "actions--board", "actions--filters"
MOST = 60
"""Cards of a column, or of a page of the list; how many more there are is said."""
DROPS: Mapping[Column, str] = {"todo": "reopen", "doing": "start", "checking": "done"}
"""What is done about a card that is dropped on a column."""


def layout(state: ViewState) -> list[Component]:
    """The page with every place kept."""
    body = [
        plain.place(FILTERS, className="actions-filters"),
        plain.place(BOARD, skeleton(96, 3), className="actions"),
    ]
    return [
        plain.place("headline--text", skeletons.line(), html.H1, className="headline"),
        panel("actions", body, state),
    ]


def draw(
    cards: Sequence[TaskCard], names: Mapping[str, tuple[str, str]], viewer: Viewer, today: date, state: ViewState
) -> Drawn:
    """`cards` are all that the viewer may see; names of everybody and everything they speak of."""
    lang, known = state.lang, {card.task.task_id: card for card in cards}
    here = [card for card in cards if _is_of_place(card, state)]
    of: dict[str, list[TaskCard]] = {
        whose: [card for card in here if is_theirs(card, viewer, whose)] for whose in WHOSE
    }
    listed = [card for card in of[state.whose] if state.late == "all" or card.standing(today) == "overdue"]
    if state.action in known and known[state.action] not in listed:
        listed.append(known[state.action])
    listed.sort(key=lambda card: (card.task.task_id != state.action, *_order(card)))
    shown = action_card.Shown(known, names, viewer, today, state)
    body: Any = nothing(t(f"actions.none_{state.whose}", lang), t("actions.none_hint", lang))
    if listed:
        body = (_columns if state.laid == "board" else _list)(listed, shown)
    about = [(t("board.how", lang), t("actions.about", lang))]
    return {
        "headline--text": plain.says(_sentence(of["mine"], of["team"], today, lang)),
        "actions--head": plain.says(head(t("actions.title", lang), state, about=about, tools=[agree(lang)])),
        FILTERS: plain.says(_filters(of, today, state)),
        BOARD: plain.says(body),
    }


def _is_of_place(card: TaskCard, state: ViewState) -> bool:
    """Whether it is of the unit and the person that the page looks at."""
    return state.unit in (None, *card.path) and state.rep in (None, card.task.person_id)


def is_theirs(card: TaskCard, viewer: Viewer, whose: str) -> bool:
    """Whether it is the viewer's own, one they set, of the units they lead, or any that they may see."""
    if whose in ("mine", "agreed"):
        return viewer.person_id == (card.task.person_id if whose == "mine" else card.task.who)
    return whose == "all" or bool(viewer.unit_ids & set(card.path)) or card.task.person_id == viewer.person_id


def _order(card: TaskCard) -> tuple[int, int, str]:
    """What is to be done stands first, by when it is due; what is closed last, the newest first."""
    if card.column == "closed":
        return 2, -(card.task.done_on or card.task.due_on).toordinal(), card.task.task_id
    return int(card.column == "checking"), card.task.due_on.toordinal(), card.task.task_id


def _sentence(mine: Sequence[TaskCard], team: Sequence[TaskCard], today: date, lang: Lang) -> str:
    def late(cards: Sequence[TaskCard]) -> int:
        return sum(card.standing(today) == "overdue" for card in cards)

    asks = sum(card.asks_for is not None for card in team)
    to_do = sum(card.column in ("todo", "doing") for card in mine)
    return t("actions.sentence", lang, mine=to_do, late=late(mine), team=late(team), asks=asks)


def _filters(of: Mapping[str, Sequence[TaskCard]], today: date, state: ViewState) -> list[Component]:
    lang, here = state.lang, of[state.whose]

    def open_ones(cards: Sequence[TaskCard]) -> int:
        return sum(card.column != "closed" for card in cards)

    whose = [(f"{t(f'actions.{one}', lang)} {open_ones(of[one])}", state.but(whose=one), one == state.whose)
             for one in WHOSE]  # fmt: skip
    overdue = sum(card.standing(today) == "overdue" for card in here)
    late = [(t("actions.any", lang), state.but(late="all"), state.late == "all"),
            (f"{t('actions.late', lang)} {overdue}", state.but(late="late"), state.late == "late")]  # fmt: skip
    laid = [(t(f"actions.laid_{one}", lang), state.but(laid=one), one == state.laid) for one in ("board", "list")]
    return [switch(options, t(f"actions.by_{name}", lang))
            for name, options in (("whose", whose), ("late", late), ("laid", laid))]  # fmt: skip


def _columns(cards: Sequence[TaskCard], shown: action_card.Shown) -> Component:
    return html.Div([_column(one, [card for card in cards if card.column == one], shown) for one in COLUMNS],
                    className="actions-columns")  # fmt: skip


def _column(column: Column, cards: Sequence[TaskCard], shown: action_card.Shown) -> Component:
    lang = shown.lang
    title = html.H3([t(f"actions.column_{column}", lang), html.Span(str(len(cards)), className="faint num")])
    drop = data(drop=DROPS[column]) if column in DROPS else {}
    inside = [title, *(action_card.draw(card, shown) for card in cards[:MOST])]
    if (more := len(cards) - MOST) > 0:
        inside.append(link(t("actions.more", lang, count=more), shown.state.but(laid="list")))
    return html.Section(
        inside, className=f"actions-column actions-{column}", **drop, **aria(label=t(f"actions.column_{column}", lang))
    )


def _list(cards: Sequence[TaskCard], shown: action_card.Shown) -> Component:
    at = offset_of(shown.state.page, len(cards), MOST)
    rows = [action_card.draw(card, shown) for card in cards[at : at + MOST]]
    if len(cards) > MOST:
        rows.append(paging(at, MOST, len(cards), shown.state))
    return html.Div(rows, className="actions-list")
