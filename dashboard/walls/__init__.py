"""The walls: each a small TOML file, `<name>.toml`, ours in this folder and one's own in ONEBOARD_DASHBOARD_WALLS_DIR.

A file is read whenever its wall is drawn anew, so that an edited one needs no restart.
"""

import tomllib
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dashboard.locales import Lang
from dashboard.settings import dashboard
from ingest.errors import did_you_mean
from warehouse.metrics import METRICS

Scene = Literal["company", "regions", "products", "landing", "cash", "wins", "red"]
SCENES: tuple[Scene, ...] = get_args(Scene)
DEFAULT = "company"
_OURS = Path(__file__).parent


class WallFault(ValueError):
    """A wall that cannot be shown: the sentence says which file, what is wrong with it, and what may stand there."""


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
        flows = [name for name, row in METRICS.items() if row.kind == "flow"]
        if value not in flows:
            raise ValueError(f"{value!r} is no metric that adds up by day.{did_you_mean(value, flows)}")
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
        raise WallFault(f"There is no wall {name!r}; there are: {', '.join(files)}.{did_you_mean(name, files)}")
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
        raise WallFault(f"{file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        raise WallFault(f"{file.name}: {'; '.join(map(_said, error.errors()))}") from error


def _said(problem: object) -> str:
    assert isinstance(problem, dict)
    where = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        known = Wall.model_fields
        return f"{where} is no setting of a wall; there are {', '.join(known)}.{did_you_mean(where, known)}"
    return f"{where}: {str(problem['msg']).removeprefix('Value error, ')}"
