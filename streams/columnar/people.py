"""Who the versions of a batch count for: `streams.credits` for whole columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from streams.amounts import CENT, UNIT
from streams.columnar.chain import starts_of
from streams.columnar.columns import Bools, Coded, Columns, Ints, Kind, Parts, constant

CREDITS = {
    "person_id": Kind.WORD,
    "office_id": Kind.WORD,
    "role": Kind.WORD,
    "share": Kind.MONEY,
    "overlay": Kind.FLAG,
}


@dataclass(frozen=True)
class People:
    """Everyone who may be credited: first the rep of each version, then all credits: those count, where given."""

    rep_id: Coded
    office_id: Coded
    role: Coded
    is_overlay: Ints
    share: Ints
    leads: Bools
    """The one a count goes to."""
    counts: Ints
    """By version, how many credits it has."""

    def among(self, owners: Ints) -> tuple[Ints, Ints]:
        """For items that belong to versions, a row for each who shares one: the item's place and the person."""
        credits = self.counts[owners]
        shared_by = np.maximum(credits, 1)
        item = np.repeat(np.arange(len(owners)), shared_by)
        first = len(self.counts) + np.cumsum(self.counts) - self.counts
        place = np.arange(len(item)) - np.repeat(np.cumsum(shared_by) - shared_by, shared_by)
        return item, np.where(credits[item] > 0, first[owners[item]] + place, owners[item])

    def split(self, amounts: Ints, item: Ints, person: Ints) -> Ints:
        """The part of each person in the amounts of the items, a row an item."""
        parts: Ints = amounts[item]
        shared = np.bincount(item, minlength=len(amounts))[item] > 1
        if shared.any():
            who = person[shared]
            parts[shared] = _split(parts[shared], self.share[who], self.is_overlay[who] > 0, item[shared])
        return parts


def people_of(columns: Columns) -> People:
    """The people of each version."""
    fields, credits = columns.fields, columns.fields["credits"]
    alone, given = len(columns), len(credits.owner)
    where: Coded = credits.fields["office_id"]
    office: Coded = fields["office_id"].behind(where)
    elsewhere = np.concatenate([np.ones(alone, np.bool_), where.given()])
    codes = np.where(elsewhere, office.codes, office.codes[np.concatenate([np.arange(alone), credits.owner])])
    overlay = credits.fields["overlay"].astype(np.int64)
    share = credits.fields["share"]
    by_share = np.lexsort((np.arange(given), -share, overlay, credits.owner))
    leads = np.zeros(given, np.bool_)
    leads[by_share[_begins(credits.owner)]] = True
    return People(
        rep_id=fields["rep_id"].behind(credits.fields["person_id"]),
        office_id=Coded(codes, office.words),
        role=constant("AR", alone).behind(credits.fields["role"]),
        is_overlay=np.concatenate([np.zeros(alone, np.int64), overlay]),
        share=np.concatenate([np.full(alone, UNIT), share]),
        leads=np.concatenate([np.ones(alone, np.bool_), leads]),
        counts=np.bincount(credits.owner, minlength=alone),
    )


def do_not_add_up(credits: Parts) -> Any:
    """The rows whose shares without overlay do not add up to 1."""
    plain = np.where(credits.fields["overlay"], 0, credits.fields["share"])
    sums = np.bincount(credits.owner, weights=plain, minlength=credits.length)
    return (np.bincount(credits.owner, minlength=credits.length) > 0) & (sums != UNIT)


def _begins(item: Ints) -> Bools:
    """Where the rows of another item begin."""
    begins: Bools = np.diff(item, prepend=-1) != 0
    return begins


def _split(amounts: Ints, share: Ints, overlay: Bools, item: Ints) -> Ints:
    """`streams.credits.split_amounts`: to the cent, by the largest remainder, an overlay its share on top."""
    cents, finer = np.divmod(np.abs(amounts), CENT)
    part, rest = np.divmod(cents * share[:, None], UNIT)
    other, other_rest = np.divmod(cents * (UNIT - share)[:, None], UNIT)
    begins = _begins(item)
    number, start = np.cumsum(begins) - 1, starts_of(begins)
    plain = np.where(overlay[:, None], 0, part)
    odd = cents - np.add.reduceat(plain, np.flatnonzero(begins), axis=0)[number]
    rank = np.empty_like(amounts)
    for measure in range(amounts.shape[1]):
        order = np.lexsort((np.arange(len(item)), -rest[:, measure], overlay, item))
        rank[order, measure] = np.arange(len(item)) - start
    shared = part * CENT + (rank < odd) * CENT + (rank == 0) * finer
    first = rest >= other_rest
    on_top = part * CENT + (first & (cents > part + other)) * CENT + first * finer
    split: Ints = np.sign(amounts) * np.where(overlay[:, None], on_top, shared)
    return split
