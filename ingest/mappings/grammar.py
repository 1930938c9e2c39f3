"""The expressions of a mapping as text and as a tree: columns, constants, arithmetic, comparisons, function calls.

expression = or;  or = and {"or" and};  and = not {"and" not};  not = "not" not | comparison
comparison = sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "(" sum {"," sum} ")"]
sum = product {("+" | "-") product};  product = sign {("*" | "/") sign};  sign = "-" sign | primary
primary = number | 2026-11-02 | 'text' | true | false | name "(" [arguments] ")" | column | "(" expression ")"
column = name {"." name};  name = letters | "[" anything "]"
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias


class SyntaxFault(ValueError):
    """An expression that cannot be read; `at` is the character it fails at, from 1."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(f"{message} (character {at})")
        self.at = at


@dataclass(frozen=True)
class Constant:
    """Text, a number, a day or a truth value written in the mapping."""

    value: object


@dataclass(frozen=True)
class Name:
    """A column; of a joined file when dotted: `accounts.State`."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function and its arguments, or an operator (`*`, `and`, `in`) and its operands."""

    function: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Constant | Name | Call

_TOKEN = re.compile(
    r"""\s*(?:(?P<day>\d{4}-\d{2}-\d{2})
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<name>(?:[^\W\d]\w*|\[[^\]]+\])(?:\.(?:\w+|\[[^\]]+\]))*)
    |(?P<operator><=|>=|!=|<>|==|[-+*/(),=<>])
    |(?P<end>$))""",
    re.VERBOSE,
)
_PART = re.compile(r"\[([^\]]+)\]|(\w+)")
_COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_DEEPEST = 60


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """The tree of an expression; raises `SyntaxFault`."""
    return _Parser(text).whole()


def column_names(node: Node) -> Iterator[str]:
    """Every column an expression looks at."""
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from column_names(argument)


def function_names(node: Node) -> Iterator[str]:
    """Every function and operator an expression calls."""
    if isinstance(node, Call):
        yield node.function
        for argument in node.arguments:
            yield from function_names(argument)


def substitute(node: Node, definitions: dict[str, Node]) -> Node:
    """`node` with every defined name replaced by its expression."""
    if isinstance(node, Name):
        return definitions.get(node.name, node)
    if isinstance(node, Call):
        return Call(node.function, tuple(substitute(argument, definitions) for argument in node.arguments))
    return node


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            if text[start] in "'\"[":
                raise SyntaxFault(f"the {text[start]} is never closed", start + 1)
            raise SyntaxFault(f"cannot read {text[start]!r}", start + 1)
        kind = str(match.lastgroup)
        yield _Token(kind, match[kind], match.start(kind) + 1)
        if kind == "end":
            return
        at = match.end()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self._token.kind != "end":
            raise SyntaxFault(f"did not expect {self._token.text!r} here", self._token.at)
        return node

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> str | None:
        token = self._token
        word = token.text.lower() if token.kind == "name" else token.text
        if token.kind in ("operator", "name") and word in texts:
            self._next += 1
            return word
        return None

    def _expect(self, text: str) -> None:
        if not self._take(text):
            found = repr(self._token.text) if self._token.text else "the end"
            raise SyntaxFault(f"expected {text!r}, found {found}", self._token.at)

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SyntaxFault("nested too deeply", self._token.at)
        node = self._both()
        while self._take("or"):
            node = Call("or", (node, self._both()))
        self._depth -= 1
        return node

    def _both(self) -> Node:
        node = self._negated()
        while self._take("and"):
            node = Call("and", (node, self._negated()))
        return node

    def _negated(self) -> Node:
        negations = 0
        while self._take("not"):
            negations += 1
        node = self._comparison()
        for _ in range(negations):
            node = Call("not", (node,))
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        if operator := self._take(*_COMPARISONS):
            return Call(_COMPARISONS[operator], (left, self._sum()))
        negated = self._take("not")
        if self._take("in"):
            self._expect("(")
            node: Node = Call("in", (left, *self._arguments()))
            return Call("not", (node,)) if negated else node
        if negated:
            raise SyntaxFault("expected 'in' after 'not'", self._token.at)
        return left

    def _sum(self) -> Node:
        node = self._product()
        while operator := self._take("+", "-"):
            node = Call(operator, (node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._sign()
        while operator := self._take("*", "/"):
            node = Call(operator, (node, self._sign()))
        return node

    def _sign(self) -> Node:
        signs = 0
        while self._take("-"):
            signs += 1
        node = self._primary()
        return Call("-", (Constant(Decimal(0)), node)) if signs % 2 else node

    def _primary(self) -> Node:
        token = self._token
        if token.kind == "operator" and self._take("("):
            node = self._either()
            self._expect(")")
            return node
        self._next += 1
        if token.kind == "number":
            return Constant(Decimal(token.text))
        if token.kind == "day":
            try:
                return Constant(date.fromisoformat(token.text))
            except ValueError:
                raise SyntaxFault(f"there is no day {token.text}", token.at) from None
        if token.kind == "text":
            quote = token.text[0]
            return Constant(token.text[1:-1].replace(quote * 2, quote))
        if token.kind != "name":
            self._next -= 1
            raise SyntaxFault(f"did not expect {repr(token.text) if token.text else 'the end'} here", token.at)
        if token.text.lower() in ("true", "false"):
            return Constant(token.text.lower() == "true")
        if self._take("("):
            return Call(token.text.lower(), self._arguments())
        return Name(".".join(bracketed or plain for bracketed, plain in _PART.findall(token.text)))

    def _arguments(self) -> tuple[Node, ...]:
        arguments: list[Node] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._either())
        return tuple(arguments)
