"""`make bench-loop`: problems planted, found, acted on, the remedy applied or not: does the check say rightly which?

A case is a company with a year behind it, a month in which a problem begins, and four months after. Detection finds
it, an action is agreed and carried out seven working days later; where the remedy is applied, what is booked from then
on is as if there had been no problem, else the problem goes on. The check is what the worker measures: the same spans,
peers and figures. Every case is written down when it is over; `--again` begins anew. `--first` is the first seed: what
the check is made of was chosen on 1000 and more, the table of the docs begins with 0.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from ingest.calendar import business_day
from ingest.events import Expected, Finding, Task
from ingest.settings import company
from ingest.simulator.pace import opening
from streams.detection.baseline import Key
from streams.detection.findings import key_of
from streams.detection.rules import RULES
from streams.detection.sweeper import found
from streams.effects.checker import effect
from streams.effects.differences import Floats, off_by_days
from streams.effects.meaning import of_effect
from streams.effects.places import Peers, Touched, added_up, on_working_days, peers
from streams.effects.spans import Spans, due
from tests.bench.planted import bookings, cash, deals, visits
from tests.bench.planted.company import SIZE, Place
from tests.bench.planted.plants import PROBLEMS, Facts
from tests.bench.planted.schedule import Month, spots
from tests.bench.planted.sweeps import Watch
from tests.written import Written, arguments
from warehouse.life import ActionRow
from warehouse.task_life import TaskCard, folded

KINDS = ("office", "product", "product × region", "person")
SIZES = (0.2, 0.3, 0.4, 0.5, 0.6)
BEFORE, AFTER = 12, 4
"""Months of the company's life before the one in which the problem begins, and after it."""
CNY = 10_000


