"""The words of the digest."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "title": ("每日摘要", "Digest"),
    "open": ("打开看板", "Open the board"),
}
