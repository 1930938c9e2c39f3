"""Red, and who has it: a line a finding, with unit and role; a person's name only where the wall's file allows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dash.development.base_component import Component

from dashboard.components import effects
from dashboard.components.finding_chain import signs
from dashboard.components.finding_parts import label
from dashboard.components.finding_queue import age
from dashboard.components.wall import box, scene, span
from dashboard.dots import lasted, line
from dashboard.locales import Lang, t
from dashboard.shortfall import Hands, hands_of
from dashboard.stake import rank, stake, together
from dashboard.words import role_name
from ingest.events import Finding
from warehouse.queries.findings import FindingCard
from warehouse.queries.notifications import ToldRow
from warehouse.task_life import TaskCard

MOST_BESIDE, MOST = 4, 7
_SYMBOLS: Mapping[Hands, str] = {"treatment": "◆", "taken": "◇", "nobody": "▼"}


@dataclass(frozen=True)
class Words:
    """How findings are named: names by id → (Chinese, English), the chain above each unit, and whom one may name; and
    how far they have come: who was told, what was agreed; whether anybody has looked for any; and for how many working
    minutes each has been in the hands it is in."""

    names: Mapping[str, tuple[str, str]]
    units: Mapping[str, tuple[str, ...]]
    lang: Lang
    shows_names: bool = False
    told: Sequence[ToldRow] = ()
    tasks: Sequence[TaskCard] = ()
    is_looked: bool = True
    ages: Mapping[str, float] = field(default_factory=dict)

    @property
    def none(self) -> str:
        """That nothing is red, or that nobody has looked yet."""
        return f"● {t('wall.red_none', self.lang)}" if self.is_looked else f"◌ {t('findings.not_looked', self.lang)}"

    def name(self, id: str | None) -> str:
        """The name of an id; the id where there is none."""
        pair = self.names.get(id or "")
        return (pair[1] if self.lang == "en" and pair[1] else pair[0]) if pair else id or ""

    def place(self, card: FindingCard) -> str:
        """ "East · Hangzhou × VMS"; what it speaks of before, where that is no gap."""
        about = card.finding.slice
        above = self.units.get(about.unit_id or "", ())[1:-1][-1:]
        unit = " · ".join(self.name(one) for one in (*above, *([about.unit_id] if about.unit_id else [])))
        place = " × ".join(part for part in (unit, self.name(about.product_id)) if part) or t("wall.company", self.lang)
        return " · ".join(part for part in (label(card.finding, self.lang), place) if part)

    def who(self, card: FindingCard) -> str:
        """The role that answers, and the name where it may be shown."""
        finding = card.finding
        role = role_name(finding.responsible_role, self.lang) if finding.responsible_role else ""
        name = self.name(finding.responsible_id) if self.shows_names and finding.responsible_id else ""
        return " ".join(part for part in (role, name) if part)


def ordered(cards: Sequence[FindingCard]) -> list[FindingCard]:
    """Those that somebody says are a problem and that are not folded, what is short of pace first."""
    known = [card for card in cards if hands_of(card.treatment) and not card.finding.is_folded]
    return sorted(known, key=lambda card: rank(card.finding))


def since(card: FindingCard) -> datetime:
    """When it came into the hands it is in; nobody's is since it was found."""
    treatment = card.treatment
    taken_at = treatment.status_at if hands_of(treatment) in ("treatment", "taken") else None
    return taken_at or card.found_at or card.finding.since


def row(card: FindingCard, words: Words) -> Component:
    """One finding, in two lines."""
    hands = hands_of(card.treatment) or "nobody"
    first = box(
        [
            span(words.place(card), "red-place"),
            span(stake(card.finding, words.lang), "red-gap num"),
        ],
        "red-first",
    )
    second = box([span(words.who(card), "red-who"), dots(card, words), state(card, words)], "red-second")
    return box([first, second], f"red-row red-{hands}")


