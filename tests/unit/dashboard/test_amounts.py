"""Numbers as people read them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import amounts


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Decimal("41234567"), "4,120万", "41.2\u00a0M"),
        (Decimal("4123456789"), "41.2亿", "4.12\u00a0B"),
        (Decimal("99999999"), "1.00亿", "100\u00a0M"),
        (Decimal("999499"), "99.9万", "999\u00a0K"),
        (Decimal("999999"), "100万", "1.00\u00a0M"),
        (Decimal("8765.4"), "8,770", "8.77\u00a0K"),
        (Decimal("12.5"), "12.5", "12.5"),
        (Decimal("7"), "7", "7"),
        (Decimal("-41234567"), "−4,120万", "−41.2\u00a0M"),
        (Decimal(0), "0", "0"),
        (None, "–", "–"),
    ],
)
def test_short_amounts_have_three_digits_and_the_unit_of_the_language(value: Decimal | None, zh: str, en: str) -> None:
    assert amounts.short(value, "zh") == zh
    assert amounts.short(value, "en") == en


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((130_300_000, 50_500_000, 29_400_000), ("2.10亿", ["1.30亿", "0.51亿", "0.29亿"])),
        ((300_000, -296_000), ("0.40万", ["30.00万", "29.60万"])),
        ((7,), ("7", ["7"])),
        ((), ("0", [])),
    ],
)
def test_parts_are_rounded_so_that_what_is_read_adds_up(parts: tuple[int, ...], said: tuple[str, list[str]]) -> None:
    assert amounts.adding_up(Decimal(sum(parts)), [Decimal(part) for part in parts], "zh") == said


@given(st.lists(st.decimals(-(10**10), 10**10, places=2), min_size=1, max_size=5), st.sampled_from(["zh", "en"]))
def test_whatever_the_parts_their_rounded_sum_is_the_rounded_total(parts: list[Decimal], lang: Any) -> None:
    total = sum(parts, Decimal(0))
    whole, each = amounts.adding_up(total, parts, lang)
    read = [Decimal(text.rstrip("亿万BMK ").replace(",", "")) for text in (whole, *each)]
    signed = [value.copy_sign(part) for value, part in zip(read, (total, *parts), strict=True)]
    assert signed[0] == sum(signed[1:])
    assert len({text.lstrip("0123456789.,") for text in (whole, *each)}) == 1


def test_a_gap_says_its_sign() -> None:
    assert amounts.short(Decimal("41200000"), "en", sign=True) == "+41.2\u00a0M"
    assert amounts.short(Decimal("-41200000"), "zh", sign=True) == "−4,120万"
    assert amounts.short(Decimal(0), "zh", sign=True) == "0"


def test_exact_amounts_keep_their_cents() -> None:
    assert amounts.exact(Decimal("41234567.8900")) == "41,234,567.89"
    assert amounts.exact(Decimal("41234567.0000")) == "41,234,567"
    assert amounts.exact(Decimal("-0.004")) == "0"
    assert amounts.exact(Decimal("-12.5"), sign=True) == "−12.50"


@given(st.decimals(-(10**12), 10**12, places=2))
def test_exact_is_exact(value: Decimal) -> None:
    assert Decimal(amounts.exact(value).replace(",", "").replace("−", "-")) == value


def test_shares_and_paces() -> None:
    assert amounts.share(0.8812, "zh") == "88.1%"
    assert amounts.share(0.8812, "en") == "88.1\N{NARROW NO-BREAK SPACE}%"
    assert amounts.share(-0.06, "zh", sign=True) == "−6.0%"
    assert amounts.pace(0.876) == "0.88"
    assert amounts.pace(None) == amounts.share(None, "zh") == "–"


def test_an_axis_says_no_digit_too_many() -> None:
    assert [amounts.round_amount(value, "zh") for value in (0, 2_500_000, 150_000_000)] == ["0", "250万", "1.5亿"]
    assert [amounts.round_amount(value, "en") for value in (2_000_000, 1_500_000)] == ["2\u00a0M", "1.5\u00a0M"]
