"""The fields of an event rule, from the tables of the mapping to trees of expressions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.errors import did_you_mean
from ingest.events import Event
from ingest.mappings.fields import FieldKind, fields_of
from ingest.mappings.grammar import Constant, Node, substitute
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.problems import Problems, unknown
from ingest.mappings.rules import Branch, Items, Leaf, Tree
from ingest.mappings.shape import Emit

ReadValue = Callable[[object, str], Node | None]
"""A value of the mapping and its dotted key → its expression."""


@dataclass(frozen=True)
class FieldsReader:
    """Reads `set`, `fields` and `extra` of one `[[emit]]`."""

    emit: Emit
    model: type[Event]
    definitions: Mapping[str, Node]
    path: KeyPath
    where: str
    problems: Problems

    def members(self) -> dict[str, Tree]:
        """Field → tree; what cannot be read is a problem and left out."""
        kinds = fields_of(self.model)
        members: dict[str, Tree] = {}
        for section, given, read in (
            ("set", self.emit.set, self._constant),
            ("fields", self.emit.fields, self._expression),
        ):
            for name, value in given.items():
                key = f"{section}.{name}"
                if name in members:
                    self._say(key, "is given in set and in fields")
                elif name not in kinds:
                    hint = did_you_mean(name, kinds) or " To carry a field of your own put it under extra."
                    self._say(key, f"{self.emit.topic} has no field {name!r}.{hint}")
                else:
                    self._grow(members, name, value, kinds[name], read, key)
        for name, value in self.emit.extra.items():
            key = f"extra.{name}"
            if name in kinds:
                self._say(key, f"{self.emit.topic} knows {name!r}: put it under fields")
            elif isinstance(value, dict | list):
                self._say(key, "must be one expression")
            elif (node := self._expression(value, key)) is not None:
                members[name] = Leaf(node, None)
        return members

    def _say(self, key: str, message: str) -> None:
        self.problems.say((*self.path, *key.split(".")), f"{self.where}, {key}", message)

    def _constant(self, value: object, key: str) -> Node | None:
        return Constant(value)

    def _expression(self, value: object, key: str) -> Node | None:
        if not isinstance(value, str):
            return Constant(value)
        node = self.problems.read(value, (*self.path, *key.split(".")), f"{self.where}, {key}")
        return None if node is None else substitute(node, dict(self.definitions))

    def _grow(
        self, members: dict[str, Tree], name: str, value: object, kind: FieldKind, read: ReadValue, key: str
    ) -> None:
        """Put the tree of one field into `members`, or say why it cannot be."""
        if kind.members is not None or kind.any_member is not None:
            if not isinstance(value, dict):
                self._say(key, 'has parts: write { part = "…" }')
                return
            inner: dict[str, Tree] = {}
            for part, member in value.items():
                member_kind = kind.any_member or (kind.members or {}).get(part)
                if member_kind is None:
                    self._say(key, unknown("part", part, kind.members or {}))
                else:
                    self._grow(inner, part, member, member_kind, read, f"{key}.{part}")
            members[name] = Branch(inner)
        elif kind.item is not None:
            if not isinstance(value, list):
                self._say(key, "is a list: write [ { … }, … ]")
                return
            grown: dict[str, Tree] = {}
            for place, item in enumerate(value):
                self._grow(grown, str(place), item, kind.item, read, key)
            members[name] = Items(tuple(grown.values()))
        elif isinstance(value, dict | list):
            self._say(key, "is one value, not a list or a table")
        elif (node := read(value, key)) is not None:
            members[name] = Leaf(node, kind)
