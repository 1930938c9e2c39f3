"""Every metric, defined once: tile, axis, tooltip, URL, rules and documentation read these rows."""

from dataclasses import dataclass
from typing import Literal

from ingest.settings import company
from warehouse.measures import DefinitionError, Measure, QuestionError, did_you_mean, measure, names_in

Kind = Literal["flow", "stock", "ratio", "distinct", "weighted", "standing"]
"""How a metric is counted: flow on its day; stock as the running sum up to a day; ratio of sums; distinct keys with a
sum above zero; weighted by won shares (the pipeline); standing against a target or the calendar (`warehouse.pace`)."""

FEW = 10
"""Closed deals under which a win rate is "too few"."""


@dataclass(frozen=True)
class Metric:
    """`expression` adds measures ("table.column"), or for a ratio metrics too; `enough` is what must reach `FEW`.

    `distinct_by` are the columns whose combinations a distinct metric counts. `date` says which day it counts on. A
    standing is one `of` another metric.
    """

    id: str
    name_zh: str
    name_en: str
    kind: Kind
    expression: str
    description: str
    unit: Literal["money", "count", "ratio", "minutes", "quantity"] = "money"
    good: Literal["up", "down", "none"] = "up"
    basis: str = ""
    tax: Literal["included", "net", ""] = ""
    date: str = ""
    enough: str = ""
    distinct_by: tuple[str, ...] = ()
    of: str = ""


_REVENUE = company().revenue_basis
_ORDER = "order_changes"
_DEAL = "opportunity_changes"
_DONE = "activity_changes"

