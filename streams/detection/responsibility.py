"""From a cell to one person: who answers for it on that day, who stands in, and whom to ask besides.

责任人 means who leads the answer, not who is at fault (DOMAIN §5). Pure.
"""

from dataclasses import dataclass
from typing import Literal

from streams.organisation import FOREVER, FULFILMENT_ROLES, OPS_ROLES, RAMP_UP, Org
from warehouse.key import Key

First = Literal["unit", "product", "rep", "owner", "above", "fulfilment", "ops"]
"""Who answers first: the unit's manager ("above": that of the unit above), the product's, the rep of a cell, the owner
of deals and orders, who fulfils them, the sales operations."""

NAMED_FROM = 0.99
"""1 ÷ (1 + such shortfalls by chance alone among all reps): a name is held against a person, an alarm is not."""
ENOUGH_DEALS, ENOUGH_DAYS = 3, 10


@dataclass(frozen=True)
class Evidence:
    """What speaks for a finding about a rep: its confidence, orders that were to come, working days it has stood."""

    confidence: float
    deals: int
    days: int

    @property
    def is_enough(self) -> bool:
        """Whether a rep may be named."""
        return self.confidence >= NAMED_FROM and (self.deals >= ENOUGH_DEALS or self.days >= ENOUGH_DAYS)


@dataclass(frozen=True)
class Answer:
    """Who answers; None where the organisation names nobody up to the root. `why` are sentences as codes."""

    person_id: str | None
    role: str | None = None
    stand_in_for_id: str | None = None
    consulted_ids: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def code(sentence: str, **values: object) -> str:
    """A sentence as 'message-id|arg=value|…'."""
    parts = [f"{name}={str(value).replace('%', '%25').replace('|', '%7C')}" for name, value in values.items()]
    return "|".join([sentence, *parts])


def answer(first: First, key: Key, org: Org, evidence: Evidence) -> Answer:
    """The one person who answers for a finding at `key`, `first` asked before all others, as of the org's day."""
    product = org.products.get(key.product_id)
    if product and product.supply != "ok":
        return _with(_of_product(key, org), (code("why.supply_short", product=key.product_id),))
    match first:
        case "product":
            return _of_product(key, org)
        case "rep":
            return _of_rep(key, org, evidence)
        case "owner":
            return _of_owner(key, org, evidence)
        case "fulfilment":
            return _of_role(key, org, FULFILMENT_ROLES)
        case "ops":
            return _of_role(key, org, OPS_ROLES)
    found = _of_unit(key.unit_id, org)
    if not key.product_id:
        return _with(found, (code("why.owner_of_unit", person=found.person_id, unit=key.unit_id),))
    manager = _manager_of_product(key.product_id, org)
    also = (manager,) if manager and manager != found.person_id else ()
    owner = code("why.owner_of_cell", person=found.person_id, unit=key.unit_id, product=key.product_id)
    return _with(found, (owner,), also)


def _with(found: Answer, why: tuple[str, ...], consulted: tuple[str, ...] = ()) -> Answer:
    if found.person_id is None:
        return found
    return Answer(
        found.person_id, found.role, found.stand_in_for_id, (*found.consulted_ids, *consulted), (*why, *found.why)
    )


def _at_work(person_id: str, org: Org) -> Answer | None:
    """The person, or who stands in for them; None when neither is at work. Somebody the org has no word of is there."""
    if not person_id:
        return None
    span = org.on(person_id)
    if span is None:
        return Answer(person_id) if person_id not in org.people else None
    if span.is_active:
        return Answer(person_id, span.role or None)
    stand_in = org.on(span.stand_in_id) if span.stand_in_id else None
    if span.status == "left" or stand_in is None or not stand_in.is_active:
        return None
    who = {"person": span.stand_in_id, "owner": person_id}
    why = code("why.stand_in", **who) if span.end >= FOREVER else code("why.stand_in_until", **who, until=span.end)
    return Answer(span.stand_in_id, span.role or None, person_id, (), (why,))


