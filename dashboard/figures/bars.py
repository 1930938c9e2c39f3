"""Units or reps as bullets: the actual in the colour of its pace, the target behind it, a tick at what is due."""

from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.figures.frame import figure
from dashboard.figures.treemap import hover
from dashboard.locales import Lang
from dashboard.theme import TOKENS, Theme, pace_colour, state_of, symbol

ROW_PIXELS = 32
_INKS = {"behind": "behind-ink", "ahead": "ahead-ink", "band": "ink", "none": "ink-3"}


def bars(units: pl.DataFrame, theme: Theme, lang: Lang) -> dict[str, Any]:
    """`units`: standings with `label`, `href` and a verdict, worst first as they come: the worst is on top."""
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
    colours = [tokens["ink-3"] if row["judged"] is None else pace_colour(row["judged"], theme) for row in rows]
    bar = {"type": "bar", "orientation": "h", "y": places, **shared}
    tick = {"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": tokens["ink"]}}
    expected = [row["expected"] for row in rows]
    traces: list[dict[str, Any]] = [
        {**bar, "x": target, "width": 0.72, "marker": {"color": tokens["hover"], "cornerradius": 4}},
        {**bar, "x": actual, "width": 0.42, "marker": {"color": colours, "cornerradius": 3, "line": {"width": 0}}},
        {"type": "scatter", "mode": "markers", "y": places, "x": expected, "marker": tick, **shared},
    ]
    right = {"xref": "paper", "x": 1, "xanchor": "right", "align": "right", "showarrow": False}
    texts = [
        {
            **right,
            "y": place,
            "text": f"{symbol(row['judged'])} {row['verdict']}  {amounts.short(row['short_by'], lang, sign=True)}",
            "font": {"size": 12, "color": tokens[_INKS[state_of(row["judged"])]]},
        }
        for place, row in zip(places, rows, strict=True)
    ]
    widest = max([*actual, *(value or 0.0 for value in target), *(row["expected"] or 0.0 for row in rows), 1.0])
    return figure(
        traces,
        theme,
        barmode="overlay",
        bargap=0.2,
        annotations=texts,
        height=ROW_PIXELS * len(rows) + 16,
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        xaxis={"visible": False, "range": [0, widest * 1.38], "fixedrange": True},
        yaxis={
            "tickmode": "array",
            "tickvals": places,
            "ticktext": [f"{row['label']}  " for row in rows],
            "tickfont": {"size": 13, "color": tokens["ink"]},
            "range": [-0.6, len(rows) - 0.4],
            "showgrid": False,
            "fixedrange": True,
        },
    )
