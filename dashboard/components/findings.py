"""The panel of findings: what is off, by how much money, since when, where, who is responsible and why, what now.

It shows what detection found and never computes it again, of the place the page looks at or all. Sorted as the queue
and the walls are, gaps of figures before deals, customers and cash, each by money, whether somebody has it in hand or
not: what a viewer acts on stays where it was. After it comes what was put away; the one that a link leads to stands
first and is open, however it stands by now. What somebody else looks after is counted, and leads to the queue.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dash.development.base_component import Component

from dashboard import live, plain
from dashboard.components import Drawn, finding_card, finding_lines, said
from dashboard.components.finding_parts import SHOWN_ITEMS
from dashboard.components.finding_shown import Shown
from dashboard.components.panel import nothing, skeleton
from dashboard.connection import warehouse
from dashboard.finding_place import NARROWS, Trees, is_narrowed
from dashboard.finding_queue import GROUPS
from dashboard.locales import t
from dashboard.sentences import ids_in
from dashboard.session import today
from dashboard.stake import rank
from dashboard.view_state import ViewState
from ingest.events import Finding
from ingest.topics import SWEEPS
from warehouse.at_hand import AtHand
from warehouse.life import ENDS, State
from warehouse.meetings import Meeting, next_one
from warehouse.queries import org
from warehouse.queries.findings import FindingCard, findings, subject
from warehouse.queries.helped import Helped, cause_of, helped
from warehouse.queries.meetings import meetings_on
from warehouse.queries.notifications import ToldRow, first_told
from warehouse.queries.similar import Similar, over
from warehouse.queries.tasks import tasks
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer

MOST = 20
"""Cards drawn at once that ask for somebody, and those in hand among them, twice as many in all; what exceeds is summed
up in a line, never dropped."""
READS = frozenset({SWEEPS, "finding_events", "action_events", "notification_events", "task_events", "check_events"})
"""The tables a picture of findings is made from."""
_ASKS = GROUPS["asks"]
_ORDER: tuple[tuple[State, ...], ...] = ((*_ASKS, *GROUPS["hand"]), GROUPS["rests"], GROUPS["over"])


@dataclass(frozen=True)
class Findings:
    """The findings a viewer is shown, the names of all they speak of (id → (Chinese, English)), who was told, the
    findings of the same rules that are over, those in the viewer's scope that somebody else looks after, and the
    meetings about the cards, the actions agreed about them, and what came of measures taken before.

    `looked_at` is as of when all was last looked at; None where this board has heard of no look.
    """

    cards: tuple[FindingCard, ...]
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    told: tuple[ToldRow, ...] = ()
    over: tuple[Similar, ...] = ()
    viewer: Viewer | None = None
    left: tuple[tuple[Finding, str], ...] = ()
    meetings: tuple[Meeting, ...] = ()
    tasks: tuple[TaskCard, ...] = ()
    helped: tuple[Helped, ...] = ()
    trees: Trees = field(default_factory=Trees)
    looked_at: datetime | None = None

    def shown(self, card: FindingCard, state: ViewState) -> Shown:
        """One of the cards as it is drawn."""
        names = {id: pair[1 if state.lang == "en" else 0] for id, pair in self.names.items()}
        told = (one for one in self.told if one.finding_id == card.finding.finding_id)
        similar = (
            one for one in self.over if one.is_like(card.finding) and one.finding.finding_id != card.finding.finding_id
        )
        met = [one for one in self.meetings if one.subject == subject(card.finding)]
        asked = tuple(one for one in met if one.kind == "ask")
        tasks = tuple(one for one in self.tasks if one.task.finding_id == card.finding.finding_id)
        helped = tuple(one for one in self.helped if one.cause == cause_of(card.finding))
        return Shown(card, names, state, tuple(told), tuple(similar), self.viewer, next_one(met), asked, tasks, helped)


async def load(viewer: Viewer, state: ViewState) -> Findings:
    """What is off in the viewer's scope right now, or was at the moment looked back to."""
    until = state.moment.at if state.moment else None
    also = {state.finding} if state.finding else ()
    frames = await asyncio.gather(org.units_as_of(warehouse(), today()), org.products_as_of(warehouse(), today()))
    paths, goods = (dict(frame.select("id", "path").iter_rows()) for frame in frames)
    at_hand = AtHand(viewer, viewer.home_unit, paths, frozenset(also))
    now = until or datetime.now(UTC)
    cards = tuple(await findings(warehouse(), viewer, now, also=also, until=until, shows=at_hand))
    here = {card.finding.finding_id for card in cards}
    told, past, met, agreed, measures = await asyncio.gather(
        first_told(warehouse(), here, until),
        over(warehouse(), viewer, {card.finding.rule for card in cards}, now),
        meetings_on(warehouse(), [] if until else [subject(card.finding) for card in cards]),
        tasks(warehouse(), viewer, today(), "finding_id"),
        helped(warehouse(), today()),
    )
    agreed = [one for one in agreed if one.task.finding_id in here]
    ids = frozenset(one.recipient for one in told) | {one.task.person_id or "" for one in agreed}
    ids = ids.union(*(_ids(card) for card in cards), *(one.people for one in met))
    ids |= {id for name in NARROWS if (id := getattr(state, name))}
    kinds: tuple[org.NameOf, ...] = ("unit", "person", "product", "customer")
    found = await asyncio.gather(*(org.names(warehouse(), kind, ids, today()) for kind in kinds))
    names = {id: pair for one in found for id, pair in one.items() if pair != (id, id)}
    return Findings(
        cards, names, tuple(told), tuple(past), viewer, tuple(at_hand.left), tuple(met), tuple(agreed),
        tuple(measures), Trees(paths, goods), live.swept_at(),
    )  # fmt: skip


