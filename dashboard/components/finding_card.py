"""One finding: a line that says how much, where and who; opened, the whole of it with what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components import finding_chain
from dashboard.components.form import asks, does, posting
from dashboard.components.links import data, link
from dashboard.locales import Lang, t
from dashboard.meetings import provider
from dashboard.sentences import sentence
from dashboard.session.secret import secret
from dashboard.view_state import ViewState
from dashboard.words import clock, cut_name, role_name
from ingest.events import Cell, Slice
from ingest.settings import company
from warehouse.metrics import METRICS
from warehouse.queries.findings import FindingCard
from warehouse.queries.notifications import ToldRow

SHOWN_CELLS = 3
ACT, WHY = "/findings/act", "/findings/why"
Names = Mapping[str, str]
TREATED = {"open": "behind", "acknowledged": "behind", "taken": "treated", "not_a_problem": "none"}
_SYMBOL = {"behind": "▼", "treated": "◆", "none": "◌"}


@dataclass(frozen=True)
class Shown:
    """A finding, the names of all it speaks of in the reader's language, and who was told of it, in order of time."""

    card: FindingCard
    names: Names
    state: ViewState
    told: tuple[ToldRow, ...] = ()

    @property
    def lang(self) -> Lang:
        return self.state.lang

    @property
    def id(self) -> str:
        return self.card.finding.finding_id

    def name(self, id: str | None) -> str:
        """The name of an id; the id where there is none."""
        return self.names.get(id or "", id or "")

    def place(self, slice: Slice) -> str:
        """ "Hangzhou × VMS", with the person where the slice has one."""
        parts = [self.name(part) for part in (slice.unit_id, slice.product_id, slice.person_id) if part]
        parts += [cut_name(cut, id, self.lang) for cut in ("route", "segment") if (id := getattr(slice, cut))]
        return " × ".join(parts) or t("findings.company", self.lang)

    def at(self, slice: Slice) -> ViewState:
        """The board at that slice, in the finding's metric and period."""
        finding = self.card.finding
        metric = finding.metric if finding.metric in METRICS else self.state.metric
        fresh = ViewState(lang=self.state.lang, theme=self.state.theme, metric=metric, period=finding.period)
        return fresh.but(unit=slice.unit_id, rep=slice.person_id, product=slice.product_id)


def money(value: Decimal | None, lang: Lang, *, sign: bool = False) -> Component:
    """An amount in short, exact when pointed at."""
    text = amounts.short(value, lang, sign=sign)
    return html.Span(text, className="num", title=amounts.exact(value, sign=sign))


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
                    html.Span(shown.place(finding.slice), className="finding-place"),
                ],
                className="finding-what",
            ),
            html.Div([_person(shown), html.Span(_standing(shown), className="faint")], className="finding-who"),
            finding_chain.reply(card.treatment, shown.names, lang),
        ]
    )


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
    if finding.gap_without_largest_deal is not None:
        gap = amounts.short(finding.gap_without_largest_deal, lang, sign=True)
        about.append(t("findings.without_largest", lang, gap=gap))
    rows: list[Component | None] = [
        html.P(" · ".join(about), className="faint"),
        _figures(shown),
        _row("where", _where(shown), lang),
        _row("who", _person(shown), lang),
        _row("why", _sentences(why), lang) if why else None,
        _row("against", _sentences(against) if against else t("findings.nothing_against", lang), lang),
    ]
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
    target = money(finding.target, lang) if finding.target is not None else t("findings.no_target", lang)
    pairs = [
        ("actual", money(finding.actual, lang)),
        ("expected", money(finding.expected, lang)),
        ("target", target),
        ("gap", money(finding.gap, lang, sign=True)),
    ]
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


def parts_of_gap(gap: Decimal, cells: Sequence[Cell]) -> list[tuple[Cell | None, Decimal]]:
    """The largest cells and what is left, which together are the gap to the cent."""
    largest = sorted(cells, key=lambda cell: abs(cell.contribution), reverse=True)[:SHOWN_CELLS]
    parts: list[tuple[Cell | None, Decimal]] = [(cell, cell.contribution) for cell in largest]
    rest = gap - sum((amount for _, amount in parts), Decimal(0))
    return [*parts, (None, rest)] if rest else parts


def _where(shown: Shown) -> Component:
    finding, lang = shown.card.finding, shown.lang
    parts = parts_of_gap(finding.gap, finding.cells)
    widest = max((abs(amount) for _, amount in parts), default=Decimal(1)) or Decimal(1)
    rows = [
        html.Div(
            [
                link(shown.place(cell.slice), shown.at(cell.slice)) if cell else html.Span(t("findings.rest", lang)),
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
    total = html.P(t("findings.adds_up", lang, gap=amounts.short(finding.gap, lang, sign=True)), className="faint")
    return html.Div([*rows, total])


def _share(amount: Decimal, gap: Decimal, lang: Lang) -> str:
    return amounts.share(float(amount / gap), lang, digits=0) if gap else ""


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
