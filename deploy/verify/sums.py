"""What events contribute to a topic's sums, by day and key: computed a part at a time, kept in files, read by day."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from deploy.verify.log import Logged
from deploy.verify.readings import KEYS
from deploy.verify.standing import Counts, counted
from ingest.settings import CompanySettings

Reading = Callable[[Iterable[Logged], CompanySettings], pl.DataFrame]
Progress = Callable[[str], None]
NAMES = ("day", *KEYS, "customer_id")
"""What a row is about; its other columns are measures."""
DAYS_AT_ONCE = 31
Days = tuple[date | None, date | None]
"""From a day on and before another; None is open."""
EVER: Days = (None, None)


@dataclass(frozen=True)
class Share:
    """What some events contribute: a row a day and key, none where there is nothing."""

    sums: pl.DataFrame
    counts: Counts

    def __neg__(self) -> "Share":
        return Share(self.sums.with_columns(-pl.col(name) for name in measures(self.sums)), -self.counts)

    def save(self, path: Path) -> None:
        """Whole, or not at all."""
        aside = path.with_suffix(".new")
        sums = pl.DataFrame(schema={"day": pl.Date}) if self.sums.is_empty() else _added(self.sums.lazy()).collect()
        said = {name: str(number) for name, number in asdict(self.counts).items()}
        sums.sort("day").write_parquet(aside, metadata=said, row_group_size=10_000)
        aside.replace(path)


@dataclass(frozen=True)
class Recomputation:
    """How a topic's events are summed up, the folder for what is kept and what is on its way, and who hears of it."""

    topic: str
    compute: Reading
    company: CompanySettings
    folder: Path
    progress: Progress

    def share(self, logged: Iterable[Logged]) -> Share:
        """What these events contribute; those of one entity must all be among them, in their order."""
        of = counted(logged)
        return Share(self.compute(of.events, self.company), of.counts)

    def say(self, what: str) -> None:
        """How far it is."""
        self.progress(f"{self.topic}: {what}")


class Sums:
    """Shares that were saved, added up."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.counts, filled = Counts(), []
        for path in paths:
            held = pq.read_metadata(path)
            said = {name.decode(): value.decode() for name, value in (held.metadata or {}).items()}
            self.counts += Counts(**{name: int(said[name]) for name in asdict(self.counts)})
            filled += [path] if held.num_rows else []
        self._shares = pl.scan_parquet(filled) if filled else None

    def spans(self) -> Iterator[Days]:
        """All of time, in pieces of which none holds more than `DAYS_AT_ONCE` days of these sums."""
        first = last = None
        if self._shares is not None:
            first, last = self._shares.select(first=pl.min("day"), last=pl.max("day")).collect().row(0)
        begin: date | None = None
        if first is not None:
            for days in range(DAYS_AT_ONCE, (last - first).days + 1, DAYS_AT_ONCE):
                end = first + timedelta(days=days)
                yield begin, end
                begin = end
        yield begin, None

    def within(self, days: Days) -> pl.DataFrame:
        """A row a day and key; without columns where there is nothing at all."""
        if self._shares is None:
            return pl.DataFrame()
        since, until = days
        held = self._shares
        if since is not None:
            held = held.filter(pl.col("day") >= since)
        if until is not None:
            held = held.filter(pl.col("day") < until)
        return _added(held).collect()


def measures(sums: pl.DataFrame) -> Sequence[str]:
    """The columns that are summed."""
    return [name for name in sums.columns if name not in NAMES]


def _added(sums: pl.LazyFrame) -> pl.LazyFrame:
    keys = [name for name in sums.collect_schema().names() if name in NAMES]
    return sums.group_by(keys).agg(pl.all().sum())
