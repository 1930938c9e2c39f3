"""What a live tile shows, and its picture: an SVG that needs nothing but itself. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.theme import FONT, SYMBOLS, TOKENS, State, Theme
from dashboard.whiteboard.scene import TILE_SIZE

_PAD, _LINE = 18, 24
_TOP = 96
"""Where rows and curves begin: below the title and the figure."""
_TOP_BARE = 48
"""The same of a tile without a figure."""


@dataclass(frozen=True)
class Row:
    """A line of a tile: what it is, how much, and a bar of that share of the widest (0 to 1; None: no bar)."""

    label: str
    value: str = ""
    share: float | None = None
    state: State = "none"


@dataclass(frozen=True)
class Face:
    """A tile: `figure` is what is read first, `lines` are curves, the first drawn strongest, in the same unit."""

    title: str
    figure: str = ""
    state: State = "none"
    said: str = ""
    rows: tuple[Row, ...] = ()
    lines: tuple[tuple[float | None, ...], ...] = ()
    foot: str = ""
    is_locked: bool = False

    @property
    def words(self) -> str:
        """All of it in words: what somebody hears who does not see the picture."""
        mark = SYMBOLS[self.state] if self.state != "none" else ""
        rows = (" ".join(part for part in (row.label, row.value) if part) for row in self.rows)
        return " · ".join(
            part for part in (self.title, f"{mark} {self.figure}".strip(), self.said, *rows, self.foot) if part
        )


def svg(face: Face, theme: Theme) -> str:
    """The picture of a tile, `scene.TILE_SIZE` large."""
    width, height = TILE_SIZE
    ink = TOKENS[theme]
    body = "".join(_locked(face, ink) if face.is_locked else _parts(face, ink))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="{escape(FONT)}"><rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"'
        f' fill="{ink["surface"]}" stroke="{ink["line"]}"/>{body}</svg>'
    )


def _parts(face: Face, ink: "Inks") -> Iterator[str]:
    width, height = TILE_SIZE
    yield _text(_PAD, 32, _cut(face.title, width - 2 * _PAD, 15), 15, ink["ink-2"])
    mark = f"{SYMBOLS[face.state]} " if face.state != "none" else ""
    yield _text(_PAD, 74, _cut(mark + face.figure, width - 2 * _PAD, 32), 32, _colour(face.state, ink), weight=600)
    top = _TOP if face.figure or face.said else _TOP_BARE
    for line in _wrapped(face.said, width - 2 * _PAD, 13)[:2]:
        yield _text(_PAD, top + 4, line, 13, ink["ink-2"])
        top += 18
    if face.lines:
        yield from _curves(face.lines, top + 8, height - 40, ink)
    else:
        yield from _rows(face.rows, top + 14, height - 34, ink)
    yield _text(_PAD, height - 14, _cut(face.foot, width - 2 * _PAD, 12), 12, ink["ink-3"])


Inks = Mapping[str, str]


def _rows(rows: Sequence[Row], top: float, bottom: float, ink: "Inks") -> Iterator[str]:
    width, most = TILE_SIZE[0], max(int((bottom - top) // _LINE), 1)
    has_bars = any(row.share is not None for row in rows)
    room = 190.0 if has_bars else width - 2 * _PAD - 110
    for place, row in enumerate(rows[:most]):
        y = top + place * _LINE
        if not row.value:
            yield _text(_PAD, y, _cut(row.label, width - 2 * _PAD, 13), 13, ink["ink"])
            continue
        yield _text(_PAD, y, _cut(row.label, room, 13), 13, ink["ink"])
        yield _text(width - _PAD, y, row.value, 13, _colour(row.state, ink), anchor="end")
        if row.share is not None:
            long = max(min(row.share, 1.0), 0.0) * 90
            fill = ink["ahead" if row.state == "ahead" else "behind" if row.state == "behind" else "ink-3"]
            yield f'<rect x="{_PAD + 200}" y="{y - 10:.1f}" width="{long:.1f}" height="10" rx="2" fill="{fill}"/>'


def _curves(lines: Sequence[Sequence[float | None]], top: float, bottom: float, ink: "Inks") -> Iterator[str]:
    known = [value for line in lines for value in line if value is not None]
    if not known:
        return
    low, high = min(*known, 0.0), max(*known, 1e-9)
    long = max(len(line) for line in lines)
    wide = TILE_SIZE[0] - 2 * _PAD

    def at(place: int, value: float) -> str:
        return (
            f"{_PAD + wide * place / max(long - 1, 1):.1f},{bottom - (value - low) / (high - low) * (bottom - top):.1f}"
        )

    drawn = [(ink["accent"], 2.5, ""), (ink["ink-3"], 1.5, ' stroke-dasharray="4 4"'), (ink["neutral-ink"], 1, "")]
    yield f'<path d="M{_PAD},{bottom}h{wide}" stroke="{ink["line"]}"/>'
    for line, (colour, thick, dash) in reversed(list(zip(lines, drawn, strict=False))):
        points = " ".join(at(place, value) for place, value in enumerate(line) if value is not None)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{thick}"{dash}/>'


def _locked(face: Face, ink: "Inks") -> Iterator[str]:
    x, y = TILE_SIZE[0] / 2, TILE_SIZE[1] / 2
    yield (
        f'<path d="M{x - 12},{y - 24}v-10a12,12 0 0 1 24,0v10" fill="none" stroke="{ink["ink-3"]}" stroke-width="4"/>'
        f'<rect x="{x - 18}" y="{y - 24}" width="36" height="28" rx="4" fill="{ink["ink-3"]}"/>'
    )
    for place, line in enumerate(_wrapped(face.title, TILE_SIZE[0] - 4 * _PAD, 14)):
        yield _text(x, y + 34 + place * 20, line, 14, ink["ink-2"], anchor="middle")


def _text(x: float, y: float, said: str, size: int, fill: str, *, anchor: str = "start", weight: int = 400) -> str:
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}"{where}{heavy}>{escape(said)}</text>'


def _colour(state: State, ink: "Inks") -> str:
    return {"behind": ink["behind-ink"], "ahead": ink["ahead-ink"]}.get(state, ink["ink"])


def _wide(letters: Iterable[str], size: float) -> float:
    return sum(size if ord(letter) > 0x2E7F else 0.58 * size for letter in letters)


def _cut(said: str, room: float, size: int) -> str:
    if _wide(said, size) <= room:
        return said
    while said and _wide(said, size) > room - size:
        said = said[:-1]
    return said.rstrip() + "…"


def _wrapped(said: str, room: float, size: int) -> list[str]:
    lines, line = list[str](), ""
    for word in said.replace(" ", " \0").split("\0"):
        for part in [word] if _wide(word, size) <= room else list(word):
            if _wide(line + part, size) > room:
                lines.append(line.rstrip())
                line = ""
            line += part
    return [*lines, line.rstrip()] if line.strip() else lines
