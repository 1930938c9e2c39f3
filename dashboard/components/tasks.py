"""Key tasks on the screen: how many are due, done and overdue, and each with whose it is and what can be done."""

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn
from dashboard.components.form import asks, does
from dashboard.components.links import data, link, switch
from dashboard.components.paging import ROWS, offset_of, paging
from dashboard.components.panel import About, head, nothing, panel, skeleton
from dashboard.locales import Lang, t
from dashboard.task_wishes import ASKED, What
from dashboard.view_state import TaskList, ViewState
from dashboard.words import called, day_name
from ingest.calendar import Period
from ingest.fields import TaskStatus
from warehouse.task_life import Counts, TaskCard, counting

ACT, FORM = "/tasks/act", "/tasks/form"
LIST = "tasks--list"
LISTS: tuple[TaskList, ...] = ("todo", "done", "all")
SYMBOLS = {"overdue": ("▼", "behind"), "open": ("○", "band"), "done": ("✓", "ahead"), "cancelled": ("–", "none")}


def layout(state: ViewState) -> Component:
    """The panel with its place kept."""
    return panel("tasks", plain.place(LIST, skeleton(160), className="tasks-body"), state)


def draw(
    cards: Sequence[TaskCard], counts: Counts, period: Period, today: date, about: About, state: ViewState
) -> Drawn:
    """`cards` are the tasks of the place, `counts` those of them that count in the period."""
    lang = state.lang
    of_period = counting(cards, period.start, period.end, today)
    listed = [card for card in of_period if _is_listed(card, today, state.tasks)]
    listed.sort(key=lambda card: (_ORDER[card.standing(today)], card.task.due_on, card.task.task_id))
    tools = [
        switch([(t(f"targets.tasks_{one}", lang), state.but(tasks=one), one == state.tasks) for one in LISTS],
               t("targets.tasks", lang)),
        asks(t("targets.task_add", lang), FORM, what="add"),
    ]  # fmt: skip
    at = offset_of(state.page, len(listed))
    said = summary(counts, lang) + (t("targets.tasks_of_all", lang) if state.product else "")
    note = [said, paging(at, ROWS, len(listed), state)] if len(listed) > ROWS else said
    title = t("targets.tasks", lang)
    drawn: Drawn = {"tasks--head": plain.says(head(title, state, about=about, note=note, tools=tools))}
    if not listed:
        key = "tasks_none" if not of_period else f"tasks_none_{state.tasks}"
        return drawn | {LIST: plain.says(nothing(t(f"targets.{key}", lang), t("targets.tasks_hint", lang)))}
    rows = [_row(card, today, state) for card in listed[at : at + ROWS]]
    return drawn | {LIST: plain.says(html.Ul(rows, className="tasks"))}


_ORDER = {"overdue": 0, "open": 1, "done": 2, "cancelled": 3}


def summary(counts: Counts, lang: Lang) -> str:
    """ "8 due · 3 done · 2 overdue"."""
    return t("targets.tasks_count", lang, due=counts.due, done=counts.done, overdue=counts.overdue)


def brief(counts: Counts) -> str:
    """Done of due, and how many are overdue: "3/8 ▼2"; "" without any."""
    if not counts.due:
        return ""
    return f"{counts.done}/{counts.due}" + (f" ▼{counts.overdue}" if counts.overdue else "")


def _is_listed(card: TaskCard, today: date, which: TaskList) -> bool:
    how = card.standing(today)
    return which == "all" or (how in ("open", "overdue") if which == "todo" else how == which)


def _row(card: TaskCard, today: date, state: ViewState) -> Component:
    task, lang, how = card.task, state.lang, card.standing(today)
    sign, colour = SYMBOLS[how]
    title = (task.title_en if lang == "en" else None) or task.title
    who = task.person_id
    person = link(called(who, *card.person_name, lang), state.drill(rep=who)) if who else t("targets.task_nobody", lang)
    place = called(card.path[-1], *card.unit_name, lang) if card.path else ""
    about = [t(f"targets.kind_{task.kind.value}", lang), " · ", person, f" · {place}" if place else ""]
    return html.Li(
        [
            html.Span(sign, className=f"task-sign state-{colour}", title=t(f"targets.task_{how}", lang)),
            html.Div(
                [html.Div(title, className="task-title"), html.Div(about, className="faint small")],
                className="task-what",
            ),
            html.Span(when(card, today, how, lang), className=f"task-when num state-{colour}"),
            html.Div(buttons(card, lang), className="task-buttons"),
        ],
        className=f"task task-{how}",
        **data(task_id=task.task_id),
    )


def when(card: TaskCard, today: date, how: str, lang: Lang) -> str:
    """Until when it is due, how late it is, or on which day it was done."""
    task = card.task
    if how == "done" and task.done_on:
        return t("targets.task_done_on", lang, day=day_name(task.done_on, lang))
    if how == "overdue":
        days = (today - task.due_on).days
        return t("targets.task_late", lang, day=day_name(task.due_on, lang), days=days)
    return t("targets.task_due_on", lang, day=day_name(task.due_on, lang))


def agree(lang: Lang, origin: str = "", *, finding: str = "", title: str = "") -> Component:
    """The one gesture that makes an action of what is looked at: a button that asks what, who and by when.

    `origin` says where it is agreed: "finding:<id>", "deal:<id>", "meeting:<id>", "note:<whiteboard>:<id>"; `finding`
    is the one it is about where `origin` does not say, `title` what it is called at first.
    """
    given = {"origin": origin, "finding": finding, "title": title}
    return asks(t("actions.agree", lang), FORM, what="add", **{name: one for name, one in given.items() if one})


def buttons(card: TaskCard, lang: Lang) -> list[Component]:
    """What may follow where a task stands; `data-key` is the key that does it on the page of actions."""

    def button(what: What, key: str) -> Component:
        said, fields = t(f"targets.do_{what}", lang), {"what": what, "task": card.task.task_id}
        made = asks(said, FORM, **fields) if what in ASKED else does(said, ACT, **fields)
        return pressed(made, key)

    match card.column:
        case "todo" | "doing":
            first = [] if card.column == "doing" or card.task.expects is None else [button("start", "s")]
            return [*first, button("done", "d"), button("assign", "g")]
        case "checking":
            return [button("check", "c"), button("reopen", "r")]
    return [button("reopen", "r")] if card.task.status is not TaskStatus.CANCELLED else []


def pressed(button: Component, key: str) -> Component:
    """A button that is pressed by a key, too."""
    for name, said in data(key=key).items():
        setattr(button, name, said)
    return button
