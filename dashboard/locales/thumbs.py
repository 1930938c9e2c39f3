"""The words of the phone."""

from dashboard.locales import Texts

TEXTS: Texts = {
    "title": ("常用", "Within reach"),
    "more": ("更多", "More"),
    "fold": ("筛选与设置", "Filters and settings"),
}
