"""What goes wrong on the way out."""


class Undelivered(Exception):
    """A message that did not arrive. `is_final`: to try again is no use; else not before `after_seconds`."""

    def __init__(self, answer: str, *, is_final: bool = False, after_seconds: float = 0.0) -> None:
        super().__init__(answer)
        self.answer, self.is_final, self.after_seconds = answer, is_final, after_seconds
