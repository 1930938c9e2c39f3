"""Units as tiles sized by target and coloured by pace, each at the same place every day; and the same as bars."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.wall import box, mark, percent, scene, span
from dashboard.figures.squarify import Rect, squarified
from dashboard.locales import Lang, t
from dashboard.theme import ink_on, pace_colour, state_of, symbol
from dashboard.words import UNASSIGNED, called

WIDE, HIGH = 47.5, 25.0
"""Of the box of tiles, in the wall's own unit."""
LEAST = 17.0
"""No tile is smaller than this (square units): its name must be read. The others make room for it."""
MOST_TILES, MOST_BARS = 60, 32
Row = dict[str, Any]


def worth_showing(units: pl.DataFrame) -> list[Row]:
    """The units with a target, the largest first: an order that no sale changes."""
    rows = [row for row in units.iter_rows(named=True) if row["target"] and row["id"] not in ("", UNASSIGNED)]
    return sorted(rows, key=lambda row: (-row["target"], row["id"]))


def title(units: Sequence[Row], key: str, lang: Lang) -> str:
    """How many of them are behind; `key` says what they are, "units" or "products"."""
    behind = sum(state_of(row["pace"]) == "behind" for row in units)
    return t(f"wall.{key}_title" if behind else f"wall.{key}_title_none", lang, count=len(units), behind=behind)


def tiles(units: Sequence[Row], lang: Lang) -> Component:
    """All of them in one box."""
    shown = units[:MOST_TILES]
    if not shown:
        return box(t("wall.nothing_sold", lang), "wall-empty")
    whole = sum(float(row["target"]) for row in shown)
    room = WIDE * HIGH
    least = min(LEAST, room / len(shown))
    sizes = [max(float(row["target"]) / whole * room, least) for row in shown]
    placed = squarified(sizes, WIDE, HIGH)
    return box([_tile(row, rect, lang) for row, rect in zip(shown, placed, strict=True)], "tiles-box")


def tile_look(pace: float | None, attainment: float | None, lang: Lang) -> tuple[str, str, str]:
    """Background, ink and words of a tile: ("#d55e00", "#000000", "▼ 71%")."""
    back = pace_colour(pace, "dark")
    return back, ink_on(back), f"{symbol(pace)} {amounts.share(attainment, lang, digits=0)}"


def _tile(row: Row, rect: Rect, lang: Lang) -> Component:
    back, ink, words = tile_look(row["pace"], row["attainment"], lang)
    name = called(row["id"], row["name"], row["name_en"], lang)
    size = "large" if rect.width > 8.4 and rect.height > 5 else "middle" if rect.width > 5.2 else "small"
    parts = [span(name, "tile-name"), span(words, "tile-pace num")]
    if size == "large" and rect.height > 6.8 and row.get("gap") is not None:
        parts.append(span(amounts.short(row["gap"], lang, sign=True), "tile-gap num"))
    where = {
        "left": percent(rect.left / WIDE),
        "top": percent(rect.top / HIGH),
        "width": percent(rect.width / WIDE),
        "height": percent(rect.height / HIGH),
    }
    there: dict[str, Any] = {"data-id": row["id"]}
    inside = box(parts, f"wall-tile tile-{size}", style={"background": back, "color": ink}, **there)
    return box(inside, "tile-place", style=where)


def bars(units: Sequence[Row], key: str, lang: Lang) -> list[Component]:
    """The scene: every unit as a bullet bar, the largest gap first, in two columns; `key` as `title`'s."""
    ordered = sorted(units, key=lambda row: (row["gap"] is None, row["gap"] or 0.0, row["id"]))
    shown = ordered[:MOST_BARS]
    if not shown:
        return scene(t("wall.nothing_sold", lang), [])
    note = t("wall.bars_note", lang)
    if len(ordered) > MOST_BARS:
        note += " · " + t("wall.bars_note_more", lang, count=len(ordered) - MOST_BARS)
    rows = [bullet(row, lang) for row in shown]
    half = (len(rows) + 1) // 2 if len(rows) > 8 else len(rows)
    columns = [box(part, "bars-column") for part in (rows[:half], rows[half:]) if part]
    return scene(title(units, key, lang), [box(columns, "bars-box")], note)


def bullet(row: Row, lang: Lang) -> Component:
    """One row: state, name, bar, attainment, gap."""
    name = called(row["id"], row["name"], row["name_en"], lang)
    return box(
        [
            mark(row["pace"]),
            span(name, "bar-name"),
            bar(row),
            span(amounts.share(row["attainment"], lang, digits=0), "bar-share num"),
            span(amounts.short(row["gap"], lang, sign=True), f"bar-gap num state-{state_of(row['pace'])}"),
        ],
        "bar-row",
    )


def bar(row: Row) -> Component:
    """The bullet alone: actual, what is expected by now, and the target at its end."""
    target = float(row["target"] or 0)
    reached = float(row["actual"] or 0) / target if target else 0.0
    pieces = [html.I(className=f"bar-actual back-{state_of(row['pace'])}", style={"width": percent(reached)})]
    if target and row["expected"] is not None:
        pieces.append(html.I(className="bar-expected", style={"left": percent(row["expected"] / target)}))
    return box(pieces, "bar-track")
