"""The queue on the screen: one sentence, filters with their counts, rows to work through, and how soon units act."""

from collections.abc import Iterable
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.components import Drawn, finding_life, keys, skeletons
from dashboard.components.finding_forms import ACT, ASKED, FORM
from dashboard.components.finding_parts import label
from dashboard.components.finding_shown import Shown, at_stake
from dashboard.components.headline import marked
from dashboard.components.links import aria, data, link, menu, switch
from dashboard.components.paging import ROWS, offset_of, paging
from dashboard.components.panel import head, nothing, panel, scrolls, skeleton
from dashboard.finding_queue import Pace, Queue, Queued
from dashboard.locales import Lang, t, t_or
from dashboard.stake import together
from dashboard.view_state import AGES, STANDS, ViewState
from dashboard.words import called, role_name
from warehouse.viewer import Viewer

LIST, FILTERS, PACES = "queue--list", "queue--filters", "paces--list"
KEYS = {
    "j": "next", "k": "previous", "x": "select", "*": "select_all", "o": "open", "a": "acknowledge", "t": "take",
    "w": "treat", "s": "snooze", "n": "not_a_problem", "r": "release", "v": "verify", "c": "close", "m": "merge",
    "Esc": "clear",
}  # fmt: skip
"""What each key does: a step of a finding's life, or a move in the list."""
BULK = ("acknowledge", "take", "treat", "snooze", "not_a_problem", "release", "verify", "close", "merge")
_HOUR, _DAY = 60, 540


def layout(state: ViewState) -> list[Component]:
    """The page with every place kept."""
    lang = state.lang
    bar = [html.Span("", id="queue--chosen", className="num"), *(_bulk(what, lang) for what in BULK)]
    rows = [
        plain.place(FILTERS, className="queue-filters"),
        html.Div(
            [*bar, keys.button(lang)],
            className="queue-bar",
            role="toolbar",
            tabIndex=0,
            **aria(label=t("queue.bulk", lang)),
        ),
        plain.place(LIST, skeleton(40, 6), className="queue-list"),
    ]
    return [
        plain.place("headline--text", skeletons.line(), html.H1, className="headline"),
        panel("queue", rows, state),
        panel("paces", plain.place(PACES, skeleton(120), className="paces"), state),
    ]


def _bulk(what: str, lang: Lang) -> Component:
    says = {"bulk": what, "key": next(key for key, does in KEYS.items() if does == what)}
    to = data(form_at=FORM) if what in ASKED else data(post_at=ACT)
    return html.Button(
        t(f"life.do_{what}", lang), className="button", title=t(f"life.help_{what}", lang), disabled=True,
        **data(**says), **to,
    )  # fmt: skip


def draw(found: Queue, viewer: Viewer, state: ViewState) -> Drawn:
    """The props of the page."""
    lang, listed = state.lang, found.listed(state)
    about = [(t("board.how", lang), t("queue.about", lang))]
    at = offset_of(state.page, len(listed))
    note = paging(at, ROWS, len(listed), state) if len(listed) > ROWS else None
    page = listed[at : at + ROWS]
    rows: Any = nothing(t("queue.nothing", lang), t("queue.nothing_hint", lang), "●")
    if listed:
        names = {id: pair[1 if lang == "en" else 0] for id, pair in found.names.items()}
        shown = [Shown(one.card, names, state, viewer=viewer) for one in page]
        rows = html.Ol([_row(one, of) for one, of in zip(page, shown, strict=True)], className="queue")
    return {
        "headline--text": plain.says(html.Span(marked(_sentence(found, state)))),
        "queue--head": plain.says(head(t("queue.title", lang), state, about=about, note=note)),
        FILTERS: plain.says(_filters(found, state)),
        LIST: plain.says(rows),
        **_paces(found, state),
    }


def _sentence(found: Queue, state: ViewState) -> str:
    lang, asks = state.lang, [one for one in found.every if one.group == "asks"]
    if not asks:
        return t("queue.sentence_none" if found.looked_at or state.as_of else "findings.not_looked", lang)
    gap = together((one.card.finding for one in asks), lang)
    contested = sum(one.card.treatment.status == "contested" for one in asks)
    oldest = age(max(one.minutes for one in asks), lang)
    return t("queue.sentence", lang, count=len(asks), gap=gap, contested=contested, oldest=oldest)


