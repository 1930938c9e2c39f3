"""How each topic that is summed is read, by row and by column; and the transform of any topic."""

from collections.abc import Mapping
from typing import Any

from ingest.retractions import reader
from ingest.settings import CompanySettings
from ingest.topics import TOPICS
from streams.activities import Activities
from streams.changing import ChangeTransform
from streams.collections import Collections
from streams.columnar.activities import ActivityColumns
from streams.columnar.collections import CollectionColumns
from streams.columnar.opportunities import OpportunityColumns
from streams.columnar.orders import OrderColumns
from streams.opportunities import Opportunities
from streams.orders import Orders
from streams.statements import STATEMENTS
from streams.transforms import StatementTransform, Transform
from warehouse.client import AsyncWarehouse

READINGS: Mapping[str, tuple[type[Any], type[Any]]] = {
    "orders": (Orders, OrderColumns),
    "opportunities": (Opportunities, OpportunityColumns),
    "activities": (Activities, ActivityColumns),
    "collections": (Collections, CollectionColumns),
}


def transform_of(topic: str, company: CompanySettings, warehouse: AsyncWarehouse, cached_entities: int) -> Transform:
    """The transform of a topic; of one that is summed, with so many timelines in memory."""
    parse = reader(TOPICS[topic])
    if topic not in READINGS:
        return StatementTransform(TOPICS[topic], STATEMENTS[topic], parse)
    by_row, by_column = READINGS[topic]
    return ChangeTransform(topic, by_row(company), by_column(company), parse, company.zone, warehouse, cached_entities)