_ROWS = (
    Metric(
        "bookings", "订货", "Bookings", "flow", f"{_ORDER}.booked_amount - {_ORDER}.returned_amount",
        "Effective standard, call-off and service lines; a cancellation or return lowers the day it happens on.",
        basis="order lines", tax="included", date="effective_on",
    ),
    Metric(
        "booked", "签单", "Booked", "flow", f"{_ORDER}.booked_amount",
        "Bookings before returns are taken off.", basis="order lines", tax="included", date="effective_on",
    ),
    Metric(
        "returned", "退货", "Returned", "flow", f"{_ORDER}.returned_amount",
        "Goods taken back, on the day of the return.", good="down", basis="order lines", tax="included",
        date="day of the return",
    ),
    Metric(
        "revenue", "收入", "Revenue", "flow", f"{_ORDER}.{_REVENUE}_net_amount - {_ORDER}.returned_net_amount",
        f"What was {_REVENUE}, less what was returned.", basis=f"{_REVENUE} amount of order lines", tax="net",
        date=f"day it was {_REVENUE}",
    ),
    Metric(
        "collections", "回款", "Collections", "flow",
        f"{_ORDER}.collected_amount + collection_changes.received_amount",
        "Money received; what is not allocated to an order counts for the company and for no rep.",
        basis="payments", tax="included", date="received_on; commercial bills at maturity",
    ),
    Metric(
        "quantity", "数量", "Quantity", "flow", f"{_ORDER}.quantity", "Units of effective order lines.",
        unit="quantity", basis="order lines", date="effective_on",
    ),
    Metric(
        "order_lines", "订单行", "Order lines", "flow", f"{_ORDER}.lines", "Effective order lines.", unit="count",
        basis="order lines", date="effective_on",
    ),
    Metric(
        "orders", "订单数", "Orders", "distinct", f"{_ORDER}.lines", "Orders with at least one effective line.",
        unit="count", basis="orders", date="effective_on", distinct_by=("order_id",),
    ),
    Metric(
        "frameworks", "框架协议", "Frameworks", "flow", f"{_ORDER}.framework_amount",
        "Framework agreements: coverage, not bookings.", basis="order lines", tax="included", date="effective_on",
    ),
    Metric(
        "realised_price", "价格实现率", "Realised price", "ratio", f"{_ORDER}.listed_amount / {_ORDER}.list_amount",
        "Amount over list amount of the lines that have both.", unit="ratio", basis="order lines", tax="included",
        date="effective_on",
    ),
    Metric(
        "open_pipeline", "在手商机", "Open pipeline", "stock", f"{_DEAL}.open_amount",
        "Amount of the deals still open.", basis="deals", tax="included", date="as of the day",
    ),
    Metric(
        "open_deals", "在手商机数", "Open deals", "stock", f"{_DEAL}.open_deals",
        "Deals still open, each counted under its leading credit.", unit="count", basis="deals", date="as of the day",
    ),
    Metric(
        "probable_pipeline", "商机预计 (自评)", "Pipeline by own probability", "stock", f"{_DEAL}.probable_amount",
        "Open pipeline times the probability its rep gave it.", basis="deals", tax="included", date="as of the day",
    ),
    Metric(
        "weighted_pipeline", "加权商机", "Weighted pipeline", "weighted", f"{_DEAL}.open_amount",
        "Open pipeline times the share of past deals won from the same stage, grade and route.", basis="deals",
        tax="included", date="as of the day",
    ),
    Metric(
        "awarded", "中标未签", "Awarded, not signed", "stock", f"{_DEAL}.awarded_amount",
        "Deals awarded that have no effective order yet.", good="none", basis="deals", tax="included",
        date="as of the day",
    ),
    Metric(
        "opened_deals", "新增商机数", "Deals opened", "flow", f"{_DEAL}.opened_deals", "Deals opened.", unit="count",
        basis="deals", date="opened_on",
    ),
    Metric(
        "opened_amount", "新增商机", "Amount opened", "flow", f"{_DEAL}.opened_amount", "Amount of the deals opened.",
        basis="deals", tax="included", date="opened_on",
    ),
    Metric(
        "won_deals", "赢单数", "Deals won", "flow", f"{_DEAL}.won_deals", "Deals won.", unit="count", basis="deals",
        date="closed_on",
    ),
    Metric(
        "won_amount", "赢单金额", "Amount won", "flow", f"{_DEAL}.won_amount", "Amount of the deals won.",
        basis="deals", tax="included", date="closed_on",
    ),
    Metric(
        "lost_deals", "输单数", "Deals lost", "flow", f"{_DEAL}.lost_deals", "Deals lost.", unit="count", good="down",
        basis="deals", date="closed_on",
    ),
    Metric(
        "lost_amount", "输单金额", "Amount lost", "flow", f"{_DEAL}.lost_amount", "Amount of the deals lost.",
        good="down", basis="deals", tax="included", date="closed_on",
    ),
    Metric(
        "abandoned_deals", "放弃商机数", "Deals abandoned", "flow", f"{_DEAL}.abandoned_deals",
        "Deals given up; beside the win rate, never in it.", unit="count", good="down", basis="deals",
        date="closed_on",
    ),
    Metric(
        "abandoned_amount", "放弃商机", "Amount abandoned", "flow", f"{_DEAL}.abandoned_amount",
        "Amount of the deals given up.", good="down", basis="deals", tax="included", date="closed_on",
    ),
    Metric(
        "win_rate", "赢单率", "Win rate", "ratio", "won_deals / (won_deals + lost_deals)",
        "Deals won over deals won and lost.", unit="ratio", basis="deals", date="closed_on",
        enough="won_deals + lost_deals",
    ),
    Metric(
        "win_rate_amount", "赢单率 (金额)", "Win rate by amount", "ratio", "won_amount / (won_amount + lost_amount)",
        "Amount won over amount won and lost.", unit="ratio", basis="deals", tax="included", date="closed_on",
        enough="won_deals + lost_deals",
    ),
    Metric(
        "pushes", "推迟次数", "Pushes", "flow", f"{_DEAL}.pushes",
        "Moves of an expected close to a later month.", unit="count", good="down", basis="deals",
        date="day of the move",
    ),
    Metric(
        "pushed_amount", "推迟金额", "Amount pushed", "flow", f"{_DEAL}.pushed_amount",
        "Amount of the deals moved to a later month.", good="down", basis="deals", tax="included",
        date="day of the move",
    ),
    Metric(
        "activities", "活动", "Activities done", "flow", f"{_DONE}.done", "Activities done, of any kind.", unit="count",
        basis="activities", date="day done",
    ),
    Metric(
        "activities_planned", "计划活动", "Activities planned", "flow", f"{_DONE}.planned", "Activities planned.",
        unit="count", good="none", basis="activities", date="day planned",
    ),
    Metric(
        "visits", "拜访", "Visits", "flow", f"{_DONE}.visits", "Visits done.", unit="count", basis="activities",
        date="day done",
    ),
    Metric(
        "contact_minutes", "接触时长", "Contact time", "flow", f"{_DONE}.minutes", "Minutes of activities done.",
        unit="minutes", good="none", basis="activities", date="day done",
    ),
    Metric(
        "effective_contacts", "有效接触", "Effective contacts", "distinct", f"{_DONE}.effective",
        "Customers times days with a done activity that has an outcome.", unit="count", basis="activities",
        date="day done", distinct_by=("customer_id", "day"),
    ),
    Metric(
        "complaints", "投诉", "Complaints", "flow", f"{_DONE}.complaints", "Complaints raised.", unit="count",
        good="down", basis="activities", date="day raised",
    ),
    Metric(
        "open_complaints", "未结投诉", "Open complaints", "stock", f"{_DONE}.open_complaints",
        "Complaints not resolved yet.", unit="count", good="down", basis="activities", date="as of the day",
    ),
    Metric(
        "attainment", "达成率", "Attainment", "standing", "",
        "Actual over the base target of the same slice and period; no target is no attainment.", unit="ratio",
        of="bookings",
    ),
    Metric(
        "pace", "进度", "Pace", "standing", "",
        "Attainment over the share of the period expected by now; 1.00 is on pace.", unit="ratio", of="bookings",
    ),
    Metric(
        "landing", "预计落地", "Landing", "standing", "", "Actual and what the rest of the period should bring.",
        of="bookings",
    ),
    Metric(
        "needed_per_day", "日均需完成", "Needed per working day", "standing", "",
        "What is missing to the target over the working days left.", good="none", of="bookings",
    ),
    Metric(
        "yoy", "同比", "Year on year", "standing", "",
        "Actual against last year's by the same working day of the period.", unit="ratio", of="bookings",
    ),
    Metric(
        "coverage", "商机覆盖", "Pipeline coverage", "standing", "",
        "Open pipeline closing in the period over what is missing to the target.", unit="ratio", of="bookings",
    ),
)  # fmt: skip


