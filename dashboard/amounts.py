"""Numbers as people read them: 亿/万元 in Chinese, B/M/K in English; three significant digits short, else exact."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from dashboard.locales import Lang

Number = Decimal | float | int

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"
_GAP: dict[Lang, str] = {"zh": "", "en": "\N{NO-BREAK SPACE}"}
"""Between a number and its unit: no line breaks there."""
_THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)
_UNITS: dict[Lang, tuple[tuple[Decimal, str], ...]] = {
    "zh": ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"), (Decimal(1), "")),
    "en": ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K"), (Decimal(1), "")),
}


def signed(text: str, value: Number, sign: bool = False) -> str:
    """`text` of a number's size with the number's sign; without one where it says nothing but zeros."""
    negative = value < 0 and any(digit in text for digit in "123456789")
    return (MINUS if negative else "+" if sign and value > 0 else "") + text


def short(value: Number | None, lang: Lang, *, sign: bool = False) -> str:
    """Three significant digits with the language's unit: 41234567 is "4,120万" or "41.2 M" on one line; None: "–"."""
    if value is None:
        return NOTHING
    rounded = _THREE_DIGITS.create_decimal(abs(Decimal(str(value))))
    units = _UNITS[lang]
    size, unit = next((one for one in units if rounded >= one[0]), units[-1])
    scaled = rounded / size
    places = max(0, 2 - max(scaled.adjusted(), 0)) if scaled else 0
    if not unit and scaled == scaled.to_integral_value():
        places = 0
    gap = _GAP[lang] if unit else ""
    return signed(f"{scaled:,.{places}f}{gap}{unit}", value, sign)


def adding_up(total: Decimal, parts: Sequence[Decimal], lang: Lang) -> tuple[str, list[str]]:
    """`total` and the parts it is the sum of, each without its sign, in one unit and to one digit: what is read adds up
    exactly. That digit is the third of the total; what rounding leaves goes to the largest remainders (Hamilton)."""
    size = _THREE_DIGITS.create_decimal(max([abs(total), *(abs(part) / 10 for part in parts)]))
    unit_size, unit = next((one for one in _UNITS[lang] if size >= one[0]), _UNITS[lang][-1])
    digit = max(size.adjusted() - 2, 0)
    step = Decimal(10) ** digit
    places = max(0, unit_size.adjusted() - digit)
    whole = int((total / step).to_integral_value(ROUND_HALF_UP))
    steps = [int((part / step).to_integral_value(ROUND_FLOOR)) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda n: steps[n] - parts[n] / step)
    for n in by_remainder[: whole - sum(steps)]:
        steps[n] += 1
    gap = _GAP[lang] if unit else ""
    first, *rest = (f"{abs(one) * step / unit_size:,.{places}f}{gap}{unit}" for one in (whole, *steps))
    return first, rest


def round_amount(value: Number, lang: Lang) -> str:
    """A round amount for an axis, without digits that say nothing: "250万", "1.5亿", "2 M"."""
    text = short(value, lang)
    number = text.rstrip(f"亿万BMK{_GAP[lang]}")
    return (number.rstrip("0").rstrip(".") if "." in number else number) + text[len(number) :]


def exact(value: Number | None, *, sign: bool = False) -> str:
    """Every digit there is, to the cent, with thousands grouped; whole amounts without cents."""
    if value is None:
        return NOTHING
    cents = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    places = 0 if cents == cents.to_integral_value() else 2
    return signed(f"{abs(cents):,.{places}f}", value, sign)


def count(value: Number | None) -> str:
    """A whole number, thousands grouped."""
    return NOTHING if value is None else signed(f"{abs(round(value)):,}", value)


def share(value: float | None, lang: Lang, *, sign: bool = False, digits: int = 1) -> str:
    """A ratio as a percentage: 0.881 is "88.1%", in English "88.1 %"."""
    if value is None:
        return NOTHING
    space = "\N{NARROW NO-BREAK SPACE}" if lang == "en" else ""
    return signed(f"{abs(value) * 100:,.{digits}f}{space}%", value, sign)


def pace(value: float | None) -> str:
    """A pace to two digits: 1.00 is on pace."""
    return NOTHING if value is None else f"{value:.2f}"


_TYPED = {"亿": 10**8, "万": 10**4, "b": 10**9, "m": 10**6, "k": 10**3}


def typed(text: str) -> Decimal:
    """What somebody typed as an amount: "1,200,000", "120万", "1.2亿", "1.2 M"; ValueError for anything else."""
    plain = "".join(text.lower().split()).removesuffix("元").replace(",", "").replace("，", "")
    size = _TYPED.get(plain[-1:], 1)
    try:
        value = Decimal(plain if size == 1 else plain[:-1]) * size
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount; write 1200000, 120万 or 1.2M") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is no amount")
    return value


def of(value: Number | None, unit: str, lang: Lang, *, sign: bool = False) -> str:
    """`short` or its like for what a metric is measured in: "money", "count", "ratio" or "minutes"."""
    if value is None:
        return NOTHING
    if unit == "ratio":
        return share(float(value), lang, sign=sign)
    return count(value) if unit == "count" and -100_000 < value < 100_000 else short(value, lang, sign=sign)
