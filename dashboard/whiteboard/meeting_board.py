"""A meeting's whiteboard as it begins: the layout of its kind, and its inputs as live tiles of what it is about.

Which meeting it is follows from the log, so that whoever prepares it, joins it or looks it up comes to the same board.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from dashboard.connection import warehouse
from dashboard.locales import LANGS, Lang
from dashboard.meetings.entering import id_of
from dashboard.meetings.matters import matter_of
from dashboard.meetings.offering import Desk, NotYours
from dashboard.meetings.trade import Input, parts_of
from dashboard.subjects import CELL, state_of
from dashboard.whiteboard import evidence, scene, templates
from dashboard.whiteboard.document import Document

_LAYOUTS: Mapping[str, tuple[str, Sequence[Input]]] = {
    "deal": ("decision", ("figures", "actions")),
    "person": ("one_to_one", ("actions",)),
    "slice": ("analysis", ("findings", "actions")),
}
"""What a meeting begins with that is none of the trade's, by the kind of its subject."""
_PLACED = ("unit", "rep", "product", "route", "segment", "deal")


@dataclass(frozen=True)
class Beginning:
    """What the board of a meeting is called and holds before anybody has drawn on it; `place` is a part of a query."""

    named: scene.Words
    template: str
    place: str
    inputs: Sequence[str]

    def draw(self, document: Document) -> None:
        """Draw it."""
        templates.draw(document, templates.found().get(self.template), self.named, self.place, self.inputs)


def meeting_of(desk: Desk, wanted: str | None) -> str:
    """The id of the meeting that is meant: the one `wanted`, else the one that is on or next, else the one that a click
    on *Meet* would open. Raises `NotYours` where there is none of that id, or the board is others' to draw on."""
    me = desk.viewer
    has_part = any(me.person_id in one.people for one in desk.about)
    if me.only_own and about_of(desk.matter.subject).startswith(CELL) and not has_part:
        raise NotYours(desk.matter.subject)  # to see what is one's own in a place is no part in the meetings about it
    if wanted:
        if all(one.id != wanted for one in desk.about):
            raise NotYours(wanted)
        return wanted
    return desk.next.id if desk.next else id_of(desk.matter.subject, desk.about)


def about_of(subject: str) -> str:
    """What a meeting is about in the end: of one of the trade its place or deal."""
    parts = parts_of(subject)
    return parts[1] if parts else subject


async def beginning(desk: Desk) -> Beginning:
    """What the board of the desk's meeting begins with."""
    parts, about = parts_of(desk.matter.subject), about_of(desk.matter.subject)
    kind = about.partition(":")[0]
    template, inputs = (parts[0].layout, parts[0].inputs) if parts else _LAYOUTS.get(kind, ("", ()))
    tiles = {
        "figures": "/tile/deal?" if kind == "deal" else "/tile/curve?metric=bookings",
        "findings": "/tile/findings?",
        "actions": "/tile/actions?",
    }
    return Beginning(await _named(desk), template, await _place(desk, about), [tiles[one] for one in inputs])


async def _named(desk: Desk) -> scene.Words:
    async def name(lang: Lang) -> str:
        if lang == desk.lang:
            return desk.matter.name
        other = await matter_of(warehouse(), desk.viewer, desk.matter.subject, lang, desk.directory, desk.now)
        return (other or desk.matter).name  # who is called and may not see it knows what it was called

    return {lang: await name(lang) for lang in LANGS}


async def _place(desk: Desk, about: str) -> str:
    state = state_of(about, desk.lang)
    said = {name: value for name in _PLACED if state and (value := getattr(state, name))}
    if "unit" not in said and "rep" not in said:
        if not desk.matter.unit_id:
            return "&".join(filter(None, (await evidence.place_of(desk.viewer), urlencode(said))))
        said["unit"] = desk.matter.unit_id
    return urlencode(said)
