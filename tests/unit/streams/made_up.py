"""A company that sells the same every day, for detection to be wrong about: two regions, six offices, four products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl

from ingest.calendar import WorkingCalendar
from ingest.events import Finding
from streams.detection.causes.explained import explained
from streams.detection.causes.sold import Days, Sold
from streams.detection.findings import key_of
from streams.detection.picture import Picture, Seen
from streams.detection.rules import RULES
from streams.detection.sweeper import found
from streams.detection.windows import Windows
from streams.organisation import FOREVER, Node, Org, Span
from warehouse.key import Key

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 18, tzinfo=ZONE)
OFFICES = {"a": "east", "b": "east", "c": "east", "d": "west", "e": "west", "f": "west"}
PRODUCTS = {"p1": "cam", "p2": "cam", "p3": "nvr", "p4": "nvr"}
ORDER = Decimal(20_000)
"""What every office sells of every product on every working day, alternately by its two reps."""

VISITS = pl.Schema({"rep": pl.String(), "visits": pl.Int64()})
DAYS = [date(2026, 6, 1) + timedelta(n) for n in range((TODAY - date(2026, 6, 1)).days + 1)]
CALENDAR = WorkingCalendar("CN")

Sale = Callable[[date, str, str, str], float]
"""Factor on the usual order of (day, office, product, rep); below 0 more is taken back than sold."""


def as_ever(day: date, office: str, product: str, rep: str) -> float:
    """Nothing is off."""
    return 1.0


def working_days_ago(count: int) -> date:
    """The working day so many before today."""
    return CALENDAR.add_working_days(TODAY, -count)


def span(unit: str, role: str, **fields: object) -> Span:
    """What a person has been for ever."""
    since: dict[str, object] = {"start": date(2020, 1, 1), "end": FOREVER, "role_since": date(2020, 1, 1)}
    return Span(**{**since, "unit_id": unit, "role": role, "status": "active", "stand_in_id": "", **fields})  # type: ignore[arg-type]


def org(**people: list[Span]) -> Org:
    """Offices and regions with a manager each ("m-a"), lines too ("m-cam"), two reps an office ("a1", "a2")."""
    units = {"hq": Node("hq", ("hq",), "company", "m-hq")}
    units |= {one: Node(one, ("hq", one), "region", f"m-{one}") for one in ("east", "west")}
    units |= {one: Node(one, ("hq", region, one), "office", f"m-{one}") for one, region in OFFICES.items()}
    products = {one: Node(one, (one,), "line", f"m-{one}") for one in ("cam", "nvr")}
    products |= {one: Node(one, (line, one), "model") for one, line in PRODUCTS.items()}
    known = {f"m-{one}": [span(one, f"{node.tier}_manager")] for one, node in units.items()}
    known |= {f"m-{one}": [span("hq", "product_manager")] for one in ("cam", "nvr")}
    known |= {f"{office}{number}": [span(office, "rep")] for office in OFFICES for number in (1, 2)}
    return Org(TODAY, units, products, {**known, **people})


def picture(
    sale: Sale = as_ever,
    *,
    company: Org | None = None,
    calendar: WorkingCalendar = CALENDAR,
    now: datetime = NOW,
    targets: Mapping[Key, float] | None = None,
    visits: Mapping[str, tuple[int, int]] | None = None,
    opened: Mapping[Key, date] | None = None,
    since: date = DAYS[0],
) -> Picture:
    """What a sweep sees of it; `visits` by rep: in the recent days, and in the 60 before."""
    today = now.astimezone(ZONE).date()
    rows = []
    for number, day in enumerate(DAYS):
        for office in OFFICES:
            for place, product in enumerate(PRODUCTS):
                rep = f"{office}{1 + (number + place) % 2}"
                factor = sale(day, office, product, rep)
                if since <= day <= today and CALENDAR.weight(day) > 0 and factor != 0:
                    rows.append((day, office, product, rep, ORDER * Decimal(str(factor)), 1))
    names = ["day", "office", "leaf_product", "rep", "bookings", "order_lines"]
    sales = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("bookings").cast(pl.Decimal(38, 4)))
    sums = (pl.col("bookings").sum(), pl.col("order_lines").sum())
    windows = Windows.ending(now, today, ZONE, calendar, today)
    sales = sales.filter(pl.col("day") >= windows.days[0])
    visited = visits or {}
    seen = Seen(
        sales.group_by("day", "office", "leaf_product", maintain_order=True).agg(sums),
        sales.group_by("day", "rep", maintain_order=True).agg(sums),
        pl.DataFrame({"rep": list(visited), "visits": [now for now, _ in visited.values()]}, schema=VISITS),
        pl.DataFrame({"rep": list(visited), "visits": [before for _, before in visited.values()]}, schema=VISITS),
        {key: value * 1e4 for key, value in (targets or {}).items()},
        opened=opened or {},
    )
    return Picture(windows, company or org(), seen)


def swept(
    *args: object, words: list[Finding] | None = None, over: list[Finding] | None = None, **kwargs: object
) -> dict[tuple[str, Key], Finding]:
    """What a sweep of that picture has to say, by rule and key; `over` ended lately."""
    told = found(picture(*args, **kwargs), words or [], RULES, over or [])  # type: ignore[arg-type]
    return {(finding.rule, key_of(finding)): finding for finding in told}


def with_causes(
    finding: Finding, seen: Picture, sale: Sale = as_ever, price: Callable[[date, str, str, str], float] = as_ever
) -> Finding:
    """The finding with its causes, of what is sold by office, product and rep; `price`: the part of the list price."""
    return explained(finding, sold_of(finding, seen, sale, price), seen)


def sold_of(
    finding: Finding, seen: Picture, sale: Sale = as_ever, price: Callable[[date, str, str, str], float] = as_ever
) -> Sold:
    """What the causes of a finding are read from."""
    days, org, part = Days.of(finding, seen), seen.org, finding.slice
    rows = []
    for number, day in enumerate(DAYS):
        for place, (office, product) in enumerate((one, other) for one in OFFICES for other in PRODUCTS):
            rep = f"{office}{1 + (number + place % len(PRODUCTS)) % 2}"
            inside = (
                part.unit_id in (None, *org.unit_path(office))
                and part.product_id in (None, *org.product_path(product))
                and part.person_id in (None, rep)
            )
            if not inside or not days.past_start <= day <= days.end or CALENDAR.weight(day) <= 0:
                continue
            if (factor := sale(day, office, product, rep)) != 0:
                amount = ORDER * Decimal(str(factor))
                at_list = amount / Decimal(str(price(day, office, product, rep)))
                rows.append((day, office, rep, product, amount, 1, amount, at_list))
    names = ["day", "office", "rep", "leaf_product", "bookings", "order_lines", "listed", "list"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        *(pl.col(name).cast(pl.Decimal(38, 4)) for name in ("bookings", "listed", "list"))
    )
    now, before = pl.col("day") >= days.start, pl.col("day") < days.past_end
    sums = [pl.col(name).filter(now).sum() for name in names[4:]]
    sums += [pl.col(name).filter(before).sum().alias(f"{name}_before") for name in names[4:]]
    leaves = frame.group_by("office", "rep", "leaf_product", maintain_order=True).agg(sums)
    visits = seen.seen.visits.join(seen.seen.visits_before.rename({"visits": "visits_before"}), on="rep")
    return Sold(leaves.with_columns(segment=pl.lit(""), route=pl.lit("")), visits)