def _filters(found: Queue, state: ViewState) -> list[Component]:
    lang, number = state.lang, 1 if state.lang == "en" else 0
    counts = found.counts("stands", state)
    every = {**counts, STANDS[-1]: counts.total()}
    stands = [
        (f"{t(f'queue.{one}', lang)} {every.get(one, 0)}", state.but(stands=one), one == state.stands) for one in STANDS
    ]

    def name(id: str) -> str:
        return called(id, *found.names[id], lang) if id in found.names else id or t("findings.nobody", lang)

    def picker(field: str, said: Any) -> Component:
        counted = found.counts(field, state)
        now, order = getattr(state, field), AGES if field == "aged" else [one for one, _ in counted.most_common(30)]
        options = [(t(f"queue.any_{field}", lang), state.but(**{field: None}), now is None)]
        options += [(f"{said(one)} {counted[one]}", state.but(**{field: one}), one == now) for one in order if one]
        title = t(f"queue.by_{field}", lang)
        return menu(f"queue-{field}", said(now) if now else t(f"queue.any_{field}", lang), [(title, options)], title)

    units = sorted({one.path[-1] for one in found.every if one.path}, key=name)
    to = [(t("queue.any_unit", lang), state.but(unit=None), state.unit is None)]
    to += [(name(one), state.but(unit=one), one == state.unit) for one in units[:60]]
    by_unit = t("queue.by_unit", lang)
    unit = menu("queue-unit", name(state.unit) if state.unit else to[0][0], [(by_unit, to)], by_unit)
    return [
        switch(stands, t("queue.by_stands", lang)),
        picker("rule", lambda one: rule_name(one, lang)),
        unit,
        picker("who", lambda one: found.names[one][number] if one in found.names else one),
        picker("aged", lambda one: t(f"queue.age_{one}", lang)),
    ]


def rule_name(rule: str, lang: Lang) -> str:
    """What a rule is called; itself where it has no name."""
    return t_or(f"rules.name_{rule.replace('-', '_')}", lang, rule)


def _row(one: Queued, shown: Shown) -> Component:
    card, lang = one.card, shown.lang
    finding, treatment = card.finding, card.treatment
    who = shown.names.get(finding.responsible_id or "") or card.responsible_name
    role = role_name(finding.responsible_role, lang) if finding.responsible_role else ""
    about = " · ".join(filter(None, (label(finding, lang), shown.place(finding.slice))))
    stands = finding_life.standing(shown) or t(f"life.state_{treatment.status}", lang)
    return html.Li(
        [
            html.Span("", className="queue-box", role="checkbox", tabIndex=0, **aria(checked="false", label=about)),
            finding_life.mark(treatment.status),
            html.Span(at_stake(finding, lang), className="queue-gap"),
            html.Span(
                [link(about, shown.state.but(finding=shown.id), className="link queue-place"),
                 html.Small(rule_name(finding.rule, lang), className="faint")],
                className="queue-what",
            ),
            html.Span([html.Span(who or role or t("findings.nobody", lang)),
                       html.Small(role if who else "", className="faint")], className="queue-who"),
            html.Span(stands, className="queue-stands small"),
            html.Span(age(one.minutes, lang), className=f"queue-age num age-{one.age}"),
        ],
        className="queue-row" + (" queue-open" if shown.id == shown.state.finding else ""),
        **data(key=shown.id),
    )  # fmt: skip


def age(minutes: float, lang: Lang) -> str:
    """Working minutes in words: minutes, hours of 60, or days of nine hours."""
    if minutes < _HOUR:
        return t("queue.minutes", lang, count=round(minutes))
    if minutes < _DAY:
        return t("queue.hours", lang, count=f"{minutes / _HOUR:.1f}")
    return t("queue.days", lang, count=f"{minutes / _DAY:.1f}")


def _paces(found: Queue, state: ViewState) -> Drawn:
    lang, paces = state.lang, found.paces(state)
    about = [(t("board.how", lang), t("queue.paces_about", lang))]
    body: Any = nothing(t("queue.nothing", lang), "")
    if paces:
        kinds = {"unit": "", "count": "num", "acted": "num", "ended": "num"}
        heads = [html.Th(t(f"queue.col_{name}", lang), scope="col", className=kind) for name, kind in kinds.items()]
        body = html.Table([html.Thead(html.Tr(heads)), html.Tbody(_pace_rows(paces, found, lang))], className="totals")
    return {
        "paces--head": plain.says(head(t("queue.paces", lang), state, about=about)),
        PACES: plain.says(scrolls(body)),
    }


def _pace_rows(paces: Iterable[Pace], found: Queue, lang: Lang) -> list[Component]:
    def both(of: tuple[float, float] | None) -> str:
        return " · ".join(age(one, lang) for one in of) if of else amounts.NOTHING

    def name(id: str) -> str:
        return called(id, *found.names[id], lang) if id in found.names else id or t("findings.company", lang)

    return [
        html.Tr([html.Th(name(one.unit_id), scope="row"), html.Td(str(one.count), className="num"),
                 html.Td(both(one.acted), className="num"), html.Td(both(one.ended), className="num")])
        for one in paces
    ]  # fmt: skip
