"""Where the problems are planted: on cells large enough to matter, apart from each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ingest.calendar import Period, WorkingCalendar
from ingest.events import Slice
from ingest.simulator.catalogue import LINES, Product
from ingest.simulator.plants import Effects, Plant
from ingest.simulator.sizes import CompanySize
from ingest.simulator.staff import Post
from ingest.simulator.units import Unit

PROBLEM_DAYS = 25
SILENT_DAYS_BEFORE = 7
HOLIDAY_DAYS, STOCK_TAKING_DAYS = 3, 2
BIG_ORDER_GAP = 31
"""Working days between the orders of the rep with two big ones a quarter."""


@dataclass(frozen=True)
class Planting:
    """The chosen places, by index; `quiet_offices` hold a plant and see no other change of staff."""

    effects: Effects
    holiday_region: int
    stock_taking_office: int
    days_off: dict[tuple[str, date], str]
    quiet_offices: frozenset[int]

    @property
    def successor(self) -> int:
        return self.effects.successor


def choose(
    size: CompanySize,
    today: date,
    calendar: WorkingCalendar,
    regions: Sequence[Unit],
    offices: Sequence[Unit],
    catalogue: Sequence[Product],
    posts: Sequence[Post],
) -> Planting:
    """Place every plant, and give the two planted posts the weight and the number of orders that make their case."""
    by_line = [[product for product in catalogue if product.line == line] for line in range(size.lines)]
    business = np.bincount([post.office for post in posts], [post.weight for post in posts], len(offices))
    by_region = np.bincount([office.parent for office in offices], business)
    holiday_region = int(np.argmin(by_region))
    rest = [int(office) for office in np.argsort(-business) if offices[office].parent != holiday_region]
    losing, silent, lumpy = rest[:3]
    stock_taking = rest[3] if len(rest) > 3 else lumpy

    silent_post = next(post for post in posts if post.office == silent)
    silent_post.weight, silent_post.orders = max(silent_post.weight, 2.2), max(silent_post.orders, 14.0)
    lumpy_post = next(post for post in posts if post.office == lumpy)
    lumpy_post.weight, lumpy_post.orders = 1.2, 0.0

    since = calendar.add_working_days(today, -PROBLEM_DAYS)
    replaced_line = by_line[2] if size.lines > 2 else by_line[0]
    effects = Effects(
        since=since,
        silent_since=calendar.add_working_days(since, -SILENT_DAYS_BEFORE),
        silent_post=silent_post.index,
        lost_cell=(losing, 1),  # a line to which neither the falling nor the replaced product belongs
        falling_product=by_line[0][2].index,
        predecessor=replaced_line[1].index,
        successor=replaced_line[-1].index,
        lumpy_post=lumpy_post.index,
        lumpy_days=_big_order_days(today, calendar, size.months),
    )
    days_off = {
        (unit_id, calendar.add_working_days(today, -back)): reason
        for unit_id, days, reason in (
            (regions[holiday_region].id, HOLIDAY_DAYS, "地方节日 regional holiday"),
            (offices[stock_taking].id, STOCK_TAKING_DAYS, "盘点 stock-taking"),
        )
        for back in range(1, days + 1)
    }
    return Planting(effects, holiday_region, stock_taking, days_off, frozenset({losing, silent, lumpy, stock_taking}))


def _big_order_days(today: date, calendar: WorkingCalendar, months: int) -> frozenset[date]:
    """Days of big orders, two a quarter: the next one soon after today and, where there is time, in its month.

    The one before lies more than a month's working days back, so the month of today has none yet.
    """
    ahead = calendar.working_days(today + timedelta(1), Period.containing(today, "month").end)
    next_one = calendar.add_working_days(today, int(min(max(ahead - 1, 1), 6)))
    days = [next_one]
    for step, count in ((-BIG_ORDER_GAP, months * 22 // BIG_ORDER_GAP + 1), (BIG_ORDER_GAP, 12)):
        day = next_one
        for _ in range(count):
            day = calendar.add_working_days(day, step)
            days.append(day)
    return frozenset(days)


def answers(
    planting: Planting,
    regions: Sequence[Unit],
    offices: Sequence[Unit],
    catalogue: Sequence[Product],
    posts: Sequence[Post],
    line_managers: Sequence[str],
) -> tuple[Plant, ...]:
    """What a fair board must find, and what it must leave alone."""
    effects = planting.effects
    silent, lumpy = posts[effects.silent_post], posts[effects.lumpy_post]
    losing, lost_line = offices[effects.lost_cell[0]], LINES[effects.lost_cell[1]]
    falling, old, new = (catalogue[i] for i in (effects.falling_product, effects.predecessor, effects.successor))
    holiday, counting = regions[planting.holiday_region], offices[planting.stock_taking_office]
    off = {
        unit.id: min(day for unit_id, day in planting.days_off if unit_id == unit.id) for unit in (holiday, counting)
    }
    rep = silent.holders[0][1]
    return (
        Plant(
            "silent-rep", "rep_stopped_visiting", Slice(unit_id=offices[silent.office].id, person_id=rep), rep,
            effects.since, -1,
            f"{rep} has visited nobody since {effects.silent_since}; orders stopped coming {effects.since}", True,
        ),
        Plant(
            "lost-line", "office_lost_line", Slice(unit_id=losing.id, product_id=lost_line.id), losing.manager_id,
            effects.since, -1,
            f"{losing.place.name_en} has hardly sold {lost_line.name_en} since {effects.since}", True,
        ),
        Plant(
            "falling-product", "product_falling", Slice(product_id=falling.id), line_managers[falling.line],
            effects.since, -1,
            f"{falling.name_en} sells less than half of the usual everywhere since {effects.since}", True,
        ),
        Plant(
            "regional-holiday", "region_on_holiday", Slice(unit_id=holiday.id), None, off[holiday.id], 0,
            f"{holiday.place.name_en} had {HOLIDAY_DAYS} days off of its own; by its calendar it is on pace", False,
        ),
        Plant(
            "big-orders", "rep_with_few_big_orders",
            Slice(unit_id=offices[lumpy.office].id, person_id=lumpy.holders[0][1]), None, effects.since, 0,
            "two big orders a quarter, the next is due; so a month is often empty until late", False,
        ),
        Plant(
            "successor", "successor_product", Slice(product_id=old.id), None, effects.since, 0,
            f"{new.name_en} replaces {old.name_en} since {effects.since}; the two together are on pace", False,
        ),
        Plant(
            "stock-taking", "stock_taking", Slice(unit_id=counting.id), None, off[counting.id], 0,
            f"{counting.place.name_en} stopped for {STOCK_TAKING_DAYS} days of stock-taking; by its calendar on pace",
            False,
        ),
    )  # fmt: skip
