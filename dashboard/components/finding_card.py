"""One finding: a line that says how much, where and who; opened, the whole of it with what to do next."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components import finding_causes, finding_chain
from dashboard.components.finding_parts import items, label, where
from dashboard.components.finding_shown import Shown, money
from dashboard.components.form import asks, does, posting
from dashboard.components.links import data, link
from dashboard.locales import Lang, t
from dashboard.meetings import provider
from dashboard.sentences import sentence
from dashboard.session.secret import secret
from dashboard.words import clock, role_name
from ingest.settings import company

ACT, WHY = "/findings/act", "/findings/why"
TREATED = {"open": "behind", "acknowledged": "behind", "taken": "treated", "not_a_problem": "none"}
_SYMBOL = {"behind": "▼", "treated": "◆", "none": "◌"}


def draw(shown: Shown) -> Component:
    """The item of the list, known by its finding's id, so that what is open stays open wherever it comes to stand."""
    more = html.Details(
        [html.Summary(_line(shown), className="finding-line"), html.Div(_whole(shown), className="finding-whole")],
        open=shown.id == shown.state.finding,
    )
    status = shown.card.treatment.status
    buttons = _buttons(shown) if shown.card.finding.state == "open" else None
    return html.Div([more, buttons], className=f"finding finding-{status}", **data(key=shown.id))


def _line(shown: Shown) -> Component:
    card, finding, lang = shown.card, shown.card.finding, shown.lang
    state = TREATED.get(card.treatment.status, "behind")
    return html.Div(
        [
            html.Div(
                [
                    html.Span(_SYMBOL[state], className=f"state-{state}"),
                    html.Strong(money(finding.gap, lang, sign=True), className="finding-gap"),
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
        return html.Span(t("findings.nobody", lang), className="faint")
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
    if card.treatment.status == "open":
        return t("findings.since", lang, since=clock(card.finding.since, company().zone, lang))
    by = card.treatment.status_by
    return t(f"findings.{card.treatment.status}_by", lang, person=shown.names.get(by) or card.status_by_name or by)


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
    if shown.card.treatment.status == "not_a_problem" and shown.card.treatment.reason:
        rows.append(_row("not_a_problem", html.Q(shown.card.treatment.reason), lang))
    if shown.told:
        rows.append(_row("told", finding_chain.told(shown.told, shown.names, lang), lang))
    further = [link(t("findings.open_slice", lang), shown.at(finding.slice), className="button")]
    if shown.card.treatment.status == "open":
        further.insert(0, _button("acknowledge", shown))
    rows.append(finding_chain.draw(shown.card, shown.told, lang))
    return [*rows, html.Div(further, className="finding-buttons")]


def _figures(shown: Shown) -> Component:
    finding, lang = shown.card.finding, shown.lang
    if finding.behind:
        counted = html.Span(str(finding.behind_count), className="num")
        return _pairs([("items_money", money(finding.expected, lang)), ("items_number", counted)], lang)
    target = money(finding.target, lang) if finding.target is not None else t("findings.no_target", lang)
    here, to = shown.at(finding.slice), finding_causes.to
    pairs: list[tuple[str, Any]] = [
        ("actual", to(money(finding.actual, lang), here)),
        ("expected", to(money(finding.expected, lang), here if finding.target else here.but(versus="baseline"))),
        ("target", target if finding.target is None else to(target, here, "/targets")),
        ("gap", to(money(finding.gap, lang, sign=True), here)),
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
    card, lang = shown.card, shown.lang
    finding = card.finding
    # the room's title names units and products, never a person: it may stand on a shared screen
    subject = " × ".join(shown.name(part) for part in (finding.slice.unit_id, finding.slice.product_id) if part)
    room = provider().room(shown.id, f"oneboard · {subject or t('findings.company', lang)}", secret())
    meet = html.A(
        t("findings.meet", lang),
        href=room.url,
        target="_blank",
        rel="noopener noreferrer",
        title=t("findings.meet_title", lang),
        className="button button-first",
        **posting(ACT, what="meet", finding=shown.id),
    )
    parts: list[Component] = [meet]
    if card.treatment.status != "taken":
        parts.append(_button("take", shown))
    if card.treatment.status == "not_a_problem":
        parts.append(_button("release", shown))
    else:
        parts.append(asks(t("findings.not_a_problem", lang), WHY, finding=shown.id))
    return html.Div(parts, className="finding-buttons")


def _button(what: str, shown: Shown) -> Component:
    return does(t(f"findings.{what}", shown.lang), ACT, what=what, finding=shown.id)
