"""What may enter: one pydantic model an event, checked at the door and again off the topic.

Bare fields are enough; every other field is optional and carried through. Unknown fields are kept.
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from ingest.fields import (
    ActivityKind,
    ActivityStatus,
    CollectionMethod,
    Currency,
    Day,
    DueWhat,
    ForecastCategory,
    Grade,
    Id,
    Instant,
    Money,
    OrderKind,
    OrderStatus,
    Outcome,
    Period,
    PersonStatus,
    Quantity,
    Remedy,
    Route,
    Share,
    Supply,
    TargetPolicy,
    TargetTier,
    TaskKind,
    TaskStatus,
    TileAddress,
)


class Part(BaseModel):
    """A piece of an event."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Event(BaseModel):
    """The envelope: who says it, when it happened by the business's clock, and which version of its entity it is."""

    model_config = ConfigDict(frozen=True, extra="allow")

    occurred_at: Instant
    event_id: Id | None = Field(None, description="given by the source, else derived from the content at the door")
    source: Id = "api"
    version: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    schema_version: int = 1
    imported_from: str | None = Field(None, description="the file that brought it; no part of what it says")

    @property
    def entity_id(self) -> str:
        """The id of what the event speaks of; also the Kafka key, so that its versions share a partition."""
        raise NotImplementedError(type(self).__name__)

    @property
    def order_in_time(self) -> int:
        """The place of this version in its entity's timeline: the version sent, else microseconds since 1970."""
        if self.version is not None:
            return self.version
        return int(self.occurred_at.timestamp()) * 1_000_000 + self.occurred_at.microsecond


class Credit(Part):
    """A share of an order's or a deal's credit (业绩拆分)."""

    person_id: Id
    office_id: Id | None = None
    role: Id = "AR"
    share: Share = Decimal(1)
    overlay: bool = False


