"""What cannot be forecast, said with what to do about it. Both are the caller's to mend."""


class UnusableHistory(ValueError):
    """The history is too short, of the wrong shape or holds what is no number."""


class UnusableSumming(ValueError):
    """The summing matrix does not fit the history, or says of no series what it is made of."""
