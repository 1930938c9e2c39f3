"""A finding's life on its card: where it stands, what comes next, what was done by whom, what people judge."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components import effects
from dashboard.components.finding_forms import ACT, ASKED, FORM
from dashboard.components.finding_shown import Shown
from dashboard.components.form import asks, does
from dashboard.components.tasks import agree
from dashboard.finding_steps import may
from dashboard.locales import CATALOGUE, Lang, t, t_or
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company
from warehouse.life import REPLIES, VERDICTS, State

COLOURS: Mapping[State, str] = {
    "open": "behind", "acknowledged": "behind", "contested": "behind", "taken": "treated", "in_treatment": "treated",
    "verified": "ahead", "closed": "ahead",
}  # fmt: skip
SYMBOLS: Mapping[State, str] = {
    "open": "▼", "acknowledged": "▽", "contested": "⚖", "taken": "◇", "in_treatment": "◆", "snoozed": "☾",
    "merged": "⊂", "not_a_problem": "◌", "verified": "✓", "closed": "✓", "retracted": "↶",
}  # fmt: skip
FURTHER = ("acknowledge", "treat", "verify", "close", "snooze", "rearm", "merge", "split", "reopen")
"""Steps that stand within the card, in the order of a life; the first ones stand below its line."""
_BEFORE_TREATMENT: Mapping[State, str] = {
    "open": "take", "acknowledged": "take", "contested": "take", "taken": "treat",
}  # fmt: skip
_NEXT: Mapping[State, str] = {
    "verified": "close", "snoozed": "rearm", "merged": "split", "not_a_problem": "release",
}  # fmt: skip
_MOST = 12
"""What was done last is listed; of more it is said how many."""


def mark(status: State) -> Component:
    """The sign of a state, never by its colour alone."""
    return html.Span(SYMBOLS[status], className=f"state-{COLOURS.get(status, 'none')}")


def button(what: str, shown: Shown) -> Component:
    """What takes a step, or first asks what it needs."""
    gives_back = what == "release" and shown.card.treatment.status == "taken"
    called = "give_back" if gives_back else what
    text = t(f"life.do_{called}", shown.lang)
    fields = {"what": what, "finding": shown.id}
    made = asks(text, FORM, **fields) if what in ASKED else does(text, ACT, **fields)
    return _told(made, called, what == next_step(shown), shown.lang)


def agreeing(shown: Shown) -> Component:
    """What makes an action of it."""
    return _told(agree(shown.lang, f"finding:{shown.id}"), "agree", next_step(shown) == "agree", shown.lang)


def _told(made: Component, what: str, is_next: bool, lang: Lang) -> Component:
    """A button that says what it does and what comes after; the next step stands out."""
    says = {"title": t(f"life.help_{what}", lang), "className": "button button-first" if is_next else "button"}
    for name, said in says.items():
        setattr(made, name, said)
    return made


def next_step(shown: Shown) -> str:
    """What comes next for whoever looks: of another's finding to meet, of one's own to take it and say what is done,
    then to agree on actions and to say whether they helped; "" where it is over."""
    finding, status = shown.card.finding, shown.card.treatment.status
    if shown.meeting and shown.meeting.is_open:
        return "meet"
    if status in _BEFORE_TREATMENT:
        own = _BEFORE_TREATMENT[status]
        is_own = shown.viewer is not None and shown.viewer.person_id == finding.responsible_id
        return own if is_own and may(shown.card, shown.viewer, own) else "meet"
    if status == "in_treatment":
        return "verify" if shown.tasks and may(shown.card, shown.viewer, "verify") else "agree"
    return _NEXT.get(status, "")


def steps(shown: Shown) -> list[Component]:
    """Buttons of every further step that may be taken by whoever looks."""
    return [button(what, shown) for what in FURTHER if may(shown.card, shown.viewer, what)]


def standing(shown: Shown) -> str:
    """Where it stands, with who and until when; '' for one that is open."""
    treatment, lang = shown.card.treatment, shown.lang
    if shown.card.is_masked:
        return t("life.awaited", lang, minutes=company().reply_window_minutes)
    if treatment.status == "open":
        return t("life.again", lang, count=treatment.reopened) if treatment.reopened else ""
    who = shown.name(treatment.status_by) if treatment.status_by != "detection" else ""
    parts = [t(f"life.state_{treatment.status}", lang), who]
    if treatment.until:
        parts.append(t("life.till", lang, at=clock(treatment.until, company().zone, lang)))
    if treatment.worse_by is not None:
        parts.append(t("life.till_worse", lang, share=amounts.share(float(treatment.worse_by), lang, digits=0)))
    return " · ".join(filter(None, parts))


def reason(shown: Shown) -> Component | None:
    """What is said against it, as long as that is where it stands."""
    treatment = shown.card.treatment
    if treatment.status not in ("contested", "not_a_problem") or not treatment.reason:
        return None
    return html.Q(_note(treatment.reason, shown.lang))


def _note(note: str, lang: Lang) -> str:
    """A note in words: a reply or a verdict by its name."""
    key = f"mine.{note}" if note in REPLIES else f"life.judge_{note}"
    return t_or(key, lang, note)


def history(shown: Shown) -> Component | None:
    """Every step, the newest first, with who and when."""
    lang = shown.lang
    did = [one for one in shown.card.actions if one.what != "look" and f"life.did_{one.what}" in CATALOGUE]
    if not did:
        return None
    rows = []
    for one in did[::-1][:_MOST]:
        who = t("life.detection", lang) if one.who == "detection" else shown.name(one.who)
        note = _note(one.note, lang)
        said = " · ".join(filter(None, (t(f"life.did_{one.what}", lang), who, _at(one.at, lang))))
        rows.append(html.Li([html.Span(said, className="faint"), html.Q(note) if note else None]))
    if more := len(did) - len(rows):
        rows.append(html.Li(t("life.earlier", lang, count=more), className="faint"))
    return html.Ul(rows, className="finding-history")


def actions(shown: Shown) -> Component:
    """What was agreed about it: each with who, until when and what it brought, leading to itself."""
    lang, rows = shown.lang, list[Component]()
    for card in shown.tasks:
        to = (
            "/actions" + ViewState(lang=lang, theme=shown.state.theme, whose="all", action=card.task.task_id).to_query()
        )
        title = (card.task.title_en if lang == "en" else None) or card.task.title
        who = shown.name(card.task.person_id) if card.task.person_id else ""
        how = t(f"actions.column_{card.column}", lang)
        said = " · ".join(filter(None, (who, how, effects.brief(card, lang))))
        rows.append(html.Li([html.A(title, href=to, className="link"), f" · {said}"]))
    return html.Ul(rows, className="finding-sentences")


def _at(at: datetime, lang: Lang) -> str:
    return clock(at, company().zone, lang)


def judged(shown: Shown) -> Component:
    """One click says whether it was found rightly; what people say is counted."""
    counts, lang = Counter(shown.card.treatment.verdicts.values()), shown.lang
    said = {one: f"{t(f'life.judge_{one}', lang)} {counts[one] or ''}".strip() for one in VERDICTS}
    buttons = [does(text, ACT, what="judge", finding=shown.id, reason=one) for one, text in said.items()]
    ask = html.Span(t("life.judge", lang), className="faint", title=t("life.help_judge", lang))
    return html.Div([ask, *buttons], className="finding-judged")
