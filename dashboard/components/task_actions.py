"""What can be done with one article, as buttons. Each says first what it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from core import wiring
from core.services.bulk_change import BulkAction, BulkChange, Effect, effect_of, may_be_edited, may_be_online
from core.services.submission import TaskUpdate
from core.store.records import Actor, CancelResult, TaskView
from core.store.task_pages import TaskFacts
from core.task_state import Checkpoint, TaskStatus
from dashboard.components.moment_input import draw_moment, read_moment
from dashboard.components.stored_field import follow
from dashboard.components.task_editor import edit
from dashboard.text import _, clock, mark, plain
from dashboard.visitor import callback, toast

ONE_DAY = timedelta(days=1)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC) - ONE_DAY
WHY_NOT = {
    Checkpoint.NONE: mark("It is being published just now. To change it, cancel it first."),
    Checkpoint.SUBMITTING: mark("It may be online, so its text must stay what it was."),
}
WARNINGS = {
    Effect.CANCELLED: mark("It is taken out of the line and nothing more happens to it."),
    Effect.GIVEN_UP: mark("It may be online; it is given up."),
    Effect.WILL_STOP: mark("It is being published: it stops within seconds, unless it is submitted first."),
    Effect.RETRIED: mark("It goes back to the line and is tried again from where it stood."),
    Effect.LOOKED_FOR: mark(
        "It was submitted before: it is looked for on the site first, and never sent twice blindly."
    ),
}


def draw_actions(task: TaskView, opened: str, actor: Actor) -> None:
    """Only those that its state allows. Where one would be expected all the same, it is said why not.

    `opened`: the name under which the drawer was opened.
    """
    facts = facts_of(task)
    with st.container(horizontal=True):
        _draw_edit(task, opened, facts)
        effect = effect_of(BulkChange(BulkAction.CANCEL), facts)
        if effect is not Effect.LEFT:
            with st.popover(_("Cancel"), icon=":material/cancel:"):
                st.write(_(WARNINGS[effect]))
                label = _("Cancel this article")
                st.button(label, type="primary", key=f"cancel_{task.id}", on_click=_cancel, args=(task.id,))
        effect = effect_of(BulkChange(BulkAction.RETRY), facts)
        if effect is not Effect.LEFT:
            with st.popover(_("Retry"), icon=":material/replay:"):
                st.write(_(WARNINGS[effect]))
                label = _("Try it again")
                st.button(label, type="primary", key=f"retry_{task.id}", on_click=_retry, args=(task.id,))
        if effect_of(BulkChange(BulkAction.PRIORITY), facts) is not Effect.LEFT:
            with st.popover(_("Change time"), icon=":material/schedule:"):
                _draw_time(task)
            if may_be_edited(facts):
                _draw_accounts(task, facts, actor)
            with st.popover(_("Change priority"), icon=":material/low_priority:"):
                _draw_priority(task)


def _draw_edit(task: TaskView, opened: str, facts: TaskFacts) -> None:
    is_possible = may_be_edited(facts)
    if not is_possible and (task.status.is_final and task.status is not TaskStatus.FAILED):
        return
    why_not = _(WHY_NOT[Checkpoint.SUBMITTING if may_be_online(facts) else Checkpoint.NONE])
    st.button(
        _("Edit"),
        icon=":material/edit:",
        key=f"edit_{task.id}",
        disabled=not is_possible,
        help=None if is_possible else why_not,
        on_click=edit,
        args=(opened, task.id),
    )


def _draw_accounts(task: TaskView, facts: TaskFacts, actor: Actor) -> None:
    """Only if its owner has another one there."""
    found = wiring.get_account_manager().list(actor=actor, user_id=task.user_id)
    names = [one.name for one in found if one.platform == task.platform and one.id != task.account_id]
    if not names:
        return
    with st.popover(_("Change account"), icon=":material/switch_account:"):
        key = f"account_{task.id}"
        st.selectbox(_("Account"), names, key=key)
        if facts.has_draft:
            name = plain(task.account_name)
            st.write(_("Its draft stays on account {account}, and a new one is written.", account=name))
        if task.status is TaskStatus.BLOCKED:
            st.write(_("It goes on with the other account at once."))
        st.button(_("Change account"), key=f"set_{key}", type="primary", on_click=_change_account, args=(task.id,))


def _draw_time(task: TaskView) -> None:
    key = f"time_{task.id}"
    draw_moment(key, task.run_at)
    st.write(_says_time(task, read_moment(key)))
    first = max(task.run_at or datetime.now(UTC), datetime.now(UTC))
    if first < LAST_MOMENT - ONE_DAY:
        st.caption(_("One day later is {at}.", at=clock(first + ONE_DAY)))
    with st.container(horizontal=True):
        st.button(_("Set time"), key=f"set_{key}", type="primary", on_click=_reschedule, args=(task.id,))
        st.button(_("One day later"), key=f"day_{key}", on_click=_postpone, args=(task.id, task.run_at))
        st.button(_("As soon as possible"), key=f"now_{key}", on_click=_set_time, args=(task.id, None))


def _says_time(task: TaskView, at: datetime) -> str:
    """What setting this time does."""
    if task.status is TaskStatus.FAILED:
        return _("It stays failed. Once it is retried, it goes at {at} or later.", at=clock(at))
    if task.status is TaskStatus.BLOCKED:
        return _("It still needs a person. After that it goes at {at} or later.", at=clock(at))
    return _("It waits until {at} and goes when it is its turn then.", at=clock(at))


def _draw_priority(task: TaskView) -> None:
    key = f"priority_{task.id}"
    follow(key, task.priority)
    chosen = st.slider(_("9 goes first among its account's articles"), 0, 9, key=key)
    st.write(_says_priority(task.priority, chosen))
    st.button(_("Set priority"), key=f"set_{key}", on_click=_reprioritise, args=(task.id,))


def _says_priority(was: int, chosen: int) -> str:
    """What setting this priority does."""
    if chosen == was:
        return _("Its priority is {number} now. Nothing changes.", number=was)
    words = mark("From {was} to {number}: it goes before articles of its account with less, and after those with more.")
    return _(words, was=was, number=chosen)


def first_action(task: TaskView) -> BulkAction | None:
    """What a list offers for it: to cancel it, else to try it again."""
    facts = facts_of(task)
    offered = (BulkAction.CANCEL, BulkAction.RETRY)
    return next((one for one in offered if effect_of(BulkChange(one), facts) is not Effect.LEFT), None)


def facts_of(task: TaskView) -> TaskFacts:
    """As much of it as decides what can be done with it."""
    return TaskFacts(
        id=task.id,
        user_id=task.user_id,
        status=task.status,
        checkpoint=task.checkpoint,
        block_reason=task.block_reason,
        submitted_at=task.submitted_at,
        run_at=task.run_at,
        account_id=task.account_id,
        platform=task.platform,
        has_draft=task.remote_draft_id is not None,
        is_to_be_looked_for=task.is_to_be_looked_for,
    )


@callback
def _cancel(actor: Actor, task_id: int) -> None:
    result = wiring.get_task_manager().cancel(task_id, actor=actor)
    told = {
        CancelResult.CANCELLED: _("Cancelled."),
        CancelResult.REQUESTED: _("It was told to stop."),
    }
    toast(told[result], icon=":material/check_circle:")


@callback
def _retry(actor: Actor, task_id: int) -> None:
    task = wiring.get_task_manager().retry(task_id, actor=actor)
    if task.run_at is not None and task.run_at > datetime.now(UTC):
        _tell_time(task)  # cancelled before its time, which it keeps
    else:
        toast(_("It is tried again."), icon=":material/check_circle:")


@callback
def _reschedule(actor: Actor, task_id: int) -> None:
    _move(task_id, read_moment(f"time_{task_id}"), actor)


@callback
def _postpone(actor: Actor, task_id: int, drawn_at: datetime | None) -> None:
    """`drawn_at`: its time when the button was drawn. The second of two quick clicks finds another one."""
    task = wiring.get_task_manager().get(task_id, actor=actor)
    if task.run_at != drawn_at:
        _tell_time(task)
        return
    manager = wiring.get_bulk_manager()
    plan = manager.plan(BulkChange(BulkAction.SHIFT, shift=ONE_DAY), [task_id], actor=actor)
    receipt = manager.carry_out(plan, actor=actor)
    if receipt.changed:
        _tell_time(wiring.get_task_manager().get(task_id, actor=actor))
    elif receipt.stopped is not None:
        raise receipt.stopped
    elif receipt.refused:
        raise receipt.refused[0]
    else:
        toast(_("It stays as it is: its state does not allow it."), icon=":material/error:")


@callback
def _set_time(actor: Actor, task_id: int, run_at: datetime | None) -> None:
    _move(task_id, run_at, actor)


def _move(task_id: int, run_at: datetime | None, actor: Actor) -> None:
    _tell_time(wiring.get_task_manager().reschedule(task_id, run_at, actor=actor))


def _tell_time(task: TaskView) -> None:
    if task.run_at is None:
        toast(_("It goes as soon as it is its turn."), icon=":material/check_circle:")
    else:
        toast(_("It goes at {at}.", at=clock(task.run_at)), icon=":material/check_circle:")


@callback
def _change_account(actor: Actor, task_id: int) -> None:
    update = TaskUpdate(account=st.session_state[f"account_{task_id}"])
    task = wiring.get_task_manager().change(task_id, update, actor=actor)
    toast(_("It goes to account {account}.", account=plain(task.account_name)), icon=":material/check_circle:")


@callback
def _reprioritise(actor: Actor, task_id: int) -> None:
    wiring.get_task_manager().reprioritise(task_id, st.session_state[f"priority_{task_id}"], actor=actor)
    toast(_("The priority is set."), icon=":material/check_circle:")
