"""What is typed into the form of an article is kept until it is handed in. Each form has a name, which stands in the
address: two tabs write two articles, and a page that is loaded anew goes on with its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import wiring
from core.services.form_drafts import FormDraft
from core.store.records import Actor
from dashboard.components import cover_field
from dashboard.components.article_form import BLANK, CHOICES, KEPT_MOMENT, MOMENT, UNKEPT_WORDS, account_now, key
from dashboard.components.moment_input import read_moment
from dashboard.open_forms import OpenForms
from dashboard.text import _, clock, count, plain
from dashboard.visitor import callback

PARAMETER = "form"
FORM = "publish_form"
KEPT = "publish_kept"
"""What was kept last, so that only changes are."""
STAMP = "publish_stamp"
"""Of what was kept last: another one on disk was written by another tab."""
UNKEPT = "publish_unkept"
"""What could not be kept: it outlives the fields at least as long as the tab is open."""
KEPT_AT = "publish_kept_at"


def take_over_draft(actor: Actor) -> None:
    """Before the form is drawn: what was typed into it before, also before a lost connection."""
    _turn_to(st.session_state.get(FORM) or _form_to_open(actor))
    if key("title") not in st.session_state:
        _fill(actor)


def keep_draft(actor: Actor) -> None:
    """Keep what has changed. What cannot be kept now is tried again at the next run."""
    facts = _facts()
    is_new = KEPT not in st.session_state and not (facts["title"] or facts["content"])
    if is_new or st.session_state.get(KEPT) == facts:
        return
    _part_from_another_tab(actor)
    drafts, form = wiring.get_form_drafts(), form_now()
    if drafts.save(form, facts, actor=actor):
        st.session_state[KEPT] = facts
        st.session_state[STAMP] = drafts.stamp(form, actor=actor)
        st.session_state.pop(UNKEPT, None)
    else:
        st.session_state[UNKEPT] = facts


def form_now() -> str:
    """The name of the form that this tab shows."""
    return str(st.session_state[FORM])


def draw_draft_state(actor: Actor) -> None:
    """What was kept, what could not be, and what else is unfinished."""
    if st.session_state.get(KEPT_AT) is not None:
        st.caption(_("Your unfinished article of {at} is here again.", at=clock(st.session_state[KEPT_AT])))
    if UNKEPT in st.session_state:
        st.caption(f":orange[{_(UNKEPT_WORDS)}]")
    others = [draft for draft in _free_drafts(actor) if draft.form != form_now()]
    if others:
        label = count("{number} other unfinished article", "{number} other unfinished articles", len(others))
        with st.expander(label, icon=":material/edit_note:"):
            for draft in others:
                _draw_other(draft)


def _draw_other(draft: FormDraft) -> None:
    st.button(
        f"{plain(draft.title)} · {clock(draft.at)}",
        key=f"publish_go_on_{draft.form}",
        type="tertiary",
        help=_("Go on with it. What stands in the form now is kept."),
        on_click=_go_on,
        args=(draft.form,),
    )


@callback
def _go_on(actor: Actor, form: str) -> None:
    _leave_kept(actor, form)


@callback
def set_aside(actor: Actor) -> None:
    """A blank form. The article of before stays among the unfinished ones."""
    _leave_kept(actor)


def _leave_kept(actor: Actor, turn_to: str | None = None) -> None:
    """What could not be kept stays where it is."""
    keep_draft(actor)
    if UNKEPT not in st.session_state:
        leave_form(turn_to)


@callback
def discard(actor: Actor) -> None:
    """A blank form, and nothing of the article of before."""
    forget_draft(actor)


def forget_draft(actor: Actor) -> None:
    """From a callback: the article was handed in, or is not wanted."""
    wiring.get_form_drafts().forget(form_now(), actor=actor)
    leave_form()


def leave_form(turn_to: str | None = None) -> None:
    """From a callback: another form. Without a name it is a blank one. The account stays chosen."""
    for name in [str(name) for name in st.session_state if str(name).startswith("publish_")]:
        if name not in (key("account"), cover_field.COVERS):
            del st.session_state[name]
    cover_field.start_anew()
    _turn_to(turn_to or wiring.get_form_drafts().new_form())


def _turn_to(form: str) -> None:
    st.session_state[FORM] = form
    _open_forms().hold(form, _tab())
    if st.query_params.get(PARAMETER) != form:
        st.query_params[PARAMETER] = form


def _form_to_open(actor: Actor) -> str:
    """The one in the address, else the article that was left last, else a blank one."""
    asked = st.query_params.get(PARAMETER, "")
    if wiring.get_form_drafts().is_form(asked):
        return asked
    return next((draft.form for draft in _free_drafts(actor)), wiring.get_form_drafts().new_form())


def _free_drafts(actor: Actor) -> list[FormDraft]:
    """Those that no other tab shows."""
    found = wiring.get_form_drafts().unfinished(actor=actor)
    return [draft for draft in found if not _open_forms().is_elsewhere(draft.form, _tab())]


def _part_from_another_tab(actor: Actor) -> None:
    """Another tab has written on the same article: from here on they are two."""
    drafts, form = wiring.get_form_drafts(), form_now()
    if drafts.stamp(form, actor=actor) in (None, st.session_state.get(STAMP)):
        return
    _turn_to(drafts.new_form())
    cover = drafts.load_cover(form, actor=actor)
    if cover is not None:
        drafts.save_cover(form_now(), cover, actor=actor)


def _fill(actor: Actor) -> None:
    found = wiring.get_form_drafts().load(form_now(), actor=actor)
    facts, at = found or ({}, None)
    facts = st.session_state.get(UNKEPT, facts)
    for name, blank in BLANK.items():
        value = facts.get(name, st.session_state.get(key(name), blank))
        is_known = type(value) is type(blank) and value in CHOICES.get(name, (value,))
        st.session_state[key(name)] = value if blank is None or is_known else blank
    st.session_state[KEPT_MOMENT] = _moment_to_come(facts.get("moment"))
    st.session_state[KEPT_AT] = at
    st.session_state[STAMP] = wiring.get_form_drafts().stamp(form_now(), actor=actor)
    if found and UNKEPT not in st.session_state:
        st.session_state[KEPT] = _facts()


def _facts() -> dict[str, Any]:
    facts = {name: st.session_state.get(key(name), blank) for name, blank in BLANK.items()}
    facts["account"] = account_now()
    if facts["is_later"] and f"{MOMENT}_day" in st.session_state:
        facts["moment"] = read_moment(MOMENT).isoformat()
    return facts


def _moment_to_come(kept: object) -> datetime | None:
    """What was kept, unless it has passed or is no moment."""
    try:
        moment = datetime.fromisoformat(str(kept))
        return moment if moment > datetime.now(UTC) else None
    except (ValueError, TypeError):
        return None


@st.cache_resource(show_spinner=False)
def _open_forms() -> OpenForms:
    return OpenForms(lambda tab: runtime.get_instance().is_active_session(tab))


def _tab() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""
