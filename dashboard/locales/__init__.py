"""Every word on the screen, in Chinese and English side by side.

A catalogue is a file of this folder with `TEXTS: Texts`, one row a text: (Chinese, English). Its key on the outside is
`<file>.<key>`. Numbers, money and dates come in as text, already worded by the amounts' own rules.
"""

import pkgutil
from importlib import import_module
from string import Formatter
from typing import Literal, get_args

from ingest.errors import did_you_mean

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
Texts = dict[str, tuple[str, str]]


class UnknownText(LookupError):
    """A key that no catalogue has: a mistake of ours."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no text {key!r}.{did_you_mean(key, CATALOGUE)}")


def placeholders(text: str) -> frozenset[str]:
    """The names a text wants filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def _gather() -> Texts:
    found: Texts = {}
    for module in pkgutil.iter_modules(__path__):
        texts: Texts = getattr(import_module(f"{__name__}.{module.name}"), "TEXTS", {})
        for key, (zh, en) in texts.items():
            if not zh or not en or placeholders(zh) != placeholders(en):
                raise ValueError(f"{module.name}.{key} must say the same, with the same names, in both languages")
            found[f"{module.name}.{key}"] = (zh, en)
    return found


CATALOGUE: Texts = _gather()


def t(key: str, lang: Lang, **args: object) -> str:
    """The text of `key` in `lang`, `args` filled in; `UnknownText` for a key nobody wrote, KeyError without an arg."""
    try:
        pair = CATALOGUE[key]
    except KeyError:
        raise UnknownText(key) from None
    return pair[LANGS.index(lang)].format(**args)
