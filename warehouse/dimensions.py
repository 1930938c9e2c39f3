"""What figures can be split and narrowed by. A table honours a dimension when it has the columns the dimension reads.

In the texts `{day}` stands for the day on which the organisation is looked up: a flow's own day, a stock's as-of day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from warehouse.measures import TABLES, ChangeTable, DefinitionError, QuestionError, did_you_mean

UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class Dimension:
    """`keys` are what is grouped in the table itself (alias → SQL); `value` is made of those aliases and `{day}`."""

    id: str
    columns: tuple[str, ...]
    value: str
    keys: tuple[tuple[str, str], ...]
    is_date: bool = False


def _column(name: str, column: str) -> Dimension:
    return Dimension(name, (column,), column, ((column, column),))


def _id(name: str, column: str) -> Dimension:
    return Dimension(name, (column,), f"if({column} = '', '{UNASSIGNED}', {column})", ((column, column),))


def path_of(dictionary: str, column: str) -> str:
    """The chain of ids from the root down to the one in `column`; empty when the organisation does not know it."""
    return f"dictGet('{dictionary}', 'path', {column}, {{day}})"


_EVER_BELOW = "{column} IN (SELECT id FROM dictionary('{dictionary}') WHERE hasAny(path, {nodes}))"


def ever_below(dictionary: str, column: str, nodes: str) -> str:
    """Whether the id in `column` was ever in or below one of `nodes` (SQL, an array): cheap, and wider than a day's."""
    return _EVER_BELOW.format(dictionary=dictionary, column=column, nodes=nodes)


def _tree(name: str, dictionary: str, column: str) -> Dimension:
    """Direct children of the node in `{<name>_node}`; what hangs on the node itself stands under its own id."""
    path, node = path_of(dictionary, column), f"{{{name}_node}}"
    value = (
        f"multiIf(empty({path}), '{UNASSIGNED}', indexOf({path}, {node}) = length({path}), {node},"
        f" {path}[indexOf({path}, {node}) + 1])"
    )
    return Dimension(name, (column,), value, ((column, column),))


DIMENSIONS: dict[str, Dimension] = {
    dimension.id: dimension
    for dimension in (
        Dimension("day", ("day",), "day", (("day", "day"),), is_date=True),
        Dimension("month", ("day",), "toStartOfMonth(day)", (("day", "day"),), is_date=True),
        _tree("unit", "units", "office_id"),
        _id("office", "office_id"),
        _id("rep", "rep_id"),
        # Whose deal it is: the manager of the rep's own unit, which need not lie above the office the deal counts for.
        Dimension(
            "manager",
            ("rep_id",),
            "ifNull(nullIf(dictGet('units', 'manager_id', dictGet('people', 'unit_id', rep_id, {day}), {day}), ''),"
            f" '{UNASSIGNED}')",
            (("rep_id", "rep_id"),),
        ),
        _tree("product", "products", "product_id"),
        _id("leaf_product", "product_id"),
        _id("customer", "customer_id"),
        Dimension(
            "segment",
            ("customer_id",),
            f"ifNull(nullIf(dictGet('customers', 'segment', customer_id, {{day}}), ''), '{UNASSIGNED}')",
            (("customer_id", "customer_id"),),
        ),
        _column("route", "route"),
        _column("kind", "kind"),
        _column("stage", "stage"),
        _column("outcome", "outcome"),
        _column("grade", "grade"),
        Dimension(
            "expected_month",
            ("expected_close_on",),
            "expected_month",
            (("expected_month", "toStartOfMonth(expected_close_on)"),),
            is_date=True,
        ),
        _column("order", "order_id"),
        _column("opportunity", "opportunity_id"),
    )
}


def dimension(name: str) -> Dimension:
    """The dimension of that id; QuestionError with the closest one when there is none."""
    if name not in DIMENSIONS:
        raise QuestionError(f"no dimension {name!r}.{did_you_mean(name, DIMENSIONS)}")
    return DIMENSIONS[name]


@dataclass(frozen=True)
class AsOf:
    """A moment looked back to: what happened after it does not count, and known "then" nor does what came in after it.

    The organisation is that of the day asked about, as it is known now.
    """

    at: datetime
    known: Literal["now", "then"] = "now"


@dataclass(frozen=True)
class Where:
    """What the question is narrowed to; None is all. A unit or a product stands for its whole subtree.

    "unassigned" is a value of every id: what the organisation does not know, or what came without one.
    `expected_from` and `expected_to` are months in which open deals are expected to close, both included.
    """

    unit_id: str | None = None
    office_id: str | None = None
    rep_id: str | None = None
    manager_id: str | None = None
    product_id: str | None = None
    customer_id: str | None = None
    segment: str | None = None
    route: str | None = None
    kind: str | None = None
    stage: str | None = None
    outcome: str | None = None
    grade: str | None = None
    opportunity_id: str | None = None
    order_id: str | None = None
    expected_from: date | None = None
    expected_to: date | None = None
    as_of: AsOf | None = None


EVERYWHERE = Where()

PLAIN_FILTERS = {
    "office_id": "office",
    "rep_id": "rep",
    "manager_id": "manager",
    "customer_id": "customer",
    "segment": "segment",
    "route": "route",
    "kind": "kind",
    "stage": "stage",
    "outcome": "outcome",
    "grade": "grade",
    "opportunity_id": "opportunity",
    "order_id": "order",
}
"""Fields of `Where` that compare the value of a dimension."""


def honoured(table: ChangeTable, name: str, what: str) -> Dimension:
    """The dimension, when `table` has its columns; QuestionError naming `what` was asked when it has not."""
    found = dimension(name)
    missing = [column for column in found.columns if column not in table.columns]
    if missing:
        fits = ", ".join(other for other, known in DIMENSIONS.items() if set(known.columns) <= table.columns.keys())
        raise QuestionError(
            f"{what} cannot be asked by {name}: {table.name} has no {missing[0]}. It can by {fits}.", by=name
        )
    return found


def _check() -> None:
    columns = {column for table in TABLES.values() for column in table.columns}
    for known in DIMENSIONS.values():
        for column in known.columns:
            if column not in columns:
                raise DefinitionError(f"dimension {known.id} reads {column!r}.{did_you_mean(column, columns)}")


_check()
