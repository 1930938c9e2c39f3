"""From rows to the contents of events: canonical JSON text, column by column, and the rows that give none."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import numpy as np
import polars as pl

from ingest.connectors.table import LINE
from ingest.mappings.columns import Column, Faults, Kind, Rows
from ingest.mappings.conversions import convert, localized, written
from ingest.mappings.evaluate import evaluate, evaluate_as, truths
from ingest.mappings.fields import FieldKind
from ingest.mappings.functions import FILE
from ingest.mappings.joins import LeftOut, Table
from ingest.mappings.rules import Branch, CompiledMapping, EventRule, Leaf, Tree

BLOCK_ROWS = 20_000
_SPECIAL = r'["\\\x00-\x1f]'
_PERIOD_DAYS = {"month": 30.436875, "quarter": 91.310625, "year": 365.2425}


@dataclass(frozen=True)
class Block:
    """Contents of some rows of a rule, in order, with their places in the source; and what was left out."""

    rule: EventRule
    contents: list[bytes]
    files: list[str]
    lines: list[int]
    left_out: list[LeftOut] = field(default_factory=list)
    skipped: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Shift:
    """Whole days by which every date moves, local clock time kept; periods move by whole periods."""

    days: int = 0

    def period(self, text: str) -> str:
        """`text` as 2026, 2026-Q4 or 2026-11, moved."""
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            index = int(match[1]) * 12 + int(match[2]) - 1 + round(self.days / _PERIOD_DAYS["month"])
            return f"{index // 12:04}-{index % 12 + 1:02}"
        if match := re.fullmatch(r"(\d{4})-Q(\d)", text):
            index = int(match[1]) * 4 + int(match[2]) - 1 + round(self.days / _PERIOD_DAYS["quarter"])
            return f"{index // 4:04}-Q{index % 4 + 1}"
        if re.fullmatch(r"\d{4}", text):
            return f"{int(text) + round(self.days / _PERIOD_DAYS['year']):04}"
        return text


@dataclass(frozen=True)
class Chosen:
    """The rows a rule looks at, those it cannot judge, and how many it does not mean."""

    frame: pl.DataFrame
    left_out: list[LeftOut] = field(default_factory=list)
    skipped: int = 0


def chosen(rule: EventRule, table: Table, mapping: CompiledMapping) -> Chosen:
    """All rows, or with `each` one for every distinct value among those where `when` holds."""
    if not rule.each:
        return Chosen(table.frame)
    frame, faults = table.frame, Faults()
    rows = table.rows(frame, mapping, faults)
    if rule.when is not None:
        rows = rows.only(np.flatnonzero(truths(rule.when, rows)))
    names = [f"\x00{place}" for place in range(len(rule.each))]
    keys = {name: evaluate_as(node, Kind.TEXT, rows).values for name, node in zip(names, rule.each, strict=True)}
    keyed = rows.frame.with_columns(**keys)
    present = keyed.filter(pl.all_horizontal(pl.col(names).is_not_null()))
    one_each = present.unique(subset=names, keep=rule.take, maintain_order=True).drop(names)
    key = "when" if rule.when is not None else "each"
    left_out = [
        LeftOut(frame[FILE][at], frame[LINE][at], key, message) for at, message in sorted(faults.messages.items())
    ]
    return Chosen(one_each, left_out, frame.height - rows.frame.height)


def blocks(
    rule: EventRule, table: Table, mapping: CompiledMapping, *, shift: Shift, start: int = 0, size: int = BLOCK_ROWS
) -> Iterator[Block]:
    """The contents of a rule's events from its `start`-th row on, block by block."""
    found = chosen(rule, table, mapping)
    if start == 0 and (found.left_out or found.skipped):
        yield Block(rule, [], [], [], found.left_out, found.skipped)
    for first in range(start, found.frame.height, size):
        yield _block(rule, table, mapping, found.frame.slice(first, size), shift)


def newest(rule: EventRule, table: Table, mapping: CompiledMapping) -> int | None:
    """The instant of the newest event a rule gives, in microseconds since 1970."""
    rows = table.rows(chosen(rule, table, mapping).frame, mapping, Faults())
    if rule.when is not None:
        rows = rows.only(np.flatnonzero(truths(rule.when, rows)))
    leaf = rule.tree.members["occurred_at"]
    assert isinstance(leaf, Leaf)
    found = evaluate_as(leaf.node, Kind.INSTANT, rows).values.dt.timestamp("us").max()
    return None if found is None else int(found)


def _block(rule: EventRule, table: Table, mapping: CompiledMapping, frame: pl.DataFrame, shift: Shift) -> Block:
    files, lines = frame[FILE].to_list(), frame[LINE].to_list()
    bad: dict[int, tuple[str, str]] = {}
    rows = table.rows(frame, mapping, Faults())
    held = np.ones(frame.height, dtype=np.bool_) if rule.when is None else truths(rule.when, rows)
    bad |= {position: ("when", message) for position, message in rows.faults.messages.items()}
    held[list(bad)] = False
    rows = rows.only(np.flatnonzero(held))
    texts = _json(rule.tree, "", rows, shift, bad)
    contents: list[bytes] = []
    kept: list[int] = []
    for position, text in zip(rows.positions.tolist(), (texts if texts is not None else []), strict=True):
        if position not in bad:
            contents.append(text.encode())
            kept.append(position)
    left_out = [LeftOut(files[at], lines[at], name, message) for at, (name, message) in sorted(bad.items())]
    return Block(
        rule,
        contents,
        [files[at] for at in kept],
        [lines[at] for at in kept],
        left_out,
        skipped=frame.height - len(rows) - sum(1 for name, _ in bad.values() if name == "when"),
        rows=frame.height,
    )


