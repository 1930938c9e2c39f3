"""How something that could not be taken is put aside: whole, with the reason in headers named as Kafka Connect's."""

from dataclasses import dataclass, field

PREFIX = "__connect.errors."


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes onto the topic `dead-letters`: the original key and bytes, and why."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def error_headers(
    topic: str, reason: str, message: str, *, partition: int | None = None, offset: int | None = None
) -> list[tuple[str, bytes]]:
    """Where it came from and what was wrong; a row of a database has no partition and no offset."""
    place = [
        (name, str(number)) for name, number in (("partition", partition), ("offset", offset)) if number is not None
    ]
    said = [
        ("topic", topic),
        *place,
        ("exception.class.name", reason),
        ("exception.message", message),
        ("attempt", "1"),
    ]
    return [(PREFIX + name, value.encode(errors="replace")) for name, value in said]
