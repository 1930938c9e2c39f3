"""Refusals in ClickHouse's own shape: a code, a name, one sentence, and the HTTP status a server would send with it."""

from __future__ import annotations

import re

SYNTAX_ERROR = (62, "SYNTAX_ERROR")
NOT_IMPLEMENTED = (48, "NOT_IMPLEMENTED")
UNKNOWN_EXCEPTION = (1002, "UNKNOWN_EXCEPTION")
NOT_ENOUGH_SPACE = (243, "NOT_ENOUGH_SPACE")
ABORTED = (236, "ABORTED")
TOO_MANY_SIMULTANEOUS_QUERIES = (202, "TOO_MANY_SIMULTANEOUS_QUERIES")
CANNOT_DECOMPRESS = (271, "CANNOT_DECOMPRESS")
SESSION_NOT_FOUND = (372, "SESSION_NOT_FOUND")
ACCESS_DENIED = (497, "ACCESS_DENIED")
AUTHENTICATION_FAILED = (516, "AUTHENTICATION_FAILED")

# The rows that matter of the server's exceptionCodeToHTTPStatus; every other code is a 500.
_STATUS: dict[int, int] = {
    code: status
    for status, codes in {
        400: (6, 26, 27, 32, 38, 41, 53, 62, 69, 70, 72, 117, 130, 167, 168, 456),
        403: (192, 193, 497, 516),
        404: (10, 16, 46, 47, 50, 56, 60, 63, 73, 80, 81, 115),
        408: (159,),
        501: (48,),
        503: (202, 236),
    }.items()
    for code in codes
}


class Refusal(Exception):
    """A request that gets an error for an answer, whether from the engine or from us.

    `str()` is the body ClickHouse would send: ``Code: 48. DB::Exception: … (NOT_IMPLEMENTED)``.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return _STATUS.get(self.code, 500)


def refusal(kind: tuple[int, str], message: str) -> Refusal:
    """One of the kinds above, with our own sentence."""
    code, name = kind
    return Refusal(code, f"Code: {code}. DB::Exception: {message} ({name})")


def from_engine(error: Exception) -> Refusal:
    """The engine's own exception, cut to where ClickHouse's text begins."""
    found = re.search(r"Code: (\d+)\.", str(error))
    if found is None:
        return refusal(UNKNOWN_EXCEPTION, str(error) or type(error).__name__)
    return Refusal(int(found[1]), str(error)[found.start() :].strip())
