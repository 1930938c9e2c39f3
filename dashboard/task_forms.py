"""The forms of tasks: a new one with what is known already filled in, whom to give one to, evidence, a decision."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from dashboard import amounts
from dashboard.components.form import form, line, lines, one_of, one_of_many
from dashboard.components.tasks import ACT
from dashboard.locales import Lang, t
from dashboard.task_wishes import BETWEEN, MOST_CHARACTERS, About
from ingest.calendar import WorkingCalendar
from ingest.events import CheckKind
from ingest.fields import Remedy, TaskKind
from warehouse.task_life import VERDICTS, TaskCard

DUE_AFTER, MONTHS = 5, 2
"""Working days in which a new task is to be done, and months after which its effect should be seen, at first."""


def new(
    about: About, hidden: Mapping[str, str], title: str, people: Sequence[tuple[str, str]], today: date,
    calendar: WorkingCalendar, lang: Lang,
) -> str:  # fmt: skip
    """The form of a new task; `people` are (name, id)."""
    due = calendar.add_working_days(today, DUE_AFTER)
    offered = [f"{name}{BETWEEN}{id}" for name, id in people]
    chosen = next((one for one in offered if one.endswith(f"{BETWEEN}{about.person_id}")), "")
    by = _months_on(due, MONTHS)
    missing = about.goes_missing(due, by, calendar)
    fields = [
        line("title", _field("title", lang), value=title),
        _sort(about, lang),
        one_of_many("who", _field("who", lang), offered, required=False, value=chosen),
        line("due", _field("due", lang), kind="date", value=due.isoformat()),
        line(
            "amount", _field("amount", lang), required=False, most=40, value=amounts.exact(missing) if missing else ""
        ),
        line("by", _field("by", lang), kind="date", required=False, value=by.isoformat()),
        lines("note", _field("note", lang), t("actions.note_hint", lang), MOST_CHARACTERS, required=False),
    ]
    return _form("targets.dialog_add", fields, {"what": "add", **hidden}, lang)


def _sort(about: About, lang: Lang) -> str:
    """What kind of measure it is, about a finding; else what kind of task."""
    if about.finding_id:
        remedies = [("", "–"), *((one.value, t(f"actions.remedy_{one.value}", lang)) for one in Remedy)]
        return one_of("remedy", _field("remedy", lang), remedies)
    kinds = [(one.value, t(f"targets.kind_{one.value}", lang)) for one in TaskKind]
    return one_of("kind", _field("kind", lang), kinds)


def of_task(
    what: str, card: TaskCard, people: Sequence[tuple[str, str]], others: Iterable[TaskCard], lang: Lang
) -> str:
    """The form of what is asked about one: whom to give it to, what to attach, what comes first, or what it brought."""
    id = card.task.task_id
    hidden = {"what": what, "task": id}
    match what:
        case "assign":
            offered = [f"{name}{BETWEEN}{person}" for name, person in people]
            fields = [one_of_many("who", _field("who", lang), offered, required=True)]
        case "move":
            fields = [
                line("due", _field("due", lang), kind="date", value=card.task.due_on.isoformat()),
                lines("note", t("actions.why", lang), t("actions.move_hint", lang), MOST_CHARACTERS, required=False),
            ]
        case "attach":
            fields = [lines("note", _field("note", lang), t("actions.note_hint", lang), MOST_CHARACTERS)]
        case "wait_for":
            known = [f"{one.task.title}{BETWEEN}{one.task.task_id}" for one in others if one.task.task_id != id]
            fields = [one_of_many("into", t("actions.waits_for", lang), known, required=True)]
        case _:
            kind: CheckKind = card.asks_for or ("lagging" if "lagging" in card.measured else "leading")
            measured = card.measured.get(kind)
            first = measured.proposal if measured else "too_early"
            said = sorted(VERDICTS, key=lambda one: one != first)
            hidden |= {"check": kind}
            fields = [
                one_of("verdict", t(f"actions.check_{kind}", lang), [(one, t(f"actions.{one}", lang)) for one in said]),
                lines("note", _field("note", lang), t("actions.verdict_hint", lang), MOST_CHARACTERS, required=False),
            ]
    return _form(f"targets.dialog_{what}", fields, hidden, lang)


def _form(title: str, fields: Sequence[str], hidden: Mapping[str, str], lang: Lang) -> str:
    return form(t(title, lang), ACT, fields, t("targets.send", lang), t("targets.cancel", lang), hidden)


def _field(key: str, lang: Lang) -> str:
    return t(f"actions.field_{key}", lang)


def _months_on(day: date, months: int) -> date:
    """The first of the month so many after the day's."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)
