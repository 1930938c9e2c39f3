"""The words and the tables in plain HTML that we wrote ourselves."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

Found = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
"""The headings, and the rows below them."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def words_in(html: str) -> str:
    """The words, without what is around them."""
    return unescape(re.sub("<[^>]*>", "", html))


def title_in(html: str) -> str | None:
    """The words of the first heading; None where there is none."""
    found = re.search("<h2[^>]*>(.*?)</h2>", html, re.DOTALL)
    return words_in(found[1]) if found else None


def tables_in(html: str) -> Iterator[Found]:
    """Each table with as many cells in every row as it has headings; the first row is the headings."""
    if "<table" not in html:
        return
    reader = _Reader()
    reader.feed(html)
    for rows in reader.tables:
        if len(rows) < 2:
            continue
        head, wide = rows[0], max(map(len, rows))
        yield _filled(head, wide), tuple(_filled(row, wide) for row in rows[1:])


def _filled(row: list[str], wide: int) -> tuple[str, ...]:
    return (*row, *[""] * (wide - len(row)))
