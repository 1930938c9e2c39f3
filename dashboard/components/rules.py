"""The rules on the screen: a row each, and under the one that is opened who changed its numbers, and its trials."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn, skeletons
from dashboard.components.finding_queue import rule_name
from dashboard.components.form import asks, does
from dashboard.components.headline import marked
from dashboard.components.links import aria, data, link
from dashboard.components.panel import head, locked, panel, scrolls, skeleton
from dashboard.locales import Lang, t
from dashboard.rule_book import Book, Judged, Outcome, RuleRow
from dashboard.view_state import ViewState
from dashboard.words import clock, day_name
from ingest.events import Tried
from ingest.settings import company
from warehouse.life import VERDICTS
from warehouse.queries.trials import TrialCard
from warehouse.thresholds import THRESHOLDS, RuleWord, Threshold
from warehouse.viewer import Viewer

ACT, FORM = "/rules/act", "/rules/form"
LIST, ONE = "rules--list", "rule--one"
MOST_TRIALS, MOST_FOUND, MOST_PEOPLE, MOST_WORDS = 5, 40, 5, 5
_COUNTED = ("found", "a_week", "precision", "judged")
_SAYS = {"waiting": "◌", "running": "●", "done": "✓", "cancelled": "–", "failed": "▼"}


def layout(state: ViewState) -> list[Component]:
    """The page with every place kept."""
    return [
        plain.place("headline--text", skeletons.line(), html.H1, className="headline"),
        panel("rules", plain.place(LIST, skeleton(40, 8)), state),
    ]


def draw(found: Book, viewer: Viewer, state: ViewState) -> Drawn:
    """The props of the page; the rules are for sales operations."""
    lang = state.lang
    if not viewer.is_ops:
        away = locked(t("rules.only_ops", lang), t("rules.only_ops_hint", lang))
        return {
            "headline--text": plain.says(t("rules.only_ops", lang)), "rules--head": plain.says(""),
            LIST: plain.says(away),
        }  # fmt: skip
    under_way = sum(one.state in ("running", "waiting") for row in found.rows for one in row.trials)
    said = t("rules.sentence", lang, count=len(found.rows), a_week=f"{sum(row.a_week for row in found.rows):.1f}",
             under_way=under_way)  # fmt: skip
    about = [(t("board.how", lang), t("rules.about", lang))]
    return {
        "headline--text": plain.says(html.Span(marked(said))),
        "rules--head": plain.says(head(t("rules.title", lang), state, about=about)),
        LIST: plain.says(scrolls(_table(found, state))),
    }


def _table(found: Book, state: ViewState) -> Component:
    lang = state.lang
    columns = {
        "rule": "",
        "numbers": "",
        "found": "num",
        "a_week": "num",
        "precision": "num",
        "judged": "num",
        "changed": "",
    }
    heads = [html.Th(t(f"rules.col_{name}", lang), scope="col", className=kind) for name, kind in columns.items()]
    rows: list[Component] = []
    for row in found.rows:
        rows.append(_row(row, found, state))
        if row.rule == state.rule:
            rows.append(html.Tr(html.Td(_one(found, row, state), colSpan=len(columns)), className="rule-under"))
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="totals rules")


def _row(row: RuleRow, found: Book, state: ViewState) -> Component:
    lang, last, is_open = state.lang, row.words[0] if row.words else None, row.rule == state.rule
    to = state.but(rule=None if is_open else row.rule)
    name_of_it = link([html.Span("▾" if is_open else "▸", className="rule-fold"), rule_name(row.rule, lang)], to,
                      **aria(expanded=str(is_open).lower()))  # fmt: skip
    numbers = " · ".join(number(one, row.numbers[one.name], lang) for one in THRESHOLDS[row.rule])
    changed = " · ".join((name(found, last.who, lang), clock(last.at, company().zone, lang))) if last else ""
    return html.Tr(
        [
            html.Th(name_of_it, scope="row"),
            html.Td(numbers, className="small faint"),
            html.Td(str(row.count), className="num"),
            html.Td(f"{row.a_week:.1f}", className="num"),
            html.Td(precision(row.judged, lang), className="num"),
            html.Td(clicks(row.judged), className="num small", title=t("rules.clicks", lang)),
            html.Td(changed or t("rules.as_it_came", lang), className="small"),
        ],
        className="rule-open" if is_open else None,
        **data(key=row.rule),
    )


def precision(of: Judged, lang: Lang) -> str:
    """ "80 % of 5"; nothing where nobody judged."""
    share = of.precision
    if share is None:
        return amounts.NOTHING
    return t("rules.of", lang, share=amounts.share(share, lang, digits=0), count=of.confirmed + of.denied)


def clicks(of: Judged) -> str:
    """Right, wrong person, no problem: "3 / 1 / 0"."""
    counts = of.verdicts or {}
    return " / ".join(str(counts.get(one, 0)) for one in VERDICTS)


def name(found: Book, id: str, lang: Lang) -> str:
    """The name of a person, unit or product; the id where there is none."""
    return found.names[id][1 if lang == "en" else 0] if id in found.names else id


def number_name(one: Threshold, lang: Lang) -> str:
    """What a number is called, with its bounds."""
    bounds = t("rules.bounds", lang, least=plain_number(one.least), most=plain_number(one.most))
    return f"{t(f'rules.number_{one.name}', lang)} ({bounds})"


def number(one: Threshold, value: Decimal, lang: Lang) -> str:
    """ "under 85 %", "from 300 K"."""
    said = {
        "money": lambda: amounts.short(value, lang),
        "share": lambda: amounts.share(float(value), lang, digits=0),
        "days": lambda: plain_number(value),
    }[one.kind]()
    return t(f"rules.short_{one.name}", lang, value=said)


def plain_number(value: Decimal) -> str:
    """As it is typed."""
    return f"{value.normalize():f}"


def _one(found: Book, row: RuleRow, state: ViewState) -> Component:
    lang = state.lang
    tools = [
        asks(t("rules.try", lang), FORM, what="try_rule", rule=row.rule),
        asks(t("rules.change", lang), FORM, what="set_rule", rule=row.rule),
    ]
    words = [_word(one, found, lang) for one in row.words[:MOST_WORDS]]
    parts: list[Component] = [html.Ul(words, className="rule-words small")] if words else []
    parts += [_trial(one, found, row, state) for one in row.trials[:MOST_TRIALS]]
    if not row.trials:
        parts.append(html.P(t("rules.no_trial", lang), className="faint"))
    about = [(t("board.how", lang), t("rules.trial_about", lang))]
    top = html.Header(head(rule_name(row.rule, lang), state, about=about, tools=tools), className="panel-head")
    return html.Section(
        [top, *parts], id=ONE, className="rule-one", tabIndex=-1, **aria(label=rule_name(row.rule, lang))
    )


def _word(word: RuleWord, found: Book, lang: Lang) -> Component:
    """Who switched on which numbers, when and why."""
    at = clock(word.at, company().zone, lang)
    said = " · ".join((at, name(found, word.who, lang), _numbers(word.rule, word.numbers, lang)))
    return html.Li([said, html.Q(word.why)])


def _numbers(rule: str, numbers: Mapping[str, Decimal], lang: Lang) -> str:
    return " · ".join(number(one, numbers[one.name], lang) for one in THRESHOLDS[rule] if one.name in numbers)


def _changes(trial: TrialCard, row: RuleRow, lang: Lang) -> str:
    """The numbers that differ from those in force."""
    other = {one: value for one, value in trial.numbers.items() if value != row.numbers.get(one)}
    return _numbers(row.rule, other, lang) or t("rules.nothing_changed", lang)


def _trial(trial: TrialCard, found: Book, row: RuleRow, state: ViewState) -> Component:
    lang, word = state.lang, trial.word
    done, of = (word.done, word.of) if word else (0, 0)
    said = [t(f"rules.trial_{trial.state}", lang), _changes(trial, row, lang), name(found, trial.who, lang),
            clock(trial.at, company().zone, lang)]  # fmt: skip
    top: list[Any] = [html.Strong(f"{_SAYS[trial.state]} {' · '.join(said)}")]
    if trial.state in ("waiting", "running"):
        share = f"{done / of:.1%}" if of else "0%"
        top.append(html.Span(t("rules.days", lang, done=done, of=of or "–"), className="num small"))
        top.append(does(t("rules.do_cancel", lang), ACT, what="cancel", rule=row.rule, trial=trial.id))
        bar = html.Div(html.Span(style={"width": share}), className="rule-bar")
        return html.Section([html.Header(top, className="rule-top"), bar], className="rule-trial", **data(key=trial.id))
    body: list[Any] = []
    if word and word.error:
        body.append(html.P(word.error, className="state-behind small"))
    if outcomes := found.outcomes(trial):
        top.append(asks(t("rules.do_set_rule", lang), FORM, what="set_rule", rule=row.rule, trial=trial.id))
        body += [_compared(outcomes, found, lang), _list(outcomes, found, lang)]
    return html.Section([html.Header(top, className="rule-top"), *body], className="rule-trial", **data(key=trial.id))


def _compared(outcomes: tuple[Outcome, Outcome], found: Book, lang: Lang) -> Component:
    def load(of: Outcome) -> str:
        people = (f"{name(found, id, lang)} {count}" for id, count in of.load[:MOST_PEOPLE])
        return " · ".join(people) or amounts.NOTHING

    rows = [
        ("found", [str(len(one.found)) for one in outcomes]),
        ("a_week", [f"{one.a_week:.1f}" for one in outcomes]),
        ("precision", [precision(one.judged, lang) for one in outcomes]),
        ("load", [load(one) for one in outcomes]),
    ]
    heads = [html.Th(""), *(html.Th(t(f"rules.{one}", lang), scope="col") for one in ("as_is", "tried"))]
    body = [html.Tr([html.Th(t(f"rules.col_{key}", lang), scope="row"), *(html.Td(one) for one in said)])
            for key, said in rows]  # fmt: skip
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="totals rule-compared")


def _list(outcomes: tuple[Outcome, Outcome], found: Book, lang: Lang) -> Component:
    """What either side found: in both, only as it is, only changed."""
    before, after = ({one.finding_id: one for one in side.found} for side in outcomes)
    every = sorted({**before, **after}.values(), key=lambda one: (one.gap, one.finding_id))
    rows = [_found(one, one.finding_id in before, one.finding_id in after, found, lang) for one in every[:MOST_FOUND]]
    if more := len(every) - len(rows):
        rows.append(html.Li(t("rules.more", lang, count=more), className="faint"))
    return html.Ol(rows, className="rule-found")


def _found(one: Tried, before: bool, after: bool, found: Book, lang: Lang) -> Component:
    key = "both" if before and after else "gone" if before else "new"
    about = one.slice
    place = " × ".join(name(found, id, lang) for id in (about.unit_id, about.product_id, about.person_id) if id)
    days = f"{day_name(one.since, lang)} – {day_name(one.until, lang) if one.until else ''}"
    return html.Li(
        [
            html.Span(t(f"rules.{key}", lang), className=f"rule-{key}"),
            html.Span(amounts.short(one.gap, lang, sign=True), className="num"),
            html.Span(place or t("findings.company", lang)),
            html.Span(name(found, one.responsible_id or "", lang), className="faint"),
            html.Span(days, className="num faint"),
        ]
    )
