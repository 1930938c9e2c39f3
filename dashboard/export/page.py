"""A page asked for and drawn whole for one viewer, as the live loop would, and the tables on it."""

import asyncio
from dataclasses import dataclass, replace

from dashboard import board, pages
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.export.drawn import tables_of
from dashboard.table import Table
from warehouse.viewer import Viewer


@dataclass(frozen=True)
class Shown:
    """What a viewer sees at an address: what the board was told, all it drew, and the tables of that."""

    board: BoardState
    drawn: Drawn
    tables: tuple[Table, ...]


async def shown(viewer: Viewer, address: Address) -> Shown:
    """The page with its charts as tables, every lane asked at once."""
    as_tables = Address(address.path, address.state.but(units="table"))
    lanes = board.lanes(as_tables)
    told = dict(zip(lanes, await asyncio.gather(*(board.load(viewer, as_tables, one) for one in lanes)), strict=True))
    whole = next(iter(told.values()))
    for one in told.values():
        whole = replace(
            whole, parts={**whole.parts, **one.parts}, is_unreachable=whole.is_unreachable or one.is_unreachable
        )

    def draw() -> Shown:
        drawn: Drawn = {}
        for lane, one in told.items():
            for component, props in board.draw(one, as_tables, lane).items():
                drawn.setdefault(component, {}).update(props)
        page = pages.page_of(address.path)
        own = page.tables(whole, as_tables.state) if page.tables and whole.is_allowed else ()
        return Shown(whole, drawn, tables_of(drawn, own))

    return await asyncio.to_thread(draw)
