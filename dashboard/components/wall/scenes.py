"""The scenes of product lines, landing, cash and wins."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.listing import known
from dashboard.components.wall import box, mark, percent, scene, span
from dashboard.components.wall.lines import curve, legend, spark
from dashboard.components.wall.units import Row, bar, bullet, title
from dashboard.locales import Lang, t
from dashboard.theme import state_of
from dashboard.wall_questions import Names, Wins
from dashboard.words import UNASSIGNED, called, day_name, metric_name
from ingest.fields import STAGES

MOST_PRODUCTS, MOST_CASH, MOST_WINS = 12, 8, 10


def products(frame: pl.DataFrame, days: int, below: str, lang: Lang) -> list[Component]:
    """Small multiples: a card a product line, the largest first."""
    rows = [row for row in frame.iter_rows(named=True) if row["actual"] and row["id"] not in ("", UNASSIGNED)]
    rows.sort(key=lambda row: (-float(row["target"] or row["actual"]), row["id"]))
    shown = rows[:MOST_PRODUCTS]
    if not shown:
        return scene(t("wall.nothing_sold", lang), [])
    columns = 4 if len(shown) > 6 else 3
    cards = box(
        [_product(row, days, lang) for row in shown],
        "cards",
        style={"grid-template-columns": f"repeat({columns}, 1fr)"},
    )
    note = " · ".join(filter(None, (below, t("wall.products_note", lang))))
    return scene(title(shown, "products", lang), [cards], note)


def _product(row: Row, days: int, lang: Lang) -> Component:
    state = state_of(row["pace"])
    has_target = row["attainment"] is not None
    figure = amounts.share(row["attainment"], lang) if has_target else amounts.short(row["actual"], lang)
    gap = amounts.short(row["gap"], lang, sign=True) if has_target else t("wall.no_target", lang)
    ink = {"behind": "behind-ink", "ahead": "ahead-ink"}.get(state, "neutral-ink")
    return box(
        [
            box(
                [mark(row["pace"]), span(called(row["id"], row["name"], row["name_en"], lang), "card-name")],
                "card-head",
            ),
            box([span(figure, f"card-figure num state-{state}"), span(gap, "card-gap num")], "card-line"),
            box(spark(row["spark"] or (), days, ink), "card-spark"),
            bar(row) if has_target else box([], "bar-none"),
        ],
        "card",
    )


def landing(
    told: Mapping[str, Any], around: tuple[float, float] | None, metric: str, period: str, lang: Lang
) -> list[Component]:
    """The period by day with its landing, and what is in the pipeline for it."""
    head = told["head"].row(0, named=True)
    name = metric_name(metric, lang)
    if head["landing"] is None:
        said = t("wall.landing_title_none", lang, period=period, metric=name)
    else:
        share = head["landing"] / float(head["target"]) if head["target"] else None
        where = amounts.short(head["landing"], lang)
        where += f" · {amounts.share(share, lang)}" if share is not None else ""
        said = t("wall.landing_title", lang, period=period, metric=name, landing=where)
    picture = curve(told["curve"], head["landing"], around, lang)
    note = legend(lang, "actual", "expected", "last_year", *(["landing"] if head["landing"] is not None else []))
    return scene(said, [picture, box(_pipeline(told, lang), "side pipeline")], note)


def _pipeline(told: Mapping[str, Any], lang: Lang) -> list[Component]:
    stages = {row["stage"]: row for row in told["stages"].iter_rows(named=True) if row["open_pipeline"]}
    if not stages:
        return [box(t("wall.pipeline", lang), "side-title"), box(t("wall.no_pipeline", lang), "wall-empty")]
    order = [one for one in STAGES if one in stages] + sorted(set(stages) - set(STAGES))
    whole = sum((row["open_pipeline"] for row in stages.values()), Decimal(0))
    widest = max(row["open_pipeline"] for row in stages.values())
    rows = [
        box(
            [
                span(known("stage", one, lang), "stage-name"),
                box(
                    box([], "stage-bar", style={"width": percent(float(stages[one]["open_pipeline"] / widest))}),
                    "stage-track",
                ),
                span(amounts.short(stages[one]["open_pipeline"], lang), "stage-amount num"),
            ],
            "stage-row",
        )
        for one in order
    ]
    top = [span(t("wall.pipeline", lang)), span(amounts.short(whole, lang), "side-figure num")]
    deals = sum(int(row["open_deals"]) for row in stages.values())
    return [
        box(top, "side-title"),
        span(t("wall.deals", lang, count=amounts.count(deals)), "side-small num"),
        box(rows, "stages"),
        box(_covered(told["coverage"], lang), "side-foot"),
    ]


def _covered(frame: pl.DataFrame, lang: Lang) -> list[Component]:
    row = frame.row(0, named=True) if len(frame) else {"coverage": None, "reason": None, "needed": None}
    if row["reason"] == "met":
        return [span(t("wall.coverage_met", lang))]
    if row["coverage"] is None:
        return []
    said = [span(t("wall.coverage", lang, factor=f"{row['coverage']:.1f}"), "num")]
    if row["needed"]:
        said.append(span(t("wall.coverage_needed", lang, needed=f"{row['needed']:.1f}"), "side-small num"))
    return said


def cash(told: Mapping[str, Any], period: str, lang: Lang) -> list[Component]:
    """What has been collected, by day and by unit, and what is won and not signed."""
    head = told["cash_head"].row(0, named=True)
    versus = t("wall.cash_alone", lang)
    if head["attainment"] is not None:
        versus = t("wall.cash_of_target", lang, share=amounts.share(head["attainment"], lang))
    elif head["yoy"] is not None:
        versus = t("wall.cash_yoy", lang, yoy=amounts.share(head["yoy"], lang, sign=True))
    rows = [
        row for row in told["cash_units"].iter_rows(named=True) if row["id"] not in ("", UNASSIGNED) and row["actual"]
    ]
    has_targets = any(row["target"] for row in rows)
    rows.sort(
        key=lambda row: (row["gap"] if has_targets and row["gap"] is not None else -float(row["actual"]), row["id"])
    )
    amount = amounts.short(head["actual"], lang)
    if has_targets or head["actual"] is None:
        units = [bullet(row, lang) for row in rows if row["target"]][:MOST_CASH]
    else:
        amount, units = _parts(rows, head["actual"], lang)
    said = t("wall.cash_title", lang, period=period, amount=amount, versus=versus)
    side = [box(t("wall.cash_units", lang), "side-title"), box(units, "bars-column bars-narrow")]
    if len(told["awarded"]) and told["awarded"]["awarded"][0]:
        unsigned = amounts.short(told["awarded"]["awarded"][0], lang)
        side.append(box(span(t("wall.awarded", lang, amount=unsigned), "num"), "side-foot"))
    lines = [name for name in ("actual", "expected", "last_year") if name != "expected" or head["target"]]
    return scene(
        said,
        [curve(told["cash_curve"], head["landing"] if head["target"] else None, None, lang), box(side, "side")],
        legend(lang, *lines),
    )


def _parts(rows: Sequence[Row], whole: Decimal, lang: Lang) -> tuple[str, list[Component]]:
    """`whole` and what makes it up, as they are read: the first of `rows`, and one row for all that is not theirs."""
    shown = rows[:MOST_CASH]
    parts = [(called(row["id"], row["name"], row["name_en"], lang), row["actual"]) for row in shown]
    if rest := whole - sum(amount for _, amount in parts):
        parts.append((t("wall.cash_rest", lang) if rows[MOST_CASH:] else called(UNASSIGNED, None, None, lang), rest))
    widest = max((abs(amount) for _, amount in parts), default=Decimal(1))
    read, each = amounts.adding_up(whole, [amount for _, amount in parts], lang)
    received = [
        _received(name, amount, amount / widest, text)
        for (name, amount), text in zip(parts, each, strict=True)
        if set(text) & set("123456789")
    ]
    return amounts.signed(read, whole), received


def _received(name: str, amount: Decimal, part: Decimal, text: str) -> Component:
    track = box(box([], "stage-bar", style={"width": percent(float(part))}), "stage-track")
    return box([span(name, "stage-name"), track, span(amounts.signed(text, amount), "stage-amount num")], "stage-row")


def wins(won: Wins, today: date, lang: Lang) -> list[Component]:
    """Today's wins with who won them; before the first of the day the latest."""
    rows = latest(won, today)
    if not rows:
        return scene(t("wall.wins_none", lang), [])
    said = t("wall.wins_title_none", lang)
    if won.count:
        key = "wall.wins_title_one" if won.count == 1 else "wall.wins_title"
        said = t(key, lang, count=won.count, amount=amounts.short(won.amount, lang))
    return scene(said, [box([_win(row, won.names, today, lang) for row in rows[:MOST_WINS]], "wins")])


def latest(won: Wins, today: date) -> list[Row]:
    """Today's, the largest first; where there are none yet the latest."""
    rows = [row for row in won.deals.iter_rows(named=True) if row["closed_on"]]
    todays = [row for row in rows if row["closed_on"] == today]
    return sorted(todays or rows, key=lambda row: (row["closed_on"], row["amount"]), reverse=True)


def _win(row: Row, names: Names, today: date, lang: Lang) -> Component:
    where = " × ".join(
        part for part in (_name(row["office_id"], names, lang), _name(row["product_id"], names, lang)) if part
    )
    day = "" if row["closed_on"] == today else day_name(row["closed_on"], lang)
    who = box(
        [span(_name(row["rep_id"], names, lang), "win-who"), span([where, f" · {day}" if day else ""], "win-where")],
        "win-words",
    )
    return box([span("▲", "mark state-ahead"), who, span(amounts.short(row["amount"], lang), "win-amount num")], "win")


def _name(id: str, names: Names, lang: Lang) -> str:
    return called(id, *names.get(id, (id, "")), lang) if id else ""
