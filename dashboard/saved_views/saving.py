"""To save, rename, share or forget a view is an action on the log, as all that people do."""

import asyncio
import secrets
from datetime import UTC, datetime

from dashboard.actions import NobodyActs, publisher
from dashboard.address import Address
from ingest.events import Action, SavedView
from warehouse.queries.views import SUBJECT, View
from warehouse.viewer import Viewer

_BESIDE = {"lang": "zh", "theme": "light"}
"""What is the reader's own and not the view's."""


def kept(address: Address, name: str, *, is_shared: bool) -> SavedView:
    """The view of an address, without the reader's language and light. ValidationError for a name there cannot be."""
    query = address.state.but(**_BESIDE).to_query().removeprefix("?")
    return SavedView(name=name.strip(), path=address.path, query=query, is_shared=is_shared)


def saving(viewer: Viewer, view: SavedView, now: datetime, id: str | None = None) -> Action:
    """The event that saves it, anew or (`id`) over what was there. Raises `NobodyActs`."""
    return _action(viewer, id or secrets.token_urlsafe(9), now, "save_view", view)


def forgetting(viewer: Viewer, view: View, now: datetime) -> Action:
    """The event after which it is gone."""
    return _action(viewer, view.id, now, "forget_view", None)


def _action(viewer: Viewer, id: str, now: datetime, what: str, view: SavedView | None) -> Action:
    if viewer == Viewer.nobody(viewer.person_id):
        raise NobodyActs("who has no scope keeps no views")
    return Action(
        occurred_at=now,
        source="dashboard",
        subject=f"{SUBJECT}{id}",
        who=viewer.person_id,
        what="save_view" if what == "save_view" else "forget_view",
        view=view,
    )


async def tell(event: Action) -> None:
    """Put it on the log and wait until Kafka has it. Raises as `Publisher.publish`."""
    await asyncio.to_thread(publisher().publish, "actions", [event])


def now() -> datetime:
    """The business's clock."""
    return datetime.now(UTC)
