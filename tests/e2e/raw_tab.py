"""A tab without a browser: asks for the push over a websocket of its own, and then reads nothing at all."""

import base64
import json
import os
import socket
import struct
from typing import Any

from tests.e2e.conftest import Served
from tests.push_request import push_request


class RawTab:
    """Connected when made; `close` hangs up without a word."""

    def __init__(self, served: Served, search: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", served.port), timeout=10)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET /_dash-ws-callback HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nOrigin: {served.url}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = self._socket.recv(4096)
        assert b" 101 " in answer, answer
        self._send(push_request(served.url, search))

    def _send(self, message: dict[str, Any]) -> None:
        body, mask = json.dumps(message).encode(), os.urandom(4)
        head = struct.pack("!BBH", 0x81, 0x80 | 126, len(body)) + mask
        self._socket.sendall(head + bytes(byte ^ mask[at % 4] for at, byte in enumerate(body)))

    def close(self) -> None:
        self._socket.close()
