"""Files of one's own, in TOML: a wall, the routes, the kinds of meetings; and what is wrong with one, in words."""

from pathlib import Path
from typing import Any

from dashboard.locales import Lang, t
from dashboard.sentences import code, sentence
from ingest.errors import Terminal
from ingest.toml import NotToml, end_of, parse


class FileFault(Terminal):
    """A file that cannot be used, with all that is wrong with it.

    `codes` are sentences as `dashboard.sentences` words them; the text of the error is English and has `why` besides,
    a program's own words for the log.
    """

    def __init__(self, file: str, *codes: str, why: str = "") -> None:
        self._file, self._codes = file, codes
        super().__init__(self.words("en") + (f" ({why})" if why else ""))

    def words(self, lang: Lang) -> str:
        """The sentences, after the file's name where there is one."""
        faults = (" " if lang == "en" else "").join(sentence(one, lang, {}) for one in self._codes)
        return t("file.wrong", lang, file=self._file, faults=faults) if self._file else faults


def read(file: Path) -> dict[str, Any]:
    """What it says. Raises `FileFault` where it cannot be opened or is not TOML, with the line and the column."""
    try:
        raw = file.read_bytes()
        return parse(raw.decode("utf-8"))
    except OSError as error:
        raise FileFault(file.name, "file.away", why=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        line, column = end_of(raw[: error.start].decode("utf-8"))
        raise FileFault(file.name, code("file.not_text", line=line, column=column), why=error.reason) from error
    except NotToml as error:
        where = code("file.not_toml", line=error.line, column=error.column)
        raise FileFault(file.name, where, why=error.why) from error
