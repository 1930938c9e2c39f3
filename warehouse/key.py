"""What a figure of sales is about: a unit, a product, a person, or a cross of them."""

from typing import NamedTuple


class Key(NamedTuple):
    """What a row or a node is about; '' in a part means all of it."""

    unit_id: str = ""
    product_id: str = ""
    person_id: str = ""
