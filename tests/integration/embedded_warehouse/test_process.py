"""The process: how it starts, ends, refuses to start, and what a kill -9 leaves."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from tests.integration.embedded_warehouse.process import EmbeddedWarehouse
from tests.integration.embedded_warehouse.wide import CREATE, wide
from warehouse.client import Warehouse
from warehouse.errors import WarehouseUnavailable

pytestmark = pytest.mark.warehouse

BATCH = 2000


def start_in_vain(folder: Path, port: int) -> str:
    """The sentence on stderr of a process that must not start."""
    command = [sys.executable, "-m", "warehouse.embedded", "--path", str(folder), "--port", str(port)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


def test_a_folder_or_a_port_in_use_is_one_sentence(server: EmbeddedWarehouse, tmp_path: Path) -> None:
    assert f"Another process has the warehouse in {server.folder} open" in start_in_vain(server.folder, 0)
    assert f"cannot listen on 127.0.0.1:{server.port}" in start_in_vain(tmp_path / "new", server.port)
    (tmp_path / "file").write_text("not a folder")
    assert "cannot be opened" in start_in_vain(tmp_path / "file", 0)


def test_sigterm_ends_it_at_once_even_in_the_middle_of_a_query(tmp_path: Path) -> None:
    server = EmbeddedWarehouse(tmp_path)

    def ask_at_length() -> None:
        with contextlib.suppress(httpx.HTTPError):  # no answer will come
            server.ask("SELECT count() FROM numbers(1e12) WHERE sipHash64(number) = 1")

    asking = threading.Thread(target=ask_at_length, daemon=True)
    asking.start()
    running = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT count() FROM numbers(1e12)%'"
    while server.ask(running).text != "1\n":
        asking.join(0.01)
    assert server.stop() == 0
    asking.join(10)


def test_after_kill_9_every_acknowledged_batch_is_there_whole_and_once(tmp_path: Path) -> None:
    acknowledged = 0  # batches
    for _ in range(3):
        server = EmbeddedWarehouse(tmp_path)
        client = Warehouse(server.settings)
        client.command(CREATE, {"t": "wide"})
        stored = stored_batches(client)
        assert stored in (acknowledged, acknowledged + 1), "the one in flight may have made it"
        if stored > acknowledged:  # its fate was not known: it is sent again, and the token outlived the kill
            client.insert("wide", wide(BATCH, first=acknowledged * BATCH), token=f"batch {acknowledged}")
            assert stored_batches(client) == stored
        acknowledged = stored + insert_until_killed(server, client, first=stored)
        client.close()
    server = EmbeddedWarehouse(tmp_path)
    assert stored_batches(Warehouse(server.settings)) in (acknowledged, acknowledged + 1)
    server.stop()


def stored_batches(client: Warehouse) -> int:
    """How many batches are stored, after seeing that they are whole, distinct and without a gap."""
    ((count, distinct, after_last),) = client.rows(
        "SELECT count(), uniqExact(position), if(count() = 0, 0, max(position) + 1) FROM wide"
    )
    assert count == distinct == after_last
    assert count % BATCH == 0
    return int(count) // BATCH


def insert_until_killed(server: EmbeddedWarehouse, client: Warehouse, first: int) -> int:
    """Insert batches from number `first` on, kill the process after a while; how many were acknowledged."""
    killer = threading.Timer(0.7, server.kill)
    killer.start()
    number = first
    try:
        while True:
            client.insert("wide", wide(BATCH, first=number * BATCH), token=f"batch {number}")
            number += 1
    except WarehouseUnavailable:
        killer.join()
        return number - first


def test_its_memory_has_a_bound(tmp_path: Path) -> None:
    server = EmbeddedWarehouse(tmp_path, "--memory-gb", "1")
    answer = server.ask("SELECT groupArray(number) FROM numbers(1e9)")
    assert answer.headers["X-ClickHouse-Exception-Code"] == "241"
    assert server.ask("SELECT 1").text == "1\n"
    server.stop()


def test_with_little_room_on_the_disk_nothing_is_written_and_everything_is_answered(tmp_path: Path) -> None:
    """chDB itself would tear parts: it does not notice a write that fails."""
    server = EmbeddedWarehouse(tmp_path, "--keep-free-gb", "1000000")
    try:
        server.ask("CREATE TABLE t (id UInt32) ENGINE = MergeTree ORDER BY id")
        refused = server.ask("INSERT INTO t FORMAT CSV 1")
        assert (refused.status_code, refused.headers["X-ClickHouse-Exception-Code"]) == (500, "243")
        assert "are kept free: make room" in refused.text
        assert server.ask("SELECT count() FROM t").text == "0\n"
    finally:
        server.stop()