def shares_add_up(credits: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Who takes credits without asking the model must ask the same of them (`streams.columnar.people`)."""
    plain = [credit.share for credit in credits if not credit.overlay]
    if credits and (not plain or sum(plain) != 1):
        raise ValueError(f"the shares without overlay add up to {sum(plain)}; they must add up to 1")
    return credits


Credits = Annotated[tuple[Credit, ...], AfterValidator(shares_add_up)]


class Due(Part):
    """An instalment (应收节点)."""

    on: Day
    amount: Money
    what: DueWhat = DueWhat.DELIVERY


class Order(Event):
    """One line of an order: its status says whether it stands, its cumulative amounts how far it is."""

    order_id: Id
    line_id: Id = "1"
    kind: OrderKind = OrderKind.STANDARD
    status: OrderStatus = OrderStatus.EFFECTIVE
    effective_on: Day | None = None
    quantity: Quantity | None = None
    amount: Money
    tax_rate: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=4)] | None = None
    list_amount: Money | None = None
    currency: Currency | None = None
    shipped_amount: Money | None = None
    accepted_amount: Money | None = None
    invoiced_amount: Money | None = None
    returned_amount: Money | None = None
    collected_amount: Money | None = None
    dues: tuple[Due, ...] | None = None
    rep_id: Id | None = None
    office_id: Id | None = None
    product_id: Id | None = None
    customer_id: Id | None = None
    credits: Credits | None = None
    route: Route | None = None
    partner_id: Id | None = None
    ship_to: Id | None = None
    opportunity_id: Id | None = None
    parent_order_id: Id | None = None
    correction: bool = False

    @property
    def entity_id(self) -> str:
        return f"{self.order_id}:{self.line_id}"


class OpportunityLine(Part):
    """A product of a deal."""

    product_id: Id
    amount: Money


class Opportunity(Event):
    """A deal. Its stage is how far the work is, its outcome how it ended: neither is derived from the other."""

    opportunity_id: Id
    stage: Id | None = None
    outcome: Outcome = Outcome.OPEN
    opened_on: Day | None = None
    closed_on: Day | None = None
    expected_close_on: Day | None = None
    amount: Money | None = None
    lines: tuple[OpportunityLine, ...] | None = None
    probability: Share | None = None
    forecast_category: ForecastCategory | None = None
    grade: Grade | None = None
    next_step: str | None = None
    next_step_on: Day | None = None
    loss_reason: str | None = None
    competitor: str | None = None
    rep_id: Id | None = None
    office_id: Id | None = None
    product_id: Id | None = None
    customer_id: Id | None = None
    credits: Credits | None = None
    route: Route | None = None
    correction: bool = False

    @property
    def entity_id(self) -> str:
        return self.opportunity_id


class Activity(Event):
    """Something a rep did or plans to do with a customer."""

    activity_id: Id
    kind: ActivityKind
    status: ActivityStatus = ActivityStatus.DONE
    rep_id: Id
    office_id: Id | None = None
    customer_id: Id | None = None
    contact_id: Id | None = None
    opportunity_id: Id | None = None
    planned_at: Instant | None = Field(None, description="when a planned one begins; without it its day alone is known")
    duration_minutes: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    outcome: str | None = None
    severity: str | None = None
    resolved_on: Day | None = None

    @property
    def entity_id(self) -> str:
        return self.activity_id


class Allocation(Part):
    """The part of a payment that covers one order line."""

    order_id: Id
    line_id: Id = "1"
    amount: Money


class Collection(Event):
    """A payment received; what is not allocated is shown as 未核销."""

    collection_id: Id
    customer_id: Id
    received_on: Day
    amount: Money
    currency: Currency | None = None
    method: CollectionMethod = CollectionMethod.TRANSFER
    matures_on: Day | None = None
    allocations: tuple[Allocation, ...] | None = None
    correction: bool = False

    @property
    def entity_id(self) -> str:
        return self.collection_id


class OrgEvent(Event):
    """A dated statement about the company. The latest version of (kind, id, valid_from) stands."""

    id: Id
    valid_from: Day
    name: str | None = Field(None, description="name on the screen, in Chinese where there is one")
    name_en: str | None = None

    kind: str

    @property
    def entity_id(self) -> str:
        return f"{self.kind}:{self.id}"


class Unit(OrgEvent):
    """A node of the organisation's tree, of any depth; the root has no parent."""

    kind: Literal["unit"]
    parent_id: Id | None = None
    tier: Id | None = Field(None, description="company, region, office, team … as the company calls it")
    manager_id: Id | None = Field(None, description="the line manager")
    functional_managers: dict[str, Id] | None = None
    closed: bool = False


class Role(Part):
    """A post a person holds in a unit, with its dates."""

    role: Id
    unit_id: Id | None = None
    since: Day | None = None
    until: Day | None = None


class Person(OrgEvent):
    """Somebody of the company; several roles at once are fine."""

    kind: Literal["person"]
    unit_id: Id | None = None
    role: Id | None = Field(
        None, description="rep, solution, fulfilment, team_lead, office_manager, region_manager, ops …"
    )
    role_since: Day | None = None
    roles: tuple[Role, ...] | None = None
    status: PersonStatus = PersonStatus.ACTIVE
    status_from: Day | None = None
    status_to: Day | None = None
    stand_in_id: Id | None = None
    contact: str | None = None


class Product(OrgEvent):
    """A node of the product tree: line > family > series > model, of any depth."""

    kind: Literal["product"]
    parent_id: Id | None = None
    tier: Id | None = None
    supply: Supply = Supply.OK
    successor_id: Id | None = None
    manager_id: Id | None = None


class Customer(OrgEvent):
    """A customer and who owns the relation."""

    kind: Literal["customer"]
    segment: str | None = None
    industry: str | None = None
    tier: str | None = None
    owner_id: Id | None = None
    first_order_on: Day | None = None


class CalendarDay(OrgEvent):
    """The weight of one day for a unit and all below it: 1 a working day, 0 none; `id` is the unit's, or "company"."""

    kind: Literal["calendar"]
    weight: Annotated[Decimal, Field(ge=0, le=5)]
    reason: str | None = None

    @property
    def entity_id(self) -> str:
        return f"calendar:{self.id}:{self.valid_from}"


Org = Annotated[Unit | Person | Product | Customer | CalendarDay, Field(discriminator="kind")]


class Slice(Part):
    """What a target or a finding is about; an absent part means all of it."""

    FIELDS: ClassVar[tuple[str, ...]] = ("unit_id", "person_id", "product_id", "route", "segment")

    unit_id: Id | None = None
    person_id: Id | None = None
    product_id: Id | None = None
    route: Route | None = None
    segment: str | None = None

    @property
    def key(self) -> str:
        """Text that is equal exactly for equal slices: "unit_id=hz,product_id=vms", "all" for the whole company."""
        parts = [f"{name}={value}" for name in self.FIELDS if (value := getattr(self, name)) is not None]
        return ",".join(parts) or "all"


class Target(Event):
    """What a slice shall reach in a period; a later `valid_from` replaces an earlier one from that day on."""

    slice: Slice
    period: Period
    metric: Id = "bookings"
    tier: TargetTier = TargetTier.BASE
    value: Money
    valid_from: Day | None = Field(None, description="default: the first day of the period")
    policy: TargetPolicy = TargetPolicy.STAYS_WITH_POST
    who: Id | None = Field(None, description="person id of who set it, where a person did")

    @property
    def entity_id(self) -> str:
        return f"{self.slice.key}:{self.period}:{self.metric}:{self.tier}"


class SavedView(Part):
    """A picture of the board that somebody keeps: the page and the state that its URL says."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    path: Annotated[str, Field(pattern=r"^/[^?#\\]*$", max_length=200)] = "/"
    query: Annotated[str, Field(max_length=4000)] = ""
    is_shared: bool = False


class Expected(Part):
    """What a task is to bring: so much more of a metric in a slice, from when it is carried out until `by`."""

    metric: Id = "bookings"
    slice: Slice = Slice()
    amount: Annotated[Money, Field(gt=0)]
    by: Day


class Task(Event):
    """A key task (重点任务) of a unit or a person, as whoever set it states it; what people then do are actions.

    The last word counts. A word that repeats the one before changes nothing of what people did. One that says what it
    `expects` is over only when that has been checked.
    """

    task_id: Id
    title: Annotated[str, Field(min_length=1, max_length=200)]
    title_en: str | None = None
    kind: TaskKind = Field(TaskKind.OTHER, description="win a project, cover a decision-maker, or anything else")
    status: TaskStatus = TaskStatus.OPEN
    unit_id: Id | None = Field(None, description="whose it is; without one it belongs to the person's unit")
    person_id: Id | None = Field(None, description="who is to do it")
    due_on: Day
    done_on: Day | None = Field(None, description="default: the day of `occurred_at` of the word that says done")
    customer_id: Id | None = None
    opportunity_id: Id | None = None
    finding_id: Id | None = Field(None, description="the finding it is done about")
    origin: Id | None = Field(
        None, description='where it was agreed: "finding:<id>", "deal:<id>", "meeting:<id>", "note:<whiteboard>:<id>" …'
    )
    remedy: Remedy | None = Field(None, description="what kind of thing is done, as what helped is pooled by")
    expects: Expected | None = Field(None, description="what it is to bring; checked afterwards")
    waits_for: tuple[Id, ...] = Field((), description="ids of tasks that come first")
    evidence: tuple[Annotated[str, Field(min_length=1, max_length=2_000)], ...] = Field(
        (), description="links and notes that say why"
    )
    who: Id | None = Field(None, description="person id of who set it, where a person did")

    @property
    def entity_id(self) -> str:
        return self.task_id


Why = Literal["responsible", "stand_in", "manager", "evidence", "consulted", "owner", "leads", "added"]
"""Why somebody is called: answers for it, stands in, leads who answers, has a part of it in hand, was asked beside it,
has the deal or the figures, leads the place, or was added by hand."""


class Called(Part):
    """Somebody who is called to a meeting, and why."""

    person_id: Id
    why: Why = "added"


class MeetingSaid(Part):
    """What an action says of a meeting; what it leaves out stays as it was. Names of people are never in it."""

    meeting_id: Id
    title: Annotated[str, Field(max_length=200)] | None = None
    unit_id: Id | None = Field(None, description="of what it is about")
    provider: Id | None = Field(None, description="whose room it is")
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2_000)] | None = Field(
        None, description="the room; None while it is made"
    )
    called: tuple[Called, ...] | None = None
    left_out: tuple[Id, ...] = Field((), description="who was proposed and is not called")
    agenda: tuple[Annotated[str, Field(max_length=400)], ...] | None = None
    at: Instant | None = Field(None, description="when a planned one begins")
    minutes: Annotated[int, Field(ge=5, le=1_440)] | None = Field(None, description="how long it is planned to take")
    recurs: Annotated[str, Field(pattern=r"^FREQ=[A-Z0-9=;,]+$", max_length=200)] | None = Field(
        None, description="how a series comes again, as RFC 5545 has it: FREQ=WEEKLY;BYDAY=MO"
    )
    at_once: bool = Field(False, description="quiet hours wait for nobody: whoever calls was asked and said so")
    shown: tuple[TileAddress, ...] = Field(
        (), max_length=60, description="the live tiles on its whiteboard when it ended, each as of that second"
    )


CheckKind = Literal["leading", "lagging"]
"""What is looked at: whether it was done and moves what comes first, or what it brought after one sales cycle."""
Proposal = Literal["worked", "did_not", "too_early"]


class Sign(Part):
    """One of the things a leading check looks at, in as long a time before and after; None where nobody tells of it."""

    name: Literal["contact", "stage", "next_step"]
    before: float | None = None
    after: float | None = None


class Check(Event):
    """What was measured of a task that was carried out, as of the end of a day; a person decides what it means.

    The effect is what came in `start`…`end` beyond what would have without it, in the reporting currency (or counts).
    """

    check_id: Id
    task_id: Id
    kind: CheckKind
    day: Day = Field(description="the last day that is looked at")
    start: Day
    end: Day
    before_start: Day | None = None
    before_end: Day | None = None
    signs: tuple[Sign, ...] = ()
    effect: Money | None = Field(None, description="against the untouched peers: difference in differences")
    low: Money | None = Field(None, description="the interval of the effect")
    high: Money | None = None
    level: Share | None = Field(None, description="of so many cases the interval holds the effect")
    against_baseline: Money | None = Field(None, description="against its own past year, peers aside")
    expected: Money | None = Field(None, description="what the task was to bring by then")
    usual: Money | None = Field(None, description="what its own past year has in as long a time")
    peers: Annotated[int, Field(ge=0)] = 0
    proposal: Proposal = "too_early"
    is_last: bool = Field(False, description="the time is over: it can be decided")

    @property
    def entity_id(self) -> str:
        return self.task_id


class Action(Event):
    """Something a person did on the board: who, what, on what, and a note."""

    subject: Id = Field(
        description='what it is done to, as "finding:<id>", "task:<id>", "deal:<id>", "source:<name>",'
        ' "dead-letter:<partition>:<offset>", "view:<id>" …'
    )
    who: Id = Field(description="person id of the viewer")
    what: Literal[
        "acknowledge", "take", "release", "not_a_problem", "meet", "comment", "assign", "done", "reopen",
        "replay", "dismiss", "let_through", "retract", "save_view", "forget_view", "look", "answer",
        "treat", "verify", "close", "snooze", "rearm", "merge", "split", "judge", "set_rule", "try_rule", "cancel",
        "room", "call", "plan", "call_off", "adjourn", "ask", "message", "reply", "minute", "brief",
        "start", "move", "attach", "wait_for", "wait_no_more", "check", "talk",
        "build_baseline",
    ]  # fmt: skip
    note: str | None = None
    assignee_id: Id | None = None
    until: Instant | None = Field(
        None, description="when a snoozed finding is armed again, or when the day ends on which a task is due now"
    )
    worse_by: Share | None = Field(None, description="or by which part of its gap it must get worse for that")
    into: Id | None = Field(
        None, description="the finding that another is merged into, or the task that another waits for"
    )
    check: CheckKind | None = Field(None, description="which check of a task is decided")
    verdict: Proposal | None = Field(None, description="what a person says of it")
    rule: Id | None = Field(None, description='the rule tried under the subject "trial:<id>"')
    months: Annotated[int, Field(ge=1, le=12)] | None = Field(None, description="how far back it is tried")
    thresholds: dict[str, Decimal] | None = Field(None, description="the numbers of the rule")
    view: SavedView | None = Field(None, description='what is kept under the subject "view:<id>"')
    meeting: MeetingSaid | None = Field(None, description="the meeting that is opened, joined, planned or over")

    @property
    def entity_id(self) -> str:
        return self.subject


class ControlTotal(Event):
    """What a source says it has of a business day as of `occurred_at`, to reconcile with what came.

    The last word of a source about a day and topic counts; see docs/reconciliation.md for what to count.
    """

    day: Day = Field(description="the business day the entities count for, e.g. the booking day of orders")
    topic: Id = Field(description="orders, opportunities, activities or collections")
    count: Annotated[int, Field(ge=0)] = Field(description="order lines, deals, activities or payments of that day")
    amount: Money | None = Field(None, description="their sum, in the reporting currency")

    @property
    def entity_id(self) -> str:
        return f"{self.source}:{self.day}"


class Cell(Part):
    """A part of a gap: where, and how much of it; the contributions of a finding's cells add up to its gap."""

    slice: Slice
    actual: Money
    expected: Money
    contribution: Money


class Behind(Part):
    """One of the things a finding speaks of, with the money in it."""

    kind: Literal["deal", "order", "customer", "unit", "product", "source"]
    id: Id
    customer_id: Id | None = None
    amount: Money
    since: Day | None = Field(None, description="from which day on it is off")


ProblemKind = Literal["volume", "price", "mix", "rate", "activity", "cash"]
"""What kind of problem a finding is, by the factor that fell."""


class FactorCell(Part):
    """Where a factor fell: what it is there and what it was to be, in a unit of its own."""

    slice: Slice
    actual: float
    expected: float


class Factor(Part):
    """One of the factors whose product is what was sold; the contributions of a finding's factors add up to its gap."""

    name: Literal["visits", "conversion", "orders", "size", "mix", "price"]
    actual: float = Field(description="visits and orders in counts, conversion in orders a visit, the others over 1")
    expected: float
    contribution: Money
    cells: tuple[FactorCell, ...] = Field((), description="of the factor that fell most, the cells in which it did")


class Landing(Part):
    """Where the month will end if nothing is done, with the interval that holds it in 80 of 100 cases."""

    middle: Money
    low: Money
    high: Money


class Finding(Event):
    """What detection found as of a tick. Its id follows from rule, slice and period: found again, it is the same."""

    finding_id: Id
    rule: Id
    metric: Id
    period: Period
    slice: Slice
    state: Literal["open", "resolved", "retracted"] = "open"
    since: Instant
    as_of: Instant
    actual: Money
    expected: Money
    target: Money | None = None
    gap: Money = Field(description="actual − expected, negative when behind")
    gap_without_largest_deal: Money | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    cells: tuple[Cell, ...] = ()
    where: Literal["cells", "alike", "elsewhere"] | None = Field(
        None, description="the cells hold it; all in it fell alike; or no part of it stands out"
    )
    kind: ProblemKind | None = None
    factors: tuple[Factor, ...] = ()
    landing: Landing | None = None
    at_risk: Money | None = Field(None, description="missing at the end at the low end of the landing, 0 or more")
    responsible_id: Id | None = None
    responsible_role: str | None = None
    stand_in_for_id: Id | None = None
    consulted_ids: tuple[Id, ...] = ()
    why: tuple[str, ...] = Field((), description="sentences as 'message-id|arg=value|…', worded by the screen")
    against: tuple[str, ...] = ()
    reason: str | None = Field(None, description="why it was resolved or retracted")
    behind: tuple[Behind, ...] = Field((), description="the deals, orders … it speaks of, the largest first")
    behind_count: int = Field(0, description="how many there are; of many only the largest are named")
    merged_into: Id | None = Field(None, description="the finding that speaks of it now, where one does")
    is_folded: bool = Field(False, description="beyond what a manager is told a day: summed up, not shown")

    @property
    def entity_id(self) -> str:
        return self.finding_id


class NotifiedOf(Part):
    """One thing that a message says of a finding or a task. `key` is equal exactly for what is to be said once."""

    key: Id
    finding_id: Id | None = None
    task_id: Id | None = None
    what: Literal["new", "update", "ended", "contest", "due", "late", "check"]
    version: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="of the finding, as it was told")
    gap: Money = Field(Decimal(0), description="as it was told")


