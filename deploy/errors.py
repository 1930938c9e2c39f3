"""What stops oneboard from running here; the message is all that its user gets to see."""


class CannotRun(Exception):
    """Something about this machine or its settings; one sentence that says what it is and what to do."""
