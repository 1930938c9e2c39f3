"""The queue of findings for those who see to it that each is answered, and beside it the cards, as on every page."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from dashboard import finding_tables, live
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.components import finding_queue as drawn
from dashboard.finding_queue import Queue, queue
from dashboard.look import Lane, Look
from dashboard.pages import Page
from dashboard.view_state import ViewState
from ingest.topics import SWEEPS
from warehouse.queries.calendar import working_calendar
from warehouse.queries.findings import findings
from warehouse.queries.org import names, products_as_of, units_as_of
from warehouse.reply_window import names_of

DAYS = timedelta(days=90)
"""What ended longer ago is not listed."""
_STATES = ("open", "resolved", "retracted")


def ask(look: Look) -> dict[str, Awaitable[Any]]:
    """Every finding the viewer may see, as far back as is listed."""
    return {"queue": _queue(look)}


async def _queue(look: Look) -> Queue:
    until = look.state.moment.at if look.state.moment else None
    also = {look.state.finding} if look.state.finding else ()
    cards, units, products, calendar = await asyncio.gather(
        findings(look.asked, look.viewer, look.now, states=_STATES, also=also, until=until, since=look.now - DAYS),
        units_as_of(look.asked, look.today),
        products_as_of(look.asked, look.today),
        working_calendar(look.asked),
    )
    treated = (card.treatment for card in cards)
    people = {who for one in treated for who in (one.assignee_id, one.status_by) if who and who != "detection"}
    people = people.union(*(names_of(card.finding) for card in cards))
    known = await names(look.asked, "person", people, look.today)
    for frame in (units, products):
        known |= {id: (name, english) for id, name, english in frame.select("id", "name", "name_en").iter_rows()}
    paths = {id: tuple(path) for id, path in units.select("id", "path").iter_rows()}
    return queue(cards, paths, known, calendar, look.now, live.swept_at())


def draw(board: BoardState, state: ViewState) -> Drawn:
    """Nothing where they could not be asked: the frame says so."""
    found = board.parts.get("queue")
    return drawn.draw(found, board.viewer, state) if isinstance(found, Queue) else {}


LANE = Lane(ask, draw, frozenset({SWEEPS, "finding_events", "action_events"}))
PAGE = Page(
    "/findings", "⚑", "board.findings", 1, drawn.layout, shows="findings", lanes={"queue": LANE},
    tables=finding_tables.tables,
    keys={key: f"{'life.do' if what in drawn.BULK else 'queue.key'}_{what}" for key, what in drawn.KEYS.items()},
)  # fmt: skip
