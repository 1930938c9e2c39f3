"""A way to the warehouse that keeps what was asked."""

from typing import Any

import polars as pl

from warehouse.client import AsyncWarehouse, Parameters, Settings


class Counting(AsyncWarehouse):
    """Counts the statements; one with `forbidden` in it is refused as the engine refuses what it cannot read."""

    forbidden = "\0"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.statements: list[str] = []

    async def query(self, sql: str, parameters: Parameters = None, settings: Settings = None) -> pl.DataFrame:
        self.statements.append(sql)
        return await super().query(sql.replace(self.forbidden, "no_such_column"), parameters, settings)
