"""What of the baseline a row of the board may be told, and whom. Pure."""

from collections.abc import Sequence

from warehouse.baseline.reading import METRIC
from warehouse.baseline.standing import Landings, Node
from warehouse.dimensions import Where
from warehouse.key import Key
from warehouse.targets import Split
from warehouse.viewer import Viewer


def key_of(kind: Split, key: str, where: Where) -> Key | None:
    """What the baseline calls a row; None for what it does not know: a segment, say."""
    if where != Where(unit_id=where.unit_id, product_id=where.product_id, rep_id=where.rep_id):
        return None
    if kind == "rep":
        return None if where.product_id else Key("", "", key)
    if kind == "unit":
        return Key(key, where.product_id or "")
    return Key(where.unit_id or "", key)


def node_of(
    landings: Landings | None, metric: str, viewer: Viewer, key: Key | None, path: Sequence[str]
) -> Node | None:
    """What the baseline says of a node, where the viewer sees all of it."""
    if landings is None or metric != METRIC or key is None:
        return None
    own = viewer.own_rows and key.person_id == viewer.person_id
    within = (key.unit_id or key.person_id) and viewer.unit_ids & set(path)
    return landings.of(key) if viewer.everything or own or within else None