def _json(tree: Tree, key: str, rows: Rows, shift: Shift, bad: dict[int, tuple[str, str]]) -> pl.Series:
    """JSON text of every row's value, null where it is absent."""
    if isinstance(tree, Leaf):
        faulty = Rows(rows.frame, rows.positions, rows.forms, Faults(), rows.maps, rows.zone)
        text = _leaf(tree, key, faulty, shift)
        for position, message in faulty.faults.messages.items():
            bad.setdefault(position, (key, message))
        return text
    if isinstance(tree, Branch):
        members = {
            name: _json(member, f"{key}.{name}" if key else name, rows, shift, bad)
            for name, member in sorted(tree.members.items())
        }
        parts = [pl.lit(json.dumps(name, ensure_ascii=False) + ":") + pl.col(name) for name in members]
        return _wrapped(members, parts, "{", "}", len(rows), keep_empty=not tree.members)
    items = {str(place): _json(item, key, rows, shift, bad) for place, item in enumerate(tree.items)}
    return _wrapped(items, [pl.col(name) for name in items], "[", "]", len(rows), keep_empty=False)


def _wrapped(
    columns: dict[str, pl.Series], parts: Sequence[pl.Expr], opening: str, closing: str, count: int, *, keep_empty: bool
) -> pl.Series:
    if not columns:
        return pl.Series([opening + closing if keep_empty else None], dtype=pl.String).new_from_index(0, count)
    inner = pl.concat_str(parts, separator=",", ignore_nulls=True)
    whole = pl.when(inner != "").then(pl.lit(opening) + inner + pl.lit(closing)).alias("json")
    return pl.DataFrame(columns).select(whole)["json"]


def _leaf(leaf: Leaf, key: str, rows: Rows, shift: Shift) -> pl.Series:
    column = evaluate(leaf.node, rows)
    wanted = leaf.kind or FieldKind(column.kind)
    assert wanted.kind is not None
    column = convert(column, wanted.kind, rows)
    if shift.days:
        column = _moved(column, key, shift, rows)
    return _FRAGMENTS[column.kind](column, wanted, rows)


def _moved(column: Column, key: str, shift: Shift, rows: Rows) -> Column:
    if column.kind is Kind.DAY:
        return Column(Kind.DAY, column.values + timedelta(days=shift.days), column.form)
    if column.kind is Kind.INSTANT:
        local = column.values.dt.convert_time_zone(rows.zone.key).dt.replace_time_zone(None)
        return Column(Kind.INSTANT, localized(local + timedelta(days=shift.days), rows.zone), column.form)
    if key == "period":
        moved = [None if text is None else shift.period(text) for text in column.values.to_list()]
        return Column(column.kind, pl.Series(moved, dtype=pl.String), column.form)
    return column


def _text_fragment(column: Column, wanted: FieldKind, rows: Rows) -> pl.Series:
    texts: pl.Series = column.values
    special = texts.str.contains(_SPECIAL).fill_null(value=False)
    quoted = pl.select(pl.lit('"') + texts + pl.lit('"')).to_series()
    if special.any():
        at = special.arg_true()
        escaped = [json.dumps(text, ensure_ascii=False) for text in texts.gather(at).to_list()]
        quoted = quoted.scatter(at, pl.Series(escaped, dtype=pl.String))
    return quoted


def _number_fragment(column: Column, wanted: FieldKind, rows: Rows) -> pl.Series:
    if not wanted.whole:
        texts = [None if number is None else f'"{_shortest(number)}"' for number in column.values]
        return pl.Series(texts, dtype=pl.String)
    whole: list[str | None] = []
    for place, number in enumerate(column.values):
        if number is not None and number != number.to_integral_value():
            rows.faults.add([int(rows.positions[place])], [f"{number} is not a whole number"])
        whole.append(None if number is None else str(int(number)))
    return pl.Series(whole, dtype=pl.String)


def _shortest(number: Decimal) -> str:
    text = written(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day_fragment(column: Column, wanted: FieldKind, rows: Rows) -> pl.Series:
    return column.values.dt.to_string('"%Y-%m-%d"')  # type: ignore[no-any-return]


def _instant_fragment(column: Column, wanted: FieldKind, rows: Rows) -> pl.Series:
    return column.values.dt.to_string('"%Y-%m-%dT%H:%M:%S%.fZ"')  # type: ignore[no-any-return]


def _truth_fragment(column: Column, wanted: FieldKind, rows: Rows) -> pl.Series:
    return convert(column, Kind.TEXT, rows).values  # type: ignore[no-any-return]


_FRAGMENTS = {
    Kind.TEXT: _text_fragment,
    Kind.NUMBER: _number_fragment,
    Kind.DAY: _day_fragment,
    Kind.INSTANT: _instant_fragment,
    Kind.TRUTH: _truth_fragment,
}
