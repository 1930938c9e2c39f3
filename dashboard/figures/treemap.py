"""Units or reps as tiles: size is the target, colour is pace; the same place every time."""

from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.figures.frame import NBSP, figure
from dashboard.locales import Lang, t
from dashboard.theme import TOKENS, Theme, ink_on, pace_colour, symbol

_PADDED = f"<span style='font-size:5px'>{NBSP}</span><br>{NBSP}"
"""Plotly knows no padding inside a tile: a thin line above and a space before keep the words off its edge."""
_ROOM = ((0.031, 3), (0.015, 2), (0.0, 1))
"""From which share of the whole on a tile has room for so many lines. What is not written, or is not shown because it
would be too small to read (`assets/treemap.js`), the hover and the table say."""


def hover(row: dict[str, Any], lang: Lang) -> str:
    """What a unit's tile or bar says when asked: exact amounts, named."""
    lines = [f"<b>{row['label']}</b>  {symbol(row['judged'])} {row['verdict']}"]
    if row["manager_name"]:
        lines.append(f"{t('board.manager', lang)}  {row['manager_name']}")
    lines += [
        f"{t(f'board.{name}', lang)}  {amounts.exact(row[name])}"
        for name in ("target", "actual", "expected", "landing", "last_year")
        if row[name] is not None
    ]
    if row["gap"] is not None:
        lines.append(f"{t('board.gap', lang)}  {amounts.exact(row['gap'], sign=True)}")
    if row["is_few"]:
        lines.append(t("board.few_by_landing", lang))
    return "<br>".join(lines)


def treemap(units: pl.DataFrame, theme: Theme, lang: Lang, chosen: str | None = None) -> dict[str, Any]:
    """`units`: standings with `label`, `href` and a verdict; `chosen` is framed.

    What has no target is as large as its actual.
    """
    size = pl.coalesce("target", "actual").cast(pl.Float64).fill_null(0.0).clip(0.0)
    shown = (
        units.with_columns(size.alias("size")).filter(pl.col("size") > 0).sort(["size", "id"], descending=[True, False])
    )
    rows, whole = shown.to_dicts(), shown["size"].sum()
    colours = [pace_colour(row["judged"], theme) for row in rows]
    trace = {
        "type": "treemap",
        "ids": [row["id"] for row in rows],
        "labels": [row["label"] for row in rows],
        "parents": [""] * len(rows),
        "values": [row["size"] for row in rows],
        "text": [_words(row, row["size"] / whole, lang) for row in rows],
        "customdata": [[row["href"]] for row in rows],
        "hovertext": [hover(row, lang) for row in rows],
        "hoverinfo": "text",
        "texttemplate": "%{text}",
        "textposition": "top left",
        "textfont": {"size": 13, "color": [ink_on(colour) for colour in colours]},
        "marker": {
            "colors": colours, "cornerradius": 5, "pad": {"t": 3, "l": 3, "r": 3, "b": 3},
            "line": {
                "width": [3.0 if row["id"] == chosen else 1.0 if row["judged"] is None else 0.0 for row in rows],
                "color": [TOKENS[theme]["accent" if row["id"] == chosen else "ink-3"] for row in rows],
            },
        },
        "tiling": {"pad": 3, "squarifyratio": 1.2},
        "root": {"color": "rgba(0,0,0,0)"},
        "pathbar": {"visible": False},
        "sort": True,
    }  # fmt: skip
    return figure([trace], theme, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def _words(row: dict[str, Any], share: float, lang: Lang) -> str:
    """The name, how it stands and by how much it is short: as many of them as a tile of that share has room for."""
    lines = [f"<b>{row['label']}</b>"]
    if row["judged"] is None:
        lines.append(f"{symbol(None)} {amounts.short(row['actual'], lang)}")
    else:
        lines += [f"{symbol(row['judged'])} {row['verdict']}", amounts.short(row["short_by"], lang, sign=True)]
    room = next(count for least, count in _ROOM if share >= least)
    return _PADDED + f"<br>{NBSP}".join(lines[:room])
