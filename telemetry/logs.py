"""One line an event, the same in every process: when (UTC), how bad, which part, what, and its fields.

What is logged with `extra={…}` are the fields. Text is for eyes, JSON for machines (`ONEBOARD_LOG_FORMAT=json`). What
the settings keep secret is blotted out wherever it turns up in a line, whoever wrote it there.
"""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, SecretStr
from pydantic_core import Url

from telemetry.settings import TelemetrySettings

BLOT = "•••"
_OURS = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message", "websocket"})
"""What Python itself, and uvicorn, put on a record: everything else is a field."""
_NOISY = {
    "kafka": logging.CRITICAL,  # what it meets, we say in our own words
    "aiokafka": logging.ERROR,  # it warns of what it then raises
    "apprise": logging.CRITICAL,  # what is answered, we say; addresses of robots are secrets
    "urllib3": logging.ERROR,  # the same
    "mode.timers": logging.ERROR,  # it warns of every look that took longer than the rest after it
    "uvicorn.error": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}


class Lines(logging.Formatter):
    """One record, one line of text; only a traceback takes more."""

    def __init__(self, part: str, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._part = part
        self._secrets = sorted({form for one in secrets if one for form in _forms(one)}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        line = self._line(record, dict(_fields(record)))
        for secret in self._secrets:
            line = line.replace(secret, BLOT)
        return line

    def _line(self, record: logging.LogRecord, fields: Mapping[str, Any]) -> str:
        said = " ".join(f"{name}={value}" for name, value in fields.items())
        line = f"{_time(record)} {record.levelname:<7} {record.name}: {record.getMessage()}"
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return (f"{line} [{said}]" if said else line) + trace


class JsonLines(Lines):
    """One record, one JSON object on one line, tracebacks included."""

    def _line(self, record: logging.LogRecord, fields: Mapping[str, Any]) -> str:
        told: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "part": self._part,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in fields.items() if name not in ("time", "level", "part", "message")},
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


class Seldom(logging.Filter):
    """What one of the noisy libraries says over and over is said once every `seconds`, with how often it was.

    A client whose broker is away tells so ten times a second, for as long as that takes.
    """

    def __init__(self, seconds: float = 10.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to say it now."""
        if record.name.partition(".")[0] not in _NOISY:
            return True
        what = record.name, str(record.msg)
        since, again = self._said.get(what, (-self._seconds, 0))
        if record.created - since < self._seconds:
            self._said[what] = since, again + 1
            return False
        self._said[what] = record.created, 0
        if again:
            record.msg, record.args = f"{record.getMessage()} (and {again} times like it before)", None
        return True


def begin(part: str, settings: TelemetrySettings, *kept: BaseModel) -> None:
    """Log this process as `part`, on standard error; `kept` are the settings whose secrets no line may hold."""
    kind = JsonLines if settings.log_format == "json" else Lines
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Seldom())
    handler.setFormatter(kind(part, [secret for one in kept for secret in secrets_of(one)]))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name, level in _NOISY.items():
        logging.getLogger(name).setLevel(max(level, logging.getLogger().level))


def secrets_of(settings: BaseModel) -> Iterator[str]:
    """Every secret of a settings object, and the passwords of the addresses in it."""
    for _, value in settings:
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, Url) and value.password:
            yield value.password


def _forms(secret: str) -> tuple[str, ...]:
    """How a secret may stand in a line: as it is, inside JSON, inside an address."""
    return secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe="")


def _fields(record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in vars(record).items() if name not in _OURS and name[:1] != "_")


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
