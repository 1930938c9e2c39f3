"""What a finding is made of: the cells that hold its gap, or the deals, orders, customers and units it speaks of."""

from collections.abc import Sequence
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.finding_shown import Shown, money
from dashboard.locales import CATALOGUE, Lang, t
from dashboard.stake import bought, is_gap
from ingest.events import Behind, Cell, Finding

SHOWN_CELLS, SHOWN_ITEMS = 3, 8


def parts_of_gap(gap: Decimal, cells: Sequence[Cell]) -> list[tuple[Cell | None, Decimal]]:
    """The largest cells and what is left, which together are the gap to the cent."""
    largest = sorted(cells, key=lambda cell: abs(cell.contribution), reverse=True)[:SHOWN_CELLS]
    parts: list[tuple[Cell | None, Decimal]] = [(cell, cell.contribution) for cell in largest]
    rest = gap - sum((amount for _, amount in parts), Decimal(0))
    return [*parts, (None, rest)] if rest else parts


def where(shown: Shown) -> Component:
    finding, lang = shown.card.finding, shown.lang
    parts = parts_of_gap(finding.gap, finding.cells)
    widest = max((abs(amount) for _, amount in parts), default=Decimal(1)) or Decimal(1)
    rows = [
        html.Div(
            [
                html.A(_called(cell, shown), href="/" + shown.at(cell.slice).to_query(), className="link")
                if cell
                else html.Span(t("findings.rest", lang)),
                html.Span(money(amount, lang, sign=True), className="finding-part"),
                html.Span(_share(amount, finding.gap, lang), className="num faint"),
                html.Span(
                    html.Span(style={"width": f"{float(abs(amount) / widest):.1%}"}),
                    className="finding-bar " + ("state-behind" if amount < 0 else "state-ahead"),
                ),
            ],
            className="finding-cell",
        )
        for cell, amount in parts
    ]
    verdict = finding.where if finding.where != "cells" and not finding.slice.person_id else None
    said = html.P(t(f"findings.where_{verdict}", lang), className="finding-verdict") if verdict else None
    total = html.P(t("findings.adds_up", lang, gap=amounts.short(finding.gap, lang, sign=True)), className="faint")
    return html.Div([said, *rows, total])


def _called(cell: Cell, shown: Shown) -> str:
    """The place of a cell; what is left of a finding's own slice once others are named is its rest."""
    finding = shown.card.finding
    is_rest = cell.slice == finding.slice and len(finding.cells) > 1
    return t("findings.rest_of", shown.lang, place=shown.place(cell.slice)) if is_rest else shown.within(cell.slice)


def _share(amount: Decimal, gap: Decimal, lang: Lang) -> str:
    return amounts.share(float(amount / gap), lang, digits=0) if gap else ""


def label(finding: Finding, lang: Lang) -> str:
    """What a finding about single things says is off, and how many there are; '' for one about a gap."""
    if not finding.behind:
        return ""
    key = f"findings.item_{finding.rule.replace('-', '_')}"
    return t(key, lang, count=finding.behind_count) if key in CATALOGUE else f"{finding.rule}: {finding.behind_count}"


def items(shown: Shown) -> Component:
    """The things themselves, the largest first, each leading to where all of it is; the rest in one line."""
    finding, lang = shown.card.finding, shown.lang
    named, missing = finding.behind[:SHOWN_ITEMS], is_gap(finding)
    rows: list[Component] = [
        html.Div(
            [html.Span(_item(one, shown)),
             html.Span(money(one.amount, lang) if missing else bought(one.amount, lang), className="finding-part"),
             html.Span(str(one.since or ""), className="num faint nowrap")],
            className="finding-cell",
        )
        for one in named
    ]  # fmt: skip
    if left := finding.behind_count - len(named):
        rest = -finding.gap - sum((one.amount for one in named), Decimal(0))
        said = t("findings.items_more", lang, count=left, amount=amounts.short(rest, lang))
        rows.append(html.P(said, className="faint"))
    return html.Div(rows, className="finding-items")


def _item(one: Behind, shown: Shown) -> Component:
    """A link to the deal or order on the board, whatever page the panel stands beside; a name for what is neither."""
    called = " · ".join(part for part in (shown.names.get(one.customer_id or ""), one.id) if part)
    if one.kind in ("deal", "order"):
        to = shown.at(shown.card.finding.slice).but(deal=one.id)
        return html.A(called, href="/" + to.to_query(), className="link")
    if one.kind == "customer":
        to = shown.at(shown.card.finding.slice).but(customer=one.id)
        return html.A(shown.name(one.id), href="/" + to.to_query(), className="link")
    return html.Span(shown.name(one.id))
