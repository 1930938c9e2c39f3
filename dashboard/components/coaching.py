"""Coaching on the screen: the agenda, numbers beside those of peers, what was agreed, and the notes of the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import amounts, plain
from dashboard.coaching.agenda import Point
from dashboard.coaching.pair import Pair
from dashboard.coaching.skill_rows import SkillRow
from dashboard.components import Drawn, action_card, skeletons
from dashboard.components.finding_forms import called as finding_called
from dashboard.components.form import asks
from dashboard.components.links import data
from dashboard.components.listing import known
from dashboard.components.panel import head, nothing, panel, scrolls, skeleton
from dashboard.components.tasks import agree
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.words import called, clock
from ingest.settings import company
from warehouse.life import ActionRow
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer

ACT, FORM = "/coaching/act", "/coaching/form"
PARTS = ("agenda", "skills", "agreed", "notes")
Names = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class When:
    """Since when things count, whether there was a last time at all, the day, and who looks."""

    since: datetime
    is_first: bool
    today: date
    viewer: Viewer


def layout(state: ViewState) -> list[Component]:
    """The page with every place kept."""
    panels = {part: panel(f"coach-{part}", plain.place(body_of(part), skeleton(120)), state) for part in PARTS}
    return [
        plain.place("headline--text", skeletons.line(), html.H1, className="headline"),
        html.Div([panels["agenda"], panels["skills"]], className="pair"),
        html.Div([panels["agreed"], panels["notes"]], className="pair"),
    ]


def body_of(part: str) -> str:
    """The id of a panel's place."""
    return f"coach--{part}"


def nobody(state: ViewState) -> Drawn:
    """What to do where nobody who can be coached is looked at."""
    lang = state.lang
    empty = nothing(t("coaching.nobody", lang), t("coaching.nobody_hint", lang))
    heads = {f"coach-{part}--head": plain.says(head(t(f"coaching.{part}", lang), state)) for part in PARTS}
    later = html.P(t("coaching.nobody", lang), className="faint")
    bodies = {body_of(part): plain.says(empty if part == "agenda" else later) for part in PARTS}
    return {"headline--text": plain.says(t("coaching.nobody", lang)), **heads, **bodies}


def draw(
    pair: Pair, skills: Sequence[SkillRow], tasks: Sequence[TaskCard], points: Sequence[Point],
    notes: Sequence[ActionRow] | None, names: Names, when: When, state: ViewState,
) -> Drawn:  # fmt: skip
    """The props of the page; `notes` None where whoever looks is not one of the two."""
    lang = state.lang

    def name(id: str) -> str:
        return called(id, *names.get(id, (id, id)), lang) if id else amounts.NOTHING

    behind = sum(row.stands == "behind" for row in skills)
    said = t(
        "coaching.sentence", lang, who=name(pair.subject), leader=name(pair.leader), points=len(points), behind=behind
    )
    since = clock(when.since, company().zone, lang)
    note = t("coaching.since_first" if when.is_first else "coaching.since", lang, since=since)
    tools = {"agreed": [agree(lang, f"coaching:{pair.subject}")], "agenda": [], "skills": [], "notes": []}
    if pair.has(when.viewer):
        tools["notes"] = [asks(t("coaching.do_comment", lang), FORM, what="comment", of=pair.subject)]
        tools["agenda"] = [asks(t("coaching.do_talk", lang), FORM, what="talk", of=pair.subject)]
    heads = {
        f"coach-{part}--head": plain.says(
            head(t(f"coaching.{part}", lang), state, note=note if part == "agenda" else None, tools=tools[part],
                 about=[(t("board.how", lang), t(f"coaching.about_{part}", lang))])
        )
        for part in PARTS
    }  # fmt: skip
    cards = {card.task.task_id: card for card in tasks}
    shown = action_card.Shown(cards, names, when.viewer, when.today, state)
    return {
        "headline--text": plain.says(said),
        **heads,
        body_of("agenda"): plain.says(_agenda(points, names, state)),
        body_of("skills"): plain.says(_skills(skills, lang)),
        body_of("agreed"): plain.says(_agreed(tasks, shown)),
        body_of("notes"): plain.says(_notes(notes, name, lang)),
    }


def _agenda(points: Sequence[Point], names: Names, state: ViewState) -> Component:
    lang = state.lang
    if not points:
        return nothing(t("coaching.agenda_none", lang), t("coaching.agenda_none_hint", lang), "●")
    return html.Ol(
        [html.Li(_point(one, names, state), **data(point=one.what)) for one in points], className="coach-agenda"
    )


