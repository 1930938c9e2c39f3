"""Where commands write: what was asked for on one stream, what is said meanwhile on the other."""

from rich.console import Console

OUT, ERR = Console(), Console(stderr=True)


def say(line: str) -> None:
    """A line of what is going on, as it is."""
    ERR.print(line, markup=False, highlight=False)