def _ids(card: FindingCard) -> frozenset[str]:
    finding = card.finding
    fell = (cell.slice for factor in finding.factors for cell in factor.cells)
    slices = (finding.slice, *(cell.slice for cell in finding.cells), *fell)
    parts = {part for one in slices for part in (one.unit_id, one.person_id, one.product_id)}
    treatment = card.treatment
    people = {finding.responsible_id, finding.stand_in_for_id, treatment.status_by, treatment.reply_by}
    people |= {*finding.consulted_ids, *(action.who for action in card.actions)}
    said = frozenset().union(*(ids_in(code) for code in (*finding.why, *finding.against)))
    things = {id for one in finding.behind[:SHOWN_ITEMS] for id in (one.customer_id, one.id)}
    return frozenset(id for id in parts | people | things if id) | said


def panel(state: ViewState) -> list[Component]:
    """The frame of the panel, once in the layout; what is open in the list stays open whatever is pushed."""
    return [
        plain.place("findings--head", t("findings.title", state.lang), className="findings-head"),
        plain.place("findings--empty", skeleton(96, 3)),
        plain.place("findings--list", className="findings-list"),
        plain.place("findings--rest", className="findings-rest"),
    ]


def overlay() -> list[Component]:
    """What stands above every page once: what is said of an action, and the live loop's own parts."""
    return [said.place("page--said"), *live.layout()]


def draw(found: Findings | Sequence[Any], state: ViewState) -> Drawn:
    """The panel's props. Anything but `Findings` means they could not be asked."""
    if not isinstance(found, Findings):
        return {
            "findings--empty": plain.says(nothing(t("findings.unreachable", state.lang), "")),
            "findings--list": plain.says(None),
            **finding_lines.title(None, {}, state),
            **finding_lines.rest((), (), 0, state),
        }
    everywhere = [card for card in found.cards if _is_listed(card, state)]
    here = [card for card in everywhere if found.trees.has(card.finding, card.home, state)]
    cards = listed(found, state)
    groups = [_by_money(card for card in cards if card.treatment.status in statuses) for statuses in _ORDER]
    every = sorted((card for group in groups for card in group), key=lambda card: not _is_led_to(card, state))
    ordered, folded = [card for card in every if not _is_folded(card)], [card for card in every if _is_folded(card)]
    many = _drawn(ordered)
    shown = [(_kind(card, state), finding_card.draw(found.shown(card, state))) for card in ordered[:many]]
    behind = [finding_card.draw(found.shown(card, state)) for card in folded[:MOST]]
    left = [one for one in found.left if not _is_of_place(state) or found.trees.has(*one, state)]
    counts = finding_lines.Counts(_asking(here), _asking(everywhere))
    return {
        "findings--empty": plain.says(None if every else finding_lines.empty(found.looked_at, state)),
        "findings--list": plain.says(finding_lines.headed(shown, state.lang)),
        **finding_lines.title(counts, found.names, state),
        **finding_lines.rest([*ordered[many:], *folded], behind, len(left), state, len(every)),
    }


def listed(found: Findings, state: ViewState) -> list[FindingCard]:
    """What of them the panel lists: those of the place it follows, and the one that a link leads to."""
    cards = [card for card in found.cards if _is_listed(card, state)]
    if not _is_of_place(state):
        return cards
    return [card for card in cards if _is_led_to(card, state) or found.trees.has(card.finding, card.home, state)]


def lacks(found: Any, id: str) -> bool:
    """Whether the findings are known, and the one of that id is not among them."""
    return isinstance(found, Findings) and all(card.finding.finding_id != id for card in found.cards)


def _kind(card: FindingCard, state: ViewState) -> str | None:
    """Under which word of the list it stands, in the order of the list; what a link leads to stands above all."""
    if _is_led_to(card, state):
        return None
    if card.treatment.status not in _ORDER[0]:
        return "rest"
    return "items" if card.finding.behind_count else "gap"


def _asking(cards: Iterable[FindingCard]) -> int:
    return sum(card.treatment.status in _ASKS for card in cards)


def _drawn(cards: Sequence[FindingCard]) -> int:
    """How many of the first are drawn."""
    asking = 0
    for number, card in enumerate(cards[: 2 * MOST]):
        asking += card.treatment.status in _ASKS
        if asking > MOST:
            return number
    return min(len(cards), 2 * MOST)


def _is_of_place(state: ViewState) -> bool:
    return is_narrowed(state) and state.panel == "here"


def _is_led_to(card: FindingCard, state: ViewState) -> bool:
    return card.finding.finding_id == state.finding


def _is_listed(card: FindingCard, state: ViewState) -> bool:
    """What is over for people, or told within another, is not; but for the one that a link leads to."""
    return card.treatment.status not in (*ENDS, "merged") or _is_led_to(card, state)


def _is_folded(card: FindingCard) -> bool:
    """Beyond what a manager is told a day, and nobody did anything about it yet."""
    return card.finding.is_folded and card.treatment.status == "open"


def _by_money(cards: Iterable[FindingCard]) -> list[FindingCard]:
    return sorted(cards, key=lambda card: rank(card.finding))