def _point(one: Point, names: Names, state: ViewState) -> list[Any]:
    lang, fresh = state.lang, ViewState(lang=state.lang, theme=state.theme)
    said = html.Strong(t(f"coaching.point_{one.what}", lang))
    if one.finding:
        to = "/findings" + fresh.but(finding=one.finding.finding.finding_id).to_query()
        return [said, " ", html.A(finding_called(one.finding, names, lang), href=to, className="link")]
    if one.task:
        task = one.task.task
        to = "/actions" + fresh.but(whose="all", action=task.task_id).to_query()
        return [said, " ", html.A((task.title_en if lang == "en" else None) or task.title, href=to, className="link")]
    if one.skill is None:
        return [said]
    row = one.skill
    other = value(row, row.before if one.what == "moved" else row.median, lang)
    key = "coaching.moved_from" if one.what == "moved" else "coaching.behind_of"
    return [said, " ", t(key, lang, skill=skill_name(row.skill, lang), own=value(row, row.own, lang), other=other)]


def skill_name(skill: str, lang: Lang) -> str:
    """What a skill is called; of a stage, by the stage's own name."""
    kind, _, stage = skill.partition(":")
    return (
        t("coaching.skill_stage", lang, stage=known("stage", stage, lang))
        if stage
        else t(f"coaching.skill_{kind}", lang)
    )


def value(row: SkillRow, of: float | None, lang: Lang) -> str:
    """A skill's value in what it is measured in."""
    if of is None:
        return amounts.NOTHING
    if row.skill == "cycle":
        return t("coaching.days", lang, days=f"{of:.0f}")
    return f"{of:.2f}×" if row.skill == "coverage" else amounts.share(of, lang, digits=0)


def _skills(rows: Sequence[SkillRow], lang: Lang) -> Component:
    names = ("skill", "own", "before", "median", "half", "stands")
    heads = [
        html.Th(t(f"coaching.col_{one}", lang), scope="col", className="" if one == "skill" else "num") for one in names
    ]
    body = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody([_skill(row, lang) for row in rows])], className="totals coach-skills"
    )
    return scrolls(body)


def _skill(row: SkillRow, lang: Lang) -> Component:
    half = amounts.NOTHING
    if row.low is not None and row.high is not None:
        half = f"{value(row, row.low, lang)} – {value(row, row.high, lang)}"
    sign = {"behind": "▼", "ahead": "▲", "band": "●", "none": "◌"}[row.stands]
    stands, many = t(f"coaching.stands_{row.stands}", lang), t("coaching.of_peers", lang, count=row.peers)
    cells = [value(row, row.own, lang), value(row, row.before, lang), value(row, row.median, lang), half]
    return html.Tr(
        [html.Th(skill_name(row.skill, lang), scope="row"), *(html.Td(cell, className="num") for cell in cells),
         html.Td(html.Span(f"{sign} {stands}", className=f"state-{row.stands}", title=many), className="num")]
    )  # fmt: skip


def _agreed(tasks: Sequence[TaskCard], shown: action_card.Shown) -> Component:
    lang = shown.lang
    if not tasks:
        return nothing(t("coaching.agreed_none", lang), t("coaching.agreed_none_hint", lang))
    order = sorted(tasks, key=lambda one: (one.column == "closed", one.task.due_on))
    return html.Div([action_card.draw(card, shown) for card in order[:20]], className="actions-narrow")


def _notes(notes: Sequence[ActionRow] | None, name: Any, lang: Lang) -> list[Component]:
    caution = html.P(t("coaching.unenforced", lang), className="faint small")
    if notes is None:
        return [nothing(t("coaching.notes_closed", lang), t("coaching.notes_closed_hint", lang), "⊘"), caution]
    rows = []
    for one in reversed([note for note in notes if note.what in ("comment", "talk")]):
        by = f" · {name(one.who)} · {clock(one.at, company().zone, lang)}"
        top = html.Div([html.Strong(t(f"coaching.did_{one.what}", lang)), html.Span(by, className="faint")])
        rows.append(html.Li([top, html.P(one.note) if one.note else None]))
    body = html.Ul(rows, className="coach-notes") if rows else nothing(t("coaching.notes_none", lang), "")
    return [body, caution]
