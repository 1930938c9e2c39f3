"""A version of the baseline as events and back: each hierarchy in parts that fit into one. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

import numpy as np

from ingest.calendar import Period
from ingest.events import Baseline as Part
from ingest.events import BaselineChance, BaselineNode
from warehouse.baseline.adding_up import of_ones
from warehouse.baseline.month import Baseline, Expectation
from warehouse.key import Key

Name = Literal["cells", "products", "people"]
NODES_A_PART = 1_500
"""Some 300 KB; an event has to stay below a megabyte."""


@dataclass(frozen=True)
class Hierarchy:
    """What each row of a baseline's summing matrix is, and its level from the coarsest, 0."""

    keys: Sequence[Key]
    level: Sequence[int]
    baseline: Baseline

    @cached_property
    def leaves(self) -> list[int]:
        """By column, the finest row that is that leaf alone: what has one child is that child, too."""
        summing = self.baseline.summing
        alone = np.flatnonzero(summing.sum(axis=1) == 1)[::-1]
        _, first = np.unique(summing[alone].indices, return_index=True)
        return [int(row) for row in alone[first]]


@dataclass(frozen=True)
class Version:
    """What a month should bring, by hierarchy; `latest` says with which product one that was succeeded is counted."""

    id: str
    period: str
    months: int
    of: Mapping[Name, Hierarchy]
    latest: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def made(
        cls, period: Period, now: datetime, months: int, of: Mapping[Name, Hierarchy], latest: Mapping[str, str]
    ) -> "Version":
        """A version built as of now, under the id that follows from that and from what it says."""
        said = hashlib.sha256(f"baseline|{period.key}|{now.isoformat()}".encode())
        for one in of.values():
            said.update(one.baseline.expectation.volume.tobytes())
        return cls(said.hexdigest()[:16], period.key, months, of, latest)

    def parts(self, now: datetime, asked_by: str | None = None) -> list[Part]:
        """The events that say it."""
        said = [(name, some) for name, one in self.of.items() for some in _few(list(_nodes(one)))]
        chances = {name: _chances(one.baseline)[0] for name, one in self.of.items()}
        return [
            Part(
                occurred_at=now, source="worker", event_id=f"{self.id}-{number}", baseline_id=self.id,
                period=self.period, hierarchy=name, part=number, of=len(said), months=self.months, asked_by=asked_by,
                nodes=some, chances=chances[name], latest=dict(self.latest) if number == 0 else {},
            )
            for number, (name, some) in enumerate(said)
        ]  # fmt: skip

    @classmethod
    def read(cls, parts: Iterable[Part]) -> "Version":
        """From all parts of one version, in their order."""
        said = list(parts)
        names = dict.fromkeys(part.hierarchy for part in said)
        of = {name: _hierarchy([part for part in said if part.hierarchy == name]) for name in names}
        first = said[0]
        return cls(first.baseline_id, first.period, first.months, of, first.latest)


def _few(nodes: Sequence[BaselineNode]) -> Iterable[tuple[BaselineNode, ...]]:
    return (tuple(nodes[at : at + NODES_A_PART]) for at in range(0, len(nodes), NODES_A_PART))


def _chances(baseline: Baseline) -> tuple[tuple[BaselineChance, ...], Sequence[int]]:
    """The chances there are, and which of them each node has."""
    flat = baseline.offs.reshape(-1, len(baseline.alike))
    each, which = np.unique(np.vstack((baseline.uncertain, baseline.alike, flat)), axis=1, return_inverse=True)
    shape = baseline.offs.shape[:-1]
    chances = tuple(
        BaselineChance(uncertain=one[0], alike=one[1], offs=np.round(one[2:], 4).reshape(shape).tolist())
        for one in each.T.tolist()
    )
    return chances, which.ravel().tolist()


def _nodes(one: Hierarchy) -> Iterable[BaselineNode]:
    month, which = one.baseline.expectation, _chances(one.baseline)[1]
    columns = one.baseline.summing.tocsc()
    above = {row: columns[:, [leaf]].indices.tolist() for leaf, row in enumerate(one.leaves)}
    curves = np.round(month.curve.T, 5).tolist()
    for row, (key, volume, order) in enumerate(zip(one.keys, month.volume.tolist(), month.order.tolist(), strict=True)):
        unit, product, person = (part or None for part in key)
        yield BaselineNode(
            unit_id=unit, product_id=product, person_id=person, volume=round(volume, 2), order=round(order, 2),
            curve=curves[row], level=one.level[row], chance=which[row], above=above.get(row, ()),
        )  # fmt: skip


def _hierarchy(parts: Sequence[Part]) -> Hierarchy:
    nodes, chances = [node for part in parts for node in part.nodes], parts[0].chances
    above = [node.above for node in nodes if node.above]
    summing = of_ones(above, len(nodes)).T.tocsr()
    each = [chances[node.chance] for node in nodes]
    offs = np.array([one.offs for one in chances])[[node.chance for node in nodes]]
    month = Expectation(
        np.array([node.volume for node in nodes]), np.array([node.curve for node in nodes]).T,
        np.array([node.order for node in nodes]),
    )  # fmt: skip
    uncertain, alike = np.array([one.uncertain for one in each]), np.array([one.alike for one in each])
    keys = [Key(node.unit_id or "", node.product_id or "", node.person_id or "") for node in nodes]
    levels = [node.level for node in nodes]
    return Hierarchy(keys, levels, Baseline.of(summing, month, uncertain, alike, np.moveaxis(offs, 0, -1)))
