"""What the door says of itself: OpenAPI with a real schema and an example a topic, and a page that needs no network."""

import json
from functools import cache
from html import escape
from typing import Any

from pydantic import TypeAdapter

from ingest.topics import TOPICS, Topic

UNKNOWN_IDS = (
    "An office, a product or a person that the organisation does not know is no fault, for it may be told later: the"
    " event counts as unassigned until the topic org names the id, from the event's day on. The board's page Health and"
    " `oneboard doctor` say which ids wait for that."
)
EXAMPLES: dict[str, dict[str, Any]] = {
    "orders": {
        "occurred_at": "2026-11-02T09:30:00+08:00",
        "order_id": "SO-4711",
        "amount": "128000.00",
        "rep_id": "rep-17",
        "office_id": "hangzhou",
        "product_id": "vms-200",
        "customer_id": "cust-88",
    },
    "opportunities": {
        "occurred_at": "2026-11-02T09:30:00+08:00",
        "opportunity_id": "OP-99",
        "stage": "bid",
        "outcome": "open",
        "opened_on": "2026-09-14",
        "expected_close_on": "2026-12-20",
        "amount": "560000",
        "grade": "A",
        "rep_id": "rep-17",
        "office_id": "hangzhou",
    },
    "activities": {
        "occurred_at": "2026-11-02T14:00:00+08:00",
        "activity_id": "AC-5",
        "kind": "visit",
        "rep_id": "rep-17",
        "customer_id": "cust-88",
        "outcome": "wants a demo",
    },
    "collections": {
        "occurred_at": "2026-11-02T16:00:00+08:00",
        "collection_id": "CO-31",
        "customer_id": "cust-88",
        "received_on": "2026-11-02",
        "amount": "64000.00",
        "allocations": [{"order_id": "SO-4711", "amount": "64000.00"}],
    },
    "org": {
        "occurred_at": "2026-01-01T00:00:00+08:00",
        "kind": "unit",
        "id": "hangzhou",
        "valid_from": "2026-01-01",
        "name": "杭州办事处",
        "name_en": "Hangzhou",
        "parent_id": "east",
        "tier": "office",
        "manager_id": "rep-3",
    },
    "targets": {
        "occurred_at": "2026-01-01T00:00:00+08:00",
        "slice": {"unit_id": "hangzhou"},
        "period": "2026-11",
        "value": "4200000",
    },
    "tasks": {
        "occurred_at": "2026-11-02T09:00:00+08:00",
        "task_id": "T-17",
        "title": "拿下地铁三号线项目",
        "title_en": "Win the metro line 3 project",
        "kind": "win",
        "unit_id": "hangzhou",
        "person_id": "rep-17",
        "due_on": "2026-11-20",
        "opportunity_id": "OP-99",
    },
    "actions": {
        "occurred_at": "2026-11-02T10:00:00+08:00",
        "subject": "finding:f-1",
        "who": "rep-3",
        "what": "take",
        "note": "I call them today",
    },
    "control-totals": {
        "occurred_at": "2026-11-02T23:59:00+08:00",
        "source": "erp",
        "day": "2026-11-02",
        "topic": "orders",
        "count": 812,
        "amount": "9318220.50",
    },
}
"""One valid event for every public topic."""

_ADDRESS = "http://127.0.0.1:8060"
_REF = "#/components/schemas/{model}"
_ANSWER = {
    "type": "object",
    "required": ["accepted", "rejected"],
    "properties": {
        "accepted": {"type": "array", "items": {"type": "string"}, "description": "event ids, now on the log"},
        "rejected": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "line": {"type": "integer", "description": "line of the NDJSON, or place in the array, from 1"},
                    "field": {"type": ["string", "null"]},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_HOOK_ANSWER = {
    "type": "object",
    "required": ["rows", "unused", "rejected", "notes"],
    "properties": {
        "accepted": {"type": "array", "items": {"type": "string"}, "description": "event ids, now on the log"},
        "would_accept": {"type": "array", "items": {"type": "object"}, "description": "with dry_run: the events"},
        "rows": {"type": "integer", "description": "rows the body has"},
        "unused": {"type": "integer", "description": "rows that no rule of the mapping is about"},
        "rejected": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "row": {"type": "integer", "description": "place in the body, from 1"},
                    "rule": {"type": ["string", "null"]},
                    "field": {"type": ["string", "null"]},
                    "message": {"type": "string"},
                },
            },
        },
        "notes": {"type": "array", "items": {"type": "string"}, "description": "columns that no row has brought yet"},
    },
}


def public_topics() -> dict[str, Topic]:
    """The topics that take events from outside."""
    return {name: topic for name, topic in TOPICS.items() if topic.public and topic.model is not None}


