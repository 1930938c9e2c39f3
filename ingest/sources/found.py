"""The live tables of a folder of mappings, each with a name of its own."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import Terminal
from ingest.mappings.mapping import load
from ingest.mappings.shape import LiveShape
from ingest.sources.live import LiveTable


def live_tables(paths: Iterable[Path], kinds: tuple[type[LiveShape], ...] = (LiveShape,)) -> list[LiveTable]:
    """The live tables of mappings, given as files or as folders of them; files joined to them lie beside the mapping.

    Raises `MappingError` for a mapping that is wrong, `Terminal` for a name that is given twice.
    """
    found: dict[str, LiveTable] = {}
    for path in _mappings(paths):
        mapping = load(path)
        for name, shape in mapping.tables.items():
            if not isinstance(shape, LiveShape):
                continue
            if name in found:
                other = found[name].mapping.title
                raise Terminal(f"{path.name} and {other} both have a live table {name!r}: give one another name")
            if isinstance(shape, kinds):
                found[name] = LiveTable(mapping, name, path.parent)
    return list(found.values())


def _mappings(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.toml"))
        elif path.is_file():
            yield path
        else:
            raise Terminal(f"there is no mapping and no folder of mappings {path}")
