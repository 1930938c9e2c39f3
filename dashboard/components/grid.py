"""Tables that stay under the cursor: AG Grid with one look, rows known by their id, amounts exact and right-aligned."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import dash_ag_grid as dag
import polars as pl

from dashboard.locales import t
from dashboard.view_state import ViewState

THEME = {
    "function": "themeQuartz.withParams({backgroundColor:'var(--ob-surface)',foregroundColor:'var(--ob-ink)',"
    "headerBackgroundColor:'var(--ob-surface)',headerTextColor:'var(--ob-ink-2)',headerFontWeight:500,"
    "borderColor:'var(--ob-line)',rowHoverColor:'var(--ob-hover)',accentColor:'var(--ob-accent)',wrapperBorder:false,"
    "columnBorder:false,fontFamily:'inherit',fontSize:13,headerFontSize:12,spacing:6,rowHeight:34,headerHeight:34,"
    "wrapperBorderRadius:0,valueChangeValueHighlightBackgroundColor:'var(--ob-accent-soft)'})"
}
_OPTIONS = {
    "theme": THEME,
    "animateRows": False,
    "suppressMovableColumns": True,
    "tooltipShowDelay": 300,
    "tabToNextHeader": {"function": "oneboard.tabAway(params)"},
    "tabToNextCell": {"function": "oneboard.tabAway(params)"},
}
_READ = _OPTIONS | {"suppressCellFocus": True, "enableCellTextSelection": True, "suppressNoRowsOverlay": True}
TYPED = _OPTIONS | {"stopEditingWhenCellsLoseFocus": True, "enterNavigatesVerticallyAfterEdit": True}
"""The options of a grid in which people write."""
_NUMBER = {
    "flex": 1,
    "type": "rightAligned",
    "cellClass": "num ag-right-aligned-cell",
    "enableCellChangeFlash": True,
    "sortingOrder": ["desc", "asc", None],
}


def empty(id: str, options: Mapping[str, Any] = _READ) -> dag.AgGrid:
    """A grid with its place kept; columns and rows are drawn later. Without `options` it is there to be read."""
    return dag.AgGrid(
        id=id,
        columnDefs=[],
        rowData=[],
        getRowId="params.data.id",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "minWidth": 76,
            "suppressHeaderMenuButton": True,
            "sort": None,
        },
        dashGridOptions=options,
        style={"height": "100%"},
    )


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value.isoformat() if hasattr(value, "isoformat") else value


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The frame as rows for a grid: amounts as numbers (exact to the cent up to 90 million million), days as text."""
    return [{name: _plain(value) for name, value in row.items()} for row in frame.to_dicts()]


def linked(field: str, header: str, **more: Any) -> dict[str, Any]:
    """A column whose text is a link to the row's `href`."""
    return {"field": field, "headerName": header, "cellRenderer": "RowLink", "minWidth": 120, "flex": 2, **more}


def text(field: str, header: str, **more: Any) -> dict[str, Any]:
    """A column of words."""
    return {"field": field, "headerName": header, "minWidth": 90, "flex": 1, "tooltipField": field, **more}


def money(field: str, header: str, **more: Any) -> dict[str, Any]:
    """A column of exact amounts."""
    how = {"function": f"oneboard.exact(params.value, {str(more.pop('sign', False)).lower()})"}
    return {"field": field, "headerName": header, "valueFormatter": how, "minWidth": 110, **_NUMBER, **more}


def ratio(field: str, header: str, **more: Any) -> dict[str, Any]:
    """A column of percentages."""
    return {
        "field": field,
        "headerName": header,
        "valueFormatter": {"function": "oneboard.share(params.value)"},
        **_NUMBER,
        **more,
    }


def pace(field: str, header: str) -> dict[str, Any]:
    """A column of paces, each with its symbol and colour."""
    styles = [
        {"condition": f"oneboard.state(params.value) === '{state}'", "style": {"color": f"var(--ob-{ink})"}}
        for state, ink in (("behind", "behind-ink"), ("ahead", "ahead-ink"), ("none", "ink-3"))
    ]
    how = {"function": "oneboard.pace(params.value)"}
    return {
        "field": field,
        "headerName": header,
        "valueFormatter": how,
        "cellStyle": {"styleConditions": styles},
        **_NUMBER,
    }


_SHOWN = "id label href manager_name target actual attainment pace gap landing yoy"


def standings(frame: pl.DataFrame, state: ViewState, *, first: str, has_manager: bool = True) -> Mapping[str, Any]:
    """Columns and rows for a frame of standings with `label` and `href`."""
    lang = state.lang

    def name(key: str) -> str:
        return t(f"board.{key}", lang)

    def yuan(key: str) -> str:
        return t("board.in_yuan", lang, name=name(key))

    manager = [text("manager_name", name("manager"))] if has_manager else []
    columns = [
        linked("label", first, pinned="left"),
        pace("pace", name("pace")) | {"maxWidth": 96},
        money("gap", yuan("gap"), sign=True),
        money("actual", yuan("actual")),
        money("target", yuan("target")),
        ratio("attainment", name("attainment"), maxWidth=110),
        money("landing", yuan("landing")),
        ratio("yoy", name("yoy"), maxWidth=110),
        *manager,
    ]
    return {"columnDefs": columns, "rowData": rows(frame.select(_SHOWN.split()))}
