"""What a sweep found against what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.events import Finding
from ingest.simulator.company import Company
from ingest.simulator.plants import Plant


@dataclass
class Scorecard:
    """`found` by plant; `misnamed` are found with another person; `denied` are findings on what is no problem."""

    found: dict[str, Finding] = field(default_factory=dict)
    missed: list[Plant] = field(default_factory=list)
    misnamed: list[Plant] = field(default_factory=list)
    denied: list[Finding] = field(default_factory=list)
    others: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, company: Company, findings: Sequence[Finding]) -> Scorecard:
        """Compare by slice: the very cell, or for a rep the person; any other finding is a false one."""
        card = cls()
        rest = list(findings)
        for plant in company.plants:
            for finding in list(rest):
                if not _same(plant, finding):
                    continue
                if not plant.is_problem:
                    card.denied.append(finding)
                    rest.remove(finding)
                elif plant.id not in card.found:
                    card.found[plant.id] = finding
                    rest.remove(finding)
                    if finding.responsible_id != plant.responsible_id:
                        card.misnamed.append(plant)
            if plant.is_problem and plant.id not in card.found:
                card.missed.append(plant)
        card.others = rest
        return card


def _same(plant: Plant, finding: Finding) -> bool:
    if plant.slice.person_id or finding.slice.person_id:
        return plant.slice.person_id == finding.slice.person_id
    return plant.slice == finding.slice
