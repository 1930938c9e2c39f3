"""Units or reps as bullets: the actual as a bar in the colour of its pace, the target behind it, a tick at what is due."""

from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.figures.frame import figure
from dashboard.figures.treemap import hover
from dashboard.locales import Lang
from dashboard.theme import TOKENS, Theme, pace_colour, symbol

ROW_PIXELS = 30


def bars(units: pl.DataFrame, theme: Theme, lang: Lang) -> dict[str, Any]:
    """`units`: standings with `label` and `href`, worst first as they come: the worst is on top."""
    tokens = TOKENS[theme]
    rows = units.to_dicts()[::-1]
    places = list(range(len(rows)))
    actual = [float(row["actual"]) for row in rows]
    target = [float(row["target"]) if row["target"] is not None else None for row in rows]
    shared = {
        "customdata": [[row["href"]] for row in rows],
        "hovertext": [hover(row, lang) for row in rows],
        "hoverinfo": "text",
    }
    colours = [tokens["ink-3"] if row["pace"] is None else pace_colour(row["pace"], theme) for row in rows]
    traces: list[dict[str, Any]] = [
        {"type": "bar", "orientation": "h", "y": places, "x": target, "width": 0.72, "marker": {"color": tokens["hover"], "cornerradius": 4}, **shared},
        {"type": "bar", "orientation": "h", "y": places, "x": actual, "width": 0.42, "marker": {"color": colours, "cornerradius": 3, "line": {"width": 0}}, **shared},
        {
            "type": "scatter", "mode": "markers", "y": places, "x": [row["expected"] for row in rows],
            "marker": {"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": tokens["ink"]}}, **shared,
        },
    ]  # fmt: skip
    texts = [
        {
            "xref": "paper", "x": 1, "xanchor": "right", "y": place, "yanchor": "middle", "showarrow": False, "align": "right",
            "text": f"{symbol(row['pace'])} {amounts.pace(row['pace'])}  {amounts.short(row['gap'], lang, sign=True)}",
            "font": {"size": 12, "color": tokens["ink"]},
        }
        for place, row in zip(places, rows, strict=True)
    ]  # fmt: skip
    widest = max([*actual, *(value or 0.0 for value in target), *(row["expected"] or 0.0 for row in rows), 1.0])
    return figure(
        traces, theme,
        barmode="overlay", bargap=0.2, annotations=texts,
        height=max(240, ROW_PIXELS * len(rows) + 16),
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        xaxis={"visible": False, "range": [0, widest * 1.38], "fixedrange": True},
        yaxis={
            "tickmode": "array", "tickvals": places, "ticktext": [f"{row['label']}  " for row in rows], "fixedrange": True,
            "showgrid": False, "range": [-0.6, len(rows) - 0.4], "tickfont": {"size": 13, "color": tokens["ink"]},
        },
    )  # fmt: skip
