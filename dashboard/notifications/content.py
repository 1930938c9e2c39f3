"""What a message says: a title, lines of text and the link for people, ids and figures for machines. Pure.

For a room it is worded like a wall: unit and role, never a rep's name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from dashboard import amounts
from dashboard.address import Address
from dashboard.locales import Lang, t
from dashboard.meetings.ical import Ical
from dashboard.notifications.messages import Item, Message, Reminder
from dashboard.sentences import ids_in, sentence
from dashboard.stake import is_gap, stake
from dashboard.view_state import ViewState, Whose
from dashboard.words import day_name, metric_name, role_name
from ingest.settings import company
from warehouse.life import REPLIES, Treatment
from warehouse.metrics import METRICS
from warehouse.queries.findings import FindingCard

MOST_LISTED = 8
"""Findings of a folded message that are written out; of the others it says how many and how much."""
_TYPES = {"new": "finding.new", "update": "finding.updated", "contest": "finding.contested"}


@dataclass(frozen=True)
class Content:
    """One message in words. `id` is the same for every try; `thread` for all that is said of one finding."""

    id: str
    title: str
    lines: tuple[str, ...]
    link: str
    type: str
    at: datetime
    thread: str = ""
    is_first: bool = True
    data: Mapping[str, Any] = field(default_factory=dict)
    calendar: Callable[[str, str], Ical] | None = None
    """Of a call to a meeting: what a mail from whom to whom carries for calendars."""

    @property
    def text(self) -> str:
        """Everything below the title."""
        return "\n".join((*self.lines, self.link))


@dataclass(frozen=True)
class Wording:
    """How messages are worded: the language, where the board is, and names by id → (Chinese, English)."""

    lang: Lang
    board: str
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def content(self, message: Message, at: datetime) -> Content:
        """The message in words, as of `at`."""
        if message.kind == "test":
            return self._test(message, at)
        if message.kind == "folded":
            return self._folded(message, at)
        if message.kind == "reminder":
            return self._reminder(message, at)
        (item,) = message.items
        words = self._finding(item, message)
        return Content(
            message.id,
            t(f"tell.title_{self._key(item)}", self.lang, what=self.headline(item.card, message.is_for_room)),
            words,
            self.link(item.card),
            self._type(item),
            at,
            thread=f"{item.card.finding.finding_id}.{message.to.recipient}",
            is_first=item.begins,
            data=self._data(message),
        )

    def link(self, card: FindingCard | None) -> str:
        """Where the finding is open on the board; without one, all findings."""
        state = ViewState(lang=self.lang, finding=card.finding.finding_id if card else None)
        return Address("/findings", state).link(self.board)

    def _test(self, message: Message, at: datetime) -> Content:
        lines = (t("tell.test_text", self.lang, route=message.route),)
        return Content(message.id, t("tell.title_test", self.lang), lines, self.link(None), "test", at)

    def _folded(self, message: Message, at: datetime) -> Content:
        lines = [
            f"{number}. {self.headline(item.card, message.is_for_room)}{self._said(item)}"
            for number, item in enumerate(message.items[:MOST_LISTED], 1)
        ]
        if further := message.items[MOST_LISTED:]:
            gap = amounts.short(_together(further), self.lang, sign=True)
            lines.append(t("tell.further", self.lang, count=len(further), gap=gap))
        gap = amounts.short(_together(message.items), self.lang, sign=True)
        title = t("tell.title_folded", self.lang, count=len(message.items), gap=gap)
        data = self._data(message)
        return Content(message.id, title, tuple(lines), self.link(None), "findings.folded", at, data=data)

    def _reminder(self, message: Message, at: datetime) -> Content:
        """Actions that are due, late or to be decided; one leads to itself, several to the page of actions."""
        lang, of = self.lang, message.reminders
        lines = [self._task(one) for one in of[:MOST_LISTED]]
        if (further := len(of) - MOST_LISTED) > 0:
            lines.append(t("tell.tasks_further", lang, count=further))
        one = of[0].task.task.task_id if len(of) == 1 else None
        whose: Whose = "mine" if all(part.task.task.person_id == message.to.recipient for part in of) else "team"
        link = Address("/actions", ViewState(lang=lang, whose=whose, action=one)).link(self.board)
        key = of[0].said.what if len(of) == 1 else "many"
        title = t(f"tell.task_{key}", lang, what=of[0].task.task.title, count=len(of))
        rows = [
            {"task_id": part.task.task.task_id, "what": part.said.what, "due_on": part.task.task.due_on.isoformat(),
             "person_id": part.task.task.person_id}
            for part in of
        ]  # fmt: skip
        data = {"recipient": message.to.recipient, "route": message.route, "tasks": rows}
        return Content(message.id, title, tuple(lines), link, "tasks.reminder", at, data=data)

    def _task(self, one: Reminder) -> str:
        """ "Joint visit to the bank · Li Na · due 30 Nov"."""
        task, lang = one.task.task, self.lang
        title = (task.title_en if lang == "en" else None) or task.title
        how = t(f"tell.task_is_{one.said.what}", lang, day=day_name(task.due_on, lang))
        return " · ".join(filter(None, (title, self._name(task.person_id), how)))

    def _said(self, item: Item) -> str:
        return "" if item.begins else f" · {t(f'tell.{self._key(item)}', self.lang)}"

    def _finding(self, item: Item, message: Message) -> tuple[str, ...]:
        """Who, how much of what, why, and what became of it."""
        card, finding, lang = item.card, item.card.finding, self.lang
        if item.said.what == "contest":
            return (self._contest(card.treatment), t("tell.decide", lang))
        if item.said.what == "ended":
            who = [self._who(card, is_for_room=message.is_for_room)] if finding.responsible_role else []
            why = finding.reason if finding.state != "open" else "tell.other_answers"
            return (*who, sentence(why or "", lang, self._called()))
        return self.about(card, is_for_room=message.is_for_room)

    def about(self, card: FindingCard, *, is_for_room: bool = False) -> tuple[str, ...]:
        """Who answers for it, the figures, why, and what speaks against."""
        finding, lang = card.finding, self.lang
        lines = [self._who(card, is_for_room=is_for_room)] if finding.responsible_role else []
        figures = {name: amounts.short(getattr(finding, name), lang) for name in ("actual", "expected")}
        lines.append(t("tell.figures", lang, **figures))
        if not is_for_room:
            lines += [sentence(code, lang, self._called()) for code in finding.why]
            lines += [t("tell.against", lang, what=sentence(code, lang, self._called())) for code in finding.against]
        return tuple(lines)

    def _contest(self, treatment: Treatment) -> str:
        """Who says what against it: in their own words, or with one tap."""
        reason = t(f"mine.{treatment.reason}", self.lang) if treatment.reason in REPLIES else treatment.reason
        return t("tell.contest_by", self.lang, person=self._name(treatment.status_by), reason=reason)

    def headline(self, card: FindingCard, is_for_room: bool = False) -> str:
        """ "−41.2 M bookings · Hangzhou × VMS"."""
        said = stake(card.finding, self.lang), self.place(card, is_for_room)
        return " ".join(said) if is_gap(card.finding) else f"{said[1]}: {said[0]}"

    def place(self, card: FindingCard, is_for_room: bool = False) -> str:
        """ "bookings · Hangzhou × VMS"."""
        finding, about = card.finding, card.finding.slice
        parts = [about.unit_id, about.product_id, *([] if is_for_room else [about.person_id])]
        place = " × ".join(self._name(part) for part in parts if part) or t("findings.company", self.lang)
        metric = metric_name(finding.metric, self.lang) if finding.metric in METRICS else finding.metric
        return f"{metric} · {place}"

    def _who(self, card: FindingCard, *, is_for_room: bool) -> str:
        role = role_name(card.finding.responsible_role or "", self.lang)
        name = "" if is_for_room else self._name(card.finding.responsible_id)
        return t("tell.who", self.lang, who=" ".join(part for part in (name, role) if part))

    def _key(self, item: Item) -> str:
        """What is said of it: new, update, contest, resolved, retracted, or moved to somebody else."""
        if item.said.what != "ended":
            return item.said.what
        return item.card.finding.state if item.card.finding.state != "open" else "moved"

    def _type(self, item: Item) -> str:
        return _TYPES.get(item.said.what) or f"finding.{self._key(item)}"

    def _data(self, message: Message) -> dict[str, Any]:
        """For machines: ids and figures, no names; money as exact text."""
        return {
            "recipient": message.to.recipient,
            "route": message.route,
            "findings": [self._row(item, message) for item in message.items],
        }

    def _row(self, item: Item, message: Message) -> dict[str, Any]:
        finding, about = item.card.finding, item.card.finding.slice
        people = {} if message.is_for_room else {
            "person_id": about.person_id, "responsible_id": finding.responsible_id,
        }  # fmt: skip
        return {
            "finding_id": finding.finding_id, "what": self._key(item), "rule": finding.rule, "metric": finding.metric,
            "period": finding.period, "state": finding.state, "unit_id": about.unit_id, "product_id": about.product_id,
            **people, "responsible_role": finding.responsible_role, "currency": company().currency,
            **{name: str(getattr(finding, name)) for name in ("gap", "actual", "expected")},
            "since": finding.since.isoformat(), "link": self.link(item.card),
        }  # fmt: skip

    def _name(self, id: str | None) -> str:
        pair = self.names.get(id or "")
        return ((pair[1] if self.lang == "en" else pair[0]) if pair else "") or id or ""

    def _called(self) -> Mapping[str, str]:
        return {id: self._name(id) for id in self.names}


def ids_of(card: FindingCard) -> frozenset[str]:
    """Every unit, product and person that is named in what is said of a finding."""
    finding, about = card.finding, card.finding.slice
    people = {about.person_id, finding.responsible_id, card.treatment.status_by, card.treatment.reply_by}
    ids = {about.unit_id, about.product_id, *people}
    codes = (*finding.why, *finding.against, finding.reason or "")
    return frozenset(id for id in ids if id).union(*(ids_in(code) for code in codes))


def _together(items: tuple[Item, ...]) -> Decimal:
    return sum((item.card.finding.gap for item in items if is_gap(item.card.finding)), Decimal(0))
