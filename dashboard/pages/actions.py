"""Actions: what was agreed, from whatever it was agreed on, until it has been checked whether it helped."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.components import actions as drawn
from dashboard.look import Lane, Look
from dashboard.pages import Page
from dashboard.view_state import ViewState
from warehouse.queries.org import NameOf, names
from warehouse.queries.tasks import tasks
from warehouse.task_life import TaskCard


@dataclass(frozen=True)
class Actions:
    """All that the viewer may see, and the names of what they speak of, by id → (Chinese, English)."""

    cards: tuple[TaskCard, ...]
    names: dict[str, tuple[str, str]]


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """Every action the viewer may see."""
    return {"actions": _actions(look)}


async def _actions(look: Look) -> Actions:
    cards = await tasks(look.asked, look.viewer, look.today)
    ids: dict[NameOf, set[str]] = {"unit": set(), "person": set(), "product": set()}
    for card in cards:
        task = card.task
        ids["unit"] |= {*card.path[-1:]}
        ids["person"] |= {task.person_id or "", task.who or "", *(one.who for one in card.did),
                          *(one.assignee_id for one in card.did)}  # fmt: skip
        if task.expects:
            slice = task.expects.slice
            for kind, id in (("unit", slice.unit_id), ("person", slice.person_id), ("product", slice.product_id)):
                ids[kind].add(id or "")  # type: ignore[index]
    found = await asyncio.gather(*(names(look.asked, kind, of - {""}, look.today) for kind, of in ids.items()))
    return Actions(tuple(cards), {id: pair for one in found for id, pair in one.items() if pair != (id, id)})


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Nothing where they could not be asked: the frame says so."""
    found = board.parts.get("actions")
    if not isinstance(found, Actions):
        return {}
    return drawn.draw(found.cards, found.names, board.viewer, board.today, state)


LANE = Lane(ask, draw, frozenset({"task_events", "action_events", "check_events"}))
KEYS = {
    "j": "keys.card_next", "k": "keys.card_previous", "h": "keys.column_left", "l": "keys.column_right",
    "o": "keys.card_open", "A–Z": "keys.card_step",
}  # fmt: skip
"""What the keys do; a letter that stands on a button of the card presses it."""
PAGE = Page("/actions", "☑", "actions.title", 3, drawn.layout, shows="actions", lanes={"actions": LANE}, keys=KEYS)
