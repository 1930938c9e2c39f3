"""Within: the driver's errors as ours, and the time a statement took told to the meters."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Literal

from warehouse import meters
from warehouse.errors import WarehouseError, our_errors

Kind = Literal["query", "command", "insert"]
_FIRST_NAME = re.compile(
    r"\b(?:FROM|INTO|TABLE|DICTIONARY|DATABASE)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?`?(\w+)", re.IGNORECASE
)


@lru_cache(1024)
def subject(sql: str) -> str:
    """The first table that a statement names, or "none": few enough to split a meter by, and what a plan hangs on."""
    found = _FIRST_NAME.search(sql)
    return found[1] if found else "none"


@contextmanager
def statement(kind: Kind, table: str, doing: str) -> Iterator[None]:
    """One statement sent and answered, whatever comes of it; `doing` begins the text of its error."""
    began = time.perf_counter()
    try:
        with our_errors(doing):
            yield
    except WarehouseError as error:
        meters.FAILED.labels(kind, type(error).__name__).inc()
        raise
    finally:
        meters.ASKED.labels(kind, table).observe(time.perf_counter() - began)
