"""A finding with the names of all it speaks of, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.locales import Lang, t
from dashboard.stake import is_gap, stake
from dashboard.view_state import ViewState
from dashboard.words import cut_name
from ingest.events import Finding, Slice
from warehouse.meetings import Meeting
from warehouse.metrics import METRICS
from warehouse.queries.findings import FindingCard
from warehouse.queries.helped import Helped
from warehouse.queries.notifications import ToldRow
from warehouse.queries.similar import Similar
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer

Names = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """A finding, the names of all it speaks of in the reader's language, who was told of it, in order of time, and
    those like it that are over, the newest first.

    `viewer` is who looks; None for anybody. `meeting` is the one that is on about it, or the next one planned,
    `asked` are the questions to which a written answer is wanted, `tasks` the actions agreed about it, `helped` what
    came of measures against causes of its kind.
    """

    card: FindingCard
    names: Names
    state: ViewState
    told: tuple[ToldRow, ...] = ()
    similar: tuple[Similar, ...] = ()
    viewer: Viewer | None = None
    meeting: Meeting | None = None
    asked: tuple[Meeting, ...] = ()
    tasks: tuple[TaskCard, ...] = ()
    helped: tuple[Helped, ...] = ()

    @property
    def lang(self) -> Lang:
        return self.state.lang

    @property
    def id(self) -> str:
        return self.card.finding.finding_id

    def name(self, id: str | None) -> str:
        """The name of an id; the id where there is none."""
        return self.names.get(id or "", id or "")

    def place(self, slice: Slice) -> str:
        """ "Hangzhou × VMS", with the person where the slice has one."""
        parts = [self.name(part) for part in (slice.unit_id, slice.product_id, slice.person_id) if part]
        parts += [cut_name(cut, id, self.lang) for cut in ("route", "segment") if (id := getattr(slice, cut))]
        return " × ".join(parts) or t("findings.company", self.lang)

    def within(self, slice: Slice) -> str:
        """The place of a cell of the finding, without what the finding's own place says already."""
        own = self.card.finding.slice
        apart = {name: getattr(slice, name) for name in Slice.FIELDS if getattr(slice, name) != getattr(own, name)}
        if slice.person_id and "person_id" in apart:
            apart.pop("unit_id", None)
        return self.place(Slice(**apart) if apart else slice)

    def at(self, slice: Slice) -> ViewState:
        """The board at that slice, in the finding's metric and period."""
        finding = self.card.finding
        metric = finding.metric if finding.metric in METRICS else self.state.metric
        fresh = ViewState(lang=self.state.lang, theme=self.state.theme, metric=metric, period=finding.period)
        cuts = {"route": slice.route, "segment": slice.segment}
        return fresh.but(unit=slice.unit_id, rep=slice.person_id, product=slice.product_id, **cuts)


def money(value: Decimal | None, lang: Lang, *, sign: bool = False) -> Component:
    """An amount in short, exact when pointed at."""
    text = amounts.short(value, lang, sign=sign)
    return html.Span(text, className="num", title=amounts.exact(value, sign=sign))


def at_stake(finding: Finding, lang: Lang) -> Component:
    """What a finding is about, exact when pointed at."""
    exact = amounts.exact(finding.gap, sign=True) if is_gap(finding) else amounts.exact(finding.expected)
    return html.Span(stake(finding, lang), className="num", title=exact)
