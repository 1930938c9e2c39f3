"""The levels of office × product rows: units by depth, lines, office × line, products by depth."""

from collections.abc import Callable, Iterator, Sequence

from streams.detection.baseline import Key, Model
from streams.detection.nodes import Level, Spans, level
from streams.detection.organisation import Org


def cell_levels(model: Model, org: Org, spans: Spans) -> Iterator[Level]:
    """Every level, coarse before fine; what the organisation does not know stands in none."""
    keys = model.panel.keys
    units = [org.unit_path(key.unit_id) for key in keys]
    products = [org.product_path(key.product_id) for key in keys]
    line = _branching(products)
    for depth in range(max(map(len, units), default=0)):
        yield level("unit", _at(depth, units, lambda one: Key(one)), model, spans)
    yield level("line", _at(line, products, lambda one: Key("", one)), model, spans)
    cells = [
        Key(key.unit_id, product[line]) if unit and len(product) > line else None
        for key, unit, product in zip(keys, units, products, strict=True)
    ]
    yield level("cell", cells, model, spans)
    for depth in range(line, max(map(len, products), default=0)):
        yield level("product", _at(depth, products, lambda one: Key("", one)), model, spans)


def _branching(paths: Sequence[tuple[str, ...]]) -> int:
    """The first depth at which the paths differ: product lines stand there."""
    depth = 0
    while (here := {path[: depth + 1] for path in paths if len(path) > depth}) and len(here) == 1:
        depth += 1
    return depth if here else 0


def _at(depth: int, paths: Sequence[tuple[str, ...]], key: Callable[[str], Key]) -> list[Key | None]:
    return [key(path[depth]) if len(path) > depth else None for path in paths]
