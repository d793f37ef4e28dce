"""Changing many articles: what it concerns, what would happen to how many, and only then the button that does it."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core import wiring
from core.services.bulk_change import BulkAction, BulkChange, Effect
from core.services.bulk_manager import BulkPlan, BulkReceipt
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.store.task_pages import MOST
from dashboard.components.moment_input import draw_moment, read_moment
from dashboard.components.task_badges import badge
from dashboard.text import _, clock, count, mark, plain
from dashboard.visitor import callback, fragment

ASKED_KEY = "bulk_asked"
NEW_KEY = "bulk_just_asked"
PLAN_KEY = "bulk_plan"
RECEIPT_KEY = "bulk_receipt"
OUTDATED_KEY = "bulk_outdated"
SHOWN_REFUSALS = 10
SHOWN_TITLES = 10

BUTTONS = {
    BulkAction.CANCEL: (mark("Cancel"), ":material/cancel:"),
    BulkAction.RETRY: (mark("Retry"), ":material/replay:"),
    BulkAction.SET_TIME: (mark("Change time"), ":material/schedule:"),
    BulkAction.PRIORITY: (mark("Change priority"), ":material/low_priority:"),
    BulkAction.ACCOUNT: (mark("Change account"), ":material/switch_account:"),
}
DO_IT = {
    BulkAction.CANCEL: (mark("Cancel {number} article"), mark("Cancel {number} articles")),
    BulkAction.RETRY: (mark("Retry {number} article"), mark("Retry {number} articles")),
    BulkAction.SET_TIME: (
        mark("Change the time of {number} article"),
        mark("Change the time of {number} articles"),
    ),
    BulkAction.SHIFT: (mark("Move {number} article"), mark("Move {number} articles")),
    BulkAction.SPREAD: (mark("Spread {number} article"), mark("Spread {number} articles")),
    BulkAction.PRIORITY: (
        mark("Change the priority of {number} article"),
        mark("Change the priority of {number} articles"),
    ),
    BulkAction.ACCOUNT: (
        mark("Change the account of {number} article"),
        mark("Change the account of {number} articles"),
    ),
}
EFFECTS = {
    Effect.CANCELLED: (mark("{number} is cancelled at once."), mark("{number} are cancelled at once.")),
    Effect.GIVEN_UP: (
        mark("{number} may be online; it is given up."),
        mark("{number} may be online; they are given up."),
    ),
    Effect.WILL_STOP: (
        mark("{number} is being published: it stops within seconds, unless it is submitted first."),
        mark("{number} are being published: they stop within seconds, unless they are submitted first."),
    ),
    Effect.RETRIED: (
        mark("{number} goes back to the line and is tried again."),
        mark("{number} go back to the line and are tried again."),
    ),
    Effect.LOOKED_FOR: (
        mark("{number} was submitted before: it is looked for on the site first."),
        mark("{number} were submitted before: they are looked for on the site first."),
    ),
    Effect.CHANGED: (mark("{number} is changed."), mark("{number} are changed.")),
    Effect.MOVED: (mark("{number} goes to the other account."), mark("{number} go to the other account.")),
    Effect.MOVED_FROM_DRAFT: (
        mark("{number} goes to the other account; its draft stays, and a new one is written."),
        mark("{number} go to the other account; their drafts stay, and new ones are written."),
    ),
    Effect.THERE_ALREADY: (
        mark("{number} is on that account already."),
        mark("{number} are on that account already."),
    ),
    Effect.NOT_THEIRS: (
        mark("{number} belongs to another user or platform and stays as it is."),
        mark("{number} belong to another user or platform and stay as they are."),
    ),
    Effect.LEFT: (
        mark("{number} stays as it is: its state does not allow it."),
        mark("{number} stay as they are: their state does not allow it."),
    ),
}
"""Said of one, and of several."""
TIMES = {
    BulkAction.SET_TIME: mark("All at one time"),
    BulkAction.SHIFT: mark("Each later"),
    BulkAction.SPREAD: mark("Spread over hours"),
}
TIMED = frozenset(TIMES)
AT_ONCE = mark("As soon as possible")


def ask(action: BulkAction, target: list[int] | TaskFilter) -> None:
    """Only remembers what is asked; nothing happens before the dialog's button."""
    st.session_state[ASKED_KEY] = (action, target)
    st.session_state[NEW_KEY] = True
    st.session_state.pop(RECEIPT_KEY, None)


