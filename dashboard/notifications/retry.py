"""When a message that did not arrive is tried again: exponential backoff with jitter, and an end."""

import random
from datetime import datetime, timedelta

from dashboard.notifications.settings import NotificationSettings

JITTER = 0.2


def next_try(
    settings: NotificationSettings, tries: int, now: datetime, after_seconds: float = 0.0, chance: float | None = None
) -> datetime | None:
    """After the `tries`-th try failed; None when that was the last. `after_seconds` is what the receiver asks for,
    `chance` (0 to 1) decides the jitter."""
    if tries >= settings.most_tries:
        return None
    pause = min(settings.first_retry_seconds * 2.0 ** (tries - 1), settings.longest_retry_seconds)
    pause *= 1 + JITTER * (2 * (random.random() if chance is None else chance) - 1)
    return now + timedelta(seconds=max(pause, min(after_seconds, settings.longest_retry_seconds)))
