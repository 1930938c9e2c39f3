"""What a program's last words mean in one sentence with something to do."""

from dataclasses import dataclass

from deploy.local import leash


@dataclass(frozen=True)
class Symptom:
    """`said` is looked for in the log; `means` is what its reader should know."""

    said: str
    means: str


SYMPTOMS = (
    Symptom("No space left on device", "the disk is full: free some space and start again"),
    Symptom("Address already in use", "its port is taken by another program: stop that, or choose another port"),
    Symptom("address already in use", "its port is taken by another program: stop that, or choose another port"),
    Symptom(leash.ALREADY_LOCKED, "another oneboard is using the same data folder: stop that one first"),
    Symptom("java.lang.OutOfMemoryError", "Java ran out of memory: close other programs and start again"),
    Symptom("Permission denied", "it may not write where it wants to: check who owns the data folder"),
)


def known(last_words: str) -> str | None:
    """The first symptom found in the end of a log, in words; None when nothing there is known."""
    return next((symptom.means for symptom in SYMPTOMS if symptom.said in last_words), None)


def meaning(last_words: str) -> str:
    """The same; the last line itself when nothing there is known."""
    lines = [line.strip() for line in last_words.splitlines() if line.strip()]
    return known(last_words) or (lines[-1][:300].rstrip(".") if lines else "it said nothing")
