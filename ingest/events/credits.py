"""Who has a share of an order or a deal."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from ingest.events.base import Part
from ingest.fields import (
    Id,
    Share,
)


class Credit(Part):
    """A share of an order's or a deal's credit (业绩拆分)."""

    person_id: Id
    office_id: Id | None = None
    role: Id = "AR"
    share: Share = Decimal(1)
    overlay: bool = False


def shares_add_up(credits: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Who takes credits without asking the model must ask the same of them (`streams.columnar.people`)."""
    plain = [credit.share for credit in credits if not credit.overlay]
    if credits and (not plain or sum(plain) != 1):
        raise ValueError(f"the shares without overlay add up to {sum(plain)}; they must add up to 1")
    return credits


Credits = Annotated[tuple[Credit, ...], AfterValidator(shares_add_up)]
