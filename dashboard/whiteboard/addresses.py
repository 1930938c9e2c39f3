"""Where the whiteboards are."""

import hashlib
from urllib.parse import quote

LIST = "/whiteboards"
OF_FINDING, AT = "/whiteboard/of/", "/whiteboard/at/"
FINDING = "finding:"
"""Before the id of a finding, in a subject."""


def board_of(finding_id: str) -> str:
    """The id of a finding's whiteboard: one finding, one board."""
    return _id("f", finding_id)


def board_at(subject: str, meeting_id: str) -> str:
    """The id of a meeting's whiteboard: its own; of one about a finding the finding's."""
    return board_of(subject.removeprefix(FINDING)) if subject.startswith(FINDING) else _id("m", meeting_id)


def _id(kind: str, of: str) -> str:
    return f"{kind}-{hashlib.blake2b(of.encode(), digest_size=10).hexdigest()}"


def address_of(finding_id: str) -> str:
    """The path of a finding's whiteboard, to which language and light may be added; whoever opens it first makes it."""
    return OF_FINDING + quote(finding_id, safe="")


def address_at(subject: str) -> str:
    """The path of the whiteboard of the meeting about a subject: of the one that `?meeting=` names, else of the one
    that is on or comes next."""
    if subject.startswith(FINDING):
        return address_of(subject.removeprefix(FINDING))
    return AT + quote(subject, safe="")
