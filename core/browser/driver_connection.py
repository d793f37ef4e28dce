"""The HTTP connection to one WebDriver, which another thread can break off."""

from __future__ import annotations

import contextlib
import socket
from collections import deque

from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.common.proxy import Proxy, ProxyType
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

_REMEMBERED_SOCKETS = 4


class DriverConnection(ChromeRemoteConnection):
    """Selenium's connection with three changes.

    1. No retries: urllib3 would send a GET four times, each with the whole timeout, to a driver that hangs.
    2. A local driver is never looked for behind the proxy that the environment names.
    3. `abort` ends an ongoing request of another thread.
    """

    def __init__(self, url: str, *, timeout_seconds: float, is_local: bool) -> None:
        self._sockets: deque[socket.socket] = deque(maxlen=_REMEMBERED_SOCKETS)
        config = ClientConfig(
            remote_server_addr=url,
            proxy=Proxy({"proxyType": ProxyType.DIRECT}) if is_local else None,
            init_args_for_pool_manager={"init_args_for_pool_manager": {"retries": False}},
        )
        config.timeout = timeout_seconds
        super().__init__(url, client_config=config)
        self._conn.pool_classes_by_scheme = _remembering_pools(self._sockets)

    def wait_at_most(self, timeout_seconds: float) -> None:
        """For the requests from now on: a start may take longer than a command."""
        self._client_config.timeout = timeout_seconds

    def end_session(self, session_id: str) -> None:
        """Tell the remote end to close this session."""
        RemoteConnection.execute(self, Command.QUIT, {"sessionId": session_id})

    def close(self) -> None:
        RemoteConnection.close(self)

    def abort(self) -> None:
        """Break off whatever is under way. Safe from any thread, at any time, and more than once."""
        for connection in list(self._sockets):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _remembering_pools(sockets: deque[socket.socket]) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools, whose connections note their sockets: it offers no other way to a socket in use."""

    class PlainConnection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class SecureConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}
