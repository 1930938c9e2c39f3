"""Meeting about something: the button that leads into the room, and the line of the meeting that is on."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components.form import asks, asks_first
from dashboard.components.links import aria, data
from dashboard.locales import Lang, t
from dashboard.sentences import sentence
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company
from warehouse.meetings import Meeting

MEET, ACT, FORM = "/meet", "/meet/act", "/meet/form"


def button(
    subject: str, meeting: Meeting | None, state: ViewState, about: str = "", *, is_next: bool = True
) -> Component:
    """What opens the room in a new tab: a form of HTML's own, so that no browser takes it for a pop-up; and more ways.

    `about` says what is met about where that does not stand beside it, `is_next` whether to meet is the next step.
    """
    lang = state.lang
    is_open = meeting is not None and meeting.is_open
    text = t("meet.join" if is_open else "findings.meet", lang)
    title = about or t("meet.join_title" if is_open else "findings.meet_title", lang)
    how = {"className": "quiet", **aria(label=text)} if about else {"className": f"button{' button-first' * is_next}"}
    go = html.Button("◍" if about else text, name="subject", value=subject, title=title, **how)
    into = html.Form(go, method="post", action=MEET + state.to_query(), target="_blank", **data(rel="noopener"))
    more = asks("▾", FORM, t("meet.ways", lang), way="meet", subject=subject)
    return html.Span([into, more], className="meet meet-here" if about else "meet")


def line(meeting: Meeting, names: Mapping[str, str], state: ViewState) -> Component:
    """The meeting that is on, or when the next one is."""
    return on(meeting, names, state) if meeting.is_open else planned(meeting, state.lang)


def on(meeting: Meeting, names: Mapping[str, str], state: ViewState) -> Component:
    """The meeting that is on: since when, who is there, who was called, and the button that ends it."""
    lang, zone = state.lang, company().zone
    here = list(meeting.joined)
    missing = [one.person_id for one in meeting.called if one.person_id not in meeting.joined]
    said = [t("meet.on", lang, at=clock(meeting.opened_at, zone, lang)) if meeting.opened_at else ""]
    said.append(t("meet.here", lang, people=_people(here, names, lang)))
    if missing:
        said.append(t("meet.missing", lang, people=_people(missing, names, lang)))
    if meeting.note:
        said.append(t("meet.fell_back", lang, why=sentence(meeting.note, lang, {})))
    return html.Div(
        [html.Span("◉", className="state-treated"), html.Span(" · ".join(said)), ends(meeting, lang)],
        className="meeting-on",
    )


def ends(meeting: Meeting, lang: Lang) -> Component:
    """The button that ends it; where nothing was decided or agreed it asks what, once."""
    fields = {"way": "adjourn", "subject": meeting.subject, "meeting": meeting.id}
    return asks_first(t("meet.end", lang), FORM, ACT, **fields)


def answers(asked: Meeting, names: Mapping[str, str], lang: Lang) -> Component:
    """A question that was asked in writing, and what was answered, as large as the finding itself."""
    who = names.get(asked.by, asked.by)
    rows: list[Component] = [html.Div(t("meet.asked", lang, who=who, what=asked.note), className="faint small")]
    for id, said in asked.replies.items():
        rows.append(html.Div([html.Strong(f"“{said}”"), html.Span(names.get(id, id), className="faint")],
                             className="finding-reply"))  # fmt: skip
    return html.Div(rows)


def planned(meeting: Meeting, lang: Lang) -> Component:
    """When the next meeting is."""
    at = clock(meeting.at, company().zone, lang) if meeting.at else ""
    return html.Div(t("meet.planned", lang, at=at), className="meeting-on")


def _people(ids: list[str], names: Mapping[str, str], lang: Lang) -> str:
    return t("mine.and", lang).join(names.get(id, id) for id in ids)
