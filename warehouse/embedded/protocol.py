"""ClickHouse's HTTP interface, read: what one HTTP request means to the engine, and how its answer is headed."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from urllib.parse import parse_qsl

from warehouse.embedded.compression import decoded
from warehouse.embedded.engine import Answer, Request
from warehouse.embedded.refusals import (
    ACCESS_DENIED,
    AUTHENTICATION_FAILED,
    NOT_IMPLEMENTED,
    Refusal,
    refusal,
)
from warehouse.embedded.statement import parse

# What the HTTP interface itself consumes; every other name of the URL is a setting, and the engine judges it.
_SESSION = {"session_id", "session_timeout", "session_check", "close_session"}
_WHO = {"user", "password", "quota_key", "role"}
_HOW = {"wait_end_of_query", "buffer_size", "client_protocol_version", "stacktrace", "compress", "decompress"}
_TAKEN = frozenset({"query", "query_id", "database", "default_format"} | _SESSION | _WHO | _HOW)
_OURS_ALONE = ("127.0.0.1", "localhost", "[::1]", "::1")
_TRUE = ("1", "true")


@dataclass(frozen=True)
class HttpRequest:
    """Method, URL parameters, lower-case headers and the body as received."""

    method: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def url(self) -> dict[str, str]:
        """The URL's parameters; of a repeated one the last counts."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))


def read(http: HttpRequest) -> Request:
    """The engine's request. Raises `Refusal` for what this warehouse does not do, in ClickHouse's words."""
    url = http.url
    _refuse_strangers(http.headers)
    _refuse_users(url, http.headers)
    _refuse_unsupported(url)
    body = decoded(http.body, http.headers.get("content-encoding", "").strip().lower())
    content_type = http.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        url |= _form(content_type, body)
        body = b""
    query = url.get("query", "").encode()
    text = b"\n".join(part for part in (query, body) if part)
    statement = parse(text, in_session="session_id" in url)
    return Request(
        statement,
        format=http.headers.get("x-clickhouse-format") or url.get("default_format") or "TabSeparated",
        database=url.get("database") or http.headers.get("x-clickhouse-database", ""),
        settings={name: value for name, value in url.items() if name not in _TAKEN and not name.startswith("param_")},
        parameters={name.removeprefix("param_"): value for name, value in url.items() if name.startswith("param_")},
        read_only=http.method == "GET",
        session=url.get("session_id", ""),
        session_check=url.get("session_check", "0").lower() in _TRUE,
    )


def wants_compression(http: HttpRequest) -> str:
    """The Accept-Encoding to honour; '' unless the request also says `enable_http_compression`."""
    if http.url.get("enable_http_compression", "").lower() not in _TRUE:
        return ""
    return http.headers.get("accept-encoding", "")


def headers_of(answer: Answer) -> dict[str, str]:
    """The headers that describe an answer: its format and its counts."""
    kind = "application/octet-stream"
    if answer.format.startswith(("TabSeparated", "TSV")):
        kind = "text/tab-separated-values; charset=UTF-8"
    elif answer.format.startswith("JSON"):
        kind = "application/json; charset=UTF-8"
    summary = {name: str(count) for name, count in answer.summary.items()}
    return {"Content-Type": kind, "X-ClickHouse-Format": answer.format, "X-ClickHouse-Summary": json.dumps(summary)}


def headers_of_refusal(error: Refusal) -> dict[str, str]:
    """The headers of an error."""
    return {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Exception-Code": str(error.code)}


def _refuse_strangers(headers: Mapping[str, str]) -> None:
    """A web page must not reach this port: browsers send Origin, and a rebound name shows in Host."""
    host = re.sub(r":\d+$", "", headers.get("host", "127.0.0.1"))
    if "origin" in headers or host not in _OURS_ALONE:
        raise refusal(ACCESS_DENIED, "The embedded warehouse answers programs on this machine, not web pages")


def _refuse_users(url: Mapping[str, str], headers: Mapping[str, str]) -> None:
    user = headers.get("x-clickhouse-user") or url.get("user") or "default"
    password = headers.get("x-clickhouse-key") or url.get("password") or ""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(token).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user, password = "?", "?"
    elif scheme:
        raise refusal(
            AUTHENTICATION_FAILED, f"{scheme}: the embedded warehouse knows the user default without password"
        )
    if user not in ("default", "") or password:
        raise refusal(
            AUTHENTICATION_FAILED,
            f"{user}: Authentication failed: password is incorrect, or there is no user with such name",
        )


def _refuse_unsupported(url: Mapping[str, str]) -> None:
    for name in ("compress", "decompress"):
        if url.get(name, "0").lower() in _TRUE:
            raise refusal(
                NOT_IMPLEMENTED, f"{name}=1 (ClickHouse's own block compression): use HTTP compression instead"
            )
    if url.get("role"):
        raise refusal(NOT_IMPLEMENTED, "The embedded warehouse has no roles")


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """The plain fields of a multipart form: the query and its parameters. A file is external data, and refused."""
    message = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, str] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        if part.get_filename() is not None or not (name == "query" or name.startswith("param_")):
            raise refusal(NOT_IMPLEMENTED, f"External data ({name}) is beyond the embedded warehouse")
        payload = part.get_payload(decode=True)
        fields[name] = payload.decode() if isinstance(payload, bytes) else str(payload)
    return fields
