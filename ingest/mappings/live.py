"""What is particular to tables whose rows arrive: the version a row has by itself, and what has no meaning there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ingest.connectors.table import VERSION
from ingest.mappings.grammar import Call, Constant, Name, Node, function_names
from ingest.mappings.places import Path as KeyPath
from ingest.mappings.problems import Problems
from ingest.mappings.rules import EventRule
from ingest.mappings.shape import KafkaTopic, LiveShape, SqlTable, TableShape

BLOCKS = 8
"""So many blocks of one topic may look at one live table: a row's version leaves three bits for them."""


def spaced(place: int) -> int:
    """The version of a row that has this place among the states of its thing, with room for `BLOCKS` events."""
    return place * BLOCKS


def row_version(block: int) -> Node:
    """The default version of the `block`-th block of a topic, from 1; missing where the row itself has none."""
    return Call("+", (Name(VERSION), Constant(Decimal(block - 1))))


def check_live(
    tables: Mapping[str, TableShape],
    places: Mapping[str, KeyPath],
    wheres: Mapping[str, Node],
    rules: Sequence[EventRule],
    problems: Problems,
) -> None:
    """Say what a block asks of a live table that it cannot have."""
    blocks = Counter((rule.table, rule.topic.name) for rule in rules)
    for (table, topic), count in blocks.items():
        if count > BLOCKS and isinstance(tables.get(table), LiveShape):
            message = f"{count} blocks of {topic} look at it; at most {BLOCKS} can"
            problems.say(places[table], f"{places[table][0]} {table}", message)
    for rule in rules:
        path: KeyPath = ("emit", rule.place)
        shape = tables.get(rule.table)
        if rule.of_deleted and not isinstance(shape, KafkaTopic):
            problems.say((*path, "on"), rule.name, "only a topic ([[kafka]]) tells which rows were deleted")
        if isinstance(shape, SqlTable):
            for key, node in rule.nodes():
                if "row" in function_names(node):
                    problems.say((*path, "fields", *key.split(".")), f"{rule.name}, {key}", _NO_ROW)
    for name, node in wheres.items():
        if isinstance(tables[name], SqlTable) and "row" in function_names(node):
            problems.say((*places[name], "where"), f"sql {name}, where", _NO_ROW)


_NO_ROW = "row() means nothing in a database, where a row has no number; use its key"
