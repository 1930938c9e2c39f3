"""What stops oneboard from running here; the message is all that its user gets to see."""

from pydantic import ValidationError
from pydantic_settings import BaseSettings


class CannotRun(Exception):
    """Something about this machine or its settings; one sentence that says what it is and what to do."""


def wrong_settings(error: ValidationError) -> CannotRun | None:
    """The same in one line a setting, by the names that the environment has for them; None if it is of other data."""
    owner = next((kind for kind in BaseSettings.__subclasses__() if kind.__name__ == error.title), None)
    if owner is None:
        return None
    prefix = owner.model_config.get("env_prefix", "")
    lines = []
    for fault in error.errors(include_url=False):
        field = str(fault["loc"][0])
        name = field if field.isupper() else f"{prefix}{field}".upper()
        lines.append(f"{name} is {fault['input']!r}: {fault['msg'][:1].lower()}{fault['msg'][1:]}.")
    return CannotRun("\n".join(lines))
