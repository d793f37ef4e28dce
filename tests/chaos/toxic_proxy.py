"""A TCP proxy on loopback in front of Redis, the database or the site, with a network that can be made ill.

One toxic at a time, switched while connections run through it; see `ToxicKind` for what each does.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import TypeVar

from tests.servers.local_process import free_port

CHUNK = 65536
HOST = "127.0.0.1"
T = TypeVar("T")


class ToxicKind(StrEnum):
    """What is wrong with the network."""

    LATENCY = "latency"
    """Whatever goes through is `seconds` late, in either direction."""
    CUT = "cut"
    """Connections end, new ones are refused."""
    RESET = "reset"
    """Connections are reset (RST): those that are open at once, later ones at the first byte of a reply."""
    HALF_REPLY = "half_reply"
    """Each connection gets `size` more bytes of replies, then it ends."""
    SWALLOW_REPLY = "swallow_reply"
    """Requests reach the server, replies never come back: executed, but the caller saw a timeout. A connection
    that lost bytes so ends when the toxic does."""
    BLACK_HOLE = "black_hole"
    """Nothing goes through and nothing is refused. What was sent meanwhile arrives when the toxic ends, as with
    a network that sends again."""


@dataclass(frozen=True, slots=True)
class Toxic:
    """What is switched on. `seconds` and `size` belong to the kinds that name them."""

    kind: ToxicKind
    seconds: float = 0.0
    size: int = 0


class _Link:
    """One connection through the proxy."""

    def __init__(self, client: asyncio.StreamWriter) -> None:
        self.client = client
        self.server: asyncio.StreamWriter | None = None
        self.has_lost_bytes = False
        self.size_left: int | None = None

    def end(self, *, is_reset: bool = False) -> None:
        """Close both ways at once; with a reset, the peers get an error instead of an end."""
        for writer in (self.client, self.server):
            if writer is None:
                continue
            if is_reset and not writer.is_closing():
                with contextlib.suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
                writer.transport.abort()
            writer.close()


class ToxicProxy:
    """`port` leads to `server_port` between `start` and `stop`, or inside a `with`. The server may come and go:
    while it is away, connections end right after they were made."""

    def __init__(self, server_port: int) -> None:
        self.port = free_port()
        self.hits: Counter[ToxicKind] = Counter()
        """How many connections each toxic has spoilt or held up."""
        self._server_port = server_port
        self._toxic: Toxic | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy-{server_port}", daemon=True)
        self._listener = self._bind()
        self._accepting: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._hit_links: set[_Link] = set()

    def start(self) -> None:
        """Let connections through."""
        self._thread.start()
        self._call(self._open())

    def stop(self) -> None:
        """End all connections and the proxy."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> ToxicProxy:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def set(self, toxic: Toxic) -> None:
        """Switch a toxic on, in place of the one before."""
        self._call(self._switch(toxic))

    def heal(self) -> None:
        """Let everything through again."""
        self._call(self._switch(None))

    @property
    def toxic(self) -> Toxic | None:
        """What is switched on now."""
        return self._toxic

    def _call(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _bind(self) -> socket.socket:
        """Bound but not yet listening: connections are refused, and nobody else gets the port."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, self.port))
        listener.setblocking(False)
        return listener

    async def _open(self) -> None:
        self._listener.listen(512)
        self._accepting = asyncio.create_task(self._accept())

    async def _refuse(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            self._accepting = None
        self._listener.close()

    async def _close(self) -> None:
        await self._refuse()
        self._toxic = None
        self._changed.set()
        for link in list(self._links):
            link.end(is_reset=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _switch(self, toxic: Toxic | None) -> None:
        before, self._toxic = self._toxic, toxic
        self._hit_links.clear()
        for link in list(self._links):
            link.size_left = toxic.size if toxic else None
            if link.has_lost_bytes:
                link.end()
            elif toxic is not None and toxic.kind in (ToxicKind.CUT, ToxicKind.RESET):
                self._hit(link, toxic.kind)
                link.end(is_reset=toxic.kind is ToxicKind.RESET)
        was_refusing = before is not None and before.kind is ToxicKind.CUT
        is_refusing = toxic is not None and toxic.kind is ToxicKind.CUT
        if is_refusing and not was_refusing:
            await self._refuse()
            self._listener = self._bind()
        elif was_refusing and not is_refusing:
            await self._open()
        self._changed.set()
        self._changed = asyncio.Event()

    def _hit(self, link: _Link, kind: ToxicKind) -> None:
        if link not in self._hit_links:
            self._hit_links.add(link)
            self.hits[kind] += 1

    async def _accept(self) -> None:
        while True:
            client, _ = await self._loop.sock_accept(self._listener)
            task = asyncio.create_task(self._serve(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=client)
        link = _Link(writer)
        link.size_left = self._toxic.size if self._toxic else None
        self._links.add(link)
        try:
            await self._out_of_black_hole(link)
            server_reader, link.server = await asyncio.open_connection(HOST, self._server_port)
            await asyncio.gather(
                self._pump(link, reader, link.server, is_reply=False),
                self._pump(link, server_reader, writer, is_reply=True),
            )
        except OSError:
            pass  # The server is away, or one side went: both are closed below.
        finally:
            link.end()
            self._links.discard(link)
            self._hit_links.discard(link)

    async def _pump(
        self, link: _Link, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_reply: bool
    ) -> None:
        while data := await source.read(CHUNK):
            passed = await self._treat(link, data, is_reply=is_reply)
            if passed:
                target.write(passed)
                await target.drain()
            if is_reply and link.size_left == 0 and self._is(ToxicKind.HALF_REPLY):
                link.end()
        await self._out_of_black_hole(link)
        if not target.is_closing():
            target.write_eof()

    async def _treat(self, link: _Link, data: bytes, *, is_reply: bool) -> bytes:
        """What of `data` may go on, after the toxic of this moment."""
        await self._out_of_black_hole(link)
        toxic = self._toxic
        if toxic is None or toxic.kind is ToxicKind.CUT:
            return data
        if toxic.kind is ToxicKind.LATENCY:
            self._hit(link, toxic.kind)
            await asyncio.sleep(toxic.seconds)
            return data
        return self._spoil(link, toxic, data) if is_reply else data

    def _spoil(self, link: _Link, toxic: Toxic, data: bytes) -> bytes:
        """What is left of a reply."""
        self._hit(link, toxic.kind)
        if toxic.kind is ToxicKind.RESET:
            link.end(is_reset=True)
            return b""
        if toxic.kind is ToxicKind.SWALLOW_REPLY:
            link.has_lost_bytes = True
            return b""
        left = toxic.size if link.size_left is None else link.size_left
        link.size_left = max(0, left - len(data))
        return data[:left]

    async def _out_of_black_hole(self, link: _Link) -> None:
        while self._is(ToxicKind.BLACK_HOLE):
            self._hit(link, ToxicKind.BLACK_HOLE)
            await self._changed.wait()

    def _is(self, kind: ToxicKind) -> bool:
        return self._toxic is not None and self._toxic.kind is kind
