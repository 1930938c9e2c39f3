"""A mapping as it is worked with: rules that give events, their fields as trees of expressions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self
from zoneinfo import ZoneInfo

from ingest.errors import MappingError, Problem
from ingest.mappings.fields import FieldKind
from ingest.mappings.grammar import Node
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.places import line_of
from ingest.mappings.shape import File, Source, TableShape
from ingest.topics import Topic


@dataclass(frozen=True)
class Leaf:
    """A field worked out by an expression. `kind` is None where the topic does not know the field."""

    node: Node
    kind: FieldKind | None


@dataclass(frozen=True)
class Branch:
    """Fields in braces; absent when all of them are missing."""

    members: Mapping[str, "Tree"]


@dataclass(frozen=True)
class Items:
    """Values in brackets; what is missing is left out, and without any the field is absent."""

    items: tuple["Tree", ...]


Tree = Leaf | Branch | Items


@dataclass(frozen=True)
class EventRule:
    """One `[[emit]]`: which rows of which table give events of which topic, and how."""

    name: str
    topic: Topic
    table: str
    when: Node | None
    each: tuple[Node, ...]
    take: Literal["first", "last"]
    tree: Branch
    place: int
    of_deleted: bool = False

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """Every expression with the key it stands under."""
        if self.when is not None:
            yield "when", self.when
        yield from (("each", node) for node in self.each)
        yield from leaves(self.tree, "")


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping ready for rows, but for its `problems`. `places` says where in the file a table is described."""

    title: str
    text: str
    source: Source
    zone: ZoneInfo
    tables: Mapping[str, TableShape]
    places: Mapping[str, KeyPath]
    wheres: Mapping[str, Node]
    maps: Mapping[str, Mapping[str, object]]
    rules: tuple[EventRule, ...]
    lines: Mapping[KeyPath, int] = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def checked(self) -> Self:
        """Itself; raises `MappingError` where it has problems."""
        if self.problems:
            raise MappingError(self.title, self.problems)
        return self

    @property
    def files(self) -> Mapping[str, File]:
        """The tables that are read from files."""
        return {name: table for name, table in self.tables.items() if isinstance(table, File)}

    def only(self, tables: Collection[str]) -> "CompiledMapping":
        """The same with these tables alone, and the rules that look at them."""
        return replace(
            self,
            tables={name: table for name, table in self.tables.items() if name in tables},
            rules=tuple(rule for rule in self.rules if rule.table in tables),
        )

    def problem(self, path: KeyPath, where: str, message: str) -> Problem:
        return Problem(line_of(dict(self.lines), path), where, message)


def leaves(tree: Tree, key: str) -> Iterator[tuple[str, Node]]:
    """Every expression of a tree with the dotted key it stands under."""
    if isinstance(tree, Leaf):
        yield key, tree.node
    elif isinstance(tree, Branch):
        for name, member in tree.members.items():
            yield from leaves(member, f"{key}.{name}" if key else name)
    else:
        for item in tree.items:
            yield from leaves(item, key)
