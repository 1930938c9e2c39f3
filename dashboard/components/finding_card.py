"""One finding: a line that says how much, where and who; opened, the whole of it with what to do next."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components import beside, finding_causes, finding_chain, finding_life, meet
from dashboard.components.finding_parts import items, label, where
from dashboard.components.finding_shown import Shown, at_stake, money
from dashboard.components.links import data, link
from dashboard.dots import line
from dashboard.finding_steps import may
from dashboard.locales import Lang, t
from dashboard.sentences import sentence
from dashboard.stake import is_gap
from dashboard.words import clock, role_name
from ingest.settings import company
from warehouse.queries.findings import subject


def draw(shown: Shown) -> Component:
    """The item of the list, known by its finding's id, so that what is open stays open wherever it comes to stand."""
    more = html.Details(
        [html.Summary(_line(shown), className="finding-line"), html.Div(_whole(shown), className="finding-whole")],
        open=shown.id == shown.state.finding,
    )
    status = shown.card.treatment.status
    chosen = " finding-chosen" if shown.id == shown.state.finding else ""
    buttons = _buttons(shown) if shown.card.finding.state == "open" else None
    is_on = meet.line(shown.meeting, shown.names, shown.state) if shown.meeting else None
    answers = [meet.answers(one, shown.names, shown.lang) for one in shown.asked]
    return html.Div(
        [more, is_on, *answers, buttons], className=f"finding finding-{status}{chosen}", **data(key=shown.id)
    )


def _line(shown: Shown) -> Component:
    card, finding, lang = shown.card, shown.card.finding, shown.lang
    return html.Div(
        [
            html.Div(
                [
                    finding_life.mark(card.treatment.status),
                    html.Strong(at_stake(finding, lang), className="finding-gap"),
                    html.Span(_about(shown), className="finding-place"),
                ],
                className="finding-what",
            ),
            html.Div([_person(shown), html.Span(_standing(shown), className="faint")], className="finding-who"),
            finding_chain.reply(card.treatment, shown.names, lang),
        ]
    )


def _about(shown: Shown) -> str:
    finding = shown.card.finding
    return " · ".join(part for part in (label(finding, shown.lang), shown.place(finding.slice)) if part)


def _person(shown: Shown) -> Component:
    card, finding, lang = shown.card, shown.card.finding, shown.lang
    if not finding.responsible_id:
        role = role_name(finding.responsible_role, lang) if card.is_masked and finding.responsible_role else ""
        return html.Span(role or t("findings.nobody", lang), className="faint")
    name = shown.names.get(finding.responsible_id) or card.responsible_name
    parts: list[Any] = [html.Strong(name, className="finding-person")]
    if finding.responsible_role:
        parts.append(html.Span(role_name(finding.responsible_role, lang), className="faint"))
    if finding.stand_in_for_id:
        parts.append(html.Span(t("findings.stand_in", lang, person=shown.name(finding.stand_in_for_id))))
    return html.Span(parts, className="finding-named")


def _standing(shown: Shown) -> str:
    card, lang = shown.card, shown.lang
    if card.finding.state != "open":
        reason = sentence(card.finding.reason or "", lang, shown.names)
        return " · ".join(part for part in (t(f"findings.{card.finding.state}", lang), reason) if part)
    said = finding_life.standing(shown)
    if card.treatment.status == "open":
        since = t("findings.since", lang, since=clock(card.finding.since, company().zone, lang))
        return " · ".join(filter(None, (since, said)))
    return said


