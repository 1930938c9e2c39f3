"""How a Chinese name sounds: its pinyin, and the initials of that."""

from functools import lru_cache

_SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "任": "ren", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "缪": "miao", "尹": "yin", "冼": "xian", "覃": "qin", "褚": "chu", "翟": "zhai", "牟": "mu",
}  # fmt: skip
"""Characters that sound otherwise as a surname."""


@lru_cache(maxsize=1 << 18)
def sounds(name: str, is_person: bool = False) -> tuple[str, str]:
    """ "张伟" is ("zhang wei", "zw"); ("", "") for a name without Chinese characters. ü is v, as on keyboards."""
    if name.isascii():
        return "", ""
    from pypinyin import lazy_pinyin  # a second to load: not before somebody looks for something

    syllables = [part.strip().lower() for part in lazy_pinyin(name) if part.strip()]
    if is_person and name[0] in _SURNAMES:
        syllables[0] = _SURNAMES[name[0]]
    return " ".join(syllables), "".join(part[0] for part in syllables if part[0].isalnum())
