"""From the id in the cookie to the Viewer every question carries, and the names of those who look."""

import time
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from dashboard.connection import warehouse
from dashboard.locales import Lang
from dashboard.session.cookies import FIRST_VISIT, person_id
from ingest.settings import company
from warehouse.queries import org
from warehouse.viewer import Viewer, viewer_for

KEEP_SECONDS = 30.0
"""How long a scope is taken from memory; a change of post shows after that."""
HEAD_AMONG = 5
COMPANY = Viewer("company", role="ops", everything=True, is_ops=True)
"""The first visit where the org names nobody at its head: data that came without people."""


@dataclass(frozen=True)
class Known:
    """A viewer, what to call them, and until when that is taken from memory."""

    viewer: Viewer
    names: dict[Lang, str]
    until: float


_known: dict[str, Known] = {}


def today() -> date:
    """The business day it is now."""
    return datetime.now(company().zone).date()


async def viewer() -> Viewer:
    """Who looks in the request or websocket at hand, with the scope they hold today."""
    return await viewer_for_id(person_id())


async def viewer_for_id(person: str | None) -> Viewer:
    """The viewer of that id; the head of the company for a first visit, nobody for None, unknown ids and leavers."""
    if person is None:
        return Viewer.nobody()
    known = _known.get(person)
    if known is None or known.until < time.monotonic():
        found = await _head() if person == FIRST_VISIT else await viewer_for(warehouse(), person, today())
        known = Known(found, await _names(found), time.monotonic() + KEEP_SECONDS)
        _known[person] = known
        _known[found.person_id] = known
    return known.viewer


def name_of(viewer: Viewer, lang: Lang) -> str:
    """What a viewer met in the last seconds is called; the id else."""
    known = _known.get(viewer.person_id)
    return known.names[lang] if known else viewer.person_id


async def offered() -> pl.DataFrame:
    """Whom one may look as, as `org.viewers` has them; the top of the company first."""
    return await org.viewers(warehouse(), today())


async def _head() -> Viewer:
    for person in (await offered()).head(HEAD_AMONG)["person_id"]:
        viewer = await viewer_for(warehouse(), person, today())
        if viewer.everything:
            return viewer
    return COMPANY


async def _names(viewer: Viewer) -> dict[Lang, str]:
    found = await org.names(warehouse(), "person", [viewer.person_id], today())
    zh, en = found.get(viewer.person_id, (viewer.person_id, viewer.person_id))
    return {"zh": zh, "en": en}
