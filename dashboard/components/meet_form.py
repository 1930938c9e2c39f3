"""The dialog of a meeting: who is called and why, what is spoken of, and the ways, from a room to a written answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from dashboard.components.form import form, line, lines, one_of, one_of_many
from dashboard.components.meet import ACT, MEET
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.events import Called
from ingest.settings import company
from warehouse.meetings import Meeting

CALL = "call:"
"""Before the id of whoever is ticked."""
BETWEEN = " · "
MOST_CHARACTERS = 2_000


@dataclass(frozen=True)
class Offered:
    """What the dialog offers. `out` are those not ticked; `remarks` say what speaks against calling somebody right now,
    `phones` how they are reached; `everybody` are those who can be added, as "name · id"."""

    subject: str
    title: str
    called: Sequence[Called]
    out: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict)
    everybody: Sequence[str] = ()
    agenda: Sequence[str] = ()
    slots: Sequence[datetime] = ()
    meeting: Meeting | None = None


def dialog(offered: Offered, state: ViewState) -> str:
    """The inside of the dialog, as HTML."""
    lang, meeting = state.lang, offered.meeting
    is_open = meeting is not None and meeting.is_open
    hidden = {"subject": offered.subject, "edited": "yes", "meeting": meeting.id if meeting else ""}
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(one)}">' for name, one in hidden.items())
    people = "".join(_person(one, offered, lang) for one in offered.called)
    agenda = "\n".join(offered.agenda)
    fields = [
        f'<fieldset class="meet-people"><legend>{escape(t("meet.people", lang))}</legend>{people}</fieldset>',
        one_of_many("add", t("meet.add", lang), offered.everybody, required=False),
        f'<label>{escape(t("meet.agenda", lang))}<textarea name="agenda" rows="4" maxlength="{MOST_CHARACTERS}">'
        f"{escape(agenda)}</textarea></label>",
    ]
    if not is_open:
        fields += [_when(offered, lang), _note(lang)]
    buttons = _open(meeting, state) if is_open and meeting else _new(meeting, state)
    return (
        f'<form action="{ACT}" class="meet-form"><h2>{escape(t("meet.about", lang, what=offered.title))}</h2>{kept}'
        f'{"".join(fields)}<p class="form-fault state-behind" role="alert"></p>'
        f'<div class="form-buttons">{_cancel(lang)}{buttons}</div></form>'
    )


def word_form(way: str, meeting: Meeting, lang: Lang) -> str:
    """The dialog in which somebody answers in writing ("reply"), or writes down what was decided ("minute")."""
    field = lines("note", t(f"meet.field_{way}", lang), t(f"meet.field_{way}_hint", lang), MOST_CHARACTERS)
    fields = [f"<p>{escape(meeting.note)}</p>" if way == "reply" and meeting.note else "", field]
    return _small(way, meeting, fields, lang)


def task_form(meeting: Meeting, everybody: Sequence[str], lang: Lang) -> str:
    """The dialog in which an action is agreed: what, whose, by when."""
    fields = [
        line("title", t("targets.field_title", lang)),
        one_of_many("add", t("targets.field_who", lang), everybody, required=True),
        line("due", t("targets.field_due", lang), kind="date"),
    ]
    return _small("task", meeting, fields, lang)


def end_form(meeting: Meeting, everybody: Sequence[str], lang: Lang) -> str:
    """The dialog before a meeting ends in which nothing was written down: what was decided, agreed, or why nothing was;
    it can be passed over."""
    decided = lines(
        "note", t("meet.field_minute", lang), t("meet.field_minute_hint", lang), MOST_CHARACTERS, required=False
    )
    action = [
        line("title", t("targets.field_title", lang), required=False),
        one_of_many("add", t("targets.field_who", lang), everybody, required=False),
        line("due", t("targets.field_due", lang), kind="date", required=False),
    ]
    fields = [
        f"<p>{escape(t('meet.end_asks', lang))}</p>",
        decided,
        f"<fieldset><legend>{escape(t('meet.do_task', lang))}</legend>{''.join(action)}</fieldset>",
        line("undecided", t("meet.field_undecided", lang), required=False, most=MOST_CHARACTERS),
    ]
    hidden = {"way": "adjourn", "subject": meeting.subject, "meeting": meeting.id, "asked": "yes"}
    ends, cancel, skip = (t(key, lang) for key in ("meet.end", "findings.cancel", "meet.end_skip"))
    return form(meeting.title, ACT, fields, ends, cancel, hidden, skip)


def _small(way: str, meeting: Meeting, fields: Sequence[str], lang: Lang) -> str:
    hidden = {"way": way, "subject": meeting.subject, "meeting": meeting.id}
    return form(meeting.title, ACT, fields, t("findings.send", lang), t("findings.cancel", lang), hidden)


def _person(one: Called, offered: Offered, lang: Lang) -> str:
    id, name = one.person_id, offered.names.get(one.person_id, one.person_id)
    ticked = "" if id in offered.out else " checked"
    said = [escape(t(f"meet.why_{one.why}", lang)), escape(offered.remarks.get(id, ""))]
    phone = offered.phones.get(id)
    call = f'<a class="link" href="tel:{escape(phone)}">☎ {escape(phone)}</a>' if phone else ""
    return (
        f'<div class="meet-person"><label><input type="checkbox" name="{CALL}{escape(id)}"{ticked}>'
        f"<strong>{escape(name)}</strong></label>"
        f'<span class="faint small">{BETWEEN.join(filter(None, said))}</span>{call}</div>'
    )


def _when(offered: Offered, lang: Lang) -> str:
    zone = company().zone
    slots = [(one.isoformat(), clock(one, zone, lang)) for one in offered.slots]
    free = one_of("slot", t("meet.free", lang), slots or [("", t("meet.none_free", lang))])
    at = f'<label>{escape(t("meet.or_at", lang, zone=str(zone)))}<input name="at" type="datetime-local"></label>'
    return f'<div class="meet-when">{free}{at}</div>'


def _note(lang: Lang) -> str:
    hint = escape(t("meet.note_hint", lang))
    return (
        f'<label>{escape(t("meet.note", lang))}<textarea name="note" rows="2" maxlength="{MOST_CHARACTERS}"'
        f' placeholder="{hint}"></textarea></label>'
    )


def _cancel(lang: Lang) -> str:
    return f'<button type="button" class="button">{escape(t("findings.cancel", lang))}</button>'


def _way(way: str, lang: Lang) -> str:
    return f'<button class="button" name="way" value="{way}">{escape(t(f"meet.do_{way}", lang))}</button>'


def _into(key: str, state: ViewState) -> str:
    """The button that leads into the room, in a tab of its own."""
    action = escape(MEET + state.to_query())
    return (
        f'<button class="button button-first" formmethod="post" formtarget="_blank" formaction="{action}">'
        f"{escape(t(key, state.lang))}</button>"
    )


def _new(meeting: Meeting | None, state: ViewState) -> str:
    ways = ["message", "ask", "plan", *(["call_off"] if meeting else [])]
    return "".join(_way(way, state.lang) for way in ways) + _into("meet.do_meet", state)


def _open(meeting: Meeting, state: ViewState) -> str:
    return _way("call", state.lang) + _into("meet.join", state)
