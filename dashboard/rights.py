"""Who may change and see what: targets are set by whoever leads what is above, tasks by whoever has them or leads them.

Whether a task helped is decided by whoever leads, and by nobody of their own.
"""

from collections.abc import Collection, Iterable

from ingest.events import Slice
from warehouse.dimensions import EVERYWHERE
from warehouse.meetings import Meeting
from warehouse.tree import Company
from warehouse.viewer import Viewer, in_scope


def may_set_target(viewer: Viewer, slice: Slice, org: Company) -> bool:
    """Sales operations everything; the manager of a unit what is below it: units, people, and its own split by product.

    Nobody sets their own target, and one for a product without a unit is set at the head of the company.
    """
    if viewer.is_ops:
        return True
    person = org.people.get(slice.person_id or "")
    if slice.person_id is not None:
        unit = str(person["unit_id"]) if person else ""
        return slice.person_id != viewer.person_id and leads(viewer, _path(org, unit))
    unit = slice.unit_id or org.node_of(EVERYWHERE)[1]
    path = _path(org, unit)
    return leads(viewer, path if slice.product_id is not None else path[:-1])


def may_change_task(viewer: Viewer, path: Iterable[str], person_id: str | None) -> bool:
    """Whose task it is, who leads a unit it belongs to (`path`), and sales operations."""
    return viewer.is_ops or (person_id is not None and person_id == viewer.person_id) or leads(viewer, path)


def may_decide(viewer: Viewer, path: Iterable[str], person_id: str | None) -> bool:
    """Who says whether a task helped: who leads a unit it belongs to, if it is not their own, and sales operations."""
    return viewer.is_ops or (person_id != viewer.person_id and leads(viewer, path))


def may_see_meeting(viewer: Viewer, meeting: Meeting, path: Collection[str]) -> bool:
    """Who has to do with it, and in whose scope the unit lies that it is about (`path`)."""
    return viewer.person_id in meeting.people or in_scope(viewer, path)


def leads(viewer: Viewer, path: Iterable[str]) -> bool:
    """Whether the viewer manages one of these units."""
    return bool(viewer.unit_ids & set(path))


def _path(org: Company, unit: str) -> list[str]:
    return list(org.units.get(unit, {}).get("path", ()))
