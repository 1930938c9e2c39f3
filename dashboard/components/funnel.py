"""How the pipeline stands: five numbers, the stages, who has enough, and how deals end."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.links import data, link
from dashboard.components.listing import known
from dashboard.components.panel import About, nothing, what_is_this
from dashboard.components.waterfall import figures
from dashboard.locales import Lang, t
from dashboard.theme import SYMBOLS, State
from dashboard.view_state import ViewState
from dashboard.words import called
from ingest.fields import STAGES

_BUCKETS = ("to_30", "to_60", "to_90", "beyond")


class Tile(NamedTuple):
    """A number with its name, what it says of itself, and where it comes from; `when` where that is not the page's
    period."""

    key: str
    value: str
    foot: str
    exact: str
    about: About
    when: str = ""

    def name(self, lang: Lang) -> str:
        """What the number is, and of when."""
        return " · ".join(filter(None, (t(f"pipeline.{self.key}", lang), self.when)))


def tiles(found: Sequence[Tile], state: ViewState) -> list[Component]:
    """The numbers on top."""
    return [
        html.Div(
            [
                html.Div(
                    what_is_this(tile.about, state, html.Span(tile.name(state.lang), className="tile-name")),
                    className="tile-top",
                ),
                html.Div(html.Span(tile.value, className="tile-value num"), className="tile-middle", title=tile.exact),
                html.Div(html.Span(tile.foot, className="faint", title=tile.foot), className="tile-foot num"),
            ],
            className="tile",
            **data(tile=tile.key),
        )
        for tile in found
    ]


def ordered(stages: pl.DataFrame) -> pl.DataFrame:
    """In the order of the default stages; a company's own stages by their mean own probability among them, after."""
    place = {stage: number for number, stage in enumerate(STAGES)}
    likely = pl.when(pl.col("open_pipeline") != 0).then(
        pl.col("probable_pipeline").cast(pl.Float64) / pl.col("open_pipeline").cast(pl.Float64)
    )
    known_at = pl.col("stage").replace_strict(place, default=len(place), return_dtype=pl.Int64)
    return stages.with_columns(known_at=known_at, likely=likely).sort("known_at", "likely", "stage", nulls_last=True)


def stage_name(stage: str, state: ViewState) -> str:
    """A stage in words."""
    return known("stage", stage, state.lang) or t("pipeline.no_stage", state.lang)


def stages(frame: pl.DataFrame, ages: pl.DataFrame, total: dict[str, Any], state: ViewState) -> Component:
    """`frame`: open_deals, open_pipeline, probable_pipeline, weighted_pipeline by stage; `ages` as `ageing`."""
    lang = state.lang
    if frame.is_empty():
        return nothing(t("pipeline.nothing_stages", lang), t("pipeline.nothing_hint", lang))
    most = max(abs(float(value)) for value in frame["open_pipeline"]) or 1.0
    aged = {row["stage"]: row for row in ages.iter_rows(named=True)}
    heads = [t(f"pipeline.{key}", lang) for key in ("stage", "amount", "deals", "probable", "weighted_short", "age")]
    lines = [
        html.Tr(
            [
                html.Th(stage_name(row["stage"], state), scope="row"),
                html.Td(_level(row, most, state), className="num level"),
                *_standing(row, state)[1:],
                html.Td(_ages(aged.get(row["stage"]), state), className="ages-cell"),
            ],
            **data(stage=row["stage"]),
        )
        for row in ordered(frame).iter_rows(named=True)
    ]
    foot = html.Tr([html.Th(t("pipeline.all_stages", lang), scope="row"), *_standing(total, state), html.Td("")])
    return figures(heads, lines, foot)


def _standing(row: dict[str, Any], state: ViewState) -> list[Component]:
    keys = ("open_pipeline", "open_deals", "probable_pipeline", "weighted_pipeline")
    return [
        html.Td(
            amounts.count(row[key]) if key == "open_deals" else amounts.short(row[key], state.lang),
            className="num",
            title=amounts.exact(row[key]),
        )
        for key in keys
    ]


def _level(row: dict[str, Any], most: float, state: ViewState) -> list[Component]:
    width = 100 * max(0.0, float(row["open_pipeline"])) / most
    amount = row["open_pipeline"]
    return [
        html.Span(className="level-bar", style={"width": f"{width:.2f}%"}),
        html.Span(amounts.short(amount, state.lang), className="level-text", title=amounts.exact(amount)),
    ]


def _ages(row: dict[str, Any] | None, state: ViewState) -> Component | str:
    if row is None or not row["deals"]:
        return amounts.NOTHING
    counts = [row[bucket] for bucket in _BUCKETS]
    said = t(
        "pipeline.age_said", state.lang, median=row["median"], longest=row["longest"],
        **dict(zip("abcd", counts, strict=True)),
    )  # fmt: skip
    parts = [
        html.Span(className=f"age-part age-{bucket}", style={"flexGrow": str(count)})
        for bucket, count in zip(_BUCKETS, counts, strict=True)
        if count
    ]
    days = t("pipeline.days", state.lang, count=row["median"])
    return html.Span([html.Span(parts, className="ages"), html.Span(days, className="num")], title=said,
                     className="ages-line")  # fmt: skip


