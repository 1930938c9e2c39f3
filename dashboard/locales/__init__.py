"""Every word on the screen, in Chinese and English.

A language is a gettext catalogue, `<language>/LC_MESSAGES/oneboard.po`, so that the tools of translators read and write
it. A message's id is its key, `<part of the board>.<what it says>`. Numbers, money and dates come in as text, already
worded by the amounts' own rules.
"""

from pathlib import Path
from string import Formatter
from typing import Literal, get_args

from babel.messages.pofile import read_po

from ingest.errors import did_you_mean

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
Texts = dict[str, tuple[str, ...]]
"""Key → its text in each of `LANGS`."""


class UnknownText(LookupError):
    """A key that no catalogue has: a mistake of ours."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no text {key!r}.{did_you_mean(key, CATALOGUE)}")


def placeholders(text: str) -> frozenset[str]:
    """The names a text wants filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def read(folder: Path) -> Texts:
    """The catalogues below a folder; ValueError for a text that a language lacks, or that wants other names in it."""
    said = [_said(folder / lang / "LC_MESSAGES" / "oneboard.po") for lang in LANGS]
    found = {key: tuple(texts.get(key, "") for texts in said) for texts in said for key in texts}
    for key, texts in found.items():
        if not all(text.strip() for text in texts) or len({placeholders(text) for text in texts}) > 1:
            raise ValueError(f"{key} must say the same, with the same names, in every language: {', '.join(LANGS)}")
    return found


def _said(file: Path) -> dict[str, str]:
    with file.open("rb") as lines:
        return {str(one.id): str(one.string) for one in read_po(lines, abort_invalid=True) if one.id}


CATALOGUE = read(Path(__file__).parent)


def every(key: str) -> dict[Lang, str]:
    """The text of `key` in each language; `UnknownText` for a key nobody wrote."""
    return {lang: t(key, lang) for lang in LANGS}


def t(key: str, lang: Lang, **args: object) -> str:
    """The text of `key` in `lang`, `args` filled in; `UnknownText` for a key nobody wrote, KeyError without an arg."""
    try:
        texts = CATALOGUE[key]
    except KeyError:
        raise UnknownText(key) from None
    return texts[LANGS.index(lang)].format(**args)


def t_or(key: str, lang: Lang, otherwise: str) -> str:
    """The text of `key`; `otherwise` where nobody wrote one: what is called by a company's or a source's own name."""
    return t(key, lang) if key in CATALOGUE else otherwise