class Notification(Event):
    """What became of one message to one recipient by one channel, a word a step; addresses are never in it.

    A message is taken up ("sending") before anything leaves: the first word of an attempt on the log is the one that
    may send. Then it was "sent", "failed" until `retry_at`, or is "dead"; "again" is the way back from there.
    """

    notification_id: Id = Field(description="the same for every attempt, and what a receiver knows a repetition by")
    recipient: Id = Field(description='person id, or "room:<channel>" for whoever reads a channel')
    route: Id
    channel: Id
    kind: Literal["single", "folded", "reminder", "test", "call"]
    state: Literal["sending", "sent", "failed", "dead", "again"]
    attempt: Annotated[int, Field(ge=0, lt=2**31)] = 0
    items: tuple[NotifiedOf, ...] = ()
    sender: Id | None = Field(None, description="the process that took it up")
    answer: str | None = Field(None, description="what the channel said")
    retry_at: Instant | None = None

    @property
    def entity_id(self) -> str:
        return self.notification_id


class Tried(Part):
    """What a rule would have found in a trial: from `since` until `until` (None: it stands), at its worst `gap`."""

    finding_id: Id
    slice: Slice
    since: Day
    until: Day | None = None
    gap: Money
    responsible_id: Id | None = None
    responsible_role: str | None = None


