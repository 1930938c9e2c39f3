"""What an import did, or would do: what entered, what not and why, with the lines of the source."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.importer.sealing import Totals
from ingest.mappings.joins import LeftOut, Table

KEPT_EXAMPLES = 5
"""Examples kept of every (rule, field); all are counted."""


@dataclass(frozen=True)
class FileReport:
    """`duplicates` are rows equal in every column to an earlier one; `dropped` of them did not enter."""

    name: str
    paths: tuple[Path, ...]
    rows: int
    duplicates: int
    dropped: int
    filtered: int
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, table: Table) -> "FileReport":
        return cls(
            table.name,
            tuple(table.paths),
            table.rows_read,
            table.duplicates,
            table.duplicates_dropped,
            table.filtered,
            tuple(table.warnings),
        )


@dataclass
class RuleReport:
    """One `[[emit]]`: rows looked at, rows `when` did not choose, and the totals of the events that entered."""

    name: str
    topic: str
    rows: int = 0
    skipped: int = 0
    totals: Totals = field(default_factory=Totals)


@dataclass
class LeftOuts:
    """Rows that gave no event, counted by where they failed, with the first examples of each."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[LeftOut]] = field(default_factory=dict)

    def add(self, where: str, rows: Iterable[LeftOut]) -> None:
        """`where` is the rule, or the file for rows that are no rows."""
        for row in rows:
            key = (where, row.field or "")
            self.counts[key] += 1
            kept = self.examples.setdefault(key, [])
            if len(kept) < KEPT_EXAMPLES:
                kept.append(row)

    @property
    def total(self) -> int:
        return self.counts.total()

    def lines(self) -> Iterable[str]:
        """Most frequent first, each with its examples."""
        for (where, name), count in self.counts.most_common():
            yield f"  {where}{', ' + name if name else ''}: {count:,} rows"
            for row in self.examples[where, name]:
                yield f"    {row.file} line {row.line}: {row.message}"
            if count > KEPT_EXAMPLES:
                yield f"    and {count - KEPT_EXAMPLES:,} more"


@dataclass
class ImportReport:
    """The whole import. `finished` is False when it was stopped; run again it goes on behind `resumed_rows`.

    `conflicts`, looked for in a dry run, are events that would enter and be refused behind the door.
    """

    mapping: str
    source: str
    dry_run: bool
    files: tuple[FileReport, ...]
    rules: list[RuleReport] = field(default_factory=list)
    left_out: LeftOuts = field(default_factory=LeftOuts)
    conflicts: LeftOuts = field(default_factory=LeftOuts)
    shift_days: int = 0
    resumed_rows: int = 0
    finished: bool = False
    seconds: float = 0.0

    @property
    def entered(self) -> int:
        """Events that are on the log now (or would be)."""
        return sum(rule.totals.count for rule in self.rules)

    def text(self) -> str:
        """The report for a person, in lines."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterable[str]:
        yield f"{'Dry run of' if self.dry_run else 'Import by'} {self.mapping} (source {self.source})"
        for file in self.files:
            names = ", ".join(path.name for path in file.paths)
            counted = [f"{file.rows:,} rows", f"{file.duplicates:,} exact duplicates ({_dropped(file)})"]
            if file.filtered:
                counted.append(f"{file.filtered:,} left out by where")
            yield f"  file {file.name}: {names}: {', '.join(counted)}"
            yield from (f"    note: {warning}" for warning in file.warnings)
        if self.shift_days:
            yield f"  every date moved by {self.shift_days:+,} days"
        if self.resumed_rows:
            yield f"  went on behind {self.resumed_rows:,} rows sent before"
        verb = "would enter" if self.dry_run else "entered"
        for rule in self.rules:
            yield f"  {rule.name} → {rule.topic}: {rule.totals.count:,} events {verb}{_details(rule)}"
        yield f"{self.entered:,} events {verb}, {self.left_out.total:,} rows left out" + (
            f" in {self.seconds:,.1f} s ({self.entered / self.seconds:,.0f}/s)" if self.seconds else ""
        )
        yield from self.left_out.lines()
        if self.conflicts.total:
            yield (
                f"{self.conflicts.total:,} events say something else than an earlier one of the same id and version"
                " and would be refused behind the door. Is line_id missing, or version?"
            )
            yield from self.conflicts.lines()
        if not self.finished and not self.dry_run:
            yield "Stopped before the end. The same command goes on from here."


def _dropped(file: FileReport) -> str:
    return f"{file.dropped:,} dropped" if file.dropped else "kept"


def _details(rule: RuleReport) -> str:
    totals = rule.totals
    parts = []
    if totals.first and totals.last:
        parts.append(f"{totals.first:%Y-%m-%d %H:%M} to {totals.last:%Y-%m-%d %H:%M} UTC")
    if totals.amount:
        parts.append(f"amount {totals.amount:,f}")
    if rule.skipped:
        parts.append(f"{rule.skipped:,} rows are not meant (when)")
    return f" ({'; '.join(parts)})" if parts else ""
