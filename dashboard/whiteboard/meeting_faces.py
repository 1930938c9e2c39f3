"""Tiles a meeting begins with: the deal it is about, what is off in a place, what was agreed there and is not done."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from dashboard.board_state import BoardState
from dashboard.deal_now import DealNow, deal_now
from dashboard.locales import t
from dashboard.look import Look
from dashboard.notifications.content import Wording, ids_of
from dashboard.notifications.seeing import names_of
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import Face, Row
from dashboard.whiteboard.kind import Answers, Kind, frozen
from dashboard.words import day_name
from warehouse.queries import org
from warehouse.queries.findings import FindingCard, findings
from warehouse.queries.tasks import tasks
from warehouse.task_life import TaskCard


def _deal_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {"deal": deal_now(look.asked, look.viewer, look.state.deal or "", look.state.lang, look.state.moment)}


def _deal(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    deal = told.get("deal")
    if not isinstance(deal, DealNow):
        return None
    rows = tuple(Row(f"{what}: {value}") for what, value in deal.steps)
    return Face(deal.name, deal.amount, said=deal.stage, rows=rows, foot=frozen(state))


def _findings_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {"headlines": _headlines(look)}


async def _headlines(look: Look) -> list[str]:
    """The findings of the place that stand, the largest gap first."""
    moment, here = look.state.moment, look.place
    cards = await findings(look.asked, look.viewer, look.now, until=moment.at if moment else None)
    units = await org.units_as_of(look.asked, look.today)
    paths = {id: path for id, path in units.select("id", "path").iter_rows()}
    unit = here.unit or (here.path[-1].id if here.path else "")

    def is_here(card: FindingCard) -> bool:
        return here.rep == card.finding.slice.person_id if here.rep else unit in paths.get(card.home, ())

    found = [card for card in cards if card.treatment.is_active and is_here(card)]
    names = await names_of(look.asked, frozenset[str]().union(*(ids_of(card) for card in found)), look.today)
    words = Wording(look.state.lang, "", names)
    return [words.headline(card) for card in found]


def _findings(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    found: Sequence[str] = told.get("headlines", ())
    rows = tuple(Row(f"▼ {one}") for one in found)
    return Face(t("findings.title", state.lang), str(len(found)), rows=rows, foot=frozen(state))


def _actions_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {"actions": _left(look)}


async def _left(look: Look) -> list[TaskCard]:
    """What is to be done for the place, or about the deal, and is not."""
    state, here = look.state, look.place
    unit = here.unit or (here.path[-1].id if here.path else "")
    cards = await tasks(look.asked, look.viewer, look.today, moment=state.moment)

    def is_here(card: TaskCard) -> bool:
        if state.deal:
            return state.deal == card.task.opportunity_id or card.task.origin == f"deal:{state.deal}"
        return here.rep == card.task.person_id if here.rep else unit in card.path

    return [card for card in cards if card.standing(look.today) in ("open", "overdue") and is_here(card)]


def _actions(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    left: Sequence[TaskCard] = told.get("actions", ())
    which = 1 if state.lang == "en" else 0
    rows = tuple(
        Row(
            " · ".join(filter(None, (card.task.title, card.person_name[which]))),
            day_name(card.task.due_on, state.lang),
            state="behind" if card.standing(board.today) == "overdue" else "none",
        )
        for card in left
    )
    return Face(t("whiteboard.tile_actions", state.lang), str(len(left)), rows=rows, foot=frozen(state))


KINDS: Mapping[str, Kind] = {
    "deal": Kind(_deal_ask, _deal, is_of_one=True),
    "findings": Kind(_findings_ask, _findings),
    "actions": Kind(_actions_ask, _actions),
}
