"""What the clients of the warehouse send, sync and async alike: the arguments of every call, made in one place."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from warehouse.settings import WarehouseSettings, warehouse_settings

Parameters = Mapping[str, Any] | None
Settings = Mapping[str, Any] | None

CREATE_DATABASE = "CREATE DATABASE IF NOT EXISTS {name:Identifier}"

SESSION_SECONDS = 3_600
"""For how long an unused session is kept; servers allow no more unless they are told to."""

_BEYOND_ANY_BATCH_ROWS = 10_000_000
_BEYOND_ANY_BATCH_BYTES = 8 << 30

# One insert is one block is one part, there whole or not at all (DESIGN §3.3): nothing may split it, queue it or
# spread it over threads, on the embedded engine and on a server whose defaults are others.
ONE_BLOCK: dict[str, Any] = {
    "async_insert": 0,
    "max_insert_block_size": _BEYOND_ANY_BATCH_ROWS,
    "min_insert_block_size_rows": _BEYOND_ANY_BATCH_ROWS,
    "min_insert_block_size_bytes": _BEYOND_ANY_BATCH_BYTES,
    "max_insert_threads": 1,
    "input_format_parallel_parsing": 0,
}


class Asking:
    """Settings and generation of a client, and what follows from them."""

    def __init__(self, settings: WarehouseSettings | None = None, *, generation: str | None = None) -> None:
        """Nothing is connected yet: the first call does it, and does it again after a failure.

        `generation` is the database to ask (`warehouse.generations`); without it, that which is current when the first
        call connects, and it stays with it.
        """
        self.settings = settings or warehouse_settings()
        self._given = generation

    def _connection(self) -> dict[str, Any]:
        asked = self.settings
        return {
            "interface": asked.url.scheme,
            "host": asked.url.host,
            "port": asked.url.port,
            "username": asked.username,
            "password": asked.password.get_secret_value(),
            "database": self._given or asked.database,
            "compress": asked.is_compressed,
            "connect_timeout": asked.connect_timeout_seconds,
            "send_receive_timeout": asked.answer_timeout_seconds,
            "autogenerate_session_id": False,  # a session answers one query at a time, and a board asks many at once
            "tz_mode": "aware",
            "client_name": "oneboard",
        }

    @property
    def _made_first(self) -> dict[str, str]:
        return {"name": self._given or self.settings.database}

    @property
    def _is_noted(self) -> str:
        return f"EXISTS TABLE {self.settings.database}.generations"

    @property
    def _noted(self) -> str:
        return (
            f"SELECT argMax(database, number) FROM {self.settings.database}.generations"  # noqa: S608
            " WHERE what = 'current'"
        )

    def _question(self, sql: str, parameters: Parameters, settings: Settings) -> dict[str, Any]:
        limits = {"max_execution_time": self.settings.query_timeout_seconds}
        return {"query": sql, "parameters": dict(parameters or {}), "settings": {**limits, **(settings or {})}}

    def _order(self, sql: str, parameters: Parameters, settings: Settings) -> dict[str, Any]:
        return {"cmd": sql, "parameters": dict(parameters or {}), "settings": dict(settings or {})}

    def _delivery(
        self, table: str, frame: pl.DataFrame | pa.Table, token: str | None, session: str | None
    ) -> dict[str, Any]:
        if not re.fullmatch(r"\w+(\.\w+)?", table):
            raise ValueError(f"not the name of a table: {table!r}")
        block = io.BytesIO()  # and not bytes: those the driver would send a second time after a broken connection
        arrow = frame if isinstance(frame, pa.Table) else frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        options = pa.ipc.IpcWriteOptions(compression="lz4" if self.settings.is_compressed else None)
        with pa.ipc.new_stream(block, arrow.schema, options=options) as stream:
            stream.write_table(arrow)
        block.seek(0)
        settings = {**ONE_BLOCK, **({"insert_deduplication_token": token} if token else {})}
        if session:
            settings |= {"session_id": session, "session_check": "1"}
        return {
            "table": table,
            "column_names": arrow.column_names,
            "insert_block": block,
            "settings": settings,
            "fmt": "ArrowStream",
        }

    @staticmethod
    def _opening(session: str) -> dict[str, Any]:
        return {"session_id": session, "session_timeout": str(SESSION_SECONDS)}

    def __repr__(self) -> str:
        url = self.settings.url  # without the password that may stand in it
        return f"{type(self).__name__}({url.scheme}://{url.host}:{url.port}/{self.settings.database})"
