"""What a request asks for: a query for the engine, or an INSERT whose data stands behind its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from warehouse.embedded.refusals import NOT_IMPLEMENTED, SYNTAX_ERROR, refusal

# Blanks and comments, quoted things, words, single characters: enough of ClickHouse's lexer to find where data begins.
_TOKEN = re.compile(
    rb"""(?P<blank>\s+|--[^\n]*|\#!?\s[^\n]*|/\*.*?\*/)
       |(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`)
       |(?P<word>\w+)
       |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_TRAILING_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*(?:SETTINGS\b[^;]*)?;?\s*$", re.IGNORECASE)
_BEFORE_DATA = re.compile(rb"[ \t\f]*;?[ \t\f]*\r?\n?")
_FILES = re.compile(r"\b(?:INTO\s+OUTFILE|FROM\s+INFILE)\b", re.IGNORECASE)
_OUTLIVES_REQUEST = re.compile(r"(?:CREATE\s+(?:OR\s+REPLACE\s+)?TEMPORARY)\b", re.IGNORECASE)
_SESSION_STATE = re.compile(r"(?:SET|USE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Insert:
    """`INSERT … FORMAT x` split where its data begins; `head` has neither FORMAT nor data."""

    head: str
    format: str
    data: memoryview


@dataclass(frozen=True)
class Query:
    """Everything else; `format` is that of its own FORMAT clause, if it has one."""

    text: str
    format: str | None


def parse(text: bytes, *, in_session: bool) -> Insert | Query:
    """Split a request's text, refusing what one process without sessions cannot honour.

    Raises `Refusal` (62) for an empty text, (48) for temporary tables, for SET and USE meant for a session, and for
    clauses that read or write files beside the engine.
    """
    start = _after_blanks(text, 0)
    if start == len(text):
        raise refusal(SYNTAX_ERROR, "Empty query")
    if text[start : start + 6].upper() == b"INSERT" and (insert := _split(text, start)) is not None:
        _refuse_files(insert.head)
        return insert
    whole = _decoded(text[start:])
    if _OUTLIVES_REQUEST.match(whole):
        raise refusal(NOT_IMPLEMENTED, "Temporary tables need a session, and the embedded warehouse keeps none")
    if in_session and _SESSION_STATE.match(whole):
        raise refusal(
            NOT_IMPLEMENTED, "The embedded warehouse keeps no sessions: send settings and database with the query"
        )
    _refuse_files(whole)
    found = _TRAILING_FORMAT.search(whole)
    return Query(whole, found[1] if found else None)


def _split(text: bytes, position: int) -> Insert | None:
    """The INSERT at `position`, or None where its rows come from a SELECT and not from behind the text."""
    depth, selects = 0, False
    for token in _TOKEN.finditer(text, position):
        sign = token["sign"]
        if sign is not None:
            depth += (sign in b"([{") - (sign in b")]}")
            continue
        word = (token["word"] or b"").upper()
        if word == b"INPUT" and selects:
            raise refusal(NOT_IMPLEMENTED, "INSERT … SELECT … FROM input() is beyond the embedded warehouse")
        if depth or not word or selects:
            continue
        if word in (b"SELECT", b"WITH"):
            selects = True
        elif word == b"VALUES":
            return Insert(_decoded(text[position : token.start()]), "Values", memoryview(text)[token.end() :])
        elif word == b"FORMAT":
            name = _TOKEN.match(text, _after_blanks(text, token.end()))
            if name is None or name["word"] is None:
                return None
            head = _decoded(text[position : token.start()])
            return Insert(head, name["word"].decode(), memoryview(text)[_data_start(text, name.end()) :])
    return None


def _data_start(text: bytes, position: int) -> int:
    """Where data begins after FORMAT x: ClickHouse skips blanks, a semicolon and at most one line break."""
    found = _BEFORE_DATA.match(text, position)
    return found.end() if found else position


def _after_blanks(text: bytes, position: int) -> int:
    while (token := _TOKEN.match(text, position)) is not None and token["blank"] is not None:
        position = token.end()
    return position


def _refuse_files(text: str) -> None:
    if _FILES.search(text) and _FILES.search(re.sub(r"'(?:[^'\\]|\\.|'')*'", "''", text)):
        raise refusal(NOT_IMPLEMENTED, "INTO OUTFILE and FROM INFILE belong to a command line client")


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise refusal(SYNTAX_ERROR, f"The query is not UTF-8: {error}") from error
