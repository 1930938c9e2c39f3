"""docs/sources.md is run: its bodies are posted, its messages read, its tables asked, its answers compared."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from ingest.api import create_app
from ingest.mappings import shape
from ingest.mappings.mapping import load
from ingest.settings import IngestSettings, KafkaSettings
from ingest.sources.found import live_tables
from ingest.sources.messages import Message, rows_of_message
from ingest.sources.preview import preview, shown

GUIDE = (Path(__file__).parents[3] / "docs" / "sources.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EVENT_ID = re.compile(r',"event_id":"[0-9a-f-]{36}"')


def section(title: str) -> dict[str, str]:
    """The named blocks of a section by their names, the others by their kinds."""
    [text] = [part for part in GUIDE.split("\n## ")[1:] if part.splitlines()[0] == title]
    return {name or kind: block for kind, name, block in BLOCK.findall(text)}


def written(folder: Path, blocks: dict[str, str]) -> Path:
    for name, text in blocks.items():
        if "." in name:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


async def test_the_webhook_answers_as_the_guide_says(tmp_path: Path) -> None:
    blocks = section("A webhook")
    app = create_app(IngestSettings(sources_dir=written(tmp_path, blocks)), KafkaSettings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8060") as door:
        answer: dict[str, Any] = (
            await door.post("/v1/hooks/shop?dry_run=true", content=blocks["body.json"].encode())
        ).json()
    assert [len(one["event"].pop("event_id")) for one in answer["would_accept"]] == [36]
    assert answer == json.loads(blocks["answer"])


@pytest.mark.parametrize("title", ["A topic with plain JSON", "A topic of Debezium"])
def test_messages_become_what_the_guide_says(title: str, tmp_path: Path) -> None:
    blocks = section(title)
    [live] = live_tables([written(tmp_path, blocks)])
    assert isinstance(live.shape, shape.KafkaTopic)
    lines = blocks["messages"].splitlines()
    messages = [Message(0, offset, 1793583000000, None, line.encode()) for offset, line in enumerate(lines)]
    rows = [row for message in messages for row in rows_of_message(message, live.shape)]
    assert without_ids(shown(live, live.mapped(rows, live.shape.topic))) == blocks["preview"]


def test_a_table_becomes_what_the_guide_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = section("A table of a database")
    with sqlite3.connect(tmp_path / "erp.db") as database:
        database.executescript(blocks["erp.sql"])
    monkeypatch.setenv("ONEBOARD_SOURCE_ERP_LINES_URL", f"sqlite:///{tmp_path / 'erp.db'}")
    assert without_ids(preview([written(tmp_path, blocks)], IngestSettings(), 10)) == blocks["preview"]


def without_ids(lines: Iterator[str]) -> str:
    return _EVENT_ID.sub("", "\n".join(lines)) + "\n"


@pytest.mark.parametrize("model", [shape.Webhook, shape.Signature, shape.KafkaTopic, shape.SqlTable])
def test_every_key_of_a_live_table_stands_in_the_guide(model: type[BaseModel]) -> None:
    keys = [name for name in model.model_fields if name not in shape.TableShape.model_fields or name == "name"]
    assert [key for key in keys if f"| `{key}` |" not in GUIDE] == []
    shared = [name for name in shape.TableShape.model_fields if name not in ("name", "joins")]
    assert [key for key in shared if f"`{key}`" not in GUIDE] == []


def test_every_mapping_of_the_guide_is_one(tmp_path: Path) -> None:
    mappings = [
        name for title in GUIDE.split("\n## ")[1:] for name in section(title.splitlines()[0]) if ".toml" in name
    ]
    assert len(mappings) == 4
    for title in GUIDE.split("\n## ")[1:]:
        for path in written(tmp_path, section(title.splitlines()[0])).glob("*.toml"):
            assert load(path).rules
