"""The tables of what was drawn."""

from collections.abc import Iterable

from dashboard import plain
from dashboard.components import Drawn
from dashboard.export.markup import tables_in, title_in
from dashboard.table import Column, Table, of_grid


def tables_of(drawn: Drawn, own: Iterable[Table] = ()) -> tuple[Table, ...]:
    """Every table that was drawn: `own` are the page's, the others its grids and its plain tables, as they stand."""
    found = {table.id: table for table in own}
    for component, props in drawn.items():
        id = component.partition("--")[0]
        title = _title(drawn, id)
        if "columnDefs" in props and "rowData" in props:
            found.setdefault(id, of_grid(id, title, props["columnDefs"], props["rowData"]))
        for number, (head, rows) in enumerate(tables_in(props.get(plain.HTML, "")), 1):
            name = id if number == 1 else f"{id}-{number}"
            found.setdefault(name, Table(name, title, tuple(map(Column, head)), rows))
    return tuple(table for table in found.values() if table.rows)


def _title(drawn: Drawn, id: str) -> str:
    return title_in(drawn.get(f"{id}--head", {}).get(plain.HTML, "")) or id
