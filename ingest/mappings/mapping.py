"""A mapping read and checked: every name in it is known, every expression a tree, every fault told with its line."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ingest.errors import MappingError, Problem, did_you_mean
from ingest.events import Event
from ingest.mappings.fields import MODELS, ORG_KINDS, FieldKind, fields_of
from ingest.mappings.functions import FUNCTIONS
from ingest.mappings.grammar import Call, Constant, Node, SyntaxFault, parse, substitute
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.places import line_of, lines_of
from ingest.mappings.shape import Emit, File, MappingFile, Source
from ingest.topics import TOPICS, Topic


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
    """One `[[emit]]`: which rows of which file give events of which topic, and how."""

    name: str
    topic: Topic
    table: str
    when: Node | None
    each: tuple[Node, ...]
    take: Literal["first", "last"]
    tree: Branch
    place: int

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """Every expression with the key it stands under."""
        if self.when is not None:
            yield "when", self.when
        yield from (("each", node) for node in self.each)
        yield from _leaves(self.tree, "")


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping ready for files."""

    title: str
    text: str
    source: Source
    zone: ZoneInfo
    files: Mapping[str, File]
    wheres: Mapping[str, Node]
    maps: Mapping[str, Mapping[str, object]]
    rules: tuple[EventRule, ...]
    lines: Mapping[KeyPath, int] = field(repr=False)

    def problem(self, path: KeyPath, where: str, message: str) -> Problem:
        return Problem(line_of(dict(self.lines), path), where, message)