class Trial(Event):
    """How far the trial of a rule on the past is: `done` of `of` days; then what it finds as it is and changed."""

    trial_id: Id
    rule: Id
    trial_state: Literal["running", "done", "cancelled", "failed"]
    done: Annotated[int, Field(ge=0)] = 0
    of: Annotated[int, Field(ge=0)] = 0
    start: Day | None = None
    as_is: tuple[Tried, ...] = ()
    changed: tuple[Tried, ...] = ()
    error: str | None = None

    @property
    def entity_id(self) -> str:
        return self.trial_id


class BaselineNode(Part):
    """What a node should bring in the month: how much, the worth of an order, and which share by when."""

    unit_id: Id | None = None
    product_id: Id | None = None
    person_id: Id | None = None
    volume: float
    order: float
    curve: tuple[float, ...] = Field(description="shares at equal steps of the working days, 0 and 1 included")
    level: int = Field(description="from the coarsest, 0")
    chance: int = Field(description="which of `chances` it has")
    above: tuple[int, ...] = Field((), description="of a leaf, the numbers of all nodes of the hierarchy it is in")


class BaselineChance(Part):
    """How far nodes may be off: how uncertain a volume is, the part that goes wrong as a whole, and the scores."""

    uncertain: float
    alike: float
    offs: tuple[tuple[tuple[float, ...], ...], ...] = Field(description="by level, by side, by part of the month")


