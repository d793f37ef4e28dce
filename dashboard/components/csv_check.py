"""What was found in a CSV before anything is queued: its form, its good rows, and each fault with row and column."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.services.csv_columns import columns_of
from core.services.csv_export import bad_rows_csv
from core.services.csv_faults import FaultKind, RowFault
from core.services.csv_import import ParsedCsv
from core.services.csv_shape import WHOLE_ROW
from core.settings import get_settings
from core.task_state import Mode
from dashboard.components.article_form import MODE_NAMES
from dashboard.languages import sayer
from dashboard.text import _, clock, count, language, mark, one_behind_the_other, plain

SHOWN_FAULTS = 200
SHOWN_ROWS = 20
NAMED_ROWS = 5
DELIMITERS = {",": mark("comma"), ";": mark("semicolon"), "\t": mark("tab"), "|": mark("vertical bar")}


def agreement_would_free_rows(parsed: ParsedCsv) -> bool:
    """Whether there are rows that can be handed in as soon as their owner agrees to do without covers."""
    corrected_first = {fault.row for fault in parsed.faults if fault.kind is not FaultKind.COVER}
    return parsed.is_readable and not parsed.bad_numbers <= corrected_first


def draw_check(parsed: ParsedCsv, file_name: str, *, do_without: str) -> None:
    """Everything but the buttons. `do_without`: where the session keeps whether covers may be left out. The columns of
    both tables are as wide as the page has room for at 1280 pixels."""
    good, bad = st.columns(2)
    good.metric(_("Good rows"), f"{len(parsed.good_rows):,}")
    bad.metric(_("Rows with faults"), f"{len(parsed.bad_rows):,}")
    _draw_form(parsed)
    is_told = bool(parsed.rows_with_covers)
    if is_told:
        _draw_covers(parsed, do_without)
    # Below a misspelt header nothing is told of covers: there each row has its fault in the table.
    wrong = [fault for fault in parsed.faults if not (is_told and fault.kind is FaultKind.COVER)]
    _draw_faults(_("What must be corrected"), wrong, is_in_download=True)
    if parsed.bad_rows:
        st.download_button(
            _("Download the rows with faults"),
            partial(bad_rows_csv, parsed, sayer(language())),
            file_name=f"faults-{file_name.rpartition('.')[0] or file_name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help=_("Each with its reasons in a last column. Correct it and hand it in as it is."),
        )
    _draw_faults(_("What to look at"), parsed.warnings, is_in_download=False)
    _draw_preview(parsed)


def _draw_form(parsed: ParsedCsv) -> None:
    delimiter = _(DELIMITERS.get(parsed.delimiter, parsed.delimiter))
    st.caption(
        _(
            "Read as {encoding}, separated by: {delimiter}. Times without an offset are in {zone}.",
            encoding=parsed.encoding,
            delimiter=delimiter,
            zone=get_settings().zone.key,
        )
    )
    named = zip(parsed.header, columns_of(parsed.header), strict=True)
    st.markdown(
        " ".join(f":{_colour(column)}-badge[{plain(cell)}]" for cell, column in named if cell.strip()),
        help=_("Green columns are known, grey ones are read over. Pictures of an orange one cannot come with a CSV."),
    )


def _colour(column: str | None) -> str:
    return "gray" if column is None else "orange" if column == "cover" else "green"


def _draw_covers(parsed: ParsedCsv, do_without: str) -> None:
    """Told once for the whole file. Nobody who asked for a cover gets an article without one unasked."""
    named = count(
        "{number} row names a cover, in the column “{column}”, and a CSV cannot bring pictures along.",
        "{number} rows name covers, in the column “{column}”, and a CSV cannot bring pictures along.",
        len(parsed.rows_with_covers),
        column=plain(parsed.names["cover"]),
    )
    agreed = st.session_state.get(do_without, False)
    then = _("Such rows are handed in without.") if agreed else _("Such rows stay out unless you agree to do without.")
    ways = _(
        "Articles with a cover go in on the page Publish or over the API (in base64); one that waits gets its cover "
        "in its drawer on the page Tasks."
    )
    st.info(one_behind_the_other(named, _which(parsed.rows_with_covers), then, ways), icon=":material/hide_image:")
    st.toggle(_("Hand them in without covers"), key=do_without)


def _which(rows: Sequence[int]) -> str:
    """As many of them as one sentence can hold."""
    first, others = ", ".join(map(str, rows[:NAMED_ROWS])), len(rows) - NAMED_ROWS
    if others > 0:
        return _("They are the rows {rows} and {number} more.", rows=first, number=f"{others:,}")
    return count("It is row {rows}.", "They are the rows {rows}.", len(rows), rows=first)


def _column(fault: RowFault) -> str:
    """As the file writes it."""
    return _(WHOLE_ROW) if fault.column == WHOLE_ROW else fault.column


def _draw_faults(title: str, faults: Sequence[RowFault], *, is_in_download: bool) -> None:
    if not faults:
        return
    st.markdown(f"**{title}** ({len(faults):,})")
    st.dataframe(
        [
            {"row": fault.row, "column": _column(fault), "reason": _(fault.reason), "remedy": _(fault.remedy)}
            for fault in faults[:SHOWN_FAULTS]
        ],
        hide_index=True,
        column_config={
            "row": st.column_config.NumberColumn(_("Row"), width=46),
            "column": st.column_config.TextColumn(_("Column of the file"), width=118),
            "reason": st.column_config.TextColumn(_("Reason"), width=318),
            "remedy": st.column_config.TextColumn(_("How to mend it"), width=404),
        },
    )
    if len(faults) > SHOWN_FAULTS:
        told = _("These are the first {number}; the download has all.", number=SHOWN_FAULTS)
        st.caption(told if is_in_download else _("These are the first {number}.", number=SHOWN_FAULTS))


def _draw_preview(parsed: ParsedCsv) -> None:
    rows = parsed.good_rows
    if not rows:
        return
    with st.expander(_("Preview of the first {number} good rows", number=min(len(rows), SHOWN_ROWS)), expanded=True):
        st.dataframe(
            [
                {
                    "row": number,
                    "title": row.title,
                    "account": row.account,
                    "mode": _(MODE_NAMES[Mode(row.mode)]),
                    "at": clock(row.run_at) or _("As soon as possible"),
                    "length": len(row.content),
                }
                for number, row in rows[:SHOWN_ROWS]
            ],
            hide_index=True,
            column_config={
                "row": st.column_config.NumberColumn(_("Row"), width=46),
                "title": st.column_config.TextColumn(_("Title"), width=296),
                "account": st.column_config.TextColumn(_("Account"), width=110),
                "mode": st.column_config.TextColumn(_("What to do"), width=150),
                "at": st.column_config.TextColumn(_("Not before"), width=150),
                "length": st.column_config.NumberColumn(_("Characters"), width=90),
            },
        )
