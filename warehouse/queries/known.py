"""Whether there is such a thing at all: what the organisation does not say may still have come with an order."""

from typing import Literal

from warehouse.answers import ORG, Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.measures import TABLES

_CAME = "SELECT 1 AS found FROM {table} WHERE {column} = {{id:String}} LIMIT 1"
_OF_CUSTOMERS = "SELECT 1 AS found FROM dictionary('customers') WHERE {column} = {{id:String}} LIMIT 1"


async def is_customer(warehouse: AsyncWarehouse, id: str) -> bool:
    """Whether the organisation knows the customer, or anything ever came of one."""
    return await _is_said(warehouse, "id", id) or await has_come(warehouse, "customer_id", id)


async def is_segment(warehouse: AsyncWarehouse, segment: str) -> bool:
    """Whether any customer was ever of it."""
    return await _is_said(warehouse, "segment", segment)


async def _is_said(warehouse: AsyncWarehouse, column: Literal["id", "segment"], value: str) -> bool:
    return len(await ask(warehouse, _OF_CUSTOMERS.format(column=column), {"id": value}, ORG)) > 0


async def has_come(warehouse: AsyncWarehouse, column: Literal["rep_id", "customer_id"], id: str) -> bool:
    """Whether any change ever named the id."""
    for table, shape in TABLES.items():
        if column in shape.columns:
            sql = _CAME.format(table=table, column=column)
            if len(await ask(warehouse, sql, {"id": id}, Reads(table))):
                return True
    return False
