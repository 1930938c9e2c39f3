"""What can go wrong at the door: `Transient` is worth another try, `Terminal` needs somebody to change something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class IngestError(Exception):
    """Base of what the door raises; the text is one sentence for a person."""


class Transient(IngestError):
    """The same call may succeed later, unchanged."""


class Terminal(IngestError):
    """The same call will fail again until what it was given is changed."""


class BrokerAway(Transient):
    """Kafka did not answer, or did not acknowledge in time."""


class EventTooLarge(Terminal):
    """One event has more bytes than Kafka takes."""


@dataclass(frozen=True)
class Problem:
    """A fault of a mapping: its line when it can be told, the key it is in, and what to change."""

    line: int | None
    where: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.where}: {self.message}" if self.where else f"{place}{self.message}"


class MappingError(Terminal):
    """A mapping that cannot be used as it is, with every problem found."""

    def __init__(self, mapping: str, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join([f"{mapping} has {len(problems)} problem(s):", *(f"  {p}" for p in problems)]))
        self.problems = tuple(problems)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean "orders"?`, or nothing when no known word is near; made to stand after a sentence."""
    near = nearest(word, known)
    return f' Did you mean "{near}"?' if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is nearest; "" when none is near."""
    lowered = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else ""
