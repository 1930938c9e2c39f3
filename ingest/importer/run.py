"""The import itself: read, map, send, remember how far, and report."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from ingest.errors import Terminal
from ingest.importer.checkpoint import Checkpoint, key_of
from ingest.importer.outlets import Checked, Outlet, ToKafka, Workers
from ingest.importer.replay import due, moment_of, one_block
from ingest.importer.report import FileReport, ImportReport, RuleReport
from ingest.importer.sealing import Origin, Receipt
from ingest.mappings.contents import BLOCK_ROWS, Block, Shift, blocks, newest
from ingest.mappings.joins import LeftOut, Table
from ingest.mappings.mapping import draft
from ingest.mappings.rules import CompiledMapping, EventRule
from ingest.mappings.tables import read_tables
from ingest.publisher import Publisher
from ingest.settings import kafka

_REFERENCE = ("org", "targets", "tasks", "control-totals")
_ON_THE_WAY = 6  # blocks handed to the outlet and not yet confirmed
_DAY_MICROSECONDS = 86_400_000_000


@dataclass(frozen=True)
class Progress:
    """How far: `done` of `total` rows, of the file or rule `label`; None is not known yet."""

    label: str
    done: int
    total: int | None


def run_import(
    mapping_path: Path,
    folder: Path,
    *,
    dry_run: bool = False,
    replay: float | None = None,
    shift_to_now: bool = False,
    keep_weekday: bool = False,
    limit: int | None = None,
    drop_duplicates: bool | None = None,
    outlet: Outlet | None = None,
    publisher: Publisher | None = None,
    state_dir: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    now: datetime | None = None,
    block_rows: int = BLOCK_ROWS,
) -> ImportReport:
    """Bring the rows of `folder` onto the topics as `mapping_path` says.

    `dry_run` sends nothing. `replay` is how many times faster than they happened the events are sent (None: at once).
    `shift_to_now` moves every date by the whole days (`keep_weekday`: whole weeks) after which the newest event lies
    just before `now`. `limit` takes the first rows of every file. `drop_duplicates` overrides the mapping. Events go
    to `outlet`, or through `publisher`, or else through sending processes of their own to the Kafka of the settings.
    With `state_dir` an import that was stopped (`stop`, an error) goes on where it was, to `block_rows` rows.

    Raises `MappingError` when mapping and files do not fit, `Transient` when Kafka is away. A row that cannot become
    an event never stops the import: it is in the report.
    """
    began = time.monotonic()
    told = progress or (lambda _: None)
    mapping = _of_files(draft(mapping_path))
    if not folder.is_dir():
        mapping.checked()
        raise Terminal(f"there is no folder {folder}")

    def read(name: str, rows: int | None) -> None:
        told(Progress(name, rows or 0, rows))

    tables = read_tables(mapping, folder, limit=limit, drop_duplicates=drop_duplicates, told=read)
    report = ImportReport(
        mapping.title, mapping.source.name, dry_run, tuple(FileReport.of(table) for table in tables.values())
    )
    for table in tables.values():
        report.left_out.add(table.name, table.left_out)
    way = _outlet(outlet, publisher, dry_run=dry_run)
    try:
        log, after = ({}, "") if dry_run else (way.log(), way.last_retraction(mapping.source.name))
        key = key_of(
            mapping.text,
            [path for table in tables.values() for path in table.paths],
            [limit, drop_duplicates, shift_to_now, keep_weekday, replay is not None, *([after] if after else [])],
        )
        checkpoint = Checkpoint.open(None if dry_run else state_dir, key, log)
        if shift_to_now and checkpoint.shift_days is None:
            checkpoint.shift_days = _days_to_now(mapping, tables, now or datetime.now(UTC), keep_weekday=keep_weekday)
        report.shift_days = checkpoint.shift_days or 0
        report.resumed_rows = sum(checkpoint.rows.values())
        work = _Import(mapping, tables, way, after, checkpoint, report, told, stop or threading.Event(), block_rows)
        report.finished = work.at_once() if replay is None or dry_run else work.replayed(replay)
        if report.finished:
            checkpoint.finish()
    finally:
        way.close()
    report.seconds = time.monotonic() - began
    return report


def _of_files(mapping: CompiledMapping) -> CompiledMapping:
    """What an import can do; the rows of other tables arrive by themselves."""
    if not mapping.files:
        mapping.checked()
        raise Terminal(f"{mapping.title} describes no files: its rows are taken by `oneboard listen`, or by the door")
    return mapping.only(mapping.files)


def _outlet(outlet: Outlet | None, publisher: Publisher | None, *, dry_run: bool) -> Outlet:
    if dry_run:
        return Checked()
    if outlet is not None:
        return outlet
    return ToKafka(publisher) if publisher is not None else Workers(kafka())


def _days_to_now(mapping: CompiledMapping, tables: dict[str, Table], now: datetime, *, keep_weekday: bool) -> int:
    """Days from the newest event to now, rounded down; org and targets are no events that happened."""
    found = [
        moment
        for rule in mapping.rules
        if rule.topic.name not in _REFERENCE and (moment := newest(rule, tables[rule.table], mapping)) is not None
    ]
    if not found:
        return 0
    days = (int(now.timestamp() * 1_000_000) - max(found)) // _DAY_MICROSECONDS
    return days // 7 * 7 if keep_weekday else days


class _Import:
    def __init__(
        self,
        mapping: CompiledMapping,
        tables: dict[str, Table],
        outlet: Outlet,
        after: str,
        checkpoint: Checkpoint,
        report: ImportReport,
        told: Callable[[Progress], None],
        stop: threading.Event,
        block_rows: int,
    ) -> None:
        self._mapping, self._tables, self._outlet, self._checkpoint = mapping, tables, outlet, checkpoint
        self._after = after
        self._report, self._told, self._stop, self._block_rows = report, told, stop, block_rows
        self._shift = Shift(report.shift_days)
        self._reports = {rule.place: RuleReport(rule.name, rule.topic.name) for rule in mapping.rules}
        report.rules = list(self._reports.values())

    def at_once(self) -> bool:
        """Rule after rule, so that the versions of an entity come in their order; False when stopped."""
        return all(self._whole_rule(rule) for rule in self._mapping.rules)

    def replayed(self, factor: float) -> bool:
        """Org and targets at once, then every other event when it is due; False when stopped."""
        for rule in self._mapping.rules:
            if rule.topic.name in _REFERENCE and not self._whole_rule(rule):
                return False
        timeline = sorted(self._timeline(), key=lambda event: event[0])
        skip = self._checkpoint.rows.get("replay", 0)
        timeline = timeline[skip:]
        moments = [moment for moment, _, _ in timeline]
        for places in due(moments, factor, time.monotonic, self._stop.wait):
            if self._stop.is_set():
                return False
            batch = timeline[places.start : places.stop]
            for rule, events in groupby(batch, key=lambda event: event[1].rule):
                block = one_block(rule, list(events))
                self._note(rule, block, self._take(block).result())
            if batch:
                self._checkpoint.advance("replay", len(batch))
                self._told(Progress("replay", skip + places.stop, skip + len(timeline)))
        return True

    def _timeline(self) -> Iterator[tuple[int, Block, int]]:
        for rule in self._mapping.rules:
            if rule.topic.name in _REFERENCE:
                continue
            for block in self._blocks(rule, 0):
                self._count(rule, block)
                for place, content in enumerate(block.contents):
                    yield moment_of(content), block, place

    def _whole_rule(self, rule: EventRule) -> bool:
        start = self._checkpoint.rows.get(str(rule.place), 0)
        done, total = start, self._tables[rule.table].frame.height
        under_way: deque[tuple[Block, Future[Receipt]]] = deque()

        def confirm() -> None:
            nonlocal done
            block, future = under_way.popleft()
            receipt = future.result()
            self._count(rule, block)
            self._note(rule, block, receipt)
            self._checkpoint.advance(str(rule.place), block.rows)
            done += block.rows
            self._told(Progress(rule.name, done, total))

        for block in self._blocks(rule, start):
            under_way.append((block, self._take(block)))
            if len(under_way) >= _ON_THE_WAY:
                confirm()
            if self._stop.is_set():
                break
        while under_way:
            confirm()
        if self._stop.is_set():
            return False
        self._told(Progress(rule.name, done, done))  # with `each` it looks at fewer rows than the file has
        return True

    def _blocks(self, rule: EventRule, start: int) -> Iterator[Block]:
        table = self._tables[rule.table]
        return blocks(rule, table, self._mapping, shift=self._shift, start=start, size=self._block_rows)

    def _take(self, block: Block) -> "Future[Receipt]":
        return self._outlet.take(block.rule.topic.name, block.contents, Origin(block.files, self._after))

    def _count(self, rule: EventRule, block: Block) -> None:
        """What became of the rows before any was sent."""
        found = self._reports[rule.place]
        found.rows += block.rows
        found.skipped += block.skipped
        self._report.left_out.add(rule.name, block.left_out)

    def _note(self, rule: EventRule, block: Block, receipt: Receipt) -> None:
        """What became of the contents."""
        self._reports[rule.place].totals += receipt.totals
        refused = [
            LeftOut(block.files[place], block.lines[place], fault.field, fault.message)
            for place, fault in receipt.refused
        ]
        self._report.left_out.add(rule.name, refused)
        conflicts = [
            LeftOut(block.files[place], block.lines[place], None, entity) for place, entity in receipt.conflicting
        ]
        self._report.conflicts.add(rule.name, conflicts)
