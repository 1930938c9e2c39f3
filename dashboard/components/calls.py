"""Above every page: the meetings to which its reader is called right now, what is asked of them, and the way there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.components import meet
from dashboard.components.form import asks, does
from dashboard.locales import t
from dashboard.look import Look
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.settings import company
from warehouse.meetings import Meeting
from warehouse.queries import org
from warehouse.queries.meetings import meetings
from warehouse.viewer import Viewer

WITHIN = timedelta(days=2)
"""So far back a call is looked for; in whole days, so that all who look share one answer."""


@dataclass(frozen=True)
class Calls:
    """The meetings of late, and what those who called are called: id → (Chinese, English)."""

    meetings: tuple[Meeting, ...]
    names: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, meetings: Iterable[Meeting], names: Mapping[str, tuple[str, str]]) -> "Calls":
        """Of these meetings those that ask for somebody now."""
        return cls(tuple(one for one in meetings if one.is_open or one.kind in ("ask", "message")), names)


async def load(look: Look) -> Calls:
    """What was said of meetings lately; nothing on a page of the past."""
    if look.state.moment:
        return Calls.of((), {})
    since = datetime.combine(look.today, datetime.min.time(), company().zone) - WITHIN
    found = await meetings(look.asked, since)
    return Calls.of(found, await org.names(look.asked, "person", {one.by for one in found}, look.today))


def lines(found: object, viewer: Viewer, state: ViewState) -> list[Component]:
    """A line for each that concerns the viewer and that they have not answered."""
    if not isinstance(found, Calls):
        return []
    mine = [one for one in found.meetings if viewer.person_id in {who.person_id for who in one.called}]
    return [_line(one, found, state) for one in mine if viewer.person_id not in one.joined]


def _line(one: Meeting, found: Calls, state: ViewState) -> Component:
    lang = state.lang
    pair = found.names.get(one.by, (one.by, one.by))
    who = pair[1] if lang == "en" else pair[0]
    what = "on" if one.kind == "meeting" else one.kind
    said = t(f"meet.title_{what}", lang, who=who, what=one.title)
    at = one.opened_at or one.planned_at
    parts: list[Component | str] = [
        html.Span("◉", className="state-treated"),
        html.Span([said, f" · {one.note}" if one.note and what != "on" else ""]),
        html.Span(clock(at, company().zone, lang) if at else "", className="faint"),
    ]
    if what == "on":
        parts.append(meet.button(one.subject, one, state))
    elif what == "ask":
        parts.append(asks(t("meet.reply", lang), meet.FORM, way="reply", subject=one.subject, meeting=one.id))
    else:
        parts.append(does(t("meet.seen", lang), meet.ACT, way="reply", subject=one.subject, meeting=one.id))
    return html.Div(parts, className="notice-line call-line")
