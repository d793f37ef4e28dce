"""Which forms somebody has open in a tab of a browser now: what is written there is not offered anywhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable


class OpenForms:
    """A tab is open as long as its connection is: one that was closed, or whose machine went to sleep, holds nothing.
    Safe between threads."""

    def __init__(self, is_connected: Callable[[str], bool]) -> None:
        self._is_connected = is_connected
        self._lock = threading.Lock()
        self._holders: dict[str, str] = {}

    def hold(self, form: str, tab: str) -> None:
        """This tab shows the form, and no other any more."""
        with self._lock:
            gone = [one for one, holder in self._holders.items() if holder == tab or not self._is_connected(holder)]
            for one in gone:
                del self._holders[one]
            self._holders[form] = tab

    def is_elsewhere(self, form: str, tab: str) -> bool:
        """Whether another tab shows it."""
        with self._lock:
            holder = self._holders.get(form)
        return holder not in (None, tab) and self._is_connected(str(holder))