def load(path: Path) -> CompiledMapping:
    """Read a mapping file; raises `MappingError` with every problem that can be seen without the data."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(path.name, [Problem(None, "", f"cannot be read: {error}")]) from error
    return compile_text(text, path.name)


def compile_text(text: str, title: str = "mapping") -> CompiledMapping:
    """The same from text."""
    lines = lines_of(text)
    try:
        shape = MappingFile.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(title, [Problem(None, "", f"not TOML: {error}")]) from None
    except ValidationError as error:
        raise MappingError(title, [_shape_problem(lines, detail) for detail in error.errors()]) from None
    return _Compiler(shape, title, text, lines).compiled()


class _Compiler:
    def __init__(self, shape: MappingFile, title: str, text: str, lines: dict[KeyPath, int]) -> None:
        self._shape, self._title, self._text, self._lines = shape, title, text, lines
        self._problems: list[Problem] = []
        self._files = {file.name: file for file in shape.files}

    def compiled(self) -> CompiledMapping:
        shape = self._shape
        self._check_files()
        definitions = {file.name: self._definitions(place, file) for place, file in enumerate(shape.files)}
        wheres = {
            file.name: substitute(node, definitions[file.name])
            for place, file in enumerate(shape.files)
            if file.where is not None
            and (node := self._read(file.where, ("files", place, "where"), f"files {file.name}, where")) is not None
        }
        emitted: dict[str, int] = {}
        rules = []
        for place, emit in enumerate(shape.emit):
            emitted[emit.topic] = emitted.get(emit.topic, 0) + 1
            rule = self._rule(place, emit, definitions.get(emit.from_, {}), emitted[emit.topic])
            if rule is not None:
                rules.append(rule)
        if self._problems:
            raise MappingError(self._title, self._problems)
        zone = ZoneInfo(shape.source.timezone)
        return CompiledMapping(
            self._title, self._text, shape.source, zone, self._files, wheres, shape.maps, tuple(rules), self._lines
        )

    def _say(self, path: KeyPath, where: str, message: str) -> None:
        self._problems.append(Problem(line_of(self._lines, path), where, message))

    def _check_files(self) -> None:
        seen: set[str] = set()
        for place, file in enumerate(self._shape.files):
            if file.name in seen:
                self._say(("files", place, "name"), f"files {file.name}", "this name is given twice")
            for number, join in enumerate(file.joins):
                path = ("files", place, "joins", number, "file")
                if join.file not in self._files:
                    self._say(path, f"files {file.name}, joins", _unknown("file", join.file, self._files))
                elif join.file not in seen:
                    self._say(path, f"files {file.name}, joins", f"the file {join.file!r} must stand above this one")
            seen.add(file.name)

    def _definitions(self, place: int, file: File) -> dict[str, Node]:
        defined: dict[str, Node] = {}
        for name, text in file.define.items():
            node = self._read(text, ("files", place, "define", name), f"files {file.name}, define.{name}")
            if node is not None:
                defined[name] = substitute(node, defined)
        return defined

    def _rule(self, place: int, emit: Emit, definitions: dict[str, Node], version: int) -> EventRule | None:
        where = f"emit {place + 1}" + (f" ({emit.name})" if emit.name else "")
        path: KeyPath = ("emit", place)
        if emit.from_ not in self._files:
            self._say((*path, "from"), where, _unknown("file", emit.from_, self._files))
        public = {name for name, topic in TOPICS.items() if topic.public}
        if emit.topic not in public:
            self._say((*path, "topic"), where, _unknown("topic", emit.topic, public))
            return None
        model = self._model(place, emit, where)
        if model is None:
            return None

        def read(text: str, key: str) -> Node | None:
            node = self._read(text, (*path, key), f"{where}, {key}")
            return None if node is None else substitute(node, definitions)

        when = read(emit.when, "when") if emit.when is not None else None
        each = tuple(node for text in emit.each if (node := read(text, "each")) is not None)
        tree = self._tree(emit, model, definitions, path, where)
        members = {**self._defaults(emit, model, version), **tree}
        if issubclass(model, MODELS["targets"]) is False and emit.topic == "org" and "occurred_at" not in members:
            members["occurred_at"] = Leaf(members["valid_from"].node, fields_of(model)["occurred_at"])  # type: ignore[union-attr]
        required = [name for name, info in model.model_fields.items() if info.is_required() and name not in members]
        if required:
            self._say(path, where, f"{emit.topic} needs {', '.join(required)}")
        name = emit.name or f"{emit.topic} {place + 1}"
        return EventRule(name, TOPICS[emit.topic], emit.from_, when, each, emit.take, Branch(members), place)

    def _model(self, place: int, emit: Emit, where: str) -> type[Event] | None:
        if emit.topic != "org":
            return MODELS[emit.topic]
        kind = emit.set.get("kind")
        if kind not in ORG_KINDS:
            known = ", ".join(ORG_KINDS)
            hint = did_you_mean(str(kind), ORG_KINDS) if kind else ""
            self._say(
                ("emit", place, "set", "kind"), where, f"set.kind says what an org event is about: {known}.{hint}"
            )
            return None
        return ORG_KINDS[str(kind)]

    def _defaults(self, emit: Emit, model: type[Event], version: int) -> dict[str, Tree]:
        source, kinds = self._shape.source, fields_of(model)
        defaults: dict[str, object] = {"source": source.name, "version": version}
        if source.currency and "currency" in kinds:
            defaults["currency"] = source.currency
        if emit.topic == "org" and source.starts_on:
            defaults["valid_from"] = source.starts_on
        return {name: Leaf(Constant(value), kinds[name]) for name, value in defaults.items()}

    def _tree(
        self, emit: Emit, model: type[Event], definitions: dict[str, Node], path: KeyPath, where: str
    ) -> dict[str, Tree]:
        kinds = fields_of(model)

        def expression(text: object, key: str) -> Node | None:
            if not isinstance(text, str):
                return Constant(text)
            at = (*path, *key.split("."))
            node = self._read(text, at, f"{where}, {key}")
            return None if node is None else substitute(node, definitions)

        def constant(value: object, key: str) -> Node | None:
            return Constant(value)

        members: dict[str, Tree] = {}
        for section, given, reader in (("set", emit.set, constant), ("fields", emit.fields, expression)):
            for name, value in given.items():
                at = (*path, section, name)
                if name in members:
                    self._say(at, f"{where}, {section}.{name}", "is given in set and in fields")
                elif name not in kinds:
                    hint = did_you_mean(name, kinds) or " To carry a field of your own put it under extra."
                    self._say(at, f"{where}, {section}.{name}", f"{emit.topic} has no field {name!r}.{hint}")
                else:
                    self._grow(members, name, value, kinds[name], reader, f"{section}.{name}", at, where)
        for name, value in emit.extra.items():
            at = (*path, "extra", name)
            if name in kinds:
                self._say(at, f"{where}, extra.{name}", f"{emit.topic} knows {name!r}: put it under fields")
            elif isinstance(value, dict | list):
                self._say(at, f"{where}, extra.{name}", "must be one expression")
            elif (node := expression(value, f"extra.{name}")) is not None:
                members[name] = Leaf(node, None)
        return members

    def _grow(
        self,
        members: dict[str, Tree],
        name: str,
        value: object,
        kind: FieldKind,
        reader: Callable[[object, str], Node | None],
        key: str,
        path: KeyPath,
        where: str,
    ) -> None:
        """Put the tree of one field into `members`, or say why it cannot be."""
        if kind.members is not None or kind.any_member is not None:
            if not isinstance(value, dict):
                self._say(path, f"{where}, {key}", 'has parts: write { part = "…" }')
                return
            inner: dict[str, Tree] = {}
            for part, member in value.items():
                member_kind = kind.any_member or (kind.members or {}).get(part)
                if member_kind is None:
                    self._say(path, f"{where}, {key}", _unknown("part", part, kind.members or {}))
                else:
                    self._grow(inner, part, member, member_kind, reader, f"{key}.{part}", path, where)
            members[name] = Branch(inner)
        elif kind.item is not None:
            if not isinstance(value, list):
                self._say(path, f"{where}, {key}", "is a list: write [ { … }, … ]")
                return
            grown: dict[str, Tree] = {}
            for place, item in enumerate(value):
                self._grow(grown, str(place), item, kind.item, reader, key, path, where)
            members[name] = Items(tuple(grown.values()))
        elif isinstance(value, dict | list):
            self._say(path, f"{where}, {key}", "is one value, not a list or a table")
        elif (node := reader(value, key)) is not None:
            members[name] = Leaf(node, kind)

    def _read(self, text: str, path: KeyPath, where: str) -> Node | None:
        try:
            node = parse(text)
        except SyntaxFault as fault:
            self._say(path, where, f"{fault} in: {text}")
            return None
        problems = list(_call_problems(node, self._shape.maps))
        for message in problems:
            self._say(path, where, message)
        return None if problems else node


_OPERATORS = {"+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "in", "and", "or", "not"}


def _call_problems(node: Node, maps: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    if not isinstance(node, Call):
        return
    if node.function not in _OPERATORS:
        function = FUNCTIONS.get(node.function)
        count = len(node.arguments)
        if function is None:
            yield _unknown("function", node.function, FUNCTIONS)
        elif count < function.fewest or (function.most is not None and count > function.most):
            yield f"{node.function} takes other arguments: {function.usage}"
        elif node.function == "map":
            name = node.arguments[1]
            if not isinstance(name, Constant) or str(name.value) not in maps:
                given = str(name.value) if isinstance(name, Constant) else "…"
                yield f"there is no [maps.{given}].{did_you_mean(given, maps)}"
    for argument in node.arguments:
        yield from _call_problems(argument, maps)


def _leaves(tree: Tree, key: str) -> Iterator[tuple[str, Node]]:
    if isinstance(tree, Leaf):
        yield key, tree.node
    elif isinstance(tree, Branch):
        for name, member in tree.members.items():
            yield from _leaves(member, f"{key}.{name}" if key else name)
    else:
        for item in tree.items:
            yield from _leaves(item, key)


def _unknown(what: str, name: str, known: Any) -> str:
    return f"there is no {what} {name!r}." + (did_you_mean(name, known) or f" Known: {', '.join(sorted(known))}.")


def _shape_problem(lines: dict[KeyPath, int], detail: Any) -> Problem:
    path = tuple(part for part in detail["loc"])
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = f"unknown key.{did_you_mean(str(path[-1]), _keys_beside(path))}"
    elif detail["type"] == "missing":
        message = "is required"
    return Problem(line_of(lines, path), where, message)


def _keys_beside(path: KeyPath) -> list[str]:
    """The keys that may stand where the last of `path` stands."""
    model: Any = MappingFile
    for part in path[:-1]:
        if isinstance(part, str):
            inner = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
            if inner is None:
                return []
            found = [t for t in _types(inner.annotation) if hasattr(t, "model_fields")]
            if not found:
                return []
            model = found[0]
    return [f.alias or name for name, f in model.model_fields.items()]


def _types(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", None)
    return [annotation] if inner is None else [found for argument in inner for found in _types(argument)]
