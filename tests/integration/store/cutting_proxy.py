"""A TCP proxy in front of a database that cuts the connection around a COMMIT."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum


class Cut(Enum):
    """Where the connection breaks."""

    BEFORE = "the server never gets the COMMIT"
    AFTER = "the server commits, its reply is lost"


class CuttingProxy:
    """Passes everything through until it is armed; then it cuts at a COMMIT, once."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._cut: Cut | None = None
        self._meanwhile: Callable[[], object] | None = None
        self._holding = re.compile(b"")
        self._client_may_know = threading.Event()
        self._client_may_know.set()
        self._threads: list[threading.Thread] = []
        self._run(self._accept)

    def arm(self, cut: Cut, meanwhile: Callable[[], object] | None = None, *, holding: str = "") -> None:
        """Cut at the next COMMIT of a transaction whose statements match the pattern `holding`. `meanwhile` is run
        after the server lost the connection and before the client does (with Cut.BEFORE only)."""
        self._meanwhile = meanwhile
        self._holding = re.compile(holding.encode(), re.DOTALL)
        self._cut = cut

    @property
    def has_cut(self) -> bool:
        """Whether it has cut since it was armed."""
        return self._cut is None

    def close(self) -> None:
        """Close the listener and wait for all connections to end: close their clients first."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _run(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target_port))
            self._run(self._to_server, client, server)
            self._run(self._to_client, client, server)

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        transaction = b""
        while data := _receive(client):
            is_end = data[4:] in (b"\x03COMMIT", b"\x03ROLLBACK")
            statements, transaction = transaction, b"" if is_end else transaction + data
            is_commit = data[4:] == b"\x03COMMIT"
            if self._cut is not None and is_commit and self._holding.search(statements):
                cut, self._cut = self._cut, None
                if cut is Cut.AFTER:
                    # Nothing more goes to the client, not even what the server answers.
                    client.shutdown(socket.SHUT_RDWR)
                    server.sendall(data)
                    continue
                self._client_may_know.clear()
                server.shutdown(socket.SHUT_RDWR)
                if self._meanwhile is not None:
                    self._meanwhile()
                self._client_may_know.set()
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
                break
            server.sendall(data)
        with suppress(OSError):  # the other direction may have closed it already
            server.shutdown(socket.SHUT_RDWR)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        while data := _receive(server):
            try:
                client.sendall(data)
            except OSError:
                continue
        self._client_may_know.wait(10)
        client.close()
        server.close()


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""