@cache
def openapi(hooks: tuple[str, ...] = ()) -> dict[str, Any]:
    """The OpenAPI 3.1 description of the door."""
    topics = public_topics()
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (name, "validation", topic.model) for name, topic in topics.items() if topic.model is not None
    ]
    by_topic, shared = TypeAdapter.json_schemas(adapters, ref_template=_REF)
    paths: dict[str, Any] = {
        f"/v1/events/{name}": {"post": _operation(topic, by_topic[name, "validation"])}
        for name, topic in topics.items()
    }
    paths |= {f"/v1/hooks/{name}": {"post": _hook(name)} for name in hooks}
    paths["/health"] = {"get": {"summary": "Whether the door is open", "responses": {"200": {"description": "It is."}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "oneboard: the door for events", "version": "1"},
        "paths": paths,
        "components": {"schemas": {**shared.get("$defs", {}), "Answer": _ANSWER, "HookAnswer": _HOOK_ANSWER}},
    }


def _operation(topic: Topic, schema: Any) -> dict[str, Any]:
    example = EXAMPLES[topic.name]
    answer = {"application/json": {"schema": {"$ref": _REF.format(model="Answer")}}}
    return {
        "summary": f"Send {topic.about}",
        "operationId": f"send_{topic.name.replace('-', '_')}",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"anyOf": [schema, {"type": "array", "items": schema}]},
                    "example": example,
                },
                "application/x-ndjson": {"schema": {"type": "string"}, "example": json.dumps(example) + "\n"},
            },
        },
        "responses": {
            "202": {"description": f"All are on the log. {UNKNOWN_IDS}", "content": answer},
            "413": {"description": "The body is too large."},
            "422": {"description": "Some were refused; those accepted are on the log.", "content": answer},
            "503": {"description": "Kafka does not answer; send the same again later, ids stay the same."},
        },
    }


def _hook(name: str) -> Any:
    answer = {"application/json": {"schema": {"$ref": _REF.format(model="HookAnswer")}}}
    return {
        "summary": f"Send what the webhook {name} is told, as it comes",
        "operationId": f"hook_{name}",
        "parameters": [
            {
                "name": "dry_run",
                "in": "query",
                "description": "answer what the body would become, and send nothing",
                "schema": {"type": "boolean", "default": False},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {}}, "application/x-ndjson": {"schema": {"type": "string"}}},
        },
        "responses": {
            "200": {"description": "What it would become (dry_run).", "content": answer},
            "202": {"description": "All of it is on the log.", "content": answer},
            "400": {"description": "dry_run is neither true nor false."},
            "401": {"description": "The body is not signed as the mapping says."},
            "413": {"description": "The body is too large."},
            "422": {"description": "Some rows cannot be mapped; the events of the others are on the log.",
                    "content": answer},
            "503": {"description": "Kafka does not answer; send the same again later, ids stay the same."},
        },
    }  # fmt: skip


@cache
def page(hooks: tuple[str, ...] = ()) -> str:
    """The description as one HTML page without script and without anything from elsewhere."""
    schemas = openapi()["components"]["schemas"]
    sections = "".join(_section(topic, schemas) for topic in public_topics().values()) + _hooks(hooks)
    menu = " · ".join(f'<a href="#{name}">{name}</a>' for name in public_topics())
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>oneboard: the door for events</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 62rem;
       padding: 0 1rem; color: #1c2530; background: #fff }}
pre {{ background: #f2f5f8; padding: 1rem; overflow: auto; border-radius: 6px }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ text-align: left; padding: .3rem .6rem;
       border-bottom: 1px solid #dde3ea; vertical-align: top }} code {{ font-size: .9em }} h2 {{ margin-top: 3rem }}
</style><h1>The door for events</h1>
<p><code>POST /v1/events/{{topic}}</code> takes one event, a JSON array, or one event a line
(<code>application/x-ndjson</code>), in UTF-8. <b>202</b>: all are on the log. <b>422</b>: some were refused, with line
and field; the others are on the log. <b>503</b>: Kafka does not answer, send the same again later. Without
<code>event_id</code> it follows from the content, so that sending twice is harmless. Amounts are exact: send them as
text. Unknown fields are kept. {UNKNOWN_IDS} The same for machines: <a href="/openapi.json">openapi.json</a>.</p>
<p>{menu}</p>
{sections}</html>"""


def _section(topic: Topic, schemas: dict[str, Any]) -> str:
    example = escape(json.dumps(EXAMPLES[topic.name], indent=2, ensure_ascii=False))
    schema = openapi()["paths"][f"/v1/events/{topic.name}"]["post"]["requestBody"]["content"]["application/json"]
    event = schema["schema"]["anyOf"][0]
    options = event.get("oneOf", [event])
    tables = "".join(_fields(_resolved(option, schemas), schemas) for option in options)
    return (
        f'<h2 id="{topic.name}">{topic.name}</h2><p>{escape(topic.about)}</p>'
        f"<pre>curl -H 'content-type: application/json' {_ADDRESS}/v1/events/{topic.name} -d '{example}'</pre>" + tables
    )


def _hooks(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    items = "".join(f"<li><code>POST {_ADDRESS}/v1/hooks/{escape(name)}</code></li>" for name in names)
    return (
        "<h2>Webhooks</h2><p>The JSON of others, turned into events by a mapping. With <code>?dry_run=true</code> the "
        f"answer says what a body would become, and nothing is sent.</p><ul>{items}</ul>"
    )


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    required = schema.get("required", [])
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{'required' if name in required else ''}</td>"
        f"<td>{escape(_type(field, schemas))}</td><td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    return (
        f"<h3>{escape(schema.get('title', ''))}</h3><p>{escape(schema.get('description', ''))}</p><table>{rows}</table>"
    )


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return schemas[str(reference).rpartition("/")[2]] if reference else schema


def _type(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """In words: what a field takes."""
    schema = _resolved(schema, schemas)
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        kinds = [option for option in schema["anyOf"] if option.get("type") != "null"]
        if any(option.get("type") == "number" for option in kinds):
            return "exact number (as text)"
        return " or ".join(dict.fromkeys(_type(option, schemas) for option in kinds))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    if schema.get("properties"):
        return "{ " + ", ".join(schema["properties"]) + " }"
    kind = schema.get("format", schema.get("type", "any"))
    return (" or ".join(kind) if isinstance(kind, list) else str(kind)).replace("string", "text")
