"""What stands under ids that the organisation does not know: what it comes to, which ids, since when, what to do."""

from collections.abc import Sequence
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.panel import head, nothing, scrolls
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from warehouse.queries.unassigned import Unassigned

PLACE = "unassigned"
MOST = 100
_COLUMNS = (
    ("what", ""), ("id", ""), ("events", ""), ("today", "num"), ("month", "num"), ("since", "num"), ("todo", "wrapped"),
)  # fmt: skip


def href(state: ViewState) -> str:
    """Where it is said which ids they are."""
    return f"/health{state.to_query()}#{PLACE}"


def sentence(found: Sequence[Unassigned], state: ViewState) -> Component | None:
    """How many ids there are to mend, leading to them; None where there are none."""
    wrong = {(one.kind, one.id) for one in found if one.is_wrong}
    if not wrong:
        return None
    said = html.A(t("unassigned.some", state.lang, count=len(wrong)), href=href(state), className="link")
    return html.Span([html.Span("▼ ", className="state-behind"), said])


def listed(found: Sequence[Unassigned], state: ViewState) -> list[Component]:
    """The whole panel, the most money first."""
    lang = state.lang
    about = [(t("board.how", lang), t("unassigned.about", lang))]
    more = t("ops.newest_of", lang, shown=MOST, all=len(found)) if len(found) > MOST else ""
    title = html.Header(head(t("unassigned.title", lang), state, about=about, note=more), className="panel-head")
    if not found:
        return [title, nothing(t("unassigned.none", lang), t("unassigned.none_hint", lang), "●")]
    sums = [html.P(line) for kind in ("unit", "product", "person") if (line := _sum(kind, found, lang))]
    heads = [html.Th(t(f"unassigned.col_{name}", lang), className=classes, scope="col") for name, classes in _COLUMNS]
    rows = [html.Tr(_cells(one, lang)) for one in found[:MOST]]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="totals")
    return [title, html.Div(sums, className="unassigned-sums"), scrolls(table)]


def _sum(kind: str, found: Sequence[Unassigned], lang: Lang) -> str:
    """What of this month's bookings stands so, as the board's "unassigned" has it."""
    orders = [one for one in found if one.kind == kind and one.topic == "orders"]
    if not orders:
        return ""
    return t(
        f"unassigned.sum_{kind}",
        lang,
        count=f"{sum(one.count for one in orders):,}",
        amount=amounts.exact(sum((one.amount for one in orders), Decimal(0))),
        count_today=f"{sum(one.count_today for one in orders):,}",
        amount_today=amounts.exact(sum((one.amount_today for one in orders), Decimal(0))),
    )


def _cells(one: Unassigned, lang: Lang) -> list[Component]:
    def much(count: int, amount: Decimal) -> str:
        return f"{count:,}" + (f" · {amounts.exact(amount)}" if one.topic != "activities" else "")

    texts = (
        t(f"unassigned.{one.kind}", lang),
        one.id or t("unassigned.not_named", lang),
        t(f"unassigned.{one.topic}", lang),
        much(one.count_today, one.amount_today),
        much(one.count, one.amount),
        one.since.isoformat(),
        _todo(one, lang),
    )
    return [html.Td(text, className=classes) for text, (_, classes) in zip(texts, _COLUMNS, strict=True)]


def _todo(one: Unassigned, lang: Lang) -> str:
    if not one.id:
        return t("unassigned.todo_name_it", lang)
    if one.known_from is not None:
        return t("unassigned.todo_earlier", lang, known=one.known_from.isoformat(), since=one.since.isoformat())
    return t(f"unassigned.todo_{one.kind}", lang)
