"""Whose fault it is, decided by what the drivers raise."""

import aiohttp
import pytest
import urllib3.exceptions
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError, ProgrammingError, StreamFailureError

from warehouse.errors import (
    AccessRefused,
    QueryRefused,
    QueryTooLarge,
    QueryTooSlow,
    Terminal,
    Transient,
    WarehouseBusy,
    WarehouseError,
    WarehouseUnavailable,
    our_errors,
    translated,
)


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (DatabaseError("no such table", code=60, name="UNKNOWN_TABLE"), QueryRefused, Terminal),
        (DatabaseError("too slow", code=159), QueryTooSlow, Terminal),
        (DatabaseError("Query memory limit exceeded", code=241), QueryTooLarge, Terminal),
        (DatabaseError("(total) memory limit exceeded", code=241), WarehouseBusy, Transient),
        (DatabaseError("too many parts", code=252), WarehouseBusy, Transient),
        (DatabaseError("who are you", code=516), AccessRefused, Terminal),
        (StreamFailureError("Code: 395. DB::Exception: throwIf"), QueryRefused, Terminal),
        (ProgrammingError("Setting is readonly"), QueryRefused, Terminal),
        (OperationalError("Network Error"), WarehouseUnavailable, Transient),
        (DatabaseError("HTTP driver received HTTP status 502"), WarehouseUnavailable, Transient),
        (urllib3.exceptions.ProtocolError("Connection aborted"), WarehouseUnavailable, Transient),
        (aiohttp.ServerDisconnectedError(), WarehouseUnavailable, Transient),
        (TimeoutError(), WarehouseUnavailable, Transient),
        (ConnectionRefusedError(), WarehouseUnavailable, Transient),
    ],
)
def test_each_fault_of_a_driver_has_one_of_our_names(
    error: Exception, kind: type[WarehouseError], again: type[WarehouseError]
) -> None:
    ours = translated(error, "query")
    assert type(ours) is kind
    assert isinstance(ours, again)
    assert str(ours).startswith("query: ")
    assert str(ours).endswith(kind.remedy)


def test_clickhouses_own_code_and_name_are_kept_and_the_drivers_frame_is_not() -> None:
    answer = "Code: 60. DB::Exception: No t. (UNKNOWN_TABLE)"
    framed = f"Received ClickHouse exception, code: 60, server response: {answer} (for url http://x)"
    ours = translated(DatabaseError(framed, code=60, name="UNKNOWN_TABLE"), "query")
    assert (ours.code, ours.name) == (60, "UNKNOWN_TABLE")
    assert str(ours).startswith(f"query: {answer}. ")


def test_a_fault_of_our_own_code_passes_as_it_is() -> None:
    with pytest.raises(KeyError), our_errors("query"):
        raise KeyError("x")
