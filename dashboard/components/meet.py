"""Meeting about something: the button that leads into the room, and the line of the meeting that is on."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components.form import does
from dashboard.components.links import data
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company
from warehouse.meetings import Meeting

MEET, ACT = "/meet", "/meet/act"


def button(subject: str, meeting: Meeting | None, state: ViewState) -> Component:
    """What opens the room in a new tab: a form of HTML's own, so that no browser takes it for a pop-up."""
    lang = state.lang
    is_open = meeting is not None and meeting.is_open
    text = t("meet.join" if is_open else "findings.meet", lang)
    title = t("meet.join_title" if is_open else "findings.meet_title", lang)
    go = html.Button(text, name="subject", value=subject, title=title, className="button button-first")
    return html.Form(go, method="post", action=MEET + state.to_query(), target="_blank", **data(rel="noopener"))


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
        said.append(t("meet.fell_back", lang, why=meeting.note))
    end = does(t("meet.end", lang), ACT, what="adjourn", subject=meeting.subject, meeting=meeting.id)
    return html.Div(
        [html.Span("◉", className="state-treated"), html.Span(" · ".join(said)), end], className="meeting-on"
    )


def _people(ids: list[str], names: Mapping[str, str], lang: str) -> str:
    return t("mine.and", "en" if lang == "en" else "zh").join(names.get(id, id) for id in ids)
