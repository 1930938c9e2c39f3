"""What of the board is met about, as the subject of an action says it, and back to where it stands. Pure."""

import re

from dashboard.locales import Lang
from dashboard.view_state import ViewState
from ingest.events import Slice
from warehouse.viewer import Viewer

CELL, PERSON, DEAL = "slice:", "person:", "deal:"
_PARTS = re.compile(r"(?:^|,)(" + "|".join(Slice.FIELDS) + ")=")
_NAMES = {"unit_id": "unit", "person_id": "rep", "product_id": "product"}


def subject_of(state: ViewState) -> str:
    """What a meeting about what the board shows is about: the deal, the person, or the cell."""
    if state.deal:
        return DEAL + state.deal
    if state.rep:
        return PERSON + state.rep
    cut = {"unit_id": state.unit, "product_id": state.product, "route": state.route, "segment": state.segment}
    return CELL + Slice.model_construct(**dict.fromkeys(Slice.FIELDS) | cut).key


def as_seen(subject: str, viewer: Viewer) -> str:
    """The subject with the viewer's own place where it names none: the same words mean another place to another."""
    state = state_of(subject, "zh")
    if state is None or not subject.startswith(CELL) or state.unit or viewer.everything:
        return subject
    if viewer.only_own:
        return PERSON + viewer.person_id
    return subject_of(state.but(unit=viewer.home_unit)) if viewer.home_unit else subject


def state_of(subject: str, lang: Lang) -> ViewState | None:
    """Where on the board the subject stands; None for what stands nowhere there."""
    kind, _, id = subject.partition(":")
    fresh = ViewState(lang=lang)
    match kind + ":":
        case "finding:" if id:
            return fresh.but(finding=id)
        case "deal:" if id:
            return fresh.but(deal=id)
        case "person:" if id:
            return fresh.but(rep=id)
        case "slice:":
            return fresh.but(**{_NAMES.get(name, name): value for name, value in _pairs(id)})
    return None


def _pairs(key: str) -> list[tuple[str, str]]:
    """The parts of a slice's key; a value may hold commas."""
    found = list(_PARTS.finditer(key))
    ends = [*(one.start() for one in found[1:]), len(key)]
    return [(one[1], key[one.end() : end]) for one, end in zip(found, ends, strict=False)]
