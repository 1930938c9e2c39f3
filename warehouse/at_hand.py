"""What somebody is shown of findings unasked: the gaps of figures in their scope, and of what speaks of single deals,
customers and cash that for which they, or people who answer to them, answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.events import Finding
from warehouse.viewer import Viewer

_OF_AN_OFFICE = frozenset({"rep", "solution", "fulfilment"})
"""Roles that answer to whoever leads their own unit; others answer to the unit above."""


@dataclass
class AtHand:
    """What `viewer` is shown, in `here` (their own unit; None: the whole company), of a tree of units (id → chain from
    the root).

    `left` are those it has been asked about and that are somebody else's to look after, with the unit each speaks of.
    """

    viewer: Viewer
    here: str | None
    paths: Mapping[str, tuple[str, ...]]
    also: frozenset[str] = frozenset()
    left: list[tuple[Finding, str]] = field(default_factory=list)

    def __call__(self, finding: Finding, home: str) -> bool:
        """Whether it is shown; `home` is the unit it speaks of."""
        shown = not finding.behind_count or finding.finding_id in self.also or self._is_mine(finding, home)
        if not shown:
            self.left.append((finding, home))
        return shown

    def _is_mine(self, finding: Finding, home: str) -> bool:
        named = {finding.responsible_id, finding.stand_in_for_id, finding.slice.person_id}
        if self.viewer.person_id in named - {None, ""}:
            return True
        chain = self.paths.get(home, ())
        here, above = self.here or next(iter(chain), None), chain[-2:] or (home,)
        return here in (above[-1:] if finding.responsible_role in _OF_AN_OFFICE else above)
