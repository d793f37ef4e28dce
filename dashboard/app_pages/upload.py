"""Many articles as a CSV: looked at as a whole, with every fault, before anything is queued."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import wiring
from core.errors import InvalidInput
from core.services.csv_export import template
from core.services.csv_import import ParsedCsv
from core.services.csv_text import MAX_FILE_BYTES
from core.store.records import Actor
from dashboard.components import checked_file, file_order
from dashboard.components.batch_list import PARAMETER, draw_batches, draw_progress
from dashboard.components.bulk_actions import open_dialog
from dashboard.components.checked_file import Choice, Shown
from dashboard.components.csv_check import agreement_would_free_rows, draw_check
from dashboard.components.file_field import chosen_file, draw_file_field
from dashboard.components.file_order import FILES, order_file
from dashboard.components.ways_in import draw_way_to_account
from dashboard.languages import CHINESE
from dashboard.text import _, count, language, plain
from dashboard.visitor import page


def draw(actor: Actor) -> None:
    st.title(_("Bulk upload"), anchor=False)
    handed_in = _handed_in()
    if handed_in is not None:
        draw_progress(handed_in)
    file_order.tell_receipt()
    owner = _choose_owner(actor)
    account = _choose_account(actor, owner)
    field = f"{FILES}_{st.session_state.get(FILES, 0)}"
    draw_file_field(_("CSV file"), ("csv", "txt", "tsv"), key=field, most_mb=MAX_FILE_BYTES // 1024 // 1024)
    file = chosen_file(field)
    st.download_button(
        _("Download a template"),
        template(is_chinese=language() == CHINESE, is_for_upload=True),
        file_name="articles.csv",
        mime="text/csv",
        icon=":material/description:",
        on_click="ignore",
        help=_("Every column that an upload can have, and one article, which is saved as a draft."),
    )
    if file is None:
        file_order.forget()
    else:
        _draw_file(actor, file, owner, account)
    st.subheader(_("Batches"), anchor=False)
    draw_batches(actor, above=handed_in)
    open_dialog()


def _handed_in() -> int | None:
    """The batch that the address names."""
    batch = st.query_params.get(PARAMETER, "")
    return int(batch) if batch.isdecimal() and len(batch) < 16 else None  # noqa: PLR2004  # as many digits as an id has


def _choose_owner(actor: Actor) -> int | None:
    if not actor.is_admin:
        return actor.user_id
    users = [user for user in wiring.get_user_manager().list(actor=actor) if not user.is_disabled]
    names = {user.id: user.name for user in sorted(users, key=lambda user: user.id != actor.user_id)}
    chosen: int | None = st.selectbox(_("For the user"), list(names), format_func=names.__getitem__, key="upload_owner")
    return chosen


def _choose_account(actor: Actor, owner: int | None) -> str:
    found = wiring.get_account_manager().list(actor=actor, user_id=owner)
    if not found and owner == actor.user_id:
        draw_way_to_account()
    names = ["", *sorted({account.name for account in found})]
    return str(
        st.selectbox(
            _("Account for rows that name none"),
            names,
            format_func=lambda name: name or _("None: each row names its own"),
            key=f"upload_account_{owner}",
        )
    )


def _draw_file(actor: Actor, file: UploadedFile, owner: int | None, account: str) -> None:
    do_without = f"upload_without_covers_{file.file_id}"
    choice = Choice(
        owner,
        account,
        is_repeating=st.session_state.get("upload_repeats", False),
        without_covers=st.session_state.get(do_without, False),
    )
    try:
        parsed, shown = _check(actor, file, choice)
    except InvalidInput as error:
        file_order.forget()
        for fault in error.faults:
            st.error(plain(_(str(fault))), icon=":material/error:")
        return
    draw_check(parsed, file.name, do_without=do_without)
    if choice.is_repeating or any(fault.is_duplicate for fault in parsed.faults):
        st.toggle(_("Take articles that were handed in before all the same"), key="upload_repeats")
    if not parsed.is_readable or not parsed.good_rows:
        if not agreement_would_free_rows(parsed):
            st.info(_("Nothing of this file can be queued before it is corrected."), icon=":material/info:")
        return
    words = count("Hand in {number} article", "Hand in {number} articles", shown.good)
    if parsed.bad_rows:
        words = count("Hand in the {number} good row only", "Hand in the {number} good rows only", shown.good)
    st.button(words, key="upload_send", type="primary", icon=":material/send:", on_click=order_file, args=(shown,))


def _check(actor: Actor, file: UploadedFile, choice: Choice) -> tuple[ParsedCsv, Shown]:
    """With what was ordered carried out. If it is not any more what was shown, nothing is handed in."""
    with st.spinner(_("Every row is looked at…")):
        parsed, shown = checked_file.check(actor, file, choice)
    if file_order.is_outdated(shown) or not file_order.carry_out(actor, file.name, parsed, shown):
        st.warning(
            _("The file was checked anew, and it is not what it was. Nothing was handed in: look again."),
            icon=":material/sync:",
        )
        parsed, shown = checked_file.check(actor, file, choice)
    return parsed, shown


page(draw)
