"""A question to one table: what it is split by and narrowed to, for whom, as the parts of a statement."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ingest.calendar import business_day
from ingest.settings import company
from warehouse.answers import Reads
from warehouse.dimensions import PLAIN_FILTERS, UNASSIGNED, Dimension, Where, ever_below, honoured, path_of
from warehouse.measures import TABLES, ChangeTable, QuestionError
from warehouse.rollup import TREES, Tree
from warehouse.roots import Roots
from warehouse.selects import DayBasis, Named, between
from warehouse.together import FIRST_DAY
from warehouse.viewer import ScopeColumns, Viewer, scope_of

_READ = re.compile(r"dictGet\('(\w+)'")


@dataclass(frozen=True)
class Question:
    """What every statement of one question shares."""

    by: tuple[str, ...]
    where: Where
    start: date | None
    end: date
    day_basis: DayBasis
    viewer: Viewer
    roots: Roots

    def node(self, name: Tree) -> str | None:
        """The unit or product asked about; None is everything, and so is the only root."""
        node: str | None = getattr(self.where, f"{name}_id")
        return None if node == getattr(self.roots, name) else node

    def top(self, name: Tree) -> str:
        """The node whose children a split by the tree has; '' for those without one above."""
        node = self.node(name)
        top: str = getattr(self.roots, name) if node in (None, UNASSIGNED) else node
        return top


@dataclass
class Parts:
    """What a statement of a question on one table is made of; its `parameters` grow with what is asked for."""

    question: Question
    table: ChangeTable
    is_stock: bool
    what: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.is_stock:
            self.parameters["org_day"] = self.question.end

    @property
    def org_day(self) -> str:
        return "{org_day:Date}" if self.is_stock else self.question.day_basis

    @property
    def reads(self) -> Reads:
        if self.question.day_basis != "day":
            return Reads(self.table.name)
        return Reads(self.table.name, None if self.is_stock else self.question.start, self.question.end)

    def dimensions(self) -> list[Dimension]:
        if self.is_stock and (asked := {"day", "month"} & set(self.question.by)):
            raise QuestionError(f"{self.what} is a stock: it has no {asked.pop()}, ask it as of each end")
        return [honoured(self.table, name, self.what) for name in self.question.by]

    def turned(self, dimensions: Iterable[Dimension]) -> Named | None:
        """What stands for a day where trees are looked up: the last on which they turned; None where each counts."""
        read = {dictionary for one in dimensions for dictionary in _READ.findall(one.value)}
        if any(one.is_date for one in dimensions) or not read or read - set(TREES.values()):
            return None
        return "turn", self.last_turn()

    def last_turn(self) -> str:
        """The last day, by that of a row, on which the trees turned into others."""
        self.parameters["turns"] = [0, *((turn - FIRST_DAY).days for turn in self.question.roots.turns)]
        return f"toDate(roundDown(toUInt16({self.question.day_basis}), {{turns:Array(UInt16)}}))"

    def value(self, dimension: Dimension, day: str) -> str:
        text = dimension.value.replace("{day}", day)
        if dimension.is_date and self.question.day_basis == "entity_day":
            text = text.replace("day", "entity_day")
        for name in TREES:
            if f"{{{name}_node}}" in text:
                text = text.replace(f"{{{name}_node}}", f"{{{name}_node:String}}")
                self.parameters[f"{name}_node"] = self.question.top(name)
        return text

    def conditions(self) -> str:
        question = self.question
        days, bound = between(question.day_basis, None if self.is_stock else question.start, question.end)
        self.parameters |= bound
        return " AND ".join([*days, *self.narrowed()])

    def narrowed(self) -> list[str]:
        """All conditions but the days."""
        found = []
        for tree, dictionary in TREES.items():
            if (node := self.question.node(tree)) is not None:
                column = honoured(self.table, tree, self.what).columns[0]
                found.append(self._subtree(f"{tree}_id", node, dictionary, column))
        found += self.of_rows()
        columns = self.table.columns
        scope, values = scope_of(
            self.question.viewer,
            ScopeColumns(*(name if name in columns else None for name in ("office_id", "rep_id", "product_id"))),
            self.org_day,
        )
        self.parameters |= values
        return found if scope == "1" else [*found, scope]

    def of_rows(self) -> list[str]:
        """The conditions that speak neither of the trees nor of who asks."""
        where, found = self.question.where, list[str]()
        for name, of in PLAIN_FILTERS.items():
            if (value := getattr(where, name)) is not None:
                found.append(self._equal(name, value, honoured(self.table, of, self.what)))
        for name, sign in (("expected_from", ">="), ("expected_to", "<=")):
            if (month := getattr(where, name)) is not None:
                honoured(self.table, "expected_month", self.what)
                # Bound as text: compared with a Date, the engine turns this into a range of days no projection has.
                self.parameters[name] = month.replace(day=1).isoformat()
                found.append(f"toStartOfMonth(expected_close_on) {sign} {{{name}:String}}")
        found += self.looking_back()
        if "is_overlay" in self.table.columns and not self.about_a_person:
            found.append("is_overlay = 0")
        return found

    def looking_back(self) -> list[str]:
        """No projection holds when a row came about: a question with these is answered from the rows themselves.

        Of the day itself what came about later that day is left out; what was told of it on a later day had happened.
        """
        if (as_of := self.question.where.as_of) is None:
            return []
        found = []
        zone = company().zone
        day = business_day(as_of.at, zone)
        if as_of.known == "then":
            found.append("received_at <= {as_of:DateTime64(6, 'UTC')}")
        if self.question.end >= day:  # before that day everything had happened
            self.parameters["as_of_day"] = day
            self.parameters["as_of_night"] = _instant(datetime.combine(day + timedelta(days=1), time(), zone))
            found.append(
                "(day < {as_of_day:Date} OR changed_at <= {as_of:DateTime64(6, 'UTC')}"
                " OR changed_at >= {as_of_night:DateTime64(6, 'UTC')})"
            )
        if found:
            self.parameters["as_of"] = _instant(as_of.at)
        return found

    @property
    def about_a_person(self) -> bool:
        """Overlay credit counts for the person who holds it, never in the total of a unit or a product."""
        return "rep" in self.question.by or self.question.where.rep_id is not None or self.question.viewer.only_own

    def _subtree(self, name: str, node: str, dictionary: str, column: str) -> str:
        path = path_of(dictionary, column).replace("{day}", self.org_day)
        if node == UNASSIGNED:
            return f"empty({path})"
        self.parameters[name] = node
        inside = f"({ever_below(dictionary, column, f'[{{{name}:String}}]')} AND has({path}, {{{name}:String}}))"
        # A product that nobody declared can still be asked for by its id.
        return inside if name == "unit_id" else f"({inside} OR {column} = {{{name}:String}})"

    def _equal(self, name: str, value: str, dimension: Dimension) -> str:
        self.parameters[name] = value
        left = dimension.value.replace("{day}", self.org_day)
        if left.startswith("if("):  # an id: '' is what stands in the table
            left = dimension.columns[0]
            self.parameters[name] = "" if value == UNASSIGNED else value
        return f"{left} = {{{name}:String}}"


def _instant(at: datetime) -> str:
    """As the engine reads a bound DateTime64."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def conditions(question: Question, table: str, is_stock: bool, what: str) -> tuple[str, dict[str, Any], Reads]:
    """The WHERE of a question on one table, the viewer's scope in it, its bound values, and what it reads."""
    parts = Parts(question, TABLES[table], is_stock, what)
    return parts.conditions(), parts.parameters, parts.reads


def moment(question: Question, table: str) -> str:
    """The part of `conditions` that leaves out what had not come about by the moment looked back to; "1" without one.

    For what is asked of a table beside the question itself; the bound values are those of `conditions`.
    """
    return " AND ".join(Parts(question, TABLES[table], True, "the past").looking_back()) or "1"
