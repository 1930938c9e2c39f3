"""Where this machine gets Maven artifacts from: its own mirrors first, Maven Central last."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree


def repositories(chosen: str | None, maven_settings: Path | None = None) -> tuple[str, ...]:
    """Repository URLs in the order in which to ask them, each once.

    `chosen` is our own setting; then come the mirrors of Maven's `settings.xml`, those of jgo's configuration, and
    Maven Central. Which one answers is no matter of trust: every jar is held against the lock's SHA-256.
    """
    from jgo.config import GlobalSettings  # loaded where something has to be fetched, and not at every start
    from jgo.constants import MAVEN_CENTRAL_URL

    candidates = (
        *((chosen,) if chosen else ()),
        *_mirrors(maven_settings or Path("~/.m2/settings.xml").expanduser()),
        *GlobalSettings.load().repositories.values(),
        MAVEN_CENTRAL_URL,
    )
    return tuple(dict.fromkeys(url.rstrip("/") for url in candidates))


def _mirrors(settings: Path) -> Iterator[str]:
    """URLs of the mirrors of Maven Central in a `settings.xml`; none when there is no such file or it is not XML."""
    try:
        root = ElementTree.parse(settings).getroot()
    except (OSError, ElementTree.ParseError):
        return
    for mirror in root.iterfind("{*}mirrors/{*}mirror"):
        of = {name.strip() for name in (mirror.findtext("{*}mirrorOf") or "").split(",")}
        url = (mirror.findtext("{*}url") or "").strip()
        is_blocked = (mirror.findtext("{*}blocked") or "").strip() == "true"
        if url and not is_blocked and of & {"*", "central", "external:*"} and "!central" not in of:
            yield url
