"""The URL is the state: all a screen shows follows from its query, so back, share and a new tab work for free."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self, get_args
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from dashboard.locales import Lang
from dashboard.theme import Theme
from ingest.calendar import Period, PeriodKind
from ingest.fields import Route
from ingest.settings import company
from warehouse.dimensions import AsOf
from warehouse.metrics import METRICS
from warehouse.movement import Bar, Horizon
from warehouse.peers import Of
from warehouse.ranking import By

Id = Annotated[str, Field(min_length=1, max_length=200)]
Shape = Literal["treemap", "bars", "table"]
Listing = Literal["people", "customers", "open", "won", "lost", "orders"]
Versus = Literal["target", "baseline", "last_period", "last_year"]
Known = Literal["now", "then"]
Split = Literal["units", "people", "products"]
TaskList = Literal["todo", "done", "all"]
Whose = Literal["mine", "agreed", "team", "all"]
WHOSE: tuple[Whose, ...] = get_args(Whose)
Group = Literal["region", "office", "line", "cohort"]
Stands = Literal["asks", "hand", "rests", "over", "all"]
STANDS: tuple[Stands, ...] = get_args(Stands)
Age = Literal["hour", "day", "three", "older"]
AGES: tuple[Age, ...] = get_args(Age)
Panel = Literal["here", "all"]
MOVING: dict[str, PeriodKind] = {"today": "day", "week": "week", "quarter": "quarter", "year": "year"}
"""Periods that go on with the day, as `period` says them; the month does where nothing is said."""


class ViewState(BaseModel):
    """What a screen shows. `unit` None is the top of what the viewer may see, `period` None the current month.

    Unit, rep, product, customer, segment and route narrow each other in any combination; none lets go of another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str = "bookings"
    period: str | None = Field(
        None,
        description="2026-11-26, 2026-W48, 2026-11, 2026-Q4, 2026 or 2026-11-03..2026-11-20; or one that goes on with"
        " the day: today, week, quarter, year; None: the current month",
    )
    unit: Id | None = None
    rep: Id | None = None
    product: Id | None = None
    customer: Id | None = None
    segment: Id | None = Field(None, description="of customers, as their owner in the organisation says it")
    route: Id | None = Field(None, description="of the sale: direct, distributor, integrator, online")
    deal: Id | None = None
    versus: Versus = Field("target", description="what everything is held against; the baseline is its own past year")
    as_of: str | None = Field(None, description="2026-11-12T18:00 in the company's zone: everything as it was then")
    known: Known = Field("now", description="with as_of: by all that is known now, or by what had come in then")
    units: Shape = "treemap"
    listing: Listing | None = Field(
        None, description="the list at the foot; None: people of a unit, customers of a rep, open deals of a customer"
    )
    finding: Id | None = Field(None, description="the finding that is open, first in the panel: where messages lead")
    panel: Panel = Field("here", description="which findings stand in the panel: of what is looked at, or all")
    letter: Id | None = Field(None, description="the dead letter that is open on the page for ops")
    topic: Id | None = Field(None, description="the topic whose dead letters are listed there; None: all")
    reason: Id | None = Field(None, description="the reason whose dead letters are listed there; None: all")
    split: Split | None = Field(None, description="what targets are listed by; None: whatever stands below")
    row: Id | None = Field(None, description="the row of whose targets alone the history is shown; None: of all")
    tasks: TaskList = Field("todo", description="which key tasks are listed")
    whose: Whose = Field(
        "mine", description="whose actions are shown: my own, those I set, those below me, all that I may see"
    )
    late: Literal["all", "late"] = Field("all", description="all of them, or only what is overdue")
    laid: Literal["board", "list"] = Field("board", description="by how far they are, or one below the other")
    action: Id | None = Field(None, description="the action that is open: where messages lead")
    from_: str | None = Field(
        None, description='where a movement begins ("from" in the URL): a day (its beginning), or an instant'
    )
    to: str | None = Field(None, description="where it ends: a day (its end), or an instant; None: now")
    horizon: Horizon = Field("period", description="which open deals count: due to close in the period, or all")
    bar: Bar = Field("closing", description="the bar of the movement whose deals are listed")
    page: int = Field(1, ge=1, le=1_000_000, description="the page of that list")
    shape: Literal["bars", "table"] = Field("bars", description="the movement as bars, or as a table")
    cut: Literal["unit", "product"] = Field("unit", description="what the coverage is split by")
    replay: str | None = Field(None, description='the month a wall plays over again, as "2026-11"; None: now')
    ranked: Of = Field("units", description="what the rankings rank")
    ranked_by: By = Field("attainment", description="what they are ranked by")
    cohort: Id | None = Field(None, description="the peers they show alone; None: all")
    group: Group | None = Field(None, description="under what their rows are gathered")
    opened: Id | None = Field(None, description="the group whose rows are seen")
    sort: str | None = Field(None, pattern=r"^-?[a-z]{1,20}$", description='"gap" or "-gap"; None: the best first')
    find: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(None, description="a part of a name")
    stands: Stands = Field("asks", description="which findings the queue lists: that ask for somebody, are in hand …")
    rule: Id | None = Field(None, description="only those of this rule; on the page of rules the one that is open")
    who: Id | None = Field(None, description="only those that this person has or answers for")
    meeting: Id | None = Field(None, description="the meeting whose minutes are open")
    aged: Age | None = Field(None, description="only those of that age, in working time")
    lang: Lang = "zh"
    theme: Theme = "light"
    rejected: tuple[str, ...] = Field((), description='parts of the query that could not be read, as "name=value"')

    DEPTH: ClassVar[tuple[str, ...]] = ("unit", "rep", "deal")
    """From the widest to the narrowest: going down to one lets go of those below it; all others are beside them."""
    ON_THE_PAGE: ClassVar[frozenset[str]] = frozenset(
        {"page", "deal", "finding", "action", "panel", "lang", "theme", "units"}
    )
    """What changes without a list becoming another."""
    BESIDE: ClassVar[tuple[str, ...]] = ("customer", "segment", "route")
    """Filters that stand as chips beside the product's."""
    OF_THE_BROWSER: ClassVar[frozenset[str]] = frozenset({"whiteboard"})
    """What the page's own scripts keep in the URL: what is asked for is the same with it and without."""

    @field_validator("metric")
    @classmethod
    def _known_metric(cls, value: str, info: ValidationInfo) -> str:
        if value not in METRICS:
            raise ValueError(f"no metric {value!r}; there are {', '.join(METRICS)}")
        return value

    @field_validator("period")
    @classmethod
    def _known_period(cls, value: str | None) -> str | None:
        return value if value is None or value in MOVING else Period.read(value).key

    @field_validator("route")
    @classmethod
    def _known_route(cls, value: str | None) -> str | None:
        if value is not None and value not in tuple(Route):
            raise ValueError(f"no route {value!r}; there are {', '.join(Route)}")
        return value

    @field_validator("as_of")
    @classmethod
    def _known_moment(cls, value: str | None) -> str | None:
        if value is None:
            return None
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            raise ValueError(f"{value!r} has a zone; it is said in the company's, as 2026-11-12T18:00")
        if not 2000 <= at.year <= 2148:  # what the warehouse's days can hold
            raise ValueError(f"{value!r} is no moment of ours")
        return at.isoformat(timespec="seconds" if at.second else "minutes")

    @field_validator("from_", "to")
    @classmethod
    def _known_instant(cls, value: str | None) -> str | None:
        if value is None:
            return None
        said = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        if not 1971 <= said.year < 2148:  # the warehouse's days
            raise ValueError(f"no day of {said.year} is kept")
        return said.isoformat()

    @field_validator("replay")
    @classmethod
    def _a_month(cls, value: str | None) -> str | None:
        if value is not None and Period.parse(value).kind != "month":
            raise ValueError(f"{value!r} is no month; write 2026-11")
        return value

    @classmethod
    def from_query(cls, search: str | None) -> Self:
        """From a URL's query ("?unit=hz&lang=en"); what cannot be read falls back and is named in `rejected`."""
        asked: dict[str, str] = {}
        rejected: list[str] = []
        for name, value in parse_qsl((search or "").removeprefix("?"), errors="replace"):
            if name in cls.OF_THE_BROWSER:
                continue
            name = {"from": "from_"}.get(name, name)
            if name not in cls.model_fields or name == "rejected" or name in asked:
                rejected.append(f"{name}={value}")
            else:
                asked[name] = value
        try:
            return cls.model_validate({**asked, "rejected": tuple(rejected)})
        except ValidationError as error:
            bad = [str(problem["loc"][0]) for problem in error.errors()]
        rejected += [f"{name.removesuffix('_')}={asked.pop(name)}" for name in bad]
        return cls.model_validate({**asked, "rejected": tuple(rejected)})

    def to_query(self) -> str:
        """The query that gives this state again; defaults are left out, "?" when all are."""
        said = {
            name.removesuffix("_"): getattr(self, name)
            for name, field in type(self).model_fields.items()
            if name != "rejected" and getattr(self, name) != field.default
        }
        return "?" + urlencode(said)

    def but(self, **fields: Any) -> Self:
        """This state with some fields changed, checked like any other; what was rejected before is let go.

        Whatever lists something else begins at its first page.
        """
        page = {} if fields.keys() <= self.ON_THE_PAGE else {"page": 1}
        return type(self).model_validate({**self.model_dump(), "rejected": (), **page, **fields})

    def drill(self, **to: str | None) -> Self:
        """One step down: `drill(unit="hz")`, `drill(rep=…)`, `drill(product=…)`, `drill(unit=…, product=…)`."""
        given = [self.DEPTH.index(name) for name in to if name in self.DEPTH]
        below = self.DEPTH[min(given) + 1 :] if given else ()
        return self.but(**{**dict.fromkeys(below), **to})

    def up(self, path: Sequence[str] = ()) -> Self:
        """One step up; `path` is the chain of unit ids from the top down to `unit`."""
        for name in ("deal", "customer", "rep"):
            if getattr(self, name) is not None:
                return self.but(**{name: None})
        if self.unit is not None:
            above = list(path[: path.index(self.unit)]) if self.unit in path else []
            return self.but(unit=above[-1] if len(above) > 1 else None)
        return self.but(product=None)

    def period_on(self, today: date) -> Period:
        """The period that is shown on a day."""
        if self.period is None or self.period in MOVING:
            return Period.containing(today, MOVING.get(self.period or "", "month"))
        return Period.read(self.period)

    @property
    def moment(self) -> AsOf | None:
        """What is looked back to; None for a page of now."""
        if self.as_of is None:
            return None
        at = datetime.fromisoformat(self.as_of).replace(tzinfo=company().zone)
        return AsOf(at.astimezone(UTC), self.known)

    @property
    def level(self) -> Literal["unit", "rep", "deal"]:
        """What stands in the middle of the screen."""
        return "deal" if self.deal else "rep" if self.rep else "unit"
