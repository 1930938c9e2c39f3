"""A mapping read and checked: every name in it is known, every expression a tree, every fault told with its line."""

import tomllib
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ingest.errors import MappingError, Problem, did_you_mean
from ingest.events import Event
from ingest.mappings.fields import MODELS, ORG_KINDS, fields_of
from ingest.mappings.grammar import Constant, Node, substitute
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.places import lines_of
from ingest.mappings.problems import Problems, shape_problem, unknown
from ingest.mappings.rules import Branch, CompiledMapping, EventRule, Leaf, Tree
from ingest.mappings.shape import Emit, File, MappingFile
from ingest.mappings.trees import FieldsReader
from ingest.topics import TOPICS


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
        raise MappingError(title, [shape_problem(lines, detail) for detail in error.errors()]) from None
    problems = Problems(lines, shape.maps)
    files = _files(shape, problems)
    definitions = {file.name: _definitions(place, file, problems) for place, file in enumerate(shape.files)}
    wheres = {
        file.name: substitute(node, definitions[file.name])
        for place, file in enumerate(shape.files)
        if file.where is not None
        and (node := problems.read(file.where, ("files", place, "where"), f"files {file.name}, where")) is not None
    }
    rules: list[EventRule] = []
    for place, emit in enumerate(shape.emit):
        version = 1 + sum(earlier.topic == emit.topic for earlier in shape.emit[:place])
        rule = _Rule(shape, emit, place, definitions.get(emit.from_, {}), problems).compiled(files, version)
        rules += [] if rule is None else [rule]
    if problems.found:
        raise MappingError(title, problems.found)
    zone = ZoneInfo(shape.source.timezone)
    maps = {name: {key: _as_text(value) for key, value in entries.items()} for name, entries in shape.maps.items()}
    return CompiledMapping(title, text, shape.source, zone, files, wheres, maps, tuple(rules), lines)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _files(shape: MappingFile, problems: Problems) -> dict[str, File]:
    files: dict[str, File] = {}
    names = [file.name for file in shape.files]
    for place, file in enumerate(shape.files):
        if file.name in files:
            problems.say(("files", place, "name"), f"files {file.name}", "this name is given twice")
        for number, join in enumerate(file.joins):
            path, where = ("files", place, "joins", number, "file"), f"files {file.name}, joins"
            if join.file not in names:
                problems.say(path, where, unknown("file", join.file, names))
            elif join.file not in files:
                problems.say(path, where, f"the file {join.file!r} must stand above this one")
        files[file.name] = file
    return files


def _definitions(place: int, file: File, problems: Problems) -> dict[str, Node]:
    defined: dict[str, Node] = {}
    for name, text in file.define.items():
        node = problems.read(text, ("files", place, "define", name), f"files {file.name}, define.{name}")
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

    def compiled(self, files: dict[str, File], version: int) -> EventRule | None:
        emit = self._emit
        if emit.from_ not in files:
            self._problems.say((*self._path, "from"), self._where, unknown("file", emit.from_, files))
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
        members = {**self._defaults(model, version), **reader.members()}
        if (
            emit.topic == "org"
            and "occurred_at" not in members
            and isinstance(since := members.get("valid_from"), Leaf)
        ):
            members["occurred_at"] = Leaf(since.node, fields_of(model)["occurred_at"])
        self._check_required(model, members)
        name = emit.name or f"{emit.topic} {self._place + 1}"
        return EventRule(name, TOPICS[emit.topic], emit.from_, when, each, emit.take, Branch(members), self._place)

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

    def _defaults(self, model: type[Event], version: int) -> dict[str, Tree]:
        kinds = fields_of(model)
        defaults: dict[str, object] = {"source": self._source.name, "version": version}
        if self._source.currency and "currency" in kinds:
            defaults["currency"] = self._source.currency
        if self._emit.topic == "org" and self._source.starts_on:
            defaults["valid_from"] = self._source.starts_on
        return {name: Leaf(Constant(value), kinds[name]) for name, value in defaults.items()}

    def _check_required(self, model: type[Event], members: dict[str, Tree]) -> None:
        given = {*members, *self._emit.set, *self._emit.fields}
        absent = [name for name, field in model.model_fields.items() if field.is_required() and name not in given]
        if "valid_from" in absent:
            absent = [name for name in absent if name != "occurred_at"]
        if absent:
            hint = " (starts_on under [source] gives it to every org event)" if "valid_from" in absent else ""
            self._problems.say(self._path, self._where, f"{self._emit.topic} needs {', '.join(absent)}{hint}")
