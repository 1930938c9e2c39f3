"""What a caller is told whose leaf table cannot be attributed. All of it is the caller's to put right."""

from collections.abc import Iterable, Sequence


class UnusableLeaves(ValueError):
    """The dimensions and the table do not fit: an empty table, no dimension, one named twice, or a column missing."""

    def __init__(self, named: Sequence[str], columns: Iterable[str], height: int) -> None:
        has = ", ".join(columns)
        super().__init__(
            f"Dimensions {', '.join(named) or '(none)'} over {height} leaves with the columns {has}: name at least one"
            " dimension, each column once and one that the table has, and give at least one leaf."
        )


class UnusableMeasure(ValueError):
    """A column of the measure holds what no sum can be made of."""

    def __init__(self, column: str, wanted: str) -> None:
        super().__init__(f'Column "{column}" must hold {wanted} in every leaf; fill or drop the others first.')
