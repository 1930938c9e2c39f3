"""The page of meetings: what is on and comes next, the kinds the trade knows, what was held, and one's minutes."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn, beside, meet
from dashboard.components.form import asks, does
from dashboard.components.links import link
from dashboard.components.panel import head, nothing, skeleton
from dashboard.locales import Lang, t
from dashboard.meetings.minutes import Minutes, action
from dashboard.meetings.trade import Kind, parts_of, subject_of_kind
from dashboard.subjects import state_of
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import Face, svg
from dashboard.words import clock
from ingest.settings import company
from warehouse.meetings import Meeting, next_one

HEAD, NEXT, KINDS, HELD, ONE = "meetings--head", "meetings--next", "meetings--kinds", "meetings--held", "meetings--one"
SHOWN = "meetings--shown"
MOST = 50


@dataclass(frozen=True)
class Meetings:
    """Every meeting of late that the viewer may see; `kinds` with what each would be about here and when it comes next,
    `minutes` of the one that is open.
    """

    every: Sequence[Meeting]
    kinds: Sequence[tuple[Kind, str, datetime | None]]
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    minutes: Minutes | None = None
    open_actions: int = 0

    def name(self, id: str, lang: Lang) -> str:
        """What somebody is called."""
        pair = self.names.get(id, (id, id))
        return (pair[1] if lang == "en" else pair[0]) or id


def layout(state: ViewState) -> Sequence[Component]:
    """The page with every place kept."""
    return [
        plain.place(HEAD, t("meet.page", state.lang), html.H1, className="headline"),
        plain.place(ONE, None, html.Section, className="panel meetings-one"),
        plain.place(SHOWN, None, html.Section, className="panel meetings-shown"),
        plain.place(NEXT, skeleton(120), html.Section, className="panel"),
        plain.place(KINDS, skeleton(240), html.Section, className="panel"),
        plain.place(HELD, skeleton(160), html.Section, className="panel"),
    ]


def draw(found: Meetings, today: date, state: ViewState) -> Drawn:
    """The props of the page."""
    lang = state.lang
    coming = [one for one in found.every if one.is_open or one.is_planned or (one.recurs and not one.is_called_off)]
    coming.sort(key=lambda one: (not one.is_open, one.at or one.opened_at or _NEVER))
    held = sorted((one for one in found.every if one.ended_at), key=lambda one: one.ended_at or _EVER, reverse=True)
    on = sum(one.is_open for one in coming)
    said = t("meet.page_head", lang, on=on, planned=len(coming) - on, actions=found.open_actions)
    rows = {
        "next": (NEXT, [_coming(one, found, state) for one in coming[:MOST]]),
        "kinds": (KINDS, [_kind(*one, found, state) for one in found.kinds]),
        "held": (HELD, [_held(one, found, state) for one in held[:MOST]]),
    }
    return {
        HEAD: plain.says(said),
        **{id: plain.says(_panel(key, listed, lang)) for key, (id, listed) in rows.items()},
        ONE: plain.says(_minutes(found.minutes, today, state) if found.minutes else None),
    }


def draw_shown(faces: Sequence[Face], state: ViewState) -> Drawn:
    """What was on the whiteboard when the meeting ended, each tile as of that second."""
    if not faces:
        return {SHOWN: plain.says(None)}
    tiles = [html.Li(html.Img(src=_picture(face, state), alt=face.words)) for face in faces]
    title = head(t("meet.showed_title", state.lang), ViewState(lang=state.lang))
    return {SHOWN: plain.says([html.Header(title, className="panel-head"), html.Ul(tiles, className="shown-tiles")])}


def _picture(face: Face, state: ViewState) -> str:
    drawn = base64.b64encode(svg(face, state.theme).encode()).decode()
    return f"data:image/svg+xml;base64,{drawn}"


def broken(fault: str, state: ViewState) -> Drawn:
    """The page where the file of kinds cannot be used."""
    told = nothing(t("meet.kinds_broken", state.lang), fault)
    return {HEAD: plain.says(t("meet.kinds_broken", state.lang)), **{id: plain.says(None) for id in (ONE, NEXT, HELD)},
            KINDS: plain.says(told)}  # fmt: skip


_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _panel(key: str, rows: Sequence[Component], lang: Lang) -> list[Component]:
    empty = nothing(t(f"meet.none_{key}", lang), t("meet.none_hint", lang))
    title = head(t(f"meet.{key}", lang), ViewState(lang=lang))
    return [html.Header(title, className="panel-head"), html.Ul(list(rows), className="meetings") if rows else empty]


def _coming(one: Meeting, found: Meetings, state: ViewState) -> Component:
    lang, zone = state.lang, company().zone
    at = one.opened_at if one.is_open else one.at
    when = t("meet.on", lang, at=clock(at, zone, lang)) if one.is_open and at else clock(at, zone, lang) if at else ""
    called = t("mine.and", lang).join(found.name(id.person_id, lang) for id in one.called)
    people = t("meet.were_called", lang, who=called) if one.is_open and called else called
    buttons: list[Component] = []
    if one.kind != "series":
        buttons += [meet.button(one.subject, one, state), beside.link(one.subject, one.id, state)]
    if one.is_open:
        buttons.append(meet.ends(one, lang))
    else:
        buttons.append(does(t("meet.do_call_off", lang), meet.ACT, way="call_off", subject=one.subject, meeting=one.id))
    again = t("meet.series", lang) if one.recurs else ""
    return _row("◉" if one.is_open else "◷", one.title, (when, again, people), buttons, state.but(meeting=one.id))


def _kind(kind: Kind, subject: str, at: datetime | None, found: Meetings, state: ViewState) -> Component:
    lang, zone = state.lang, company().zone
    about = [one for one in found.every if one.subject == subject]
    if not subject:
        hint = (t("meet.open_a_deal", lang), " → ".join(kind.points(lang)))
        return _row("▤", kind.called(lang), hint, [], None)
    running = next((one for one in about if one.recurs and not one.is_called_off), None)
    when = t("meet.comes", lang, at=clock(at, zone, lang)) if at else t("meet.when_needed", lang)
    buttons: list[Component] = [meet.button(subject, next_one(about), state), beside.link(subject, None, state)]
    if at and running is None:
        buttons.append(does(t("meet.do_start", lang), meet.ACT, way="start", subject=subject))
    stands = t("meet.series_runs", lang) if running else ""
    return _row("▤", kind.called(lang), (when, stands, " → ".join(kind.points(lang))), buttons, None)


def _held(one: Meeting, found: Meetings, state: ViewState) -> Component:
    lang = state.lang
    when = clock(one.opened_at, company().zone, lang) if one.opened_at else ""
    there = t("meet.here", lang, people=t("mine.and", lang).join(found.name(id, lang) for id in one.joined))
    said = t("meet.decisions", lang, count=len(one.decisions)) if one.decisions else ""
    if one.undecided:
        said = t("meet.undecided", lang, why=one.undecided)
    return _row("✓", one.title, (when, there, said), [], state.but(meeting=one.id))


def _row(sign: str, title: str, about: Sequence[str], buttons: Sequence[Component], to: ViewState | None) -> Component:
    called = link(title, to, className="link") if to else html.Strong(title)
    said = html.Div(" · ".join(filter(None, about)), className="faint small")
    what = html.Div([html.Div(called), said], className="meeting-what")
    return html.Li([html.Span(sign, className="meeting-sign"), what, html.Div(list(buttons), className="meeting-do")])


def _minutes(minutes: Minutes, today: date, state: ViewState) -> list[Component]:
    """What the meeting leaves behind, and the forms that add to it."""
    lang, meeting = state.lang, minutes.meeting
    fields = {"subject": meeting.subject, "meeting": meeting.id}
    tools = [
        asks(t("meet.do_minute", lang), meet.FORM, way="minute", **fields),
        asks(t("meet.do_task", lang), meet.FORM, way="task", **fields),
        does(t("meet.do_brief", lang), meet.ACT, way="brief", **fields),
        html.A(t("meet.pdf", lang), href="/export/meetings.pdf" + state.to_query(), className="button"),
    ]
    parts = parts_of(meeting.subject)
    place = state_of(parts[1] if parts else meeting.subject, lang)
    shown = minutes.shown(place) if place else None
    rows: list[Component] = [html.Li(line) for line in _facts(minutes, lang)]
    if shown:
        rows.append(html.Li(html.A(t("meet.shown", lang), href=shown.path + shown.state.to_query(), className="link")))
    rows.append(html.Li(beside.link(meeting.subject, meeting.id, state, text="meet.its_whiteboard", className="link")))
    decided = [f"{one.what} ({minutes.name(one.who, lang)})" for one in meeting.decisions]
    blocks: list[Component | None] = [
        html.Header(head(t("meet.minutes", lang, what=meeting.title), state, tools=tools), className="panel-head"),
        html.Ul(rows, className="minutes"),
        _block("meet.agenda", [*meeting.agenda], lang),
        _block("meet.carried_title", [action(one, today, lang) for one in minutes.carried], lang),
        _block("meet.decisions_title", decided, lang),
        _block("meet.undecided_title", [meeting.undecided] if meeting.undecided else [], lang),
        _block("meet.actions_title", [action(one, today, lang) for one in minutes.agreed], lang),
    ]
    return [one for one in blocks if one]


def _facts(minutes: Minutes, lang: Lang) -> list[str]:
    """When it was held and who was there."""
    facts = minutes.lines(date.max, lang)
    kept = (
        1
        + bool(minutes.meeting.opened_at)
        + any(one.person_id not in minutes.meeting.joined for one in minutes.meeting.called)
    )
    return facts[:kept]


def _block(key: str, lines: Sequence[str], lang: Lang) -> Component | None:
    if not lines:
        return None
    return html.Div([html.H3(t(key, lang)), html.Ul([html.Li(one) for one in lines])], className="minutes-block")


def of_place(kinds: Sequence[Kind], unit: str | None, deal: str | None) -> list[tuple[Kind, str]]:
    """Each kind with what it would be about here; "" where it wants a deal and none is open."""
    found = []
    for kind in kinds:
        if kind.about == "deal":
            found.append((kind, subject_of_kind(kind, f"deal:{deal}") if deal else ""))
        else:
            found.append((kind, subject_of_kind(kind, f"slice:unit_id={unit}" if unit else "slice:all")))
    return found
