"""What one HTTP request means to the engine."""

import base64

import lz4.frame
import pytest
import zstandard

from warehouse.embedded.compression import decoded, encoded
from warehouse.embedded.protocol import HttpRequest, read, wants_compression
from warehouse.embedded.refusals import Refusal
from warehouse.embedded.statement import Insert, Query


def post(url: str = "", body: bytes = b"SELECT 1", **headers: str) -> HttpRequest:
    return HttpRequest("POST", url, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def test_every_name_the_interface_does_not_take_is_a_setting() -> None:
    request = read(
        post(
            "database=oneboard&max_threads=1&nosuch=x&param_day=2026-01-01&query_id=q&session_id=s&wait_end_of_query=1"
        )
    )
    assert request.settings == {"max_threads": "1", "nosuch": "x"}
    assert request.parameters == {"day": "2026-01-01"}
    assert request.database == "oneboard"


def test_a_query_of_the_url_stands_before_the_body() -> None:
    statement = read(post("query=INSERT+INTO+t+FORMAT+CSV", b"1\n2\n")).statement
    assert isinstance(statement, Insert)
    assert bytes(statement.data) == b"1\n2\n"
    assert read(post("query=SELECT", b"1")).statement == Query("SELECT\n1", None)


def test_only_get_is_read_only() -> None:
    assert not read(post()).read_only
    assert read(HttpRequest("GET", "query=SELECT+1", {}, b"")).read_only


def test_a_header_names_the_format_before_the_url_does() -> None:
    assert read(post("default_format=CSV")).format == "CSV"
    assert read(post("default_format=CSV", x_clickhouse_format="JSON")).format == "JSON"
    assert read(post()).format == "TabSeparated"


def test_a_form_brings_the_query_and_its_parameters() -> None:
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair
        for pair in [(b"query", b"SELECT {s:String}"), (b"param_s", "天\n津 -- x".encode())]
    )
    request = read(post("max_threads=1", body + b"--b--\r\n", content_type="multipart/form-data; boundary=b"))
    assert request.statement == Query("SELECT {s:String}", None)
    assert request.parameters == {"s": "天\n津 -- x"}


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("request_", "code", "status"),
    [
        (post("user=bob"), 516, 403),
        (post("password=secret"), 516, 403),
        (post(authorization=basic("default", "secret")), 516, 403),
        (post(authorization="Bearer x"), 516, 403),
        (post(x_clickhouse_user="bob"), 516, 403),
        (post("compress=1"), 48, 501),
        (post("decompress=1"), 48, 501),
        (post("role=admin"), 48, 501),
        (post(content_encoding="snappy"), 48, 501),
        (post(content_encoding="lz4"), 271, 500),
        (post(origin="https://example.org"), 497, 403),
        (post(host="example.org:8123"), 497, 403),
        (
            post(
                "",
                b'--b\r\nContent-Disposition: form-data; name="e"; filename="e.csv"\r\n\r\n1\r\n--b--\r\n',
                content_type="multipart/form-data; boundary=b",
            ),
            48,
            501,
        ),
    ],
)
def test_what_is_beyond_it_is_refused_in_clickhouses_words(request_: HttpRequest, code: int, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        read(request_)
    assert (refused.value.code, refused.value.status) == (code, status)


def test_the_default_user_without_password_may_come_in() -> None:
    assert (
        read(post("user=default&password=", authorization=basic("default", ""), host="127.0.0.1:8123")).settings == {}
    )


def test_answers_are_compressed_only_if_asked_for_twice() -> None:
    assert wants_compression(post(accept_encoding="lz4")) == ""
    assert wants_compression(post("enable_http_compression=1", accept_encoding="br, zstd;q=1")) == "br, zstd;q=1"


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "deflate"])
def test_what_is_encoded_is_decoded(encoding: str) -> None:
    body, name = encoded(b"x" * 100_000, f"br, {encoding};q=0.5")
    assert name == encoding
    assert decoded(body, name) == b"x" * 100_000


def test_a_body_of_several_frames_is_read_to_its_end() -> None:
    assert decoded(lz4.frame.compress(b"one") + lz4.frame.compress(b"two"), "lz4") == b"onetwo"
    assert decoded(zstandard.compress(b"one") + zstandard.compress(b"two"), "zstd") == b"onetwo"


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "deflate"])
def test_half_a_compressed_body_is_refused_and_not_read_short(encoding: str) -> None:
    body, _ = encoded(bytes(range(256)) * 1000, encoding)
    with pytest.raises(Refusal):
        decoded(body[: len(body) // 2], encoding)
