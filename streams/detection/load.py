"""A limit on what one person is told a day: what exceeds it is ranked by money and folded, never dropped. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ingest.calendar import business_day
from ingest.events import Finding

MOST_A_DAY = 3
"""New findings a person is told a day (DOMAIN §5)."""


def within_load(
    changed: Sequence[Finding],
    words: Sequence[Finding],
    first_told: Mapping[str, datetime],
    now: datetime,
    zone: ZoneInfo,
) -> list[Finding]:
    """`changed` in its order, those folded that are new and beyond what who answers may be told on the day of `now`.

    `words` are the last words on what stands, `first_told` since when each has been told. A folded finding stays so.
    """
    today = business_day(now, zone)
    known = {word.finding_id for word in words}
    told = Counter(
        word.responsible_id
        for word in words
        if not word.is_folded and business_day(first_told[word.finding_id], zone) == today
    )
    folded: set[str] = set()
    for finding in sorted(changed, key=lambda one: (one.gap, one.finding_id)):
        who = finding.responsible_id
        if finding.finding_id in known or not who:
            continue
        told[who] += 1
        if told[who] > MOST_A_DAY:
            folded.add(finding.finding_id)
    return [one.model_copy(update={"is_folded": True}) if one.finding_id in folded else one for one in changed]