def _of_unit(unit_id: str, org: Org) -> Answer:
    """The unit's manager; where the post is empty or nobody is there, the next one up."""
    path = org.unit_path(unit_id)
    for above in reversed(path):
        node = org.units.get(above)
        found = _at_work(node.manager_id, org) if node else None
        if node and found and found.person_id:
            role = found.role or (f"{node.tier}_manager" if node.tier else None)
            empty = (code("why.post_empty", unit=unit_id, person=found.person_id),) if above != unit_id else ()
            return Answer(found.person_id, role, found.stand_in_for_id, (), (*empty, *found.why))
    return Answer(None)


def _manager_of_product(product_id: str, org: Org) -> str:
    for above in reversed(org.product_path(product_id)):
        node = org.products.get(above)
        if node and node.manager_id:
            return node.manager_id
    return ""


def _of_product(key: Key, org: Org) -> Answer:
    """The nearest manager up the product's tree; without one, who leads the unit (or the company)."""
    found = _at_work(_manager_of_product(key.product_id, org), org)
    if found and found.person_id:
        owner = code("why.owner_of_product", person=found.person_id, product=key.product_id)
        return _with(
            Answer(found.person_id, found.role or "product_manager", found.stand_in_for_id, (), found.why), (owner,)
        )
    roots = sorted(one for one, node in org.units.items() if len(node.path) == 1)
    return _of_unit(key.unit_id or (roots[0] if roots else ""), org)


def _of_rep(key: Key, org: Org, evidence: Evidence) -> Answer:
    """The rep where the evidence is enough, else the unit's manager; the other one is asked."""
    manager = _of_unit(key.unit_id, org)
    rep = _at_work(key.person_id, org)
    if rep is None or not evidence.is_enough:
        if manager.person_id is None:
            return manager
        why = code(
            "why.evidence_too_thin", person=manager.person_id, count=evidence.deals, days=evidence.days
        ) if rep else code("why.rep_on_leave", person=key.person_id)  # fmt: skip
        return _with(manager, (why,))
    also = (manager.person_id,) if manager.person_id and manager.person_id != rep.person_id else ()
    owner = code("why.rep_of_cell", person=key.person_id, unit=key.unit_id, count=evidence.deals)
    return _with(rep, (owner,), also)


def _of_owner(key: Key, org: Org, evidence: Evidence) -> Answer:
    """The owner of deals or orders; the unit's manager for who is new, away or gone, and where the evidence is thin."""
    span, owner, manager = org.on(key.person_id), _at_work(key.person_id, org), _of_unit(key.unit_id, org)
    if owner is not None and span and span.is_active and span.role_since > org.day - RAMP_UP:
        why = code("against.ramp_up", person=key.person_id, since=span.role_since)
    elif owner is not None and evidence.is_enough:
        also = (manager.person_id,) if manager.person_id and manager.person_id != owner.person_id else ()
        return _with(owner, (code("why.owner_of_these", person=key.person_id, count=evidence.deals),), also)
    elif owner is not None:
        why = code("why.evidence_too_thin", person=manager.person_id, count=evidence.deals, days=evidence.days)
    elif not key.person_id:
        why = code("why.owned_by_nobody", person=manager.person_id)
    elif span and span.status == "left":
        why = code("why.owner_left", person=key.person_id)
    else:
        why = code("why.rep_on_leave", person=key.person_id)
    return _with(manager, (why,))


def _of_role(key: Key, org: Org, roles: frozenset[str]) -> Answer:
    """Who holds one of the roles in the unit or the nearest above it; without any the unit's manager."""
    path = org.unit_path(key.unit_id) or tuple(one for one, node in org.units.items() if len(node.path) == 1)
    for unit in reversed(path):
        for one in org.holders(roles, unit):
            found = _at_work(one, org)
            if found and found.person_id:
                return _with(found, (code("why.in_charge", person=one, unit=unit),))
    manager = _of_unit(path[-1] if path else "", org)
    return _with(manager, (code("why.role_not_held", person=manager.person_id),))
