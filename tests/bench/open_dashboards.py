"""Many dashboards held open at once, in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any

from tests.bench.open_dashboard import OPEN_SECONDS, OpenDashboard, Refresh, Visitor

STEP_SECONDS = 0.13
"""Between two that are opened: people do not come at one moment, and two seconds are no multiple of it."""


class OpenDashboards:
    """Used by `with`: closes them all at its end."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="open-dashboards", daemon=True)
        self._held: list[asyncio.Task[None]] = []
        self._refreshes: list[Refresh] = []

    def __enter__(self) -> OpenDashboards:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __len__(self) -> int:
        return len(self._held)

    def open(self, visitors: Sequence[Visitor]) -> None:
        """In addition to those that are open. Returns when all of them stand. Raises what went wrong with one."""
        self._wait(self._open(visitors))

    def refreshes_since(self, moment: float) -> list[Refresh]:
        """What came after this moment of `time.monotonic`. Raises what went wrong with one that was open."""
        for task in self._held:
            if task.done():
                task.result()
        return [one for one in self._refreshes if one.at >= moment]

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self, visitors: Sequence[Visitor]) -> None:
        for visitor in visitors:
            one = OpenDashboard(self._url, visitor, self._refreshes.append)
            task = asyncio.create_task(one.hold())
            self._held.append(task)
            opened = asyncio.create_task(one.opened.wait())
            await asyncio.wait({task, opened}, timeout=OPEN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            assert one.opened.is_set(), f"{visitor.page!r} was not drawn within {OPEN_SECONDS} s"
            await asyncio.sleep(STEP_SECONDS)

    async def _close(self) -> None:
        for task in self._held:
            task.cancel()
        await asyncio.gather(*self._held, return_exceptions=True)
        self._held.clear()