def _whole(shown: Shown) -> list[Component | None]:
    finding, lang = shown.card.finding, shown.lang
    against = [sentence(code, lang, shown.names) for code in finding.against]
    why = [sentence(code, lang, shown.names) for code in finding.why]
    about = [t("findings.confidence", lang, confidence=amounts.share(finding.confidence, lang, digits=0))]
    if shown.card.treatment.status != "open":  # else the line above says it
        about.insert(0, t("findings.since", lang, since=clock(finding.since, company().zone, lang)))
    if finding.kind:
        about.insert(0, t(f"findings.kind_{finding.kind}", lang))
    about += [said for said in (finding_causes.largest(shown),) if said]
    rows: list[Component | None] = [
        html.P(" · ".join(about), className="faint"),
        _figures(shown),
        _row("items", items(shown), lang) if finding.behind else _row("where", where(shown), lang),
        _row("what", finding_causes.what(shown), lang) if finding.factors else None,
        _row("landing", finding_causes.landing(shown), lang) if finding.landing else None,
        _row("who", _person(shown), lang),
        _row("why", _sentences(why), lang) if why else None,
        _row("against", _sentences(against) if against else t("findings.nothing_against", lang), lang),
    ]
    if shown.similar:
        rows.append(_row("before", finding_causes.before(shown), lang))
    if reason := finding_life.reason(shown):
        rows.append(_row("reason", reason, lang))
    if history := finding_life.history(shown):
        rows.append(_row("life", history, lang))
    if shown.told:
        rows.append(_row("told", finding_chain.told(shown.told, shown.names, lang), lang))
    place = link(t("findings.open_slice", lang), shown.at(finding.slice), className="button")
    if shown.helped:
        rows.append(_row("helped", finding_causes.helped(shown), lang))
    if shown.tasks:
        rows.append(_row("actions", finding_life.actions(shown), lang))
    rows.append(finding_chain.draw(line(shown.card, shown.told, shown.tasks), lang))
    return [
        *rows,
        html.Div([*finding_life.steps(shown), finding_life.agreeing(shown), place], className="finding-buttons"),
        finding_life.judged(shown),
    ]


def _figures(shown: Shown) -> Component:
    finding, lang = shown.card.finding, shown.lang
    if finding.behind:
        counted = html.Span(str(finding.behind_count), className="num")
        of_what = "items_money" if is_gap(finding) else "items_bought"
        return _pairs([(of_what, money(finding.expected, lang)), ("items_number", counted)], lang)
    target = money(finding.target, lang) if finding.target is not None else t("findings.no_target", lang)
    here, to = shown.at(finding.slice), finding_causes.to
    against = here if finding.target is not None else here.but(versus="baseline")
    pairs: list[tuple[str, Any]] = [
        ("actual", to(money(finding.actual, lang), here)),
        ("expected", to(money(finding.expected, lang), against)),
        ("target", target if finding.target is None else to(target, here, "/targets")),
        ("gap", to(money(finding.gap, lang, sign=True), against)),
    ]
    return _pairs(pairs, lang)


def _pairs(pairs: Sequence[tuple[str, Any]], lang: Lang) -> Component:
    return html.Dl(
        [html.Div([html.Dt(t(f"findings.{key}", lang)), html.Dd(value)]) for key, value in pairs],
        className="finding-figures",
    )


def _row(key: str, value: Any, lang: Lang) -> Component:
    return html.Div(
        [html.Span(t(f"findings.{key}", lang), className="finding-key"), html.Div(value)], className="finding-row"
    )


def _sentences(texts: Sequence[str]) -> Component:
    return html.Ul([html.Li(text) for text in texts], className="finding-sentences")


def _buttons(shown: Shown) -> Component:
    card, about = shown.card, subject(shown.card.finding)
    status = card.treatment.status
    is_next = finding_life.next_step(shown) == "meet"
    parts = [meet.button(about, shown.meeting, shown.state, is_next=is_next), beside.link(about, None, shown.state)]
    if status != "taken" and may(card, shown.viewer, "take"):
        parts.append(finding_life.button("take", shown))
    if status in ("taken", "not_a_problem", "contested") and may(card, shown.viewer, "release"):
        parts.append(finding_life.button("release", shown))
    if may(card, shown.viewer, "not_a_problem"):
        parts.append(finding_life.button("not_a_problem", shown))
    return html.Div(parts, className="finding-buttons")
