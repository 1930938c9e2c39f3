"""One deal or order: what it is now, and every version of it as it came."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn
from dashboard.components.listing import known
from dashboard.components.panel import About, head, nothing
from dashboard.components.tasks import agree
from dashboard.locales import Lang, t, t_or
from dashboard.versions import NAMED
from dashboard.view_state import ViewState
from dashboard.words import called, clock, cut_name

ENVELOPE = frozenset(
    {"event_id", "occurred_at", "source", "version", "schema_version", "order_id", "line_id", "opportunity_id"}
)
"""What identifies a version and is no change."""
_SHOWN_FIRST = ("amount", "status", "stage", "outcome", "rep_id", "office_id", "product_id", "customer_id")
_WORDED = {"stage": "stage", "outcome": "outcome", "status": "outcome", "kind": "kind", "forecast_category": "forecast"}
"""Fields whose values have words of ours, and how these begin."""
Names = Mapping[str, Sequence[str]]
"""Of people and things, as `versions` gives them."""


def _called(name: str, lang: Lang) -> str:
    """What a field is called; itself where a source sends one of its own."""
    return t_or(f"deal.{name}", lang, name)


def _said(name: str, value: Any, names: Names, lang: Lang) -> str:
    if value is None or value == "":
        return amounts.NOTHING
    if name.endswith("amount"):
        return amounts.exact(float(value))
    if name in _WORDED:
        return known(_WORDED[name], str(value), lang)
    if name in NAMED and (pair := names.get(f"{NAMED[name]}:{value}")):
        return called(value, pair[0], pair[1], lang)
    if name == "route":
        return cut_name(name, str(value), lang)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def differences(before: dict[str, Any] | None, after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What a version changed: (field, before, after), what people ask for first on top; nothing before the first."""
    fields = [name for name in {**(before or {}), **after} if name not in ENVELOPE]
    fields.sort(key=lambda name: (_SHOWN_FIRST.index(name) if name in _SHOWN_FIRST else len(_SHOWN_FIRST), name))
    found = [(name, (before or {}).get(name), after.get(name)) for name in fields]
    return [change for change in found if change[1] != change[2] and change[1:] != (None, False)]


def _version(
    row: dict[str, Any],
    changes: list[tuple[str, Any, Any]],
    names: Names,
    first: bool,
    zone: ZoneInfo,
    lang: Lang,
) -> Component:
    lines: list[Component] = []
    for name, before, after in changes:
        was: list[Any] = [] if first else [html.S(_said(name, before, names, lang)), " → "]
        said = html.Strong(_said(name, after, names, lang), className="num")
        lines.append(html.Li([html.Span(_called(name, lang), className="faint"), " ", *was, said]))
    happened = html.Strong(clock(row["changed_at"], zone, lang))
    received = f"{t('board.received', lang)} {clock(row['received_at'], zone, lang)}"
    return html.Li(
        [
            html.Div([happened, html.Span(f" · {row['source']}", className="faint")]),
            html.Ul(lines, className="changes"),
            html.Div(f"{received} · {t('board.version', lang)} {row['version']}", className="faint small"),
        ],
        className="version",
    )


def _taken_back(row: dict[str, Any], said: dict[str, Any], zone: ZoneInfo, lang: Lang) -> Component:
    """That a version no longer counts, who says so and why."""
    told = html.Strong(t("board.taken_back", lang, who=said["who"], why=said["why"]))
    about = f"{clock(row['changed_at'], zone, lang)} · {t('board.version', lang)} {row['version']}"
    return html.Li([html.Div(told), html.Div(about, className="faint small")], className="version")


def draw(history: pl.DataFrame | None, zone: ZoneInfo, state: ViewState) -> Drawn:
    """`history` as `versions` gives it, oldest first (lines of an order together); the newest is shown on top."""
    lang = state.lang
    if history is None:
        return {"deal--head": plain.says(None), "deal--body": plain.says(None)}
    about: About = [(t("board.how", lang), t("board.how_deal", lang))]
    title = f"{t('board.deal', lang)} {state.deal}"
    is_deal = len(history) > 0 and '"order_id"' not in history["state"][0]
    tools = [agree(lang, f"deal:{state.deal}")] if is_deal else []
    drawn: Drawn = {"deal--head": plain.says(head(title, state, about=about, tools=tools))}
    if history.is_empty():
        return drawn | {
            "deal--body": plain.says(nothing(t("board.nothing_deal", lang), t("board.nothing_deal_hint", lang)))
        }
    names: Names = json.loads(history["names"][0])
    last: dict[str, dict[str, Any]] = {}
    versions = []
    for row in history.iter_rows(named=True):
        after = json.loads(row["state"])
        if "retracts" in after:
            versions.append(_taken_back(row, after, zone, lang))
            continue
        before = last.get(row["entity_id"])
        last[row["entity_id"]] = after
        versions.append(_version(row, differences(before, after), names, before is None, zone, lang))
    return drawn | {"deal--body": plain.says(html.Ol(versions[::-1], className="versions"))}
