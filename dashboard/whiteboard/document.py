"""One board's shared document: updates come in, are looked over, and what may not stand is taken off again at once.

What is wrong within a sound update is undone by an update of our own, so that every copy ends with the same; an update
that is no update, or too large, changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pycrdt import Doc, Map, merge_updates

from dashboard.whiteboard.review import MAPS, Fault
from dashboard.whiteboard.settings import WhiteboardSettings

KEPT_DELETED_SECONDS = 24 * 3600
"""How long what was deleted can still be brought back by who deleted it."""
NOTHING = b"\0"
"""The state vector of who has nothing yet."""
_SMALL_BYTES, _SLACK = 1_500, 1.1
"""So large a change a full board still takes, so that things can be taken off it, until it is larger by that much."""


class Malformed(ValueError):
    """Bytes that are no update of a shared document."""


class TooLarge(ValueError):
    """An update that would make the board larger than it may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the board would be larger than {most:,} bytes")
        self.most = most


@dataclass(frozen=True)
class Applied:
    """`update` is what everybody else has to hear, b"" where nothing was new; `faults` is what was taken off again."""

    update: bytes
    faults: tuple[Fault, ...] = ()


class Document:
    """Not for several threads. `bytes` is how large it is at most."""

    def __init__(self, limits: WhiteboardSettings) -> None:
        self._limits = limits
        self._doc: Doc[Any] = Doc()
        self._maps: dict[str, Map[Any]] = {name: self._doc.get(name, type=Map) for name in MAPS}
        self._news: list[bytes] = []
        self._touched: dict[tuple[str, str], Any] = {}
        self._is_looking = False
        self._whole: bytes | None = None
        self._doc.observe(lambda event: self._news.append(event.update))
        for name, shared in self._maps.items():
            shared.observe(self._noting(name))
        self.bytes = 0

    def take(self, update: bytes) -> Applied:
        """An update of somebody at the board. Raises `Malformed` and `TooLarge`, and then nothing has changed."""
        most = self._limits.board_bytes * (_SLACK if len(update) < _SMALL_BYTES else 1.0)
        if self.bytes + len(update) > most:
            self.bytes = len(self.state())
            if self.bytes + len(update) > most:
                raise TooLarge(self._limits.board_bytes)
        self._is_looking = True
        try:
            self._apply(update)
        finally:
            self._is_looking = False
        faults = self._look_over()
        return Applied(self._told(), faults)

    def load(self, update: bytes) -> bytes:
        """An update from the log, which was looked over by whoever put it there; what was new of it. `Malformed`."""
        is_first = not self.bytes
        self._apply(update)
        told = self._told()
        self._whole = update if is_first else self._whole
        return told

    def state(self) -> bytes:
        """All of it as one update; of a board that nobody changed since it was opened the one it was opened from."""
        if self._whole is None:
            self._whole = self._doc.get_update()
        return self._whole

    def vector(self) -> bytes:
        """How far it is, as Yjs' state vector."""
        return self._doc.get_state()

    def beyond(self, vector: bytes) -> bytes:
        """What somebody lacks who is that far. `Malformed`."""
        if vector == NOTHING:
            return self.state()
        try:
            return self._doc.get_update(vector)
        except ValueError as error:
            raise Malformed(f"this is no state vector: {error}") from None

    def put(self, name: str, values: Mapping[str, Any]) -> bytes:
        """Set keys of a map from here; the update."""
        with self._doc.transaction():
            for key, value in values.items():
                self._maps[name][key] = _plain(value)
        return self._told()

    def sweep(self, now: float) -> bytes:
        """Let go of what was deleted long ago, and of images that nothing shows; the update, b"" for nothing."""
        elements = self._maps["elements"].to_py() or {}
        old = [
            id
            for id, one in elements.items()
            if one.get("isDeleted") and float(one.get("updated", 0)) / 1000 < now - KEPT_DELETED_SECONDS
        ]
        shown = {one.get("fileId") for id, one in elements.items() if id not in set(old)}
        unseen = [id for id in self.map("files") if id not in shown]
        with self._doc.transaction():
            for id in old:
                del self._maps["elements"][id]
            for id in unseen:
                del self._maps["files"][id]
        return self._told()

    def elements(self) -> dict[str, dict[str, Any]]:
        """The elements that are there, by their ids."""
        found: dict[str, dict[str, Any]] = self._maps["elements"].to_py() or {}
        return {id: one for id, one in found.items() if not one.get("isDeleted")}

    def map(self, name: str) -> dict[str, Any]:
        """One of the other maps."""
        return self._maps[name].to_py() or {}

    def _apply(self, update: bytes) -> None:
        self._news.clear()
        self._touched.clear()
        try:
            self._doc.apply_update(update)
        except ValueError as error:
            raise Malformed(str(error).partition("\n")[0]) from None

    def _noting(self, name: str) -> Callable[[Any], None]:
        def note(event: Any) -> None:
            if self._is_looking:  # what an event says of its keys is made when it is asked for, every value of them
                self._touched |= {(name, key): change.get("newValue") for key, change in event.keys.items()}

        return note

    def _look_over(self) -> tuple[Fault, ...]:
        touched = [(name, key, value) for (name, key), value in self._touched.items() if value is not None]
        wrong = [
            (name, key, verdict) for name, key, value in touched if (verdict := MAPS[name](key, value, self._limits))
        ]
        if not wrong:
            return ()
        with self._doc.transaction():
            for name, key, (_, instead) in wrong:
                if instead is None:
                    del self._maps[name][key]
                else:
                    self._maps[name][key] = _plain(instead)
        return tuple(fault for _, _, (fault, _) in wrong)

    def _told(self) -> bytes:
        news, self._news = self._news, []
        self._touched.clear()
        if not news:
            return b""
        update = news[0] if len(news) == 1 else merge_updates(*news)
        self.bytes += len(update)
        self._whole = None
        return update


def merged(updates: Iterable[bytes]) -> bytes:
    """Several updates as one."""
    found = tuple(updates)
    return found[0] if len(found) == 1 else merge_updates(*found)


def _plain(value: Any) -> Any:
    """Numbers as browsers have them: Yjs makes a whole one of Python's a BigInt."""
    if isinstance(value, bool) or not isinstance(value, int | list | tuple | Mapping):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value]
