"""What a month books: its orders with office, post, product, instant and amount, on plan but for what is planted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ingest.calendar import Period
from ingest.simulator.company import Company
from ingest.simulator.fitting import Floats, Ints, held_to_plan
from ingest.simulator.pace import MonthPace, local_day, opening
from ingest.simulator.staff import months_of

LOST_PER_WON = 1.2
GROSS_UP = 1.012
"""What cancellations and returns will take away again."""

MOST_DAYS_OPEN = 85
"""A deal opens at most so many days before it closes, so three months' plans ahead hold every open deal."""


@dataclass(slots=True)
class Deal:
    """A piece of business that ends at `at` (epoch seconds): an order, with or without a deal before it, or a loss.

    `amount` is in whole CNY. `days_open` 0 means that no deal came before the order. A `withered` deal would have been
    won if nothing had been planted.
    """

    key: str
    seed: int
    post: int
    office: int
    product: int
    at: int
    amount: int
    days_open: int
    fate: Literal["won", "lost", "withered"]
    call_off: bool = False
    big: bool = False


def plan_month(company: Company, month: Period) -> list[Deal]:
    """All business that ends in the month; depends on nothing but the company and the month."""
    rng = np.random.default_rng([company.seed, 2, month.start.year, month.start.month])
    counts = np.array([post.orders for post in company.posts])
    counts = np.floor(counts + rng.random(len(counts))).astype(np.int64)
    posts = np.repeat(np.arange(len(counts)), counts)
    offices = company.offices_of_posts[posts]
    products = _products(company.shares, offices, _evenly(offices, rng))
    lines = np.array([product.line for product in company.products])[products]
    shares = _evenly(offices * company.size.lines + lines, rng)
    amounts = rng.lognormal(0, 0.7, len(posts))
    amounts = held_to_plan(company, month, posts, offices, products, shares, amounts) * GROSS_UP
    instants = _instants(company, month, offices, _by_amount(offices, shares, amounts, rng))
    means = amounts.mean()
    has_deal = rng.random(len(posts)) < company.size.deals_share * np.clip(np.sqrt(amounts / means), 0.4, 2.0)
    days_open = np.where(has_deal, _days_open(rng, amounts / means), 0)
    deals = [
        Deal("", 0, int(p), int(o), int(k), int(at), int(round(a, -1)), int(d), "won")
        for p, o, k, at, a, d in zip(posts, offices, products, instants, amounts, days_open, strict=True)
    ]
    deals += _losses(company, month, int(LOST_PER_WON * has_deal.sum()), float(means), counts, rng)
    _wither(company, deals, rng)
    deals += _big_orders(company, month, rng)
    deals.sort(key=lambda deal: (deal.at, deal.post, deal.amount))
    _mark_call_offs(company, deals, rng)
    base = ((company.seed * 10_000 + month.start.year) * 100 + month.start.month) << 24
    for index, deal in enumerate(deals):
        deal.key = f"{month.start:%y%m}-{index + 1:05}"
        deal.seed = base + index
    return [deal for deal in deals if deal.days_open or deal.fate == "won"]


def _evenly(groups: Ints, rng: np.random.Generator) -> Floats:
    """For each element a place in [0, 1): within each group evenly spread, in random order."""
    order = np.lexsort((rng.random(len(groups)), groups))
    sizes = np.bincount(groups)
    starts = np.cumsum(sizes) - sizes
    ranks = np.empty(len(groups))
    ranks[order] = np.arange(len(groups))
    ranks -= starts[groups]
    return np.asarray((ranks + rng.random(len(groups))) / sizes[groups])


def _by_amount(groups: Ints, shares: Floats, amounts: Floats, rng: np.random.Generator) -> Floats:
    """The places again, in the same order, moved so that each group's running amount grows as they do."""
    order = np.lexsort((shares, groups))
    ordered, of = amounts[order], groups[order]
    totals = np.bincount(groups, amounts)
    before = np.cumsum(ordered) - ordered
    first = np.concatenate(([True], of[1:] != of[:-1]))
    before -= np.maximum.accumulate(np.where(first, before, 0))
    places = np.empty(len(groups))
    places[order] = (before + ordered * rng.uniform(0.3, 0.7, len(groups))) / totals[of]
    return np.clip(places, 0, 1 - 1e-9)


