"""Amounts that fit a plan: iterative proportional fitting, so that what is not planted is near its target."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingest.calendar import Period
from ingest.simulator.company import Company

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCKS = 5
"""Parts of a month, equal in pace, within each of which offices and products are held to their plan."""

LARGEST_PART = 0.15
"""No ordinary order is a larger part of its office's month: a single one must not decide whether it is on pace."""


def held_to_plan(
    company: Company, month: Period, posts: Ints, offices: Ints, products: Ints, shares: Floats, amounts: Floats
) -> Floats:
    """Amounts scaled in turns until posts, office × line, products and offices (by fifths of the month) fit."""
    budgets = company.office_budgets(month)
    by_post = company.post_budgets(month)
    sold = np.bincount(posts, minlength=len(by_post)) > 0
    planned = np.bincount(company.offices_of_posts[sold], by_post[sold], len(budgets))
    by_post = (
        by_post * np.divide(budgets, planned, out=np.ones_like(budgets), where=planned > 0)[company.offices_of_posts]
    )
    line_of = np.array([product.line for product in company.products])
    by_product = company.shares * budgets[:, None]
    by_line = np.stack([by_product[:, line_of == line].sum(axis=1) for line in range(company.size.lines)], axis=1)
    blocks = (shares * BLOCKS).astype(np.int64)
    in_month = ((products, by_product.sum(axis=0), 1.0), (offices, budgets, 1.0))
    in_all = (
        (posts, by_post, 0.5),
        (offices * company.size.lines + line_of[products], by_line.ravel(), 0.5),
        (products * BLOCKS + blocks, np.repeat(by_product.sum(axis=0) / BLOCKS, BLOCKS), 1.0),
        (offices * BLOCKS + blocks, np.repeat(budgets / BLOCKS, BLOCKS), 1.0),
        *in_month,
    )
    typical = budgets.sum() / len(amounts)
    most = np.minimum(typical * 8, budgets[offices] * LARGEST_PART)
    amounts = amounts * typical / amounts.mean()
    for _ in range(25):
        amounts = _scaled(np.clip(amounts, typical * 0.05, most), in_all)
    for _ in range(15):
        amounts = _scaled(amounts, in_month)
    return amounts


def _scaled(amounts: Floats, plans: Sequence[tuple[Ints, Floats, float]]) -> Floats:
    """One turn: the amounts of each group scaled towards what is wanted of it, as firmly as the plan says."""
    for groups, wanted, firmness in plans:
        there = np.bincount(groups, amounts, len(wanted))
        factors = np.divide(wanted, there, out=np.ones_like(wanted), where=there > 0)
        amounts = amounts * np.clip(factors, 0.25, 4.0)[groups] ** firmness
    return amounts
