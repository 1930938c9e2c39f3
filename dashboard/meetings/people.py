"""Who is called to a meeting, and why: proposed from what it is about, corrected by hand, remembered. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dashboard.notifications.people import Directory
from ingest.events import Called, Finding, Why
from warehouse.meetings import Meeting

MOST, MOST_PARTS = 8, 3
"""People called at once, and of those with a part of it in hand."""


def called_about(finding: Finding, directory: Directory, owners: Mapping[str, str]) -> list[Called]:
    """Whoever answers, who stands in, who leads them, who has the largest parts of it in hand, who was asked beside.

    `owners` are those of the deals, orders and customers it speaks of, by id.
    """
    found = list(_answering(finding, directory))
    if manager := directory.manager_of(finding, {one.person_id for one in found}):
        found.append(Called(person_id=manager, why="manager"))
    found += _at_work(_evidence(finding, directory, owners), "evidence", directory)
    found += _at_work(finding.consulted_ids, "consulted", directory)
    return once(found)


def called_at(unit_id: str, person_id: str | None, directory: Directory, owner: Why = "owner") -> list[Called]:
    """Whoever has it, and who leads the place and the one above."""
    found = list(_at_work([person_id] if person_id else [], owner, directory))
    leads = [directory.managers.get(unit, "") for unit in reversed(directory.paths.get(unit_id, ()))]
    return once([*found, *_at_work(leads[:2], "leads", directory)])


def once(people: Iterable[Called], most: int = MOST) -> list[Called]:
    """Each person once, for the first reason, and no more than can be met."""
    found: dict[str, Called] = {}
    for one in people:
        found.setdefault(one.person_id, one)
    return list(found.values())[:most]


def remembered(
    proposed: Sequence[Called], about_it: Sequence[Meeting], by_viewer: Sequence[Meeting], unit_id: str
) -> tuple[list[Called], frozenset[str]]:
    """Who is offered, and who of them is not called unless asked for.

    What was last chosen about the same thing stands, whoever chose it. About something new it is what follows from it,
    with those whom the viewer last added at that place, without those whom they last left out.
    """
    if last := next((one for one in reversed(about_it) if one.called), None):
        known = {one.person_id for one in last.called}
        return once([*last.called, *proposed]), frozenset(one.person_id for one in proposed) - known
    out: frozenset[str] = frozenset()
    added: list[Called] = []
    for meeting in by_viewer:
        out = (out - {one.person_id for one in meeting.called}) | frozenset(meeting.left_out)
        if meeting.unit_id == unit_id and meeting.called:
            added = [one for one in meeting.called if one.why == "added"]
    offered = once([*proposed, *added])
    return offered, out & {one.person_id for one in offered}


def _answering(finding: Finding, directory: Directory) -> Iterator[Called]:
    if not finding.responsible_id:
        return
    who = directory.at_work(finding.responsible_id)
    if who == finding.responsible_id:
        yield Called(person_id=who, why="stand_in" if finding.stand_in_for_id else "responsible")
    elif who:
        yield Called(person_id=who, why="stand_in")


def _evidence(finding: Finding, directory: Directory, owners: Mapping[str, str]) -> list[str]:
    """Who has the largest cells in hand, then the largest things it speaks of."""
    cells = sorted(finding.cells, key=lambda cell: -abs(cell.contribution))
    holders = [cell.slice.person_id or directory.managers.get(cell.slice.unit_id or "", "") for cell in cells]
    holders += [owners.get(one.id) or owners.get(one.customer_id or "", "") for one in finding.behind]
    return list(dict.fromkeys(filter(None, holders)))[:MOST_PARTS]


def _at_work(people: Iterable[str], why: Why, directory: Directory) -> Iterator[Called]:
    for one in people:
        if who := directory.at_work(one):
            yield Called(person_id=who, why=why if who == one else "stand_in")