def measures_of(row: Metric, known: dict[str, Metric]) -> frozenset[Measure]:
    """Every stored sum the metric needs; DefinitionError when its words do not exist."""
    found: set[Measure] = set()
    for text in filter(None, (row.expression, row.enough)):
        for name in names_in(text):
            if "." in name:
                found.add(measure(name))
            elif row.kind != "ratio":
                raise DefinitionError(f"{row.id} is a {row.kind}: it adds measures, not {name!r}")
            elif name not in known:
                raise DefinitionError(f"{row.id} knows no metric {name!r}.{did_you_mean(name, known)}")
            else:
                found |= measures_of(known[name], known)
    return frozenset(found)


def _index(rows: tuple[Metric, ...]) -> dict[str, Metric]:
    known: dict[str, Metric] = {}
    for row in rows:
        if row.id in known:
            raise DefinitionError(f"metric {row.id!r} is defined twice")
        if (row.kind == "distinct") != bool(row.distinct_by):
            raise DefinitionError(f"{row.id}: distinct_by belongs to a distinct metric, and only there")
        if not measures_of(row, known) and row.kind != "standing":
            raise DefinitionError(f"{row.id} counts nothing")
        if (row.kind == "standing") != (row.of in known):
            raise DefinitionError(f"{row.id} is a {row.kind}, of {row.of!r}: a standing, and only one, is of a metric")
        known[row.id] = row
    return known


METRICS: dict[str, Metric] = _index(_ROWS)


def _flow_columns() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for row in METRICS.values():
        for one in measures_of(row, METRICS) if row.kind == "flow" else ():
            found.setdefault(one.table, set()).add(one.column)
    return {table: tuple(sorted(columns)) for table, columns in found.items()}


FLOW_COLUMNS = _flow_columns()
"""By table, the sums that its flows are made of."""


def metric(name: str) -> Metric:
    """The metric of that id; QuestionError with the closest one when there is none."""
    if name not in METRICS:
        raise QuestionError(f"no metric {name!r}.{did_you_mean(name, METRICS)}")
    return METRICS[name]
