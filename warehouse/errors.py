"""What can go wrong with the warehouse: `Transient` is worth another try, `Terminal` needs something to be changed.

WarehouseError
├── Transient
│   ├── WarehouseUnavailable   nobody answers, or the answer broke off: the warehouse's fault
│   ├── WarehouseBusy          it answers that it has no room now: the warehouse's fault
│   └── SessionOver            it was started anew since the session began: nobody's fault
└── Terminal
    ├── AccessRefused          user, password or rights: the settings' fault
    ├── QueryTooSlow           it took longer than allowed: the question's fault
    ├── QueryTooLarge          it needs more memory than one query gets: the question's fault
    └── QueryRefused           the SQL, a value or the schema is wrong: our fault
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import aiohttp
import urllib3.exceptions
from clickhouse_connect.driver.exceptions import ClickHouseError, DataError, NotSupportedError, ProgrammingError


class WarehouseError(Exception):
    """Base of what the client raises; the text says what happened and what to do next.

    `code` and `name` are ClickHouse's own (60, UNKNOWN_TABLE), where it spoke at all.
    """

    remedy: ClassVar[str] = ""

    def __init__(self, what: str, code: int | None = None, name: str | None = None) -> None:
        super().__init__(f"{what}. {self.remedy}" if self.remedy else what)
        self.code = code
        self.name = name


class Transient(WarehouseError):
    """The same call may succeed later, unchanged."""


class Terminal(WarehouseError):
    """The same call will fail again until something is changed."""


class WarehouseUnavailable(Transient):
    """The warehouse does not answer. Whether an insert was stored is not known: read the watermark."""

    remedy = "Try again in a moment; see that the warehouse runs at ONEBOARD_WAREHOUSE_URL"


class WarehouseBusy(Transient):
    """The warehouse has no room for this now: too many queries or parts, no memory or disk left, a shutdown."""

    remedy = "Try again in a moment; if it stays, give the warehouse more memory, disk or time to merge"


class SessionOver(Transient):
    """The session that an insert was bound to is over: the warehouse was started anew, and may hold less by now."""

    remedy = "Read the watermark and begin another session"


class AccessRefused(Terminal):
    """The warehouse does not let this user in, or not do this."""

    remedy = "Check ONEBOARD_WAREHOUSE_USERNAME and _PASSWORD and what that user may do"


class QueryTooSlow(Terminal):
    """The query took longer than it may."""

    remedy = "Narrow the window or coarsen the grain; or raise ONEBOARD_WAREHOUSE_QUERY_TIMEOUT_SECONDS"


class QueryTooLarge(Terminal):
    """The query needs more memory than one query gets."""

    remedy = "Narrow the window or coarsen the grain"


class QueryRefused(Terminal):
    """The warehouse understood and said no: wrong SQL, a wrong value, or a schema that does not fit."""

    remedy = "This is a fault of the program or of an outdated schema (`oneboard migrate`), not of the warehouse"


_CODES: dict[int, type[WarehouseError]] = {
    code: kind
    for kind, codes in {
        # too many queries or parts, network between servers, read-only, no disk space, session in use, cancelled,
        # aborted, Keeper
        WarehouseBusy: (202, 209, 210, 225, 236, 242, 243, 252, 279, 319, 373, 394, 425, 473, 999),
        SessionOver: (372,),
        AccessRefused: (192, 193, 194, 497, 516),
        QueryTooSlow: (159, 160),
    }.items()
    for code in codes
}
_MEMORY_LIMIT_EXCEEDED = 241
_THE_WHOLE_SERVER = "(total)"


def translated(error: BaseException, doing: str) -> WarehouseError:
    """Our error for one of clickhouse-connect, urllib3, aiohttp or the operating system; `doing` begins its text."""
    if isinstance(error, WarehouseError):
        return error
    code, name, said = getattr(error, "code", None), getattr(error, "name", None), _said(error)
    if code is None and (found := re.search(r"\bCode: (\d+)\.", said)):
        code = int(found[1])
    what = f"{doing}: {said}"
    if code == _MEMORY_LIMIT_EXCEEDED:
        return (WarehouseBusy if _THE_WHOLE_SERVER in said else QueryTooLarge)(what, code, name)
    if code is not None:
        return _CODES.get(code, QueryRefused)(what, code, name)
    if isinstance(error, ProgrammingError | DataError | NotSupportedError):
        return QueryRefused(what)
    return WarehouseUnavailable(what)


@contextmanager
def our_errors(doing: str) -> Iterator[None]:
    """Within, everything the drivers raise leaves as a `WarehouseError`; other faults pass as they are."""
    try:
        yield
    except (
        ClickHouseError,
        urllib3.exceptions.HTTPError,
        aiohttp.ClientError,
        OSError,
    ) as error:
        raise translated(error, doing) from error


def _said(error: BaseException) -> str:
    """What the server or the driver said, without the driver's own frame around it."""
    text = str(error) or type(error).__name__
    _, _, response = text.partition("server response: ")
    return re.sub(r" \(for url [^)]*\)$| with url: \S+", "", response or text).strip().rstrip(".")
