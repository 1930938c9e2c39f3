"""What sources say they sent against what came: one row a source, day and topic."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.panel import head, nothing, scrolls
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import clock, day_name
from ingest.settings import company
from warehouse.reconciliation import Verdict

_COLUMNS = (("source", ""), ("day", ""), ("topic", ""), ("said", "num"), ("have", "num"), ("verdict", ""))


def listed(verdicts: Sequence[Verdict], state: ViewState) -> list[Component]:
    """The whole panel."""
    lang = state.lang
    about = [(t("board.how", lang), t("ops.totals_about", lang))]
    title = html.Header(head(t("ops.totals", lang), state, about=about), className="panel-head")
    if not verdicts:
        return [title, nothing(t("ops.totals_none", lang), t("ops.totals_none_hint", lang))]
    heads = [html.Th(t(f"ops.col_{name}", lang), className=classes, scope="col") for name, classes in _COLUMNS]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody([_row(one, lang) for one in verdicts])], className="totals"
    )
    return [title, scrolls(table)]


def _row(one: Verdict, lang: Lang) -> Component:
    total = one.total
    said, have = (
        f"{count:,}" + (f" · {amount:,.2f}" if total.amount is not None and amount is not None else "")
        for count, amount in ((total.count, total.amount), (one.count, one.amount))
    )
    cells = [(total.source, ""), (day_name(total.day, lang), ""), (total.topic, ""), (said, "num"), (have, "num")]
    symbol = html.Span("● " if one.matches else "▼ ", className=f"state-{'band' if one.matches else 'behind'}")
    return html.Tr([*(html.Td(text, className=name) for text, name in cells), html.Td([symbol, verdict(one, lang)])])


def verdict(one: Verdict, lang: Lang) -> str:
    """ "matches the source", or what is off: "3 missing; nothing since 14:00; amount off by −120.00"."""
    if one.matches:
        return t("ops.matches", lang)
    parts = []
    if one.missing > 0:
        parts.append(t("ops.missing", lang, count=f"{one.missing:,}"))
        if one.newest_at:
            parts.append(t("ops.since_clock", lang, at=clock(one.newest_at, company().zone, lang)))
    if one.missing < 0:
        parts.append(t("ops.too_many", lang, count=f"{-one.missing:,}"))
    if one.amount_off:
        parts.append(t("ops.amount_off", lang, amount=amounts.exact(one.amount_off, sign=True)))
    return t("ops.and", lang).join(parts)
