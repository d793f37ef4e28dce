"""Lets a callback come to its end. Streamlit breaks off whatever runs in a session, at its next look into the session's
state or its next word to the browser, as soon as the browser has sent something else: a key that was typed, a file that
has arrived, a second click. Half of what a button does would be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import get_script_run_ctx

ASKED = "on_scriptrunner_yield"
"""The method of Streamlit's `ScriptRequests` by which a run asks whether it is to be broken off."""


@contextmanager
def in_one_piece() -> Iterator[None]:
    """What the browser sends meanwhile waits until the block has ended, and then comes first. Only for callbacks."""
    context = get_script_run_ctx(suppress_warning=True)
    requests = None if context is None else context.script_requests
    if requests is None or ASKED in vars(requests):
        yield
        return
    vars(requests)[ASKED] = lambda: None
    try:
        yield
    finally:
        del vars(requests)[ASKED]