def _products(shares: Floats, offices: Ints, places: Floats) -> Ints:
    edges = np.cumsum(shares, axis=1)
    edges[:, -1] = 1.0
    return np.asarray((edges[offices] <= places[:, None]).sum(axis=1))


def _instants(company: Company, month: Period, offices: Ints, shares: Floats, rush: bool = True) -> Ints:
    """When each share of its office's month is reached; offices with the same days off have the same curve."""
    instants = np.zeros(len(offices), dtype=np.int64)
    for members, path in company.same_days():
        inside = np.isin(offices, members)
        if inside.any():
            instants[inside] = MonthPace(company.calendar, month, path, rush).instants(shares[inside])
    return instants


def _days_open(rng: np.random.Generator, relative: Floats) -> Ints:
    """Larger deals stay open longer, 8 to 85 days."""
    days = 8 + 55 * rng.beta(1.6, 2.2, len(relative)) * np.clip(relative, 0.5, 2.0) ** 0.4
    return np.clip(days, 8, MOST_DAYS_OPEN).astype(np.int64)


def _wither(company: Company, deals: list[Deal], rng: np.random.Generator) -> None:
    """Apply what is planted: fewer and smaller orders in planted cells, the successor for its predecessor."""
    effects = company.effects
    for deal in deals:
        day = local_day(deal.at)
        if day < effects.since:
            continue
        if deal.product == effects.predecessor and rng.random() < 0.9:
            deal.product = effects.successor
        if deal.post == effects.silent_post and local_day(deal.at - deal.days_open * 86_400) >= effects.silent_since:
            deal.days_open = 0
        if deal.fate != "won":
            continue
        line = company.products[deal.product].line
        kept = effects.keeps(day, deal.post, deal.office, line, deal.product) ** 0.5
        if kept < 1:
            if rng.random() > kept:
                deal.fate = "withered"
            else:
                deal.amount = max(int(round(deal.amount * kept, -1)), 10)


def _losses(
    company: Company, month: Period, count: int, typical: float, counts: Ints, rng: np.random.Generator
) -> list[Deal]:
    if not count:
        return []
    posts = rng.choice(len(counts), count, p=counts / counts.sum())
    offices = company.offices_of_posts[posts]
    products = _products(company.shares, offices, rng.random(count))
    amounts = typical * rng.lognormal(0, 0.7, count)
    days_open = _days_open(rng, amounts / typical)
    instants = _instants(company, month, offices, rng.random(count), rush=False)
    return [
        Deal("", 0, int(p), int(o), int(k), int(at), int(round(a, -1)), int(d), "lost")
        for p, o, k, at, a, d in zip(posts, offices, products, instants, amounts, days_open, strict=True)
    ]


def _big_orders(company: Company, month: Period, rng: np.random.Generator) -> list[Deal]:
    """Half of a quarter's business of the rep with two big orders a quarter, on each of the planted days."""
    effects = company.effects
    post = company.posts[effects.lumpy_post]
    deals = []
    for day in sorted(day for day in effects.lumpy_days if day in month):
        quarter = Period.containing(day, "quarter")
        business = sum(company.post_budgets(part)[post.index] for part in months_of(quarter.start, quarter.end))
        at = opening(day) + int(rng.integers(3_600, 25_000))
        product = int(_products(company.shares, np.array([post.office]), rng.random(1))[0])
        if product == effects.predecessor and day >= effects.since:
            product = effects.successor
        amount = int(round(business / 2, -2))
        deals.append(Deal("", 0, post.index, post.office, product, at, amount, 80, "won", big=True))
    return deals


def _mark_call_offs(company: Company, deals: Sequence[Deal], rng: np.random.Generator) -> None:
    """Some orders are call-offs under their office's framework, within what it allows for a month."""
    room = {framework.office: framework.monthly_amount for framework in company.frameworks}
    for deal in deals:
        if deal.fate == "won" and not deal.big and rng.random() < 0.12 and deal.amount <= room[deal.office]:
            room[deal.office] -= deal.amount
            deal.call_off = True
