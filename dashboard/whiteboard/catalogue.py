"""Which whiteboards there are, and where on the log each stands: a fold over the headers of its steps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from dashboard.locales import Lang
from ingest.whiteboards import Step

Place = tuple[int, int]
"""A partition and an offset."""


ABOUT = ("finding_id", "meeting_id", "subject", "template")
"""What a board is about, as the steps say it that begin it or hold all of it."""


@dataclass(frozen=True)
class Version:
    """What a board was: the snapshot whose pieces lie at `places`."""

    id: str
    at: datetime
    who: tuple[str, ...]
    objects: int
    places: tuple[Place, ...]
    covers: int


@dataclass
class Entry:
    """One board. `since` are the steps after the last snapshot and those it does not cover, in the log's order."""

    board_id: str
    title: str = ""
    title_en: str = ""
    finding_id: str | None = None
    meeting_id: str | None = None
    subject: str | None = None
    template: str | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None
    created_by: str = ""
    objects: int = 0
    who: set[str] = field(default_factory=set)
    who_since: set[str] = field(default_factory=set)
    since: list[Place] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)

    def called(self, lang: Lang) -> str:
        """What it is called; a name that somebody gave it is the same for all."""
        return (self.title_en if lang == "en" else "") or self.title

    @property
    def places(self) -> list[Place]:
        """Every record that is needed to have the whole board."""
        last = self.versions[-1].places if self.versions else ()
        return sorted({*last, *self.since})


class Catalogue:
    """All boards of the log, told record by record."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._pieces: dict[str, list[Place]] = {}

    def get(self, board_id: str) -> Entry | None:
        """A board; None where nobody has made it."""
        return self._entries.get(board_id)

    def all(self) -> Iterable[Entry]:
        """Every board, the newest first."""
        return sorted(self._entries.values(), key=lambda one: str(one.changed_at), reverse=True)

    def note(self, step: Step, place: Place) -> None:
        """A record of the log, in the order of its partition."""
        entry = self._entries.setdefault(step.board_id, Entry(step.board_id))
        if step.pieces > 1:
            gathered = self._pieces.setdefault(step.step_id, [])
            gathered.append(place)
            if len(gathered) < step.pieces:
                return
            places = tuple(self._pieces.pop(step.step_id))
        else:
            places = (place,)
        if step.what == "snapshot":
            self._note_snapshot(entry, step, places)
        else:
            entry.since += places
            entry.who_since |= set(step.who)
            if step.what == "created":
                entry.created_at, entry.created_by = (
                    entry.created_at or step.at,
                    entry.created_by or "".join(step.who[:1]),
                )
        if step.what != "update":
            entry.objects = step.objects or entry.objects
            if step.title:
                entry.title, entry.title_en = step.title, step.title_en
            for name in ABOUT:
                setattr(entry, name, getattr(step, name) or getattr(entry, name))
        entry.who |= set(step.who)
        if step.what != "snapshot":
            entry.changed_at = step.at

    def _note_snapshot(self, entry: Entry, step: Step, places: tuple[Place, ...]) -> None:
        covers = -1 if step.covers is None else step.covers
        if entry.versions and covers < entry.versions[-1].covers:
            return  # another process has read further
        who = tuple(sorted(entry.who_since | set(step.who)))
        entry.versions.append(Version(step.step_id, step.at, who, step.objects, places, covers))
        entry.since = [one for one in entry.since if one[1] > covers]
        entry.who_since.clear()
        entry.objects = step.objects
