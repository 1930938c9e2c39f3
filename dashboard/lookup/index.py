"""What can be found, and how well it fits what was typed: pure, in memory, one pass over what the viewer may see."""

import heapq
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dashboard.lookup.sounds import sounds
from warehouse.queries.directory import Directory
from warehouse.viewer import Viewer

Kind = Literal["unit", "person", "product", "customer"]
_ORDER: Sequence[Kind] = ("unit", "person", "product", "customer")
MOST = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """`keys` are all it is called by, a line each; `path` the units it hangs below, root first, `owner` its person.

    `leads` is the unit that a person manages.
    """

    kind: Kind
    id: str
    name: str
    name_en: str
    keys: str
    path: tuple[str, ...] = ()
    owner: str = ""
    leads: str = ""


@dataclass(frozen=True)
class Index:
    """All entries, and those each scope may see, kept once somebody of that scope has looked."""

    entries: tuple[Entry, ...]
    units: dict[str, tuple[str, str]]
    _seen: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def find(self, viewer: Viewer, typed: str, most: int = MOST, kinds: Collection[str] = _ORDER) -> list[Entry]:
        """What fits best of what the viewer may see: a whole name or id, then beginnings, then beginnings of words."""
        words = normal(typed).split()
        if not words:
            return []
        found = []
        for number, entry in enumerate(self.visible(viewer)):
            if entry.kind not in kinds:
                continue
            rank = 0
            for word in words:
                one = _rank(entry.keys, word)
                if one is None:
                    break
                rank += one
            else:
                found.append((rank, _ORDER.index(entry.kind), len(entry.name), number, entry))
        return [one[-1] for one in heapq.nsmallest(most, found)]

    def visible(self, viewer: Viewer) -> tuple[Entry, ...]:
        """The entries within the viewer's scope."""
        if viewer.everything:
            return self.entries
        known = self._seen.get(viewer.cache_key + viewer.person_id)
        if known is None:
            known = tuple(entry for entry in self.entries if may_see(viewer, entry))
            self._seen[viewer.cache_key + viewer.person_id] = known
        return known


def may_see(viewer: Viewer, entry: Entry) -> bool:
    """Whether the viewer may know of it: what lies in their units, their own, and what they sell or answer for.

    Whoever answers for a product sees its rows in every unit, and so the units and their people too.
    """
    if viewer.everything:
        return True
    if entry.kind == "product":
        if viewer.unit_ids or viewer.own_rows:
            return True
        return bool(viewer.product_ids & set(entry.path))
    if viewer.unit_ids & set(entry.path):
        return True
    if viewer.product_ids and entry.kind in ("unit", "person"):
        return True
    return viewer.own_rows and entry.kind != "unit" and entry.owner == viewer.person_id


def normal(text: str) -> str:
    """As it is compared: without case, wide letters as narrow ones."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _rank(keys: str, word: str) -> int | None:
    if word not in keys:
        return None
    if f"\n{word}\n" in keys:
        return 0
    if f"\n{word}" in keys:
        return 1
    return 2 if f" {word}" in keys else 3


def _keys(id: str, name: str, name_en: str, *, is_person: bool = False) -> str:
    spoken, initials = sounds(name, is_person)
    called = (id, name, name_en, spoken, spoken.replace(" ", ""), initials)
    lines = dict.fromkeys(normal(one) for one in called if one)
    return "\n" + "\n".join(lines) + "\n"


def index_of(found: Directory) -> Index:
    """The index of a directory; a customer hangs below its owner's unit."""
    paths: dict[str, tuple[str, ...]] = {row["id"]: tuple(row["path"]) for row in found.units.iter_rows(named=True)}
    leads = {row["manager_id"]: row["id"] for row in found.units.sort("id").iter_rows(named=True) if row["manager_id"]}
    homes = {row["id"]: paths.get(row["unit_id"], ()) for row in found.people.iter_rows(named=True)}
    units = [_entry("unit", row, path=paths[row["id"]]) for row in found.units.filter(closed=0).iter_rows(named=True)]
    people = [
        _entry("person", row, path=homes[row["id"]], owner=row["id"], leads=leads.get(row["id"], ""))
        for row in found.people.iter_rows(named=True)
    ]
    products = [_entry("product", row, path=tuple(row["path"])) for row in found.products.iter_rows(named=True)]
    customers = [
        _entry("customer", row, path=homes.get(row["owner_id"], ()), owner=row["owner_id"])
        for row in found.customers.iter_rows(named=True)
    ]
    names = {row["id"]: (row["name"], row["name_en"]) for row in found.units.iter_rows(named=True)}
    return Index((*units, *people, *products, *customers), names)


def _entry(kind: Kind, row: dict[str, str], *, path: Iterable[str] = (), owner: str = "", leads: str = "") -> Entry:
    keys = _keys(row["id"], row["name"], row["name_en"], is_person=kind == "person")
    return Entry(kind, row["id"], row["name"], row["name_en"], keys, tuple(path), owner, leads)
