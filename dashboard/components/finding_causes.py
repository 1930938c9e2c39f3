"""Why a gap is there, on its card: what fell and where that did, where it lands, and what helped before."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.finding_shown import Shown, money
from dashboard.locales import Lang, t, t_or
from dashboard.sentences import sentence
from dashboard.view_state import ViewState
from dashboard.words import period_name
from ingest.calendar import Period
from ingest.events import Factor
from warehouse.queries.helped import Helped
from warehouse.queries.similar import Similar

METRIC_OF = {"visits": "visits", "conversion": "orders", "orders": "orders", "price": "realised_price"}
"""What a factor leads to on the board; size and mix lead to what was booked."""
SHOWN_PAST = 3


def what(shown: Shown) -> Component:
    """The factors with their changes, the one that holds most of the gap marked, and where that one fell."""
    finding, lang = shown.card.finding, shown.lang
    worst = min(finding.factors, key=lambda one: one.contribution)
    parts = [_factor(one, one is worst, shown) for one in finding.factors]
    where: list[Any] = []
    for cell in worst.cells:
        change = amounts.share(cell.actual / cell.expected - 1, lang, sign=True, digits=0) if cell.expected else ""
        where += [" · " if where else "", to(shown.within(cell.slice), _at(worst, shown).but(
            unit=cell.slice.unit_id, rep=cell.slice.person_id, product=cell.slice.product_id
        )), f" {change}"]  # fmt: skip
    below = [html.P([t("findings.fell_at", lang, what=t(f"findings.factor_{worst.name}", lang)), " ", *where],
                    className="faint")] if where else []  # fmt: skip
    return html.Div([html.Div(parts, className="finding-factors"), *below])


def _factor(factor: Factor, is_worst: bool, shown: Shown) -> Component:
    lang = shown.lang
    change = factor.actual / factor.expected - 1 if factor.expected else 0.0
    said = f"{t(f'findings.factor_{factor.name}', lang)} {amounts.share(change, lang, sign=True, digits=0)}"
    link = to(said, _at(factor, shown), title=amounts.exact(factor.contribution, sign=True))
    part = html.Span(amounts.short(factor.contribution, lang, sign=True), className="num faint")
    return html.Span([link, " ", part, " ◄" if is_worst else ""], className="state-behind" if is_worst else "")


def _at(factor: Factor, shown: Shown) -> ViewState:
    return shown.at(shown.card.finding.slice).but(metric=METRIC_OF.get(factor.name, "bookings"))


def landing(shown: Shown) -> Component:
    """Where the month ends with its interval, and what is at risk."""
    finding, lang = shown.card.finding, shown.lang
    said: list[Any] = []
    if lands := finding.landing:
        band = t(
            "findings.landing_band", lang, low=amounts.short(lands.low, lang), high=amounts.short(lands.high, lang)
        )
        said = [to(money(lands.middle, lang), shown.at(finding.slice)), f" {band}"]
    if finding.at_risk is not None:
        said += [" · " if said else "", t("findings.at_risk", lang), " ", html.Strong(money(finding.at_risk, lang))]
    return html.Div(said)


def largest(shown: Shown) -> str:
    """What the gap is without the largest deal, and how much of what was sold that deal is."""
    finding, lang = shown.card.finding, shown.lang
    if finding.gap_without_largest_deal is None:
        return ""
    said = t("findings.without_largest", lang, gap=amounts.short(finding.gap_without_largest_deal, lang, sign=True))
    deal, whole = (
        abs(finding.gap - finding.gap_without_largest_deal),
        finding.expected if finding.behind else finding.actual,
    )
    if deal <= 0 or whole <= 0:
        return said
    share = amounts.share(float(min(deal / whole, Decimal(1))), lang, digits=0)
    return said + t("findings.largest_share", lang, share=share)


def before(shown: Shown) -> Component:
    """Findings like it that are over: when, how much, what was done, how it ended; each leads to itself."""
    rows = [_past(one, shown) for one in shown.similar[:SHOWN_PAST]]
    return html.Ul(rows, className="finding-sentences")


def _past(one: Similar, shown: Shown) -> Component:
    finding, lang = one.finding, shown.lang
    when = period_name(Period.read(finding.period), lang)
    head = to(f"{when} {amounts.short(finding.gap, lang, sign=True)}", shown.state.but(finding=finding.finding_id), "")
    days = max((finding.as_of - finding.since).days, 0)
    ended = sentence(finding.reason or "", lang, shown.names) or t(f"findings.{finding.state}", lang)
    return html.Li([head, " · ".join(["", *_done(one, lang), t("findings.ended_after", lang, how=ended, days=days)])])


def _done(one: Similar, lang: Lang) -> Sequence[str]:
    treatment = one.treatment
    done = [t(f"life.state_{treatment.status}", lang)] if treatment.status != "open" else []
    if treatment.met_at:
        done.append(t("findings.done_met", lang))
    if treatment.reply:
        done.append(f"“{t_or(f'mine.{treatment.reply}', lang, treatment.reply)}”")
    return done or [t("findings.done_nothing", lang)]


def helped(shown: Shown) -> Component:
    """What was tried against causes of its kind, and what came of it; no rate of fewer than ten."""
    return html.Ul(
        [html.Li(_measure(one, shown.lang)) for one in shown.helped[:SHOWN_PAST]], className="finding-sentences"
    )


def _measure(one: Helped, lang: Lang) -> str:
    of, remedy = one.outcome, t(f"actions.remedy_{one.remedy}", lang)
    if of.rate is None:
        return t("findings.tried", lang, remedy=remedy, count=of.count)
    low, high = (amounts.share(end, lang, digits=0) for end in of.rate)
    said = t("findings.helped_in", lang, remedy=remedy, worked=of.worked, count=of.count, low=low, high=high)
    if of.effect is None:
        return said
    mean, low, high = (amounts.share(part, lang, digits=0) for part in of.effect)
    return said + t("findings.helped_by", lang, mean=mean, low=low, high=high)


def to(what: Any, state: ViewState, path: str = "/", *, title: str | None = None) -> Component:
    """A link to the board, whatever page the card stands on; `path` "" is the page it stands on."""
    return html.A(what, href=path + state.to_query(), className="link", title=title)