def open_dialog() -> None:
    """If something was asked: first the question, then what became of it."""
    asked = st.session_state.get(ASKED_KEY)
    if asked is None:
        return
    action, target = asked

    @st.dialog(_(BUTTONS[action][0]), on_dismiss=forget)
    def dialog() -> None:
        _draw(action, target)

    dialog()


def forget() -> None:
    """The dialog is closed, or its page is left."""
    for key in (ASKED_KEY, NEW_KEY, PLAN_KEY, RECEIPT_KEY, OUTDATED_KEY):
        st.session_state.pop(key, None)


@fragment()
def _draw(actor: Actor, action: BulkAction, target: list[int] | TaskFilter) -> None:
    receipt = st.session_state.get(RECEIPT_KEY)
    if receipt is not None:
        _draw_receipt(receipt)
        return
    change = _read_account(actor) if action is BulkAction.ACCOUNT else _read_change(action)
    if change is None:
        st.info(_("There is no account to give them to. Add one first."))
        return
    plan = wiring.get_bulk_manager().plan(change, target, actor=actor)
    st.session_state[PLAN_KEY] = plan
    is_filter = isinstance(target, TaskFilter)
    told = count("This article:", "These {number} articles:", plan.number)
    if is_filter:
        told = count(
            "Nothing is ticked: the only article of this filter.",
            "Nothing is ticked: all {number} articles of this filter.",
            plan.number,
        )
    st.markdown(f"**{told}**")
    _draw_titles(actor, target, plan.number)
    st.markdown(" ".join(f"{badge(status)} {number:,}" for status, number in sorted(plan.statuses.items())))
    for effect, words in EFFECTS.items():
        if plan.effects.get(effect):
            st.markdown(f"- {count(*words, plan.effects[effect])}")
    _draw_times(plan)
    if is_filter and plan.number == MOST:
        st.caption(_("These are the newest {number}; the others are left for a second time.", number=f"{MOST:,}"))
    if st.session_state.pop(OUTDATED_KEY, False):
        st.warning(_("A field changed with the click, so nothing was done. This is what would be done now."))
    label = count(*DO_IT[change.action], len(plan.ids))
    st.button(label, type="primary", key="bulk_confirm", disabled=not plan.ids, on_click=_carry_out)


def _draw_times(plan: BulkPlan) -> None:
    """When those that change would go, if it is their times that change."""
    if plan.change.action not in TIMED or not plan.ids:
        return
    times = [at for at in plan.times.values() if at is not None]
    if not times:
        st.write(_("They go as soon as it is their turn."))
    elif min(times) == max(times):
        st.write(_("All go at {at} or later.", at=clock(times[0])))
    else:
        st.write(_("The first goes at {first}, the last at {last}.", first=clock(min(times)), last=clock(max(times))))


def _draw_titles(actor: Actor, target: list[int] | TaskFilter, number: int) -> None:
    """The first few by name, letter by letter as people wrote them."""
    lists = wiring.get_task_lists()
    if isinstance(target, TaskFilter):
        tasks = lists.page(target, actor=actor, size=SHOWN_TITLES).tasks
    else:
        tasks = tuple(lists.by_ids(target[:SHOWN_TITLES], actor=actor))
    lines = [f"· {task.title}" for task in tasks]
    if number > len(tasks):
        lines.append(_("and {number} more", number=f"{number - len(tasks):,}"))
    st.text("\n".join(lines))