@dataclass(frozen=True)
class Case:
    """What a seed stands for: forty seeds are every kind by every size, with the remedy and without."""

    seed: int

    @property
    def kind(self) -> str:
        return KINDS[self.seed % len(KINDS)]

    @property
    def size(self) -> float:
        return SIZES[self.seed // 8 % len(SIZES)]

    @property
    def is_remedied(self) -> bool:
        return self.seed // 4 % 2 == 0


@dataclass(frozen=True)
class Story:
    """What happened in a case: `normal` without a problem, `planted` with it, and the answer."""

    place: Place
    normal: Facts
    planted: Facts
    key: Key


def told(case: Case) -> Story:
    """The case as the simulator tells it."""
    rng = np.random.default_rng([case.seed, 11])
    place = Place.made(case.seed, replace(SIZE, months=BEFORE + 1 + AFTER), bare=True, after=AFTER)
    months = [*place.months]
    while len(months) < BEFORE + 1 + AFTER:
        months.append(months[-1].next())
    planned = bookings.planned(place.company, months)
    booked = bookings.normal(place.company, planned, rng)
    visited = visits.normal(place.company, place.month.start - timedelta(days=90), months[-1].end, rng)
    normal = Facts(booked, visited, deals.normal(place.company, planned), cash.normal(booked, rng))
    (spot,) = spots(place, 1, rng)
    planted, key, _ = PROBLEMS[case.kind](normal, spot, case.size, rng)
    return Story(place, normal, planted, key)


def found_in(story: Story) -> Finding | None:
    """What detection says of the very cell, swept at the end of each working day of the month; None where nothing."""
    watch = Watch(Month(0, story.place, story.planted, ()))
    for day in story.place.days:
        now = datetime.fromtimestamp(opening(day), UTC) + timedelta(hours=9)
        if (picture := watch.picture(now)) is None:
            continue
        for word in found(picture, list(watch.words.values()), RULES):
            watch.remember(word)
            if word.state == "open" and key_of(word) == story.key:
                return word
    return None


def agreed(finding: Finding, place: Place, cycle: int) -> TaskCard:
    """The action: agreed two working days after, to bring back what would go on missing, carried out in the week."""
    calendar, zone = place.company.calendar, company().zone
    day = business_day(finding.as_of, zone)
    done_on = calendar.add_working_days(day, 7)
    by = calendar.add_working_days(done_on, cycle)
    gone = max(calendar.working_days(business_day(finding.since, zone), day), 10.0)
    task = Task(
        occurred_at=finding.as_of + timedelta(days=2), task_id="t", title="the remedy", due_on=done_on,
        finding_id=finding.finding_id,
        expects=Expected(metric=finding.metric, slice=finding.slice, by=by,
                         amount=round(-finding.gap / round(gone) * cycle, 2)),
    )  # fmt: skip
    done = ActionRow("e", "task:t", "han", "done", "", "", datetime.fromtimestamp(opening(done_on), UTC))
    return folded([task], [done])


def remedied(story: Story, since: date) -> pl.DataFrame:
    """The bookings with the problem up to a day, and as if there had been none from the next on."""
    was, now = story.planted.bookings, story.normal.bookings
    after = pl.col("begun") > opening(since) + 43_200
    names = ("at", "told", "product", "rep", "amount", "list_amount", "lines")
    both = was.with_columns(now[name].alias(f"{name}_normal") for name in names)
    cured = (pl.when(after).then(f"{name}_normal").otherwise(name).alias(name) for name in names)
    return both.with_columns(cured).select(was.columns)


def dated(rows: pl.DataFrame) -> pl.DataFrame:
    """With the day each change counts for."""
    return rows.with_columns(day=pl.from_epoch(pl.col("at") + 8 * 3_600, time_unit="s").dt.date())


COLUMNS = {"rep": "rep", "office": "office", "leaf_product": "product"}


def within(rows: pl.DataFrame, story: Story, grain: str, span: tuple[date, date]) -> pl.DataFrame:
    """What counts for places of a grain in a span of days, of the planted line where the finding speaks of one."""
    here = rows.filter(pl.col("day") >= span[0], pl.col("day") <= span[1])
    if grain != "rep":
        here = here.filter(~pl.col("overlay"))
    if grain != "leaf_product" and story.key.product_id:
        org = story.place.org(story.place.days[-1], story.place.company.first_day)
        line = story.key.product_id
        here = here.filter(pl.col("product").is_in([id for id in org.products if line in org.product_path(id)]))
    return here


def sold(rows: pl.DataFrame, story: Story, grain: str, span: tuple[date, date]) -> dict[str, float]:
    """CNY by leaf in a span of days."""
    here = within(rows, story, grain, span).group_by(COLUMNS[grain]).agg(pl.col("amount").sum() / CNY)
    return dict(here.iter_rows())


def by_day(rows: pl.DataFrame, story: Story, places: Peers, span: tuple[date, date]) -> tuple[Floats, Floats]:
    """CNY by working day of the treated place, and of everywhere."""
    every = within(rows, story, places.grain, span)
    own = every.filter(pl.col(COLUMNS[places.grain]).is_in(list(places.members[places.treated])))
    sums = [dict(frame.group_by("day").agg(pl.col("amount").sum() / CNY).iter_rows()) for frame in (own, every)]
    return on_working_days(sums[0], sums[1], span, story.place.company.calendar)


def own(places: Peers, amounts: dict[str, float]) -> float:
    """What the treated place sold."""
    return sum(amounts.get(leaf, 0.0) for leaf in places.members[places.treated])


def measured(story: Story, card: TaskCard, spans: Spans, rows: pl.DataFrame) -> dict[str, Any]:
    """The check of those days, as the worker makes it, and the true effect beside it."""
    assert card.task.expects
    calendar = story.place.company.calendar
    org = story.place.org(spans.end, spans.before_start)
    places = peers(card.task.expects.slice, org, Touched(), spans.before_start, spans.end)
    assert places
    windows = (spans.usual, (spans.before_start, spans.before_end), (spans.start, spans.end))
    days = [calendar.working_days(*window) for window in windows]
    rates = [
        {leaf: amount / of for leaf, amount in sold(rows, story, places.grain, window).items()}
        for window, of in zip(windows, days, strict=True)
    ]
    place, others = added_up(places, rates)
    assert place
    off = [off_by_days(*by_day(rows, story, places, window)) for window in windows[1:]]
    place = replace(place, off_before=off[0], off_after=off[1])
    said = effect(card.task.expects, spans, place, others, (days[1], days[2]), calendar)
    without = dated(story.planted.bookings)
    really = own(places, sold(rows, story, places.grain, windows[2])) - own(
        places, sold(without, story, places.grain, windows[2])
    )
    return {**{name: float(said[name]) for name in ("effect", "low", "high", "expected") if name in said},
            "truth": really, "peers": said["peers"], "days": days[2], "is_last": spans.is_last}  # type: ignore[dict-item] # fmt: skip


def once(seed: int) -> dict[str, Any]:
    """One case from beginning to end: what was said at each look, in order of time."""
    case = Case(seed)
    story = told(case)
    row: dict[str, Any] = {"seed": seed, "kind": case.kind, "size": case.size, "is_remedied": case.is_remedied}
    finding = found_in(story)
    if finding is None:
        return row | {"looks": []}
    won = story.normal.deals.filter("won")
    cycle = round(float(won.select((pl.col("closed") - pl.col("opened")).dt.total_days().median()).item()) * 5 / 7)
    calendar = story.place.company.calendar
    card = agreed(finding, story.place, cycle)
    assert card.task.done_on
    rows = dated(remedied(story, card.task.done_on) if case.is_remedied else story.planted.bookings)
    since, looks = business_day(finding.as_of, company().zone), []
    for after in (10, cycle, 2 * cycle):
        today = calendar.add_working_days(card.task.done_on, after + 1)
        if today > calendar.add_working_days(story.place.month.end, 21 * AFTER):
            break
        spans = next(one for one in due(card, since, cycle, calendar, today) if one.kind == "lagging")
        looks.append(measured(story, card, spans, rows))
    return row | {"cycle": cycle, "looks": looks, "waited": (card.task.done_on - story.place.month.start).days}


def proposal(look: dict[str, Any]) -> str:
    """What the system says at a look."""
    known = (look["low"], look["high"]) if "low" in look else None
    return of_effect(known, look["expected"], is_last=look["is_last"])


def guessed(look: dict[str, Any]) -> str:
    """What the number alone would say, without its interval."""
    return "worked" if look.get("effect", 0.0) > look["expected"] / 2 else "did_not"


def table(cases: Sequence[dict[str, Any]]) -> list[str]:
    """By look and by kind: said rightly, wrongly, too early; and of these how often the number alone is wrong."""
    lines = [
        "| looked at after | planted | n | worked, rightly | did not, rightly | worked, wrongly | did not, wrongly"
        " | too early | of these wrong by the number alone | 80 % intervals that hold |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for at, name in enumerate(("10 working days", "one cycle", "two cycles")):
        for kind in (*KINDS, "**all**") if at == 1 else ("**all**",):
            here = [one for one in cases if len(one["looks"]) > at and kind in (one["kind"], "**all**")]
            lines.append(line(name, kind, at, here))
    return lines


def line(name: str, kind: str, at: int, cases: Sequence[dict[str, Any]]) -> str:
    """One row of the table."""
    said = [
        (proposal(one["looks"][at]), "worked" if one["is_remedied"] else "did_not", one["looks"][at]) for one in cases
    ]

    def count(what: str, *, right: bool) -> int:
        return sum(one == what and (one == truth) is right for one, truth, _ in said)

    early = [(truth, look) for one, truth, look in said if one == "too_early"]
    wrong = sum(guessed(look) != truth for truth, look in early)
    known = [look for _, _, look in said if "low" in look]
    held = sum(look["low"] <= look["truth"] <= look["high"] for look in known)
    holds = f"{held / len(known):.2f}" if known else "–"
    return (
        f"| {name} | {kind} | {len(said)} | {count('worked', right=True)} | {count('did_not', right=True)}"
        f" | {count('worked', right=False)} | {count('did_not', right=False)} | {len(early)} | {wrong} | {holds} |"
    )


def summary(cases: Sequence[dict[str, Any]]) -> str:
    """How many were found at all."""
    seen = [one for one in cases if one["looks"]]
    return f"{len(seen)} of {len(cases)} planted problems were found by their very cell and acted on"


def main() -> None:
    """Run seeds until enough problems were found and acted on, and say what came of all of them."""
    parser = arguments(__doc__)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    written = Written("loop", again=asked.again)
    done = {row["seed"]: row for row in written.rows()}
    cases: list[dict[str, Any]] = []
    while sum(bool(one["looks"]) for one in cases) < asked.cases:
        seed = asked.first + len(cases)
        if seed not in done:
            began = time.process_time()
            done[seed] = once(seed)
            written.add(done[seed])
            says = [proposal(look) for look in done[seed]["looks"]] or ["not found"]
            took = time.process_time() - began
            print(f"case {seed}: {', '.join(says)} ({took:.1f} s of processor)", flush=True)
        cases.append(done[seed])
    print("\n".join(["", summary(cases), "", *table(cases)]))


if __name__ == "__main__":
    main()
