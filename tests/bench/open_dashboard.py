"""One page of the dashboard as a browser holds it open, without the browser: the websocket, its messages and the
timers of its fragments, as Streamlit 1.67's own front end has them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.bench.kept_messages import KeptMessages

OPEN_SECONDS = 60.0
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at which page. `page`: as its address names it, empty for the first one. `token`: of the session."""

    page: str
    token: str = ""
    language: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class Refresh:
    """One fragment that was asked for and came. `seconds`: from its last request until all of it was there. `missed`:
    requests before that one which were not answered by themselves, as Streamlit drops some and joins others."""

    page: str
    at: float
    seconds: float
    size: int
    """Bytes of the run that brought it."""
    missed: int


class OpenDashboard:
    """`opened` once the page stands and refreshes by itself; `closed` when it is to go."""

    def __init__(self, url: str, visitor: Visitor, record: Callable[[Refresh], None]) -> None:
        self._url = url
        self._visitor = visitor
        self._record = record
        self._kept = KeptMessages()
        self._script_hash = ""
        self._fragments: list[str] = []
        self._asked_at: dict[str, list[float]] = {}
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._size = 0
        self.opened = asyncio.Event()

    async def hold(self) -> None:
        """Until it is cancelled. Raises AssertionError when the page shows an error instead of itself."""
        address = self._url.replace("http://", "ws://") + "/_stcore/stream"
        headers = {"Cookie": f"topn_session={self._visitor.token}", "Accept-Language": self._visitor.language}
        async with connect(
            address,
            origin=Origin(self._url),
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=headers,
            compression=None,
            max_size=None,
            open_timeout=OPEN_SECONDS,
        ) as socket:
            try:
                await self._ask(socket, "")
                async for payload in socket:
                    assert isinstance(payload, bytes)
                    self._size += len(payload)
                    self._take(socket, ForwardMsg.FromString(payload))
            finally:
                self._stop_timers(list(self._timers))
        raise AssertionError(f"the server closed the page {self._visitor.page!r}")

    async def _ask(self, socket: ClientConnection, fragment_id: str) -> None:
        """For a run of the whole page, or of one fragment whose time has come."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string = ""
        run.page_script_hash = self._script_hash
        run.page_name = "" if self._script_hash else self._visitor.page
        run.fragment_id = fragment_id
        run.is_auto_rerun = bool(fragment_id)
        run.cached_message_hashes.extend(self._kept.hashes())
        run.context_info.timezone = "Asia/Shanghai"
        run.context_info.timezone_offset = -480
        run.context_info.locale = self._visitor.language
        run.context_info.url = f"{self._url}/{self._visitor.page}"
        run.context_info.color_scheme = "light"
        await socket.send(message.SerializeToString())

    def _take(self, socket: ClientConnection, message: ForwardMsg) -> None:
        if self._kept.take(message):
            return
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(message)
        elif kind == "auto_rerun":
            self._start_timer(socket, message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_timers(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "script_finished":
            self._end(message)
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise AssertionError(f"{self._visitor.page}: {message.delta.new_element.exception.message}")

    def _begin(self, message: ForwardMsg) -> None:
        self._fragments = list(message.metadata.run.fragment_ids)
        self._script_hash = message.new_session.page_script_hash
        if not self._fragments:
            self._stop_timers(list(self._timers))

    def _end(self, message: ForwardMsg) -> None:
        if message.script_finished not in FINISHED:
            return
        self._kept.end_run(self._fragments)
        now = time.monotonic()
        for fragment_id in self._fragments:
            asked_at = self._asked_at.pop(fragment_id, None)
            if asked_at is not None:
                self._record(Refresh(self._visitor.page, now, now - asked_at[-1], self._size, len(asked_at) - 1))
        self._size = 0
        if not self._fragments:
            assert self._timers, f"nothing refreshes on {self._visitor.page!r}: is the visitor signed in?"
            self.opened.set()

    def _start_timer(self, socket: ClientConnection, fragment_id: str, interval: float) -> None:
        known = self._timers.get(fragment_id)
        if known is not None and known[0] == interval:
            return
        self._stop_timers([fragment_id])
        self._timers[fragment_id] = (interval, asyncio.create_task(self._refresh(socket, fragment_id, interval)))

    def _stop_timers(self, fragment_ids: list[str]) -> None:
        for fragment_id in fragment_ids:
            known = self._timers.pop(fragment_id, None)
            if known is not None:
                known[1].cancel()

    async def _refresh(self, socket: ClientConnection, fragment_id: str, interval: float) -> None:
        """As `setInterval` does: by the clock, however long the answers take."""
        due = time.monotonic()
        while True:
            due += interval
            await asyncio.sleep(max(due - time.monotonic(), 0))
            self._asked_at.setdefault(fragment_id, []).append(time.monotonic())
            await self._ask(socket, fragment_id)
