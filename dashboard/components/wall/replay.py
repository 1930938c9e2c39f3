"""A month in thirty seconds: everything a day shows, told once; `assets/wall.js` draws a day after the other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from dash.development.base_component import Component

from dashboard.components.wall import box, head, red, span, units
from dashboard.components.wall.red import Words
from dashboard.locales import Lang, t
from dashboard.plain import markup
from dashboard.shortfall import shortfall
from dashboard.stake import stake
from dashboard.wall_questions import Replay
from dashboard.words import day_name, period_name
from ingest.settings import company
from warehouse.amounts import THE_NODE
from warehouse.curve import end_of_day
from warehouse.life import folded
from warehouse.queries.findings import FindingCard

SECONDS = 30
MOST_NEWS = 4


def layout(told: Replay, metric: str, lang: Lang) -> list[Component]:
    """The stage as it stands at first: the tiles at their places, and room for what the days say."""
    period = period_name(told.period, lang)
    if told.days.is_empty():
        return [box(t("wall.replay_none", lang, period=period), "wall-empty")]
    last = told.days.filter((pl.col("day") == told.days["day"].max()) & (pl.col("id") != THE_NODE))
    tiles = units.tiles(units.worth_showing(last), lang)
    beside = box([box(t("wall.red", lang), "side-title"), box([], "red-list", **_part("red"))], "side")
    run = [
        span(t("wall.replay", lang), "replay-word"),
        box(box([], "replay-done"), "replay-track"),
        span("", "replay-day num"),
    ]
    return [
        box([], "wall-head", **_part("head")),
        box([tiles, beside], "scene-body"),
        box([], "pin pin-calm", **_part("news")),
        box(run, "replay-run"),
    ]


def _part(name: str) -> dict[str, Any]:
    return {"data-part": name}


def frames(told: Replay, metric: str, about: str, lang: Lang) -> str:
    """The days as JSON: [{"day", "parts": {name: HTML}, "tiles": {id: [background, ink, words]}}]."""
    found: list[dict[str, Any]] = []
    before: datetime | None = None
    words = Words(told.red.names, told.red.units, lang)
    for day, of_day in _by_day(told.days):
        until = end_of_day(day, company().zone)
        cards = list(_as_of(told.red.cards, until))
        node = of_day.pop(THE_NODE)
        gap = None if node["gap"] is None else Decimal(str(round(node["gap"], 4)))
        missing = None if gap is None else shortfall(gap, cards, told.red.units, told.red.products)
        top = head.draw(node, None, missing, day_name(day, lang), about, lang)
        parts = {
            "head": markup(top),
            "red": markup(red.beside(cards, words, 6)),
            "news": markup(_news(told, before, until, words)),
        }
        tiles = {id: units.tile_look(row["pace"], row["attainment"], lang) for id, row in of_day.items()}
        found.append({"day": day_name(day, lang), "parts": parts, "tiles": tiles})
        before = until
    return json.dumps({"seconds": SECONDS, "days": found}, ensure_ascii=False)


def _by_day(days: pl.DataFrame) -> Iterator[tuple[date, dict[str, dict[str, Any]]]]:
    found: dict[date, dict[str, dict[str, Any]]] = {}
    for row in days.iter_rows(named=True):
        found.setdefault(row["day"], {})[row["id"]] = row
    yield from found.items()


def _closed(card: FindingCard) -> datetime | None:
    return None if card.finding.state == "open" else card.finding.as_of


def _as_of(cards: Sequence[FindingCard], until: datetime) -> Iterator[FindingCard]:
    """The findings that stood at that instant, as people had treated them by then."""
    for card in cards:
        closed = _closed(card)
        if card.finding.since <= until and (closed is None or closed > until):
            done = [action for action in card.actions if action.at <= until]
            yield replace(card, treatment=folded(done, (), card.finding))


_ACTS: Mapping[str, str] = {"take": "taken", "assign": "taken", "meet": "met"}


def _news(told: Replay, after: datetime | None, until: datetime, words: Words) -> list[Component]:
    """What was found, taken and closed on that day, the largest first."""

    def is_new(at: datetime | None) -> bool:
        return at is not None and at <= until and (after is None or at > after)

    news: list[tuple[str, FindingCard]] = []
    for card in told.red.cards:
        news += [("found", card)] if is_new(card.finding.since) else []
        news += [(_ACTS[one.what], card) for one in card.actions if one.what in _ACTS and is_new(one.at)]
        news += [("closed", card)] if is_new(_closed(card)) else []
    news.sort(key=lambda one: (one[1].finding.gap, one[0]))
    if not news:
        return [span(t("wall.replay_quiet", words.lang))]
    shown: list[Component] = []
    for what, card in news[:MOST_NEWS]:
        gap = stake(card.finding, words.lang)
        shown.append(
            span(
                [span(t(f"wall.replay_{what}", words.lang), f"news news-{what}"), f" {words.place(card)} {gap}"],
                "news-one num",
            )
        )
    if news[MOST_NEWS:]:
        shown.append(span(f"+{len(news) - MOST_NEWS}", "num"))
    return shown
