"""Opens and closes the tab of a lease, in the one user context of its owner."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.browser.owner_contexts import OwnerContexts
from core.browser.running_driver import RunningDriver


@dataclass(frozen=True, slots=True)
class OwnerTab:
    """A tab that has just been opened."""

    owner: int
    context: str
    handle: str
    is_warm: bool


def open_owner_tab(running: RunningDriver, contexts: OwnerContexts, owner: int, cookies_version: int) -> OwnerTab:
    """A tab in this owner's context, warm if it has one that is still good. Raises BrowserLost."""
    now = time.monotonic()
    for unwanted in contexts.take_unwanted(owner, cookies_version, now):
        running.remove_context(unwanted.context)
    warm = contexts.find(owner)
    context = warm.context if warm else running.open_context()
    if warm is None:
        contexts.put(owner, context, cookies_version, now)
    return OwnerTab(owner, context, running.open_tab(context), warm is not None)


def close_owner_tab(running: RunningDriver, contexts: OwnerContexts, tab: OwnerTab, *, must_forget: bool) -> None:
    """Close the tab and its pop-ups, and the context too if it must be forgotten. Raises BrowserLost."""
    if must_forget:
        contexts.forget(tab.owner)
        running.remove_context(tab.context)
    running.close_tabs(tab.context)
    contexts.touch(tab.owner, time.monotonic())
