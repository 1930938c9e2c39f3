"""What is wrong with a mapping, gathered while it is read, each with the line it stands on."""

from collections.abc import Iterator, Mapping
from typing import Any

from ingest.errors import Problem, did_you_mean
from ingest.mappings.functions import FUNCTIONS
from ingest.mappings.grammar import Call, Constant, Node, SyntaxFault, parse
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.places import line_of
from ingest.mappings.shape import MappingFile


class Problems:
    """A list of problems that reads expressions: what cannot be read is a problem and no node."""

    def __init__(self, lines: Mapping[KeyPath, int], maps: Mapping[str, Mapping[str, object]]) -> None:
        self.found: list[Problem] = []
        self._lines, self._maps = dict(lines), maps

    def say(self, path: KeyPath, where: str, message: str) -> None:
        """One more problem at the key `path`; `where` says it in words."""
        self.found.append(Problem(line_of(self._lines, path), where, message))

    def read(self, text: str, path: KeyPath, where: str) -> Node | None:
        """The tree of an expression whose functions and maps are known."""
        try:
            node = parse(text)
        except SyntaxFault as fault:
            self.say(path, where, f"{fault} in: {text}")
            return None
        messages = list(_call_problems(node, self._maps))
        for message in messages:
            self.say(path, where, message)
        return None if messages else node


_OPERATORS = {"+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "in", "and", "or", "not"}


def _call_problems(node: Node, maps: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    if not isinstance(node, Call):
        return
    if node.function not in _OPERATORS:
        function = FUNCTIONS.get(node.function)
        count = len(node.arguments)
        if function is None:
            yield unknown("function", node.function, FUNCTIONS)
        elif count < function.fewest or (function.most is not None and count > function.most):
            yield f"{node.function} takes other arguments: {function.usage}"
        elif node.function == "map":
            name = node.arguments[1]
            if not isinstance(name, Constant) or str(name.value) not in maps:
                given = str(name.value) if isinstance(name, Constant) else "…"
                yield f"there is no [maps.{given}].{did_you_mean(given, maps)}"
    for argument in node.arguments:
        yield from _call_problems(argument, maps)


def unknown(what: str, name: str, known: Any) -> str:
    """A name that is not known, with the one that was meant or all that are."""
    return f"there is no {what} {name!r}." + (did_you_mean(name, known) or f" Known: {', '.join(sorted(known))}.")


def shape_problem(lines: Mapping[KeyPath, int], detail: Any) -> Problem:
    """What pydantic says of the shape of the file, in our words."""
    path = tuple(part for part in detail["loc"])
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = f"unknown key.{did_you_mean(str(path[-1]), _keys_beside(path))}"
    elif detail["type"] == "missing":
        message = "is required"
    return Problem(line_of(dict(lines), path), where, message)


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
