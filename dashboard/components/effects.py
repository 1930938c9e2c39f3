"""What an action brought, in words: the effect with its interval, the signs that come first, and what that means."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.locales import Lang, t
from dashboard.words import day_name
from ingest.events import Check, CheckKind, Sign
from warehouse.task_life import TaskCard

MARKS = {"worked": ("✓", "ahead"), "did_not": ("✗", "behind"), "too_early": ("…", "none")}


def amount(check: Check, lang: Lang) -> str:
    """ "+3.2 M (1.9–4.4)", or what keeps it from being said."""
    if check.effect is None or check.low is None or check.high is None:
        return t("actions.no_peers", lang) if check.kind == "lagging" else ""
    said = (amounts.short(one, lang, sign=sign) for one, sign in
            ((check.effect, True), (check.low, False), (check.high, False)))  # fmt: skip
    effect, low, high = said
    return t("actions.effect", lang, effect=effect, low=low, high=high)


def brief(card: TaskCard, lang: Lang) -> str:
    """What stands of its effect by now, on a card; '' where nothing was measured."""
    check = card.measured.get("lagging") or card.measured.get("leading")
    if check is None:
        return ""
    decided = card.decided.get(check.kind)
    verdict = decided.verdict if decided else check.proposal
    said = amount(check, lang) if check.kind == "lagging" and check.effect is not None else ""
    return " ".join(part for part in (MARKS[verdict][0], said, t(f"actions.{verdict}", lang)) if part)


def check(card: TaskCard, kind: CheckKind, lang: Lang) -> Component:
    """One measurement: what was looked at, until when, against what, and what is proposed."""
    one = card.measured[kind]
    sign, colour = MARKS[one.proposal]
    proposed = html.Span([f"{sign} ", t("actions.proposed", lang, verdict=t(f"actions.{one.proposal}", lang))],
                         className=f"state-{colour}")  # fmt: skip
    span = t("actions.between", lang, start=day_name(one.start, lang), end=day_name(one.end, lang))
    head = html.Div(
        [html.Strong(t(f"actions.check_{kind}", lang)), " ", html.Span(span, className="faint"), " ", proposed]
    )
    rows: list[Any] = [html.Li(_sign(sign, lang)) for sign in one.signs]
    if kind == "lagging":
        rows = [html.Li(said) for said in _figures(one, lang)]
    if not one.is_last:
        rows.append(html.Li(t("actions.goes_on", lang), className="faint"))
    return html.Div([head, html.Ul(rows, className="finding-sentences")])


def _figures(one: Check, lang: Lang) -> list[str]:
    said = [amount(one, lang)]
    if one.effect is not None and one.level is not None:
        said[0] += " " + t(
            "actions.against_peers", lang, count=one.peers, level=amounts.share(float(one.level), lang, digits=0)
        )
    if one.against_baseline is not None:
        said.append(t("actions.against_baseline", lang, amount=amounts.short(one.against_baseline, lang, sign=True)))
    if one.expected is not None:
        said.append(t("actions.expected_by", lang, amount=amounts.short(one.expected, lang, sign=True)))
    return said


def _sign(sign: Sign, lang: Lang) -> str:
    """ "contacts: 3 → 9"."""
    if sign.after is None:
        return t(f"actions.sign_{sign.name}", lang) + " –"
    digits = 0 if sign.name != "next_step" else 2
    before, after = ("–" if value is None else (amounts.share(value, lang, digits=0) if digits else f"{value:.0f}")
                     for value in (sign.before, sign.after))  # fmt: skip
    return f"{t(f'actions.sign_{sign.name}', lang)} {before} → {after}"
