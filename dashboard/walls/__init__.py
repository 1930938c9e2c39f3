"""The walls: each a small TOML file, `<name>.toml`, ours in this folder and one's own in ONEBOARD_DASHBOARD_WALLS_DIR.

A file is read whenever its wall is drawn anew, so that an edited one needs no restart.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from dashboard.locales import LANGS, Lang
from dashboard.own_file import FileFault, read
from dashboard.sentences import code
from dashboard.settings import dashboard
from ingest.errors import nearest
from warehouse.metrics import METRICS

Scene = Literal["company", "regions", "products", "landing", "cash", "wins", "red"]
SCENES: tuple[Scene, ...] = get_args(Scene)
DEFAULT = "company"
_KNOWN = {"scenes": SCENES, "language": LANGS, "metric": [name for name, row in METRICS.items() if row.kind == "flow"]}
_OURS = Path(__file__).parent


class WallFault(FileFault):
    """A wall that cannot be shown: which file, all that is wrong with it, and what may stand there."""


class Wall(BaseModel):
    """What a wall shows. Every field may be left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenes: tuple[Scene, ...] = Field(SCENES, min_length=1, description="which scenes, in their order")
    seconds: float = Field(20, ge=1, le=3600, description="how long each stands")
    unit: str | None = Field(None, min_length=1, description="the unit it is about; without one the whole company")
    metric: str = Field("bookings", description="a metric that adds up by day")
    language: Lang | None = Field(None, description='"zh" or "en"; without one what the URL says')
    show_names: bool = Field(False, description="whether red may name the person; wins always do")

    @field_validator("metric")
    @classmethod
    def _adds_up(cls, value: str) -> str:
        if value not in _KNOWN["metric"]:
            raise ValueError(value)
        return value

    @field_validator("scenes")
    @classmethod
    def _once(cls, value: tuple[Scene, ...]) -> tuple[Scene, ...]:
        return tuple(dict.fromkeys(value))


def name_of(path: str) -> str:
    """The name in "/wall/<name>"; a bare "/wall" is the company's."""
    return path.removeprefix("/wall").strip("/") or DEFAULT


def wall_of(path: str) -> Wall:
    """The wall of a path. Raises `FileFault` where there is none of that name or its file cannot be used."""
    files, name = _files(), name_of(path)
    if name not in files:
        raise WallFault("", _code("no_wall", name, files, name=repr(name)))
    return _read(files[name])


def _files() -> dict[str, Path]:
    """Every wall's file by name; one's own stands in for ours of the same name."""
    own = dashboard().walls_dir
    folders = (_OURS, *([own] if own else []))
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def _read(file: Path) -> Wall:
    said = read(file)
    try:
        return Wall.model_validate(said)
    except ValidationError as error:
        raise WallFault(file.name, *map(_wrong, error.errors())) from error


def _wrong(problem: ErrorDetails) -> str:
    """What is wrong with one setting, and what may stand there."""
    name, value = str(problem["loc"][0]), problem["input"]
    if problem["type"] == "extra_forbidden":
        return _code("no_setting", name, Wall.model_fields, name=name)
    return _code(f"bad_{name}", str(value), _KNOWN.get(name, ()), value=repr(value))


def _code(key: str, word: str, known: Iterable[str], **said: str) -> str:
    """The sentence about a word that was written in place of one that is known."""
    return code(f"wall.{key}", **said, known=", ".join(known), near=nearest(word, known))
