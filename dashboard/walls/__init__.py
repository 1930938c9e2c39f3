"""The walls: each a small TOML file, `<name>.toml`, ours in this folder and one's own in ONEBOARD_DASHBOARD_WALLS_DIR.

A file is read whenever its wall is drawn anew, so that an edited one needs no restart.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from dashboard.locales import LANGS, Lang, t
from dashboard.settings import dashboard
from ingest.errors import nearest
from warehouse.metrics import METRICS

Scene = Literal["company", "regions", "products", "landing", "cash", "wins", "red"]
SCENES: tuple[Scene, ...] = get_args(Scene)
DEFAULT = "company"
_KNOWN = {"scenes": SCENES, "language": LANGS, "metric": [name for name, row in METRICS.items() if row.kind == "flow"]}
_OURS = Path(__file__).parent


class WallFault(ValueError):
    """A wall that cannot be shown: which file, what is wrong with it, and what may stand there.

    `key` and `said` are a text of the catalogues; `word` is what was written in place of one of `known`.
    """

    def __init__(self, key: str, word: str = "", known: Iterable[str] = (), **said: str) -> None:
        self._key, self._near, self._said = key, nearest(word, known), {**said, "known": ", ".join(known)}
        super().__init__(self.words("en"))

    def words(self, lang: Lang) -> str:
        """The sentence."""
        near = t("wall.did_you_mean", lang, near=f'"{self._near}"') if self._near else ""
        return t(self._key, lang, **self._said) + near


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
    """The wall of a path; WallFault when there is none of that name or its file cannot be read."""
    files, name = _files(), name_of(path)
    if name not in files:
        raise WallFault("wall.no_wall", name, files, name=repr(name))
    return _read(files[name])


def _files() -> dict[str, Path]:
    """Every wall's file by name; one's own stands in for ours of the same name."""
    own = dashboard().walls_dir
    folders = (_OURS, *([own] if own else []))
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def _read(file: Path) -> Wall:
    try:
        return Wall.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WallFault("wall.unreadable", file=file.name, why=str(error)) from error
    except ValidationError as error:
        raise _wrong(file.name, error.errors()[0]) from error


def _wrong(file: str, problem: ErrorDetails) -> WallFault:
    """What is wrong with one setting, and what may stand there."""
    name, value = str(problem["loc"][0]), problem["input"]
    if problem["type"] == "extra_forbidden":
        return WallFault("wall.no_setting", name, Wall.model_fields, file=file, name=name)
    return WallFault(f"wall.bad_{name}", str(value), _KNOWN.get(name, ()), file=file, value=repr(value))
