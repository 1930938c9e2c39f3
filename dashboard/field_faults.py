"""What is wrong with the fields of a file or a form: pydantic's errors as codes of sentences, and as an answer.

A validator of ours raises a `PydanticCustomError` whose type is a text of the catalogue, and whose context its
arguments; `at` says where: "routes[person].by".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ValidationError

from dashboard.locales import CATALOGUE
from dashboard.own_file import FileFault
from dashboard.sentences import code, sentence
from dashboard.view_state import ViewState
from ingest.errors import nearest

M = TypeVar("M", bound=BaseModel)
_BOUNDS = {
    **dict.fromkeys(("greater_than_equal", "greater_than"), ("least", ("ge", "gt"))),
    **dict.fromkeys(("less_than_equal", "less_than"), ("most", ("le", "lt"))),
    **dict.fromkeys(("too_short", "string_too_short"), ("short", ("min_length",))),
    **dict.fromkeys(("too_long", "string_too_long"), ("long", ("max_length",))),
}
"""By pydantic's type: the text, and in which parts of its context the bound stands."""
_CONTAINERS: tuple[Any, ...] = (dict, list)


def checked(model: type[M], rows: Mapping[str, Any], file: Path) -> M:
    """The rows of a file as its model. Raises `FileFault` with every fault."""
    try:
        return model.model_validate(rows)
    except ValidationError as error:
        raise FileFault(file.name, *codes(error.errors(), model, rows)) from error


def codes(errors: Iterable[Any], model: type[BaseModel], rows: Any) -> list[str]:
    """A sentence a place: where it is, what is wrong, and what may stand there."""
    errors, found = list(errors), dict[str, str]()
    above = {tuple(one["loc"][:end]) for one in errors for end in range(len(one["loc"]))}
    for one in errors:
        if one["type"] == "too_short" and tuple(one["loc"]) in above:
            continue  # there are enough, but pydantic counts only the right ones
        at = _at(one["loc"], rows)
        found.setdefault(at, _code(at, one, model))  # what may be of several kinds has an error of each
    return list(found.values())


def _code(at: str, error: Any, model: type[BaseModel]) -> str:
    place, kind, said = tuple(error["loc"]), str(error["type"]), error.get("ctx", {})
    value, row = repr(error["input"]), _model_at(model, place[:-1])
    if kind in CATALOGUE:
        return code(kind, at=at, **said)
    if kind == "missing":
        return code("field.missing", at=at)
    if kind == "extra_forbidden":
        return _unknown("field.unknown", at, str(place[-1]), tuple(row.model_fields))
    if kind == "literal_error":
        return _unknown("field.one_of", at, str(error["input"]), re.findall(r"'([^']*)'", said["expected"]), value)
    if kind in _BOUNDS:
        key, names = _BOUNDS[kind]
        return code(f"field.{key}", at=at, value=value, bound=next(said[name] for name in names if name in said))
    field = row.model_fields.get(str(place[-1])) if place else None
    if field and field.examples:
        return code("field.not_like", at=at, value=value, example=field.examples[0])
    return code("field.not_so", at=at, value=value)


def _unknown(key: str, at: str, word: str, known: Sequence[str], value: str = "") -> str:
    return code(key, at=at, value=value, known=", ".join(known), near=nearest(word, known))


def _at(place: Sequence[str | int], rows: Any) -> str:
    """ "routes[person].by": a row by its name, else by its number from 1; no further than the rows go."""
    said, here = "", rows
    for part in place:
        if not isinstance(here, _CONTAINERS):
            break
        try:
            here = here[part]
        except (LookupError, TypeError):
            here = None
        name = here.get("name") if isinstance(here, dict) else None
        said += f"[{name or part + 1}]" if isinstance(part, int) else f".{part}"
    return said.removeprefix(".")


def _model_at(model: type[BaseModel], place: Iterable[str | int]) -> type[BaseModel]:
    """The model of the row at a place."""
    for part in place:
        if field := model.model_fields.get(str(part)):
            inner = (field.annotation, *get_args(field.annotation))
            model = next((one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)), model)
    return model


async def answered(request: Request, error: Exception) -> PlainTextResponse:
    """422, with what is wrong in the language of the page that asked."""
    assert isinstance(error, RequestValidationError)
    body = error.body if isinstance(error.body, dict) else {}
    lang = ViewState.from_query(str(body.get("search") or request.url.query)).lang
    errors = [{**one, "loc": one["loc"][1:]} for one in error.errors()]  # pydantic's own begins with "body"
    return PlainTextResponse(
        "\n".join(sentence(one, lang, {}) for one in codes(errors, BaseModel, body)), status_code=422
    )


def routes(app: FastAPI) -> None:
    """Make the app say it so."""
    app.add_exception_handler(RequestValidationError, answered)
