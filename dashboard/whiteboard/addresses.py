"""Where the whiteboards are."""

import hashlib
from urllib.parse import quote

OF_FINDING = "/whiteboard/of/"


def board_of(finding_id: str) -> str:
    """The id of a finding's whiteboard: one finding, one board."""
    return "f-" + hashlib.blake2b(finding_id.encode(), digest_size=10).hexdigest()


def address_of(finding_id: str) -> str:
    """The path of a finding's whiteboard, to which language and light may be added; whoever opens it first makes it."""
    return OF_FINDING + quote(finding_id, safe="")