def is_thin(row: dict[str, Any]) -> bool | None:
    """Whether the coverage is under what is needed; None where one of both is not known."""
    if row["coverage"] is None or row["needed"] is None:
        return None
    return bool(row["coverage"] < row["needed"])


def below(frame: pl.DataFrame, own: str | None, state: ViewState) -> Component:
    """`frame`: coverage a node with name, name_en and kind; what misses most first."""
    lang = state.lang
    if frame.is_empty():
        return nothing(t("pipeline.nothing_below", lang), t("pipeline.nothing_below_hint", lang))
    heads = [t(f"pipeline.{key}", lang) for key in ("missing", "due", "has", "needs")]
    missing = (pl.col("target") - pl.col("booked")).clip(lower_bound=0)
    rows = frame.with_columns(missing=missing).sort(
        "missing", "open", "id", descending=[True, True, False], nulls_last=True
    )
    return figures(["", *heads, ""], [_node(row, own, state) for row in rows.iter_rows(named=True)])


def _node(row: dict[str, Any], own: str | None, state: ViewState) -> Component:
    lang, id, kind = state.lang, row["id"], row["kind"]
    is_own = id == own
    name: Any = t("board.direct", lang) if is_own else called(id, row["name"], row["name_en"], lang)
    if not is_own and id not in ("", "unassigned"):
        name = link(name, state.drill(**{kind: id}).but(page=1), className="row-link")
    thin, covers = is_thin(row), factor(row["coverage"])
    where: State = "behind" if thin else "ahead" if thin is False or row["reason"] == "met" else "none"
    verdict = "" if thin is None else t("pipeline.thin" if thin else "pipeline.enough", lang)
    if row["coverage"] is None:
        covers, verdict = amounts.NOTHING, t(f"pipeline.{row['reason']}", lang) if row["reason"] else ""
    missing = amounts.short(row["missing"], lang)
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(missing, className="num", title=amounts.exact(row["missing"])),
            html.Td(amounts.short(row["open"], lang), className="num", title=amounts.exact(row["open"])),
            html.Td(covers, className="num"),
            html.Td(factor(row["needed"]), className="num"),
            html.Td([SYMBOLS[where], " ", verdict], className=f"nowrap state-{where}"),
        ]
    )


def factor(value: float | None) -> str:
    """ "1.4×"."""
    return amounts.NOTHING if value is None else f"{value:.1f}×"


def ends(columns: Sequence[tuple[str, dict[str, Any], dict[str, Any]]], state: ViewState) -> Component:
    """How deals ended, a column a time: (its name, the sums of `WINS`, the row of `cycle`)."""
    lang = state.lang

    def rate(wins: dict[str, Any], key: str) -> str:
        few = wins.get(f"{key}_reason") == "too_few"
        return t("pipeline.too_few", lang) if few else amounts.share(wins[key], lang)

    def both(wins: dict[str, Any], key: str) -> list[Any]:
        amount = html.Span(amounts.short(wins[f"{key}_amount"], lang), title=amounts.exact(wins[f"{key}_amount"]))
        return [amounts.count(wins[f"{key}_deals"]), " · ", amount]

    def cycle(row: dict[str, Any]) -> str:
        return amounts.count(row["median"]) if row.get("deals") else amounts.NOTHING

    lines = [(t(f"pipeline.{key}", lang), [both(wins, key) for _, wins, _ in columns])
             for key in ("won", "lost", "abandoned")]  # fmt: skip
    lines += [
        (t("pipeline.rate_count", lang), [[rate(wins, "win_rate")] for _, wins, _ in columns]),
        (t("pipeline.rate_amount", lang), [[rate(wins, "win_rate_amount")] for _, wins, _ in columns]),
        (t("pipeline.cycle_median", lang), [[cycle(row)] for _, _, row in columns]),
    ]
    body = [
        html.Tr([html.Th(name, scope="row"), *(html.Td(cell, className="num") for cell in cells)])
        for name, cells in lines
    ]
    return figures(["", *(name for name, _, _ in columns)], body)


def pushes(rows: Sequence[tuple[int, bool, int, Decimal]], state: ViewState) -> Component:
    """Slipped deals by how often they were pushed: (how often, or more, deals, amount)."""
    lang = state.lang
    return figures(
        ["", t("pipeline.deals", lang), t("pipeline.amount", lang)],
        [
            html.Tr(
                [
                    html.Th(t(f"pipeline.pushed_{'more' if more else 'times'}", lang, count=times), scope="row"),
                    html.Td(amounts.count(deals), className="num"),
                    html.Td(amounts.short(amount, lang), className="num", title=amounts.exact(amount)),
                ]
            )
            for times, more, deals, amount in rows
        ],
    )
