"""Scripts and styles: compressed, kept for good, and only those a page needs."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import zstandard

from dashboard import libraries
from dashboard.server import create_app


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """The board's own files, with neither a log nor a warehouse behind them."""
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8050") as client:
        yield client


async def scripts(browser: httpx.AsyncClient, path: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/[^"]+)"', (await browser.get(path)).text)


async def test_every_file_of_a_page_is_kept_for_good_and_the_same_in_every_encoding(
    browser: httpx.AsyncClient,
) -> None:
    files = {file for file in await scripts(browser, "/") if not file.startswith("/_favicon")}
    assert files
    for file in files:
        plain = await browser.get(file, headers={"accept-encoding": "identity"})
        small = await browser.get(file, headers={"accept-encoding": "gzip"})
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable", file
        assert small.content == plain.content, file
        again = await browser.get(file, headers={"if-none-match": plain.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_first_page_is_under_a_megabyte_on_the_way(browser: httpx.AsyncClient) -> None:
    total = 0
    for file in await scripts(browser, "/"):
        async with browser.stream("GET", file, headers={"accept-encoding": "zstd"}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        total += len(raw)
        if answer.headers.get("content-encoding") == "zstd":
            assert zstandard.ZstdDecompressor().decompress(raw)
    assert total < 1_000_000


async def test_what_is_not_there_is_not_there(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/assets/none.js?m=1")).status_code == 404


def test_only_scripts_of_libraries_are_left_out() -> None:
    ours = '<script src="/assets/a.js"></script>'
    tags = f'<script src="/_dash-component-suites/dash_ag_grid/a.v1m2.min.js"></script>\n{ours}'
    assert libraries.without(tags, frozenset({"dash_ag_grid"})) == tags
    assert libraries.without(tags, frozenset()) == ours
