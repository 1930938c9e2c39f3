"""The rules, for sales operations: what each finds and what people say to it; other numbers tried before they count."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from dashboard import rule_actions
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.components import rules as drawn
from dashboard.look import Lane, Look
from dashboard.pages import Page
from dashboard.rule_book import Book, book
from dashboard.view_state import ViewState
from ingest.calendar import business_day
from ingest.settings import company
from warehouse.queries.calendar import working_calendar
from warehouse.queries.findings import findings
from warehouse.queries.org import names, products_as_of, units_as_of
from warehouse.queries.trials import trials
from warehouse.reply_window import names_of
from warehouse.thresholds import rule_words

DAYS = timedelta(days=90)
_STATES = ("open", "resolved", "retracted")


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """Every rule with what is known of it."""
    return {"book": _book(look)} if look.viewer.is_ops else {"book": _nothing()}


async def _nothing() -> Book:
    return book((), (), (), {}, 0.0)


async def _book(look: Look) -> Book:
    asked, since = look.asked, look.now - DAYS
    (cards, words, tried), (units, products, calendar) = await asyncio.gather(
        asyncio.gather(
            findings(asked, look.viewer, look.now, states=_STATES, since=since), rule_words(asked), trials(asked)
        ),
        asyncio.gather(units_as_of(asked, look.today), products_as_of(asked, look.today), working_calendar(asked)),
    )
    people = {word.who for word in words} | {one.who for one in tried}
    people = people.union(*(names_of(card.finding) for card in cards))
    for one in tried:
        found = (*one.word.as_is, *one.word.changed) if one.word else ()
        people |= {id for row in found for id in (row.responsible_id, row.slice.person_id) if id}
    known = await names(asked, "person", people, look.today)
    for frame in (units, products):
        known |= {id: (name, english) for id, name, english in frame.select("id", "name", "name_en").iter_rows()}
    days = calendar.working_days(business_day(since, company().zone), look.today)
    return book(cards, words, tried, known, days)


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Nothing where it could not be asked: the frame says so."""
    found = board.parts.get("book")
    return drawn.draw(found, board.viewer, state) if isinstance(found, Book) else {}


LANE = Lane(ask, draw, frozenset({"finding_events", "action_events", "trial_events"}))
PAGE = Page(
    "/rules", "⚖", "rules.title", 9, drawn.layout, shows="rules", lanes={"rules": LANE}, router=rule_actions.router
)
