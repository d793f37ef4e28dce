"""One WebDriver BiDi connection: a command goes out, its reply comes back, in the caller's thread.

Selenium's own connection polls for replies (every 100 ms unless told otherwise) and does not notice a dead
socket before its timeout. This one sleeps in the socket: it wakes with the reply, and at once when the
browser dies or `abort` is called from another thread.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import Any

import websocket

from core.browser.browser_errors import translate_browser_errors
from core.errors import BrowserLost


class BidiError(Exception):
    """The browser is well and refuses this command. `code` is the specification's error code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class BidiChannel:
    """Commands of one session. Threads take turns."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        """Connect. Raises BrowserLost when nobody answers."""
        self._timeout_seconds = timeout_seconds
        self._turn = threading.Lock()
        self._last_id = 0
        with translate_browser_errors():
            self._socket = websocket.create_connection(url, timeout=timeout_seconds, suppress_origin=True)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Send one command and wait for its result.

        Raises BidiError when the browser refuses it, BrowserLost when it does not answer in time.
        """
        with self._turn, translate_browser_errors():
            self._last_id += 1
            self._socket.send(json.dumps({"id": self._last_id, "method": method, "params": params}))
            reply = self._reply_to(self._last_id, time.monotonic() + self._timeout_seconds)
        if reply.get("type") == "error" or "error" in reply:
            raise BidiError(str(reply.get("error")), str(reply.get("message", "")))
        result = reply.get("result")
        return result if isinstance(result, dict) else {}

    def _reply_to(self, command_id: int, deadline: float) -> dict[str, Any]:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise BrowserLost(f"no reply to a BiDi command within {self._timeout_seconds:g} s")
            self._socket.settimeout(left)
            received = self._socket.recv()
            if not received:
                raise BrowserLost("the browser closed its BiDi connection")
            reply = json.loads(received)
            if reply.get("id") == command_id:
                return dict(reply)

    def abort(self) -> None:
        """Make an ongoing call of another thread fail now. Safe at any time, and more than once."""
        connection = self._socket.sock
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the socket, without a farewell: the other side may be gone."""
        self.abort()
        self._socket.shutdown()
