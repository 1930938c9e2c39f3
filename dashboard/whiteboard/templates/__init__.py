"""What a board can begin with: a TOML file a kind of meeting, found by the folder's pattern.

A file has `name` and `name_en`, and `areas`: each with `title`, `title_en`, its place in columns and rows (`at`), how
many of them it takes (`size`), and the `notes` or `tiles` that lie in it.
"""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dashboard.locales import Lang, every
from dashboard.whiteboard import scene
from dashboard.whiteboard.document import Document

FOLDER = Path(__file__).parent
CELL = (468, 340)
_GAP = 24


class Said(BaseModel):
    """Words in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    @property
    def words(self) -> scene.Words:
        return {"zh": self.zh, "en": self.en}


class Area(BaseModel):
    """A part of a template: `at` is its column and row, `size` how many it takes of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Said
    at: tuple[int, int]
    size: tuple[int, int] = (1, 1)
    notes: tuple[Said, ...] = ()
    tiles: tuple[Annotated[str, Field(pattern=r"^/tile/[a-z]+\?")], ...] = ()


class Template(BaseModel):
    """What a kind of meeting begins with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    called: Said
    place: int = 0
    areas: tuple[Area, ...]

    def name(self, lang: Lang) -> str:
        """What it is called."""
        return self.called.words[lang]


@cache
def found() -> dict[str, Template]:
    """Every template by its file's name, in their own order; ValidationError names what is wrong in one."""
    read = {
        file.stem: Template.model_validate(tomllib.loads(file.read_text("utf-8"))) for file in FOLDER.glob("*.toml")
    }
    return dict(sorted(read.items(), key=lambda pair: (pair[1].place, pair[0])))


def draw(
    document: Document, template: Template | None, named: scene.Words, place: str, inputs: Sequence[str] = ()
) -> None:
    """What a new board holds; without a template and `inputs` only what it is called. `place` is the part of a query
    that its tiles are of: one that says no place would show each viewer another. `inputs` are further tiles, beside the
    template where it does not have them itself."""
    document.put("about", scene.titles(named))
    if template or inputs:
        document.put("elements", scene.placed(_elements(template, named, place, inputs)))


def _elements(
    template: Template | None, named: scene.Words, place: str, inputs: Sequence[str]
) -> Iterator[scene.Element]:
    yield scene.text("title", 0, -90, named, size=36)
    areas = template.areas if template else ()
    further = [address for address in inputs if not any(address in area.tiles for area in areas)]
    if further:
        left = -CELL[0] - _GAP
        yield scene.box("inputs", left, 0, CELL[0], len(further) * (CELL[1] + _GAP) - _GAP)
        yield scene.text("inputs-title", left + 16, 12, every("whiteboard.inputs"))
        for row, address in enumerate(further):
            yield scene.tile(f"inputs-{row}", left + _GAP, row * (CELL[1] + _GAP) + 56, _of(address, place))
    for number, area in enumerate(areas):
        id = f"area-{number}"
        x, y = area.at[0] * (CELL[0] + _GAP), area.at[1] * (CELL[1] + _GAP)
        width, height = (area.size[i] * (CELL[i] + _GAP) - _GAP for i in (0, 1))
        yield scene.box(id, x, y, width, height)
        yield scene.text(f"{id}-title", x + 16, y + 12, area.title.words)
        for column, address in enumerate(area.tiles):
            left = x + _GAP + column * (scene.TILE_SIZE[0] + _GAP)
            yield scene.tile(f"{id}-tile-{column}", left, y + 56, _of(address, place))
        for column, said in enumerate(area.notes):
            yield from scene.note(f"{id}-note-{column}", x + _GAP + column * 216, y + 56, said.words)


def _of(address: str, place: str) -> str:
    """The address of a tile, of that place."""
    return f"{address}{place}" if address.endswith("?") else f"{address}&{place}"