def _read_account(actor: Actor) -> BulkChange | None:
    """None: there is nothing to choose from."""
    accounts = {one.id: one for one in wiring.get_account_manager().list(actor=actor)}
    if not accounts:
        return None
    names = {one.id: f"{one.user_name} · {one.name}" if actor.is_admin else one.name for one in accounts.values()}
    chosen = st.selectbox(_("To account"), list(names), format_func=names.__getitem__, key="bulk_to_account")
    return BulkChange(BulkAction.ACCOUNT, account=accounts[chosen])


def _read_change(action: BulkAction) -> BulkChange:
    if action is BulkAction.PRIORITY:
        return BulkChange(action, priority=st.slider(_("Priority, 9 goes first"), 0, 9, 5, key="bulk_new_priority"))
    if action is not BulkAction.SET_TIME:
        return BulkChange(action)
    how = st.radio(
        _("How"), [None, *TIMES], format_func=lambda one: _(AT_ONCE if one is None else TIMES[one]), key="bulk_how"
    )
    if how is None:
        return BulkChange(BulkAction.SET_TIME)
    if how is BulkAction.SHIFT:
        days = st.number_input(_("Days later"), 1, 365, 1, key="bulk_days")
        return BulkChange(how, shift=timedelta(days=days))
    draw_moment("bulk")
    run_at = read_moment("bulk")
    if how is BulkAction.SET_TIME:
        return BulkChange(how, run_at=run_at)
    hours = st.number_input(_("Hours from the first to the last"), 0.5, 24.0 * 30, 8.0, 0.5, key="bulk_hours")
    return BulkChange(how, run_at=run_at, spread=timedelta(hours=hours))


@callback
def _carry_out(actor: Actor) -> None:
    plan: BulkPlan | None = st.session_state.pop(PLAN_KEY, None)
    if plan is not None and not _is_still_said(plan.change):
        st.session_state[OUTDATED_KEY] = True
    elif plan is not None:
        st.session_state[RECEIPT_KEY] = wiring.get_bulk_manager().carry_out(plan, actor=actor)


def _is_still_said(change: BulkChange) -> bool:
    """Whether the fields say what was drawn. One that is left by the click on the button comes with that click, and
    nothing was drawn of it yet."""
    said = st.session_state
    match change.action:
        case BulkAction.PRIORITY:
            return said.get("bulk_new_priority") == change.priority
        case BulkAction.ACCOUNT:
            return change.account is not None and said.get("bulk_to_account") == change.account.id
        case BulkAction.CANCEL | BulkAction.RETRY:
            return True
    how = said.get("bulk_how")
    if change.action is BulkAction.SHIFT:
        return how is BulkAction.SHIFT and timedelta(days=said["bulk_days"]) == change.shift
    if change.run_at is None:
        return how is None
    is_spread = change.action is BulkAction.SPREAD
    is_long = not is_spread or timedelta(hours=said.get("bulk_hours", 0)) == change.spread
    return how == change.action and read_moment("bulk") == change.run_at and is_long


def _draw_receipt(receipt: BulkReceipt) -> None:
    st.success(
        count("{number} article was changed.", "{number} articles were changed.", receipt.changed),
        icon=":material/check_circle:",
    )
    if receipt.stopped is not None:
        st.warning(
            _("Not all were reached: {reason} Try again in a moment.", reason=_(str(receipt.stopped))),
            icon=":material/hourglass_top:",
        )
    if receipt.refused:
        refused = len(receipt.refused)
        st.info(
            count(
                "{number} had changed meanwhile and stays as it is:",
                "{number} had changed meanwhile and stay as they are:",
                refused,
            )
        )
        for error in receipt.refused[:SHOWN_REFUSALS]:
            st.caption(plain(_(str(error))))
    if st.button(_("Close"), key="bulk_close"):
        forget()
        st.rerun()
