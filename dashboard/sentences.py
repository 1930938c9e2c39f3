"""Sentences of detection: codes as 'message-id|arg=value|…' worded in the reader's language.

What an argument is follows from its name: an id becomes a name, an amount is shortened, a share gets its per cent;
`near`, a known word near one that is not, is asked for afterwards. A code this version does not know, or one with an
argument missing, is shown as it came: no screen fails over a sentence.
In a value `|` is written %7C and `%` %25.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from dashboard import amounts
from dashboard.locales import CATALOGUE, Lang, t

NAMED = frozenset({"unit", "office", "region", "person", "owner", "product", "line", "customer", "successor", "place"})
MONEY = frozenset({"amount", "gap", "target", "actual", "expected", "largest", "sold"})
SHARES = frozenset({"share", "pace", "confidence"})


def parse(code: str) -> tuple[str, dict[str, str]]:
    """The message id and the arguments of a code."""
    message, *rest = code.split("|")
    pairs = (part.partition("=") for part in rest)
    return message, {name: value.replace("%7C", "|").replace("%25", "%") for name, _, value in pairs}


def _worded(name: str, value: str, lang: Lang, names: Mapping[str, str]) -> str:
    wording: dict[bool, Callable[[], str]] = {
        name in NAMED: lambda: names.get(value, value),
        name in MONEY: lambda: amounts.short(Decimal(value), lang, sign=name == "gap"),
        name in SHARES: lambda: amounts.share(float(value), lang, digits=0),
        name == "change": lambda: amounts.share(float(value), lang, sign=True, digits=0),
    }
    try:
        return wording.get(True, lambda: value)()
    except (ValueError, InvalidOperation):
        return value


def code(message: str, **args: object) -> str:
    """The code that `parse` reads."""
    parts = [f"{name}={str(value).replace('%', '%25').replace('|', '%7C')}" for name, value in args.items()]
    return "|".join([message, *parts])


def ids_in(code: str) -> frozenset[str]:
    """The ids a code speaks of, so that their names can be asked for together."""
    return frozenset(value for name, value in parse(code)[1].items() if name in NAMED)


def sentence(code: str, lang: Lang, names: Mapping[str, str]) -> str:
    """The code in words; `names` gives the name of an id, which else stands for itself."""
    message, args = parse(code)
    if message not in CATALOGUE:
        return code
    try:
        said = t(message, lang, **{name: _worded(name, value, lang, names) for name, value in args.items()})
        return said + t("fault.did_you_mean", lang, near=args["near"]) if args.get("near") else said
    except LookupError:
        return code
