"""Who looks at a page. Asked again at each run of a page, of a fragment and of a callback: what the browser said at
the start of its connection may no longer be true."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core import wiring
from core.errors import ServiceUnavailable, TopnError, service_name
from core.store.records import Actor
from core.store.sessions import SEEN_EVERY_SECONDS, SessionView
from dashboard.session_watch import SessionWatch
from dashboard.shared_figures import forget_recent
from dashboard.text import _, in_one_language, plain
from dashboard.whole_callback import in_one_piece

P = ParamSpec("P")
R = TypeVar("R")

REFRESH_SECONDS = 2.0
NOTES = "notes"
DRAWN_NOTES = "notes_drawn"
"""Those that a run of the whole page has begun to show."""
REFUSED_ICON = ":material/error:"
REFUSED_SECONDS = 10
"""A refusal shows for so long at least; a longer one for as long as it takes to read."""
READ_CHARACTERS = 5
"""Of a refusal in a second, by somebody who also looks at what it is about."""
TYPED = "typed"
HELD = "typed_held"
WHOLE_PAGE = "page"
_part: ContextVar[str] = ContextVar("part", default=WHOLE_PAGE)
"""Of the page, that is being drawn."""
SIGN_IN_SCRIPT = """<script>
location.replace('/login?ended=1&next=' + encodeURIComponent(location.pathname + location.search))
</script>"""


@st.cache_resource(show_spinner=False)
def _watch() -> SessionWatch:
    return SessionWatch(lambda ids: wiring.get_sign_in().living(ids), fresh_seconds=REFRESH_SECONDS)


def current_session() -> SessionView | None:
    """The living session of this browser; None when it was signed out. Raises ServiceUnavailable."""
    session_id = str(st.user.get("session_id") or "")
    return _watch().get(int(session_id)) if session_id.isdecimal() else None


@st.cache_data(ttl=SEEN_EVERY_SECONDS, max_entries=10_000, show_spinner=False)
def _mark_as_used(session_id: int) -> None:
    wiring.get_sign_in().seen(session_id)


def _is_at_work(session: SessionView) -> None:
    """Pages live on the websocket, which the gate sees once: the session of who works in one must not grow idle.
    A mark that cannot be written now is written at the next run."""
    with suppress(ServiceUnavailable):
        _mark_as_used(session.id)


def forget_sessions() -> None:
    """See a sign-out at once instead of two seconds later."""
    _watch().forget()


def lead_to_sign_in() -> None:
    """Replace the page by the sign-in, which says that the session has ended, and comes back here. Only a page that is
    open comes so far without a session: the gate leads others to the sign-in."""
    st.html(SIGN_IN_SCRIPT, unsafe_allow_javascript=True)
    st.stop()


def say_calmly(error: TopnError) -> None:
    """One sentence in place of what cannot be shown now. The page recovers by itself at its next refresh. That a
    service is away stands in a box on top of the page already, so here it is a quiet line."""
    if isinstance(error, ServiceUnavailable):
        st.caption(f":material/hourglass_top: {_away_words(error)}")
    else:
        st.error(plain(_(str(error))), icon=":material/error:")


def say_in_box(error: TopnError) -> None:
    """The same on top of a page, where nothing else says it."""
    if isinstance(error, ServiceUnavailable):
        st.warning(_away_words(error), icon=":material/hourglass_top:")
    else:
        say_calmly(error)


def _away_words(error: ServiceUnavailable) -> str:
    return _("{service} cannot be reached. This page goes on by itself.", service=_(service_name(error.service)))


def toast(words: str, *, icon: str) -> None:
    """A note that shows for some seconds, from the next run of the whole page on. Streamlit puts a toast of a callback,
    or of a part that refreshes by itself, where the first run of the page had put something else: a style, or an open
    dialog, whose next refresh leaves the browser with an empty page."""
    st.session_state.setdefault(NOTES, []).append((words, icon))


def draw_notes() -> None:
    """At the beginning of a run of the whole page: what callbacks had to say. A run that does not come to its end
    may not have reached the browser."""
    st.session_state[DRAWN_NOTES] = [*st.session_state.get(DRAWN_NOTES, ()), *st.session_state.get(NOTES, ())]
    st.session_state.pop(NOTES, None)
    for words, icon in st.session_state[DRAWN_NOTES]:
        st.toast(words, icon=icon, duration=_seconds(words) if icon == REFUSED_ICON else "short")


def forget_notes() -> None:
    """At the end of a run of the whole page."""
    st.session_state.pop(DRAWN_NOTES, None)


def _seconds(words: str) -> int:
    """How long a refusal shows."""
    return max(REFUSED_SECONDS, len(words) // READ_CHARACTERS)


def hold_typed(keys: Iterable[str]) -> None:
    """Just before these fields are drawn: what is typed into them outlives a run that cannot draw them, because a
    service is away. Streamlit forgets the fields of a run that shows none, also what the browser sent with it."""
    st.session_state.setdefault(TYPED, {}).setdefault(_part.get(), set()).update(keys)
    held: set[str] = st.session_state.get(HELD, set())
    for key in held.intersection(keys):
        held.discard(key)
        if key in st.session_state:
            # The browser has forgotten it as well: what is set in the run that draws the field is sent there.
            st.session_state[key] = st.session_state[key]


def _hold_for(part: str) -> None:
    """A run could not draw everything of this part of the page. What the page itself sets is not forgotten with the
    field. Fields of other parts are left alone: somebody may be typing there."""
    typed: dict[str, set[str]] = st.session_state.get(TYPED, {})
    parts = typed if part == WHOLE_PAGE else [part]
    for key in [key for name in parts for key in typed.get(name, ())]:
        if key in st.session_state:
            with suppress(StreamlitAPIException):
                # Raised where the field is drawn already, and so not forgotten.
                st.session_state[key] = st.session_state[key]
                st.session_state.setdefault(HELD, set()).add(key)


def page(draw: Callable[[Actor], None]) -> None:
    """Run a page for who is signed in, and who is at work as it runs."""
    _run(draw, part=WHOLE_PAGE, say=_say_and_come_back)


def _say_and_come_back(error: TopnError) -> None:
    say_calmly(error)
    _come_back(error)


def come_back(error: TopnError) -> None:
    """A page that could not be drawn has nothing that refreshes by itself: try again for it."""
    if isinstance(error, ServiceUnavailable):
        _hold_for(WHOLE_PAGE)
    _come_back(error)


def _come_back(error: TopnError) -> None:
    if isinstance(error, ServiceUnavailable):
        _try_again(time.monotonic())


@st.fragment(run_every=REFRESH_SECONDS * 2)
def _try_again(drawn_at: float) -> None:
    """The run that draws the page is not the one that tries again. It shows nothing, and whoever is signed in or not
    is asked by the page."""
    if time.monotonic() - drawn_at > REFRESH_SECONDS:
        st.rerun()


def _run(draw: Callable[[Actor], None], *, part: str, say: Callable[[TopnError], None]) -> None:
    if part != WHOLE_PAGE and st.session_state.get(NOTES):
        st.rerun()
    outer = _part.set(part)
    try:
        session = current_session()
        if session is None:
            lead_to_sign_in()
        else:
            if part == WHOLE_PAGE:
                # A part may refresh by itself: that is no sign that somebody works.
                _is_at_work(session)
            with in_one_language():
                draw(session.actor)
    except TopnError as error:
        _hold_for(part)
        say(error)
    finally:
        _part.reset(outer)


def fragment(
    run_every: float | None = None, *, say: Callable[[TopnError], None] | None = None
) -> Callable[[Callable[Concatenate[Actor, P], None]], Callable[P, None]]:
    """A part of a page that refreshes by itself, for who is signed in at each refresh. It refreshes for an empty
    chair as well: it is no sign that somebody works. `say`: how it tells that it cannot be shown. One that does not
    refresh by itself lets the page come back for it."""
    telling = say or (_say_and_come_back if run_every is None else say_calmly)

    def wrap(draw: Callable[Concatenate[Actor, P], None]) -> Callable[P, None]:
        part = f"{draw.__module__}.{draw.__qualname__}"

        @st.fragment(run_every=run_every)
        @functools.wraps(draw)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            _run(lambda actor: draw(actor, *args, **kwargs), part=part, say=telling)

        return guarded

    return wrap


def callback(do: Callable[Concatenate[Actor, P], Any]) -> Callable[P, None]:
    """What a button does, for who is signed in when it is pressed: all of it, whatever the browser sends meanwhile.
    Its error is told as a toast."""
    return _guarded(do, is_change=True)


def callback_here(do: Callable[Concatenate[Actor, P], Any]) -> Callable[P, None]:
    """As `callback`, of a button that changes nothing but what this browser shows."""
    return _guarded(do, is_change=False)


def _guarded(do: Callable[Concatenate[Actor, P], Any], *, is_change: bool) -> Callable[P, None]:
    @functools.wraps(do)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        with in_one_piece():
            try:
                session = current_session()
                if session is not None:
                    _is_at_work(session)
                    do(session.actor, *args, **kwargs)
                    if is_change:
                        # What was just changed is to be seen at once.
                        forget_recent()
            except TopnError as error:
                toast(plain(_(str(error))), icon=REFUSED_ICON)

    return guarded
