"""One action: what, whose, until when; opened, what it is to bring, why, what it waits for, what was measured, decided
and done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components import effects
from dashboard.components.form import asks, does
from dashboard.components.links import data
from dashboard.components.tasks import ACT, FORM, SYMBOLS, buttons, pressed, when
from dashboard.locales import CATALOGUE, Lang, t
from dashboard.rights import may_change_task, may_decide
from dashboard.view_state import ViewState
from dashboard.words import called, clock, cut_name, day_name, metric_name, source_name
from ingest.events import Slice
from ingest.settings import company
from warehouse.life import ActionRow
from warehouse.metrics import METRICS
from warehouse.task_life import CHECKS, TaskCard, blocked_by
from warehouse.viewer import Viewer

SCHEMES = ("http", "https")
"""Of evidence that is a link; whatever else is said is text."""
_MOST = 12


@dataclass(frozen=True)
class Shown:
    """What cards are drawn with: all tasks the viewer may see, by id, names by id → (Chinese, English), the day."""

    known: Mapping[str, TaskCard]
    names: Mapping[str, tuple[str, str]]
    viewer: Viewer
    today: date
    state: ViewState

    @property
    def lang(self) -> Lang:
        return self.state.lang

    def name(self, id: str | None) -> str:
        """The name of an id; the id where there is none."""
        pair = self.names.get(id or "")
        return called(id or "", *pair, self.lang) if pair else id or ""

    def place(self, slice: Slice) -> str:
        """ "Hangzhou × VMS"."""
        parts = [self.name(one) for one in (slice.unit_id, slice.product_id, slice.person_id) if one]
        parts += [cut_name(cut, id, self.lang) for cut in ("route", "segment") if (id := getattr(slice, cut))]
        return " × ".join(parts) or t("findings.company", self.lang)


def draw(card: TaskCard, shown: Shown) -> Component:
    """A card that opens; known by its id, so that what is open stays open whatever is pushed."""
    task, lang, how = card.task, shown.lang, card.standing(shown.today)
    sign, colour = SYMBOLS[how]
    title = (task.title_en if lang == "en" else None) or task.title
    person = shown.name(task.person_id) if task.person_id else t("targets.task_nobody", lang)
    unit = shown.name(card.path[-1]) if card.path else ""
    line = html.Summary(
        [
            html.Span(sign, className=f"task-sign state-{colour}", title=t(f"targets.task_{how}", lang)),
            html.Span(title, className="action-title"),
            html.Span(" · ".join(filter(None, (person, unit))), className="action-who faint small"),
            html.Span(when(card, shown.today, how, lang), className=f"action-when num small state-{colour}"),
            *_badges(card, shown),
        ],
        className="action-line",
    )
    theirs = may_change_task(shown.viewer, card.path, task.person_id)
    inside = [line, html.Div(_whole(card, shown, theirs), className="action-whole")]
    is_open = task.task_id == shown.state.action
    made: list[Component] = [html.Details(inside, open=is_open)]
    if theirs or (card.column == "checking" and may_decide(shown.viewer, card.path, task.person_id)):
        made.append(html.Div(buttons(card, lang), className="task-buttons"))
    chosen = " action-chosen" if is_open else ""
    return html.Article(
        made, className=f"action action-{how}{chosen}", draggable="true" if theirs else None,
        **data(task_id=task.task_id, key=task.task_id),
    )  # fmt: skip


def _badges(card: TaskCard, shown: Shown) -> list[Component]:
    lang, found = shown.lang, list[Component]()
    if waits := blocked_by(card, shown.known):
        found.append(_badge("⧗ " + t("actions.blocked", lang, count=len(waits))))
    if card.reopened:
        found.append(_badge("↺ " + t("actions.reopened", lang, count=card.reopened)))
    if count := len(card.task.evidence) + len(card.attached):
        found.append(_badge("⊕ " + t("actions.evidence_count", lang, count=count)))
    if said := effects.brief(card, lang):
        found.append(_badge(said))
    return found


def _badge(text: str) -> Component:
    return html.Span(text, className="action-badge small")


def _whole(card: TaskCard, shown: Shown, theirs: bool) -> list[Component]:
    lang, task = shown.lang, card.task
    rows: list[tuple[str, Any]] = []
    if task.expects:
        name = metric_name(task.expects.metric, lang) if task.expects.metric in METRICS else task.expects.metric
        said = t(
            "actions.expects", lang, amount=amounts.short(task.expects.amount, lang, sign=True), metric=name,
            place=shown.place(task.expects.slice), by=day_name(task.expects.by, lang),
        )  # fmt: skip
        rows.append(("expected", said))
    if task.remedy:
        rows.append(("remedy", t(f"actions.remedy_{task.remedy.value}", lang)))
    if origin := _origin(card, shown):
        rows.append(("origin", origin))
    rows += [("measured", effects.check(card, kind, lang)) for kind in CHECKS if kind in card.measured]
    rows += [("decided", _decided(card, kind, shown)) for kind in CHECKS if kind in card.decided]
    if waits := _waits(card, shown):
        rows.append(("waits", waits))
    if evidence := _evidence(card, shown):
        rows.append(("evidence", evidence))
    rows.append(("history", _history(card, shown)))
    more = [_asked("attach", "a", card, lang)] if theirs else []
    if theirs and card.column in ("todo", "doing"):
        more += [_asked("move", "m", card, lang), _asked("wait_for", "w", card, lang)]
    return [*(_row(key, value, lang) for key, value in rows), html.Div(more, className="task-buttons")]


def _asked(what: str, key: str, card: TaskCard, lang: Lang) -> Component:
    return pressed(asks(t(f"targets.do_{what}", lang), FORM, what=what, task=card.task.task_id), key)


def _row(key: str, value: Any, lang: Lang) -> Component:
    parts = [html.Span(t(f"actions.row_{key}", lang), className="finding-key"), html.Div(value)]
    return html.Div(parts, className="finding-row")


def _origin(card: TaskCard, shown: Shown) -> Component | None:
    """Where it was agreed, and a way there where it is a page of ours."""
    lang, task = shown.lang, card.task
    fresh = ViewState(lang=lang, theme=shown.state.theme)
    kind, _, id = (task.origin or "").partition(":")
    parts: list[Any] = []
    if task.finding_id:
        to = "/findings" + fresh.but(finding=task.finding_id).to_query()
        parts.append(html.A(t("actions.from_finding", lang), href=to, className="link"))
    if deal := task.opportunity_id:
        parts.append(html.A(f"{t('actions.from_deal', lang)} {deal}", href="/" + fresh.but(deal=deal).to_query(),
                            className="link"))  # fmt: skip
    if kind == "note":
        board = id.partition(":")[0]
        parts.append(html.A(t("actions.from_note", lang), href=f"/whiteboard/{board}", className="link"))
    elif kind in ("meeting", "coaching"):
        parts.append(html.Span(t(f"actions.from_{kind}", lang)))
    if not parts:
        return None
    return html.Span([item for n, one in enumerate(parts) for item in ((" · ", one) if n else (one,))])


def _decided(card: TaskCard, kind: Any, shown: Shown) -> Component:
    decision, lang = card.decided[kind], shown.lang
    said = " · ".join((t(f"actions.check_{kind}", lang), t(f"actions.{decision.verdict}", lang),
                       shown.name(decision.who), clock(decision.at, company().zone, lang)))  # fmt: skip
    return html.Span([said, " ", html.Q(decision.note) if decision.note else None])


def _waits(card: TaskCard, shown: Shown) -> Component | None:
    rows = []
    for id in card.task.waits_for:
        other = shown.known.get(id)
        sign = SYMBOLS[other.standing(shown.today)][0] if other else "◌"
        title = other.task.title if other else t("actions.unseen", shown.lang)
        off = does("×", ACT, what="wait_no_more", task=card.task.task_id, into=id)
        off.title = t("targets.do_wait_no_more", shown.lang)  # type: ignore[attr-defined]
        rows.append(html.Li([f"{sign} {title} ", off]))
    return html.Ul(rows, className="finding-sentences") if rows else None


def _evidence(card: TaskCard, shown: Shown) -> Component | None:
    said = [(one, "") for one in card.task.evidence]
    said += [
        (one.note, f" · {shown.name(one.who)} {clock(one.at, company().zone, shown.lang)}") for one in card.attached
    ]
    rows = [html.Li([linked(text), html.Span(by, className="faint")]) for text, by in said]
    return html.Ul(rows, className="finding-sentences") if rows else None


def linked(text: str) -> Component:
    """A link where all of a text is one of the web; else the text."""
    try:
        url = urlsplit(text.strip())
    except ValueError:
        return html.Span(text)
    if url.scheme.lower() in SCHEMES and url.netloc and " " not in text.strip():
        return html.A(text, href=text.strip(), className="link", target="_blank", rel="noopener noreferrer")
    return html.Span(text)


def _history(card: TaskCard, shown: Shown) -> Component:
    """Who agreed it, and every step since, the newest first."""
    lang = shown.lang
    did = [one for one in card.did if f"actions.did_{one.what}" in CATALOGUE]
    rows = [html.Li(_step(one, shown), className="faint") for one in did[::-1][:_MOST]]
    if more := len(did) - len(rows):
        rows.append(html.Li(t("life.earlier", lang, count=more), className="faint"))
    if card.agreed_at:
        who = shown.name(card.task.who) if card.task.who else source_name(card.task.source, lang)
        said = " · ".join((t("actions.did_agree", lang), who, clock(card.agreed_at, company().zone, lang)))
        rows.append(html.Li(said, className="faint"))
    return html.Ul(rows, className="finding-history")


def _step(one: ActionRow, shown: Shown) -> str:
    lang = shown.lang
    who = shown.name(one.who)
    to = shown.name(one.assignee_id) if one.assignee_id else ""
    if one.until:
        to = " ".join(filter(None, (day_name(one.until.astimezone(company().zone).date(), lang), one.note)))
    parts = (t(f"actions.did_{one.what}", lang), to, who, clock(one.at, company().zone, lang))
    return " · ".join(part for part in parts if part)