def dots(card: FindingCard, words: Words) -> Component:
    """The five dots, and how long after it was found the last one came; what it brought where that is known."""
    far, lang = line(card, words.told, words.tasks), words.lang
    last = [dot for dot in far.dots if dot.is_reached and dot.after is not None][-1]
    said = lasted(last.after, lang) if last.after and last.name != "found" else ""
    if far.effect and far.verdict:
        said = " ".join(filter(None, (effects.amount(far.effect, lang), t(f"actions.{far.verdict}", lang))))
    words_of = " · ".join(t(f"dots.{dot.name}", lang) for dot in far.dots if dot.is_reached)
    return span([signs(far), f" {said}"], "red-dots num", title=words_of)


def state(card: FindingCard, words: Words) -> Component:
    """In whose hands, and for how long where that is known."""
    hands, lang = hands_of(card.treatment) or "nobody", words.lang
    word = t("wall.in_room" if hands == "treatment" and card.treatment.met_at else f"wall.{hands}", lang)
    minutes = words.ages.get(card.finding.finding_id)
    parts = [_SYMBOLS[hands], word, *([] if minutes is None else [age(minutes, lang)])]
    return span(" ".join(parts), "red-state")


def beside(cards: Sequence[FindingCard], words: Words, most: int = MOST_BESIDE) -> list[Component]:
    """The column beside the tiles."""
    lang, known = words.lang, ordered(cards)
    rows = [row(card, words) for card in known[:most]]
    if not rows:
        return [box([words.none], "wall-empty")]
    if left := [card.finding for card in known[most:]]:
        rows.append(box(_more("wall.red_more", "wall.red_more_due", left, lang), "red-more"))
    return rows


def _more(plain: str, with_dues: str, findings: Sequence[Finding], lang: Lang) -> str:
    """How many more, and their amounts; that of deals and dues is said to be in it: the head of a wall has none."""
    key = with_dues if any(one.behind for one in findings) else plain
    return t(key, lang, count=len(findings), gap=together(findings, lang))


def whole(cards: Sequence[FindingCard], words: Words, beside_it: Sequence[Component] = ()) -> list[Component]:
    """The scene of its own."""
    lang, known = words.lang, ordered(cards)
    if not known:
        return scene(t("wall.red", lang), [box([words.none], "wall-empty")])
    nobody = sum(hands_of(card.treatment) == "nobody" for card in known)
    key = "wall.red_title_one" if len(known) == 1 else "wall.red_title"
    title = t(key, lang, count=len(known), gap=together([card.finding for card in known], lang), nobody=nobody)
    rows = box(beside(known, words, MOST), "red-list red-wide")
    return scene(title, [rows, *([box(list(beside_it), "red-side")] if beside_it else [])])


def pinned(cards: Sequence[FindingCard], words: Words) -> Component:
    """The line that stays on every scene while something red is nobody's: the newest of them."""
    lang = words.lang
    known = ordered(cards)
    loose = _loose(known)
    if not loose:
        if not known:
            return box([span(words.none)], "pin pin-calm")
        return box([span("◆", "mark state-treated"), span(t("wall.all_in_hand", lang))], "pin pin-calm")
    newest = _newest(loose)
    others = [card for card in loose if card is not newest]
    there: dict[str, Any] = {"data-finding": newest.finding.finding_id}
    parts = [
        span(["▼ ", t("wall.new", lang)], "pin-new"),
        span(words.place(newest), "pin-place num"),
        span(stake(newest.finding, lang), "pin-gap num"),
        span(words.who(newest), "pin-who"),
        state(newest, words),
    ]
    if others:
        more = _more("wall.pin_more", "wall.pin_more_due", [card.finding for card in others], lang)
        parts.append(span(more, "pin-more num"))
    return box(parts, "pin pin-red", **there)


def pinned_one(cards: Sequence[FindingCard]) -> FindingCard | None:
    """The finding of that line; None where nothing is pinned."""
    loose = _loose(ordered(cards))
    return _newest(loose) if loose else None


def _loose(known: Sequence[FindingCard]) -> list[FindingCard]:
    return [card for card in known if hands_of(card.treatment) == "nobody"]


def _newest(loose: Sequence[FindingCard]) -> FindingCard:
    return max(loose, key=lambda card: (card.finding.since, -card.finding.gap, card.finding.finding_id))
