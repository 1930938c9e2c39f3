"""The two of a coaching: whose numbers they are, and who leads them. What they note is for them alone. Pure."""

from dataclasses import dataclass

from warehouse.tree import Company
from warehouse.viewer import Viewer


@dataclass(frozen=True)
class Pair:
    """`subject` is the person or the unit; `coached` leads it or is it, `leader` leads them ('' where nobody does)."""

    subject: str
    coached: str
    leader: str

    def has(self, viewer: Viewer) -> bool:
        """Whether somebody is one of the two."""
        return viewer.person_id in {self.coached, self.leader} - {""}


def subject(id: str) -> str:
    """What events of a coaching call it."""
    return f"coaching:{id}"


def pair_of(id: str, org: Company) -> Pair | None:
    """The two of a person's or a unit's coaching; None for what the organisation does not know."""
    if id in org.people:
        home = str(org.people[id]["unit_id"])
        return Pair(id, id, _leader(id, home, org))
    if id in org.units:
        coached = str(org.units[id]["manager_id"])
        return Pair(id, coached, _leader(coached, id, org))
    return None


def _leader(who: str, unit: str, org: Company) -> str:
    """Who leads the unit, the next up where that is the one who is coached."""
    path = org.units.get(unit, {}).get("path", ())
    leaders = (str(org.units.get(one, {}).get("manager_id", "")) for one in reversed(list(path)))
    return next((one for one in leaders if one and one != who), "")
