"""What the workers logged lately, of all machines together."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.errors import NotFound
from core.services.log_viewer import LogFilter, LogLevel, LogPage
from core.settings import get_settings
from core.store.records import Actor
from dashboard import figures
from dashboard.address import Address, choice_field, text_field
from dashboard.components.log_lines import draw_lines, events_with
from dashboard.text import _, mark, one_behind_the_other
from dashboard.visitor import REFRESH_SECONDS, callback_here, fragment, page

LINES = 100
BEFORE = "logs_before"
FOLLOWS = "logs_follows"
ADDRESS = Address(
    "logs",
    {
        "article": text_field(),
        "worker": text_field(),
        "level": choice_field(LogLevel, LogLevel.INFO),
        "text": text_field(),
    },
)
LEVELS = {
    LogLevel.DEBUG: mark("Everything"),
    LogLevel.INFO: mark("From information on"),
    LogLevel.WARNING: mark("From warnings on"),
    LogLevel.ERROR: mark("Errors only"),
}


def draw(actor: Actor) -> None:
    st.title(_("Logs"), anchor=False)
    scope = _("Of all workers.") if actor.is_admin else _("Of your own articles.")
    kept = _("The newest {number} lines of all workers are kept.", number=f"{get_settings().log_lines:,}")
    st.caption(one_behind_the_other(scope, kept, _("Details are as the worker wrote them.")))
    wanted = _filter(actor)
    if wanted is None:
        st.info(_("There is no such article. Its number stands in its drawer on the page Tasks."))
        return
    live_lines(wanted)


def _filter(actor: Actor) -> LogFilter | None:
    """None: an article is wanted that is not there, or not of this actor."""
    ADDRESS.take_over()
    article, worker, level, text = st.columns([2, 2, 2, 3])
    article.text_input(_("Article"), key=ADDRESS.key("article"), placeholder=_("Its number"))
    worker.text_input(_("Worker"), key=ADDRESS.key("worker"), placeholder=_("Host or process number"))
    level.selectbox(_("Level"), list(LogLevel), format_func=lambda one: _(LEVELS[one]), key=ADDRESS.key("level"))
    text.text_input(_("Words"), key=ADDRESS.key("text"), placeholder=_("Anything that stands in a line"))
    ADDRESS.write()
    chosen = {name: ADDRESS.value(name) for name in ("article", "worker", "level", "text")}
    if st.session_state.get("logs_chosen") != chosen:
        st.session_state["logs_chosen"] = chosen
        st.session_state[BEFORE] = None
    try:
        public_id = str(chosen["article"] or "").strip()
        task = wiring.get_task_manager().get(public_id, actor=actor) if public_id else None
    except NotFound:
        return None
    sought = str(chosen["text"] or "").strip()
    return LogFilter(
        task_id=task.id if task else None,
        worker=str(chosen["worker"] or "").strip(),
        least=chosen["level"] or LogLevel.INFO,
        text=sought,
        events=events_with(sought),
    )


@fragment(run_every=REFRESH_SECONDS)
def live_lines(actor: Actor, wanted: LogFilter) -> None:
    """Refreshed by itself while the newest are shown and somebody wants to follow."""
    before: str | None = st.session_state.get(BEFORE)
    with st.container(horizontal=True, vertical_alignment="center"):
        follows = st.toggle(_("Follow"), value=True, key=FOLLOWS, help=_("New lines come in at the top."))
        shown = _shown(actor, wanted, before, follows=follows and before is None)
        _turn_over(shown.older, is_newest=before is None)
    if shown.lines:
        draw_lines(shown.lines)
    elif shown.older:
        st.info(_("Nothing fits among the newest lines. Look at older ones, or take a filter away."))
    else:
        st.info(_("Nothing fits. Lines appear here as soon as a worker does something."))


def _shown(actor: Actor, wanted: LogFilter, before: str | None, *, follows: bool) -> LogPage:
    """Who does not follow sees what was there when it stopped to."""
    who = figures.reader(actor)
    seen = ("logs_seen", (who, wanted, before))
    if not follows and st.session_state.get(seen[0], (None,))[0] == seen[1]:
        found: LogPage = st.session_state[seen[0]][1]
        return found
    found = figures.logs(wanted, who, before, LINES)
    st.session_state[seen[0]] = (seen[1], found)
    return found


def _turn_over(older: str | None, *, is_newest: bool) -> None:
    st.button(
        _("Newest"), icon=":material/first_page:", key="logs_newest", disabled=is_newest, on_click=_go, args=(None,)
    )
    st.button(
        _("Older"),
        icon=":material/arrow_forward:",
        key="logs_older",
        disabled=older is None,
        on_click=_go,
        args=(older,),
    )


@callback_here
def _go(actor: Actor, before: str | None) -> None:
    st.session_state[BEFORE] = before


page(draw)
