"""Who is at work, who stands in, and who leads whom, as of a day. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingest.events import Finding

CHATS = ("feishu", "lark", "dingtalk", "wecombot", "slack", "workflows")
"""Schemes of apprise that may be written to: Feishu, DingTalk, WeCom, Slack, and Teams by its workflows."""


def kind_of(contact: str) -> Literal["mail", "chat"] | None:
    """By which kind of channel a contact of the organisation is reached; None where it is another, a phone say."""
    scheme, is_address, _ = contact.partition("://")
    if is_address:
        return "chat" if scheme.lower() in CHATS else None
    return "mail" if "@" in contact.removeprefix("mailto:") else None


@dataclass(frozen=True)
class Post:
    """A person on the day; `status` active, leave or left."""

    unit_id: str = ""
    status: str = "active"
    stand_in_id: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Directory:
    """`managers` and `paths` (root first, the unit itself last) by unit, `people` by id."""

    managers: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: Mapping[str, Post] = field(default_factory=dict)

    def at_work(self, person_id: str | None) -> str | None:
        """The person, or who stands in for them; None where neither is there. Somebody unknown is at work."""
        if not person_id:
            return None
        post = self.people.get(person_id)
        if post is None or post.status == "active":
            return person_id
        stand_in = self.people.get(post.stand_in_id)
        return post.stand_in_id if post.status == "leave" and stand_in and stand_in.status == "active" else None

    def path_of(self, finding: Finding) -> tuple[str, ...]:
        """The units of a finding: of its slice, else of the person it speaks of, else of whoever answers."""
        about = finding.slice
        for unit in (about.unit_id, self._home(about.person_id), self._home(finding.responsible_id)):
            if unit:
                return self.paths.get(unit, (unit,))
        return ()

    def manager_of(self, finding: Finding, besides: Collection[str]) -> str | None:
        """Who leads the finding's unit and is at work; the next up where nobody is, or one of `besides`."""
        return next((who for who in self._up(self.path_of(finding)) if who not in besides), None)

    def head(self, finding: Finding, besides: Collection[str] = ()) -> str | None:
        """Whoever leads the whole: of the finding's own tree, else the only one."""
        path = self.path_of(finding)
        roots = path[:1] or tuple(sorted(unit for unit, path in self.paths.items() if len(path) == 1))[:1]
        return next((who for who in self._up(roots) if who not in besides), None)

    def _up(self, path: tuple[str, ...]) -> Iterator[str]:
        for unit in reversed(path):
            if who := self.at_work(self.managers.get(unit)):
                yield who

    def _home(self, person_id: str | None) -> str:
        post = self.people.get(person_id or "")
        return post.unit_id if post else ""
