"""From a question to SQL: one statement a table and window, stored sums only, so that projections can serve it."""

from collections.abc import Iterable
from dataclasses import replace

from warehouse.dimensions import DIMENSIONS, PLAIN_FILTERS, Dimension, Where
from warehouse.measures import TABLES, Measure
from warehouse.metrics import FLOW_COLUMNS, METRICS, Metric, measures_of
from warehouse.pieces import Sums
from warehouse.question import Parts, Question
from warehouse.rollup import LEAVES, LOOKED_UP, TREES, Climb, Rollup, Tree
from warehouse.selects import Flow, Statement, select

_BY_DAY = {"day", "month"}
_SHARED = {"unit", "office", "product", "leaf_product", "route", "kind", "stage", "outcome", "grade", "expected_month"}
"""What a base may be split by beside days: few values, which all who ask have in common."""
_OF_LEAVES = {*_BY_DAY, "unit", "office", "product", "leaf_product"}
_FINE_TABLE, _FINE = "order_changes", {"rep", "route", "segment"}
"""What is kept at the finest grain, and what that holds beside days and leaves."""


def statements(metrics: Iterable[Metric], question: Question) -> list[Statement]:
    """The statements whose frames hold everything the metrics need; QuestionError for what cannot be asked."""
    wanted: dict[tuple[str, bool], set[Measure]] = {}
    asked: dict[tuple[str, bool], str] = {}
    found: list[Statement] = []
    for row in metrics:
        if row.kind == "distinct":
            found.append(_distinct(question, row))
            continue
        for measure in measures_of(row, METRICS):
            key = (measure.table, row.kind in ("stock", "weighted"))
            wanted.setdefault(key, set()).add(measure)
            asked.setdefault(key, row.id)
    for (table, is_stock), measures in sorted(wanted.items()):
        columns = tuple(sorted(measure.column for measure in measures))
        found.append(_sums(question, table, columns, is_stock, asked[table, is_stock]))
    return found


def _sums(question: Question, table: str, columns: tuple[str, ...], is_stock: bool, what: str) -> Sums:
    parts = Parts(question, TABLES[table], is_stock, what)
    dimensions = parts.dimensions()
    keys = tuple(dict(key for dimension in dimensions for key in dimension.keys).items())
    turn = None if is_stock else parts.turned(dimensions)
    day = turn[0] if turn else parts.org_day
    values = tuple((f"by_{dimension.id}", parts.value(dimension, day)) for dimension in dimensions)
    if not is_stock:
        keys = (*keys, turn) if turn else ()
    days = question.day_basis, columns, None if is_stock else question.start, question.end
    flow = Flow(table, keys, values, tuple(parts.narrowed()), parts.parameters, *days)
    rollup = _rollup(parts, dimensions, flow)
    return Sums(**vars(flow.statement()), flow=flow, rollup=rollup, fine=_fine(parts, flow, rollup))


def _rollup(asked: Parts, dimensions: Iterable[Dimension], flow: Flow) -> Rollup | None:
    """How the sums are made of those of leaves; None where they are asked as they are."""
    question, viewer, by = asked.question, asked.question.viewer, {one.id for one in dimensions}
    if by - _SHARED - _BY_DAY or (viewer.own_rows and not viewer.everything):
        return None
    climbs = _climbs(asked, by)
    leaves = [LEAVES[climb.tree] for climb in climbs]
    if not leaves and by <= _BY_DAY and LEAVES["unit"] in asked.table.columns:
        leaves = [LEAVES["unit"]]  # as whoever splits it by units has it
    if not leaves or (len(leaves) > 1 and "day" in by):  # by day offices × products are more than a node's own sums
        return None
    parts = Parts(question, asked.table, asked.is_stock, asked.what)
    values = [(leaf, leaf) for leaf in leaves]
    if not asked.is_stock:
        values.append((LOOKED_UP, question.day_basis if "day" in by else parts.last_turn()))
    plain = [one for one in dimensions if one.id not in TREES]
    values += [(f"by_{one.id}", parts.value(one, parts.org_day)) for one in plain]
    base = replace(flow, keys=(), values=tuple(values), narrowed=tuple(parts.of_rows()), bound=parts.parameters)
    split = tuple(f"by_{name}" for name in question.by)
    return Rollup(base, climbs, split, question.end if asked.is_stock else None, viewer.everything)


def _fine(asked: Parts, flow: Flow, rollup: Rollup | None) -> Rollup | None:
    """How the sums are made of the finest that are kept; None where those of leaves do, or it does not hold them."""
    question, viewer, by = asked.question, asked.question.viewer, set(asked.question.by)
    where, table = question.where, asked.table
    if rollup and by <= _OF_LEAVES and where == Where(unit_id=where.unit_id):
        return None
    if table.name != _FINE_TABLE or asked.is_stock or flow.day != "day" or (viewer.own_rows and not viewer.everything):
        return None
    known = {field: getattr(where, field) for field, name in PLAIN_FILTERS.items() if name in _FINE}
    if where != Where(where.unit_id, product_id=where.product_id, **known) or by - _OF_LEAVES - _FINE:
        return None
    if not set(flow.columns) <= set(FLOW_COLUMNS[table.name]):
        return None
    values = [
        *((leaf, leaf) for leaf in LEAVES.values()),
        ("is_overlay", "is_overlay"),
        (LOOKED_UP, "day"),
        *((f"by_{name}", DIMENSIONS[name].value.replace("{day}", "day")) for name in sorted(_FINE)),
    ]
    equal = tuple((f"by_{PLAIN_FILTERS[field]}", value) for field, value in known.items() if value is not None)
    base = replace(flow, keys=(), values=tuple(values), narrowed=(), bound={})
    split = tuple(f"by_{name}" for name in question.by)
    plain = () if asked.about_a_person else (("is_overlay", 0),)
    return Rollup(base, _climbs(asked, by), split, None, viewer.everything, (*plain, *equal))


def _climbs(asked: Parts, by: set[str]) -> tuple[Climb, ...]:
    """The trees in a question."""
    question, viewer = asked.question, asked.question.viewer
    scopes: dict[Tree, frozenset[str]] = {"unit": viewer.unit_ids, "product": viewer.product_ids}
    return tuple(
        Climb(tree, question.node(tree), question.top(tree), allowed)
        for tree, ids in scopes.items()
        if LEAVES[tree] in asked.table.columns
        if (allowed := frozenset() if viewer.everything else ids) or tree in by or question.node(tree) is not None
    )


def _distinct(question: Question, row: Metric) -> Statement:
    (counted,) = measures_of(row, METRICS)
    parts = Parts(question, TABLES[counted.table], False, row.id)
    dimensions = parts.dimensions()
    values = [(f"by_{dimension.id}", parts.value(dimension, parts.org_day)) for dimension in dimensions]
    keys = [(f"key_{column}", column) for column in row.distinct_by]
    source = f"{counted.table} WHERE {parts.conditions()}"
    inner = select((*values, *keys), [f"sum({counted.column}) AS counted"], source)
    names = tuple((name, name) for name, _ in values)
    sql = select(names, ["countIf(counted > 0) AS distinct_keys"], f"({inner})")
    return Statement(sql, parts.parameters, (f"distinct.{row.id}",), parts.reads)
