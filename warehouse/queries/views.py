"""The views that people keep: the last word of each, by the one who saved it first."""

from dataclasses import dataclass

from ingest.events import Action
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.viewer import Viewer

SUBJECT = "view:"

# A view is its maker's: what others say about it counts for nothing.
_LAST_WORDS = """
SELECT state FROM (
    SELECT subject, what, state, who, changed_at, version, offset,
        argMin(who, (changed_at, version, offset)) OVER (PARTITION BY subject) AS owner
    FROM action_events
    WHERE startsWith(subject, 'view:') AND what IN ('save_view', 'forget_view') AND state != '')
WHERE who = owner ORDER BY changed_at DESC, version DESC, offset DESC LIMIT 1 BY subject
"""


@dataclass(frozen=True)
class View:
    """A saved view: `query` as in the URL, without language and light; `owner_id` may rename and forget it."""

    id: str
    name: str
    path: str
    query: str
    owner_id: str
    is_shared: bool

    @property
    def href(self) -> str:
        """The address that shows it."""
        return self.path + (self.query if self.query.startswith("?") or not self.query else f"?{self.query}")


async def views(warehouse: AsyncWarehouse, viewer: Viewer) -> list[View]:
    """The viewer's own and the shared ones, own first, by name. What they show follows from each viewer's scope."""
    rows = await ask(warehouse, _LAST_WORDS, {}, Reads("action_events"))
    found = []
    for state in rows["state"]:
        event = Action.model_validate_json(state)
        said = event.view
        if event.what == "save_view" and said and (said.is_shared or event.who == viewer.person_id):
            id = event.subject.removeprefix(SUBJECT)
            found.append(View(id, said.name, said.path, said.query, event.who, said.is_shared))
    return sorted(found, key=lambda view: (view.owner_id != viewer.person_id, view.name.casefold(), view.id))
