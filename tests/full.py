"""Whether tests take everything they could: every published line, and many more drawn examples."""

import os

FULL = "ONEBOARD_TEST_FULL" in os.environ


def examples(few: int) -> int:
    """How many examples a property is tried on: so few where each is dear, thirty times as many when all is wanted."""
    return few * 30 if FULL else few
