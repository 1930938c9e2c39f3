"""A mapping read and checked: every name in it is known, every expression a tree, every fault told with its line."""

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ingest.errors import MappingError, Problem, did_you_mean
from ingest.events import Event
from ingest.mappings.fields import MODELS, ORG_KINDS, fields_of
from ingest.mappings.grammar import Constant, Node, substitute
from ingest.mappings.live import check_live, row_version
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.places import lines_of
from ingest.mappings.problems import Problems, shape_problem, unknown
from ingest.mappings.rules import Branch, CompiledMapping, EventRule, Leaf, Tree
from ingest.mappings.shape import Emit, File, LiveShape, MappingFile, TableShape
from ingest.mappings.trees import FieldsReader
from ingest.toml import NotToml, parse
from ingest.topics import TOPICS


def load(path: Path) -> CompiledMapping:
    """Read a mapping file; raises `MappingError` with every problem that can be seen without the data."""
    return draft(path).checked()


def draft(path: Path) -> CompiledMapping:
    """The same with its problems in it, for who has the data too; raises `MappingError` where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(path.name, [Problem(None, "", f"cannot be read: {error}")]) from error
    return _drafted(text, path.name)


def compile_text(text: str, title: str = "mapping") -> CompiledMapping:
    """As `load`, from text."""
    return _drafted(text, title).checked()


def _drafted(text: str, title: str) -> CompiledMapping:
    lines = lines_of(text)
    try:
        shape = MappingFile.model_validate(parse(text, Decimal))
    except NotToml as error:
        raise MappingError(title, [Problem(error.line, "", str(error))]) from None
    except ValidationError as error:
        raise MappingError(title, [shape_problem(lines, detail) for detail in error.errors()]) from None
    problems = Problems(lines, shape.maps)
    tables, places = _tables(shape, problems)
    definitions = {name: _definitions(places[name], table, problems) for name, table in tables.items()}
    wheres = {
        name: substitute(node, definitions[name])
        for name, table in tables.items()
        if table.where is not None
        and (node := problems.read(table.where, (*places[name], "where"), f"{places[name][0]} {name}, where"))
        is not None
    }
    rules: list[EventRule] = []
    for place, emit in enumerate(shape.emit):
        version = 1 + sum(earlier.topic == emit.topic for earlier in shape.emit[:place])
        rule = _Rule(shape, emit, place, definitions.get(emit.from_, {}), problems).compiled(tables, version)
        rules += [] if rule is None else [rule]
    check_live(tables, places, wheres, rules, problems)
    zone = ZoneInfo(shape.source.timezone)
    maps = {name: {key: _as_text(value) for key, value in entries.items()} for name, entries in shape.maps.items()}
    found = tuple(problems.found)
    return CompiledMapping(title, text, shape.source, zone, tables, places, wheres, maps, tuple(rules), lines, found)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tables(shape: MappingFile, problems: Problems) -> tuple[dict[str, TableShape], dict[str, KeyPath]]:
    tables: dict[str, TableShape] = {}
    places: dict[str, KeyPath] = {}
    names = [file.name for file in shape.files]
    for section, place, table in shape.tables():
        if table.name in tables:
            problems.say((section, place, "name"), f"{section} {table.name}", "this name is given twice")
        for number, join in enumerate(table.joins):
            path, where = (section, place, "joins", number, "file"), f"{section} {table.name}, joins"
            if join.file not in names:
                problems.say(path, where, unknown("file", join.file, names))
            elif join.file not in tables:
                problems.say(path, where, f"the file {join.file!r} must stand above this one")
        tables[table.name], places[table.name] = table, (section, place)
    return tables, places


def _definitions(path: KeyPath, table: TableShape, problems: Problems) -> dict[str, Node]:
    defined: dict[str, Node] = {}
    for name, text in table.define.items():
        node = problems.read(text, (*path, "define", name), f"{path[0]} {table.name}, define.{name}")
        if node is not None:
            defined[name] = substitute(node, defined)
    return defined


class _Rule:
    def __init__(
        self, shape: MappingFile, emit: Emit, place: int, definitions: dict[str, Node], problems: Problems
    ) -> None:
        self._source, self._emit, self._place = shape.source, emit, place
        self._definitions, self._problems = definitions, problems
        self._where = f"emit {place + 1}" + (f" ({emit.name})" if emit.name else "")
        self._path: KeyPath = ("emit", place)

    def compiled(self, tables: dict[str, TableShape], version: int) -> EventRule | None:
        emit = self._emit
        if emit.from_ not in tables:
            what = "file" if all(isinstance(table, File) for table in tables.values()) else "table"
            self._problems.say((*self._path, "from"), self._where, unknown(what, emit.from_, tables))
        public = {name for name, topic in TOPICS.items() if topic.public}
        if emit.topic not in public:
            self._problems.say((*self._path, "topic"), self._where, unknown("topic", emit.topic, public))
            return None
        model = self._model()
        if model is None:
            return None
        when = self._read(emit.when, "when") if emit.when is not None else None
        each = tuple(node for text in emit.each if (node := self._read(text, "each")) is not None)
        reader = FieldsReader(emit, model, self._definitions, self._path, self._where, self._problems)
        is_live = isinstance(tables.get(emit.from_), LiveShape)
        members = {**self._defaults(model, version, is_live=is_live), **reader.members()}
        if (
            emit.topic == "org"
            and "occurred_at" not in members
            and isinstance(since := members.get("valid_from"), Leaf)
        ):
            members["occurred_at"] = Leaf(since.node, fields_of(model)["occurred_at"])
        self._check_required(model, members)
        name = emit.name or f"{emit.topic} {self._place + 1}"
        return EventRule(
            name,
            TOPICS[emit.topic],
            emit.from_,
            when,
            each,
            emit.take,
            Branch(members),
            self._place,
            of_deleted=emit.on == "delete",
        )

    def _read(self, text: str, key: str) -> Node | None:
        node = self._problems.read(text, (*self._path, key), f"{self._where}, {key}")
        return None if node is None else substitute(node, self._definitions)

    def _model(self) -> type[Event] | None:
        if self._emit.topic != "org":
            return MODELS[self._emit.topic]
        kind = self._emit.set.get("kind")
        if kind in ORG_KINDS:
            return ORG_KINDS[str(kind)]
        message = f"set.kind says what an org event is about: {', '.join(ORG_KINDS)}."
        hint = did_you_mean(str(kind), ORG_KINDS) if kind else ""
        self._problems.say((*self._path, "set", "kind"), self._where, message + hint)
        return None

    def _defaults(self, model: type[Event], version: int, *, is_live: bool) -> dict[str, Tree]:
        kinds = fields_of(model)
        defaults: dict[str, object] = {"source": self._source.name}
        if self._source.currency and "currency" in kinds:
            defaults["currency"] = self._source.currency
        if self._emit.topic == "org" and self._source.starts_on:
            defaults["valid_from"] = self._source.starts_on
        # A file is all there is of a thing, so its blocks are its states; a live row is one state among others.
        node = row_version(version) if is_live else Constant(version)
        leaves: dict[str, Tree] = {name: Leaf(Constant(value), kinds[name]) for name, value in defaults.items()}
        return {**leaves, "version": Leaf(node, kinds["version"])}

    def _check_required(self, model: type[Event], members: dict[str, Tree]) -> None:
        given = {*members, *self._emit.set, *self._emit.fields}
        absent = [name for name, field in model.model_fields.items() if field.is_required() and name not in given]
        if "valid_from" in absent:
            absent = [name for name in absent if name != "occurred_at"]
        if absent:
            hint = " (starts_on under [source] gives it to every org event)" if "valid_from" in absent else ""
            self._problems.say(self._path, self._where, f"{self._emit.topic} needs {', '.join(absent)}{hint}")
