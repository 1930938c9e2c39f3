"""What a finding is about in one amount: what is missing, or what customers buy a year where nothing is."""

from collections.abc import Iterable
from decimal import Decimal

from dashboard import amounts
from dashboard.locales import Lang, t
from ingest.events import Finding

OF_CUSTOMERS = frozenset({"complaints"})
"""Rules whose money is what customers buy a year: how much depends on them, and nothing that is missing."""


def is_gap(finding: Finding) -> bool:
    """Whether its money is missing somewhere, or in deals and dues that somebody must see to."""
    return finding.rule not in OF_CUSTOMERS


def rank(finding: Finding) -> tuple[bool, bool, Decimal, str]:
    """What comes first where findings are listed: what is short of pace, then deals and dues, then what customers buy;
    in each the most money."""
    return bool(finding.behind_count), not is_gap(finding), finding.gap, finding.finding_id


def stake(finding: Finding, lang: Lang) -> str:
    """ "−41.2 M", or "buys 22.0 M a year"."""
    if is_gap(finding):
        return amounts.short(finding.gap, lang, sign=True)
    return bought(finding.expected, lang)


def bought(amount: Decimal, lang: Lang) -> str:
    """What customers buy a year."""
    return t("findings.buys_a_year", lang, amount=amounts.short(amount, lang))


def together(findings: Iterable[Finding], lang: Lang) -> str:
    """The gaps of several in one amount."""
    return amounts.short(sum((one.gap for one in findings if is_gap(one)), Decimal(0)), lang, sign=True)
