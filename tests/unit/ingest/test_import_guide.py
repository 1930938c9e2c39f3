"""docs/import.md is run: its files are written, its mappings imported, its reports and events compared."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel

from ingest.importer.outlets import Kept
from ingest.importer.run import run_import
from ingest.intake import NOT_SAID
from ingest.mappings import shape
from ingest.mappings.functions import FUNCTIONS

GUIDE = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    files: dict[str, str] = field(default_factory=dict)
    report: str = ""
    event: str = ""


def examples() -> dict[str, Example]:
    found: dict[str, Example] = {}
    for section in GUIDE.split("\n## ")[1:]:
        example = Example()
        for kind, name, text in BLOCK.findall(section):
            if name:
                example.files[name] = text
            elif kind == "report":
                example.report = text
            elif kind == "event":
                example.event = text
        if example.files:
            found[section.splitlines()[0]] = example
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_does_what_the_guide_says(title: str, tmp_path: Path) -> None:
    example = EXAMPLES[title]
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in example.files.items():
        (tmp_path if name.endswith(".toml") else folder).joinpath(name).write_text(text, encoding="utf-8")
    kept = Kept()
    report = run_import(tmp_path / "mapping.toml", folder, outlet=kept)
    assert re.sub(r" in [\d.]+ s \([\d,]+/s\)", "", report.text()) + "\n" == example.report
    first = {key: value for key, value in json.loads(kept.events[0][1].value).items() if key not in NOT_SAID}
    assert first == json.loads(example.event)


def test_there_are_examples_to_run() -> None:
    assert len(EXAMPLES) == 3


def test_every_function_stands_in_the_guide_as_its_row_says_it() -> None:
    assert [f"| `{function.usage}` | {function.about} |" in GUIDE for function in FUNCTIONS.values()] == [True] * len(
        FUNCTIONS
    )


@pytest.mark.parametrize("model", [shape.Source, shape.Join, shape.Unpivot, shape.File, shape.Emit])
def test_every_key_of_a_mapping_stands_in_the_guide(model: type[BaseModel]) -> None:
    keys = [field.alias or name for name, field in model.model_fields.items()]
    assert [key for key in keys if f"`{key}" not in GUIDE and f"{key} =" not in GUIDE] == []
