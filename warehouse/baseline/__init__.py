"""A version of the sales baseline: what it says, where it is kept, what an actual means by it."""