class Baseline(Event):
    """A part of a version of the sales baseline (销售基线). A version counts once all `of` parts are there."""

    baseline_id: Id
    metric: Id = "bookings"
    period: Period
    hierarchy: Literal["cells", "products", "people"]
    part: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    months: Annotated[int, Field(ge=1)] = Field(description="of which it was built")
    asked_by: Id | None = Field(None, description="person id of who asked for it; none when it was built at night")
    nodes: tuple[BaselineNode, ...]
    chances: tuple[BaselineChance, ...]
    latest: dict[Id, Id] = Field({}, description="by product that was succeeded, the one it is counted with")

    @property
    def entity_id(self) -> str:
        return f"{self.baseline_id}:{self.part}"


class Verification(Event):
    """What `verify` found: how much was recomputed from the log and compared, and how many sums did not agree."""

    events: Annotated[int, Field(ge=0)]
    sums: Annotated[int, Field(ge=0)]
    wrong: Annotated[int, Field(ge=0)]
    behind: Annotated[int, Field(ge=0)] = Field(0, description="events of the log that were not stored yet")
    took_seconds: Annotated[float, Field(ge=0)]
    examples: tuple[str, ...] = Field((), description="some of the sums that did not agree, in words")

    @property
    def entity_id(self) -> str:
        return "verification"


class Tick(Event):
    """The clock of detection: sweep as of `occurred_at`."""

    @property
    def entity_id(self) -> str:
        return "clock"


ORG: TypeAdapter[Unit | Person | Product | Customer | CalendarDay] = TypeAdapter(Org)
